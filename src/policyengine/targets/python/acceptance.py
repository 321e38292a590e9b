"""What a clause that asks one fact only accepts: the values that are in the fact's range and meet the clause.

Reads: a clause's expression, the fact's declaration.
Gives: a range, a set or a truth; None for a clause of another form.
"""

from functools import reduce

from policyengine.model import checked, types
from policyengine.model.calendar import FIRST_PROVED_DAY, LAST_PROVED_DAY
from policyengine.model.checked import FactDeclaration
from policyengine.model.operators import Comparison
from policyengine.model.ranges import Range

Accepted = Range | frozenset[str] | bool


def accepted(expr: checked.Expr, path: str, fact: FactDeclaration) -> Accepted | None:
    """Give the values underneath that a caller may give for the fact and that meet the clause, if there are any."""
    found = _accepted(expr, path, fact)
    return None if found == frozenset() else found


def _accepted(expr: checked.Expr, path: str, fact: FactDeclaration) -> Accepted | None:
    match expr:
        case checked.Fact(name) if name == path and isinstance(fact.type, types.Boolean):
            return True
        case checked.Not(checked.Fact(name)) if name == path and isinstance(fact.type, types.Boolean):
            return False
        case checked.Within(checked.Fact(name), values) if name == path and isinstance(fact.type, types.Choice):
            return frozenset(fact.type.values) & frozenset(str(value) for value in values)
        case checked.InRegions(checked.Fact(name), truth=truth) if name == path:
            return frozenset(region for region, inside in truth.items() if inside)
        case checked.Compare(operator, checked.Fact(name), checked.Literal(int(bound))) if name == path:
            return _bounded(operator, bound, fact)
        case checked.Compare(operator, checked.Literal(int(bound)), checked.Fact(name)) if name == path:
            return _bounded(operator.flipped, bound, fact)
        case checked.And(operands):
            parts = [_accepted(operand, path, fact) for operand in operands]
            return reduce(_meet, parts)
        case _:
            return None


def declared(fact: FactDeclaration) -> Range | None:
    """Give the range in which a caller may give a number or a date."""
    if isinstance(fact.type, types.Date):
        return fact.range or Range(FIRST_PROVED_DAY, LAST_PROVED_DAY)
    return fact.range


def _bounded(operator: Comparison, bound: int, fact: FactDeclaration) -> Range | None:
    range_ = declared(fact)
    if range_ is None:
        return None
    low, high = range_.low, range_.high
    match operator:
        case Comparison.AT_LEAST | Comparison.GREATER:
            low = max(low, bound + (operator is Comparison.GREATER))
        case Comparison.AT_MOST | Comparison.LESS:
            high = min(high, bound - (operator is Comparison.LESS))
        case Comparison.EQUAL:
            low, high = max(low, bound), min(high, bound)
        case Comparison.NOT_EQUAL:
            return None
    return Range(low, high) if low <= high else None


def _meet(a: Accepted | None, b: Accepted | None) -> Accepted | None:
    match a, b:
        case Range(), Range():
            low, high = max(a.low, b.low), min(a.high, b.high)
            return Range(low, high) if low <= high else None
        case frozenset(), frozenset():
            return a & b
        case bool(), bool() if a is b:
            return a
        case _:
            return None
