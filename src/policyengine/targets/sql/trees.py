"""Small sqlglot trees: names, literals, and operators with the brackets that sqlglot leaves to its caller.

Gives: trees that mean the same in DuckDB and in Spark.
Never: takes a name or a text that an engine could read as anything else.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from itertools import islice

from sqlglot import exp

from policyengine.model import types
from policyengine.model.errors import PolicyEngineError
from policyengine.targets.sql.columns import Names

NUMBER, TRUTH, TEXT = "BIGINT", "BOOLEAN", "VARCHAR"
"""The types of values underneath."""
TOO_DEEP = "this is nested deeper than SQL can be written"


class CannotSay(PolicyEngineError, ValueError):  # noqa: N818 -- reads as what it says, like its neighbours
    """What a checked expression means, but SQL has no words for."""


def storage(type_: types.Type) -> str:
    """Give the SQL type of a value underneath."""
    match type_:
        case types.Boolean():
            return TRUTH
        case types.Text() | types.Choice() | types.Region():
            return TEXT
        case _:
            return NUMBER


# names and literals


def name(text: str) -> exp.Identifier:
    """Write a name, always quoted."""
    if not text:
        raise CannotSay("SQL has no empty names")
    return exp.to_identifier(_speakable(text), quoted=True)


def column(text: str, table: str | None = None) -> exp.Column:
    """Write a column by its name, and a lambda's argument, which looks the same."""
    return exp.Column(this=name(text), table=None if table is None else name(table))


def table(text: str) -> exp.Table:
    """Write a table by its name."""
    return exp.Table(this=name(text))


def inside(place: Sequence[str]) -> exp.Expr:
    """Write a column, or a field inside of it: the names from the outside in."""
    tree: exp.Expr = column(place[0])
    for field in place[1:]:
        tree = exp.Dot(this=tree, expression=name(field))
    return tree


def alias(tree: exp.Expr, text: str) -> exp.Alias:
    """Give a tree a name."""
    return exp.Alias(this=tree, alias=name(text))


def text_literal(text: str) -> exp.Literal:
    """Write a text."""
    return exp.Literal.string(_speakable(text))


def number(value: int) -> exp.Expr:
    """Write a whole number. Engines give it the least type that holds it: `wide` says when that matters."""
    digits = exp.Literal.number(abs(value))
    return exp.Neg(this=digits) if value < 0 else digits


def truth(*, value: bool) -> exp.Expr:
    """Write true or false."""
    return exp.Boolean(this=value)


def wide(tree: exp.Expr) -> exp.Expr:
    """Make a number a BIGINT, whatever it was: `100000 * 100000` overflows where both are INT."""
    return exp.cast(tree, NUMBER)


def unknown(type_: str) -> exp.Expr:
    """Write NULL with a type."""
    return exp.cast(exp.null(), type_)


def _speakable(text: str) -> str:
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise CannotSay(f"SQL has no words for half a character: {text!r}")
    return text


# operators


def both(kind: type[exp.Binary], left: exp.Expr, right: exp.Expr) -> exp.Expr:
    """Join two operands by an arithmetic operator or a comparison."""
    return kind(this=_under(kind, left), expression=_under(kind, right))


def plus(first: exp.Expr, *others: exp.Expr) -> exp.Expr:
    """Add up; what is negated is subtracted. Long sums are sums of shorter ones: engines limit the depth of trees."""
    if len(others) > _CHAIN:
        operands = (first, *others)
        stretches = [operands[start : start + _CHAIN] for start in range(0, len(operands), _CHAIN)]
        return plus(*(plus(*stretch) for stretch in stretches))
    total = _under(exp.Add, first) if others else first
    for operand in others:
        kind, term = (exp.Sub, operand.this) if isinstance(operand, exp.Neg) else (exp.Add, operand)
        total = kind(this=total, expression=_under(kind, term))
    return total


