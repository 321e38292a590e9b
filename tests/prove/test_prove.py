"""Everything that is asked of policies: what holds is proved, what does not comes with someone against it."""

from collections.abc import Callable, Mapping
from functools import cache

import pytest

import policyengine
from policyengine.model.checked import Fact
from policyengine.model.types import Period
from policyengine.prove import Kind, Report, Verdict, prove
from policyengine.prove.answers import Standing
from policyengine.prove.asking import Scope
from policyengine.prove.examined import Examined, Question
from policyengine.prove.families import families
from policyengine.prove.ledger import Ledger
from policyengine.prove.places import meanings, timelines
from policyengine.site.diagnostics.examples import BASE
from policyengine.targets.smt import Model
from prove.workshops import KOREA, PROGRAM, SHIPPED, WORLD, edited, failing, workshops

INVARIANTS = "workshops/invariants.yaml"


@cache
def shipped() -> Report:
    return prove(policyengine.load(SHIPPED))


def test_everything_is_proved_of_the_shipped_policies() -> None:
    report = shipped()

    assert [str(problem) for problem in report.problems] == []
    assert {proof.verdict for proof in report.proofs} == {Verdict.PROVED}
    assert sum(proof.kind is Kind.INVARIANT for proof in report.proofs) >= 12
    assert sum(proof.kind is Kind.MORE_FACTS for proof in report.proofs) == 6
    assert not [proof for proof in report.proofs if proof.up_to]


def test_disputes_are_notes_with_someone_who_would_be_flipped() -> None:
    told = [note.message for note in shipped().notes]

    assert any("`min_followers` is `50_000 followers` instead of `10_000 followers`" in each for each in told)
    assert any("`limits` is unmet instead of met, with `series.price` 190 USD" in each for each in told)


def test_the_base_has_nothing_to_report() -> None:
    report = prove(workshops())

    assert report.held
    assert [str(problem) for problem in report.problems] == []


@pytest.mark.parametrize(
    ("texts", "code", "word"),
    [
        (edited(WORLD, '["personal", "business"]', '["personal", "business", "brand"]'), "unreachable", "account"),
        (
            edited(WORLD, "    account:\n", "    teenager:\n      require: creator.age >= 13 years\n    account:\n"),
            "redundant",
            "teenager",
        ),
        (
            edited(
                WORLD,
                "        invited:\n",
                "        famous:\n          require: creator.followers >= 5_000\n        invited:\n",
            ),
            "redundant",
            "famous",
        ),
        (edited(KOREA, "19 years", "18 years"), "redundant", "min_age"),
        (
            edited(
                KOREA, "parameters:", "waivers:\n  residence: {until: 2025-08-01, because: {en: x, id: x}}\nparameters:"
            ),
            "redundant",
            "residence",
        ),
        (
            edited(WORLD, "    price:\n", "    worth_it:\n      require: workshop.price >= 250 USD\n    price:\n"),
            "impassable",
            "number_of_sessions",
        ),
    ],
    ids=["never fails", "implied", "idle branch", "idle override", "idle waiver", "nobody passes"],
)
def test_what_does_nothing_is_reported_where_it_stands(texts: Mapping[str, str], code: str, word: str) -> None:
    found = {(problem.code, problem.span.text) for problem in prove(workshops(texts)).problems}

    assert (code, word) in found


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("whenever: {eligibility: met}\n    always: creator.age >= 18 years", Verdict.PROVED),
        ("whenever: {eligibility: met}\n    always: creator.age >= 19 years", Verdict.REFUTED),
        ("regions: [KR]\n    from: 2025-07-01\n    whenever: {eligibility: met}\n    always: creator.age >= 19 years",
         Verdict.PROVED),
        ("whenever: {adult: unmet}\n    never: {eligibility: met}", Verdict.PROVED),
        ("whenever: {followers: met, invited: unmet}\n    always: {audience: met}", Verdict.PROVED),
        ("whenever: {invited: unmet}\n    always: {audience: unmet}", Verdict.REFUTED),
        ("more_never_hurts: creator.followers", Verdict.PROVED),
        ("less_never_hurts: creator.followers", Verdict.REFUTED),
        ("more_never_hurts: creator.invited", Verdict.PROVED),
        ("less_never_hurts: creator.age", Verdict.REFUTED),
    ],
)  # fmt: skip
def test_an_invariant_is_proved_or_refuted_by_a_case_that_holds(claim: str, verdict: Verdict) -> None:
    said = f"program: workshops\ninvariants:\n  it:\n    says: {{en: x, id: x}}\n    check: eligibility\n    {claim}\n"

    report = prove(workshops({INVARIANTS: said}))

    (proof,) = (proof for proof in report.proofs if proof.kind is Kind.INVARIANT)
    assert proof.verdict is verdict
    assert report.held == (verdict is Verdict.PROVED)
    assert bool(proof.counterexamples) == (verdict is Verdict.REFUTED)
    for each in proof.counterexamples:
        assert failing(BASE, PROGRAM, each.case) == []


