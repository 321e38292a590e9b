"""Missing facts are those that still matter: while they stay unknown nothing is decided, and with them all is.

All but what nobody can say: a region that an open list does not name, one wider than the list, the least of nothing.
"""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import callers
import little_policies
import questions
import strategies
from callers import Caller, Facts, Position
from drawing import Draw, examples
from little_policies import Folder
from policyengine.missing import unknown_facts
from policyengine.model import checked
from policyengine.model.decision import Outcome
from policyengine.model.operators import Aggregate
from policyengine.model.values import Raw
from policyengine.targets.interpreter import Environment, evaluate
from questions import Question
from workbench import bench

Vocabulary = Mapping[str, checked.FactDeclaration]


@dataclass(frozen=True)
class Asking:
    """Somebody of whom everything could be known, and what is known now."""

    everything: Facts
    known: frozenset[Position]

    @property
    def facts(self) -> Facts:
        return callers.only(self.everything, self.known)

    def told(self, missing: Sequence[str], vocabulary: Vocabulary) -> "Asking":
        """Learn the missing facts; a derived one that cannot be given, by what it is derived from."""
        return replace(self, known=self.known | self._places(missing, vocabulary))

    def told_all_but(self, missing: Sequence[str], vocabulary: Vocabulary) -> "Asking":
        """Learn everything but the missing facts and what they can be derived from."""
        names = [*missing, *callers.everything(vocabulary, [name for name in missing if name in vocabulary])]
        return replace(self, known=callers.leaves(self.everything) - frozenset(map(callers.place, names)))

    def _places(self, names: Sequence[str], vocabulary: Vocabulary) -> frozenset[Position]:
        found: frozenset[Position] = frozenset()
        for name in names:
            place = callers.place(name)
            given_ = place in callers.leaves(self.everything)
            found |= {place} if given_ else self._places(vocabulary[name].inputs, vocabulary)
        return found


def _asking(draw: Draw, facts: Facts) -> Asking:
    places = callers.leaves(facts)
    return Asking(facts, places - callers.forget(draw, facts))


def _explained(expr: checked.Expr, given_: Environment) -> bool:
    """Say whether some part is unknown though all that it reads is known."""
    match expr:
        case checked.InRegions(operand):
            return evaluate(operand, given_) is not None and evaluate(expr, given_) is None
        case checked.Quantified() | checked.CountWhere() | checked.Fold():
            return _explained_over_items(expr, given_)
        case _:
            return any(_explained(child, given_) for child in checked.children(expr))


def _explained_over_items(expr: checked.Quantified | checked.CountWhere | checked.Fold, given_: Environment) -> bool:
    records = given_.facts.get(expr.items)
    if not isinstance(records, Sequence):
        return False
    inside = [replace(given_, items={**given_.items, expr.variable: record}) for record in records]  # type: ignore[dict-item]
    if isinstance(expr, checked.Fold) and expr.aggregate is not Aggregate.SUM:
        kept = {expr.where is None or evaluate(expr.where, each) for each in inside}
        if kept <= {False}:
            return True
    return any(_explained(child, each) for child in checked.children(expr) for each in inside)


# expressions


@dataclass(frozen=True)
class Unknown:
    """An expression, asked on a day of somebody."""

    source: str
    on: datetime.date
    asking: Asking

    @property
    def expr(self) -> checked.Expr:
        return strategies.proved(self.source).expr

    @property
    def environment(self) -> Environment:
        facts = bench().door.read(self.asking.facts, self.on.toordinal())
        return Environment(facts, self.on.toordinal())

    @property
    def value(self) -> Raw | None:
        return evaluate(self.expr, self.environment)

    @property
    def missing(self) -> list[str]:
        return list(dict.fromkeys(unknown_facts(self.expr, self.environment)))


@st.composite
def _unknowns(draw: Draw) -> Unknown:
    source, on, door = draw(strategies.expressions()), callers.days(draw), bench().door
    wanted = callers.reads(strategies.proved(source).expr, door.vocabulary)
    return Unknown(source, on, _asking(draw, Caller(draw, door).known(wanted, on)))


@pytest.mark.fuzz
@examples(1_000)
@given(_unknowns())
def test_only_an_unknown_value_misses_facts_and_it_does_unless_nobody_can_say_it(case: Unknown) -> None:
    missing = case.missing

    assert case.value is None or not missing
    assert case.value is not None or missing or _explained(case.expr, case.environment)
    assert not {callers.place(name) for name in missing} & case.asking.known


