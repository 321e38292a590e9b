"""Any syntax trees: of every form, whatever the checker would say of them. Not a test."""

from collections.abc import Sequence
from typing import TypeVar

from hypothesis import strategies as st

from drawing import Draw, numbers_below, pick, rarely
from policyengine.model import syntax
from policyengine.model.operators import Aggregate, Comparison, Quantifier
from policyengine.model.span import Source

T = TypeVar("T")
_HERE = Source("generated", "").whole()
_DAYS = ("2024-02-30", "2024-02-29", "0001-01-01", "9999-12-31")
_WORDS = ("", "personal", "héé", "# no comment", "a 'b' {c}", "or")
_CODES = ("KR", "US-CA", "XX", "US-1")


@st.composite
def trees(draw: Draw, most: int = 5) -> syntax.Expr:
    """Give syntax trees of every form, whatever the checker would say of them."""
    return _Tree(draw).tree(draw(numbers_below(most + 1)))


class _Tree:
    """Draws one syntax tree."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw

    def pick(self, options: Sequence[T]) -> T:
        return pick(self.draw, options)

    def tree(self, depth: int) -> syntax.Expr:
        if depth <= 0:
            return self.leaf()
        below = depth - 1

        def some(*counts: int) -> tuple[syntax.Expr, ...]:
            return tuple(self.tree(below) for _ in range(self.pick(counts)))

        match self.draw(numbers_below(17)):
            case 0:
                return self.leaf()
            case 1:
                return syntax.And(some(2, 3), _HERE)
            case 2:
                return syntax.Or(some(2, 3), _HERE)
            case 3:
                return syntax.Not(self.tree(below), _HERE)
            case 4 | 5:
                operands = some(2, 2, 3)
                operators = tuple(self.pick(tuple(Comparison)) for _ in operands[1:])
                return syntax.Compare(operands, operators, _HERE)
            case 6:
                regions = syntax.Region(self.pick(_CODES), _HERE)
                options: tuple[syntax.Expr, ...] = (self.path(), regions, syntax.List(some(1, 2), _HERE))
                members = self.pick(options)
                return syntax.Member(self.tree(below), members, rarely(self.draw, 2), _HERE)
            case 7 | 8:
                rest = tuple((rarely(self.draw, 2), operand) for operand in some(1, 2))
                return syntax.Sum(self.tree(below), rest, _HERE)
            case 9:
                return syntax.Product(some(2, 3), _HERE)
            case 10:
                return syntax.Negative(self.tree(below), _HERE)
            case 11:
                return syntax.Conditional(self.tree(below), self.tree(below), self.tree(below), _HERE)
            case 12:
                quantifier = self.pick(tuple(Quantifier))
                return syntax.Quantified(quantifier, self.name(), self.path(), self.tree(below), _HERE, _HERE)
            case 13:
                return syntax.Count(self.path(), self.name(), self.tree(below), _HERE, _HERE)
            case 14:
                where = self.tree(below) if rarely(self.draw, 2) else None
                function = self.pick(tuple(Aggregate))
                return syntax.Fold(function, self.tree(below), self.name(), self.path(), where, _HERE, _HERE)
            case 15:
                return syntax.Extreme(self.pick(tuple(Aggregate)), some(2, 3), _HERE)
            case _:
                return syntax.Call(self.name(), some(1, 2), _HERE)

    def leaf(self) -> syntax.Expr:
        number = syntax.Number(self.draw(st.integers(0, 10**9)), self.draw(numbers_below(4)))
        options: tuple[syntax.Expr, ...] = (
            self.path(),
            self.path(),
            syntax.Bare(number, _HERE),
            syntax.Percent(number, _HERE),
            syntax.Quantity(number, self.name(), _HERE),
            syntax.Money(number, self.pick(("USD", "JPY", "ZZZ")), _HERE),
            syntax.Date(self.pick(_DAYS), _HERE),
            syntax.Text(self.pick(_WORDS), _HERE),
            syntax.Truth(rarely(self.draw, 2), _HERE),
            syntax.Region(self.pick(_CODES), _HERE),
            syntax.Count(self.path(), None, None, _HERE, _HERE),
        )
        return self.pick(options)

    def name(self) -> str:
        return self.pick(
            ("a", "b2", "order", "android", "notes", "in_", "iffy", "today", "sums", "x_1", "everyone", "trues")
        )

    def path(self) -> syntax.Path:
        return syntax.Path(tuple(self.name() for _ in range(self.pick((1, 2, 2, 3)))), _HERE)
