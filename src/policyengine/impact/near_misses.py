"""Near misses: how many people stand within a tenth of each threshold, on either side of it.

Reads: the rules of one side for one check, a population.
Gives: a `Close` for each comparison of a requirement with a constant that has a tenth.
Never: looks into the items of a list, or at a comparison under a condition: who misses it is no matter of one number.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from policyengine.impact.figures import Close, NearMisses
from policyengine.impact.population import Population, Progress
from policyengine.impact.questions import ask, whole
from policyengine.impact.rules import Rules, counting
from policyengine.impact.worth import MEASURED, Valued, step_of, worths
from policyengine.model import checked
from policyengine.model.checked import BOOLEAN, Check, CheckedPolicy, Expr
from policyengine.model.decision import Outcome
from policyengine.model.operators import Comparison
from policyengine.model.rewriting import with_children
from policyengine.model.types import Type
from policyengine.targets import prose
from policyengine.targets.sql.tallies import Having

TENTH = 10
"""A value is close to a threshold within one part of so many of it, and within one step at least."""

Place = tuple[str, int]
"""A requirement, and which of its comparisons."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """A comparison with a constant on its right, as it is passed; `met` is what it then is where it stands."""

    place: Place
    clause: int
    compare: checked.Compare
    met: bool
    margin: int

    @property
    def constant(self) -> checked.Literal:
        """The constant."""
        assert isinstance(self.compare.right, checked.Literal)
        return self.compare.right

    @property
    def bound(self) -> int:
        """The constant underneath."""
        return int(self.constant.value)

    @property
    def close(self) -> Expr:
        """The question whether a value lies within the margin."""
        low, high = (self.constant_at(self.bound + sign * self.margin) for sign in (-1, 1))
        left = self.compare.left
        return checked.And(
            (
                checked.Compare(Comparison.AT_LEAST, left, low),
                checked.Compare(Comparison.AT_MOST, left, high),
            )
        )

    def constant_at(self, value: int) -> checked.Literal:
        """Give another constant of the same kind."""
        return checked.Literal(value, self.constant.type)


@dataclass(slots=True)
class Found:
    """A threshold in all policies of a side, and who stands close to it."""

    compare: checked.Compare
    bounds: list[Valued] = field(default_factory=list)
    margins: list[Valued] = field(default_factory=list)
    close: Mapping[str, int] = field(default_factory=dict)


def near_misses(rules: Rules, population: Population, progress: Progress) -> Mapping[Place, Found]:
    """Count who stands close to each threshold, in one statement."""
    found: dict[Place, Found] = {}
    for policy in rules.in_force():
        for threshold in thresholds(rules.check(policy)):
            each = found.setdefault(threshold.place, Found(threshold.compare))
            each.bounds.append((policy.region, threshold.bound, threshold.constant.type))
            each.margins.append((policy.region, threshold.margin, threshold.constant.type))
    if not found:
        return {}
    numbers = {place: number for number, place in enumerate(found)}

    def questions(_: CheckedPolicy, check: Check) -> Mapping[str, Expr]:
        return dict(_questions(check, numbers))

    asked = ask(rules, population, questions)
    counts = {
        f"{number} {what}": tests
        for number in numbers.values()
        for what, tests in _counts(number, asked.columns, asked.outcome).items()
    }
    answers = asked.counts(population, counts, progress)
    for place, number in numbers.items():
        found[place].close = {what: answers[f"{number} {what}"] for what in _counts(number, asked.columns, "")}
    return found


def side_by_side(
    before: Mapping[Place, Found], after: Mapping[Place, Found], words: prose.Words
) -> Iterator[NearMisses]:
    """Put the thresholds of both sides beside each other, those of the new rules first."""
    for place in {**after, **before}:
        some = after.get(place) or before[place]
        constant = some.compare.right
        assert isinstance(constant, checked.Literal)
        sides = [None if side is None else _close(side, words) for side in (before.get(place), after.get(place))]
        yield NearMisses(
            *place, constant.parameter, prose.sentence(some.compare, words), some.compare.operator.value, *sides
        )


def _close(found: Found, words: prose.Words) -> Close:
    return Close(worths(found.bounds, words), worths(found.margins, words), **found.close)


def thresholds(check: Check) -> Iterator[Threshold]:
    """Give the thresholds of the requirements that count."""
    counted = counting(check)
    for index, clause in enumerate(check.clauses):
        if index in counted:
            for number, compare, positive in _comparisons(clause.expression):
                oriented = _oriented(compare, positive=positive)
                if oriented is not None:
                    step = step_of(oriented.left, check.facts)
                    bound = abs(int(oriented.right.value)) if isinstance(oriented.right, checked.Literal) else 0
                    margin = max(bound // TENTH // step * step, step)
                    yield Threshold((clause.id, number), index, oriented, positive, margin)


def _comparisons(expr: Expr) -> Iterator[tuple[int, checked.Compare, bool]]:
    """Give the comparisons that `and`, `or`, `not` make a requirement of, numbered, and whether each is wanted."""
    numbers = count()

    def within(part: Expr, *, positive: bool) -> Iterator[tuple[int, checked.Compare, bool]]:
        match part:
            case checked.Compare():
                yield next(numbers), part, positive
            case checked.Not(operand):
                yield from within(operand, positive=not positive)
            case checked.And(operands) | checked.Or(operands):
                for operand in operands:
                    yield from within(operand, positive=positive)
            case _:
                pass

    return within(expr, positive=True)


def _passed(expr: Expr, number: int, *, met: bool) -> Expr:
    """Give a requirement as if one of its comparisons were passed."""
    numbers = count()

    def within(part: Expr) -> Expr:
        match part:
            case checked.Compare():
                return checked.Literal(met, BOOLEAN) if next(numbers) == number else part
            case checked.Not() | checked.And() | checked.Or():
                return with_children(part, within)
            case _:
                return part

    return within(expr)


def _oriented(compare: checked.Compare, *, positive: bool) -> checked.Compare | None:
    """Write a comparison as it is passed, its constant on the right; None when it has no tenth."""
    if isinstance(compare.left, checked.Literal):
        compare = replace(compare, operator=compare.operator.flipped, left=compare.right, right=compare.left)
    right = compare.right
    if not compare.operator.ordered or not isinstance(right, checked.Literal) or not _has_tenth(right.type):
        return None
    if isinstance(compare.left, checked.Literal):
        return None
    return compare if positive else replace(compare, operator=compare.operator.opposite)


def _has_tenth(type_: Type) -> bool:
    return isinstance(type_, MEASURED)


def _questions(check: Check, numbers: Mapping[Place, int]) -> Iterator[tuple[str, Expr]]:
    for threshold in thresholds(check):
        number = numbers[threshold.place]
        clause = check.clauses[threshold.clause].expression
        passed = _passed(clause, threshold.place[1], met=threshold.met)
        yield f"{number} passes", threshold.compare
        yield f"{number} close", threshold.close
        yield f"{number} enough", whole(check, {threshold.clause: passed})


def _counts(number: int, columns: Mapping[str, str], outcome: str) -> dict[str, Sequence[Having]]:
    """Say what is counted, by the fields of `Close`."""
    passes, close, enough = (columns[f"{number} {what}"] for what in ("passes", "close", "enough"))
    return {
        "passes": [Having(passes)],
        "fails": [Having(passes, wanted=False)],
        "just_passes": [Having(passes), Having(close)],
        "just_fails": [Having(passes, wanted=False), Having(close)],
        "would_turn": [
            Having(passes, wanted=False),
            Having(close),
            Having(enough),
            Having(outcome, Outcome.MET.value, otherwise=True),
        ],
    }
