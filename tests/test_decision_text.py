"""Decisions as people and programs read them: every text is a golden file, all data satisfies the schema."""

import contextlib
import datetime
import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import policyengine
from policyengine.decide import Policies
from policyengine.decision import Decision
from policyengine.model.decision import Outcome
from policyengine.model.diagnostic import has_errors
from policyengine.pipeline import compile_folder
from policyengine.report.decision_text import plain_text
from policyengine.report.page import Piece, Row, Style, cells, layout, plain, row
from policyengine.report.wording import wording

ROOT = Path(__file__).parent.parent
BASE = Path("tests/errors/_base")
DAY = datetime.date(2024, 6, 1)
SCHEMA = json.loads((ROOT / "schemas" / "decision.schema.json").read_text("utf-8"))

SHIPPED = {
    "south-africa-eligible": ("series", "eligibility"),
    "korea-18": ("series", "eligibility"),
    "indonesia": ("series", "eligibility"),
    "900-followers-with-link": ("series", "eligibility"),
    "minor": ("series", "eligibility"),
    "missing-facts": ("series", "eligibility"),
    "series-over-limits": ("series", "limits"),
    "effect": ("effect-creator-rewards", "effect"),
}
"""The examples by name, and what is asked of each."""

CHANGED = {
    "series/ID/2024-01-01.yaml": """\
program: series
region: ID
effective: 2024-01-01
summary: {en: Series leaves Indonesia., id: Series meninggalkan Indonesia.}
withdrawn: true
""",
    "series/ID/2025-01-01.yaml": """\
program: series
region: ID
effective: 2025-01-01
waivers:
  account: {until: 2025-07-01, because: {en: A trial., id: Uji coba.}}
""",
    "series/PH/2024-01-01.yaml": """\
program: series
region: PH
effective: 2024-01-01
checks:
  eligibility:
    audience:
      all_of:
        followers: {require: popular}
        invited: {require: creator.posts >= 3}
  limits:
    price:
      require: every video in series.videos satisfies 10 seconds <= video.length and video.likes >= 2
""",
}
"""Files laid over the small folder of policies that tests/test_errors.py starts from."""

ADULT = {"age": 30, "account_type": "personal", "followers": 20_000, "sold_elsewhere": False}
UNUSUAL: dict[str, tuple[str, dict[str, Any], str]] = {
    "before-the-first-version": ("2020-02-01", {"creator": {**ADULT, "region": "ID"}}, "eligibility"),
    "withdrawn": ("2024-06-01", {"creator": {**ADULT, "region": "ID"}}, "eligibility"),
    "waived": ("2025-02-01", {"creator": {**ADULT, "region": "ID"}}, "eligibility"),
    "waived-and-unmet": ("2025-02-01", {"creator": {"age": 16, "region": "ID"}}, "eligibility"),
    "two-ways": ("2025-02-01", {"creator": {**ADULT, "followers": 9, "region": "KR"}}, "eligibility"),
    "too-wide": ("2025-02-01", {"creator": {**ADULT, "region": "world"}}, "eligibility"),
    "region-not-known": ("2025-02-01", {"creator": ADULT}, "eligibility"),
    "all-of": (
        "2025-02-01",
        {"creator": {**ADULT, "followers": 9, "posts": 1, "region": "PH"}},
        "eligibility",
    ),
    "items": (
        "2025-02-01",
        {
            "creator": {"region": "PH"},
            "series": {"videos": [{"length": 5, "likes": 1}, None, {"length": 60, "likes": 9}, *[{"likes": 0}] * 9]},
        },
        "limits",
    ),
    "items-not-known": (
        "2025-02-01",
        {"creator": {"region": "PH"}, "series": {"videos": [{"length": 60}, {"likes": 2}]}},
        "limits",
    ),
}
"""Situations by name: a day, facts, a check."""

each_language = pytest.mark.parametrize("language", ["en", "id"])


@cache
def shipped() -> Policies:
    with contextlib.chdir(ROOT):  # so that paths read the same wherever the tests start
        return policyengine.load("policies")


@cache
def changed() -> Policies:
    with contextlib.chdir(ROOT):
        compiled, diagnostics = compile_folder(BASE, texts=CHANGED)
    assert compiled is not None
    assert not has_errors(diagnostics), diagnostics
    return Policies(compiled)


def example(name: str) -> Decision:
    program, check = SHIPPED[name]
    facts = (ROOT / "examples" / f"{name}.json").read_text("utf-8")
    return shipped().decide(program, facts, check=check, on=DAY)


def unusual(name: str) -> Decision:
    day, facts, check = UNUSUAL[name]
    return changed().decide("series", facts, check=check, on=datetime.date.fromisoformat(day))


def decisions() -> Iterator[Decision]:
    yield from map(example, SHIPPED)
    yield from map(unusual, UNUSUAL)


# texts


@each_language
@pytest.mark.parametrize("name", SHIPPED)
def test_an_example_reads_as_reviewed(name: str, language: str, golden: Callable[[str, str], None]) -> None:
    golden(f"decisions/{name}.{language}.txt", f"{example(name).text(language)}\n")


