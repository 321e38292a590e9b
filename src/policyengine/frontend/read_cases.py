"""The author's examples, from nodes to entries.

Reads: the nodes of `<program>/cases/*.yaml`.
Gives: `CaseFile`; facts stay plain data, for the caller's door to read.
Never: looks a name up.
"""

from policyengine.frontend.read_parts import Reading, as_mapping, as_scalar, day, name, names, optional_day
from policyengine.frontend.yaml_nodes import Mapping, Node, Scalar, Sequence, data
from policyengine.model.authored import Case, CaseFile, Name

_BESIDE_OUTCOMES = frozenset({"because", "missing", "obligations", "values", "met_on"})
"""The keys of `expect` that are no checks."""


def cases(root: Mapping, reading: Reading) -> CaseFile:
    """Read a file of examples."""
    listed = root.get("cases")
    assert isinstance(listed, Sequence)
    found = tuple(_case(as_mapping(item), reading) for item in listed.items)
    return CaseFile(name(root.get("program")), found, root.span.source)


def _case(node: Mapping, reading: Reading) -> Case:
    expected = as_mapping(node.get("expect"))
    outcomes = [entry for entry in expected.entries if entry[0].text not in _BESIDE_OUTCOMES]
    return Case(
        name=as_scalar(node.get("name")).text,
        on=day(node, "on", reading),
        regions=names(node.get("region")) or names(node.get("regions")),
        facts=_facts(node.get("facts")),
        outcomes={key.text: name(value) for key, value in outcomes},
        because=_listed(expected.get("because")),
        missing=_listed(expected.get("missing")),
        obligations=_listed(expected.get("obligations")),
        values=_values(expected.get("values")),
        met_on=optional_day(expected, "met_on", reading),
        named={key.text: key.span for key in (*(key for key, _ in outcomes), *_keys(expected.get("values")))},
        span=as_scalar(node.get("name")).span,
    )


def _facts(node: Node | None) -> dict[str, object]:
    return {} if node is None else dict(data(as_mapping(node)))


def _keys(node: Node | None) -> tuple[Scalar, ...]:
    return () if node is None else tuple(key for key, _ in as_mapping(node).entries)


def _listed(node: Node | None) -> tuple[Name, ...] | None:
    """Give names; an empty list says that there are none, and no list says nothing."""
    return None if node is None else names(node)


def _values(node: Node | None) -> dict[str, Name] | None:
    return None if node is None else {key.text: name(value) for key, value in as_mapping(node).entries}
