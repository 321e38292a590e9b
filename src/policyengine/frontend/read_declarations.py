"""What rules are about: languages, regions, facts and programs, from nodes to entries.

Reads: the nodes of `languages.yaml`, `regions.yaml`, `facts/<entity>.yaml`, `<program>/program.yaml`.
Gives: `Language`, `RegionNode`, `FactFile`, `Program`.
Never: looks a name up.
"""

from policyengine.frontend.read_parts import (
    Entry,
    Reading,
    as_mapping,
    as_scalar,
    declared,
    expression,
    name,
    optional_name,
    optional_text,
    optional_texts,
    section,
    texts,
    texts_at,
    whole,
)
from policyengine.frontend.yaml_nodes import Mapping, Sequence
from policyengine.model import syntax
from policyengine.model.authored import CheckEntry, FactEntry, FactFile, Language, Name, Program, RegionNode
from policyengine.model.checked import Privacy, Texts


def languages(root: Mapping, _: Reading) -> tuple[Language, ...]:
    """Read `languages.yaml`."""
    return tuple(_language(entry) for entry in section(root, "languages"))


def _language(entry: Entry) -> Language:
    key, node = entry
    units = as_mapping(node.get("units")).entries
    return Language(
        code=key.text,
        name=as_scalar(node.get("name")).text,
        thousands=as_scalar(node.get("thousands")).text,
        decimal=as_scalar(node.get("decimal")).text,
        date=as_scalar(node.get("date")).text,
        months=_words(node.get("months")),
        units={unit.text: _singular_plural(_words(words)) for unit, words in units},
        span=key.span,
    )


def _words(node: object) -> tuple[str, ...]:
    assert isinstance(node, Sequence)
    return tuple(as_scalar(item).text for item in node.items)


def _singular_plural(words: tuple[str, ...]) -> tuple[str, str]:
    singular, plural = words
    return singular, plural


def regions(root: Mapping, reading: Reading) -> tuple[RegionNode, ...]:
    """Read `regions.yaml`."""
    return tuple(_region(entry, reading) for entry in section(root, "regions"))


def _region(entry: Entry, reading: Reading) -> RegionNode:
    key, node = entry
    return RegionNode(
        id=declared(key, reading),
        part_of=optional_name(node, "part_of"),
        name=texts_at(node, "name", reading),
        span=key.span,
    )


def facts(root: Mapping, reading: Reading) -> FactFile:
    """Read `facts/<entity>.yaml`."""
    entity = as_scalar(root.get("entity"))
    declared(entity, reading)
    found = tuple(_fact(entry, Privacy.PRIVATE, reading) for entry in section(root, "facts"))
    return FactFile(name(entity), found, entity.span.source)


def _fact(entry: Entry, privacy: Privacy, reading: Reading) -> FactEntry:
    """Read a fact or a field, which has the privacy of its list unless it has its own."""
    key, node = entry
    own = Privacy(optional_text(node, "privacy") or privacy.value)
    return FactEntry(
        name=declared(key, reading),
        type=name(node.get("type")),
        unit=_unit(node, reading),
        currency=optional_name(node, "currency"),
        places=whole(node, "places", reading),
        range=_range(node, reading),
        values=_values(node, reading),
        max_items=whole(node, "max_items", reading),
        fields=tuple(_fact(field, own, reading) for field in section(node, "item")),
        derived=expression(node.get("derived"), reading),
        question=optional_texts(node, "question", reading),
        privacy=own,
        span=key.span,
    )


def _unit(node: Mapping, reading: Reading) -> Name | None:
    unit = node.get("unit")
    if unit is None:
        return None
    declared(as_scalar(unit), reading)
    return name(unit)


def _range(node: Mapping, reading: Reading) -> tuple[syntax.Expr, syntax.Expr] | None:
    ends = node.get("range")
    if ends is None:
        return None
    assert isinstance(ends, Sequence)
    low, high = (expression(end, reading) for end in ends.items)
    return None if low is None or high is None else (low, high)


def _values(node: Mapping, reading: Reading) -> dict[str, Texts] | None:
    values = node.get("values")
    if values is None:
        return None
    return {key.text: texts(key, words, reading) for key, words in as_mapping(values).entries}


def program(root: Mapping, reading: Reading) -> Program:
    """Read `<program>/program.yaml`."""
    return Program(
        name=as_scalar(root.get("program")).text,
        title=texts_at(root, "title", reading),
        about=texts_at(root, "about", reading),
        grants=texts_at(root, "grants", reading),
        checks=tuple(_check(entry, reading) for entry in section(root, "checks")),
        parameters={key.text: texts(key, words, reading) for key, words in section(root, "parameters")},
        parameter_spans={key.text: key.span for key, _ in section(root, "parameters")},
        source=root.span.source,
    )


def _check(entry: Entry, reading: Reading) -> CheckEntry:
    key, node = entry
    reads = as_mapping(node.get("reads")).entries
    return CheckEntry(
        name=key.text,
        title=texts_at(node, "title", reading),
        region_by=name(node.get("region_by")),
        version_by=name(node.get("version_by")),
        reads={outcome.text: texts(outcome, words, reading) for outcome, words in reads},
        span=key.span,
    )
