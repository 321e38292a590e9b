"""The form writes values as prose does, and reads what people type, and what links hold, as the door does."""

import datetime
import json
import random
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from urllib.parse import unquote

import pytest

import policyengine
from form_folder import call, write_form
from little_policies import written
from policyengine.decide import Policies
from policyengine.model import calendar, types
from policyengine.model.checked import FactDeclaration
from policyengine.model.errors import InvalidFact
from policyengine.model.ranges import Range
from policyengine.targets import prose

LANGUAGES = ("en", "id")
WRITING, READING, LINKS = "form/writing.js", "form/reading.js", "form/links.js"
each_language = pytest.mark.parametrize("language", LANGUAGES)


@cache
def vocabulary() -> Policies:
    """Facts of every type: those that the language is tested with."""
    return written({"a": "f.a"}).policies


@cache
def assets(shipped: bool = False) -> Path:  # noqa: FBT001, FBT002 -- which policies
    policies = policyengine.load("policies") if shipped else vocabulary()
    return write_form(Path(mkdtemp()), policies)


def named(policies: Policies) -> Iterator[tuple[str, FactDeclaration]]:
    """Give every fact and field that holds one value, by its whole path."""
    for path, declared in policies.compiled.vocabulary.items():
        for field in declared.fields:
            yield f"{path}.{field.path}", field
        if not declared.fields:
            yield path, declared


