from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from policyengine import pipeline
from policyengine.frontend.read import read
from policyengine.model import syntax
from policyengine.model.authored import InvariantEntry
from policyengine.model.checked import Compare
from policyengine.model.decision import Outcome
from policyengine.model.diagnostic import Diagnostic, Severity
from policyengine.model.invariants import Invariant, Monotone

ROOT = Path(__file__).parents[2]
BASE = ROOT / "tests" / "errors" / "_base"
SAYS = "says: {en: So it is., id: Begitulah.}"
FILE = "series/invariants.yaml"


def text(*lines: str, says: str = SAYS) -> str:
    """Write a file with one invariant, `claim`; `always` stands on line 5 when it is the first line given."""
    return "\n".join(["program: series", "invariants:", "  claim:", f"    {says}", *(f"    {line}" for line in lines)])


def entry(*lines: str) -> InvariantEntry:
    found, problems = read(BASE, texts={FILE: text(*lines)})
    assert problems == ()
    assert found is not None
    return found.invariants[0].invariants[0]


def compiled(*lines: str, texts: Mapping[str, str] | None = None) -> tuple[tuple[Invariant, ...], list[Diagnostic]]:
    found, problems = pipeline.compile_folder(BASE, texts={FILE: text(*lines), **(texts or {})})
    assert found is not None
    return found.invariants["series"], list(problems)


def invariant(*lines: str) -> Invariant:
    (found,), problems = compiled(*lines)
    assert problems == []
    return found


# what is read


def test_an_entry_has_its_names_and_days() -> None:
    found = entry("check: limits", "regions: [KR, southeast_asia]", "from: 2024-01-01", "until: 2025-01-01", "never: x")

    assert (found.id, str(found.check), [str(region) for region in found.regions]) == (
        "claim",
        "limits",
        ["KR", "southeast_asia"],
    )
    assert (found.start, found.end) == (date(2024, 1, 1), date(2025, 1, 1))
    assert dict(found.says.entries) == {"en": "So it is.", "id": "Begitulah."}


def test_a_statement_is_an_expression_in_its_place() -> None:
    found = entry("check: limits", "always: 'creator.age >= 18 years'").always

    assert isinstance(found, syntax.Compare)
    assert (found.span.text, found.span.line, found.span.column) == ("creator.age >= 18 years", 6, 14)


def test_a_statement_is_outcomes_with_their_places() -> None:
    found = entry("check: limits", "never: {limits: met, price: unmet}").never

    assert isinstance(found, tuple)
    assert [(str(name), name.span.column, outcome) for name, outcome in found] == [
        ("limits", 13, Outcome.MET),
        ("price", 26, Outcome.UNMET),
    ]


def test_a_fact_that_never_hurts_is_a_name() -> None:
    found = entry("check: limits", "less_never_hurts: series.price")

    assert (found.more_never_hurts, str(found.less_never_hurts)) == (None, "series.price")


def test_a_folder_needs_no_invariants() -> None:
    found, problems = pipeline.compile_folder(BASE)

    assert problems == ()
    assert found is not None
    assert found.invariants == {"series": ()}


def test_a_missing_translation_is_a_warning() -> None:
    _, (problem,) = read(BASE, texts={FILE: text("check: limits", "never: {limits: met}", says="says: {en: So.}")})

    assert (problem.code, problem.severity) == ("missing-translation", Severity.WARNING)


def test_a_day_that_the_calendar_has_not_is_reported() -> None:
    _, (problem,) = read(BASE, texts={FILE: text("check: limits", "until: 2025-02-29", "never: {limits: met}")})

    assert (problem.code, problem.span.text) == ("bad-literal", "2025-02-29")


# what is checked


def test_an_invariant_is_of_its_program_and_check() -> None:
    found = invariant("check: limits", "regions: [KR]", "from: 2024-01-01", "never: {limits: met}")

    assert (found.id, found.program, found.check, found.regions) == ("claim", "series", "limits", ("KR",))
    assert (found.start, found.end, found.span.text) == (date(2024, 1, 1), None, "claim")


def test_an_expression_is_checked_over_facts() -> None:
    found = invariant("check: eligibility", "whenever: {eligibility: met}", "always: creator.age >= 18 years")

    assert found.whenever == {"eligibility": Outcome.MET}
    assert isinstance(found.always, Compare)
    assert (found.never, found.monotone) == (None, None)


@pytest.mark.parametrize(("key", "rising"), [("more_never_hurts", True), ("less_never_hurts", False)])
@pytest.mark.parametrize(
    "fact",
    [
        "creator.followers",
        "creator.score",
        "creator.share",
        "series.price",
        "creator.account_age",
        "creator.age",
        "creator.birth_date",
        "creator.sold_elsewhere",
    ],
)
def test_there_is_more_of_what_has_an_order(fact: str, key: str, rising: bool) -> None:  # noqa: FBT001
    assert invariant("check: limits", f"{key}: {fact}").monotone == Monotone(fact, rising)