def test_a_draft_is_looked_at_as_if_it_were_published() -> None:
    draft = (BASE / WORLD).read_text("utf-8").replace("effective: 2025-01-01", "effective: 2026-01-01\ndraft: true")
    said = (
        "program: workshops\ninvariants:\n  it:\n    says: {en: x, id: x}\n    check: eligibility\n"
        "    whenever: {eligibility: met}\n    always: creator.age >= 18 years\n"
    )
    texts = {"workshops/world/2026-01-01.younger.yaml": draft.replace("18 years", "16 years"), INVARIANTS: said}

    report = prove(workshops(texts))

    (proof,) = (proof for proof in report.proofs if proof.kind is Kind.INVARIANT)
    assert proof.verdict is Verdict.REFUTED
    assert all("with the draft" in each.place for each in proof.counterexamples)


def test_what_was_proved_is_not_asked_again() -> None:
    ledger = Ledger()
    first = prove(workshops(), ledger=ledger)
    asked = ledger.asked

    second = prove(workshops(), ledger=ledger)

    assert asked > 0
    assert ledger.asked == asked
    assert second.proofs == first.proofs


def test_policies_that_differ_in_numbers_alone_are_asked_together_and_come_out_as_alone() -> None:
    said = (
        "program: workshops\ninvariants:\n"
        "  fine:\n    says: {en: x, id: x}\n    check: eligibility\n"
        "    whenever: {eligibility: met}\n    always: creator.age >= 18 years\n"
        "  not_so:\n    says: {en: x, id: x}\n    check: eligibility\n"
        "    whenever: {eligibility: met}\n    always: creator.age >= 20 years\n"
    )
    younger = edited(KOREA, "19 years", "21 years")

    report = prove(workshops({INVARIANTS: said, **younger}))

    fine, not_so = (proof for proof in report.proofs if proof.kind is Kind.INVARIANT)
    assert (fine.verdict, fine.policies) == (Verdict.PROVED, 2)
    assert (not_so.verdict, not_so.policies) == (Verdict.REFUTED, 2)
    assert ["2025-07-01" in each.place for each in not_so.counterexamples] == [False]


def test_a_program_that_does_not_exist_is_named() -> None:
    with pytest.raises(policyengine.UnknownName, match="workshop"):
        prove(workshops(), ["workshop"])


def test_one_of_a_family_is_answered_as_it_would_be_alone() -> None:
    """All versions of one shape share a problem, in which the numbers of each are pinned."""
    age = Fact("creator.age", Period())

    def passes_at(years: int) -> Callable[[Examined], Question]:
        return lambda each: Question(
            ("passes at", years),
            lambda asked: [asked.is_(each.meaning.expression, True), asked.equals(age, 12 * years)],
            besides=(age,),
        )

    policies = policyengine.load(SHIPPED)
    compiled = policies.compiled
    for program in ("series", "creator-rewards"):
        standing, _ = timelines(compiled, program)
        entry = next(each for each in compiled.programs[program].checks if each.name == "eligibility")
        alike = families(meanings(compiled, entry, standing))
        assert max(len(family.members) for family in alike) > 1
        for years, expected in ((17, {False}), (18, {False, True}), (19, {True})):
            examined = Standing(tuple((each, Examined.of(each, Scope.of(compiled), Ledger())) for each in alike))
            together = {
                str(each.meaning.places[0]): isinstance(answer, Model)
                for each, _, answer in examined.answers(passes_at(years))
                if len(each.digests) == 1
            }
            alone = {
                str(each.meaning.places[0]): isinstance(each.nobody(passes_at(years)(each)), Model)
                for each in Standing(
                    tuple((each, Examined.of(each, Scope.of(compiled), Ledger())) for each in alike)
                ).each()
            }
            assert together.items() <= alone.items()
            assert set(alone.values()) == expected
            assert set(together.values()) <= expected
