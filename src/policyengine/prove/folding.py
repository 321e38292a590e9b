"""Expressions where the region is known: what is asked of it is answered, and what that decides is left out.

Reads: checked expressions, the regions that are spoken of.
Gives: the same meaning, for people of these regions, in a smaller expression.
"""

from collections.abc import Collection
from dataclasses import replace

from policyengine.model import checked
from policyengine.model.checked import BOOLEAN, Check, Expr, Literal, with_clauses
from policyengine.model.rewriting import with_children


def for_regions(check: Check, region_by: str, regions: Collection[str]) -> Check:
    """Give a check as it is for people of some regions."""
    clauses = tuple(replace(each, expression=folded(each.expression, region_by, regions)) for each in check.clauses)
    values = tuple(replace(each, expression=folded(each.expression, region_by, regions)) for each in check.values)
    return replace(check, clauses=clauses, values=values)


def folded(expr: Expr, region_by: str, regions: Collection[str]) -> Expr:
    """Answer what is asked of the region where all regions have the same answer, and fold what follows."""
    if (
        isinstance(expr, checked.InRegions)
        and isinstance(expr.operand, checked.Fact)
        and expr.operand.path == region_by
    ):
        truths = {expr.truth[region] for region in regions}
        answer = truths.pop() if len(truths) == 1 else None
        return expr if answer is None else _truth(value=answer)
    return _simpler(with_children(expr, lambda part: folded(part, region_by, regions)))


def whole(check: Check) -> Expr:
    """Give a check over facts, without what constants decide."""
    return _all_simpler(with_clauses(check.expression, check.clauses))


def _all_simpler(expr: Expr) -> Expr:
    if not isinstance(expr, checked.And | checked.Or):
        return expr
    return _simpler(replace(expr, operands=tuple(_all_simpler(operand) for operand in expr.operands)))


def _simpler(expr: Expr) -> Expr:
    """Leave out what a constant decides: one level of `and`, `or`, `not`, `if`."""
    match expr:
        case checked.And(operands) | checked.Or(operands):
            deciding = isinstance(expr, checked.Or)
            if any(_is(operand, value=deciding) for operand in operands):
                return _truth(value=deciding)
            left = tuple(operand for operand in operands if not _is(operand, value=not deciding))
            if not left:
                return _truth(value=not deciding)
            return left[0] if len(left) == 1 else replace(expr, operands=left)
        case checked.Not(Literal(value)):
            return _truth(value=not value)
        case checked.If(Literal(value), then, otherwise):
            return then if value else otherwise
        case _:
            return expr


def _is(expr: Expr, *, value: bool) -> bool:
    return isinstance(expr, Literal) and expr.value is value


def _truth(*, value: bool) -> Literal:
    return Literal(value, BOOLEAN)
