"""Constants taken out of expressions: what is left is a shape that policies share, whatever their numbers.

Reads: `checked.Expr`.
Gives: the shape, and its constants in order; `filled` puts others, or columns, in their place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from policyengine.model import checked, types
from policyengine.model.checked import Expr
from policyengine.model.operators import Comparison
from policyengine.model.rewriting import with_children
from policyengine.model.values import Raw


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that stood in an expression; `name` is the parameter's it came from, "" for a number without one.

    What is said of a list of regions is a constant too, once the region is known: `truth` says it of each.
    """

    type: types.Type
    value: Raw | None
    name: str
    truth: Mapping[str, bool | None] | None = None

    def of(self, region: str) -> Raw | None:
        """Give the value in a region; None is unknown."""
        return self.value if self.truth is None else self.truth[region]


def lifted(expr: Expr, region_fact: str) -> tuple[Expr, Sequence[Constant]]:
    """Take the constants out of an expression that is asked where the region by `region_fact` is known."""
    constants: list[Constant] = []

    def taken(type_: types.Type, value: Raw | None, name: str | None) -> checked.Fact:
        constants.append(Constant(type_, value, name or ""))
        return _hole(len(constants) - 1, type_)

    def lift(expr: Expr) -> Expr:
        match expr:
            case checked.Literal(value, type_, parameter):
                return taken(type_, value, parameter)
            case checked.Within(values=values) if len(values) <= _MOST_MEMBERS:
                holes = [taken(expr.type, value, expr.parameter).path for value in sorted(values)]
                return replace(expr, operand=lift(expr.operand), values=tuple(holes), parameter=None)
            case checked.InRegions(checked.Fact(path)) if path == region_fact:
                constants.append(Constant(checked.BOOLEAN, None, expr.parameter or "", expr.truth))
                return _hole(len(constants) - 1, checked.BOOLEAN)
            case _:
                return with_children(expr, lift)

    return lift(expr), constants


def filled(shape: Expr, fillings: Sequence[Expr]) -> Expr:
    """Put literals, or facts that hold other constants, in the place of a shape's constants."""
    match shape:
        case checked.Fact(path) if path.startswith(_MARK):
            return fillings[_number(path)]
        case checked.Within(operand, values, type_) if values and str(values[0]).startswith(_MARK):
            members = [fillings[_number(str(value))] for value in values]
            asked = filled(operand, fillings)
            literals = [member.value for member in members if isinstance(member, checked.Literal)]
            if len(literals) == len(members):
                return checked.Within(asked, tuple(literals), type_)
            return checked.Or(tuple(checked.Compare(Comparison.EQUAL, asked, member) for member in members))
        case _:
            return with_children(shape, lambda part: filled(part, fillings))


def _hole(number: int, type_: types.Type) -> checked.Fact:
    return checked.Fact(f"{_MARK}{number}", type_)


def _number(mark: str) -> int:
    return int(mark.removeprefix(_MARK))


_MARK = "\0"
"""No name and no text of a policy begins so: YAML has no such character."""
_MOST_MEMBERS = 12
"""A longer list is part of the shape: as columns of a table it would be hard to read."""
