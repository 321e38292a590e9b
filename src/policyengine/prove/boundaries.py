"""Cases at both sides of every threshold: someone for whom a comparison just holds, and someone for whom it just fails.

Everything else is as it is for someone who passes, so that the outcome hangs on the threshold wherever it can.
Reads: the meanings of a program's checks, in the policies that are in force some day.
Gives: `boundary_cases`, a file of cases that the policies pass.
"""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from policyengine.decide import Policies
from policyengine.frontend.vocabulary import facts_read
from policyengine.model import checked
from policyengine.model.checked import BOOLEAN, Clause, Expr, Literal
from policyengine.model.decision import Outcome
from policyengine.model.operators import Comparison, Quantifier
from policyengine.model.types import Type
from policyengine.model.values import literal
from policyengine.prove.asking import TIMEOUT, Asked, Claim, Scope, Where
from policyengine.prove.case_text import case_text, indented
from policyengine.prove.differences import expressions_of
from policyengine.prove.places import Meaning, meanings, timelines
from policyengine.prove.witnesses import Told, simplest, step_of, typical
from policyengine.targets.smt import CannotProve, Model


@dataclass(frozen=True, slots=True)
class _Threshold:
    """A comparison of something with a constant; `some` says of a list that one of its records is at a value."""

    compare: checked.Compare
    side: Expr
    constant: int
    type: Type
    bound: tuple[str, str] | None = None

    def at(self, number: int) -> Expr:
        """Say that what is compared is a number."""
        equal = checked.Compare(Comparison.EQUAL, self.side, Literal(number, self.type))
        if self.bound is None:
            return equal
        variable, items = self.bound
        return checked.Quantified(Quantifier.SOME, variable, items, equal)

    def holds(self, number: int) -> bool:
        """Say whether the comparison holds at a number."""
        left_is_constant = isinstance(self.compare.left, Literal)
        operator = self.compare.operator
        return operator.holds(self.constant, number) if left_is_constant else operator.holds(number, self.constant)


def boundary_cases(policies: Policies, program: str, *, timeout: float = TIMEOUT) -> str:
    """Write the cases of one program as a file; raises `UnknownName`."""
    policies.checks(program)
    compiled = policies.compiled
    standing, _ = timelines(compiled, program)
    scope = Scope.of(compiled)
    lines = ["# yaml-language-server: $schema=../../../schemas/cases.schema.json", f"program: {program}", "cases:"]
    written = [
        case
        for entry in compiled.programs[program].checks
        for meaning in meanings(compiled, entry, standing[:1])
        for case in _cases(meaning, scope, timeout)
    ]
    if not written:
        return "\n".join([*lines[:2], "cases: []"]) + "\n"
    return "\n".join(lines) + "\n" + "\n".join(indented(case) for case in written)


def _cases(meaning: Meaning, scope: Scope, timeout: float) -> Iterator[str]:
    where = Where.of(meaning.entry.region_by.text, meaning.by_fact, meaning.places)
    for index, clause in enumerate(meaning.check.clauses):
        for threshold in dict.fromkeys(_thresholds(clause.expression, None)):
            yield from _beside(meaning, scope, where, index, clause, threshold, timeout)


def _beside(
    meaning: Meaning, scope: Scope, where: Where, index: int, clause: Clause, threshold: _Threshold, timeout: float
) -> Iterator[str]:
    """Give someone at the last value on one side of a threshold, and someone at the first on the other."""
    step = _step(threshold, scope)
    values = [threshold.constant + by for by in (-step, 0, step)]
    spoken = {value: threshold.at(value) for value in values}
    try:
        asked = Asked(scope, where, [*expressions_of(meaning.check), *spoken.values()], timeout=timeout)
    except CannotProve:
        return
    passing = typical(asked, asked.here(), asked.is_(meaning.expression, True))
    like: Told = {} if passing is None else passing.told[0]
    for first, second in pairwise(values):
        if threshold.holds(first) == threshold.holds(second):
            continue
        for value in (first, second):
            found = _at(meaning, asked, index, spoken[value], like)
            if found is not None:
                yield _case(meaning, asked, found, clause, threshold, value)


