import datetime
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest

from policyengine.frontend.read import read
from policyengine.model import syntax
from policyengine.model.authored import Case, Name, ParameterEntry, PolicyFile, PolicySet, RequirementEntry
from policyengine.model.checked import Kind, Privacy
from policyengine.model.diagnostic import Diagnostic, Severity

NOWHERE = Path("/nowhere/policies")
HEAD = "program: series\nregion: world\neffective: 2023-06-06\n"
LANGUAGES = """\
languages:
  en:
    name: English
    thousands: ","
    decimal: "."
    date: "{day} {month} {year}"
    months: [Jan, Feb, Mar, Apr, May, June, July, Aug, Sept, Oct, Nov, Dec]
    units: {followers: [follower, followers]}
  id:
    name: Bahasa Indonesia
    thousands: "."
    decimal: ","
    date: "{day} {month} {year}"
    months: [Jan, Feb, Mar, Apr, Mei, Jun, Jul, Agu, Sep, Okt, Nov, Des]
    units: {followers: [pengikut, pengikut]}
"""
REGIONS = """\
regions:
  world: {name: {en: World, id: Dunia}}
  asia: {part_of: world, name: {en: Asia, id: Asia}}
  "NO": {part_of: world, name: {en: Norway, id: Norwegia}}
  KR: {part_of: asia, name: {en: South Korea, id: Korea Selatan}}
"""
FACTS = """\
entity: creator
facts:
  age:
    type: period
    unit: years
    range: [0 years, 150 years]
    derived: years_since(creator.birth_date)
    question: {en: How old are you?, id: Berapa usia Anda?}
    privacy: private
  kind:
    type: choice
    values:
      personal: {en: personal, id: pribadi}
      business: {en: business, id: bisnis}
    question: {en: What are you?, id: Apa Anda?}
    privacy: public
  effects:
    type: list
    max_items: 10_000
    unit: effects
    item:
      videos: {type: integer, unit: videos, range: [-5, 10_000]}
    question: {en: Which effects?, id: Efek apa?}
    privacy: public
"""
PROGRAM = """\
program: series
title: {en: Series, id: Series}
about: {en: About., id: Tentang.}
grants: {en: You may apply., id: Anda boleh mendaftar.}
checks:
  eligibility:
    title: {en: May I join?, id: Bolehkah saya ikut?}
    region_by: creator.region
    version_by: today
    reads:
      met: {en: eligible, id: memenuhi syarat}
      unmet: {en: not eligible, id: tidak memenuhi syarat}
      unknown: {en: cannot tell yet, id: belum dapat dipastikan}
      not_offered: {en: not offered, id: tidak tersedia}
"""
POLICY = """\
program: series
region: world
effective: 2023-06-06
summary: {en: It opens., id: Dibuka.}
sources:
  page: {title: Sebuah halaman, publisher: TikTok, certainty: high, published: 2023-06-07}
  press: {title: An article, publisher: A paper, certainty: low}
parameters:
  min_age: {value: 18 years, source: page}
  kinds: {value: ["personal", "18 years"], source: [page, press]}
  price:
    value: 190 USD
    source: page
    also_reported:
      - {value: 189.99 USD, source: press, note: {en: Exact., id: Persis.}}
  open_regions: {regions: [NO, KR, asia], open: true, size: "94", source: page}
  free: {value: true, source: page}
definitions:
  grown_up: {expression: creator.age >= min_age}
checks:
  eligibility:
    adult:
      require: creator.age >= min_age
      binding: true
      says: {en: "You are {min_age} old.", id: "Anda {min_age}."}
      source: page
    audience:
      any_of:
        famous: {require: "creator.age > 1 years", obliges: {en: Wave., id: Lambai.}}
        kind:
          require: |
            creator.kind in kinds  # personal, mostly
values:
  eligibility:
    cap: {expression: "min(price, 7 USD)", title: {en: Cap, id: Batas}}
waivers:
  adult: {until: 2024-01-01, because: {en: A pilot., id: Percobaan.}, check: eligibility}
"""
CASES = """\
program: series
cases:
  - name: 18 is too young
    on: 2024-05-01
    region: NO
    facts:
      creator: {age: 18, share: 0.50, kind: "18", born: 2005-01-01, effects: [{videos: 1}, null], name: NO}
    expect:
      eligibility: unmet
      because: [adult]
      missing: []
      values: {cap: 7 USD}
      met_on: 2025-05-01
"""
FOLDER = {
    "languages.yaml": LANGUAGES,
    "regions.yaml": REGIONS,
    "facts/creator.yaml": FACTS,
    "series/program.yaml": PROGRAM,
    "series/world/2023-06-06.yaml": POLICY,
    "series/cases/first.yaml": CASES,
}


