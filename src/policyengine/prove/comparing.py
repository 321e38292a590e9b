"""Two sides of a change, side by side: which check stands against which, in which regions, on which days.

Reads: the timelines of both sides.
Gives: `Pair`, once for each two meanings, with all its cells; where both sides mean the same there is none.
"""

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from policyengine.compiled import Intervals
from policyengine.model.authored import CheckEntry
from policyengine.model.checked import Check, CheckedPolicy
from policyengine.model.operators import TODAY
from policyengine.model.regions import RegionTree
from policyengine.model.resolved import Gap
from policyengine.plan import FIRST, LAST
from policyengine.prove.asking import Box, Where
from policyengine.prove.places import DAY

Lookup = Callable[[str], Intervals]
"""Gives the intervals that decide for a region."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Regions and days, both included, and the policies that decide there on both sides; None where there is none."""

    regions: tuple[str, ...]
    first: datetime.date
    last: datetime.date
    before: CheckedPolicy | None
    after: CheckedPolicy | None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two meanings of one check that stand against each other somewhere; None is not offered."""

    entry: CheckEntry
    before: Check | None
    after: Check | None
    cells: tuple[Cell, ...]

    @property
    def by_fact(self) -> str | None:
        """The fact that picks the version; None when the day does."""
        return None if self.entry.version_by.text == TODAY else self.entry.version_by.text

    @property
    def where(self) -> Where:
        """Give all its cells as places."""
        boxes = tuple(Box(frozenset(cell.regions), cell.first, cell.last) for cell in self.cells)
        return Where(self.entry.region_by.text, self.by_fact, boxes)


def layered(tree: RegionTree, by_region: Mapping[str, Intervals]) -> Lookup:
    """Look in a program's timelines."""

    def lookup(region: str) -> Intervals:
        layer = next((each for each in reversed(tree.chain(region)) if each in by_region), None)
        return () if layer is None else by_region[layer]

    return lookup


def cells(regions: Iterable[str], before: Lookup, after: Lookup) -> Iterator[Cell]:
    """Cut regions and days where either side changes; regions that have the same timelines are one."""
    alike: dict[tuple[int, int], list[str]] = defaultdict(list)
    kept: dict[tuple[int, int], tuple[Intervals, Intervals]] = {}
    for region in regions:
        sides = before(region), after(region)
        key = id(sides[0]), id(sides[1])
        alike[key].append(region)
        kept[key] = sides
    for key, together in alike.items():
        for first, last, *policies in _cut(*kept[key]):
            yield Cell(tuple(together), first, last, *policies)


def _cut(
    before: Intervals, after: Intervals
) -> Iterator[tuple[datetime.date, datetime.date, CheckedPolicy | None, CheckedPolicy | None]]:
    starts = {max(each.start, FIRST) for each in (*before, *after)} | {LAST + DAY}
    starts |= {each.end for each in (*before, *after) if each.end is not None and each.end <= LAST}
    for start, end in pairwise(sorted(starts)):
        yield start, end - DAY, _on(before, start), _on(after, start)


def _on(timeline: Intervals, day: datetime.date) -> CheckedPolicy | None:
    found = next((each for each in timeline if each.start <= day and (each.end is None or day < each.end)), None)
    return None if isinstance(found, Gap) else found


def pairs(entry: CheckEntry, listed: Iterable[Cell]) -> tuple[Pair, ...]:
    """Give the pairs of a check's meanings that differ."""
    found: dict[tuple[str | None, str | None], list[Cell]] = defaultdict(list)
    sides: dict[tuple[str | None, str | None], tuple[Check | None, Check | None]] = {}
    for cell in listed:
        both = tuple(None if policy is None else policy.checks.get(entry.name) for policy in (cell.before, cell.after))
        key = tuple(None if check is None else check.digest for check in both)
        if key[0] != key[1]:
            found[key[0], key[1]].append(cell)
            sides[key[0], key[1]] = both[0], both[1]
    return tuple(Pair(entry, *sides[key], tuple(listed)) for key, listed in found.items())
