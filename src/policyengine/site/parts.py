"""What pages are made of: numbers, rules, citations, versions, each ready to be shown in one language.

Frozen data, in plain text: templates escape it. `view` makes it.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file; `path` is within the folder of policies, `shown` its end: `world/2024-05-01.yaml:34`."""

    path: str
    line: int
    shown: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A cited source, and how sure it is; `anchor` is its place on the page of sources."""

    anchor: str
    title: str
    publisher: str
    url: str | None
    published: str | None
    certainty: str
    certainty_words: str
    note: str | None


@dataclass(frozen=True, slots=True)
class Dispute:
    """What another source reports instead of a number that holds."""

    value: str
    citation: Citation
    note: str | None


@dataclass(frozen=True, slots=True)
class Layer:
    """Which region's file an entry comes from; `instead` is what the wider region says, when it is overridden."""

    region: str
    name: str
    narrower: bool
    instead: str | None = None


@dataclass(frozen=True, slots=True)
class Number:
    """A parameter: its words, its value, where that comes from, and what is disputed.

    `regions` are those that a list names, when it is one; `open` when more regions are on it than the sources name.
    """

    id: str
    title: str | None
    value: str
    citations: tuple[Citation, ...]
    disputes: tuple[Dispute, ...]
    note: str | None
    place: Place
    layer: Layer
    regions: tuple[tuple[str, str], ...] = ()
    open: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A requirement with its children; `sentence` is written from the expression, when the author's words stand above.

    `kind` is `require`, `all_of` or `any_of`; `numbers` are the parameters that it reads.
    """

    id: str
    kind: str
    words: str
    sentence: str | None
    source: str | None
    obliges: str | None
    binding: bool
    waived: str | None
    citations: tuple[Citation, ...]
    place: Place
    layer: Layer
    numbers: tuple[Number, ...]
    children: tuple["Rule", ...]


@dataclass(frozen=True, slots=True)
class Formula:
    """A named value, and how it is worked out."""

    title: str
    source: str
    place: Place
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class CheckRules:
    """One check: its question, its rules, its values."""

    id: str
    title: str
    rules: tuple[Rule, ...]
    formulas: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change in words: new (no `before`), gone (no `after`), or another value; `gained` and `lost` name regions."""

    subject: str
    before: str | None
    after: str | None
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """One interval of a timeline. `state` is `past`, `now` or `coming`; `changes` is None for the first."""

    start: datetime.date
    days: str
    state: str
    offered: bool
    summaries: tuple[str, ...]
    assumed: tuple[str, ...]
    files: tuple[Place, ...]
    changes: tuple[ChangeLine, ...] | None


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the timeline's drawing, in parts of the whole width."""

    start: datetime.date
    left: float
    width: float
    state: str
    offered: bool
    label: str


@dataclass(frozen=True, slots=True)
class Scale:
    """A timeline drawn to scale: stretches, and where each year begins; `today` is None when it lies outside."""

    segments: tuple[Segment, ...]
    years: tuple[tuple[float, int], ...]
    today: float | None


@dataclass(frozen=True, slots=True)
class Event:
    """A policy file that took effect, or will."""

    day: datetime.date
    day_words: str
    coming: bool
    program: str
    program_title: str
    region: str
    region_name: str
    narrower: bool
    summary: str
    place: Place


Numbers = Sequence[Number]