def _read(texts: Mapping[str, str]) -> tuple[PolicySet, tuple[Diagnostic, ...]]:
    found, problems = read(NOWHERE, texts={**FOLDER, **texts})
    assert found is not None
    return found, problems


def _policy(text: str = POLICY) -> PolicyFile:
    (file,) = _read({"series/world/2023-06-06.yaml": text})[0].files
    return file


def _parameter(name: str) -> ParameterEntry:
    return next(entry for entry in _policy().parameters if entry.id == name)


def _requirement(*names: str) -> RequirementEntry:
    entries = _policy().checks["eligibility"]
    for name in names[:-1]:
        entries = next(entry for entry in entries if entry.id == name).children
    return next(entry for entry in entries if entry.id == names[-1])


def _words(*names: Name) -> list[str]:
    return [name.text for name in names]


def _case() -> Case:
    (file,) = _read({})[0].cases
    return file.cases[0]


# what is read


def test_a_folder_without_mistakes_has_no_problems() -> None:
    _, problems = _read({})

    assert problems == ()


def test_a_language_is_read() -> None:
    indonesian = _read({})[0].languages[1]

    assert (indonesian.code, indonesian.thousands, indonesian.months[4]) == ("id", ".", "Mei")
    assert indonesian.units == {"followers": ("pengikut", "pengikut")}


def test_norway_is_a_region() -> None:
    regions = {region.id: region for region in _read({})[0].regions}

    assert str(regions["NO"].part_of) == "world"
    assert regions["world"].part_of is None


def test_a_fact_is_read_with_its_derivation() -> None:
    (age, _, _) = _read({})[0].facts[0].facts

    assert age.range is not None
    assert [str(end) for end in age.range] == ["0 years", "150 years"]
    assert str(age.derived) == "years_since(creator.birth_date)"
    assert age.privacy is Privacy.PRIVATE


def test_the_fields_of_a_list_have_its_privacy() -> None:
    effects = _read({})[0].facts[0].facts[2]

    assert (effects.name, effects.max_items, str(effects.unit)) == ("effects", 10_000, "effects")
    assert [(field.name, field.privacy) for field in effects.fields] == [("videos", Privacy.PUBLIC)]


def test_the_end_of_a_range_may_have_a_sign() -> None:
    (videos,) = _read({})[0].facts[0].facts[2].fields

    assert videos.range is not None
    assert isinstance(videos.range[0], syntax.Negative)


def test_a_choice_keeps_the_order_of_its_values() -> None:
    kind = _read({})[0].facts[0].facts[1]

    assert list(kind.values or ()) == ["personal", "business"]


def test_a_program_is_read() -> None:
    (program,) = _read({})[0].programs
    (check,) = program.checks

    assert (check.name, *_words(check.region_by, check.version_by)) == (
        "eligibility",
        "creator.region",
        "today",
    )
    assert check.reads["met"].get("id") == "memenuhi syarat"


def test_a_plain_value_is_a_literal() -> None:
    assert isinstance(_parameter("min_age").value, syntax.Quantity)


def test_a_plain_truth_is_a_literal() -> None:
    assert isinstance(_parameter("free").value, syntax.Truth)


def test_a_quoted_value_is_a_text_whatever_it_looks_like() -> None:
    items = _parameter("kinds").items

    assert items is not None
    assert [item.value for item in items if isinstance(item, syntax.Text)] == ["personal", "18 years"]


def test_a_list_of_regions_is_read() -> None:
    regions = _parameter("open_regions")

    assert _words(*regions.regions or ()) == ["NO", "KR", "asia"]
    assert (regions.open, regions.size, regions.value, regions.items) == (True, 94, None, None)


def test_a_parameter_may_have_several_sources() -> None:
    assert _words(*_parameter("kinds").sources) == ["page", "press"]


def test_what_another_source_says_is_kept() -> None:
    (report,) = _parameter("price").also_reported

    assert (str(report.value), str(report.source)) == ("189.99 USD", "press")


def test_a_leaf_is_read() -> None:
    adult = _requirement("adult")

    assert (adult.kind, adult.binding, _words(*adult.sources)) == (Kind.REQUIRE, True, ["page"])
    assert str(adult.require) == "creator.age >= min_age"


def test_a_group_is_read_with_its_children_in_order() -> None:
    audience = _requirement("audience")

    assert audience.kind is Kind.ANY_OF
    assert [child.id for child in audience.children] == ["famous", "kind"]


