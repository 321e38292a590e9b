"""Changed rules: what is changed, what a case notices, and what means the same."""

import json
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

import policyengine
from policyengine.cli import commands
from policyengine.frontend.check import Scope
from policyengine.frontend.parse import parse_text
from policyengine.frontend.vocabulary import units_of
from policyengine.mutants import mutate, running
from policyengine.mutants.expressions import edits
from policyengine.mutants.running import MutationReport, NotHeld, Verdict
from policyengine.prove.killing import NotDecided
from policyengine.site.diagnostics.examples import BASE
from prove.workshops import PROGRAM, SHIPPED, WORLD, edited, failing, workshops

EDITS = {
    "creator.age >= 18 years": [">= → >", "18 years → 17 years", "18 years → 19 years"],
    "18 years < creator.age <= 19 months": [
        "< → <=", "<= → <", "18 years → 17 years", "18 years → 19 years", "19 months → 18 months",
        "19 months → 20 months",
    ],
    "a == 5 and b != 0": ["and → or", "== → !=", "5 → 4", "5 → 6", "!= → ==", "0 → 1"],
    "workshop.price > 0.99 USD": ["> → >=", "0.99 USD → 0.98 USD", "0.99 USD → 1 USD"],
    "share * 55% < 30 days": [
        "< → <=", "55% → 54%", "55% → 56%", "30 days → 29 days", "30 days → 31 days",
    ],
    "every s in workshop.sessions satisfies s.length < 20 minutes": [
        "every → some", "< → <=", "20 minutes → 1_199 seconds", "20 minutes → 1_201 seconds",
    ],
    "not creator.invited or true": ["or → and", "not creator.invited → creator.invited", "true → false"],
    "creator.region not in [KR, ID]": ["not in → in", "KR", "ID"],
    "today >= 2025-01-01": [">= → >", "2025-01-01 → 2024-12-31", "2025-01-01 → 2025-01-02"],
    "if a then min(b, 2) else c - 1": ["min → max", "2 → 1", "2 → 3", "1 → 0", "1 → 2"],
    "count(s in workshop.sessions where s.length > 1 minute)": [
        "> → >=", "1 minute → 59 seconds", "1 minute → 61 seconds",
    ],
    "max(s.length for s in workshop.sessions where not s.extra)": ["max → min", "not s.extra → s.extra"],
    'creator.account_type in ["personal"]': ["in → not in"],
}  # fmt: skip
"""By expression, what becomes of it: one thing at a time."""


@pytest.mark.parametrize(("text", "expected"), EDITS.items())
def test_one_thing_of_an_expression_is_changed_at_a_time(text: str, expected: list[str]) -> None:
    expr, problems = parse_text(text)
    assert expr is not None, problems
    found = list(edits(expr, _scope()))

    says = [edit.says.replace("`", "").replace(" becomes ", " → ").removesuffix(" is dropped") for edit in found]
    assert says == expected
    assert len({str(edit.expression) for edit in found} | {str(expr)}) == len(found) + 1
    assert all(edit.span.text in text for edit in found)


def _scope() -> Scope:
    known = workshops().compiled
    return Scope(known.vocabulary, known.tree, units_of(known.authored.facts))


CHANGES = {
    "effective: `2025-01-01` becomes `2024-12-31`", "effective: `2025-01-01` becomes `2025-01-02`",
    "min_age: `18 years` becomes `17 years`", "available_regions: `KR` is dropped",
    "available_regions: `southeast_asia` is dropped", 'account_types: `"business"` is dropped',
    "popular: `>=` becomes `>`", "adult: `adult` is dropped", "audience: `audience` is dropped",
    "audience: `any_of` becomes `all_of`", "followers: `followers` is dropped",
    "price: the waiver of `price` is dropped", "price: until `2025-02-01` becomes until `2025-01-31`",
    "price: until `2025-02-01` becomes until `2025-02-02`",
    "available_regions: the open list is closed", "seats: `2` becomes `3`",
}  # fmt: skip
"""Some of what is changed of the base with a waiver, a value and an open list."""


def test_every_kind_of_entry_is_changed() -> None:
    text = (BASE / WORLD).read_text("utf-8")
    text = text.replace("regions: [southeast_asia, KR]", "regions: [southeast_asia, KR]\n    open: true")
    text += "values:\n  limits:\n    seats: {expression: count(workshop.sessions) * 2, title: {en: Seats, id: Kursi}}\n"
    text += "waivers:\n  price: {until: 2025-02-01, because: {en: A pilot., id: Uji coba.}}\n"

    changed = {f"{fate.mutant.about}: {fate.mutant.says}" for fate in mutate(workshops({WORLD: text})).fates}

    assert changed >= CHANGES


@pytest.fixture(scope="module")
def base() -> MutationReport:
    return mutate(workshops())


