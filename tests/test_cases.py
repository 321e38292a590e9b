"""The authors' cases: all of ours hold, and one that does not says why, at the author's own words."""

import contextlib
from pathlib import Path

import pytest

import policyengine
from policyengine.cases import CaseResult, policies_folder, run_cases
from policyengine.decide import Policies
from policyengine.fact_files import place_of
from policyengine.model.diagnostic import has_errors
from policyengine.model.span import Source, Span
from policyengine.pipeline import compile_folder

ROOT = Path(__file__).parent.parent
BASE = ROOT / "tests" / "errors" / "_base"
CASES = "series/cases/joining.yaml"
FACTS = "{creator: {age: 17, followers: 50, account_type: personal, sold_elsewhere: false}}"
"""Unmet for its age and its audience; in the US the region is not known either."""


def run(expect: str, *, facts: str = FACTS, region: str = "region: KR", on: str = "2024-06-01") -> list[CaseResult]:
    """Run one case against the small folder of policies."""
    text = (
        "program: series\ncases:\n"
        f"  - name: It is so\n    on: {on}\n    {region}\n    facts: {facts}\n    expect: {expect}\n"
        "  - name: The next one\n    on: 2024-06-01\n    region: KR\n    expect: {eligibility: unknown}\n"
    )
    with contextlib.chdir(BASE):
        compiled, diagnostics = compile_folder(Path(), texts={CASES: text})
    assert compiled is not None
    assert not has_errors(diagnostics), diagnostics
    with contextlib.chdir(BASE):
        return [result for result in run_cases(Policies(compiled), Path(CASES)) if result.case.name == "It is so"]


def problems(expect: str, **others: str) -> list[tuple[str, str]]:
    """Give the words that each problem points at, and its message."""
    found = [problem for result in run(expect, **others) for problem in result.problems]
    return [(problem.span.text, problem.message) for problem in found]


def test_every_case_of_the_shipped_policies_holds() -> None:
    results = run_cases(policyengine.load(ROOT / "policies"))

    assert len(results) >= 500
    assert [str(problem) for result in results for problem in result.problems] == []


@pytest.mark.parametrize(
    "expect",
    [
        "{eligibility: unmet}",
        "{eligibility: unmet, because: [adult, followers, sold_elsewhere]}",
        "{eligibility: unmet, because: [sold_elsewhere, adult, followers]}",
        "{eligibility: unmet, missing: [], obligations: []}",
        "{limits: unknown, missing: [series.videos, series.price], values: {top_price: 190 USD}}",
        "{limits: unknown, values: {top_price: 190.00 USD}}",
        "{eligibility: unmet, limits: unknown, missing: [series.videos, series.price]}",
    ],
)
def test_a_case_holds(expect: str) -> None:
    assert problems(expect) == []


@pytest.mark.parametrize(
    ("expect", "at", "message"),
    [
        ("{eligibility: met}", "met", "`eligibility` is `unmet`, not `met`"),
        (
            "{eligibility: unmet, because: [adult, followers]}",
            "adult, followers",
            "it hangs on `sold_elsewhere` too, which `because` leaves out",
        ),
        (
            "{eligibility: unmet, because: [adult, residence, followers, sold_elsewhere]}",
            "residence",
            "it does not hang on `residence`, but on `adult`, `followers`, `sold_elsewhere`",
        ),
        (
            "{eligibility: unmet, missing: [creator.age]}",
            "creator.age",
            "`missing` is empty, not `creator.age`",
        ),
        (
            "{limits: unknown, missing: []}",
            "It is so",
            "`missing` is `series.videos`, `series.price`, not empty",
        ),
        (
            "{eligibility: unmet, obligations: [sold_elsewhere]}",
            "sold_elsewhere",
            "`obligations` is empty, not `sold_elsewhere`",
        ),
        (
            "{limits: unknown, values: {top_price: 191 USD}}",
            "191 USD",
            "`top_price` is `190 USD`, not `191 USD`",
        ),
        ("{limits: unknown, values: {top_price: 190}}", "190", "`top_price` is `190 USD`, not `190`"),
        (
            "{eligibility: unmet, met_on: 2030-01-01}",
            "It is so",
            "`eligibility` turns met on no day by time alone, not on 2030-01-01",
        ),
    ],
)
def test_a_case_that_does_not_hold_says_what_came_instead(expect: str, at: str, message: str) -> None:
    assert problems(expect) == [(at, f"`It is so`: {message}")]


def test_a_wrong_outcome_is_told_once_with_what_it_hangs_on() -> None:
    (result,) = run("{eligibility: met, because: [followers], missing: [creator.age]}")

    (problem,) = result.problems
    assert problem.code == "case-failed"
    assert [note.message.partition(":")[0] for note in problem.notes] == [
        "`adult` is unmet",
        "`followers` is unmet",
        "`sold_elsewhere` is unmet",
    ]
    assert problem.notes[0].message.endswith("needs `creator.age >= 19 years`, and `creator.age` is 17 years")
    assert all(note.span is not None for note in problem.notes)