def test_quotes_around_an_expression_only_wrap_it() -> None:
    assert str(_requirement("audience", "famous").require) == "creator.age > 1 years"


def test_an_expression_in_a_block_is_parsed_in_its_place() -> None:
    require = _requirement("audience", "kind").require

    assert require is not None
    assert str(require.span) == "/nowhere/policies/series/world/2023-06-06.yaml:32:13"


def test_an_entry_stands_where_its_key_does() -> None:
    assert _parameter("min_age").span.text == "min_age"


def test_values_definitions_and_waivers_are_read() -> None:
    file = _policy()

    assert [str(entry.expression) for entry in file.values["eligibility"]] == ["min(price, 7 USD)"]
    assert [entry.id for entry in file.definitions] == ["grown_up"]
    assert [(waiver.id, waiver.until) for waiver in file.waivers] == [("adult", datetime.date(2024, 1, 1))]


def test_the_facts_of_a_case_are_plain_data_without_binary_floats() -> None:
    assert _case().facts == {
        "creator": {
            "age": 18,
            "share": Decimal("0.50"),
            "kind": "18",
            "born": "2005-01-01",
            "effects": [{"videos": 1}, None],
            "name": "NO",
        },
    }


def test_a_case_is_read() -> None:
    case = _case()

    assert (case.on, case.met_on) == (datetime.date(2024, 5, 1), datetime.date(2025, 5, 1))
    assert _words(*case.regions, *case.outcomes.values(), *case.because or ()) == ["NO", "unmet", "adult"]


def test_an_empty_list_of_a_case_says_something_and_no_list_says_nothing() -> None:
    case = _case()

    assert (case.missing, case.obligations) == ((), None)


def test_a_narrower_file_flags_what_is_new_and_removed() -> None:
    definitions = "grown_up: {removed: true}, old: {expression: creator.age > min_age, new: true}"
    korea = HEAD.replace("world", "KR") + f"definitions: {{{definitions}}}"

    files = _read({"series/KR/2023-06-06.yaml": korea})[0].files

    assert [(entry.new, entry.removed) for entry in files[0].definitions] == [(False, True), (True, False)]


def test_a_draft_is_read_as_one() -> None:
    draft = "program: series\nregion: KR\neffective: 2024-05-01\ndraft: true\n"

    files = _read({"series/KR/2024-05-01.stricter.yaml": draft})[0].files

    assert [file.draft for file in files] == [True, False]


# the digest


def test_layout_and_comments_do_not_change_the_digest() -> None:
    flow = "min_age: {value: 18 years, source: page}"
    block = "min_age:  # how old\n    value: 18 years\n    source: 'page'"

    assert _policy(POLICY.replace(flow, block)).digest == _policy().digest


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("value: 18 years", "value: 19 years"),
        ('["personal", "18 years"]', '["personal", 18 years]'),
        ("open: true", "open: false"),
        ("[NO, KR, asia]", "[KR, NO, asia]"),
        ("publisher: TikTok", "publisher: Tiktok"),
    ],
)
def test_every_change_of_content_changes_the_digest(before: str, after: str) -> None:
    assert _policy(POLICY.replace(before, after)).digest != _policy().digest


def test_the_order_of_a_group_counts_in_the_digest() -> None:
    first, second = "b: {require: x}, c: {require: y}", "c: {require: y}, b: {require: x}"
    one, other = (f"{HEAD}checks: {{eligibility: {{a: {{any_of: {{{ab}}}}}}}}}" for ab in (first, second))

    assert _policy(one).digest != _policy(other).digest


# what is left out


def test_a_missing_translation_is_a_warning_and_keeps_the_file() -> None:
    found, (problem,) = _read({"series/world/2023-06-06.yaml": f"{HEAD}summary: {{en: It opens.}}"})

    assert (problem.code, problem.severity) == ("missing-translation", Severity.WARNING)
    assert len(found.files) == 1


def test_missing_words_of_a_requirement_are_not_missed() -> None:
    policy = HEAD + "checks: {eligibility: {a: {require: x, says: {id: y}}}}"

    _, problems = _read({"series/world/2023-06-06.yaml": policy})

    assert problems == ()


def test_a_file_with_an_error_is_left_out_and_the_rest_is_read() -> None:
    found, problems = _read({"series/world/2023-06-06.yaml": "a: b: c", "facts/series.yaml": "[]"})

    assert [problem.code for problem in problems] == ["wrong-type", "yaml-syntax"]
    assert (found.files, len(found.facts), len(found.programs)) == ((), 1, 1)


def test_the_shipped_policies_have_no_problems() -> None:
    _, problems = read(Path(__file__).parents[2] / "policies")

    assert problems == ()
