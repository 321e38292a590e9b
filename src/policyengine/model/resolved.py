"""What is in force for one program, one region and one interval of days, still as written.

Resolution gives it: the winner of every id, each with the layer and the file it came from. After it there are no
layers and no days but the interval's own.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from policyengine.model.authored import (
    DefinitionEntry,
    ParameterEntry,
    PolicyFile,
    RequirementEntry,
    ValueEntry,
    WaiverEntry,
)

Entry = TypeVar("Entry", ParameterEntry, DefinitionEntry, ValueEntry, WaiverEntry)


@dataclass(frozen=True, slots=True)
class Winner(Generic[Entry]):
    """The entry that won its id, and the file it stands in."""

    entry: Entry
    file: PolicyFile


@dataclass(frozen=True, slots=True)
class ResolvedRequirement:
    """A requirement that won its id, with the children that won theirs."""

    entry: RequirementEntry
    file: PolicyFile
    children: tuple["ResolvedRequirement", ...]


@dataclass(frozen=True, slots=True)
class ResolvedPolicy:
    """One program, one region, one interval; `files` are the chain's, widest first."""

    program: str
    region: str
    start: datetime.date
    end: datetime.date | None
    files: tuple[PolicyFile, ...]
    parameters: Mapping[str, Winner[ParameterEntry]]
    definitions: Mapping[str, Winner[DefinitionEntry]]
    checks: Mapping[str, tuple[ResolvedRequirement, ...]]
    values: Mapping[str, Mapping[str, Winner[ValueEntry]]]
    waivers: Mapping[tuple[str, str], Winner[WaiverEntry]]
    """By check and requirement."""


@dataclass(frozen=True, slots=True)
class Gap:
    """An interval in which the program is withdrawn, and the file that says so."""

    program: str
    region: str
    start: datetime.date
    end: datetime.date | None
    file: PolicyFile
