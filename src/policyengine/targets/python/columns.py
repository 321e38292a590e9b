"""Lists as columns: read with the interpreter's own loops, and asked by their least and greatest.

Reads: a list fact's declaration; a clause of the form `every x in list satisfies low <= x.field <= high`.
Gives: statements and tests of generated code.
"""

import ast
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from policyengine.model import checked, types
from policyengine.model.checked import FactDeclaration
from policyengine.model.operators import Quantifier
from policyengine.targets.python import syntax
from policyengine.targets.python.expressions import Code, column, length
from policyengine.targets.python.readers import Reader, fetch, one_fewer

_RECORDS = "records"


def read_list(reader: Reader, path: str, fact: FactDeclaration) -> list[ast.stmt]:
    """Read a list into columns: at a glance where every field is a whole number, else through the door.

    Of a column read at a glance the least and the greatest value are kept; else both are None.
    """
    n = length(path)
    fields = [field.path for field in fact.fields]
    names = [column(path, field) for field in fields]
    glance = _glances(fact)
    bounds = _bounds(path, fact) if glance else []
    split = reader.code.keep(partial(_split, tuple(fields)))
    target = ast.Tuple([ast.Name(name, syntax.STORE) for name in (n, *names)], syntax.STORE)
    through_door: ast.stmt = ast.Assign([target], syntax.call(split, reader.through_door(fact, n)))
    known = _at_a_glance(path, fact, through_door) if glance else [through_door]
    return [
        syntax.assign(n, fetch(path)),
        *(syntax.assign(name, syntax.NONE) for name in (*bounds, *names)),
        ast.If(syntax.is_none(syntax.name(n)), [one_fewer()], known),
    ]


def bounds_of_column(
    code: Code,
    expr: checked.Expr,
    facts: Mapping[str, FactDeclaration],
) -> tuple[ast.expr, ast.expr] | None:
    """Give the test that the bounds of a column are known, and the one that they satisfy an `every`.

    None for a clause of another form: only bounds of one field by constants can be asked of the extremes.
    """
    if not isinstance(expr, checked.Quantified) or expr.quantifier is not Quantifier.EVERY:
        return None
    links = expr.body.operands if isinstance(expr.body, checked.And) else (expr.body,)
    fields = {item.field for link in links for item in checked.children(link) if isinstance(item, checked.Item)}
    if len(fields) != 1 or not all(_bounds_an_item(link) for link in links) or not _glances(facts[expr.items]):
        return None
    name = fields.pop()
    low, high = _least(expr.items, name), _greatest(expr.items, name)
    tests = []
    for link in links:
        assert isinstance(link, checked.Compare)
        item_left = isinstance(link.left, checked.Item)
        operator = link.operator if item_left else link.operator.flipped
        bound = link.right if item_left else link.left
        extreme = syntax.name(low if operator.value.startswith(">") else high)
        tests.append(code.applied(checked.Compare(operator, link.left, link.right), [extreme, code.plain(bound)]))
    return syntax.compare(syntax.name(low), ast.IsNot(), syntax.NONE), syntax.both(tests)


def _bounds_an_item(link: checked.Expr) -> bool:
    if not isinstance(link, checked.Compare) or not link.operator.ordered:
        return False
    return {type(link.left), type(link.right)} == {checked.Item, checked.Literal}


def _least(path: str, field: str) -> str:
    return f"low_{column(path, field)}"


def _greatest(path: str, field: str) -> str:
    return f"high_{column(path, field)}"


def _bounds(path: str, fact: FactDeclaration) -> list[str]:
    return [name for field in fact.fields for name in (_least(path, field.path), _greatest(path, field.path))]


def _glances(fact: FactDeclaration) -> bool:
    """Say whether all fields are numbers that a caller gives in whole raw steps."""
    numbers = types.Number | types.Money | types.Duration | types.Period
    return all(field.unit_size == 1 and isinstance(field.type, numbers) for field in fact.fields)


def _split(fields: Sequence[str], records: Sequence[Mapping[str, Any]]) -> tuple[object, ...]:
    return (len(records), *([record[field] for record in records] for field in fields))


def _at_a_glance(path: str, fact: FactDeclaration, through_door: ast.stmt) -> list[ast.stmt]:
    """Read whole columns, and check them by their sum, least and greatest.

    An int column is one whose sum is an int and which holds no bool; a bool is 0 or 1, so a least value above 1
    rules it out without a look at each type, and None has no order. Every record has exactly the fields when all
    have them and the sizes add up. Anything else, or any error on the way, is read again through the door, which
    says what is wrong.
    """
    n = length(path)
    failed: ast.stmt = ast.Raise(syntax.name("ValueError"))
    is_list = syntax.compare(syntax.call("type", syntax.name(_RECORDS)), ast.Is(), syntax.name("list"))
    attempt: list[ast.stmt] = [
        ast.If(syntax.negate(is_list), [failed], []),
        syntax.assign(n, syntax.size(_RECORDS)),
        *(_column(path, field) for field in fact.fields),
        ast.If(syntax.negate(syntax.both(_tests(path, fact))), [failed], []),
    ]
    again: list[ast.stmt] = [
        *(syntax.assign(name, syntax.NONE) for name in _bounds(path, fact)),
        syntax.assign(n, syntax.name(_RECORDS)),
        through_door,
    ]
    kinds = [syntax.name(e) for e in ("ArithmeticError", "AttributeError", "LookupError", "TypeError", "ValueError")]
    caught = ast.ExceptHandler(syntax.tuple_of(kinds), None, again)
    return [syntax.assign(_RECORDS, syntax.name(n)), ast.Try(attempt, [caught], [], [])]


def _column(path: str, field: FactDeclaration) -> ast.stmt:
    # `dict.get`, not `[…]`: a defaultdict would invent what it does not have
    values = syntax.call("map", syntax.name("_dict_get"), syntax.name(_RECORDS), _again(field.path))
    return syntax.assign(column(path, field.path), syntax.call("list", values))


def _again(name: str) -> ast.expr:
    return syntax.call("_repeat", syntax.constant(name))


def _tests(path: str, fact: FactDeclaration) -> list[ast.expr]:
    n = syntax.name(length(path))
    sizes = syntax.call("sum", syntax.call("map", syntax.name("len"), syntax.name(_RECORDS)))
    expected = ast.BinOp(n, ast.Mult(), syntax.constant(len(fact.fields)))
    tests = [
        syntax.compare(syntax.constant(0), ast.Lt(), n),
        syntax.compare(n, ast.LtE(), syntax.constant(fact.records.max_items)),
        syntax.compare(sizes, ast.Eq(), expected),
    ]
    for field in fact.fields:
        assert field.range is not None
        values = syntax.name(column(path, field.path))
        low, high = _least(path, field.path), _greatest(path, field.path)
        kinds = syntax.call("map", syntax.name("type"), values)
        above_bools = syntax.compare(syntax.name(low), ast.Gt(), syntax.constant(1))
        tests += [
            syntax.compare(syntax.constant(field.range.low), ast.LtE(), syntax.bind(low, syntax.call("min", values))),
            syntax.compare(syntax.bind(high, syntax.call("max", values)), ast.LtE(), syntax.constant(field.range.high)),
            syntax.compare(syntax.call("type", syntax.call("sum", values)), ast.Is(), syntax.name("int")),
            syntax.either([above_bools, syntax.compare(syntax.name("bool"), ast.NotIn(), kinds)]),
        ]
    return tests
