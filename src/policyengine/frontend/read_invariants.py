"""The author's invariants, from nodes to entries.

Reads: the nodes of `<program>/invariants.yaml`.
Gives: `InvariantFile`; expressions are parsed in their place.
Never: looks a name up.
"""

from policyengine.frontend.read_parts import (
    Entry,
    Reading,
    as_scalar,
    expression,
    name,
    names,
    optional_day,
    optional_name,
    section,
    texts_at,
)
from policyengine.frontend.yaml_nodes import Mapping, Node
from policyengine.model.authored import InvariantEntry, InvariantFile, Said
from policyengine.model.decision import Outcome


def invariants(root: Mapping, reading: Reading) -> InvariantFile:
    """Read a file of invariants."""
    found = tuple(_invariant(entry, reading) for entry in section(root, "invariants"))
    return InvariantFile(name(root.get("program")), found, root.span.source)


def _invariant(entry: Entry, reading: Reading) -> InvariantEntry:
    key, node = entry
    until = node.get("until")
    return InvariantEntry(
        id=key.text,
        says=texts_at(node, "says", reading),
        check=name(node.get("check")),
        regions=names(node.get("regions")),
        start=optional_day(node, "from", reading),
        end=optional_day(node, "until", reading),
        whenever=_said(node.get("whenever"), reading),
        always=_said(node.get("always"), reading),
        never=_said(node.get("never"), reading),
        more_never_hurts=optional_name(node, "more_never_hurts"),
        less_never_hurts=optional_name(node, "less_never_hurts"),
        end_span=None if until is None else as_scalar(until).span,
        span=key.span,
    )


def _said(node: Node | None, reading: Reading) -> Said | None:
    """Read a statement: outcomes by id, or an expression."""
    if not isinstance(node, Mapping):
        return expression(node, reading)
    return tuple((name(key), Outcome(as_scalar(value).text)) for key, value in node.entries)
