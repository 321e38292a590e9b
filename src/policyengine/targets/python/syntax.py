"""Python's `ast`, in the few forms that generated code has."""

import ast
from collections.abc import Sequence
from typing import Any

from policyengine.model.values import Raw

LOAD, STORE = ast.Load(), ast.Store()
NONE = ast.Constant(None)


def name(text: str) -> ast.Name:
    """Read a variable."""
    return ast.Name(text, LOAD)


def constant(value: Raw | None) -> ast.Constant:
    """Write a constant."""
    return ast.Constant(value)


def assign(target: str, value: ast.expr) -> ast.stmt:
    """`target = value`."""
    return ast.Assign([ast.Name(target, STORE)], value)


def bind(target: str, value: ast.expr) -> ast.expr:
    """`(target := value)`."""
    return ast.NamedExpr(ast.Name(target, STORE), value)


def call(function: ast.expr | str, *arguments: ast.expr) -> ast.expr:
    """Write `function(…)`."""
    return ast.Call(name(function) if isinstance(function, str) else function, list(arguments), [])


def method(target: ast.expr, attribute: str, *arguments: ast.expr) -> ast.expr:
    """`target.attribute(…)`."""
    return ast.Call(ast.Attribute(target, attribute, LOAD), list(arguments), [])


def compare(left: ast.expr, operator: ast.cmpop, right: ast.expr) -> ast.expr:
    """`left operator right`."""
    return ast.Compare(left, [operator], [right])


def is_none(value: ast.expr) -> ast.expr:
    """`value is None`."""
    return compare(value, ast.Is(), NONE)


def either(conditions: Sequence[ast.expr]) -> ast.expr:
    """Write `a or b or …`."""
    return conditions[0] if len(conditions) == 1 else ast.BoolOp(ast.Or(), list(conditions))


def both(conditions: Sequence[ast.expr]) -> ast.expr:
    """Write `a and b and …`."""
    return conditions[0] if len(conditions) == 1 else ast.BoolOp(ast.And(), list(conditions))


def negate(condition: ast.expr) -> ast.expr:
    """`not condition`."""
    return ast.UnaryOp(ast.Not(), condition)


def when(condition: ast.expr, then: ast.expr, otherwise: ast.expr) -> ast.expr:
    """`then if condition else otherwise`."""
    return ast.IfExp(condition, then, otherwise)


def tuple_of(items: Sequence[ast.expr]) -> ast.expr:
    """Write `(a, b, …)`."""
    return ast.Tuple(list(items), LOAD)


def item(target: ast.expr, key: ast.expr) -> ast.expr:
    """`target[key]`."""
    return ast.Subscript(target, key, LOAD)


def size(variable: str) -> ast.expr:
    """`len(variable)`."""
    return call("len", name(variable))


def function(title: str, parameters: Sequence[str], body: Sequence[ast.stmt], namespace: dict[str, object]) -> Any:
    """Compile `def title(parameters): body` and give the function; constants come from `namespace`."""
    arguments = ast.arguments(
        posonlyargs=[],
        args=[ast.arg(parameter) for parameter in parameters],
        kwonlyargs=[],
        kw_defaults=[],
        defaults=[],
    )
    definition = ast.FunctionDef(title, arguments, list(body), [], type_params=[])  # type: ignore[call-arg, unused-ignore]
    module = ast.fix_missing_locations(ast.Module([definition], []))
    exec(compile(module, f"<{title}>", "exec"), namespace)  # noqa: S102 -- our own tree, built from checked expressions
    return namespace[title]