def test_a_met_check_need_not_name_all_that_met_it() -> None:
    facts = "{creator: {age: 30, followers: 20000, account_type: personal}}"

    assert problems("{eligibility: met, because: [followers]}", facts=facts) == []
    ((at, message),) = problems("{eligibility: met, because: [sold_elsewhere]}", facts=facts)
    assert at == "sold_elsewhere"
    assert message.endswith("not hang on `sold_elsewhere`, but on `adult`, `residence`, `account`, `followers`")


def test_a_day_on_which_time_alone_makes_it_met_is_compared() -> None:
    facts = "{creator: {birth_date: 2005-09-20, followers: 20000, account_type: personal}}"

    assert problems("{eligibility: unmet, met_on: 2024-09-20}", facts=facts) == []
    assert problems("{eligibility: unmet, met_on: 2024-09-21}", facts=facts) == [
        ("It is so", "`It is so`: `eligibility` turns met on 2024-09-20, not on 2024-09-21")
    ]


def test_a_case_is_run_in_each_of_its_regions_and_its_title_says_which() -> None:
    results = run("{eligibility: unmet, because: [adult, followers, sold_elsewhere]}", region="regions: [KR, ID, US]")

    assert [(result.title, result.held) for result in results] == [
        ("It is so [KR]", True),
        ("It is so [ID]", True),
        ("It is so [US]", True),
    ]


def test_a_value_that_is_no_literal_is_reported_in_its_place() -> None:
    (result,) = run("{limits: unknown, values: {top_price: 190 usd}}")

    assert [(problem.code, problem.span.text) for problem in result.problems] == [("unknown-unit", "190 usd")]


@pytest.mark.parametrize(
    ("facts", "at", "message", "help_"),
    [
        ("{creator: {aeg: 17}}", "aeg", "`creator.aeg`: no such fact is declared", "did you mean `age`?"),
        (
            "{creator: {age: -1}}",
            "age",
            "`creator.age`: -1 is out of range",
            "expected a whole number of years",
        ),
        (
            "{series: {videos: [{length: 5}, {length: x}]}}",
            "videos",
            "`series.videos[1].length`: ",
            "expected ",
        ),
        (
            "{creator: {region: US}}",
            "region",
            "`creator.region`: `US` was given, and `KR` was asked for",
            None,
        ),
        ("{nobody: {age: 3}}", "nobody", "`nobody`: no such entity is declared", "one of "),
    ],
)
def test_a_fact_that_cannot_be_read_is_shown_where_the_case_gives_it(
    facts: str, at: str, message: str, help_: str | None
) -> None:
    (result,) = run("{eligibility: unmet}", facts=facts)

    (problem,) = result.problems
    assert problem.code == "bad-fact"
    assert problem.span.text == at
    assert problem.message.startswith(f"`It is so`: {message}")
    assert (problem.help is None) if help_ is None else (help_ in (problem.help or ""))


def test_cases_are_those_of_the_files_at_or_below_a_path() -> None:
    with contextlib.chdir(ROOT):
        policies = policyengine.load("policies")

        korea = run_cases(policies, Path("policies/series/cases/korea.yaml"))
        series = run_cases(policies, Path("policies/series"))

    assert {result.file.source.path for result in korea} == {"policies/series/cases/korea.yaml"}
    assert {result.file.program.text for result in series} == {"series"}
    assert len(korea) < len(series)


def test_the_folder_of_policies_is_found_from_within_it(tmp_path: Path) -> None:
    policies = ROOT / "policies"

    assert policies_folder(policies) == policies
    assert policies_folder(policies / "series" / "cases" / "korea.yaml") == policies
    assert policies_folder(tmp_path) == tmp_path


@pytest.mark.parametrize(
    ("text", "fact", "at"),
    [
        ('{"creator": {"age": 3}}', "creator.age", '"age"'),
        ("{creator: {age: 3}}", "creator.age", "age"),
        ('{"series": {"price": 3}, "creator": {"price": 4}}', "creator.price", '"price"'),
        ('{"creator": {"note": "age: 3", "age" : 3}}', "creator.age", '"age"'),
        ('{"creator": {}}', "creator.age", '"creator"'),
        ("{}", "creator.age", None),
        ('{"a": 1}', "a", '"a"'),
        ('{"creator": {"a.b": 1}}', "creator.a.b", '"creator"'),
    ],
)
def test_a_fact_is_found_in_a_text(text: str, fact: str, at: str | None) -> None:
    place = place_of(fact, Span(Source("f", text), 0, len(text)))

    assert (place.text if place is not None else None) == at
