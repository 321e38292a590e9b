"""What the reader makes of a folder. In a mistaken text, `#! code` stands on the line that must be reported."""

import datetime
import re
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
LANGUAGES = """\
languages:
  en:
    name: English
    thousands: ","
    decimal: "."
    date: "{day} {month} {year}"
    months: [January, February, March, April, May, June, July, August, September, October, November, December]
    units: {followers: [follower, followers]}
  id:
    name: Bahasa Indonesia
    thousands: "."
    decimal: ","
    date: "{day} {month} {year}"
    months: [Januari, Februari, Maret, April, Mei, Juni, Juli, Agustus, September, Oktober, November, Desember]
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
    facts: {creator: {age: 18, share: 0.50, kind: "18", born: 2005-01-01, effects: [{videos: 1}, null], name: NO}}
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
    korea = "program: series\nregion: KR\neffective: 2024-05-01\ndefinitions:\n" + (
        "  grown_up: {removed: true}\n  old: {expression: creator.age > min_age, new: true}\n"
    )

    files = _read({"series/KR/2024-05-01.yaml": korea})[0].files

    assert [(entry.new, entry.removed) for entry in files[0].definitions] == [(False, True), (True, False)]


def test_a_draft_is_read_as_one() -> None:
    draft = "program: series\nregion: KR\neffective: 2024-05-01\ndraft: true\n"

    files = _read({"series/KR/2024-05-01.stricter.yaml": draft})[0].files

    assert [file.draft for file in files] == [True, False]


# the digest


def test_layout_and_comments_do_not_change_the_digest() -> None:
    laid_out = POLICY.replace(
        "  min_age: {value: 18 years, source: page}\n",
        "  min_age:  # how old\n    value: 18 years\n    source: 'page'\n",
    )

    assert _policy(laid_out).digest == _policy().digest


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
    one = "program: series\nregion: world\neffective: 2023-06-06\nchecks: {eligibility: {a: {any_of: {b: {require: x}, c: {require: y}}}}}"
    other = one.replace("b: {require: x}, c: {require: y}", "c: {require: y}, b: {require: x}")

    assert _policy(one).digest != _policy(other).digest


# mistakes

HEAD = "program: series\nregion: world\neffective: 2023-06-06\n"
FACT = "entity: creator\nfacts:\n"
REST = "question: {en: a, id: b}, privacy: public"
IN_POLICIES = {
    "an unknown key": "sorces: {}  #! unknown-key",
    "an unknown key of an entry": "definitions:\n  d: {expresion: x}  #! unknown-key",
    "an empty entry": "definitions:\n  d: {}  #! conflicting-keys",
    "a requirement of no kind": "checks:\n  eligibility:\n    adult: {binding: true}  #! conflicting-keys",
    "a requirement of two kinds": (
        "checks:\n  eligibility:\n    adult:\n      require: x\n      any_of: {a: {require: y}}  #! conflicting-keys"
    ),
    "a parameter without a source": "parameters:\n  a: {value: 18 years}  #! unsourced",
    "a value beside regions": (
        "sources:\n  s: {title: a, publisher: b, certainty: low}\n"
        "parameters:\n  a:\n    source: s\n    value: 1\n    regions: [KR]  #! conflicting-keys"
    ),
    "a flag that removes and something else": (
        "checks:\n  eligibility:\n    adult:\n      removed: true\n      says: {en: a, id: b}  #! conflicting-keys"
    ),
    "a flag that removes nothing": "checks:\n  eligibility:\n    adult:\n      removed: false  #! wrong-value\n      require: x",
    "a flag inside a group": (
        "checks:\n  eligibility:\n    g:\n      all_of:\n        a:\n          require: x\n          new: true  #! conflicting-keys"
    ),
    "rules of a withdrawn file": "withdrawn: true\nchecks: {}  #! conflicting-keys",
    "a number where a text is expected": (
        "sources:\n  s:\n    title: 5  #! wrong-type\n    publisher: b\n    certainty: low"
    ),
    "nothing where an expression is expected": "checks:\n  eligibility:\n    adult:\n      require:  #! wrong-type",
    "a list where a mapping is expected": "checks:\n  eligibility: [adult]  #! wrong-type",
    "a word that is not one of the list": "sources:\n  s: {title: a, publisher: b, certainty: hgih}  #! wrong-value",
    "an id that is no name": "definitions:\n  Grown: {expression: x}  #! wrong-value",
    "a region that stands twice": (
        "sources:\n  s: {title: a, publisher: b, certainty: low}\n"
        "parameters:\n  a:\n    source: s\n    regions:\n      - KR\n      - NO\n      - KR  #! wrong-value"
    ),
    "an empty group": "checks:\n  eligibility:\n    g:\n      all_of: {}  #! wrong-value",
    "a word of the language as an id": "definitions:\n  today: {expression: x}  #! reserved-name",
    "an id that stands twice in a check": (
        "checks:\n  eligibility:\n    a: {require: x}\n    g:\n      any_of:\n        a: {require: y}  #! duplicate-id"
    ),
    "a key that stands twice": "checks:\n  eligibility: {a: {require: x}}\n  eligibility: {}  #! duplicate-key",
    "an unknown source": "checks:\n  eligibility:\n    a:\n      require: x\n      source: page  #! unknown-source",
    "a day that does not exist": "waivers:\n  a: {until: 2023-02-30, because: {en: a, id: b}}  #! bad-literal",
    "a number with a leading zero": "checks:\n  eligibility:\n    a:\n      require: 012  #! bad-literal",
    "a text that could not be written as one": (
        "sources:\n  s: {title: a, publisher: b, certainty: low}\n"
        "parameters:\n  a:\n    value: 'a \"b\"'  #! bad-literal\n    source: s"
    ),
    "a constant in a block": (
        "sources:\n  s: {title: a, publisher: b, certainty: low}\n"
        "parameters:\n  a:\n    value: |  #! quoting\n      18 years\n    source: s"
    ),
    "an expression with escapes": 'definitions:\n  d: {expression: "a\\tb"}  #! quoting',
    "a folded expression": "definitions:\n  d:\n    expression: >  #! quoting\n      a and b",
    "what is no expression": "definitions:\n  d: {expression: a orb}  #! syntax-error",
    "the second line of an expression": (
        "definitions:\n  d:\n    expression: |\n      # é 😀\n      a and\n      b orb  #! syntax-error"
    ),
    "a text without a language": "checks:\n  eligibility:\n    a:\n      require: x\n      obliges: {en: b}  #! missing-translation",
    "the second of two mistakes": "sorces: {}  #! unknown-key\ndefinitions:\n  d: {}  #! conflicting-keys",
}
ELSEWHERE = {
    "a fact without a range": (
        "facts/creator.yaml",
        f"{FACT}  a: {{type: integer, {REST}}}  #! missing-range",
    ),
    "a fact without a type": ("facts/creator.yaml", f"{FACT}  a: {{currency: USD, {REST}}}  #! missing-key"),
    "a currency of what is no money": (
        "facts/creator.yaml",
        f"{FACT}  a: {{type: boolean, currency: USD, {REST}}}  #! conflicting-keys",
    ),
    "a misspelt type": (
        "facts/creator.yaml",
        f"{FACT}  a: {{type: mony, currency: USD, range: [0, 1], {REST}}}  #! wrong-value",
    ),
    "a fact named like a word of the language": (
        "facts/creator.yaml",
        f"{FACT}  where: {{type: boolean, {REST}}}  #! reserved-name",
    ),
    "a unit named like a word of the language": (
        "facts/creator.yaml",
        f"{FACT}  a: {{type: integer, unit: count, range: [0, 1], {REST}}}  #! reserved-name",
    ),
    "a range that is no literal": (
        "facts/creator.yaml",
        f"{FACT}  a:\n    type: integer\n    range: [0, +]  #! syntax-error\n    question: {{en: a, id: b}}\n    privacy: public",
    ),
    "a huge number": (
        "facts/creator.yaml",
        f"{FACT}  a: {{type: list, max_items: '{'9' * 5_000}', unit: as, item: {{b: {{type: text}}}}, {REST}}}  #! bad-literal",
    ),
    "a group named like a word of the language": (
        "regions.yaml",
        "regions:\n  world: {name: {en: a, id: b}}\n  in: {part_of: world, name: {en: a, id: b}}  #! reserved-name",
    ),
    "a region without a name": (
        "regions.yaml",
        "regions:\n  world: {name: {en: a, id: b}}\n  KR: {part_of: world}  #! missing-key",
    ),
    "a language without months": (
        "languages.yaml",
        LANGUAGES.replace("    months: [Januari", "    moons: [#! unknown-key\n      Januari"),
    ),
    "another entity": (
        "facts/series.yaml",
        f"entity: creator  #! misplaced-file\nfacts: {{a: {{type: text, {REST}}}}}",
    ),
    "another program": ("other/program.yaml", PROGRAM.replace("series\n", "series  #! misplaced-file\n", 1)),
    "another program of a case": (
        "other/cases/a.yaml",
        CASES.replace("series\n", "series  #! misplaced-file\n", 1),
    ),
    "another region": ("series/KR/2023-06-06.yaml", HEAD.replace("world", "world  #! misplaced-file")),
    "another day": ("series/world/2023-06-07.yaml", HEAD.replace("-06\n", "-06  #! misplaced-file\n")),
    "a draft that is not named like one": (
        "series/NO/2023-06-06.yaml",
        "program: series\nregion: NO\neffective: 2023-06-06\ndraft: true  #! misplaced-file",
    ),
    "no draft that is named like one": (
        "series/world/2023-06-06.x.yaml",
        "program: series  #! misplaced-file\nregion: world\neffective: 2023-06-06",
    ),
    "a name that is no day": ("series/world/latest.yaml", "program: series  #! misplaced-file"),
    "a name with the other ending": ("series/world/2023-06-06.yml", "program: series  #! misplaced-file"),
    "a file that has no place": ("series/notes.yaml", "program: series  #! misplaced-file"),
    "a file too deep in the folder": (
        "series/world/old/2023-06-06.yaml",
        "program: series  #! misplaced-file",
    ),
    "an empty file": ("series/world/2023-06-06.yaml", "#! wrong-type"),
    "a file that is a list": ("series/world/2023-06-06.yaml", "- a  #! wrong-type"),
    "a file that is no yaml": ("series/world/2023-06-06.yaml", "a: b: c  #! yaml-syntax"),
    "a day of a case that does not exist": (
        "series/cases/first.yaml",
        "program: series\ncases:\n- name: a\n  on: 2023-13-01  #! bad-literal\n  expect: {eligibility: met}",
    ),
    "a case without an outcome": (
        "series/cases/first.yaml",
        "program: series\ncases:\n- name: a\n  on: 2023-12-01\n  expect: {because: [b]}  #! wrong-value",
    ),
    "a case with a region and regions": (
        "series/cases/first.yaml",
        "program: series\ncases:\n- name: a\n  on: 2023-12-01\n  region: KR\n  regions: [KR]  #! conflicting-keys\n  expect: {eligibility: met}",
    ),
    "a case without a day": (
        "series/cases/first.yaml",
        "program: series\ncases:\n- name: a  #! missing-key\n  expect: {eligibility: met}",
    ),
}


def _expected(text: str) -> list[tuple[int, str]]:
    lines = enumerate(text.split("\n"), start=1)
    return [(number, found[1]) for number, line in lines if (found := re.search(r"#! ([a-z-]+)", line))]


def _reported(path: str, text: str) -> list[tuple[int, str]]:
    _, problems = read(NOWHERE, texts={**FOLDER, path: text})
    assert {problem.span.path for problem in problems} <= {f"/nowhere/policies/{path}"}
    return [(problem.span.line, problem.code) for problem in problems]


@pytest.mark.parametrize("text", IN_POLICIES.values(), ids=IN_POLICIES)
def test_a_mistake_in_a_policy_gives_one_problem_on_its_line(text: str) -> None:
    assert _reported("series/world/2023-06-06.yaml", HEAD + text) == _expected(HEAD + text)


@pytest.mark.parametrize(("path", "text"), ELSEWHERE.values(), ids=ELSEWHERE)
def test_a_mistake_elsewhere_gives_one_problem_on_its_line(path: str, text: str) -> None:
    assert _reported(path, text) == _expected(text)


def test_a_mistake_has_the_authors_words_and_a_way_out() -> None:
    _, (problem,) = _read({"series/world/2023-06-06.yaml": f"{HEAD}sorces: {{}}\n"})

    assert problem.message == "no key `sorces` is known here"
    assert problem.help == "did you mean `sources`?"
    assert problem.span.text == "sorces"


def test_an_id_that_stands_twice_is_shown_with_the_first() -> None:
    twice = "checks: {eligibility: {a: {require: x}, g: {any_of: {a: {require: y}}}}}"

    _, (problem,) = _read({"series/world/2023-06-06.yaml": HEAD + twice})

    assert [(str(note.span), note.message) for note in problem.notes] == [
        ("/nowhere/policies/series/world/2023-06-06.yaml:4:24", "it stands here first"),
    ]


def test_a_missing_translation_is_a_warning_and_keeps_the_file() -> None:
    found, (problem,) = _read({"series/world/2023-06-06.yaml": f"{HEAD}summary: {{en: It opens.}}"})

    assert (problem.code, problem.severity) == ("missing-translation", Severity.WARNING)
    assert len(found.files) == 1


def test_missing_words_of_a_requirement_are_not_missed() -> None:
    _, problems = _read(
        {
            "series/world/2023-06-06.yaml": f"{HEAD}checks: {{eligibility: {{a: {{require: x, says: {{id: y}}}}}}}}"
        }
    )

    assert problems == ()


def test_a_file_with_an_error_is_left_out_and_the_rest_is_read() -> None:
    found, problems = _read({"series/world/2023-06-06.yaml": "a: b: c", "facts/series.yaml": "[]"})

    assert [problem.code for problem in problems] == ["wrong-type", "yaml-syntax"]
    assert (found.files, len(found.facts), len(found.programs)) == ((), 1, 1)


# the folder


def test_a_required_file_that_is_missing_is_named(tmp_path: Path) -> None:
    found, problems = read(tmp_path)

    assert found is None
    assert [(problem.code, problem.span.path) for problem in problems] == [
        ("unreadable-file", f"{tmp_path}/languages.yaml"),
        ("unreadable-file", f"{tmp_path}/regions.yaml"),
    ]


def test_a_folder_that_does_not_exist_is_one_problem() -> None:
    found, (problem,) = read(NOWHERE)

    assert found is None
    assert (problem.code, problem.span.path) == ("unreadable-file", "/nowhere/policies")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path, text in FOLDER.items():
        (tmp_path / "policies" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "policies" / path).write_text(text, "utf-8")
    return tmp_path / "policies"


def test_a_folder_on_disk_reads_like_texts(folder: Path) -> None:
    found, problems = read(folder)

    assert problems == ()
    assert found is not None
    assert found.files[0].digest == _policy().digest


def test_paths_are_shown_from_the_current_directory(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)
    (folder / "notes.yaml").touch()

    _, (problem,) = read(folder)

    assert problem.span.path == "policies/notes.yaml"


def test_paths_elsewhere_are_shown_as_they_were_given(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "notes.yaml").touch()
    (folder.parent / "elsewhere").mkdir()
    monkeypatch.chdir(folder.parent / "elsewhere")

    _, (problem,) = read(Path("../policies"))

    assert problem.span.path == "../policies/notes.yaml"


@pytest.mark.parametrize("absolute", [True, False])
def test_a_text_stands_in_for_a_file(folder: Path, *, absolute: bool) -> None:
    path = folder / "series/world/2023-06-06.yaml"

    _, problems = read(
        folder, texts={str(path if absolute else path.relative_to(folder)): HEAD + "sorces: {}"}
    )

    assert [problem.code for problem in problems] == ["unknown-key"]


def test_the_byte_order_mark_and_windows_lines_move_no_place(folder: Path) -> None:
    path = folder / "series/world/2023-06-06.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + f"{HEAD}# \u00e9\nsorces: {{}}\n".replace("\n", "\r\n").encode())

    _, (problem,) = read(folder)

    assert (problem.span.line, problem.span.column, problem.span.text) == (5, 1, "sorces")


def test_a_byte_that_is_no_utf_8_is_shown(folder: Path) -> None:
    (folder / "series/world/2023-06-06.yaml").write_bytes("# é\n# é ".encode() + b"\xff")

    _, (problem,) = read(folder)

    assert (problem.code, problem.span.line, problem.span.column) == ("unreadable-file", 2, 5)


@pytest.mark.parametrize("content", [b"\0", b"\xff\xfea\0", b"[" * 50_000, b"a" * (5 << 20), b"\x80", b"'"])
def test_no_content_breaks_the_reader(folder: Path, content: bytes) -> None:
    (folder / "series/world/2023-06-06.yaml").write_bytes(content)

    found, (problem,) = read(folder)

    assert found is not None
    assert problem.span.path.endswith("series/world/2023-06-06.yaml")


@pytest.mark.parametrize("path", ["languages.yaml", "series/program.yaml", "series/world/2023-06-06.yaml"])
def test_a_folder_in_place_of_a_file_is_reported(folder: Path, path: str) -> None:
    (folder / path).unlink()
    (folder / path).mkdir()

    _, problems = read(folder)

    assert [(problem.code, problem.span.path) for problem in problems] == [
        ("unreadable-file", f"{folder}/{path}")
    ]


def test_a_link_to_nothing_is_reported(folder: Path) -> None:
    (folder / "series/world/2024-01-01.yaml").symlink_to("nothing")

    _, (problem,) = read(folder)

    assert problem.code == "unreadable-file"


@pytest.mark.parametrize("name", [".hidden.yaml", ".git/config.yaml", "README.md", "published.lock"])
def test_files_that_are_none_of_ours_are_left_alone(folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("a: b: c")

    _, problems = read(folder)

    assert problems == ()


def test_the_shipped_policies_have_no_problems() -> None:
    _, problems = read(Path(__file__).parents[2] / "policies")

    assert problems == ()
