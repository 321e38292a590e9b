"""One thing otherwise in a policy file: what an entry says, or that it stands there at all, or the days it is about.

Reads: policy files as written.
Gives: `changes`, each a `Mutant`: the file with one entry changed.
Never: changes words, sources, or drafts, which nothing decides by.
"""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from policyengine.frontend.check import Scope
from policyengine.model.authored import (
    DefinitionEntry,
    ParameterEntry,
    PolicyFile,
    RequirementEntry,
    ValueEntry,
    WaiverEntry,
)
from policyengine.model.checked import Kind
from policyengine.model.span import Span
from policyengine.mutants.expressions import edits

_Entry = TypeVar("_Entry")
_Named = TypeVar("_Named", DefinitionEntry, ValueEntry)
_DAY = datetime.timedelta(days=1)
_OTHER_KIND = {Kind.ANY_OF: Kind.ALL_OF, Kind.ALL_OF: Kind.ANY_OF}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A policy file with one thing otherwise; `about` is the entry, `says` what became of it."""

    file: PolicyFile
    span: Span
    about: str
    says: str


def changes(file: PolicyFile, scope: Scope) -> Iterator[Mutant]:
    """Change one thing at a time, in the order of the file."""
    for day in _around(file.effective):
        yield _dated(file, day)
    for place, parameter in enumerate(file.parameters):
        for entry, span, says in _parameter(parameter, scope):
            listed = _with(file.parameters, place, entry)
            yield Mutant(replace(file, parameters=listed), span, parameter.id, says)
    for place, definition in enumerate(file.definitions):
        for changed, span, says in _expression(definition, scope):
            definitions = _with(file.definitions, place, changed)
            yield Mutant(replace(file, definitions=definitions), span, definition.id, says)
    for check, requirements in file.checks.items():
        for others, about, span, says in _requirements(requirements, scope):
            yield Mutant(replace(file, checks={**file.checks, check: others}), span, about, says)
    for check, values in file.values.items():
        for place, value in enumerate(values):
            for named, span, says in _expression(value, scope):
                other = _with(values, place, named)
                yield Mutant(replace(file, values={**file.values, check: other}), span, value.id, says)
    for place, waiver in enumerate(file.waivers):
        for lifted, says in _waiver(waiver):
            waivers = _with(file.waivers, place, *lifted)
            yield Mutant(replace(file, waivers=waivers), waiver.span, waiver.id, says)


def _with(entries: Sequence[_Entry], place: int, *instead: _Entry) -> tuple[_Entry, ...]:
    return (*entries[:place], *instead, *entries[place + 1 :])


def _around(day: datetime.date) -> Iterator[datetime.date]:
    if day > datetime.date.min:
        yield day - _DAY
    if day < datetime.date.max:
        yield day + _DAY


def _dated(file: PolicyFile, day: datetime.date) -> Mutant:
    says = f"`{file.effective}` becomes `{day}`"
    return Mutant(replace(file, effective=day), file.effective_span, "effective", says)


def _parameter(entry: ParameterEntry, scope: Scope) -> Iterator[tuple[ParameterEntry, Span, str]]:
    if entry.value is not None:
        for edit in edits(entry.value, scope):
            yield replace(entry, value=edit.expression), edit.span, edit.says
    for place, item in enumerate(_several(entry.items)):
        others = _with(entry.items or (), place)
        yield replace(entry, items=others), item.span, f"`{item}` is dropped"
    for place, region in enumerate(_several(entry.regions)):
        fewer = _with(entry.regions or (), place)
        yield replace(entry, regions=fewer), region.span, f"`{region}` is dropped"
    if entry.regions is not None and entry.open:
        yield replace(entry, open=False), entry.span, "the open list is closed"


def _several(entries: Sequence[_Entry] | None) -> Sequence[_Entry]:
    """Give what may be dropped: an empty list is a mistake."""
    return entries if entries is not None and len(entries) > 1 else ()


def _expression(entry: _Named, scope: Scope) -> Iterator[tuple[_Named, Span, str]]:
    if entry.expression is not None:
        for edit in edits(entry.expression, scope):
            yield replace(entry, expression=edit.expression), edit.span, edit.says


_Requirements = tuple[RequirementEntry, ...]


def _requirements(entries: _Requirements, scope: Scope) -> Iterator[tuple[_Requirements, str, Span, str]]:
    for place, entry in enumerate(entries):
        if not entry.removed:
            yield _with(entries, place), entry.id, entry.span, f"`{entry.id}` is dropped"
        if entry.require is not None:
            for edit in edits(entry.require, scope):
                changed = replace(entry, require=edit.expression)
                yield _with(entries, place, changed), entry.id, edit.span, edit.says
        if entry.kind in _OTHER_KIND:
            kind = _OTHER_KIND[entry.kind]
            says = f"`{entry.kind.value}` becomes `{kind.value}`"
            yield _with(entries, place, replace(entry, kind=kind)), entry.id, entry.span, says
        for children, about, span, says in _requirements(entry.children, scope):
            yield _with(entries, place, replace(entry, children=children)), about, span, says


def _waiver(entry: WaiverEntry) -> Iterator[tuple[tuple[WaiverEntry, ...], str]]:
    yield (), f"the waiver of `{entry.id}` is dropped"
    for day in _around(entry.until):
        yield (replace(entry, until=day),), f"until `{entry.until}` becomes until `{day}`"
