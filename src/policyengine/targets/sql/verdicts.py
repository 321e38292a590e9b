"""What a check makes of its requirements: by their outcomes, or by masks in which each is a bit.

Reads: expressions over clauses, which join them by `and` and `or`.
Gives: trees over clauses, and over masks, in which bit i stands for clause i.
"""

from collections.abc import Mapping, Sequence

from sqlglot import exp

from policyengine.model import checked
from policyengine.model.checked import Expr
from policyengine.targets.sql.trees import CannotSay, both, choice, logic, number, opposite, plus, truth, wide

MOST_BITS = 62
"""As many as a BIGINT has without its sign, and one to spare."""


def bits(tests: Mapping[int, exp.Expr]) -> exp.Expr:
    """Give the mask of the clauses, by number, whose tests are true."""
    if max(tests, default=0) >= MOST_BITS:
        raise CannotSay(f"a mask holds {MOST_BITS} requirements, and there are more: ask for lists")
    each = [choice((test, number(1 << bit)), otherwise=number(0)) for bit, test in tests.items()]
    return wide(plus(*each) if each else number(0))


def holds(expr: Expr, failing: exp.Expr) -> exp.Expr:
    """Say whether a check's expression over clauses holds, in two truth values, when the clauses of a mask do not.

    With the unmet and the unknown ones as the mask it says whether the check is met, as no operator but `and` and `or`
    joins clauses; with the unmet ones alone, whether it may still be.
    """
    match expr:
        case checked.Literal(value):
            return truth(value=bool(value))
        case checked.ClauseRef(index):
            return _none(failing, 1 << index)
        case checked.And(operands) | checked.Or(operands):
            return _joined(expr, [part for part in operands if not isinstance(part, checked.ClauseRef)], failing)
        case _:
            raise AssertionError(expr)


def refuted(expr: Expr, clauses: Sequence[exp.Expr]) -> exp.Expr:
    """Write what is true when a check's expression over clauses is false: its negation, moved to the clauses."""
    match expr:
        case checked.Literal(value):
            return truth(value=not value)
        case checked.ClauseRef(index):
            return opposite(clauses[index].copy())
        case checked.And(operands) | checked.Or(operands):
            kind = exp.Or if isinstance(expr, checked.And) else exp.And
            return logic(kind, [refuted(operand, clauses) for operand in operands])
        case _:
            raise AssertionError(expr)


def _joined(expr: checked.And | checked.Or, others: list[Expr], failing: exp.Expr) -> exp.Expr:
    """Join the clauses by one test of their bits, and the rest by itself."""
    mask = sum({1 << part.index for part in expr.operands if isinstance(part, checked.ClauseRef)})
    tests = [holds(part, failing.copy()) for part in others]
    every = isinstance(expr, checked.And)
    if mask:
        tests.insert(0, _none(failing, mask) if every else _not_all(failing, mask))
    return logic(exp.And if every else exp.Or, tests) if tests else truth(value=every)


def _none(mask: exp.Expr, bits: int) -> exp.Expr:
    return both(exp.EQ, _of(mask, bits), number(0))


def _not_all(mask: exp.Expr, bits: int) -> exp.Expr:
    return both(exp.NEQ, _of(mask, bits), number(bits))


def _of(mask: exp.Expr, bits: int) -> exp.Expr:
    # engines disagree on how tight `&` binds
    return exp.Paren(this=exp.BitwiseAnd(this=mask.copy(), expression=number(bits)))