def _at(meaning: Meaning, asked: Asked, index: int, at: Expr, like: Told) -> Model | None:
    """Find someone at a value: for whom all else is met, or as much of it as can be."""
    check = meaning.check
    others = [each for number, each in enumerate(check.clauses) if number != index]
    begin: Sequence[Claim] = [asked.here(), asked.is_(at, True)]
    alone = _alternatives(meaning, check.clauses[index].id)
    tries: tuple[list[Claim], ...] = (
        [asked.is_(each.expression, each.id not in alone) for each in others],
        [asked.is_(each.expression, True) for each in others],
        [asked.is_(each.expression, True, False) for each in others],
        [],
    )
    for claims in tries:
        answer = asked.find(*begin, *claims)
        if isinstance(answer, Model):
            return simplest(asked, [*begin, *claims], answer, like)
    return None


def _alternatives(meaning: Meaning, name: str) -> frozenset[str]:
    """Give the other alternatives of a requirement: met as well, they would hide it."""
    parent = meaning.check.requirement(name).parent
    if parent is None or meaning.check.requirement(parent).kind is not checked.Kind.ANY_OF:
        return frozenset()
    return frozenset(meaning.check.requirement(parent).children) - {name}


def _case(meaning: Meaning, asked: Asked, found: Model, clause: Clause, threshold: _Threshold, value: int) -> str:
    outcome = asked.meaning(found)(meaning.expression, 0)
    assert outcome is None or isinstance(outcome, bool)
    day = datetime.date.fromordinal(found.today)
    region = found.facts()[meaning.entry.region_by.text]
    name = f"{clause.id} at {literal(value, threshold.type)}, in {region} on {day}"
    expect: Mapping[str, object] = {meaning.check.name: Outcome.of(outcome).value}
    return case_text(name, found.facts(), day, expect, asked.scope.vocabulary, meaning.entry.region_by.text)


def _thresholds(expr: Expr, bound: tuple[str, str] | None) -> Iterator[_Threshold]:
    """Find comparisons with a constant, in at most one list."""
    if isinstance(expr, checked.Compare):
        for side, other in ((expr.left, expr.right), (expr.right, expr.left)):
            if isinstance(other, Literal) and isinstance(other.value, int) and other.type != BOOLEAN:
                inside = bound if bound is not None and _speaks_of(side, bound[0]) else None
                yield _Threshold(expr, side, other.value, other.type, inside)
    if isinstance(expr, checked.Quantified | checked.CountWhere):
        if bound is None:
            for child in checked.children(expr):
                yield from _thresholds(child, (expr.variable, expr.items))
        return
    for child in checked.children(expr):
        yield from _thresholds(child, bound)


def _speaks_of(expr: Expr, variable: str) -> bool:
    if isinstance(expr, checked.Item):
        return expr.variable == variable
    return any(_speaks_of(child, variable) for child in checked.children(expr))


def _step(threshold: _Threshold, scope: Scope) -> int:
    """Give the step in which what is compared may be given."""
    if threshold.bound is not None:
        fields = {each.path: each for each in scope.vocabulary[threshold.bound[1]].fields}
        declared = [fields[name] for name in _fields(threshold.side)]
    else:
        declared = [scope.vocabulary[path] for path in facts_read(threshold.side)]
    return _scaled(threshold.side, max([step_of(each) for each in declared], default=1))


def _scaled(expr: Expr, step: int) -> int:
    return step * expr.factor if isinstance(expr, checked.Scale) else step


def _fields(expr: Expr) -> Iterator[str]:
    if isinstance(expr, checked.Item):
        yield expr.field
    for child in checked.children(expr):
        yield from _fields(child)
