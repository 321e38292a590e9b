"""Which check decides which regions on which days: a program's timelines as the routes of a statement.

Reads: compiled policies.
Gives: `Route`s; without a policy where a program is not offered.
"""

import datetime
from collections.abc import Iterator, Sequence

from policyengine.compiled import Compiled, Intervals
from policyengine.model.checked import Check, CheckedPolicy
from policyengine.plan import timeline_of
from policyengine.targets.sql import Route


def routes(compiled: Compiled, program: str, check: str, day: datetime.date | None) -> Sequence[Route]:
    """Lead every region of the tree to the checks of its timeline; with a day, to the one that holds then."""
    together: dict[int, tuple[list[str], Intervals]] = {}
    for region in compiled.tree.parents:
        timeline = timeline_of(compiled, program, region)
        together.setdefault(id(timeline), ([], timeline))[0].append(region)
    found: list[Route] = []
    for regions, timeline in together.values():
        parts = tuple(_parts(timeline, check))
        if day is None:
            found += (Route(regions, each, _number(start), _number(end)) for start, end, each in parts)
        else:
            found += (Route(regions, each) for start, end, each in parts if _within(day, start, end))
    return found


_Part = tuple[datetime.date | None, datetime.date | None, Check | None]


def _parts(timeline: Intervals, check: str) -> Iterator[_Part]:
    """Give the whole of time in parts, with the check of each; before the first interval there is none."""
    yield None, timeline[0].start if timeline else None, None
    for interval in timeline:
        found = interval.checks.get(check) if isinstance(interval, CheckedPolicy) else None
        yield interval.start, interval.end, found


def _within(day: datetime.date, start: datetime.date | None, end: datetime.date | None) -> bool:
    return (start is None or start <= day) and (end is None or day < end)


def _number(day: datetime.date | None) -> int | None:
    return None if day is None else day.toordinal()
