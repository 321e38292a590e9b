"""Checked expressions as JavaScript functions of an algebra `o` and constants `p`: see `runtime.js`.

Reads: `checked.Expr`.
Gives: `Function`; expressions that differ in their constants only have the same text.
Never: writes a literal or a name but through `quote`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import assert_never

from policyengine.model import checked
from policyengine.model.operators import Aggregate, Comparison, Quantifier
from policyengine.targets.javascript.quoting import Constant, array, quote


@dataclass(frozen=True, slots=True)
class Function:
    """The text of a function `(o, p) => …`, and the constants that are its `p`."""

    text: str
    constants: tuple[Constant, ...]


def expression_function(expr: checked.Expr) -> Function:
    """Write one expression as a function of an algebra and constants.

    >>> from policyengine.model.types import Period
    >>> age, least = checked.Fact("creator.age", Period()), checked.Literal(216, Period())
    >>> expression_function(checked.Compare(Comparison.AT_LEAST, age, least))
    Function(text='(o, p) => o.atLeast(o.fact("creator.age"),o.constant(p[0]))', constants=(216,))
    """
    writer = _Writer()
    body = writer.code(expr, {})
    return Function(f"(o, p) => {body}", tuple(writer.constants))


@dataclass(frozen=True, slots=True)
class _Writer:
    """One function as it is written, with the constants met so far."""

    constants: list[Constant] = field(default_factory=list)

    def code(self, expr: checked.Expr, bound: Mapping[str, str]) -> str:
        """Write an expression; `bound` says what the names of items in scope are called."""
        operands = (self.code(child, bound) for child in checked.children(expr))
        match expr:
            case checked.Literal(value):
                return _call("constant", self.keep(value))
            case checked.Fact(path):
                return _call("fact", quote(path))
            case checked.Item(variable, name):
                return _call("item", bound[variable], quote(name))
            case checked.Today():
                return _call("today")
            case checked.ClauseRef(index):
                return _call("clause", self.keep(index))
            case checked.Compare(operator):
                return _call(_COMPARISONS[operator], *operands)
            case checked.Within(values=values):
                return _call("within", *operands, self.keep(values))
            case checked.InRegions(members=members, open=is_open):
                return _call("inRegions", *operands, self.keep({"members": members, "open": is_open}))
            case checked.And():
                return _call("all", array(operands))
            case checked.Or():
                return _call("any", array(operands))
            case checked.Not():
                return _call("not", *operands)
            case checked.If():
                return _call("choose", *operands)
            case checked.Add():
                return _call("sum", array(operands))
            case checked.Multiply():
                return _call("product", array(operands))
            case checked.Negate():
                return _call("negate", *operands)
            case checked.Scale(factor=factor):
                return _call("scale", *operands, self.keep(factor))
            case checked.Days():
                return _call("days", *operands)
            case checked.AddMonths():
                return _call("addMonths", *operands)
            case checked.YearsSince():
                return _call("yearsSince", _call("today"), *operands)
            case checked.FullSteps(step=step):
                return _call("fullSteps", *operands, self.keep(step))
            case checked.Extreme(aggregate):
                return _call(_AGGREGATES[aggregate], array(operands))
            case checked.Quantified(quantifier, variable, items, body):
                return _call(_QUANTIFIERS[quantifier], quote(items), self.of_item(variable, body, bound))
            case checked.Count(items):
                return _call("count", quote(items))
            case checked.CountWhere(variable, items, where):
                return _call("countWhere", quote(items), self.of_item(variable, where, bound))
            case checked.Fold(aggregate, term, variable, items, where):
                bodies = [self.of_item(variable, body, bound) for body in (term, where) if body is not None]
                return _call("fold", quote(_AGGREGATES[aggregate]), quote(items), *bodies)
            case _:
                assert_never(expr)

    def keep(self, value: Constant) -> str:
        """Give a constant's place."""
        self.constants.append(value)
        return f"p[{len(self.constants) - 1}]"

    def of_item(self, variable: str, body: checked.Expr, bound: Mapping[str, str]) -> str:
        """Write a function of a list's item, which gets a name of our own: authors' names may be JavaScript's words."""
        name = f"i{len(bound)}"
        return f"({name}) => {self.code(body, {**bound, variable: name})}"


def _call(operator: str, *arguments: str) -> str:
    return f"o.{operator}({','.join(arguments)})"


_COMPARISONS = {
    Comparison.LESS: "less",
    Comparison.AT_MOST: "atMost",
    Comparison.EQUAL: "equal",
    Comparison.NOT_EQUAL: "notEqual",
    Comparison.AT_LEAST: "atLeast",
    Comparison.GREATER: "greater",
}
_QUANTIFIERS = {Quantifier.EVERY: "every", Quantifier.SOME: "some"}
_AGGREGATES = {Aggregate.SUM: "sum", Aggregate.MIN: "least", Aggregate.MAX: "greatest"}