@pytest.mark.parametrize(
    "fact", ["creator.account_type", "creator.nickname", "series.videos", "creator.region", "creator.folowers"]
)
def test_an_invariant_with_a_mistake_is_left_out(fact: str) -> None:
    found, (problem,) = compiled("check: limits", f"more_never_hurts: {fact}")

    assert (found, problem.span.text) == ((), fact)
    assert problem.help is not None


def test_the_fact_that_chooses_the_version_is_refused() -> None:
    program = (BASE / "series" / "program.yaml").read_text("utf-8")
    by_fact = program.replace("version_by: today", "version_by: creator.birth_date")

    found, (problem,) = compiled(
        "check: limits", "more_never_hurts: creator.birth_date", texts={"series/program.yaml": by_fact}
    )

    assert (found, problem.code) == ((), "wrong-operand")
    assert problem.message == "`creator.birth_date` chooses which rules are in force"


def test_an_invariant_may_name_a_requirement_that_only_one_version_has() -> None:
    later = (
        "program: series\nregion: KR\neffective: 2026-01-01\nchecks:\n  limits:\n"
        "    cheap: {require: series.price <= 5 USD, new: true}\n"
    )

    assert compiled("check: limits", "never: {cheap: unmet, limits: met}")[1][0].code == "unknown-requirement"
    found, problems = compiled(
        "check: limits", "never: {cheap: unmet, limits: met}", texts={"series/KR/2026-01-01.yaml": later}
    )

    assert problems == []
    assert [each.never for each in found] == [{"cheap": Outcome.UNMET, "limits": Outcome.MET}]


DRAFT = (
    "program: series\nregion: KR\neffective: 2026-01-01\ndraft: true\nchecks:\n  limits:\n"
    "    cheap: {require: series.price <= 5 USD, new: true}\n"
)
LATER = (
    "program: series\nregion: KR\neffective: 2027-01-01\nchecks:\n  limits:\n"
    "    few: {require: count(series.videos) <= 5 videos, new: true}\n"
)
TOGETHER = {"series/KR/2026-01-01.next.yaml": DRAFT, "series/KR/2027-01-01.yaml": LATER}


@pytest.mark.parametrize(
    ("about", "codes"),
    [
        ("from: 2026-12-31", []),
        ("until: 2026-01-02", []),
        ("regions: [world]", []),
        ("until: 2026-01-01", ["unknown-requirement"]),
        ("from: 2027-01-01", ["unknown-requirement"]),
        ("regions: [US]", ["unknown-requirement"]),
        ("until: 2023-06-06", ["unused"]),
    ],
)
def test_a_draft_is_a_version_until_the_next_file_of_its_region(about: str, codes: list[str]) -> None:
    found, problems = compiled("check: limits", about, "never: {cheap: unmet, price: met}", texts=TOGETHER)

    assert [problem.code for problem in problems] == codes
    assert len(found) == (not codes)


def test_the_last_day_of_a_version_is_the_day_before_the_next() -> None:
    few = "never: {few: unmet, limits: met}"

    assert compiled("check: limits", "until: 2027-01-02", few, texts=TOGETHER)[1] == []
    (problem,) = compiled("check: limits", "until: 2027-01-01", few, texts=TOGETHER)[1]
    assert problem.message == "`limits` has no requirement named `few` in any version that the invariant is about"
    assert [note.span.path.endswith("KR/2027-01-01.yaml") for note in problem.notes if note.span] == [True]


def test_of_requirements_that_no_version_has_at_once_nothing_could_be_asked() -> None:
    published = DRAFT.replace("draft: true\n", "")
    texts = {"series/KR/2026-01-01.yaml": published, "series/KR/2027-01-01.yaml": LATER}

    _, (problem,) = compiled("check: limits", "whenever: {cheap: met}", "never: {few: unmet}", texts=texts)

    assert problem.message == "no version that the invariant is about has `cheap` and `few` at once"
    assert problem.span.text == "claim"


def test_all_mistakes_of_an_invariant_come_out_at_once() -> None:
    found, problems = compiled(
        "check: limits", "regions: [JP]", "from: 2025-01-01", "until: 2024-01-01", "whenever: {x: met}", "always: y"
    )

    assert found == ()
    assert [(problem.code, problem.span.text) for problem in problems] == [
        ("unknown-region", "JP"),
        ("wrong-value", "2024-01-01"),
        ("unknown-requirement", "x"),
        ("unknown-name", "y"),
    ]


def test_the_shipped_invariants_are_read() -> None:
    found, _ = pipeline.compile_folder(ROOT / "policies")

    assert found is not None
    assert sum(map(len, found.invariants.values())) >= 16
    assert all(found.invariants.values())
