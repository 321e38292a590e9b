"""How a program's rules in one region came to be what they are: intervals, and what changed at each border.

Reads: `Policies`, a program, a region, today.
Gives: `timeline_rows` in any language of the policies.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from policyengine.decide import Policies
from policyengine.model import types
from policyengine.model.checked import CheckedPolicy, Parameter, Texts
from policyengine.model.resolved import Gap
from policyengine.report.changes import (
    Change,
    ObligationChange,
    ParameterChange,
    RequirementChange,
    ValueChange,
    WaiverChange,
    steps,
)
from policyengine.report.page import BLANK, Line, Piece, Row, Style, cells, row
from policyengine.report.timeline_data import begun
from policyengine.report.wording import Wording, day, wording
from policyengine.targets import prose

_Interval = CheckedPolicy | Gap
_Marked = tuple[Piece, Line]
"""A mark, and the text beside it."""


def timeline_rows(policies: Policies, program: str, region: str, today: datetime.date, language: str) -> Iterator[Row]:
    """Lay the intervals out, earliest first; raises `UnknownName`."""
    words, ours = policies.words[language], wording(language)
    timeline = policies.timeline(program, region=region)
    title = policies.compiled.programs[program].title.get(language) or program
    yield row(Piece(title, Style.STRONG), Piece(f" · {words.region(region)}", Style.DIM))
    yield BLANK
    if not timeline:
        yield row(ours.no_rules.format(region=words.region(region)))
    for interval, before, changed in steps(timeline):
        last = interval is timeline[-1]
        yield from _Entry(policies, before, interval, changed, today, words, ours).rows("  " if last else "│ ")
        if not last:
            yield row(Piece("│", Style.DIM))


@dataclass(frozen=True, slots=True)
class _Entry:
    """One interval, with what was offered before it and what changed since that."""

    policies: Policies
    before: CheckedPolicy | None
    interval: _Interval
    changed: tuple[Change, ...]
    today: datetime.date
    words: prose.Words
    ours: Wording

    def rows(self, follow: str) -> Iterator[Row]:
        style, said = self.state()
        yield Row(
            (Piece(self.days(), Style.STRONG), *([Piece(f" · {said}", style)] if said else [])),
            (Piece("● " if style is not Style.DOUBT else "○ ", style),),
            follow,
        )
        for mark, pieces in self.lines():
            yield Row(pieces, (Piece(follow, Style.DIM), mark), follow + " " * cells(mark.text))

    def state(self) -> tuple[Style, str]:
        """Say whether an interval is over, holds today or is to come, and whether it offers anything."""
        start, end = self.interval.start, self.interval.end
        withdrawn = self.ours.no_policy if isinstance(self.interval, Gap) else ""
        if start > self.today:
            return Style.DOUBT, ", ".join(filter(None, (self.ours.scheduled, withdrawn)))
        if end is None or self.today < end:
            style = Style.BAD if withdrawn else Style.GOOD
            return style, ", ".join(filter(None, (self.ours.in_force, withdrawn)))
        return Style.DIM, withdrawn

    def days(self) -> str:
        start = day(self.interval.start, self.words)
        if self.interval.end is None:
            return f"{start} –"
        return f"{start} – {day(self.interval.end - datetime.timedelta(days=1), self.words)}"

    def lines(self) -> Iterator[_Marked]:
        language = self.words.language.code
        for file in begun(self.policies, self.interval):
            if file.summary is not None and (summary := file.summary.get(language)) is not None:
                yield _UNMARKED, (Piece(summary),)
            yield _UNMARKED, (Piece(file.source.path, Style.DIM),)
            if file.assumed is not None and (assumed := file.assumed.get(language)) is not None:
                yield _UNMARKED, (Piece(self.ours.assumed.format(words=assumed), Style.DIM),)
        if self.before is None:
            return
        for change in self.changed:
            yield from self.change(change)
        if not self.changed and not isinstance(self.interval, Gap):
            yield _UNMARKED, (Piece(self.ours.nothing_changes, Style.DIM),)

    def change(self, change: Change) -> Iterator[_Marked]:
        match change:
            case ParameterChange(name, before, after):
                yield _change(name, self.value(before), self.value(after))
                yield from _regions(before, after)
            case RequirementChange(check, name, was, is_):
                yield _change(f"{check}/{name}", was, is_)
            case WaiverChange(check, name, _, lifted):
                said = self.ours.waiver_ends
                if lifted is not None:
                    said = self.ours.waiver_starts.format(day=day(lifted.until, self.words))
                yield _CHANGED, (Piece(f"{check}/{name}: ", Style.ACCENT), Piece(said))
            case ObligationChange(check, name, owed, owes):
                yield _change(f"{check}/{name}: {self.ours.owed}", self.text(owed), self.text(owes))
            case ValueChange(check, name, old, new):
                yield _change(f"{check}/{name}", *(None if value is None else value.source for value in (old, new)))
            case _:
                assert_never(change)

    def text(self, texts: Texts | None) -> str | None:
        return texts.get(self.words.language.code) if texts is not None else None

    def value(self, parameter: Parameter | None) -> str | None:
        return prose.parameter(parameter, self.words) if parameter is not None else None


def _change(name: str, before: str | None, after: str | None) -> _Marked:
    what = Piece(f"{name}: ", Style.ACCENT)
    if before is None:
        return _ADDED, (what, Piece(after or ""))
    if after is None:
        return _GONE, (what, Piece(before, Style.DIM))
    return _CHANGED, (what, Piece(before, Style.DIM), Piece(" → ", Style.DOUBT), Piece(after))


def _regions(before: Parameter | None, after: Parameter | None) -> Iterator[_Marked]:
    """Name the regions that a list gains and loses."""
    if before is None or after is None or not isinstance(after.type, types.Region):
        return
    old, new = (list(side.raw) if isinstance(side.raw, tuple) else [] for side in (before, after))
    gained, lost = [r for r in new if r not in old], [r for r in old if r not in new]
    for sign, names in (("+", gained), ("−", lost)):
        if names:
            yield Piece(f"    {sign} ", Style.DIM), (Piece(" ".join(map(str, names)), Style.DIM),)


_UNMARKED = Piece("")
_ADDED = Piece("  + ", Style.GOOD)
_GONE = Piece("  − ", Style.BAD)
_CHANGED = Piece("  ~ ", Style.DOUBT)
