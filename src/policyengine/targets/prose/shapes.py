"""Shapes of checked expressions that are said in one go: opposites, sides, pairs of bounds.

Never: writes a word.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from policyengine.model import checked, types
from policyengine.model.operators import Comparison, Quantifier


@dataclass(frozen=True, slots=True)
class Bounds:
    """Two comparisons of one value: `0.99 USD <= series.price <= max_price`."""

    subject: checked.Expr
    low: tuple[Comparison, checked.Expr]
    high: tuple[Comparison, checked.Expr]

    @property
    def both_included(self) -> bool:
        """Whether both ends belong to what is asked for."""
        return (self.low[0], self.high[0]) == (Comparison.AT_LEAST, Comparison.AT_MOST)


def opposite(expr: checked.Expr) -> checked.Expr:
    """Negate a boolean expression by pushing `not` inwards; what has no opposite is wrapped in `Not`."""
    match expr:
        case checked.Not(operand):
            return operand
        case checked.Literal(bool() as truth):
            return replace(expr, value=not truth)
        case checked.Compare(operator):
            return replace(expr, operator=operator.opposite)
        case checked.And(operands):
            return checked.Or(tuple(opposite(operand) for operand in operands))
        case checked.Or(operands):
            return checked.And(tuple(opposite(operand) for operand in operands))
        case checked.If(_, then, otherwise):
            return replace(expr, then=opposite(then), otherwise=opposite(otherwise))
        case checked.Quantified(Quantifier.EVERY, body=body):
            return replace(expr, quantifier=Quantifier.SOME, body=opposite(body))
        case checked.Quantified(Quantifier.SOME, body=body):
            return replace(expr, quantifier=Quantifier.EVERY, body=opposite(body))
        case _:
            return checked.Not(expr)


def subject_first(compare: checked.Compare) -> checked.Compare:
    """Put what is asked about before the constant that it is compared with."""
    match compare:
        case checked.Compare(_, checked.Literal(), checked.Literal()):
            return compare
        case checked.Compare(operator, checked.Literal() as constant, subject):
            return checked.Compare(operator.flipped, subject, constant)
        case _:
            return compare


def with_bounds(operands: Sequence[checked.Expr]) -> list[checked.Expr | Bounds]:
    """Take neighbours of a conjunction that bound one value from both sides together."""
    parts: list[checked.Expr | Bounds] = []
    for operand in operands:
        bounds = _bounds(parts[-1], operand) if parts else None
        if bounds is None:
            parts.append(operand)
        else:
            parts[-1] = bounds
    return parts


def nesting(expr: checked.Expr) -> int:
    """Count how many bound names are in force at once, at most."""
    inner = max((nesting(child) for child in checked.children(expr)), default=0)
    match expr:
        case checked.Quantified() | checked.CountWhere() | checked.Fold():
            return inner + 1
        case _:
            return inner


def type_of(expr: checked.Expr) -> types.Type:
    """Give the type of an expression's value."""
    match expr:
        case (
            checked.Compare() | checked.Within() | checked.InRegions() | checked.And() | checked.Or()
            | checked.Not() | checked.Quantified() | checked.ClauseRef()
        ):  # fmt: skip
            return checked.BOOLEAN
        case checked.Today() | checked.AddMonths():
            return types.Date()
        case checked.YearsSince():
            return types.Period()
        case (
            checked.Literal() | checked.Fact() | checked.Item() | checked.If() | checked.Add()
            | checked.Multiply() | checked.Negate() | checked.Scale() | checked.Days() | checked.FullSteps()
            | checked.Extreme() | checked.Count() | checked.CountWhere() | checked.Fold()
        ):  # fmt: skip
            return expr.type
        case _:
            assert_never(expr)


def is_day(expr: checked.Expr) -> bool:
    """Say whether a value is a day of the calendar; a number of days (`Days`) has the type but is none."""
    match expr:
        case checked.Days() | checked.Negate():
            return False
        case _:
            return type_of(expr) == types.Date()


def _bounds(first: checked.Expr | Bounds, second: checked.Expr) -> Bounds | None:
    if not isinstance(first, checked.Compare) or not isinstance(second, checked.Compare):
        return None
    for one in _readings(first):
        for other in _readings(second):
            low, high = (one, other) if one.operator in _LOW else (other, one)
            if one.left == other.left and low.operator in _LOW and high.operator in _HIGH:
                return Bounds(one.left, (low.operator, low.right), (high.operator, high.right))
    return None


def _readings(compare: checked.Compare) -> list[checked.Compare]:
    """Read a comparison from both sides, but never as something about a constant."""
    turned = checked.Compare(compare.operator.flipped, compare.right, compare.left)
    return [one for one in (compare, turned) if not isinstance(one.left, checked.Literal)]


_LOW = (Comparison.AT_LEAST, Comparison.GREATER)
_HIGH = (Comparison.AT_MOST, Comparison.LESS)