def chance_of(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 -- the same cases each time


def quantities() -> list[tuple[str, FactDeclaration]]:
    timed = types.Number | types.Money | types.Duration | types.Period
    return [(path, declared) for path, declared in named(vocabulary()) if isinstance(declared.type, timed)]


def range_of(declared: FactDeclaration) -> Range:
    return declared.range or Range(calendar.FIRST_PROVED_DAY, calendar.LAST_PROVED_DAY)


def raws(declared: FactDeclaration, chance: random.Random) -> list[int]:
    """Pick whole numbers underneath: the ends, those around nothing, round ones, any; all of whole units."""
    low, high = range_of(declared).low, range_of(declared).high
    size = declared.unit_size if isinstance(declared.type, types.Duration | types.Period) else 1
    near = [low, low + size, high, high - size, -size, 0, *(n * size for n in (1, 2, 10, 12, 60, 90, 100, 999, 1_000))]
    exponents = [chance.randrange(1, 16) for _ in range(20)]
    near += [chance.randrange(-(10**n), 10**n) // size * size for n in exponents]
    near += [chance.randint(low // size, high // size) * size for _ in range(20)]
    return sorted({raw for raw in near if low <= raw <= high})


@each_language
def test_values_are_written_as_prose_writes_them(language: str) -> None:
    chance, words = chance_of(1), vocabulary().words[language]
    cases = [(path, one, raw) for path, one in _dated_and_quantities() for raw in raws(one, chance)]

    got = call(assets(), language, [(WRITING, "value", raw, _type(language, path), WORDS) for path, _, raw in cases])

    assert got == [prose.value(raw, one.type, words, path) for path, one, raw in cases]


@each_language
def test_truths_choices_texts_and_regions_are_written_as_prose_writes_them(language: str) -> None:
    words = vocabulary().words[language]
    cases: list[tuple[str, types.Type, Any]] = [("f.t", types.Text(), "<b>&amp;"), ("f.a", types.Boolean(), True)]
    cases += [("f.a", types.Boolean(), False)]
    cases += [("f.r", types.Region(), region) for region in (*vocabulary().compiled.tree.parents, "constructor")]
    for path, declared in named(vocabulary()):
        if isinstance(declared.type, types.Choice):
            cases += [(path, declared.type, raw) for raw in declared.type.values]

    got = call(assets(), language, [(WRITING, "value", raw, _type(language, path), WORDS) for path, _, raw in cases])

    assert got == [prose.value(raw, type_, words, path) for path, type_, raw in cases]


@each_language
@pytest.mark.parametrize("way", ["more", "fewer"])
def test_distances_are_written_as_prose_writes_them(language: str, way: str) -> None:
    chance, words = chance_of(2), vocabulary().words[language]
    phrase = prose.more if way == "more" else prose.fewer
    cases = [(path, one, raw) for path, one in _dated_and_quantities() for raw in raws(one, chance) if raw > 0]
    cases = [(path, one, raw % 100_000 + 1 if isinstance(one.type, types.Date) else raw) for path, one, raw in cases]

    calls = [
        (WRITING, way, raw, _type(language, path), WORDS, fact)
        for path, _, raw in cases
        for fact in (None, {"fact": path})
    ]
    got = call(assets(), language, calls)

    assert got == [phrase(raw, one.type, words, fact) for path, one, raw in cases for fact in (None, path)]


@each_language
def test_items_and_lists_of_words_are_written_as_prose_writes_them(language: str) -> None:
    words = vocabulary().words[language]
    items = [(path, number) for path in ("x.items", "x.clips") for number in (1, 12, 1_000)]
    lists = [list("abcd")[:length] for length in range(5)]
    junctions: tuple[Any, ...] = ("and", "or")

    got = call(
        assets(),
        language,
        [(WRITING, "aboutItem", {"fact": path}, number, "much", WORDS) for path, number in items]
        + [(WRITING, "joined", one, WORDS, junction) for one in lists for junction in junctions],
    )

    assert got == [prose.about_item(path, number, "much", words) for path, number in items] + [
        prose.joined(one, words, junction) for one in lists for junction in junctions
    ]


@each_language
def test_what_a_field_shows_is_read_back_as_the_same_value(language: str) -> None:
    chance = chance_of(3)
    cases = [(path, one, raw) for path, one in quantities() for raw in raws(one, chance)]
    shown = call(
        assets(), language, [(WRITING, "typed", raw, {"fact": path}, one.unit_size, WORDS) for path, one, raw in cases]
    )

    got = call(assets(), language, [_typed(text, path, one) for text, (path, one, _) in zip(shown, cases, strict=True)])

    assert [(answer["raw"], answer["problem"]) for answer in got] == [(raw, None) for _, _, raw in cases]


@each_language
def test_what_people_type_is_read_as_the_door_reads_the_number(language: str) -> None:
    chance = chance_of(4)
    cases = [(path, one, text) for path, one in quantities() for text in _texts(one, language, chance)]

    got = call(assets(), language, [_typed(text, path, one) for path, one, text in cases])

    wrong = [
        (path, text, answer["raw"], expected)
        for (path, one, text), answer in zip(cases, got, strict=True)
        if answer["raw"] != (expected := _by_the_door(one, text, language))
    ]
    assert not wrong[:5]
    assert all((answer["raw"] is None) == (answer["problem"] is not None) for answer in got)
    assert sum(answer["raw"] is not None for answer in got) > len(got) // 5


@each_language
def test_a_field_says_what_may_be_typed(language: str) -> None:
    facts = [
        ("creator.followers", "10.5", None),
        ("creator.age", "200", "years"),
        ("series.price", "1,2,3", None),
        ("series.videos.length", "x", "minutes"),
    ]
    asked = [(READING, "readTyped", text, {"fact": path}, unit, WORDS) for path, text, unit in facts]

    got = [answer["problem"] for answer in call(assets(shipped=True), language, asked)]

    assert got == EXPECTED[language]


EXPECTED = {
    "en": [
        "Type a whole number from 0 to 10,000,000,000.",
        "Type a whole number of years, from 0 to 150.",
        "Type an amount in USD: a number from 0 to 1,000,000. Digits after the “.”: at most 2.",
        "Type a whole number of minutes, from 0 to 1,440.",
    ],
    "id": [
        "Ketik bilangan bulat dari 0 sampai 10.000.000.000.",
        "Ketik bilangan bulat dalam tahun, dari 0 sampai 150.",
        "Ketik jumlah dalam USD: angka dari 0 sampai 1.000.000. Angka di belakang “,”: paling banyak 2.",
        "Ketik bilangan bulat dalam menit, dari 0 sampai 1.440.",
    ],
}


def test_a_unit_may_be_typed_behind_the_number() -> None:
    asked = [
        ("en", "20 minutes", 1_200),
        ("en", "1 Hour", 3_600),
        ("en", "90", 90),
        ("en", "2 days", None),
        ("id", "20 menit", 1_200),
        ("id", "1.000 detik", 1_000),
        ("id", "20 minutes", 1_200),
    ]

    for language, text, raw in asked:
        [got] = call(
            assets(shipped=True), language, [(READING, "readTyped", text, {"fact": "video.length"}, "seconds", WORDS)]
        )
        assert got["raw"] == raw, text


@each_language
def test_links_hold_what_the_door_reads_and_read_it_back(language: str) -> None:
    chance = chance_of(5)
    policies = vocabulary()
    scalars = [(path, one) for path, one in named(policies) if path in policies.compiled.vocabulary]
    cases = [(path, one, raw) for path, one in scalars for raw in _any(one, chance)]

    written_ = call(
        assets(), language, [(LINKS, "writeLink", 738_000, {"map": [[path, raw]]}, FACTS) for path, _, raw in cases]
    )
    fragments = [answer["fragment"] for answer in written_]
    read = call(
        assets(),
        language,
        [
            (LINKS, "readLink", text, {"set": [path]}, FACTS, REGIONS)
            for text, (path, _, _) in zip(fragments, cases, strict=True)
        ],
    )

    assert [answer["answers"] for answer in read] == [[[path, raw]] for path, _, raw in cases]
    assert {answer["on"] for answer in read} == {738_000}
    for (path, one, raw), fragment in zip(cases, fragments, strict=True):
        text = unquote(re.fullmatch(rf"on=2021-07-29&{re.escape(path)}=(.*)", fragment, re.DOTALL)[1])  # type: ignore[index]
        assert policies.door.value(one, _as_json(text, one)) == raw


def test_lists_go_through_a_link_without_their_private_fields() -> None:
    facts = {"x.items": {"path": "x.items", "type": {"kind": "list"}, "private": False, "most": 3, "fields": _FIELDS}}
    records = [{"n": 3, "secret": 4}, {"n": None, "secret": 1}]

    [answer] = call(assets(), "en", [(LINKS, "writeLink", 738_000, {"map": [["x.items", records]]}, facts)])
    texts = [
        answer["fragment"],
        'x.items=[{"n":1,"secret":2}]',
        "x.items=[null,{}]",
        "x.items=[1]",
        "x.items=[{},{},{},{}]",
    ]
    read = call(assets(), "en", [(LINKS, "readLink", text, {"set": ["x.items"]}, facts, {}) for text in texts])

    assert unquote(answer["fragment"]) == 'on=2021-07-29&x.items=[{"n":3},{}]'
    assert answer["leftOut"] == ["x.items"]
    nothing = {"n": None, "secret": None}
    assert [one["answers"] for one in read] == [
        [["x.items", [{"n": 3, "secret": None}, nothing]]],
        [],
        [["x.items", [nothing, nothing]]],
        [],
        [],
    ]


_FIELD = {
    "type": {"kind": "number", "scale": 0, "unit": None, "percent": False},
    "range": [0, 9],
    "unit": None,
    "size": 1,
}
_FIELDS = {
    "n": {**_FIELD, "path": "x.items.n", "private": False},
    "secret": {**_FIELD, "path": "x.items.secret", "private": True},
}


def test_private_facts_never_get_into_a_link_nor_out_of_one() -> None:
    facts = policyengine.load("policies").compiled.vocabulary
    answers = [["creator.followers", 900], ["creator.birth_date", 730_000], ["creator.repeat_violations", False]]
    text = "creator.birth_date=2000-01-01&creator.followers=900&creator.age=20&creator.x=1&on=2024-02-31&%"
    text += "&creator.followers=1"

    [link, read] = call(
        assets(shipped=True),
        "en",
        [
            (LINKS, "writeLink", 738_000, {"map": answers}, FACTS),
            (LINKS, "readLink", text, {"set": list(facts)}, FACTS, REGIONS),
        ],
    )

    assert link == {
        "fragment": "on=2021-07-29&creator.followers=900",
        "leftOut": ["creator.birth_date", "creator.repeat_violations"],
    }
    assert read["answers"] == [["creator.followers", 900]]
    assert read["ignored"] == ["creator.birth_date", "creator.age", "creator.x", "on", "%", "creator.followers"]
    assert read["on"] is None


@pytest.mark.parametrize("text", ["$5", "5 GBP", "x"])
def test_a_wrong_amount_of_money_is_told_its_currency(text: str) -> None:
    words = call(assets(), "en", [("decided", "same", {"facts": True})])[0]
    money = [path for path, fact in words.items() if fact["type"]["kind"] == "money"]
    assert money

    got = call(assets(), "en", [(READING, "readTyped", text, {"fact": path}, None, WORDS) for path in money])

    for path, answer in zip(money, got, strict=True):
        assert f"an amount in {words[path]['type']['currency']}: a" in answer["problem"]


@pytest.mark.parametrize("day", ["1899-12-31", "2200-01-01", "0001-01-01", "9999-12-31"])
def test_a_day_on_which_nobody_may_decide_is_left_out_of_a_link(day: str) -> None:
    asked = (LINKS, "readLink", f"on={day}&creator.region=KR", {"set": ["creator.region"]}, FACTS, REGIONS)

    [read] = call(assets(shipped=True), "en", [asked])

    assert read == {"on": None, "answers": [["creator.region", "KR"]], "ignored": ["on"]}


@pytest.mark.parametrize("day", ["1900-01-01", "2199-12-31"])
def test_the_first_and_the_last_day_on_which_one_may_decide_stand_in_links(day: str) -> None:
    [read] = call(assets(shipped=True), "en", [(LINKS, "readLink", f"on={day}", {"set": []}, FACTS, REGIONS)])

    assert read["on"] == datetime.date.fromisoformat(day).toordinal()
    assert read["ignored"] == []


def test_a_link_is_read_as_strictly_as_the_door_reads() -> None:
    policies = vocabulary()
    texts = [
        "1",
        "-1",
        "1.5",
        "1.0",
        "01",
        "1e3",
        "1_000",
        "1_00",
        "5 USD",
        "5.25 USD",
        "5.255 USD",
        "5 EUR",
        "55%",
        "2.5%",
    ]
    texts += ["20 minutes", "1 minute", "90 seconds", "1.5 minutes", "3 weeks", "2 years", "18 months", "10 followers"]
    texts += [
        "true",
        "personal",
        "JP",
        "2024-02-29",
        "2023-02-29",
        "",
        " 1",
        "NaN",
        "constructor",
        "999999999999999999999",
    ]
    cases = [
        (path, one, text) for path, one in named(policies) if path in policies.compiled.vocabulary for text in texts
    ]

    got = call(assets(), "en", [(LINKS, "readDoor", text, {"fact": path}, REGIONS) for path, _, text in cases])

    for (path, one, text), answer in zip(cases, got, strict=True):
        assert answer == _read(policies, one, text), (path, text)


WORDS = {"words": True}
FACTS = {"facts": True}
REGIONS: dict[str, Any] = {"JP": {}, "KR": {}, "asia": {}, "world": {}, "FR": {}, "ID": {}, "US": {}, "US-CA": {}}


def _dated_and_quantities() -> list[tuple[str, FactDeclaration]]:
    dated = [(path, one) for path, one in named(vocabulary()) if isinstance(one.type, types.Date)]
    return [*quantities(), *dated]


@cache
def _type_data(language: str) -> dict[str, Any]:
    from policyengine.site.form.facts import type_data

    words = vocabulary().words[language]
    return {path: type_data(one.type, words, path) for path, one in named(vocabulary())}


def _type(language: str, path: str) -> Any:
    return _type_data(language)[path]


def _typed(text: str, path: str, declared: FactDeclaration) -> tuple[Any, ...]:
    is_time = isinstance(declared.type, types.Duration | types.Period)
    return (READING, "readTyped", text, {"fact": path}, declared.unit if is_time else None, WORDS)


def _texts(declared: FactDeclaration, language: str, chance: random.Random) -> Iterator[str]:
    """Write numbers well and badly."""
    words = vocabulary().words[language].language
    for raw in raws(declared, chance)[::4]:
        number = f"{Decimal(abs(raw)) / declared.unit_size:f}"
        whole, _, fraction = number.partition(".")
        sign = "-" if raw < 0 else ""
        grouped = f"{int(whole):,}".replace(",", words.thousands)
        for text in (whole, grouped):
            yield sign + text + (words.decimal + fraction if fraction else "")
        yield f" {sign}{grouped} "
        yield f"{sign}{whole}{words.decimal}50"
        yield f"{sign}{whole}{words.decimal}005"
        yield f"{sign}{whole}{words.thousands}5"
        yield f"−{whole}"
    yield from (
        "1,000",
        "1.000",
        "10,5",
        "10.5",
        "1,00",
        "1 000",
        "1e3",
        "١٢",
        "x",
        "-",
        ".5",
        "5.",
        "5,",
        "0x1",
        "1_000",
        "+1",
    )
    yield from ("1.000.000", "1,000,000", "1.000,50", "1,000.50", "007", "9" * 30, "9" * 50, "1-2", "--1", "½")


def _by_the_door(declared: FactDeclaration, text: str, language: str) -> int | None:
    """Read a typed number: its separators by the language, its value by the door."""
    words = vocabulary().words[language].language
    group, point = re.escape(words.thousands), re.escape(words.decimal)
    found = re.fullmatch(rf"([-−]?)((?:[0-9]{{1,3}}(?:{group}[0-9]{{3}})+)|[0-9]+)(?:{point}([0-9]+))?", text.strip())
    if found is None or len(text.strip()) > 40:
        return None
    sign, whole, fraction = found.groups()
    is_whole = declared.unit_size == 1 or isinstance(declared.type, types.Duration | types.Period)
    if is_whole and fraction:
        return None
    number = re.sub(r"[^0-9]", "", whole) + (f".{fraction}" if fraction else "")
    read = _read(vocabulary(), declared, Decimal(f"-{number}" if sign else number))
    return None if read == "refused" else read


def _read(policies: Policies, declared: FactDeclaration, value: object) -> Any:
    try:
        return policies.door.value(declared, value)
    except InvalidFact:
        return "refused"


def _any(declared: FactDeclaration, chance: random.Random) -> Sequence[Any]:
    match declared.type:
        case types.Boolean():
            return [True, False]
        case types.Text():
            return ["", "a=b&c#d%", "5", "true", "</script>", "+ \u202e\u2028é😀\n"]
        case types.Choice(values):
            return values
        case types.Region():
            return ["JP", "asia"]
        case _:
            return raws(declared, chance)[::3]


def _as_json(text: str, declared: FactDeclaration) -> object:
    """Take a value of a link as a caller would: numbers and truths are JSON, the rest is text."""
    is_number = isinstance(declared.type, types.Number | types.Money | types.Duration | types.Period)
    if isinstance(declared.type, types.Boolean) or (is_number and re.fullmatch(r"-?[0-9.]+", text)):
        return json.loads(text, parse_float=Decimal)
    return text