@each_language
@pytest.mark.parametrize("name", UNUSUAL)
def test_an_unusual_decision_reads_as_reviewed(name: str, language: str, golden: Callable[[str, str], None]) -> None:
    golden(f"decisions/{name}.{language}.txt", f"{unusual(name).text(language)}\n")


def test_str_is_the_text_in_the_first_language() -> None:
    assert str(example("minor")) == example("minor").text("en")


def test_a_decision_of_every_outcome_is_among_the_golden_ones() -> None:
    assert {decision.outcome for decision in decisions()} == set(Outcome)


def test_what_joining_grants_is_said_by_the_check_about_joining_alone() -> None:
    facts = {"creator": {"region": "ZA"}, "series": {"price": 5, "videos": []}}
    within = shipped().decide("series", facts, check="limits", on=DAY)

    assert within.outcome is Outcome.MET
    assert "You may apply" not in within.text("en")
    assert "You may apply" in example("south-africa-eligible").text("en")


def test_a_language_that_the_policies_lack_is_refused() -> None:
    with pytest.raises(policyengine.PolicyEngineError, match="no language `fr`"):
        example("minor").text("fr")


@pytest.mark.parametrize("width", [40, 60, 88])
def test_no_line_is_wider_than_asked_but_for_words_that_are(width: int) -> None:
    for decision in decisions():
        for line in plain_text(decision, "en", width).splitlines():
            assert len(line) <= width or " " not in line.strip()


def test_the_languages_have_words_of_their_own() -> None:
    english, indonesian = wording("en"), wording("id")
    same = {
        name
        for name in english.__slots__
        if getattr(english, name) == getattr(indonesian, name) and "{" not in str(getattr(english, name))
    }

    assert same == set()
    assert wording("uz") == english


# data


def test_a_decision_as_data_reads_as_reviewed(golden: Callable[[str, str], None]) -> None:
    golden("decisions/two-ways.json", f"{unusual('two-ways').to_json(indent=2)}\n")


def test_data_of_every_decision_satisfies_the_schema() -> None:
    validator = jsonschema.Draft202012Validator(SCHEMA)

    for decision in decisions():
        validator.validate(decision.to_dict())
        assert json.loads(decision.to_json()) == decision.to_dict()


def test_the_data_of_every_case_satisfies_the_schema() -> None:
    validator = jsonschema.Draft202012Validator(SCHEMA)
    policies = shipped()

    for file in policies.compiled.authored.cases:
        for case in file.cases:
            region = case.regions[0].text if case.regions else None
            for check in case.outcomes:
                decision = policies.decide(file.program.text, case.facts, check=check, on=case.on, region=region)
                validator.validate(decision.to_dict())


def test_a_finding_names_the_parameter_the_layer_and_the_sources_that_made_it() -> None:
    adult = example("korea-18").to_dict()["requirements"][0]

    assert adult["parameters"] == [
        {"id": "min_age", "value": "19 years", "at": adult["parameters"][0]["at"], "region": "KR"}
    ]
    assert adult["parameters"][0]["at"].startswith("policies/series/KR/2024-05-01.yaml:")
    assert [source["id"] for source in adult["sources"]] == ["help_page", "help_page_es", "help_page_fr"]
    assert adult["region"] == "world"


def test_a_missing_fact_comes_with_its_authors_question() -> None:
    data = example("missing-facts").to_dict()

    assert data["missing"] == ["creator.views_30d", "creator.followers", "creator.sold_elsewhere"]
    assert data["questions"]["creator.followers"]["id"] == "Berapa jumlah pengikut Anda?"


def test_an_open_list_says_that_no_further_fact_would_help() -> None:
    data = example("indonesia").to_dict()

    assert data["outcome"] == "unknown"
    assert data["missing"] == []
    assert "of its 94 regions" in data["note"]["en"]


# pages


def test_a_style_survives_wrapping_in_the_middle_of_a_word() -> None:
    lines = list(layout([Row((Piece("one "), Piece("tw", Style.BAD), Piece("o three")))], 16))

    assert lines == [
        (Piece("one"), Piece(" "), Piece("tw", Style.BAD), Piece("o"), Piece(" "), Piece("three")),
    ]


def test_a_dot_between_two_things_does_not_end_or_start_a_line() -> None:
    assert plain([row("eleven chars · here it goes")], 16) == "eleven chars\nhere it goes"
    assert plain([row("sixteen sixteens · here")], 16) == "sixteen sixteens\nhere"


def test_control_characters_are_shown_and_not_obeyed() -> None:
    assert plain([row("\x1b[31mred \u202eright\u202c")], 40) == "\ufffd[31mred \ufffdright\ufffd"


def test_wide_characters_take_two_cells() -> None:
    assert cells("서울 a") == 6
    assert plain([row("서울 서울 서울 서울 서울")], 16) == "서울 서울 서울\n서울 서울"
