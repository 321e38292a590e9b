"""The author's examples, from nodes to entries.

Reads: the nodes of `<program>/cases/*.yaml`.
Gives: `CaseFile`; facts stay plain data, for the caller's door to read.
Never: looks a name up.
"""

from policyengine.frontend.read_parts import Reading, as_mapping, as_scalar, day, name, names
from policyengine.frontend.yaml_nodes import Mapping, Node, Sequence, data
from policyengine.model.authored import Case, CaseFile, Name

_BESIDE_OUTCOMES = frozenset({"because", "missing", "obligations", "values", "met_on"})
"""The keys of `expect` that are no checks."""


def cases(root: Mapping, reading: Reading) -> CaseFile:
    """Read a file of examples."""
    listed = root.get("cases")
    assert isinstance(listed, Sequence)
    found = [_case(as_mapping(item), reading) for item in listed.items]
    return CaseFile(
        name(root.get("program")), tuple(case for case in found if case is not None), root.span.source
    )


def _case(node: Mapping, reading: Reading) -> Case | None:
    on = day(node, "on", reading)
    expected = as_mapping(node.get("expect"))
    met_on = day(expected, "met_on", reading)
    if on is None:
        return None
    return Case(
        name=as_scalar(node.get("name")).text,
        on=on,
        regions=names(node.get("region")) or names(node.get("regions")),
        facts=_facts(node.get("facts")),
        outcomes={
            key.text: name(value) for key, value in expected.entries if key.text not in _BESIDE_OUTCOMES
        },
        because=_listed(expected.get("because")),
        missing=_listed(expected.get("missing")),
        obligations=_listed(expected.get("obligations")),
        values=_values(expected.get("values")),
        met_on=met_on,
        span=as_scalar(node.get("name")).span,
    )


def _facts(node: Node | None) -> dict[str, object]:
    return {} if node is None else dict(data(as_mapping(node)))


def _listed(node: Node | None) -> tuple[Name, ...] | None:
    """Give names; an empty list says that there are none, and no list says nothing."""
    return None if node is None else names(node)


def _values(node: Node | None) -> dict[str, Name] | None:
    return None if node is None else {key.text: name(value) for key, value in as_mapping(node).entries}
