"""A check over a range of days: what its outcome may be on any of them, and the first day on which it is met.

The facts stay as they are; `today` is a range, and the ranges of numbers follow from it. Every result encloses what
the interpreter gives on each of the days, and on a single day it is exactly that.
Reads: checked expressions, the facts as given (without derived ones: those change with the day).
Gives: `first_day`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import assert_never

from policyengine.model import calendar, checked
from policyengine.model.checked import FactDeclaration
from policyengine.model.operators import Aggregate, Comparison, Quantifier
from policyengine.model.ranges import Range
from policyengine.model.values import Raw
from policyengine.targets.interpreter import Given, Record


@dataclass(frozen=True, slots=True)
class Possible:
    """What a value may be on some day of a range.

    Numbers and truths (0 and 1) are a `range`, texts are listed; both are empty when the value is surely unknown.
    """

    range: Range | None = None
    texts: frozenset[str] = frozenset()
    unknown: bool = False

    @property
    def known(self) -> bool:
        """Whether it may be known."""
        return self.range is not None or bool(self.texts)

    @property
    def true(self) -> bool:
        """Whether it may be true."""
        return self.range is not None and self.range.high == 1

    @property
    def false(self) -> bool:
        """Whether it may be false."""
        return self.range is not None and self.range.low == 0

    def join(self, other: "Possible") -> "Possible":
        """Give what may be either."""
        ranges = [r for r in (self.range, other.range) if r is not None]
        return Possible(
            reduce(Range.join, ranges) if ranges else None,
            self.texts | other.texts,
            self.unknown or other.unknown,
        )


UNKNOWN = Possible(unknown=True)


@dataclass(frozen=True, slots=True)
class Days:
    """The facts as given, their declarations, and the days that `today` may be."""

    facts: Mapping[str, Given]
    declarations: Mapping[str, FactDeclaration]
    today: Range
    items: Mapping[str, Record] = field(default_factory=dict)


def first_day(truth: checked.Expr, days: Days) -> int | None:
    """Find the first of the days on which an expression is met, as an ordinal: split in the middle, left first."""
    possible = over_days(truth, days)
    if not possible.true:
        return None
    if not possible.false and not possible.unknown:
        return days.today.low
    if days.today.single:
        return None
    middle = (days.today.low + days.today.high) // 2
    left = first_day(truth, replace(days, today=Range(days.today.low, middle)))
    return left if left is not None else first_day(truth, replace(days, today=Range(middle + 1, days.today.high)))


def over_days(expr: checked.Expr, days: Days) -> Possible:
    """Enclose what an expression may be on the days."""
    match expr:
        case checked.Literal(value):
            return _exactly(value)
        case checked.Fact(path):
            return _fact(path, days)
        case checked.Item(variable, name):
            return _exactly(days.items[variable].get(name))
        case checked.Today():
            return Possible(days.today)
        case checked.And(operands):
            return _all([over_days(operand, days) for operand in operands])
        case checked.Or(operands):
            return _any([over_days(operand, days) for operand in operands])
        case checked.If(condition, then, otherwise):
            test = over_days(condition, days)
            taken = [branch for may, branch in ((test.true, then), (test.false, otherwise)) if may]
            start = Possible(unknown=test.unknown)
            return reduce(Possible.join, (over_days(branch, days) for branch in taken), start)
        case checked.Count(items):
            records = days.facts.get(items)
            return UNKNOWN if records is None else _exactly(len(records))  # type: ignore[arg-type]
        case checked.Quantified() | checked.CountWhere() | checked.Fold():
            return _over_items(expr, days)
        case checked.ClauseRef():
            raise AssertionError("clauses are written out before")
        case _:
            return _strict(expr, [over_days(child, days) for child in checked.children(expr)], days)


def _exactly(value: Raw | None) -> Possible:
    match value:
        case None:
            return UNKNOWN
        case str():
            return Possible(texts=frozenset({value}))
        case _:
            return Possible(Range(int(value), int(value)))


def _fact(path: str, days: Days) -> Possible:
    declaration = days.declarations[path]
    given = days.facts.get(path)
    assert given is None or isinstance(given, bool | int | str)
    if declaration.derived is None:
        return _exactly(given)
    derived = over_days(declaration.derived, days)
    # what was given stands on the days on which nothing is derived
    return replace(derived, unknown=False).join(_exactly(given)) if derived.unknown else derived


def _all(parts: Sequence[Possible]) -> Possible:
    true, false = all(part.true for part in parts), any(part.false for part in parts)
    unknown = any(part.unknown for part in parts) and all(part.true or part.unknown for part in parts)
    return _truth(true=true, false=false, unknown=unknown)


def _any(parts: Sequence[Possible]) -> Possible:
    return _not(_all([_not(part) for part in parts]))


def _not(part: Possible) -> Possible:
    return _truth(true=part.false, false=part.true, unknown=part.unknown)


def _truth(*, true: bool, false: bool, unknown: bool) -> Possible:
    range_ = Range(int(not false), int(true)) if true or false else None
    return Possible(range_, unknown=unknown)


def _strict(expr: checked.Expr, parts: Sequence[Possible], days: Days) -> Possible:
    unknown = any(part.unknown for part in parts)
    if not all(part.known for part in parts):
        return UNKNOWN
    ranges = [part.range for part in parts if part.range is not None]
    match expr:
        case checked.Not():
            return _not(parts[0])
        case checked.Compare(operator) if len(ranges) == len(parts):
            return Possible(ranges[0].compare(operator, ranges[1]), unknown=unknown)
        case checked.Compare(operator):
            truths = {operator.holds(a, b) for a in parts[0].texts for b in parts[1].texts}
            return _truth(true=True in truths, false=False in truths, unknown=unknown)
        case checked.Within(values=members):
            return replace(_within(parts[0], members), unknown=unknown)
        case checked.InRegions(truth=truth):
            seen = {truth[region] for region in parts[0].texts}
            return _truth(true=True in seen, false=False in seen, unknown=unknown or None in seen)
        case _:
            return Possible(_number(expr, ranges, days), unknown=unknown)


def _within(operand: Possible, members: Iterable[Raw]) -> Possible:
    if operand.range is None:
        truths = {text in tuple(members) for text in operand.texts}
        return _truth(true=True in truths, false=False in truths, unknown=False)
    links = [operand.range.compare(Comparison.EQUAL, Range(int(m), int(m))) for m in members]
    return Possible(reduce(Range.greatest, links))


def _number(expr: checked.Expr, ranges: Sequence[Range], days: Days) -> Range:
    match expr:
        case checked.Add():
            return reduce(Range.__add__, ranges)
        case checked.Multiply():
            return reduce(Range.__mul__, ranges)
        case checked.Negate():
            return -ranges[0]
        case checked.Scale(factor=factor):
            return ranges[0] * Range(factor, factor)
        case checked.Days():
            return ranges[0].map(lambda seconds: seconds // calendar.SECONDS_PER_DAY)
        case checked.AddMonths():
            return ranges[0].add_months(ranges[1])
        case checked.YearsSince():
            return ranges[0].years_until(days.today)
        case checked.FullSteps(step=step):
            return ranges[0].map(lambda number: max(number, 0) // step)
        case checked.Extreme(aggregate):
            return reduce(Range.least if aggregate is Aggregate.MIN else Range.greatest, ranges)
        case _:
            raise AssertionError(expr)


def _over_items(expr: checked.Quantified | checked.CountWhere | checked.Fold, days: Days) -> Possible:
    records = days.facts.get(expr.items)
    if records is None:
        return UNKNOWN
    assert isinstance(records, Sequence)
    places = [replace(days, items={**days.items, expr.variable: record}) for record in records]  # type: ignore[dict-item]
    match expr:
        case checked.Quantified(quantifier, body=body):
            join: Callable[[Sequence[Possible]], Possible] = _all if quantifier is Quantifier.EVERY else _any
            empty = _exactly(quantifier is Quantifier.EVERY)
            return join([over_days(body, place) for place in places]) if places else empty
        case checked.CountWhere(where=where):
            kept = [over_days(where, place) for place in places]
            if not all(part.known for part in kept):
                return UNKNOWN
            counted = Range(sum(not part.false for part in kept), sum(part.true for part in kept))
            return Possible(counted, unknown=any(part.unknown for part in kept))
        case checked.Fold():
            return _fold(expr, places)
        case _:
            assert_never(expr)


def _fold(expr: checked.Fold, places: Sequence[Days]) -> Possible:
    """Fold terms of which some are surely kept, some perhaps."""
    everything = Possible(Range(1, 1))
    kept = [over_days(expr.where, place) if expr.where is not None else everything for place in places]
    if not all(part.known for part in kept):
        return UNKNOWN
    terms = [(keep, over_days(expr.term, place)) for keep, place in zip(kept, places, strict=True) if keep.true]
    sure = [term for keep, term in terms if not keep.false and not keep.unknown]
    if not all(term.known for term in sure):
        return UNKNOWN
    unknown = any(keep.unknown for keep in kept) or any(term.unknown for _, term in terms)
    if expr.aggregate is Aggregate.SUM:
        zero = Range(0, 0)
        perhaps = [term for keep, term in terms if keep.false or keep.unknown]
        parts = [term.range for term in sure if term.range is not None]
        parts += [term.range.join(zero) for term in perhaps if term.range is not None]
        return Possible(reduce(Range.__add__, parts, zero), unknown=unknown)
    ranges = [term.range for _, term in terms if term.range is not None]
    if not ranges:
        return UNKNOWN
    always = [term.range for term in sure if term.range is not None]
    least = expr.aggregate is Aggregate.MIN
    pick = Range.least if least else Range.greatest
    everything_kept = reduce(pick, ranges)
    if not always:
        return Possible(reduce(Range.join, ranges), unknown=True)
    bound = reduce(pick, always)
    both = Range(everything_kept.low, bound.high) if least else Range(bound.low, everything_kept.high)
    return Possible(both, unknown=unknown)
