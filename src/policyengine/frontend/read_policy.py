"""One policy file, from nodes to a `PolicyFile`.

Reads: the nodes of `<program>/<region>/<date>.yaml`, drafts too.
Gives: `PolicyFile`; diagnostics for ids that stand twice in a check, unknown sources, days that do not exist.
Never: looks at another file: what narrower files override is for `resolve`.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from policyengine.frontend.read_parts import (
    Entry,
    Reading,
    as_mapping,
    as_scalar,
    cited,
    day,
    declared,
    entries,
    expression,
    flag,
    literal,
    literals,
    name,
    names,
    optional_day,
    optional_name,
    optional_text,
    optional_texts,
    section,
    texts_at,
    whole,
)
from policyengine.frontend.yaml_nodes import Mapping, Node, Scalar, Sequence, Style, data
from policyengine.model import syntax
from policyengine.model.authored import (
    AlsoReported,
    DefinitionEntry,
    ParameterEntry,
    PolicyFile,
    RequirementEntry,
    ValueEntry,
    WaiverEntry,
)
from policyengine.model.checked import Kind, SourceNote
from policyengine.model.diagnostic import Diagnostic, Note
from policyengine.model.span import Span


def policy(root: Mapping, reading: Reading) -> PolicyFile:
    """Read a policy file."""
    sources = {key.text: _source((key, node), reading) for key, node in section(root, "sources")}
    reading = replace(reading, sources=tuple(sources))
    checks = {key.text: _requirements(node, reading) for key, node in section(root, "checks")}
    values = {key.text: _values(node, reading) for key, node in section(root, "values")}
    return PolicyFile(
        program=name(root.get("program")),
        region=name(root.get("region")),
        effective=day(root, "effective", reading),
        draft=flag(root, "draft"),
        withdrawn=flag(root, "withdrawn"),
        summary=optional_texts(root, "summary", reading),
        assumed=optional_texts(root, "assumed", reading),
        sources=sources,
        parameters=tuple(_parameter(entry, reading) for entry in section(root, "parameters")),
        definitions=tuple(_definition(entry, reading) for entry in section(root, "definitions")),
        checks=checks,
        values=values,
        check_spans={key.text: key.span for key, _ in (*section(root, "values"), *section(root, "checks"))},
        waivers=tuple(_waiver(entry, reading) for entry in section(root, "waivers")),
        effective_span=as_scalar(root.get("effective")).span,
        source=root.span.source,
        digest=_digest(root),
    )


def _source(entry: Entry, reading: Reading) -> SourceNote:
    key, node = entry
    optional_day(node, "published", reading)
    return SourceNote(
        id=key.text,
        title=as_scalar(node.get("title")).text,
        publisher=as_scalar(node.get("publisher")).text,
        certainty=as_scalar(node.get("certainty")).text,
        url=optional_text(node, "url"),
        published=optional_text(node, "published"),
        note=optional_texts(node, "note", reading),
        span=key.span,
    )


def _parameter(entry: Entry, reading: Reading) -> ParameterEntry:
    key, node = entry
    value, items = _constant(node.get("value"), reading)
    reports = node.get("also_reported")
    return ParameterEntry(
        id=declared(key, reading),
        value=value,
        items=items,
        regions=names(node.get("regions")) or None,
        open=flag(node, "open"),
        size=whole(node, "size", reading),
        sources=cited(node, reading),
        also_reported=() if reports is None else tuple(_also_reported(reports, reading)),
        note=optional_texts(node, "note", reading),
        new=flag(node, "new"),
        removed=flag(node, "removed"),
        span=key.span,
    )


_Constant = tuple[syntax.Expr | None, tuple[syntax.Expr, ...] | None]


def _constant(node: Node | None, reading: Reading) -> _Constant:
    """Read a value as (a single constant, a list of them): one of both, or none."""
    match node:
        case None:
            return None, None
        case Sequence():
            return None, literals(node, reading)
        case _:
            return literal(node, reading), None


def _also_reported(reports: Node, reading: Reading) -> Iterator[AlsoReported]:
    """Read what other sources say: one report for each source."""
    assert isinstance(reports, Sequence)
    for item in reports.items:
        node = as_mapping(item)
        value, items = _constant(node.get("value"), reading)
        note = optional_texts(node, "note", reading)
        for source in cited(node, reading):
            yield AlsoReported(value, items, source, note, _key(node, "value"))


def _key(node: Mapping, key: str) -> Span:
    at = node.key(key)
    assert at is not None
    return at.span


def _definition(entry: Entry, reading: Reading) -> DefinitionEntry:
    key, node = entry
    return DefinitionEntry(
        id=declared(key, reading),
        expression=expression(node.get("expression"), reading),
        new=flag(node, "new"),
        removed=flag(node, "removed"),
        span=key.span,
    )


def _requirements(check: Mapping, reading: Reading) -> tuple[RequirementEntry, ...]:
    """Read the requirements of a check, groups and leaves, and report ids that stand twice in it."""
    found = tuple(_requirement(entry, reading) for entry in entries(check))
    first: dict[str, Span] = {}
    for requirement in _with_children(found):
        if requirement.id in first:
            message = f"`{requirement.id}` stands twice in this check"
            notes = (Note("it stands here first", first[requirement.id]),)
            reading.problems.append(Diagnostic("duplicate-id", message, requirement.span, notes=notes))
        first.setdefault(requirement.id, requirement.span)
    return found


def _with_children(requirements: Iterable[RequirementEntry]) -> Iterator[RequirementEntry]:
    for requirement in requirements:
        yield requirement
        yield from _with_children(requirement.children)


def _requirement(entry: Entry, reading: Reading) -> RequirementEntry:
    key, node = entry
    kind = next((kind for kind in Kind if node.get(kind.value) is not None), None)
    children = (*section(node, Kind.ALL_OF.value), *section(node, Kind.ANY_OF.value))  # at most one is there
    return RequirementEntry(
        id=declared(key, reading),
        kind=kind,
        require=expression(node.get("require"), reading),
        children=tuple(_requirement(child, reading) for child in children),
        says=optional_texts(node, "says", reading, complete=False),
        obliges=optional_texts(node, "obliges", reading),
        sources=cited(node, reading),
        binding=flag(node, "binding"),
        new=flag(node, "new"),
        removed=flag(node, "removed"),
        span=key.span,
    )


def _values(check: Mapping, reading: Reading) -> tuple[ValueEntry, ...]:
    return tuple(_value(entry, reading) for entry in entries(check))


def _value(entry: Entry, reading: Reading) -> ValueEntry:
    key, node = entry
    return ValueEntry(
        id=declared(key, reading),
        expression=expression(node.get("expression"), reading),
        title=optional_texts(node, "title", reading),
        sources=cited(node, reading),
        new=flag(node, "new"),
        removed=flag(node, "removed"),
        span=key.span,
    )


def _waiver(entry: Entry, reading: Reading) -> WaiverEntry:
    key, node = entry
    return WaiverEntry(
        id=key.text,
        until=day(node, "until", reading),
        because=texts_at(node, "because", reading),
        check=optional_name(node, "check"),
        span=key.span,
    )


def _digest(root: Mapping) -> str:
    """Give the sha-256 of what a file says: keys in their order, which counts in groups, and no layout."""
    content = json.dumps(_content(root, constant=False), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()


def _content(node: Node, *, constant: bool) -> Any:
    """Give plain data for JSON. Whether a scalar is in quotes counts only in a constant."""
    match node:
        case Mapping(pairs):
            return {key.text: _content(value, constant=key.text == "value") for key, value in pairs}
        case Sequence(items):
            return [_content(item, constant=constant) for item in items]
        case Scalar(text, style):
            plain = data(node)
            if isinstance(plain, Decimal):
                return {"number": str(plain)}
            return {"text": text} if constant and style is Style.QUOTED else plain
