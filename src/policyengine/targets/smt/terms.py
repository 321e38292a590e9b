"""Three truth values and numbers as z3 terms, and Kleene's logic on them.

Gives: `Truth` (is it true, is it false) and `Value` (what it is, is it known), and operations that leave out what is
certain already.
Never: knows expressions or facts.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, assert_never

import z3

from policyengine.model.errors import PolicyEngineError
from policyengine.model.operators import Comparison
from policyengine.model.ranges import Range
from policyengine.targets.smt.ground import Ground, stretches


class CannotProve(PolicyEngineError, ValueError):  # noqa: N818 -- reads as what it says, like its neighbours
    """What a checked expression means, but no term says exactly."""


@dataclass(frozen=True, slots=True)
class Truth:
    """A truth: never true and false at once; when neither, it is unknown."""

    true: z3.BoolRef
    false: z3.BoolRef

    @property
    def known(self) -> z3.BoolRef:
        """Whether it is known."""
        return either(self.true, self.false)

    @property
    def unknown(self) -> z3.BoolRef:
        """Whether it is unknown."""
        return opposite(self.known)


@dataclass(frozen=True, slots=True)
class Value:
    """A number underneath, or the code of a text, whose `range` is None.

    The term lies in the range even when the value is unknown, so that what is certain by ranges may be left out.
    """

    term: z3.ArithRef
    known: z3.BoolRef
    range: Range | None

    @property
    def numbers(self) -> Range:
        """The range of what is a number."""
        assert self.range is not None, "a text has no range"
        return self.range


Term = Truth | Value


# z3's truths, without what is certain; z3's own `And` and `is_true` take several times as long to look at them


def _settled(truth: z3.BoolRef) -> int:
    """Give 1 for what is certain, -1 for what is impossible, 0 for anything else."""
    return int(z3.Z3_get_bool_value(truth.ctx.ref(), truth.ast))


def both(*truths: z3.BoolRef) -> z3.BoolRef:
    """Say that all of one or more hold."""
    return _joined(truths, z3.Z3_L_FALSE, z3.Z3_mk_and)


def either(*truths: z3.BoolRef) -> z3.BoolRef:
    """Say that one of one or more holds."""
    return _joined(truths, z3.Z3_L_TRUE, z3.Z3_mk_or)


def _joined(truths: Sequence[z3.BoolRef], decides: int, make: Callable[..., Any]) -> z3.BoolRef:
    """Join truths of which one alone may decide; the others may be left out when they are settled."""
    open_: dict[int, z3.BoolRef] = {}
    for truth in truths:
        settled = _settled(truth)
        if settled == decides:
            return truth
        if settled == z3.Z3_L_UNDEF:
            open_[truth.get_id()] = truth
    if len(open_) <= 1:
        return next(iter(open_.values()), truths[0])
    context = truths[0].ctx
    listed = (z3.Ast * len(open_))(*(truth.ast for truth in open_.values()))
    return z3.BoolRef(make(context.ref(), len(open_), listed), context)


def opposite(truth: z3.BoolRef) -> z3.BoolRef:
    """Say that something does not hold."""
    settled = _settled(truth)
    if settled != z3.Z3_L_UNDEF:
        return z3.BoolVal(settled == z3.Z3_L_FALSE, truth.ctx)
    return truth.arg(0) if z3.is_not(truth) else z3.BoolRef(z3.Z3_mk_not(truth.ctx.ref(), truth.ast), truth.ctx)


def chosen(condition: z3.BoolRef, then: z3.ExprRef, otherwise: z3.ExprRef) -> z3.ExprRef:
    """Give one of two terms."""
    if z3.is_true(condition) or then.eq(otherwise):
        return then
    return otherwise if z3.is_false(condition) else z3.If(condition, then, otherwise)


def among(term: z3.ArithRef, codes: Iterable[int], ground: Ground) -> z3.BoolRef:
    """Say that a number is one of some."""
    found = [term == low if low == high else both(term >= low, term <= high) for low, high in stretches(codes)]
    return either(*found) if found else ground.truth(value=False)


# three truth values


def certain(ground: Ground, *, value: bool) -> Truth:
    """Give a truth that is known."""
    return Truth(ground.truth(value=value), ground.truth(value=not value))


def all_of(truths: Iterable[Truth], ground: Ground) -> Truth:
    """Give Kleene's conjunction; of none it is true."""
    listed = list(truths)
    if not listed:
        return certain(ground, value=True)
    return Truth(both(*(truth.true for truth in listed)), either(*(truth.false for truth in listed)))


def any_of(truths: Iterable[Truth], ground: Ground) -> Truth:
    """Give Kleene's disjunction; of none it is false."""
    return negation(all_of((negation(truth) for truth in truths), ground))


def negation(truth: Truth) -> Truth:
    """Give Kleene's negation."""
    return Truth(truth.false, truth.true)


def when(known: z3.BoolRef, holds: z3.BoolRef) -> Truth:
    """Give what holds or does not, when it is known."""
    return Truth(both(known, holds), both(known, opposite(holds)))


def same_truth(left: Truth, right: Truth) -> Truth:
    """Say that two truths are the same one, if both are known."""
    return Truth(
        either(both(left.true, right.true), both(left.false, right.false)),
        either(both(left.true, right.false), both(left.false, right.true)),
    )


def same(left: Term, right: Term) -> z3.BoolRef:
    """Say that two known terms are the same."""
    match left, right:
        case Truth(), Truth():
            return same_truth(left, right).true
        case Value(), Value():
            return left.term == right.term
        case _:
            raise AssertionError((left, right))


def compared(operator: Comparison, left: Value, right: Value, ground: Ground) -> Truth:
    """Compare two values; what their ranges decide is certain as soon as both are known."""
    known = both(left.known, right.known)
    if left.range is not None and right.range is not None:
        decided = left.range.compare(operator, right.range)
        if decided.single:
            return when(known, ground.truth(value=bool(decided.low)))
    return when(known, _holds(operator, left.term, right.term))


def _holds(operator: Comparison, left: z3.ArithRef, right: z3.ArithRef) -> z3.BoolRef:
    match operator:
        case Comparison.LESS:
            return left < right
        case Comparison.AT_MOST:
            return left <= right
        case Comparison.EQUAL:
            return left == right
        case Comparison.NOT_EQUAL:
            return left != right
        case Comparison.AT_LEAST:
            return left >= right
        case Comparison.GREATER:
            return left > right
        case _:
            assert_never(operator)


# numbers


def value(term: z3.ArithRef, known: z3.BoolRef, range_: Range, ground: Ground) -> Value:
    """Give a value; one of a single number is a constant."""
    return Value(ground.number(range_.low) if range_.single else term, known, range_)


def constant(number: int, ground: Ground) -> Value:
    """Give a number that is known."""
    return Value(ground.number(number), ground.truth(value=True), Range(number, number))
