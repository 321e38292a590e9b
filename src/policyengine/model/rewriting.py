"""Checked expressions, rewritten: the same expression with other parts.

Reads and gives: `checked.Expr`.
Never: decides what is rewritten; whoever asks does.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import assert_never

from policyengine.model import checked
from policyengine.model.checked import Expr


def with_children(expr: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """Give an expression whose direct parts are changed."""
    match expr:
        case (
            checked.Literal()
            | checked.Fact()
            | checked.Item()
            | checked.Today()
            | checked.ClauseRef()
            | checked.Count()
        ):
            return expr
        case checked.Compare(_, left, right):
            return replace(expr, left=change(left), right=change(right))
        case checked.And(operands) | checked.Or(operands):
            return replace(expr, operands=tuple(change(operand) for operand in operands))
        case checked.Add(operands) | checked.Multiply(operands) | checked.Extreme(_, operands):
            return replace(expr, operands=tuple(change(operand) for operand in operands))
        case checked.If(condition, then, otherwise):
            return replace(expr, condition=change(condition), then=change(then), otherwise=change(otherwise))
        case checked.AddMonths(date, months):
            return replace(expr, date=change(date), months=change(months))
        case checked.YearsSince(date):
            return replace(expr, date=change(date))
        case (
            checked.Within(operand)
            | checked.InRegions(operand)
            | checked.Not(operand)
            | checked.Negate(operand)
            | checked.Scale(operand)
            | checked.Days(operand)
            | checked.FullSteps(operand)
        ):
            return replace(expr, operand=change(operand))
        case checked.Quantified(body=body):
            return replace(expr, body=change(body))
        case checked.CountWhere(where=where):
            return replace(expr, where=change(where))
        case checked.Fold(term=term, where=where):
            return replace(expr, term=change(term), where=None if where is None else change(where))
        case _:
            assert_never(expr)


def with_facts(expr: Expr, stands_for: Mapping[str, Expr]) -> Expr:
    """Put expressions in the place of facts, in what they stand for too."""
    if isinstance(expr, checked.Fact) and expr.path in stands_for:
        return with_facts(stands_for[expr.path], stands_for)
    return with_children(expr, lambda part: with_facts(part, stands_for))
