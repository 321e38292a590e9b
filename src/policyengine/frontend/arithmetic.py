"""Typed values and what may be done with them: agreement of types, scales, units; exact ranges.

Reads: values that are typed already.
Gives: `Typed`, with every change of scale written into the tree and constants folded; or a `Refusal`, which the
checker turns into a diagnostic.
Never: looks a name up or knows a place.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce

from policyengine.model import calendar, checked, types
from policyengine.model.diagnostic import did_you_mean
from policyengine.model.operators import Aggregate, Comparison
from policyengine.model.ranges import Range
from policyengine.model.values import Raw

TRUTH = Range(0, 1)
"""What a boolean may be: 0 is false, 1 is true."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A checked expression, its type, and the range that declared ranges prove (None for texts and regions)."""

    expr: checked.Expr
    type: types.Type
    range: Range | None = None

    @property
    def constant(self) -> bool:
        """Whether the value is known now."""
        return isinstance(self.expr, checked.Literal)

    @property
    def poisoned(self) -> bool:
        """Whether a mistake was already reported here."""
        return isinstance(self.type, types.Poison)

    @property
    def numbers(self) -> Range:
        """The range of a quantity."""
        assert self.range is not None
        return self.range


POISON = Typed(checked.Literal(0, types.Poison()), types.Poison())
Quantity = types.Number | types.Money | types.Duration | types.Period


class Refusal(Exception):  # noqa: N818 -- not an error of the program
    """An operation that these types do not have."""

    def __init__(self, code: str, message: str, help: str | None = None) -> None:  # noqa: A002 -- the field's word
        self.code = code
        self.message = message
        self.help = help
        super().__init__(message)


def literal(value: Raw, type_: types.Type, parameter: str | None = None) -> Typed:
    """Give a constant with its range."""
    range_ = Range(int(value), int(value)) if isinstance(value, int) else None
    return Typed(checked.Literal(value, type_, parameter), type_, range_)


def align(items: Sequence[Typed]) -> tuple[list[Typed], types.Type]:
    """Bring values to one type: one unit, one scale. Refuses what cannot meet."""
    common = reduce(_meet, items[1:], items[0].type)
    return [_rescaled(item, common) for item in items], common


def compare(operator: Comparison, left: Typed, right: Typed) -> Typed:
    """Compare two values; order needs quantities or dates."""
    _needs_scalar(left, right)
    if isinstance(left.type, types.Region) and isinstance(right.type, types.Region):
        raise Refusal(
            "wrong-operand",
            f"`{operator.value}` does not work on regions",
            help="use `in`: equality would ignore the tree of regions",
        )
    (a, b), common = align([left, right])
    if operator.ordered and not isinstance(common, Quantity | types.Date):
        raise Refusal(
            "wrong-operand", f"`{operator.value}` needs an order, and {common} has none", help="use `==` or `in`"
        )
    range_ = a.range.compare(operator, b.range) if a.range and b.range else TRUTH
    return Typed(checked.Compare(operator, a.expr, b.expr), checked.BOOLEAN, range_)


def both(operands: Sequence[Typed]) -> Typed:
    """Kleene's conjunction."""
    expr = checked.And(tuple(o.expr for o in operands))
    return Typed(expr, checked.BOOLEAN, reduce(Range.least, (o.numbers for o in operands)))


def either(operands: Sequence[Typed]) -> Typed:
    """Kleene's disjunction."""
    expr = checked.Or(tuple(o.expr for o in operands))
    return Typed(expr, checked.BOOLEAN, reduce(Range.greatest, (o.numbers for o in operands)))


def negation(operand: Typed) -> Typed:
    """Kleene's negation."""
    return Typed(checked.Not(operand.expr), checked.BOOLEAN, Range(1, 1) + -operand.numbers)


def branches(condition: Typed, then: Typed, otherwise: Typed) -> Typed:
    """Choose between two values of one type."""
    _needs_scalar(then, otherwise)
    (a, b), common = align([then, otherwise])
    range_ = a.range.join(b.range) if a.range and b.range else None
    result = _computed(common)
    return Typed(checked.If(condition.expr, a.expr, b.expr, result), result, range_)


