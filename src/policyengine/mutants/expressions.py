"""One thing otherwise in an expression: a comparison, a number, a connective, a member of a list.

Reads: a syntax tree, a scope that says in which steps numbers go.
Gives: `edits`, each a whole expression with one node changed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, cast

from policyengine.frontend.check import Scope, check_expression
from policyengine.frontend.parse import parse_text
from policyengine.model import checked, syntax, types
from policyengine.model.calendar import SECONDS_PER_DAY
from policyengine.model.operators import Aggregate, Comparison, Quantifier
from policyengine.model.span import Span
from policyengine.model.values import literal

_MONTHS_PER_YEAR = 12
_NEIGHBOURS = {
    Comparison.AT_LEAST: Comparison.GREATER,
    Comparison.GREATER: Comparison.AT_LEAST,
    Comparison.AT_MOST: Comparison.LESS,
    Comparison.LESS: Comparison.AT_MOST,
    Comparison.EQUAL: Comparison.NOT_EQUAL,
    Comparison.NOT_EQUAL: Comparison.EQUAL,
}
_OTHER_EXTREME = {Aggregate.MIN: Aggregate.MAX, Aggregate.MAX: Aggregate.MIN}
_OTHER_QUANTIFIER = {Quantifier.EVERY: Quantifier.SOME, Quantifier.SOME: Quantifier.EVERY}


@dataclass(frozen=True, slots=True)
class Edit:
    """An expression with one node changed: where, and what it says now and then."""

    expression: syntax.Expr
    span: Span
    says: str


def edits(expr: syntax.Expr, scope: Scope) -> Iterator[Edit]:
    """Give an expression with one thing otherwise, for each thing."""
    yield from _own(expr, scope)
    for name, part, within in _parts(expr):
        for edit in edits(part, scope):
            changed = replace(cast("Any", expr), **{name: within(edit.expression)})
            yield replace(edit, expression=changed)


def _parts(expr: syntax.Expr) -> Iterator[tuple[str, syntax.Expr, Any]]:
    """Give the expressions that a node consists of: the field, the part, and the field with another in its place."""
    for field in fields(expr):
        value = getattr(expr, field.name)
        if isinstance(value, syntax.Expr):
            yield field.name, value, lambda other: other
        elif isinstance(value, tuple):
            for place, item in enumerate(value):
                if isinstance(item, syntax.Expr):
                    yield field.name, item, _in_place(value, place)
                elif isinstance(item, tuple):  # a sign and an operand
                    yield field.name, item[1], _signed(value, place)


def _in_place(values: tuple[Any, ...], place: int) -> Any:
    return lambda other: (*values[:place], other, *values[place + 1 :])


def _signed(values: tuple[Any, ...], place: int) -> Any:
    return lambda other: (*values[:place], (values[place][0], other), *values[place + 1 :])


def _own(expr: syntax.Expr, scope: Scope) -> Iterator[Edit]:
    def becomes(other: syntax.Expr, old: object, new: object) -> Edit:
        return Edit(other, expr.span, f"`{old}` becomes `{new}`")

    match expr:
        case syntax.Compare(_, operators):
            for place, operator in enumerate(operators):
                other = _NEIGHBOURS[operator]
                changed = replace(expr, operators=(*operators[:place], other, *operators[place + 1 :]))
                yield becomes(changed, operator.value, other.value)
        case syntax.And(operands):
            yield becomes(syntax.Or(operands, expr.span), "and", "or")
        case syntax.Or(operands):
            yield becomes(syntax.And(operands, expr.span), "or", "and")
        case syntax.Not(operand):
            yield becomes(operand, expr, operand)
        case syntax.Member(negated=negated):
            yield becomes(replace(expr, negated=not negated), *_turned("not in", "in", first=negated))
        case syntax.Quantified(quantifier):
            other_quantifier = _OTHER_QUANTIFIER[quantifier]
            yield becomes(replace(expr, quantifier=other_quantifier), quantifier.value, other_quantifier.value)
        case syntax.Extreme(function) | syntax.Fold(function) if function in _OTHER_EXTREME:
            other_function = _OTHER_EXTREME[function]
            yield becomes(replace(expr, function=other_function), function.value, other_function.value)
        case syntax.Truth(value):
            yield becomes(replace(expr, value=not value), *_turned("true", "false", first=value))
        case syntax.List(items) if len(items) > 1:  # an empty list is a mistake
            for place, item in enumerate(items):
                shorter = replace(expr, items=(*items[:place], *items[place + 1 :]))
                yield Edit(shorter, item.span, f"`{item}` is dropped")
        case syntax.Bare() | syntax.Percent() | syntax.Quantity() | syntax.Money() | syntax.Date():
            for neighbour in neighbours(expr, scope):
                yield becomes(neighbour, expr, neighbour)
        case _:
            pass


def _turned(one: str, other: str, *, first: bool) -> tuple[str, str]:
    return (one, other) if first else (other, one)


def neighbours(expr: syntax.Expr, scope: Scope) -> Sequence[syntax.Expr]:
    """Give a number one step down and one up: by a year, a day or the last place, as it is written.

    A date is a day earlier or later.
    """
    found = check_expression(expr, scope, [])
    if not isinstance(found.expr, checked.Literal) or not isinstance(found.expr.value, int):
        return ()
    raw, type_ = found.expr.value, found.type
    step = _step(raw, type_)
    texts = [literal(other, type_) for other in (raw - step, raw + step) if other >= 0]
    written = (parse_text(text)[0] for text in texts)
    return [replace(other, span=expr.span) for other in written if other is not None]


def _step(raw: int, type_: types.Type) -> int:
    match type_:
        case types.Period() if raw % _MONTHS_PER_YEAR == 0:
            return _MONTHS_PER_YEAR
        case types.Duration(whole_days=True):
            return SECONDS_PER_DAY
        case _:
            return 1
