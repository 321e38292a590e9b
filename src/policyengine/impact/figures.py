"""What an impact is made of: every number that a change of rules makes of a population.

All frozen. `measure` gives them; the terminal, JSON and the page show them.
"""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from policyengine.model.decision import Outcome

INVALID = "invalid"
"""The outcome of a row that holds what a fact cannot be."""
OUTCOMES = (Outcome.MET.value, Outcome.UNMET.value, Outcome.UNKNOWN.value, Outcome.NOT_OFFERED.value, INVALID)


class Kind(StrEnum):
    """What a change of rules is to a person; each row is one of these."""

    SAME = "same"
    """The outcome stays."""
    UNREADABLE = "unreadable"
    """One of the sides, or both, cannot read the row."""
    GAINS = "gains"
    """The outcome turns met."""
    LOSES = "loses"
    """The outcome was met, and is unmet or not offered."""
    UNKNOWN = "becomes_unknown"
    """The outcome turns unknown, whatever it was."""
    SETTLES = "becomes_known"
    """The outcome was unknown, and is unmet or not offered."""
    OFFERED = "newly_offered"
    """The program was not offered; it is, and the outcome is unmet."""
    WITHDRAWN = "no_longer_offered"
    """The outcome was unmet, and the program is not offered any more."""

    @classmethod
    def of(cls, before: str, after: str) -> "Kind":
        """Say what it is to somebody that the outcome changes so."""
        if INVALID in (before, after):
            return cls.UNREADABLE
        if before == after:
            return cls.SAME
        if after == Outcome.MET:
            return cls.GAINS
        if after == Outcome.UNKNOWN:
            return cls.UNKNOWN
        if before == Outcome.MET:
            return cls.LOSES
        if before == Outcome.UNKNOWN:
            return cls.SETTLES
        return cls.OFFERED if before == Outcome.NOT_OFFERED else cls.WITHDRAWN


@dataclass(frozen=True, slots=True)
class Transition:
    """How many rows had one outcome before, and have another, or the same one, after."""

    before: str
    after: str
    rows: int

    @property
    def kind(self) -> Kind:
        """What it is to a person."""
        return Kind.of(self.before, self.after)


@dataclass(frozen=True, slots=True)
class Flow:
    """All rows of a population or of a region: outcomes before × after."""

    transitions: tuple[Transition, ...]

    @classmethod
    def of(cls, rows: Mapping[tuple[str, str], int]) -> "Flow":
        """Put the transitions that there are in order."""
        pairs = [(before, after) for before in OUTCOMES for after in OUTCOMES]
        return cls(tuple(Transition(*pair, rows[pair]) for pair in pairs if rows.get(pair)))

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return sum(each.rows for each in self.transitions)

    def before(self, outcome: str) -> int:
        """Count the rows that had an outcome."""
        return sum(each.rows for each in self.transitions if each.before == outcome)

    def after(self, outcome: str) -> int:
        """Count the rows that have an outcome."""
        return sum(each.rows for each in self.transitions if each.after == outcome)

    def of_kind(self, *kinds: Kind) -> int:
        """Count the rows to which the change is one of some kinds."""
        return sum(each.rows for each in self.transitions if each.kind in kinds)

    @property
    def changed(self) -> int:
        """How many readable rows have another outcome."""
        return self.rows - self.of_kind(Kind.SAME, Kind.UNREADABLE)

    @property
    def felt(self) -> int:
        """How many gain, lose or become unknown: what else changes leaves people outside."""
        return self.of_kind(Kind.GAINS, Kind.LOSES, Kind.UNKNOWN)


@dataclass(frozen=True, slots=True)
class RegionFlow:
    """The readable rows of one region as the population names it; None where it is not known."""

    region: str | None
    name: str
    flow: Flow