@examples(1_000)
@given(_unknowns())
def test_while_the_missing_facts_stay_unknown_no_other_facts_decide(case: Unknown) -> None:
    vocabulary = bench().door.vocabulary

    told = replace(case, asking=case.asking.told_all_but(case.missing, vocabulary))

    assert case.value is not None or told.value is None


@examples(1_000)
@given(_unknowns())
def test_giving_the_missing_facts_ends_in_a_value_or_in_what_nobody_can_say(case: Unknown) -> None:
    vocabulary = bench().door.vocabulary

    while missing := case.missing:
        known, case = case.asking.known, replace(case, asking=case.asking.told(missing, vocabulary))
        assert case.asking.known > known

    assert case.value is not None or _explained(case.expr, case.environment)


# checks


def _ends_decided(question: Question, asking: Asking) -> None:
    """Give what a decision misses, until it misses nothing: then it is decided, or nobody can say it."""
    vocabulary = question.policies.door.vocabulary
    asked = replace(question, facts=asking.facts)
    while missing := [str(one) for one in asked.decision().missing]:
        assert asked.decision().outcome is Outcome.UNKNOWN
        assert not {callers.place(name) for name in missing} & asking.known
        without = replace(question, facts=asking.told_all_but(missing, vocabulary).facts)
        assert without.decision().outcome is Outcome.UNKNOWN
        before, asking = asking, asking.told(missing, vocabulary)
        assert asking.known > before.known, f"{missing} are known"
        asked = replace(question, facts=asking.facts)
    assert asked.decision().outcome is not Outcome.UNKNOWN or _nobody_can_say(asked)


def _nobody_can_say(question: Question) -> bool:
    known = question.known()
    check = question.asked(known)
    environment = Environment(known, question.on.toordinal())
    return isinstance(check, checked.Check) and any(_explained(c.expression, environment) for c in check.clauses)


@st.composite
def _asked(draw: Draw) -> tuple[Question, Asking]:
    question = questions.asked(draw, whole=True)
    return question, _asking(draw, question.facts)


@examples(600)
@given(_asked())
def test_giving_what_a_shipped_policy_misses_ends_in_an_outcome_or_in_what_nobody_can_say(
    case: tuple[Question, Asking],
) -> None:
    _ends_decided(*case)


@st.composite
def _asked_of_generated_policies(draw: Draw) -> tuple[Folder, list[tuple[datetime.date, Asking]]]:
    folder = draw(little_policies.folders())
    members = [draw(little_policies.members(folder, known=True)) for _ in range(5)]
    return folder, [(member.on, _asking(draw, member.facts)) for member in members]


@pytest.mark.fuzz
@examples(40)
@given(_asked_of_generated_policies())
def test_giving_what_a_generated_policy_misses_ends_in_an_outcome_or_in_what_nobody_can_say(
    case: tuple[Folder, list[tuple[datetime.date, Asking]]],
) -> None:
    folder, askings = case
    for on, asking in askings:
        _ends_decided(Question("club", "joining", on, {}, policies=folder.policies), asking)


# order


def _missing(clauses: dict[str, str], facts: Facts, waived: Sequence[str] = ()) -> list[str]:
    folder = little_policies.written(clauses, waived)
    decision = folder.policies.decide("club", facts, check="joining", on=datetime.date(2024, 1, 1))
    assert decision.outcome is Outcome.UNKNOWN
    return [str(one) for one in decision.missing]


def test_facts_that_more_unknown_clauses_read_come_first_then_those_that_the_author_wrote_first() -> None:
    clauses = {
        "one": "f.p",
        "two": "f.n >= 3 and f.m >= 3",
        "three": "f.q or f.n >= 5",
        "met": "f.a or f.t == f.t2 or f.q",
        "four": "every item in x.items satisfies item.n > f.m",
    }
    facts: Facts = {"f": {"r": "FR", "a": True}, "x": {"items": [{"n": 1}, None]}}

    assert _missing(clauses, facts) == ["f.n", "f.m", "f.p", "f.q", "x.items[1].n"]


def test_what_a_met_clause_reads_is_not_missing() -> None:
    assert _missing({"one": "f.a or f.t == f.t2", "two": "f.b"}, {"f": {"r": "FR", "a": True}}) == ["f.b"]


def test_a_derived_fact_is_missing_under_its_own_name() -> None:
    assert _missing({"one": "f.adult"}, {"f": {"r": "FR"}}) == ["f.adult"]


def test_what_a_waived_clause_reads_is_not_missing() -> None:
    assert _missing({"one": "f.a", "two": "f.b"}, {"f": {"r": "FR"}}, waived=["one"]) == ["f.b"]
