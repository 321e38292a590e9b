"""Expressions as written: what the parser gives and the checker reads.

Every node knows its span (ignored in comparisons) and prints as canonical source that parses to the same tree.
Chains of `and`, `or`, `+ -` and `*` are flat, so that no pass recurses over their length.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field

from policyengine.model.operators import Aggregate, Comparison, Quantifier
from policyengine.model.span import Span


def _span() -> Span:
    return field(compare=False, repr=False)  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class _Node:
    def __str__(self) -> str:
        return _source(self, _LOOSEST)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Number:
    """A literal number, `digits` × 10^-places: `10_000`, `4.75`. Part of other literals; `Bare` stands alone."""

    digits: int
    places: int

    def __str__(self) -> str:
        whole, fraction = divmod(self.digits, 10**self.places)
        return f"{whole:_}" + (f".{fraction:0{self.places}d}" if self.places else "")


@dataclass(frozen=True, slots=True)
class Bare(_Node):
    """A number without a unit: `10_000`."""

    number: Number
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Percent(_Node):
    """A percentage: `55%`."""

    number: Number
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Quantity(_Node):
    """A number with a unit of count or time: `80 videos`, `20 minutes`."""

    number: Number
    unit: str
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Money(_Node):
    """An amount: `0.99 USD`."""

    number: Number
    currency: str
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Date(_Node):
    """A day: `2023-06-06`. The digits are kept: the checker says whether the day exists."""

    text: str
    span: Span = _span()

    @property
    def day(self) -> datetime.date | None:
        """The day, or None when the calendar has no such day."""
        try:
            return datetime.date.fromisoformat(self.text)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Text(_Node):
    """A text: `"personal"`."""

    value: str
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Truth(_Node):
    """`true` or `false`."""

    value: bool
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Region(_Node):
    """A region's code: `ID`, `US-CA`."""

    code: str
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Path(_Node):
    """A name with its parts: `creator.followers`, `min_age`, `video`."""

    names: tuple[str, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class List(_Node):
    """A list of constants, on the right of `in`: `[KR, ZA]`."""

    items: tuple["Expr", ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Conditional(_Node):
    """`if … then … else …`."""

    condition: "Expr"
    then: "Expr"
    otherwise: "Expr"
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Quantified(_Node):
    """`every video in series.videos satisfies …`."""

    quantifier: Quantifier
    name: str
    items: Path
    body: "Expr"
    span: Span = _span()
    name_span: Span = _span()


@dataclass(frozen=True, slots=True)
class And(_Node):
    """A conjunction of two or more."""

    operands: tuple["Expr", ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Or(_Node):
    """A disjunction of two or more."""

    operands: tuple["Expr", ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Not(_Node):
    """A negation."""

    operand: "Expr"
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Compare(_Node):
    """A comparison or a chain: `0.99 USD <= series.price <= max_price`. One operator fewer than operands."""

    operands: tuple["Expr", ...]
    operators: tuple[Comparison, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Member(_Node):
    """`in` and `not in`."""

    operand: "Expr"
    members: "Expr"
    negated: bool
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Sum(_Node):
    """A chain of `+` and `-`: the first operand, then a sign and an operand each."""

    first: "Expr"
    rest: tuple[tuple[bool, "Expr"], ...]
    span: Span = _span()

    @property
    def terms(self) -> Iterator[tuple[bool, "Expr"]]:
        """Whether each operand is subtracted, and the operand."""
        yield (False, self.first)
        yield from self.rest


@dataclass(frozen=True, slots=True)
class Product(_Node):
    """A chain of `*`."""

    factors: tuple["Expr", ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Negative(_Node):
    """A minus sign."""

    operand: "Expr"
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Count(_Node):
    """`count(series.videos)`, or with a name and a filter, `count(effect in creator.effects where …)`."""

    items: Path
    name: str | None
    where: "Expr | None"
    span: Span = _span()
    name_span: Span = _span()


@dataclass(frozen=True, slots=True)
class Fold(_Node):
    """`sum(month.points for month in channel.months where month.active)`, and `min`, `max`."""

    function: Aggregate
    term: "Expr"
    name: str
    items: Path
    where: "Expr | None"
    span: Span = _span()
    name_span: Span = _span()


@dataclass(frozen=True, slots=True)
class Extreme(_Node):
    """`min(payout, 14_000 USD)`; `sum` parses too, and the checker refuses it."""

    function: Aggregate
    operands: tuple["Expr", ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Call(_Node):
    """A function called by name: `years_since(creator.birth_date)`."""

    function: str
    arguments: tuple["Expr", ...]
    span: Span = _span()


Literal = Bare | Percent | Quantity | Money | Date | Text | Truth | Region
Expr = (
    Literal | Path | List | Conditional | Quantified | And | Or | Not | Compare | Member
    | Sum | Product | Negative | Count | Fold | Extreme | Call
)  # fmt: skip

# How loosely each form binds; an operand that binds looser than its place allows gets parentheses.
_LOOSEST, _OR, _AND, _NOT, _COMPARISON, _SUM, _PRODUCT, _UNARY = range(8)


def _source(node: Expr, place: int) -> str:
    text, binds = _form(node)
    return f"({text})" if binds < place else text


def _form(node: Expr) -> tuple[str, int]:
    match node:
        case Bare(number):
            return str(number), _UNARY
        case Percent(number):
            return f"{number}%", _UNARY
        case Quantity(number, unit):
            return f"{number} {unit}", _UNARY
        case Money(number, currency):
            return f"{number} {currency}", _UNARY
        case Date(text):
            return text, _UNARY
        case Text(value):
            return f'"{value}"', _UNARY
        case Truth(value):
            return str(value).lower(), _UNARY
        case Region(code):
            return code, _UNARY
        case Path(names):
            return ".".join(names), _UNARY
        case List(items):
            return f"[{_commas(items)}]", _UNARY
        case Conditional(condition, then, otherwise):
            return f"if {condition} then {then} else {otherwise}", _LOOSEST
        case Quantified(quantifier, name, items, body):
            return f"{quantifier.value} {name} in {items} satisfies {body}", _LOOSEST
        case Or(operands):
            return " or ".join(_source(operand, _AND) for operand in operands), _OR
        case And(operands):
            return " and ".join(_source(operand, _NOT) for operand in operands), _AND
        case Not(operand):
            return f"not {_source(operand, _NOT)}", _NOT
        case Compare(operands, operators):
            first, *others = (_source(operand, _SUM) for operand in operands)
            pairs = zip(operators, others, strict=True)
            return first + "".join(f" {operator.value} {other}" for operator, other in pairs), _COMPARISON
        case Member(operand, members, negated):
            word = "not in" if negated else "in"
            return f"{_source(operand, _SUM)} {word} {members}", _COMPARISON
        case Sum(first, rest):
            signed = (f" {'-' if minus else '+'} {_source(term, _PRODUCT)}" for minus, term in rest)
            return _source(first, _PRODUCT) + "".join(signed), _SUM
        case Product(factors):
            return " * ".join(_source(factor, _UNARY) for factor in factors), _PRODUCT
        case Negative(operand):
            return f"-{_source(operand, _UNARY)}", _UNARY
        case Count(items, None, None):
            return f"count({items})", _UNARY
        case Count(items, name, where):
            return f"count({name} in {items} where {where})", _UNARY
        case Fold(function, term, name, items, where):
            kept = f" where {where}" if where is not None else ""
            return f"{function.value}({term} for {name} in {items}{kept})", _UNARY
        case Extreme(function, operands):
            return f"{function.value}({_commas(operands)})", _UNARY
        case Call(function, arguments):
            return f"{function}({_commas(arguments)})", _UNARY


def _commas(nodes: tuple[Expr, ...]) -> str:
    return ", ".join(str(node) for node in nodes)
