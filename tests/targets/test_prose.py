import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal, get_args

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from policyengine.model import authored, checked, types
from policyengine.model.checked import And, Compare, Fact, FactDeclaration, Item, Not, Or, Parameter, Texts
from policyengine.model.operators import Aggregate, Comparison, Quantifier
from policyengine.model.ranges import LIMIT
from policyengine.model.span import Source
from policyengine.model.templates import placeholders
from policyengine.model.values import Raw, decimal
from policyengine.targets import prose
from policyengine.targets.prose.words import Words

SPAN = Source("facts.yaml", "").whole()
DAY = types.SECONDS["day"]
FOLLOWERS, VIDEOS, EFFECTS = (types.Number(unit=unit) for unit in ("followers", "videos", "effects"))
USD = types.Money("USD", 2)
LENGTH, DAYS, AGE = types.Duration(whole_days=False), types.Duration(whole_days=True), types.Period()
ACCOUNTS = types.Choice(("personal", "business", "political"))
BADGES = types.Choice(("none", "gold"))
YES_OR_NO = types.Boolean()

ENGLISH_MONTHS = "January February March April May June July August September October November December"
INDONESIAN_MONTHS = "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember"
ENGLISH_UNITS = "second minute hour day week month year follower video view effect"
INDONESIAN_UNITS = "detik menit jam hari minggu bulan tahun pengikut video tayangan efek"
UNITS = "second minute hour day week month year followers videos views effects"
LANGUAGES = {
    "en": authored.Language(
        code="en",
        name="English",
        thousands=",",
        decimal=".",
        date="{day} {month} {year}",
        months=tuple(ENGLISH_MONTHS.split()),
        units={unit: (word, f"{word}s") for unit, word in zip(UNITS.split(), ENGLISH_UNITS.split(), strict=True)},
        span=SPAN,
    ),
    "id": authored.Language(
        code="id",
        name="Bahasa Indonesia",
        thousands=".",
        decimal=",",
        date="{day} {month} {year}",
        months=tuple(INDONESIAN_MONTHS.split()),
        units={unit: (word, word) for unit, word in zip(UNITS.split(), INDONESIAN_UNITS.split(), strict=True)},
        span=SPAN,
    ),
    "uz": authored.Language(
        code="uz",
        name="O‘zbekcha",  # noqa: RUF001 -- the language's own letter
        thousands=" ",
        decimal=",",
        date="{year}/{month}/{day}",
        months=tuple(str(month) for month in range(1, 13)),
        units={},
        span=SPAN,
    ),
}


def texts(en: str, id_: str) -> Texts:
    return Texts((("en", en), ("id", id_)))


def declare(path: str, type_: types.Type, en: str, id_: str, **words: Texts) -> FactDeclaration:
    return FactDeclaration(path, type_, SPAN, question=texts(en, id_), words=words)


def declare_list(path: str, en: str, id_: str, unit: str, *fields: FactDeclaration) -> FactDeclaration:
    type_ = types.Records(tuple((field.path, field.type) for field in fields), unit, 100)
    return FactDeclaration(path, type_, SPAN, fields=fields, question=texts(en, id_))


FACTS = {
    declared.path: declared
    for declared in (
        declare("creator.age", AGE, "How old are you?", "Berapa usia Anda?"),
        declare("creator.birth_date", types.Date(), "When were you born?", "Kapan Anda lahir?"),
        declare("creator.account_opened", types.Date(), "When did you start?", "Kapan Anda membuat akun Anda?"),
        declare("creator.account_age", DAYS, "How old is it?", "Sudah berapa hari akun Anda dibuat?"),
        declare("creator.followers", FOLLOWERS, "How many followers?", "Berapa jumlah pengikut Anda?"),
        declare(
            "creator.public_videos_30d",
            VIDEOS,
            "How many videos in the last 30 days?",
            "Berapa video publik yang Anda unggah dalam 30 hari terakhir?",
        ),
        declare("creator.invited", YES_OR_NO, "Has TikTok invited you?", "Apakah TikTok sudah mengundang Anda?"),
        declare("creator.banned", YES_OR_NO, "Are you banned?", "Apakah Anda diblokir?"),
        declare("creator.region", types.Region(), "Where do you live?", "Di mana Anda tinggal?"),
        declare(
            "creator.account_type",
            ACCOUNTS,
            "What kind of account do you have?",
            "Apa jenis akun Anda?",
            personal=texts("personal", "pribadi"),
            business=texts("business", "bisnis"),
            political=texts("political", "politik"),
        ),
        declare(
            "creator.badge",
            BADGES,
            "Which badge do you have?",
            "Lencana apa yang Anda miliki?",
            none=texts("no badge", "tanpa lencana"),
            gold=texts("gold", "emas"),
        ),
        declare("creator.nickname", types.Text(), "What is your nickname?", "Apa nama panggilan Anda?"),
        declare("series.price", USD, "What does it cost?", "Berapa harga Series ini?"),
        declare_list(
            "series.videos",
            "Which videos?",
            "Video apa saja yang ada dalam Series ini?",
            "videos",
            declare("length", LENGTH, "How long is it?", "Berapa durasi video ini?"),
            declare("original", YES_OR_NO, "Is it original?", "Apakah video ini karya asli Anda?"),
        ),
        declare_list(
            "creator.effects",
            "Which effects?",
            "Efek apa saja yang sudah Anda terbitkan?",
            "effects",
            declare("videos", VIDEOS, "How many videos use it?", "Berapa video yang memakai efek ini?"),
        ),
    )
}
REGIONS = {
    "world": texts("World", "Dunia"),
    "KR": texts("South Korea", "Korea Selatan"),
    "ZA": texts("South Africa", "Afrika Selatan"),
    "US": texts("United States", "Amerika Serikat"),
}
WORDS = {code: Words(language, REGIONS, FACTS) for code, language in LANGUAGES.items()}


