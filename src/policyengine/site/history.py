"""How rules changed, for pages: versions with their changes in words, a drawing to scale, events over all programs.

Reads: a `View`.
Gives: `versions`, `scale`, `events`.
"""

import datetime
from typing import assert_never

from policyengine.model import types
from policyengine.model.checked import Check, CheckedPolicy, NamedValue, Parameter, Texts, Waiver
from policyengine.report.changes import (
    Change,
    ObligationChange,
    ParameterChange,
    RequirementChange,
    ValueChange,
    WaiverChange,
    changes,
    steps,
)
from policyengine.report.timeline_data import begun
from policyengine.site.book import Interval
from policyengine.site.parts import ChangeLine, Event, Scale, Segment, Version
from policyengine.site.view import View

_MARGIN = datetime.timedelta(days=120)
"""What stays visible of an interval without an end, after today or its own beginning."""


def versions(view: View, program: str, region: str) -> tuple[Version, ...]:
    """Give the intervals of a region, latest first."""
    found = [_version(view, *step) for step in steps(view.book.timeline(program, region))]
    return tuple(reversed(found))


def differences(view: View, wide: CheckedPolicy, narrow: CheckedPolicy) -> tuple[ChangeLine, ...]:
    """Say what a region's rules have instead of wider ones."""
    words = _Words(view, wide, narrow)
    return tuple(words.line(change) for change in changes(wide, narrow))


def _version(view: View, interval: Interval, before: CheckedPolicy | None, changed: tuple[Change, ...]) -> Version:
    files = begun(view.book.policies, interval)
    words = None if before is None else _Words(view, before, interval)
    return Version(
        interval.start,
        view.days(interval),
        state(interval, view.book.today),
        isinstance(interval, CheckedPolicy),
        tuple(filter(None, (view.text(file.summary) for file in files))),
        tuple(filter(None, (view.text(file.assumed) for file in files))),
        tuple(view.place(file.source.whole()) for file in files),
        None if words is None else tuple(words.line(change) for change in changed),
    )


def state(interval: Interval, today: datetime.date) -> str:
    """Say whether an interval is `past`, holds `now`, or is `coming`."""
    if interval.start > today:
        return "coming"
    return "now" if interval.end is None or today < interval.end else "past"


class _Words:
    """The changes from one interval to the next, in words."""

    def __init__(self, view: View, before: Interval, after: Interval) -> None:
        self.view, self.before, self.after = view, before, after

    def line(self, change: Change) -> ChangeLine:
        match change:
            case ParameterChange(name, before, after):
                title = self.view.parameter(self.after.program, name) or name
                return ChangeLine(title, self.value(before), self.value(after), *self.regions(before, after))
            case RequirementChange(check, name, was, is_):
                subject = self.view.texts["changes"]["requirement"].format(check=self.question(check))
                said = self.rule(self.before, check, name), self.rule(self.after, check, name)
                # words that stay while the rule changes would hide the change
                return ChangeLine(subject, *((was, is_) if said[0] == said[1] else said))
            case WaiverChange(check, name, before, after):
                subject = self.rule(self.after, check, name) or self.rule(self.before, check, name) or name
                return ChangeLine(subject, self.waiver(before), self.waiver(after))
            case ObligationChange(check, name, before, after):
                subject = self.view.ours.obliges.format(words=self.rule(self.after, check, name) or name)
                return ChangeLine(subject, self.said(self.before, before), self.said(self.after, after))
            case ValueChange(_, name, before, after):
                titled = after or before
                subject = (self.view.text(titled.title) if titled is not None else None) or name
                return ChangeLine(subject, _formula(before), _formula(after))
            case _:
                assert_never(change)

    def value(self, parameter: Parameter | None) -> str | None:
        return None if parameter is None else self.view.value(parameter)

    def regions(self, before: Parameter | None, after: Parameter | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Name the regions that a list gains and loses."""
        if before is None or after is None or not isinstance(after.type, types.Region):
            return (), ()
        old, new = (tuple(map(str, one.raw)) if isinstance(one.raw, tuple) else () for one in (before, after))
        named = ([self.view.region(r) for r in side if r not in other] for side, other in ((new, old), (old, new)))
        gained, lost = (tuple(sorted(names)) for names in named)
        return gained, lost

    def question(self, check: str) -> str:
        entries = self.view.book.programs[self.after.program].checks
        return next((self.view.text(entry.title) or check for entry in entries if entry.name == check), check)

    def rule(self, interval: Interval, check: str, name: str) -> str | None:
        found = _check(interval, check)
        if found is None or not isinstance(interval, CheckedPolicy):
            return None
        ids = [requirement.id for requirement in found.requirements]
        return self.view.rule_words(interval, found, found.requirement(name)) if name in ids else None

    def waiver(self, waiver: Waiver | None) -> str | None:
        if waiver is None:
            return None
        return self.view.ours.waived.format(
            day=self.view.day(waiver.until), because=self.view.text(waiver.because) or ""
        )

    def said(self, interval: Interval, said: Texts | None) -> str | None:
        return self.view.filled(interval, said) if isinstance(interval, CheckedPolicy) else None


def _check(interval: Interval, check: str) -> Check | None:
    return interval.checks.get(check) if isinstance(interval, CheckedPolicy) else None


def _formula(value: NamedValue | None) -> str | None:
    return None if value is None else value.source


def scale(view: View, program: str, region: str) -> Scale | None:
    """Draw a timeline to scale; None when there is nothing to draw."""
    timeline = view.book.timeline(program, region)
    if not timeline:
        return None
    first = timeline[0].start
    last = max(timeline[-1].start, view.book.today) + _MARGIN
    whole = (last - first).days

    def part(day: datetime.date) -> float:
        return round(100 * (day - first).days / whole, 3)

    segments = []
    for interval in timeline:
        left, right = part(interval.start), part(min(interval.end or last, last))
        offered = isinstance(interval, CheckedPolicy)
        segments.append(
            Segment(
                interval.start,
                left,
                round(right - left, 3),
                state(interval, view.book.today),
                offered,
                view.days(interval),
            )
        )
    years = tuple((part(datetime.date(year, 1, 1)), year) for year in range(first.year + 1, last.year + 1))
    today = part(view.book.today) if first <= view.book.today else None
    return Scale(tuple(segments), years, today)


def events(view: View) -> tuple[Event, ...]:
    """Give the policy files of all programs, latest first."""
    found = [
        Event(
            file.effective,
            view.day(file.effective),
            file.effective > view.book.today,
            file.program.text,
            view.program(file.program.text),
            file.region.text,
            view.region(file.region.text),
            file.region.text != view.book.root,
            view.text(file.summary) or view.texts["changes"]["no_summary"],
            view.place(file.source.whole()),
        )
        for file in view.book.files.values()
    ]
    return tuple(sorted(found, key=lambda event: (event.day, event.program, event.region), reverse=True))