def within(operand: Typed, members: Sequence[Typed], parameter: str | None) -> Typed:
    """Membership of a scalar in constants."""
    _needs_scalar(operand)
    (value, *constants), common = align([operand, *members])
    raws = []
    for constant in constants:
        assert isinstance(constant.expr, checked.Literal), "the checker lets only constants in"
        raws.append(constant.expr.value)
    unique = tuple(dict.fromkeys(raws))
    return Typed(checked.Within(value.expr, unique, common, parameter), checked.BOOLEAN, TRUTH)


def add(left: Typed, right: Typed) -> Typed:
    """Add quantities of one type, or days or months to a date, in either order."""
    if isinstance(left.type, types.Date) or isinstance(right.type, types.Date):
        date, other = (left, right) if isinstance(left.type, types.Date) else (right, left)
        return _later(date, other)
    _needs_quantities("+", left, right)
    (a, b), common = align([left, right])
    range_ = _safe(a.numbers + b.numbers)
    if isinstance(a.expr, checked.Literal) and isinstance(b.expr, checked.Literal):
        return literal(a.expr.value + b.expr.value, common)  # type: ignore[operator]  # quantities are ints
    kind = _computed(common)
    flat = a.expr.operands if isinstance(a.expr, checked.Add) and a.expr.type == kind else (a.expr,)
    return Typed(checked.Add((*flat, b.expr), kind), kind, range_)


def subtract(left: Typed, right: Typed) -> Typed:
    """Subtract; a date less a date is a duration of whole days."""
    if isinstance(left.type, types.Date) and isinstance(right.type, types.Date):
        days = checked.Add((left.expr, checked.Negate(right.expr, types.Date())), types.Date())
        kind = types.Duration(whole_days=True)
        range_ = (left.numbers + -right.numbers) * Range(calendar.SECONDS_PER_DAY, calendar.SECONDS_PER_DAY)
        return Typed(checked.Scale(days, calendar.SECONDS_PER_DAY, kind), kind, _safe(range_))
    if isinstance(right.type, types.Date):
        raise Refusal("wrong-operand", f"a date cannot be subtracted from {left.type}")
    return add(left, negative(right))


def negative(operand: Typed) -> Typed:
    """Change the sign of a quantity."""
    _needs_quantities("-", operand)
    if isinstance(operand.expr, checked.Literal):
        return literal(-operand.expr.value, operand.type)  # type: ignore[operator]
    return Typed(checked.Negate(operand.expr, operand.type), operand.type, -operand.numbers)


def multiply(left: Typed, right: Typed) -> Typed:
    """Multiply a quantity by a number; scales add up, and at most one factor has a unit."""
    _needs_quantities("*", left, right)
    kind = _product(left.type, right.type)
    range_ = _safe(left.numbers * right.numbers)
    if isinstance(left.expr, checked.Literal) and isinstance(right.expr, checked.Literal):
        return literal(left.expr.value * right.expr.value, kind)  # type: ignore[operator]
    kind = _computed(kind)
    flat = left.expr.operands if isinstance(left.expr, checked.Multiply) else (left.expr,)
    return Typed(checked.Multiply((*flat, right.expr), kind), kind, range_)


def extreme(aggregate: Aggregate, operands: Sequence[Typed]) -> Typed:
    """Take the least or greatest of quantities."""
    _needs_quantities(f"{aggregate.value}", *operands)
    aligned, common = align(operands)
    pick = Range.least if aggregate is Aggregate.MIN else Range.greatest
    range_ = reduce(pick, (a.numbers for a in aligned))
    values = [a.expr.value for a in aligned if isinstance(a.expr, checked.Literal)]
    if len(values) == len(aligned):
        choose = min if aggregate is Aggregate.MIN else max
        return literal(choose(values), common)
    kind = _computed(common)
    return Typed(checked.Extreme(aggregate, tuple(a.expr for a in aligned), kind), kind, range_)


def fold(aggregate: Aggregate, term: Typed, variable: str, items: str, where: Typed | None, most: int) -> Typed:
    """Fold a term over the kept items of a list of at most `most`."""
    _needs_quantities(f"{aggregate.value}", term)
    kind = _computed(term.type)
    range_ = term.numbers
    if aggregate is Aggregate.SUM:
        range_ = _safe(Range(min(0, range_.low * most), max(0, range_.high * most)))
    kept = where.expr if where else None
    return Typed(checked.Fold(aggregate, term.expr, variable, items, kept, kind), kind, range_)