def minus(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    """Subtract."""
    return both(exp.Sub, left, right)


def times(*operands: exp.Expr) -> exp.Expr:
    """Multiply, from the left as the checker has proved it: a stretch in the middle may be large where one is zero."""
    first, *others = (_under(exp.Mul, operand) for operand in operands)
    return reduce(lambda product, factor: exp.Mul(this=product, expression=factor), others, first)


def negated(tree: exp.Expr) -> exp.Expr:
    """Turn the sign."""
    return exp.Neg(this=_under(exp.Neg, tree))


def quotient(tree: exp.Expr, divisor: int) -> exp.Expr:
    """Divide without a rest; exact for what is not negative, and for multiples: engines cut towards zero."""
    return both(exp.IntDiv, tree, number(divisor))


def rest(tree: exp.Expr, divisor: int) -> exp.Expr:
    """Give the rest of a division of what is not negative."""
    return both(exp.Mod, tree, number(divisor))


def logic(kind: type[exp.Connector], operands: Iterable[exp.Expr]) -> exp.Expr:
    """Join truths by AND or OR, which are Kleene's."""
    joined = (_under(kind, operand) for operand in operands)
    return reduce(lambda left, right: kind(this=left, expression=right), joined)


def opposite(tree: exp.Expr) -> exp.Expr:
    """Write NOT, which is Kleene's."""
    return exp.Not(this=_under(exp.Not, tree))


def is_unknown(tree: exp.Expr) -> exp.Expr:
    """Test for NULL."""
    return exp.Is(this=_under(exp.Is, tree), expression=exp.null())


def is_known(tree: exp.Expr) -> exp.Expr:
    """Test for a value."""
    return exp.Is(this=_under(exp.Is, tree), expression=exp.Not(this=exp.null()))


def among(tree: exp.Expr, values: Sequence[exp.Expr]) -> exp.Expr:
    """Test for one of constants. SQL has no empty list: a value that differs from itself is in none.

    A few are compared one by one: DuckDB is several times quicker so, as it stops at the first, and compares the words
    of a Parquet file's dictionary instead of all rows.
    """
    if not values:
        return both(exp.NEQ, tree, tree.copy())
    if len(values) > _FEW or not isinstance(tree, exp.Column | exp.Dot):
        return exp.In(this=_under(exp.In, tree), expressions=list(values))
    equal = logic(exp.Or, [both(exp.EQ, tree.copy(), value) for value in values])
    return exp.Paren(this=equal) if len(values) > 1 else equal


def _under(operator: type[exp.Expr], operand: exp.Expr) -> exp.Expr:
    """Put an operand of an operator into brackets unless it binds tighter."""
    binds = _BINDS.get(type(operand))
    return operand if binds is None or binds > _BINDS[operator] else exp.Paren(this=operand)


def choice(*branches: tuple[exp.Expr, exp.Expr], otherwise: exp.Expr | None = None) -> exp.Case:
    """Give the value of the first condition that is true; otherwise another, or NULL."""
    ifs = [exp.If(this=condition, true=value) for condition, value in branches]
    return exp.Case(ifs=ifs, default=otherwise)


def known_only(tree: exp.Expr, *operands: exp.Expr) -> exp.Expr:
    """Make a function strict that engines let ignore NULL."""
    tests = [is_known(operand.copy()) for operand in operands if not isinstance(operand, exp.Literal)]
    return choice((logic(exp.And, tests), tree)) if tests else tree


# names for what is written more than once


def is_small(tree: exp.Expr) -> bool:
    """Say whether a tree may be written twice: nested ones would double at every level."""
    return next(islice(tree.walk(), _SMALL, None), None) is None


def named(value: exp.Expr, use: Callable[[exp.Expr], exp.Expr], names: Names) -> exp.Expr:
    """Write what uses a value several times. `use` copies it as often as it needs."""
    return all_named((value,), lambda values: use(*values), names)


def all_named(values: Sequence[exp.Expr], use: Callable[[Sequence[exp.Expr]], exp.Expr], names: Names) -> exp.Expr:
    """Write what uses each of some values several times.

    SQL has no word for "let" inside of an expression: a large value is bound as the one item of a list.
    """
    bound = [(value, None if is_small(value) else names.fresh("value")) for value in values]
    tree = use([value if name is None else column(name) for value, name in bound])
    for value, argument in bound:
        if argument is not None:
            listed = exp.Array(expressions=[value])
            tree = exp.ArrayMax(this=exp.Transform(this=listed, expression=function(argument, tree)))
    return tree


def function(argument: str, body: exp.Expr) -> exp.Lambda:
    """Write a function of one argument."""
    return exp.Lambda(this=body, expressions=[name(argument)])


_CHAIN = 50
_FEW = 12
_SMALL = 100
_BINDS: dict[type[exp.Expr], int] = {
    # AND and OR side by side are in brackets, as people write them
    **dict.fromkeys((exp.And, exp.Or), 1),
    exp.Not: 2,
    **dict.fromkeys((exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Is, exp.In), 3),
    **dict.fromkeys((exp.Add, exp.Sub), 4),
    **dict.fromkeys((exp.Mul, exp.IntDiv, exp.Mod), 5),
    exp.Neg: 6,
}
"""How tight each operator binds; what is not here is in brackets of its own, or has no parts."""
