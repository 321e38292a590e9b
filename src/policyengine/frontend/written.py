"""Names written out: an expression as the author wrote it, with what its parameters and definitions stand for.

Reads: `syntax.Expr`.
Gives: another one, for people to read; what is evaluated is the checked tree.
"""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, cast, get_args

from policyengine.model import syntax

_PARTS: Mapping[type, tuple[str, ...]] = {
    kind: tuple(part.name for part in fields(kind) if part.compare) for kind in get_args(syntax.Expr)
}
"""What each form consists of; to look it up each time takes longer than all the rest."""


def written_out(expr: syntax.Expr, names: Mapping[str, syntax.Expr]) -> syntax.Expr:
    """Put the meaning of every parameter and definition in its place; definitions may use others."""
    if isinstance(expr, syntax.Path) and len(expr.names) == 1:
        meaning = names.get(expr.names[0])
        if meaning is None:
            return expr
        # INVARIANT: the checker refused cycles; without the name itself a cycle in broken policies ends too
        return written_out(meaning, {name: other for name, other in names.items() if name != expr.names[0]})
    changes: dict[str, Any] = {
        name: _part(value, names)
        for name in _PARTS[type(expr)]
        if isinstance(value := getattr(expr, name), tuple) or _is_node(value)
    }
    return replace(expr, **changes) if changes else expr


def _part(value: object, names: Mapping[str, syntax.Expr]) -> object:
    if isinstance(value, tuple):
        return tuple(_part(item, names) for item in value)
    return written_out(cast("syntax.Expr", value), names) if _is_node(value) else value


def _is_node(value: object) -> bool:
    return isinstance(value, syntax.Expr)