def fact(path: str) -> Fact:
    return Fact(path, FACTS[path].type)


def literal(raw: Raw, type_: types.Type) -> checked.Literal:
    return checked.Literal(raw, type_)


def at_least(left: checked.Expr, right: checked.Expr) -> Compare:
    return Compare(Comparison.AT_LEAST, left, right)


def at_most(left: checked.Expr, right: checked.Expr) -> Compare:
    return Compare(Comparison.AT_MOST, left, right)


def less(left: checked.Expr, right: checked.Expr) -> Compare:
    return Compare(Comparison.LESS, left, right)


def more(left: checked.Expr, right: checked.Expr) -> Compare:
    return Compare(Comparison.GREATER, left, right)


def equal(left: checked.Expr, right: checked.Expr) -> Compare:
    return Compare(Comparison.EQUAL, left, right)


def differs(left: checked.Expr, right: checked.Expr) -> Compare:
    return Compare(Comparison.NOT_EQUAL, left, right)


def day(text: str) -> checked.Literal:
    return literal(date.fromisoformat(text).toordinal(), types.Date())


AUDIENCE = at_least(fact("creator.followers"), literal(10_000, FOLLOWERS))
INVITED, BANNED = fact("creator.invited"), fact("creator.banned")
PRICE, VIDEO, EFFECT = fact("series.price"), Item("video", "length", LENGTH), Item("effect", "videos", VIDEOS)
USED = at_least(EFFECT, literal(1000, VIDEOS))
BORN, OPENED = fact("creator.birth_date"), fact("creator.account_opened")
TYPE_OF_ACCOUNT, BADGE = fact("creator.account_type"), fact("creator.badge")
FIXED = literal(500, USD)
PAYOUT = checked.If(
    less(fact("creator.public_videos_30d"), literal(5, VIDEOS)),
    literal(0, USD),
    checked.Add(
        (
            literal(70_000, USD),
            checked.Multiply(
                (
                    literal(14_000, USD),
                    checked.FullSteps(
                        checked.Add((fact("creator.public_videos_30d"), literal(-5, VIDEOS)), VIDEOS),
                        100,
                        types.Number(),
                    ),
                ),
                USD,
            ),
        ),
        USD,
    ),
    USD,
)


def regions(*members: str, goes_on: bool = False) -> checked.InRegions:
    return checked.InRegions(fact("creator.region"), members, goes_on, {})


def every(variable: str, items: str, body: checked.Expr) -> checked.Quantified:
    return checked.Quantified(Quantifier.EVERY, variable, items, body)


def some(variable: str, items: str, body: checked.Expr) -> checked.Quantified:
    return checked.Quantified(Quantifier.SOME, variable, items, body)


def counted(where: checked.Expr, variable: str = "effect") -> checked.CountWhere:
    return checked.CountWhere(variable, "creator.effects", where, EFFECTS)