def full_steps(operand: Typed, step: Typed) -> Typed:
    """Count the whole steps that fit."""
    _needs_quantities("full_steps", operand, step)
    if not step.constant:
        raise Refusal("not-constant", "the step of `full_steps` must be a constant")
    (value, size), _ = align([operand, step])
    assert isinstance(size.expr, checked.Literal)
    size_value = int(size.expr.value)
    if size_value <= 0:
        raise Refusal("not-positive", "the step of `full_steps` must be positive")
    kind = types.Number()
    range_ = value.numbers.map(lambda number: max(number, 0) // size_value)
    return Typed(checked.FullSteps(value.expr, size_value, kind), kind, range_)


def years_since(date: Typed) -> Typed:
    """Count birthdays up to the decision's day."""
    if not isinstance(date.type, types.Date):
        raise Refusal("wrong-arguments", f"`years_since` takes a date, and this is {date.type}")
    range_ = date.numbers.years_until(Range(calendar.FIRST_PROVED_DAY, calendar.LAST_PROVED_DAY))
    return Typed(checked.YearsSince(date.expr), types.Period(), range_)


def _later(date: Typed, other: Typed) -> Typed:
    if isinstance(other.type, types.Period):
        ends = ((date.numbers.low, other.numbers.low), (date.numbers.high, other.numbers.high))
        if any(calendar.leaves(day, months) for day, months in ends):
            raise Refusal("date-range", _OFF_THE_CALENDAR)
        months = checked.AddMonths(date.expr, other.expr)
        return Typed(months, types.Date(), date.numbers.add_months(other.numbers))
    if isinstance(other.type, types.Duration):
        if not other.type.whole_days:
            raise Refusal(
                "wrong-operand",
                "only durations of whole days may be added to a date",
                help="a date has no time of day; use days or weeks",
            )
        days = Range(
            other.numbers.low // calendar.SECONDS_PER_DAY,
            other.numbers.high // calendar.SECONDS_PER_DAY,
        )
        range_ = date.numbers + days
        if range_.low < calendar.FIRST_DAY or range_.high > calendar.LAST_DAY:
            raise Refusal("date-range", _OFF_THE_CALENDAR)
        return Typed(checked.Add((date.expr, checked.Days(other.expr)), types.Date()), types.Date(), range_)
    raise Refusal(
        "wrong-operand",
        f"{other.type} cannot be added to a date",
        help="a date takes a duration of whole days or a period: `30 days`, `6 months`",
    )


_OFF_THE_CALENDAR = "the declared ranges let this date leave 0001-01-01 … 9999-12-31"


def _safe(range_: Range) -> Range:
    if not range_.safe:
        raise Refusal(
            "number-range",
            f"the declared ranges let this number reach {max(-range_.low, range_.high):_}, beyond 2^53 − 1",
            help="declare narrower ranges, or count in coarser steps",
        )
    return range_


def _computed(type_: types.Type) -> types.Type:
    """Give the type of what is computed: no longer a bare constant."""
    return replace(type_, bare=False) if isinstance(type_, types.Number) else type_


def _rescaled(item: Typed, common: types.Type) -> Typed:
    if not isinstance(common, types.Number | types.Money):
        return item
    assert isinstance(item.type, types.Number | types.Money)
    factor = 10 ** (common.scale - item.type.scale)
    kind = replace(item.type, scale=common.scale)
    range_ = _safe(item.numbers * Range(factor, factor))
    if isinstance(item.expr, checked.Literal):
        return literal(range_.low, common, item.expr.parameter)
    if factor == 1:
        return item
    return Typed(checked.Scale(item.expr, factor, kind), kind, range_)


def _meet(a: types.Type, item: Typed) -> types.Type:
    return meet(a, item.type)


def meet(a: types.Type, b: types.Type) -> types.Type:
    """Give the type in which values of two types meet; refuses when there is none."""
    match a, b:
        case types.Number(), types.Number():
            return _meet_numbers(a, b)
        case types.Money(), types.Money():
            if a.currency != b.currency:
                raise Refusal("currency-mismatch", f"`{a.currency}` and `{b.currency}` are different currencies")
            return types.Money(a.currency, max(a.scale, b.scale))
        case types.Duration(), types.Duration():
            return types.Duration(whole_days=a.whole_days and b.whole_days)
        case (types.Text() | types.Choice(), types.Text() | types.Choice()):
            return _meet_texts(a, b)
        case _ if type(a) is type(b) and not isinstance(a, types.Records):
            return a
        case _:
            raise Refusal("type-mismatch", f"{a} and {b} do not meet", help=_mismatch_help(a, b))


def _meet_numbers(a: types.Number, b: types.Number) -> types.Number:
    scale = max(a.scale, b.scale)
    percent = a.percent and b.percent
    if a.bare or b.bare:
        unit = b.unit if a.bare else a.unit
        return types.Number(scale, unit, percent, bare=a.bare and b.bare)
    if a.unit != b.unit:
        named = [unit for unit in (a.unit, b.unit) if unit]
        both_named = len(named) == 2
        message = f"{a.unit} and {b.unit} are different units" if both_named else f"{a} and {b} do not meet"
        raise Refusal("unit-mismatch", message)
    return types.Number(scale, a.unit, percent)


def _meet_texts(a: types.Text | types.Choice, b: types.Text | types.Choice) -> types.Text | types.Choice:
    match a, b:
        case types.Choice(), types.Choice():
            ours, theirs = frozenset(a.values), frozenset(b.values)
            if a.bare and b.bare:
                return types.Choice(tuple(dict.fromkeys(a.values + b.values)), bare=True)
            if ours <= theirs and not b.bare:
                return b
            if theirs <= ours and not a.bare:
                return a
            if not (a.bare or b.bare):
                raise Refusal("type-mismatch", "two choices meet only when one holds all values of the other")
            constant, declared = (a, b) if a.bare else (b, a)
            stray = next(value for value in constant.values if value not in declared.values)
            allowed = ", ".join(f'"{value}"' for value in declared.values)
            suggestion = did_you_mean(stray, declared.values)
            raise Refusal(
                "not-a-choice", f'"{stray}" is none of the declared values', help=suggestion or f"one of {allowed}"
            )
        case types.Choice(), types.Text():
            return b
        case _:
            return a


def _mismatch_help(a: types.Type, b: types.Type) -> str | None:
    kinds = {type(a), type(b)}
    if kinds == {types.Number, types.Money}:
        currency = next(t.currency for t in (a, b) if isinstance(t, types.Money))
        return f"an amount names its currency: `190 {currency}`"
    if kinds == {types.Duration, types.Period}:
        return "days and hours are durations, months and years are periods; they never compare"
    if kinds == {types.Number, types.Duration}:
        return "a duration names its unit: `20 minutes`"
    if kinds == {types.Number, types.Period}:
        return "a period names its unit: `18 years`"
    if kinds == {types.Number, types.Date}:
        return "a date is written with two digits for month and day: `2023-06-06`"
    return None


def _product(a: types.Type, b: types.Type) -> types.Type:
    match a, b:
        case types.Number(), types.Number():
            if a.unit is not None and b.unit is not None:
                raise Refusal("unit-mismatch", f"{a.unit} times {b.unit}: at most one factor may have a unit")
            shown = (a.percent and b == types.Number(bare=b.bare)) or (b.percent and a == types.Number(bare=a.bare))
            return types.Number(a.scale + b.scale, a.unit or b.unit, percent=shown, bare=a.bare and b.bare)
        case types.Money(), types.Number():
            return types.Money(a.currency, a.scale + b.scale)
        case (types.Duration() | types.Period(), types.Number()):
            if b.scale != 0:
                raise Refusal("wrong-operand", f"{a} may be multiplied by a whole number only")
            return a
        case types.Number(), _ if not isinstance(b, types.Number):
            return _product(b, a)
        case _:
            raise Refusal("wrong-operand", f"{a} cannot be multiplied by {b}")


def _needs_quantities(operator: str, *items: Typed) -> None:
    for item in items:
        if not isinstance(item.type, Quantity):
            raise Refusal("wrong-operand", f"`{operator}` does not work on {item.type}")


def _needs_scalar(*items: Typed) -> None:
    for item in items:
        if isinstance(item.type, types.Records):
            raise Refusal(
                "wrong-operand",
                "a list is not a value",
                help="ask about its items with `every`, `some`, `count`, `sum`, `min` or `max`",
            )