@dataclass(frozen=True, slots=True)
class Cause:
    """A requirement that made a difference, and to how many.

    `requirement` is a leaf, or a group where its leaves are as they were; None where the program is offered on one
    side only. `alone` are the rows to which nothing else made it. `before` and `after` are its words, None where a
    side does not have it. They are those of the widest region where they changed, or of the widest at all: `where`
    names it unless it is the widest. `regions` are its rows by region.
    """

    kind: Kind
    requirement: str | None
    rows: int
    alone: int
    before: str | None
    after: str | None
    where: str | None
    regions: tuple[tuple[str | None, int], ...]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Rows in which a fact holds what it cannot be, on one side."""

    side: str
    fact: str
    rows: int


@dataclass(frozen=True, slots=True)
class Worth:
    """A value, and the regions that have it: all others when `regions` is empty."""

    literal: str
    text: str
    regions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Close:
    """How many stand close to a threshold, on one side.

    `passes` and `fails` are all whose value is known; `just_passes` and `just_fails` those of them within the margin.
    `would_turn` of the latter are not met, and would be if they passed: nothing else stands in their way.
    """

    thresholds: tuple[Worth, ...]
    margins: tuple[Worth, ...]
    passes: int
    fails: int
    just_passes: int
    just_fails: int
    would_turn: int


@dataclass(frozen=True, slots=True)
class NearMisses:
    """A comparison of a requirement with a constant, and who stands close to it; None on a side without it.

    `number` counts the comparisons of the requirement, from 0. `parameter` is where the constant comes from.
    """

    requirement: str
    number: int
    parameter: str | None
    words: str
    comparison: str
    before: Close | None
    after: Close | None


@dataclass(frozen=True, slots=True)
class Point:
    """The outcomes if a parameter were worth something else: each region's own value moved alike.

    `moved` says by how much: as a percentage of each value, or in steps. `at` is the widest region's value underneath.
    """

    moved: str
    at: int
    values: tuple[Worth, ...]
    met: int
    unmet: int
    unknown: int
    now: bool


@dataclass(frozen=True, slots=True)
class Jump:
    """The two points next to each other between which most rows turn met, or cease to be: their places."""

    start: int
    end: int
    rows: int


@dataclass(frozen=True, slots=True)
class Cliff:
    """How the outcomes depend on one parameter, all else being as the new rules say.

    `points` go from low to high values; `rows` are all that are readable.
    """

    parameter: str
    title: str
    rows: int
    points: tuple[Point, ...]
    jump: Jump | None


@dataclass(frozen=True, slots=True)
class RulesInForce:
    """A policy of one side: its files (widest region first), and the digest of what the check means with it.

    `region` is the one that the narrowest file is of. No digest: not offered there.
    """

    region: str
    files: tuple[str, ...]
    digest: str | None


@dataclass(frozen=True, slots=True)
class CheckImpact:
    """What a change of rules makes of a population, by one check.

    `reads` says how people read the outcomes. `columns` say which column holds which fact, `missing` which facts have
    none: they are unknown in all rows. `by_fact` is the fact that picks the version, None when the sides' days do.
    """

    check: str
    title: str
    reads: Mapping[str, str]
    columns: Mapping[str, str]
    missing: tuple[str, ...]
    by_fact: str | None
    before: tuple[RulesInForce, ...]
    after: tuple[RulesInForce, ...]
    flow: Flow
    regions: tuple[RegionFlow, ...]
    causes: tuple[Cause, ...]
    unreadable: tuple[Unreadable, ...]
    near_misses: tuple[NearMisses, ...]
    cliffs: tuple[Cliff, ...]

    def causes_of(self, *kinds: Kind) -> Iterable[Cause]:
        """Give the causes of some kinds of change, those of most rows first."""
        return (cause for cause in self.causes if cause.kind in kinds)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A check that was not measured, and why."""

    check: str
    because: str


@dataclass(frozen=True, slots=True)
class SideNote:
    """Which rules a side is: a day, a draft, a folder or a revision; `day` picks the version."""

    kind: str
    label: str
    folder: str
    day: datetime.date


@dataclass(frozen=True, slots=True)
class PopulationNote:
    """The people: the file's name, its rows, and what it says of itself if it is synthetic; None if it does not say."""

    name: str
    rows: int
    synthetic: str | None


@dataclass(frozen=True, slots=True)
class Impact:
    """What a change of rules makes of a population as it is on one day."""

    program: str
    title: str
    on: datetime.date
    population: PopulationNote
    before: SideNote
    after: SideNote
    checks: tuple[CheckImpact, ...]
    left_out: tuple[LeftOut, ...]