# (raw, type, English, Indonesian, the language without a table)
VALUES = [
    (10_000, FOLLOWERS, "10,000 followers", "10.000 pengikut", "10 000 followers"),
    (1, FOLLOWERS, "1 follower", "1 pengikut", "1 followers"),
    (-1, FOLLOWERS, "-1 follower", "-1 pengikut", "-1 followers"),
    (999, types.Number(), "999", "999", "999"),
    (2**53 - 1, types.Number(), "9,007,199,254,740,991", "9.007.199.254.740.991", "9 007 199 254 740 991"),
    (10_000, types.Number(unit="likes"), "10,000 likes", "10.000 likes", "10 000 likes"),
    (475, types.Number(scale=2), "4.75", "4,75", "4,75"),
    (123_456_780, types.Number(scale=4), "12,345.678", "12.345,678", "12 345,678"),
    (-5, types.Number(scale=3), "-0.005", "-0,005", "-0,005"),
    (25, types.Number(scale=3, percent=True), "2.5%", "2,5%", "2,5%"),
    (55, types.Number(scale=2, percent=True), "55%", "55%", "55%"),
    (18_999, USD, "189.99 USD", "189,99 USD", "189,99 USD"),
    (1_900_000, USD, "19,000 USD", "19.000 USD", "19 000 USD"),
    (50, USD, "0.50 USD", "0,50 USD", "0,50 USD"),
    (5_000, types.Money("JPY", 0), "5,000 JPY", "5.000 JPY", "5 000 JPY"),
    (90, LENGTH, "1 minute 30 seconds", "1 menit 30 detik", "1 minutes 30 seconds"),
    (1_200, LENGTH, "20 minutes", "20 menit", "20 minutes"),
    (93_784, LENGTH, "1 day 2 hours 3 minutes 4 seconds", "1 hari 2 jam 3 menit 4 detik", None),
    (0, LENGTH, "0 seconds", "0 detik", "0 seconds"),
    (-90, LENGTH, "minus 1 minute 30 seconds", "minus 1 menit 30 detik", "-(1 minutes 30 seconds)"),
    (30 * DAY, DAYS, "30 days", "30 hari", "30 days"),
    (0, DAYS, "0 days", "0 hari", "0 days"),
    (216, AGE, "18 years", "18 tahun", "18 years"),
    (6, AGE, "6 months", "6 bulan", "6 months"),
    (18, AGE, "1 year 6 months", "1 tahun 6 bulan", "1 years 6 months"),
    (0, AGE, "0 months", "0 bulan", "0 months"),
    (date(2023, 6, 6).toordinal(), types.Date(), "6 June 2023", "6 Juni 2023", "2023/6/6"),
    (True, YES_OR_NO, "yes", "ya", "true"),
    (False, YES_OR_NO, "no", "tidak", "false"),
    ("KR", types.Region(), "South Korea", "Korea Selatan", "KR"),
    ("XX", types.Region(), "XX", "XX", "XX"),
    ("gold", types.Choice(("gold",), bare=True), "gold", "emas", "gold"),
    ("rumah kita", types.Text(), "rumah kita", "rumah kita", "rumah kita"),
]


@pytest.mark.parametrize(("raw", "type_", "en", "id_", "uz"), VALUES)
def test_a_value_is_written_as_people_of_each_language_write_it(
    raw: Raw, type_: types.Type, en: str, id_: str, uz: str | None
) -> None:
    assert prose.value(raw, type_, WORDS["en"]) == en
    assert prose.value(raw, type_, WORDS["id"]) == id_
    assert uz is None or prose.value(raw, type_, WORDS["uz"]) == uz


def test_a_choice_has_the_words_of_its_fact() -> None:
    assert prose.value("none", BADGES, WORDS["en"], "creator.badge") == "no badge"
    assert prose.value("none", BADGES, WORDS["id"], "creator.badge") == "tanpa lencana"


def test_a_choice_that_facts_word_differently_stays_as_it_is_without_a_fact() -> None:
    other = declare("x.badge", BADGES, "?", "?", none=texts("nothing", "kosong"), gold=texts("gold", "emas"))
    words = Words(LANGUAGES["en"], {}, {**FACTS, "x.badge": other})

    assert prose.value("none", types.Choice(("none",), bare=True), words) == "none"
    assert prose.value("gold", types.Choice(("gold",), bare=True), words) == "gold"


def test_braces_in_a_pattern_of_dates_stay_as_they_are() -> None:
    odd = authored.Language("en", "English", ",", ".", "{day.__class__} {year}", ("?",) * 12, {}, SPAN)

    written = prose.value(day("2023-06-06").value, types.Date(), Words(odd, {}, {}))

    assert written == "{day.__class__} 2023"


@pytest.mark.parametrize(
    ("raws", "junction", "en", "id_"),
    [
        ((), "or", "nothing", "tidak ada"),
        (("KR",), "or", "South Korea", "Korea Selatan"),
        (("KR", "ZA"), "and", "South Korea and South Africa", "Korea Selatan dan Afrika Selatan"),
        (
            ("KR", "ZA", "US"),
            "or",
            "South Korea, South Africa or United States",
            "Korea Selatan, Afrika Selatan, atau Amerika Serikat",
        ),
    ],
)
def test_a_list_is_joined_as_its_language_joins_lists(
    raws: tuple[Raw, ...], junction: Literal["and", "or"], en: str, id_: str
) -> None:
    assert prose.values(raws, types.Region(), WORDS["en"], junction) == en
    assert prose.values(raws, types.Region(), WORDS["id"], junction) == id_


