"""Comparisons solved for what they ask: on a known day, `years_since(birth) >= 18 years` is one day for all births.

Reads and gives: `checked.Expr` with the same value for all facts; the day is written into it.
"""

from bisect import bisect_left
from dataclasses import replace

from policyengine.model import calendar, checked, types
from policyengine.model.checked import Expr
from policyengine.model.operators import Comparison
from policyengine.model.rewriting import with_children


def solved(expr: Expr, today: int) -> Expr:
    """Write an expression for one day (an ordinal), its comparisons as short as they get.

    >>> born = checked.Fact("creator.birth_date", types.Date())
    >>> age = checked.Compare(Comparison.AT_LEAST, checked.YearsSince(born), checked.Literal(216, types.Period()))
    >>> from datetime import date
    >>> asked = solved(age, date(2024, 2, 29).toordinal())
    >>> asked.operator.value, date.fromordinal(asked.right.value).isoformat()
    ('<=', '2006-02-28')
    """
    match expr:
        case checked.Today():
            return checked.Literal(today, types.Date())
        case checked.Compare(operator, left, right):
            left, right = solved(left, today), solved(right, today)
            if isinstance(left, checked.Literal) and not isinstance(right, checked.Literal):
                operator, left, right = operator.flipped, right, left
            if operator.ordered and isinstance(right, checked.Literal) and _number(right) is not None:
                return _isolated(operator, left, right, today)
            return checked.Compare(operator, left, right)
        case _:
            return with_children(expr, lambda part: solved(part, today))


def _isolated(operator: Comparison, left: Expr, constant: checked.Literal, today: int) -> Expr:
    """Move what is done to the left side over to the constant, as long as there is one thing left to do."""
    bound = int(constant.value)
    while True:
        match left:
            case checked.Negate(operand):
                operator, left, bound = operator.flipped, operand, -bound
            case checked.Scale(operand, factor):
                left, bound = operand, _unscaled(operator, bound, factor)
            case checked.Days(operand):
                left, bound = operand, bound * calendar.SECONDS_PER_DAY
            case checked.YearsSince(date):
                operator, bound = _birthday(operator, bound, today)
                left = date
            case checked.Add(operands) if [_number(operand) for operand in operands].count(None) == 1:
                bound -= sum(_number(operand) or 0 for operand in operands)
                (left,) = (operand for operand in operands if _number(operand) is None)
            case _:
                return checked.Compare(operator, left, _bound(constant, bound, left))


def _unscaled(operator: Comparison, bound: int, factor: int) -> int:
    """Give the bound for a whole number of which `factor` times as much is compared."""
    upwards = operator in (Comparison.AT_LEAST, Comparison.LESS)
    return -(-bound // factor) if upwards else bound // factor


def _birthday(operator: Comparison, months: int, today: int) -> tuple[Comparison, int]:
    """Give what a day must be for the years since it to be above or below a bound: the later it is, the fewer."""
    at_least = months if operator in (Comparison.AT_LEAST, Comparison.LESS) else months + 1
    days = range(calendar.FIRST_DAY, calendar.LAST_DAY + 1)
    last = bisect_left(days, x=True, key=lambda day: calendar.years_between(day, today) < at_least)
    return (Comparison.AT_MOST if operator in (Comparison.AT_LEAST, Comparison.GREATER) else Comparison.GREATER), last


def _number(expr: Expr) -> int | None:
    """Give the number that a constant is; a date is one too, negated as well."""
    match expr:
        case checked.Literal(value) if isinstance(value, int) and not isinstance(value, bool):
            return value
        case checked.Negate(operand):
            number = _number(operand)
            return None if number is None else -number
        case _:
            return None


def _bound(constant: checked.Literal, bound: int, left: Expr) -> checked.Literal:
    """Give the constant that is left: for `min_age`, the last day on which one may be born is `min_age_day`."""
    type_ = left.type if isinstance(left, checked.Fact | checked.Item) else constant.type
    if isinstance(type_, types.Date) and not calendar.FIRST_DAY <= bound <= calendar.LAST_DAY:
        type_ = types.Number()  # no day, but beyond all of them
    day = isinstance(type_, types.Date) and not isinstance(constant.type, types.Date)
    name = f"{constant.parameter}_day" if day and constant.parameter else constant.parameter
    return replace(constant, value=bound, type=type_, parameter=name)