def test_a_case_that_would_notice_does(base: MutationReport) -> None:
    survived = base.of(Verdict.SURVIVED)
    cases = "".join(fate.said for fate in survived)

    assert len(survived) > 20
    assert not base.held
    assert failing(BASE, PROGRAM, cases) == []
    indented = "".join(f"  {line}\n" for line in cases.splitlines())
    pasted = workshops({f"{PROGRAM}/cases/pasted.yaml": f"program: {PROGRAM}\ncases:\n{indented}"})
    again = mutate(pasted)
    assert again.held
    assert len(again.fates) == len(base.fates)


def test_what_is_noticed_says_by_which_case(base: MutationReport) -> None:
    noticed = {(str(fate.mutant.file.region), fate.mutant.says): fate.said for fate in base.of(Verdict.KILLED)}

    assert noticed["KR", "`19 years` becomes `18 years`"] == "18 is too young in South Korea"


def test_what_means_the_same_for_everyone_is_left_out() -> None:
    asked = "require: creator.age >= min_age"
    implied = edited(WORLD, asked, f"{asked} and creator.age > 16 years")
    report = mutate(workshops(implied))
    same = {(fate.mutant.about, fate.mutant.says) for fate in report.of(Verdict.EQUIVALENT)}

    assert ("adult", "`16 years` becomes `15 years`") in same
    assert ("adult", "`>` becomes `>=`") in same
    assert ("adult", "`and` becomes `or`") not in same


def test_a_mistake_is_none_of_the_cases() -> None:
    text = (BASE / WORLD).read_text("utf-8")
    for gone in (
        "    number_of_sessions:\n      require: count(workshop.sessions) <= max_sessions\n",
        "  max_sessions:\n    value: 12 sessions\n    source: handbook\n",
    ):
        assert gone in text
        text = text.replace(gone, "")
    report = mutate(workshops({WORLD: text}))
    stillborn = {fate.mutant.says: fate.said for fate in report.of(Verdict.STILLBORN)}

    assert stillborn["`price` is dropped"].startswith("empty-check")


def test_what_is_not_decided_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def undecided(*_: object) -> None:
        raise NotDecided("in 5 s")

    monkeypatch.setattr(running, "difference", undecided)
    report = mutate(workshops())

    assert not report.held
    assert {fate.said for fate in report.of(Verdict.NOT_DECIDED)} == {"in 5 s"}


def test_cases_that_fail_anyway_tell_nothing() -> None:
    wrong = edited(WORLD, "value: 1_000 followers", "value: 5 followers")
    older = edited(f"{PROGRAM}/KR/2025-07-01.yaml", "19 years", "18 years")

    with pytest.raises(NotHeld, match="1 of 2 cases fail"):
        mutate(workshops({**wrong, **older}))


def test_the_cases_of_the_shipped_programs_notice_every_change() -> None:
    report = mutate(policyengine.load(SHIPPED))
    counted = Counter(fate.verdict for fate in report.fates)

    assert [(str(fate.mutant.span), fate.mutant.says) for fate in report.of(Verdict.SURVIVED)] == []
    assert report.held
    assert counted[Verdict.KILLED] > 500
    assert counted[Verdict.EQUIVALENT] == sum(fate.mutant.about == "window" for fate in report.fates)


def test_only_the_cases_below_a_path_run() -> None:
    report = mutate(policyengine.load(SHIPPED), SHIPPED / "series" / "cases" / "limits.yaml")

    assert {fate.program for fate in report.fates} == {"series"}
    assert not report.held


def test_the_command_shows_what_is_left(tmp_path: Path) -> None:
    folder = _copied(tmp_path)
    done = CliRunner().invoke(commands, ["test", "--mutate", str(folder)])

    assert done.exit_code == 1
    assert "✗ min_age: `18 years` becomes `17 years`" in done.output
    assert "- name: " in done.output
    data = json.loads(CliRunner().invoke(commands, ["test", "--mutate", "--format", "json", str(folder)]).output)
    assert data["counts"]["survived"] == sum(each["verdict"] == "survived" for each in data["mutants"]) > 0
    assert all("case" in each for each in data["mutants"] if each["verdict"] == "survived")


def test_the_command_leaves_with_what_fails_before(tmp_path: Path) -> None:
    folder = _copied(tmp_path)
    cases = folder / PROGRAM / "cases" / "joining.yaml"
    cases.write_text(cases.read_text("utf-8").replace("eligibility: met", "eligibility: unmet"), "utf-8")
    done = CliRunner().invoke(commands, ["test", "--mutate", str(folder)])

    assert done.exit_code == 1
    assert "1 of 2 cases failed" in done.output


def _copied(tmp_path: Path) -> Path:
    folder = tmp_path / "policies"
    for path in BASE.rglob("*.yaml"):
        target = folder / path.relative_to(BASE)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(path.read_text("utf-8"), "utf-8")
    return folder
