"""What the authors' cases see: counted by outcome, check, region and interval."""

import json
from collections import Counter
from collections.abc import Mapping

import pytest
from click.testing import CliRunner

import policyengine
from policyengine.cases import run_cases
from policyengine.cli import commands
from policyengine.coverage import OUTCOMES, CheckCoverage, coverage
from prove.workshops import KOREA, PROGRAM, SHIPPED, WORLD, edited, workshops

CASES = f"{PROGRAM}/cases/more.yaml"


def covered(texts: Mapping[str, str] | None = None) -> dict[tuple[str, str, str], CheckCoverage]:
    """Cover the little folder: by check, region and first day."""
    policies = workshops(texts)
    found = coverage(policies, run_cases(policies)).checks
    return {(each.check.name, each.policy.region, str(each.policy.start)): each for each in found}


def runs(covered: CheckCoverage) -> dict[str, tuple[int, ...]]:
    """Give how often each requirement was met, unmet and unknown."""
    return {each.requirement.id: tuple(each.runs[outcome] for outcome in OUTCOMES) for each in covered.requirements}


def cases(*bodies: str) -> dict[str, str]:
    """Write cases of the world's rules, each of a creator."""
    listed = "".join(
        f"  - name: Creator {number}\n    on: 2025-03-01\n    region: {region}\n"
        f"    facts:\n      creator: {{{facts}}}\n    expect: {{eligibility: {outcome}}}\n"
        for number, (region, facts, outcome) in enumerate(body.split("|") for body in bodies)
    )
    return {CASES: f"program: {PROGRAM}\ncases:\n{listed}"}


def test_each_policy_of_a_region_and_interval_is_counted_by_itself() -> None:
    found = covered()

    assert list(found) == [
        ("eligibility", "world", "2025-01-01"), ("eligibility", "KR", "2025-07-01"),
        ("limits", "world", "2025-01-01"), ("limits", "KR", "2025-07-01"),
    ]  # fmt: skip
    assert runs(found["eligibility", "KR", "2025-07-01"]) == {
        "adult": (0, 1, 0), "residence": (1, 0, 0), "account": (1, 0, 0),
        "audience": (1, 0, 0), "followers": (1, 0, 0), "invited": (0, 0, 1),
    }  # fmt: skip
    assert runs(found["eligibility", "world", "2025-01-01"]) == {
        "adult": (1, 0, 0), "residence": (1, 0, 0), "account": (1, 0, 0),
        "audience": (1, 0, 0), "followers": (0, 1, 0), "invited": (1, 0, 0),
    }  # fmt: skip
    assert not any(any(counts) for counts in runs(found["limits", "world", "2025-01-01"]).values())


def test_a_region_counts_with_the_rules_that_it_has() -> None:
    """Before its own file, South Korea has the world's rules: there is one policy for both."""
    found = covered(cases("KR|age: 17 years|unmet", "ID|age: 18 years|unknown"))

    assert runs(found["eligibility", "world", "2025-01-01"])["adult"] == (2, 1, 0)


def test_what_hangs_on_where_one_lives_alone_can_be_no_more_than_that() -> None:
    found = covered()
    possible = {
        region: {each.requirement.id: [outcome.value for outcome in each.possible] for each in check.requirements}
        for (name, region, _), check in found.items()
        if name == "eligibility"
    }

    assert possible["KR"]["residence"] == ["met"]
    assert possible["world"]["residence"] == ["met", "unknown"]  # all countries are listed, and of the world a part
    assert possible["KR"]["adult"] == ["met", "unmet", "unknown"]


@pytest.mark.parametrize(
    ("listed", "expected"), [("[KR]", ["met", "unmet", "unknown"]), ("[KR]\n    open: true", ["met", "unknown"])]
)
def test_an_open_list_leaves_nobody_out(listed: str, expected: list[str]) -> None:
    found = covered(edited(WORLD, "regions: [southeast_asia, KR]", f"regions: {listed}"))
    residence = found["eligibility", "world", "2025-01-01"].requirements[1]

    assert [outcome.value for outcome in residence.possible] == expected


def test_what_asks_for_the_day_alone_is_never_unknown() -> None:
    found = covered(edited(WORLD, "    account:\n", "    soon:\n      require: today >= 2025-03-01\n    account:\n"))
    listed = found["eligibility", "world", "2025-01-01"].requirements
    soon = next(each for each in listed if each.requirement.id == "soon")

    assert [outcome.value for outcome in soon.possible] == ["met", "unmet"]


def test_the_sums_are_those_of_what_is_there() -> None:
    found = covered()
    check = found["eligibility", "KR", "2025-07-01"]

    assert (check.seen, check.of) == (6, 5 * 3 + 1)
    assert sum(len(each.unseen) for each in check.requirements) == check.of - check.seen


def test_a_waived_requirement_is_seen_all_the_same() -> None:
    waived = (
        KOREA,
        "parameters:",
        "waivers:\n  adult: {until: 2025-08-01, because: {en: A pilot., id: Uji.}}\nparameters:",
    )
    found = covered({**edited(*waived), **edited(WORLD, "      binding: true\n", "")})

    assert runs(found["eligibility", "KR", "2025-07-01"])["adult"] == (0, 1, 0)
    assert runs(found["eligibility", "KR", "2025-08-01"])["adult"] == (0, 0, 0)


@pytest.mark.parametrize("program", ["series", "creator-rewards", "effect-creator-rewards"])
def test_the_shipped_cases_see_what_decisions_say(program: str) -> None:
    policies = policyengine.load(SHIPPED)
    results = run_cases(policies, SHIPPED / program)
    seen: Counter[object] = Counter()
    for result in results:
        for check in result.case.outcomes:
            decided = policies.decide(program, result.case.facts, check=check, on=result.case.on, region=result.region)
            for finding in decided.requirements:
                seen[decided.policy.files, decided.policy.start, check, finding.id, finding.outcome] += 1

    found = coverage(policies, results)
    counted = {
        (each.policy.files, each.policy.start, each.check.name, one.requirement.id, outcome): one.runs[outcome]
        for each in found.checks
        for one in each.requirements
        for outcome in OUTCOMES
    }

    assert {key: number for key, number in counted.items() if number} == seen
    assert {each.policy.program for each in found.checks} == {program}
    assert 0 < found.seen < found.of


def test_the_command_shows_a_table_and_gives_data() -> None:
    shown = CliRunner().invoke(commands, ["test", "--coverage", str(SHIPPED / "series")])
    data = json.loads(CliRunner().invoke(commands, ["test", "--coverage", "--format", "json", str(SHIPPED)]).output)

    assert shown.exit_code == 0
    assert "series · eligibility" in shown.output
    assert "creator-rewards" not in shown.output
    assert f"{data['seen']} of {data['of']}" not in shown.output
    assert data["of"] == sum(check["of"] for check in data["checks"])
    korea = next(each for each in data["checks"] if each["region"] == "KR" and each["program"] == "series")
    adult = next(each for each in korea["requirements"] if each["id"] == "adult")
    assert adult == {"id": "adult", "runs": {"met": 4, "unmet": 2, "unknown": 0}, "unseen": ["unknown"]}


def test_two_reports_at_once_are_too_many() -> None:
    assert CliRunner().invoke(commands, ["test", "--coverage", "--mutate", str(SHIPPED)]).exit_code == 2
