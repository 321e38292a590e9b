"""Policy files as written: what the reader gives, and resolution and the checker read.

One class for each kind of file and entry; expressions are syntax trees, names are not yet looked up.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from policyengine.model import syntax
from policyengine.model.checked import Kind, Privacy, SourceNote, Texts
from policyengine.model.decision import Outcome
from policyengine.model.span import Source, Span


def _span() -> Span:
    return field(compare=False, repr=False)  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Name:
    """A word that refers to something, and its place."""

    text: str
    span: Span = _span()

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Language:
    """How a language writes numbers, dates and units; `units` maps the plural key to (singular, plural)."""

    code: str
    name: str
    thousands: str
    decimal: str
    date: str
    months: tuple[str, ...]
    units: Mapping[str, tuple[str, str]]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class RegionNode:
    """A node of the tree; the root has no `part_of`."""

    id: str
    part_of: Name | None
    name: Texts
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class FactEntry:
    """A fact, or a field of a list, as declared. `range` holds two literals (a sign is allowed)."""

    name: str
    type: Name
    unit: Name | None
    currency: Name | None
    places: int | None
    range: tuple[syntax.Expr, syntax.Expr] | None
    values: Mapping[str, Texts] | None
    max_items: int | None
    fields: tuple["FactEntry", ...]
    derived: syntax.Expr | None
    question: Texts | None
    privacy: Privacy
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class FactFile:
    """The facts of one entity."""

    entity: Name
    facts: tuple[FactEntry, ...]
    source: Source = field(repr=False)


@dataclass(frozen=True, slots=True)
class CheckEntry:
    """A check that a program declares; `reads` maps each outcome to how people read it."""

    name: str
    title: Texts
    region_by: Name
    version_by: Name
    reads: Mapping[str, Texts]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Program:
    """What is offered. `parameters` are what people call the parameters of its policy files, by id."""

    name: str
    title: Texts
    about: Texts
    grants: Texts
    checks: tuple[CheckEntry, ...]
    parameters: Mapping[str, Texts]
    parameter_spans: Mapping[str, Span] = field(compare=False, repr=False)
    source: Source = field(repr=False)


@dataclass(frozen=True, slots=True)
class AlsoReported:
    """A value that another source gives; exactly one of `value` and `items` is set."""

    value: syntax.Expr | None
    items: tuple[syntax.Expr, ...] | None
    source: Name
    note: Texts | None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class ParameterEntry:
    """A parameter: exactly one of `value` (a literal), `items` (a list of literals) and `regions`, or `removed`."""

    id: str
    value: syntax.Expr | None
    items: tuple[syntax.Expr, ...] | None
    regions: tuple[Name, ...] | None
    open: bool
    size: int | None
    sources: tuple[Name, ...]
    also_reported: tuple[AlsoReported, ...]
    note: Texts | None
    new: bool
    removed: bool
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class DefinitionEntry:
    """A named expression; None when `removed`."""

    id: str
    expression: syntax.Expr | None
    new: bool
    removed: bool
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class RequirementEntry:
    """A leaf (`require`) or a group (`children`), or `removed` (then `kind` is None)."""

    id: str
    kind: Kind | None
    require: syntax.Expr | None
    children: tuple["RequirementEntry", ...]
    says: Texts | None
    obliges: Texts | None
    sources: tuple[Name, ...]
    binding: bool
    new: bool
    removed: bool
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class ValueEntry:
    """A named result of a check; `expression` is None when `removed`."""

    id: str
    expression: syntax.Expr | None
    title: Texts | None
    sources: tuple[Name, ...]
    new: bool
    removed: bool
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class WaiverEntry:
    """Lifts a requirement until a day; `check` says whose, when two checks have the id."""

    id: str
    until: datetime.date
    because: Texts
    check: Name | None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """What one region says about one program from one day on.

    `checks` and `values` map a check's name to its entries in the author's order; `check_spans` are the names' places.
    `digest` is the sha-256 of the parsed content: layout and comments do not count.
    """

    program: Name
    region: Name
    effective: datetime.date
    draft: bool
    withdrawn: bool
    summary: Texts | None
    assumed: Texts | None
    sources: Mapping[str, SourceNote]
    parameters: tuple[ParameterEntry, ...]
    definitions: tuple[DefinitionEntry, ...]
    checks: Mapping[str, tuple[RequirementEntry, ...]]
    values: Mapping[str, tuple[ValueEntry, ...]]
    check_spans: Mapping[str, Span] = field(compare=False, repr=False)
    waivers: tuple[WaiverEntry, ...]
    effective_span: Span = field(compare=False, repr=False)
    source: Source = field(repr=False)
    digest: str


@dataclass(frozen=True, slots=True)
class Case:
    """An author's example. `regions` is empty when the facts say it all; `outcomes` maps checks to outcomes.

    `named` gives the places of the names of checks and values.
    """

    name: str
    on: datetime.date
    regions: tuple[Name, ...]
    facts: Mapping[str, Any]
    outcomes: Mapping[str, Name]
    because: tuple[Name, ...] | None
    missing: tuple[Name, ...] | None
    obligations: tuple[Name, ...] | None
    values: Mapping[str, Name] | None
    met_on: datetime.date | None
    named: Mapping[str, Span] = field(compare=False, repr=False)
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A file of examples for one program."""

    program: Name
    cases: tuple[Case, ...]
    source: Source = field(repr=False)


Said = syntax.Expr | tuple[tuple[Name, Outcome], ...]
"""A statement of an invariant: an expression over facts, or outcomes of the check or its requirements by id."""


@dataclass(frozen=True, slots=True)
class InvariantEntry:
    """A claim about a check; exactly one of `always`, `never`, `more_never_hurts` and `less_never_hurts` is set.

    It is about the days `[start, end)`, and about all regions when `regions` is empty.
    """

    id: str
    says: Texts
    check: Name
    regions: tuple[Name, ...]
    start: datetime.date | None
    end: datetime.date | None
    whenever: Said | None
    always: Said | None
    never: Said | None
    more_never_hurts: Name | None
    less_never_hurts: Name | None
    end_span: Span | None = field(compare=False, repr=False)
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class InvariantFile:
    """What must hold of one program, whoever asks."""

    program: Name
    invariants: tuple[InvariantEntry, ...]
    source: Source = field(repr=False)


@dataclass(frozen=True, slots=True)
class PolicySet:
    """Everything as written, before any name is looked up."""

    languages: tuple[Language, ...]
    regions: tuple[RegionNode, ...]
    facts: tuple[FactFile, ...]
    programs: tuple[Program, ...]
    files: tuple[PolicyFile, ...]
    cases: tuple[CaseFile, ...]
    invariants: tuple[InvariantFile, ...] = ()