# One row for each thing that an expression may say; `prose.yaml` holds its sentences.
EXPRESSIONS: dict[str, checked.Expr] = {
    "creator.followers >= 10_000 followers": AUDIENCE,
    "creator.followers > 1": more(fact("creator.followers"), literal(1, types.Number(bare=True))),
    "creator.public_videos_30d <= 3 videos": at_most(fact("creator.public_videos_30d"), literal(3, VIDEOS)),
    "creator.age < 18 years": less(fact("creator.age"), literal(216, AGE)),
    "series.price == 5 USD": equal(PRICE, FIXED),
    "series.price != 5 USD": differs(PRICE, FIXED),
    "5 USD < series.price": less(FIXED, PRICE),
    "creator.account_age >= 30 days": at_least(fact("creator.account_age"), literal(30 * DAY, DAYS)),
    "creator.birth_date < 2000-01-02": less(BORN, day("2000-01-02")),
    "creator.birth_date <= 2000-01-02": at_most(BORN, day("2000-01-02")),
    "creator.account_opened >= today": at_least(OPENED, checked.Today()),
    "creator.account_opened > creator.birth_date": more(OPENED, BORN),
    "creator.birth_date == 2000-01-02": equal(BORN, day("2000-01-02")),
    "creator.birth_date != today": differs(BORN, checked.Today()),
    'creator.account_type == "personal"': equal(TYPE_OF_ACCOUNT, literal("personal", ACCOUNTS)),
    'creator.badge != "none"': differs(BADGE, literal("none", BADGES)),
    "creator.account_type == creator.badge": equal(TYPE_OF_ACCOUNT, BADGE),
    'creator.nickname == "the boss"': equal(fact("creator.nickname"), literal("the boss", types.Text())),
    'creator.nickname in ["ana", "the boss"]': checked.Within(
        fact("creator.nickname"), ("ana", "the boss"), types.Choice(("ana", "the boss"), bare=True)
    ),
    "0.99 USD <= series.price <= 189.99 USD": And(
        (at_most(literal(99, USD), PRICE), at_most(PRICE, literal(18_999, USD)))
    ),
    "189.99 USD >= series.price > 0.99 USD": And((at_most(PRICE, literal(18_999, USD)), more(PRICE, literal(99, USD)))),
    "series.price <= 5 USD and 0.99 USD <= series.price and creator.invited": And(
        (at_most(PRICE, FIXED), at_most(literal(99, USD), PRICE), INVITED)
    ),
    "not (0.99 USD <= series.price <= 5 USD)": Not(And((at_most(literal(99, USD), PRICE), at_most(PRICE, FIXED)))),
    "creator.invited": INVITED,
    "not creator.banned": Not(BANNED),
    "creator.banned == false": equal(BANNED, literal(raw=False, type_=YES_OR_NO)),
    "creator.invited == creator.banned": equal(INVITED, BANNED),
    "creator.invited != creator.banned": differs(INVITED, BANNED),
    "creator.banned in [false]": checked.Within(BANNED, (False,), YES_OR_NO),
    "true": literal(raw=True, type_=YES_OR_NO),
    "not true": Not(literal(raw=True, type_=YES_OR_NO)),
    "clause 2": checked.ClauseRef(2),
    "not clause 2": Not(checked.ClauseRef(2)),
    'creator.account_type in ["personal", "business"]': checked.Within(
        TYPE_OF_ACCOUNT, ("personal", "business"), ACCOUNTS
    ),
    'creator.account_type not in ["personal", "business"]': Not(
        checked.Within(TYPE_OF_ACCOUNT, ("personal", "business"), ACCOUNTS)
    ),
    'creator.account_type not in ["political"]': Not(checked.Within(TYPE_OF_ACCOUNT, ("political",), ACCOUNTS)),
    "creator.followers in [1, 2, 1_000]": checked.Within(fact("creator.followers"), (1, 2, 1000), FOLLOWERS),
    "creator.region in [KR, ZA]": regions("KR", "ZA"),
    "creator.region not in [KR, ZA]": Not(regions("KR", "ZA")),
    "creator.region in [KR, ZA, …]": regions("KR", "ZA", goes_on=True),
    "creator.region not in [KR, ZA, …]": Not(regions("KR", "ZA", goes_on=True)),
    "creator.invited and (creator.banned or creator.followers >= 10_000) or creator.region in [KR]": Or(
        (And((INVITED, Or((BANNED, AUDIENCE)))), regions("KR"))
    ),
    "not (creator.banned or creator.followers >= 10_000 followers)": Not(Or((BANNED, AUDIENCE))),
    "not not creator.followers >= 10_000 followers": Not(Not(AUDIENCE)),
    "if creator.invited then creator.followers >= 10_000 followers else not creator.banned": checked.If(
        INVITED, AUDIENCE, Not(BANNED), YES_OR_NO
    ),
    "count(series.videos) <= 80 videos": at_most(checked.Count("series.videos", VIDEOS), literal(80, VIDEOS)),
    "every video in series.videos satisfies video.length <= 20 minutes": every(
        "video", "series.videos", at_most(VIDEO, literal(1_200, LENGTH))
    ),
    "some video in series.videos satisfies video.original": some(
        "video", "series.videos", Item("video", "original", YES_OR_NO)
    ),
    "not (every video in series.videos satisfies video.length <= 20 minutes)": Not(
        every("video", "series.videos", at_most(VIDEO, literal(1_200, LENGTH)))
    ),
    "every a in series.videos satisfies (some b in creator.effects satisfies b.videos > 500 videos)": every(
        "a",
        "series.videos",
        some("b", "creator.effects", more(Item("b", "videos", VIDEOS), literal(500, VIDEOS))),
    ),
    "count(effect in creator.effects where effect.videos >= 1_000 videos) >= 3": at_least(
        counted(USED), literal(3, EFFECTS)
    ),
    "count(e in creator.effects where e.videos >= 1 video) != 3": differs(
        counted(at_least(Item("e", "videos", VIDEOS), literal(1, VIDEOS)), "e"), literal(3, EFFECTS)
    ),
    "sum(effect.videos for effect in creator.effects where effect.videos >= 1_000) >= 9": at_least(
        checked.Fold(Aggregate.SUM, EFFECT, "effect", "creator.effects", USED, VIDEOS), literal(9, VIDEOS)
    ),
    "max(effect.videos for effect in creator.effects) >= 9 videos": at_least(
        checked.Fold(Aggregate.MAX, EFFECT, "effect", "creator.effects", None, VIDEOS), literal(9, VIDEOS)
    ),
    "today - creator.account_opened >= 30 days": at_least(
        checked.Scale(checked.Add((checked.Today(), checked.Negate(OPENED, types.Date())), types.Date()), DAY, DAYS),
        literal(30 * DAY, DAYS),
    ),
    "creator.account_opened + 30 days <= today": at_most(
        checked.Add((OPENED, checked.Days(literal(30 * DAY, DAYS))), types.Date()), checked.Today()
    ),
    "creator.birth_date + 18 years <= today": at_most(checked.AddMonths(BORN, literal(216, AGE)), checked.Today()),
    "creator.birth_date - 1 day - 6 months <= today": at_most(
        checked.AddMonths(checked.Add((BORN, checked.Days(literal(-DAY, DAYS))), types.Date()), literal(-6, AGE)),
        checked.Today(),
    ),
    "years_since(creator.birth_date) >= 18 years": at_least(checked.YearsSince(BORN), literal(216, AGE)),
    (
        "(if creator.public_videos_30d < 5 then 0 USD "
        "else 700 USD + 140 USD * full_steps(creator.public_videos_30d - 5, 100)) >= -series.price"
    ): at_least(PAYOUT, checked.Negate(PRICE, USD)),
    "min(series.price, 5 USD) < 1 USD": less(checked.Extreme(Aggregate.MIN, (PRICE, FIXED), USD), literal(100, USD)),
}


