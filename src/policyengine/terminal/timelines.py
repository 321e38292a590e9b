"""How a program's rules in one region came to be what they are: intervals, and what changed at each border.

Reads: `Policies`, a program, a region, today.
Gives: `timeline_rows` in any language of the policies, `timeline_data`.
"""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, assert_never

from policyengine.decide import Policies
from policyengine.model import types
from policyengine.model.authored import PolicyFile
from policyengine.model.checked import CheckedPolicy, Parameter
from policyengine.model.resolved import Gap
from policyengine.model.values import literal
from policyengine.report.changes import Change, ParameterChange, RequirementChange, WaiverChange, changes
from policyengine.report.decision_data import texts, waiver
from policyengine.report.page import BLANK, Line, Piece, Row, Style, cells, row
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
    for before, interval in pairwise((None, *timeline)):
        assert interval is not None
        last = interval is timeline[-1]
        yield from _Entry(policies, before, interval, today, words, ours).rows("  " if last else "│ ")
        if not last:
            yield row(Piece("│", Style.DIM))


def timeline_data(policies: Policies, program: str, region: str, today: datetime.date) -> dict[str, Any]:
    """Give the intervals as plain data; raises `UnknownName`."""
    timeline = policies.timeline(program, region=region)
    return {
        "program": program,
        "region": region,
        "intervals": [
            {
                "from": interval.start.isoformat(),
                "until": interval.end.isoformat() if interval.end is not None else None,
                "offered": isinstance(interval, CheckedPolicy),
                "scheduled": interval.start > today,
                "files": _files(interval),
                "begins": [
                    {"file": file.source.path, "summary": texts(file.summary), "assumed": texts(file.assumed)}
                    for file in _begun(policies, interval)
                ],
                "changes": [_data(change) for change in _changes(before, interval)],
            }
            for before, interval in pairwise((None, *timeline))
            if interval is not None
        ],
    }


@dataclass(frozen=True, slots=True)
class _Entry:
    """One interval with the one before it."""

    policies: Policies
    before: _Interval | None
    interval: _Interval
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
        for file in _begun(self.policies, self.interval):
            if file.summary is not None and (summary := file.summary.get(language)) is not None:
                yield _UNMARKED, (Piece(summary),)
            yield _UNMARKED, (Piece(file.source.path, Style.DIM),)
            if file.assumed is not None and (assumed := file.assumed.get(language)) is not None:
                yield _UNMARKED, (Piece(self.ours.assumed.format(words=assumed), Style.DIM),)
        if self.before is None:
            return
        found = _changes(self.before, self.interval)
        for change in found:
            yield from self.change(change)
        if not found and isinstance(self.before, Gap) is isinstance(self.interval, Gap):
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
            case _:
                assert_never(change)

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


def _changes(before: _Interval | None, after: _Interval) -> Sequence[Change]:
    """Compare two intervals; a withdrawal changes everything, which need not be listed."""
    if isinstance(before, Gap) or isinstance(after, Gap):
        return ()
    return changes(before, after)


def _files(interval: _Interval) -> list[str]:
    return [interval.file.source.path] if isinstance(interval, Gap) else list(interval.files)


def _begun(policies: Policies, interval: _Interval) -> Iterable[PolicyFile]:
    """Give the files of an interval that begin with it, widest region first."""
    files = {file.source.path: file for file in policies.compiled.authored.files}
    return [files[path] for path in _files(interval) if files[path].effective == interval.start]


def _data(change: Change) -> dict[str, Any]:
    match change:
        case ParameterChange(name, before, after):
            return {"parameter": name, "before": _literal(before), "after": _literal(after)}
        case RequirementChange(check, name, was, is_):
            return {"check": check, "requirement": name, "before": was, "after": is_}
        case WaiverChange(check, name, lifted, lifts):
            return {"check": check, "waiver": name, "before": waiver(lifted), "after": waiver(lifts)}
        case _:
            assert_never(change)


def _literal(parameter: Parameter | None) -> str | None:
    return literal(parameter.raw, parameter.type) if parameter is not None else None


_UNMARKED = Piece("")
_ADDED = Piece("  + ", Style.GOOD)
_GONE = Piece("  − ", Style.BAD)
_CHANGED = Piece("  ~ ", Style.DOUBT)
