"""Lists in SQL: what holds of all items, how many there are, and what their terms come to.

An item is bound by a lambda; a null item is one whose every field is NULL, in both engines. Two sizes decide: of the
items whose body settles the matter, and of those whose body is unknown. The size of a list that is NULL is NULL, in
Spark by an older setting -1: neither is 0, and neither is above.
Never: uses the engines' own folds of truths, which ignore NULL.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

from sqlglot import exp

from policyengine.model.operators import Aggregate, Quantifier
from policyengine.targets.sql.columns import Names
from policyengine.targets.sql.trees import (
    both,
    choice,
    column,
    function,
    is_known,
    is_small,
    is_unknown,
    name,
    named,
    number,
    opposite,
    plus,
    truth,
    wide,
)


@dataclass(frozen=True, slots=True)
class Items:
    """The items of a list, and a body that is evaluated for each of them under its name."""

    items: exp.Expr
    name: str
    body: exp.Expr

    def size(self, test: exp.Expr) -> exp.Expr:
        """Count the items for which a test is true."""
        return exp.ArraySize(this=exp.ArrayFilter(this=self.items.copy(), expression=function(self.name, test)))

    def terms(self) -> exp.Expr:
        """Give the bodies as a list."""
        return exp.Transform(this=self.items.copy(), expression=function(self.name, self.body.copy()))

    def known(self) -> exp.Expr:
        """Test that there is a list and every body is known."""
        return both(exp.EQ, self.size(is_unknown(self.body.copy())), number(0))


def quantified(quantifier: Quantifier, over: Items, names: Names) -> exp.Expr:
    """Say whether every body is true, or some is."""
    every = quantifier is Quantifier.EVERY

    def asked(over: Items) -> exp.Expr:
        body = over.body.copy()
        settling = over.size(opposite(body) if every else body)
        return choice(
            (both(exp.GT, settling, number(0)), truth(value=not every)),
            (over.known(), truth(value=every)),
        )

    return _repeated(over, asked, names)


def count(items: exp.Expr) -> exp.Expr:
    """Count the items."""
    return choice((is_known(items.copy()), wide(exp.ArraySize(this=items.copy()))))


def count_where(over: Items, names: Names) -> exp.Expr:
    """Count the items whose body is true; unknown if any is."""
    return _repeated(over, lambda over: choice((over.known(), wide(over.size(over.body.copy())))), names)


def fold(aggregate: Aggregate, over: Items, names: Names, *, some_left_out: bool) -> exp.Expr:
    """Give the sum, least or greatest of the bodies; that of an item which does not count is `neutral`."""

    def folded(over: Items) -> exp.Expr:
        value = _folded(aggregate, over.terms(), names)
        if some_left_out and aggregate is not Aggregate.SUM:
            value = exp.Nullif(this=value, expression=number(neutral(aggregate)))
        return choice((over.known(), value))

    return _repeated(over, folded, names)


def neutral(aggregate: Aggregate) -> int:
    """Give the term that changes no fold. For the least and the greatest it is one that no value can be."""
    return _NEUTRAL[aggregate]


def _folded(aggregate: Aggregate, terms: exp.Expr, names: Names) -> exp.Expr:
    match aggregate:
        case Aggregate.MIN:
            return exp.ArrayMin(this=terms)
        case Aggregate.MAX:
            return exp.ArrayMax(this=terms)
        case Aggregate.SUM:
            total, term = names.fresh("total"), names.fresh("term")
            added = exp.Lambda(this=plus(column(total), column(term)), expressions=[name(total), name(term)])
            return exp.Reduce(this=terms, initial=wide(number(0)), merge=added)
        case _:
            assert_never(aggregate)


def _repeated(over: Items, use: Callable[[Items], exp.Expr], names: Names) -> exp.Expr:
    """Write what repeats the body; where that is large, its values are listed once and then take its place."""
    if is_small(over.body):
        return use(over)
    each = names.fresh("each")
    return named(over.terms(), lambda listed: use(Items(listed, each, column(each))), names)


_NEUTRAL = {Aggregate.SUM: 0, Aggregate.MIN: 2**53, Aggregate.MAX: -(2**53)}