SENTENCES = yaml.safe_load((Path(__file__).parent / "prose.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", SENTENCES, ids=lambda row: row["expression"])
@pytest.mark.parametrize("code", ["en", "id"])
def test_a_sentence_says_exactly_what_the_expression_says(row: dict[str, str], code: str) -> None:
    assert prose.sentence(EXPRESSIONS[row["expression"]], WORDS[code]) == row[code]


def test_every_expression_has_its_sentences() -> None:
    assert [row["expression"] for row in SENTENCES] == list(EXPRESSIONS)


def test_the_expressions_hold_every_node() -> None:
    held, nodes = set(), list(EXPRESSIONS.values())
    while nodes:
        node = nodes.pop()
        held.add(type(node))
        nodes += checked.children(node)

    assert held == set(get_args(checked.Expr))


@pytest.mark.parametrize(
    ("expr", "symbols"),
    [
        (AUDIENCE, "creator.followers >= 10 000"),
        (Not(INVITED), "creator.invited == false"),
        (regions("KR", goes_on=True), "creator.region in [KR, …]"),
        (Or((INVITED, BANNED)), "or: (1) creator.invited == true; (2) creator.banned == true"),
        (
            every("video", "series.videos", at_most(VIDEO, literal(1_200, LENGTH))),
            "every video in series.videos satisfies video.length <= 20 minutes",
        ),
        (
            at_least(checked.YearsSince(BORN), literal(216, AGE)),
            "years_since(creator.birth_date) >= 18 years",
        ),
        (
            at_least(counted(USED), literal(3, EFFECTS)),
            "count(effect in creator.effects where effect.videos >= 1 000) >= 3",
        ),
    ],
)
def test_a_language_without_patterns_writes_symbols_and_its_own_numbers(expr: checked.Expr, symbols: str) -> None:
    assert prose.sentence(expr, WORDS["uz"]) == symbols


def test_days_counted_in_steps_of_hours_say_the_hours() -> None:
    steps = checked.FullSteps(Fact("creator.account_age", DAYS), 36 * 3_600, types.Number())
    said = prose.phrase(at_least(steps, literal(2, types.Number())), WORDS["en"])

    assert "1 day 12 hours" in said


def test_a_fact_without_a_question_is_named_by_its_path() -> None:
    expr = checked.Fact("creator.sold_elsewhere", YES_OR_NO)

    assert prose.sentence(expr, WORDS["en"]) == "The creator's sold elsewhere is yes."
    assert prose.sentence(expr, WORDS["id"]) == "“creator.sold_elsewhere” adalah ya."


@pytest.mark.parametrize(
    ("path", "en", "id_"),
    [
        ("creator.followers", "the creator's followers", "jumlah pengikut Anda"),
        ("creator.birth_date", "the creator's birth date", "tanggal Anda lahir"),
        ("series.videos", "the series' videos", "video yang ada dalam Series ini"),
        ("series.videos.length", "the video's length", "durasi video ini"),
        ("series.videos[2].length", "video 3: the video's length", "video 3: durasi video ini"),
    ],
)
def test_a_fact_has_a_name_in_each_language(path: str, en: str, id_: str) -> None:
    assert prose.name(path, WORDS["en"]) == en
    assert prose.name(path, WORDS["id"]) == id_


@pytest.mark.parametrize(
    ("question", "type_", "name"),
    [
        ("Berapa banyak suka yang Anda terima?", types.Number(unit="likes"), "jumlah suka yang Anda terima"),
        ("Berapa rata-rata tayangan Anda?", types.Number(unit="views"), "rata-rata tayangan Anda"),
        ("Berapa tayangan Anda?", types.Number(unit="views"), "jumlah tayangan Anda"),
        ("Berapa kali Anda ditegur?", types.Number(), "jawaban atas “Berapa kali Anda ditegur?”"),
        ("Berapa tahun Anda aktif?", AGE, "jawaban atas “Berapa tahun Anda aktif?”"),
        ("Apa yang Anda jual?", types.Text(), "jawaban atas “Apa yang Anda jual?”"),
        ("TikTok apa yang Anda pakai?", types.Text(), "TikTok yang Anda pakai"),
        ("Berapa usia Anda? Jujurlah.", AGE, "jawaban atas “Berapa usia Anda? Jujurlah.”"),
    ],
)
def test_an_indonesian_name_is_what_the_question_asks_for(question: str, type_: types.Type, name: str) -> None:
    declared = declare("x.y", type_, "?", question)

    assert prose.name("x.y", Words(LANGUAGES["id"], {}, {"x.y": declared})) == name


def parameter(
    raw: Raw | tuple[Raw, ...], type_: types.Type, *, goes_on: bool | None = None, size: int | None = None
) -> Parameter:
    origin = checked.Origin(SPAN, "world")
    return Parameter("p", raw, type_, origin, open=goes_on, size=size)


PERSONAL = types.Choice(("personal", "business"), bare=True)
THIRTEEN = tuple(f"X{letter}" for letter in "ABCDEFGHIJKLM")


@pytest.mark.parametrize(
    ("constant", "en", "id_"),
    [
        (parameter(216, AGE), "18 years", "18 tahun"),
        (parameter(("personal", "business"), PERSONAL), "personal or business", "pribadi atau bisnis"),
        (
            parameter(("KR", "ZA"), types.Region(), goes_on=False),
            "South Korea or South Africa",
            "Korea Selatan atau Afrika Selatan",
        ),
        (
            parameter(("KR", "ZA"), types.Region(), goes_on=True, size=94),
            "South Korea, South Africa and others (94 in all)",
            "Korea Selatan, Afrika Selatan, dan lainnya (seluruhnya 94)",
        ),
        (
            parameter(("KR",), types.Region(), goes_on=True),
            "South Korea and others",
            "Korea Selatan dan lainnya",
        ),
        (parameter(THIRTEEN, types.Region(), goes_on=False), "13 regions", "13 wilayah"),
        (
            parameter(THIRTEEN, types.Region(), goes_on=True, size=1_200),
            "13 regions and others (1,200 in all)",
            "13 wilayah dan lainnya (seluruhnya 1.200)",
        ),
        (parameter(THIRTEEN[:12], types.Region()), "XA, XB, XC, XD, XE, XF, XG, XH, XI, XJ, XK or XL", None),
    ],
)
def test_a_parameter_is_filled_in_as_people_write_its_value(constant: Parameter, en: str, id_: str | None) -> None:
    assert prose.fill("<{p}>", {"p": constant}, WORDS["en"]) == f"<{en}>"
    assert id_ is None or prose.fill("<{p}>", {"p": constant}, WORDS["id"]) == f"<{id_}>"


def test_braces_that_hold_no_parameter_stay_as_they_are() -> None:
    template = "{other} {} {P} {{p}} { p } {p"

    filled = prose.fill(template, {"p": parameter(3, VIDEOS)}, WORDS["en"])

    assert filled == "{other} {} {P} {3 videos} { p } {p"


def test_what_is_filled_in_is_not_filled_again() -> None:
    nickname = parameter("{q}", types.Text())

    assert prose.fill("{p}{q}", {"p": nickname, "q": parameter(1, VIDEOS)}, WORDS["en"]) == "{q}1 video"


def test_placeholders_are_found_with_their_braces() -> None:
    template = "At least {min_age}, or {other}."

    found = placeholders(template)

    assert [(name, template[start:end]) for name, start, end in found] == [
        ("min_age", "{min_age}"),
        ("other", "{other}"),
    ]


PERCENT = types.Number(scale=2, percent=True)


@pytest.mark.parametrize(
    ("difference", "type_", "path", "more_en", "more_id", "fewer_en", "fewer_id"),
    [
        (880, FOLLOWERS, "creator.followers", "880 more followers", "880 pengikut lagi", None, None),
        (
            1,
            FOLLOWERS,
            None,
            "1 more follower",
            "1 pengikut lagi",
            "1 fewer follower",
            "1 pengikut lebih sedikit",
        ),
        (2, VIDEOS, "series.videos", "2 more videos", None, "2 fewer videos", "2 video lebih sedikit"),
        (
            2,
            VIDEOS,
            "creator.public_videos_30d",
            "the creator's public videos in 30 days: 2 more videos",
            "jumlah video publik yang Anda unggah dalam 30 hari terakhir: 2 video lagi",
            None,
            None,
        ),
        (
            1,
            USD,
            "series.price",
            "the series' price: 0.01 USD more",
            "harga Series ini: 0,01 USD lebih tinggi",
            "the series' price: 0.01 USD less",
            "harga Series ini: 0,01 USD lebih rendah",
        ),
        (
            120,
            LENGTH,
            None,
            "2 minutes more",
            "2 menit lebih lama",
            "2 minutes less",
            "2 menit lebih singkat",
        ),
        (12, AGE, None, "1 year more", "1 tahun lagi", "1 year less", "1 tahun lebih sedikit"),
        (5, types.Number(), None, "5 more", "5 lebih tinggi", "5 less", "5 lebih rendah"),
        (5, PERCENT, None, "5 percentage points more", "5 poin persentase lebih tinggi", None, None),
        (1, PERCENT, None, "1 percentage point more", None, "1 percentage point less", None),
        (3, types.Date(), None, "3 days later", "3 hari lebih lambat", "3 days earlier", "3 hari lebih awal"),
    ],
)
def test_a_distance_says_how_much_is_needed(
    *,
    difference: int,
    type_: types.Type,
    path: str | None,
    more_en: str,
    more_id: str | None,
    fewer_en: str | None,
    fewer_id: str | None,
) -> None:
    assert prose.more(difference, type_, WORDS["en"], path) == more_en
    assert more_id in (None, prose.more(difference, type_, WORDS["id"], path))
    assert fewer_en in (None, prose.fewer(difference, type_, WORDS["en"], path))
    assert fewer_id in (None, prose.fewer(difference, type_, WORDS["id"], path))


@pytest.mark.parametrize(
    ("path", "expected", "en", "id_"),
    [
        (
            "creator.account_type",
            ("personal", "business"),
            "the creator's account type is personal or business",
            "jenis akun Anda adalah pribadi atau bisnis",
        ),
        ("creator.badge", "gold", "the creator's badge is gold", "lencana yang Anda miliki adalah emas"),
        (
            "creator.invited",
            True,
            "the answer to “Has TikTok invited you?” is yes",
            "jawaban atas “Apakah TikTok sudah mengundang Anda?” adalah ya",
        ),
        (
            "creator.region",
            ("KR", "ZA"),
            "the creator's region is in South Korea or South Africa",
            "tempat Anda tinggal berada di Korea Selatan atau Afrika Selatan",
        ),
        (
            "creator.region",
            "KR",
            "the creator's region is in South Korea",
            "tempat Anda tinggal berada di Korea Selatan",
        ),
    ],
)
def test_advice_says_what_a_fact_has_to_be(path: str, expected: Raw | tuple[Raw, ...], en: str, id_: str) -> None:
    assert prose.becomes(path, expected, FACTS[path].type, WORDS["en"]) == en
    assert prose.becomes(path, expected, FACTS[path].type, WORDS["id"]) == id_


@pytest.mark.parametrize(
    ("path", "unwanted", "en", "id_"),
    [
        ("creator.badge", "gold", "the creator's badge is not gold", "lencana yang Anda miliki bukan emas"),
        (
            "creator.banned",
            True,
            "the answer to “Are you banned?” is no",
            "jawaban atas “Apakah Anda diblokir?” adalah tidak",
        ),
    ],
)
def test_advice_says_what_a_fact_may_not_be(path: str, unwanted: Raw, en: str, id_: str) -> None:
    assert prose.avoids(path, unwanted, FACTS[path].type, WORDS["en"]) == en
    assert prose.avoids(path, unwanted, FACTS[path].type, WORDS["id"]) == id_


def test_advice_on_an_item_names_it_by_its_number() -> None:
    change = prose.fewer(120, LENGTH, WORDS["en"])

    assert prose.about_item("series.videos", 3, change, WORDS["en"]) == "video 3: 2 minutes less"


def test_advice_to_wait_names_the_day() -> None:
    may = date(2025, 5, 1)

    assert prose.from_day(may, WORDS["en"]) == "by itself from 1 May 2025 on"
    assert prose.from_day(may, WORDS["id"]) == "dengan sendirinya mulai 1 Mei 2025"


QUANTITIES = st.one_of(
    st.builds(types.Number, scale=st.integers(0, 9), unit=st.sampled_from([None, "followers"])),
    st.builds(types.Money, currency=st.sampled_from(["USD", "JPY", "KWD"]), scale=st.integers(3, 9)),
)
RAWS = st.integers(-LIMIT, LIMIT)


@given(raw=RAWS, type_=QUANTITIES, code=st.sampled_from(["en", "id"]))
def test_no_digit_of_a_number_is_lost(raw: int, type_: types.Number | types.Money, code: str) -> None:
    language = LANGUAGES[code]

    number, *_ = prose.value(raw, type_, WORDS[code]).split(" ")

    read_back = Decimal(number.replace(language.thousands, "").replace(language.decimal, "."))
    assert read_back == decimal(raw, type_.scale)


@given(raw=RAWS, type_=st.builds(types.Number, scale=st.integers(0, 9), percent=st.just(value=True)))
def test_no_digit_of_a_percentage_is_lost(raw: int, type_: types.Number) -> None:
    number = prose.value(raw, type_, WORDS["en"]).removesuffix("%").replace(",", "")

    assert Decimal(number) == decimal(raw, type_.scale) * 100


NAMES = st.sampled_from(["min_age", "max_price", "regions_2"])
PIECES = st.one_of(NAMES.map("{{{}}}".format), st.text(alphabet="{}ab _"))


@given(pieces=st.lists(PIECES), raw=RAWS, type_=QUANTITIES, code=st.sampled_from(["en", "id", "uz"]))
def test_filling_leaves_no_placeholder_of_a_parameter(
    pieces: list[str], raw: int, type_: types.Type, code: str
) -> None:
    constants = dict.fromkeys(["min_age", "max_price", "regions_2"], parameter(raw, type_))

    filled = prose.fill("".join(pieces), constants, WORDS[code])

    assert not {name for name, _, _ in placeholders(filled)} & constants.keys()


GENERATED = st.recursive(
    st.sampled_from([expr for source, expr in EXPRESSIONS.items() if "the boss" not in source]),
    lambda parts: st.one_of(
        st.builds(Not, parts),
        st.builds(And, st.lists(parts, min_size=1, max_size=4).map(tuple)),
        st.builds(Or, st.lists(parts, min_size=1, max_size=4).map(tuple)),
        st.builds(equal, parts, parts),
        st.builds(checked.If, parts, parts, parts, st.just(YES_OR_NO)),
        st.builds(every, st.just("video"), st.just("series.videos"), parts),
        st.builds(at_least, st.builds(counted, parts), st.just(literal(3, EFFECTS))),
    ),
    max_leaves=8,
)
ENGLISH_WORDS = frozenset(
    "the is are of and or at least most than every for where in not no one both if then to".split()
)


@given(expr=GENERATED)
def test_an_indonesian_sentence_has_no_english_words(expr: checked.Expr) -> None:
    words = re.findall(r"\w+", prose.sentence(expr, WORDS["id"]).lower())

    assert not ENGLISH_WORDS & set(words)


@given(expr=GENERATED, code=st.sampled_from(["en", "id", "uz"]))
def test_any_expression_has_a_sentence_with_all_its_patterns_filled(expr: checked.Expr, code: str) -> None:
    text = prose.sentence(expr, WORDS[code])

    assert "{" not in text
    assert text.count("(") == text.count(")")


@given(expr=GENERATED, code=st.sampled_from(["en", "id"]))
def test_denying_twice_says_the_same(expr: checked.Expr, code: str) -> None:
    assert prose.sentence(Not(Not(expr)), WORDS[code]) == prose.sentence(expr, WORDS[code])
