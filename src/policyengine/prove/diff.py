"""What changes from one set of rules to another: by entry in words, and by meaning, with who gains and who loses.

Reads: two sides: days, drafts, folders, revisions in git, or regions on a day.
Gives: `diff`, a `Diff` of each program.
"""

import datetime
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from policyengine.compiled import Intervals
from policyengine.impact.sides import Side, side
from policyengine.model.authored import CheckEntry
from policyengine.model.checked import Check, CheckedPolicy, Parameter
from policyengine.model.decision import Outcome
from policyengine.model.errors import InvalidSide
from policyengine.model.values import literal
from policyengine.plan import FIRST
from policyengine.prove.asking import TIMEOUT, Asked, Evaluated, Scope, reads
from policyengine.prove.case_text import case_text, in_words
from policyengine.prove.comparing import Cell, Lookup, Pair, cells, layered, pairs
from policyengine.prove.differences import Comparison, Direction, changed, expressions_of, owed
from policyengine.prove.folding import whole
from policyengine.prove.questions import in_region
from policyengine.prove.witnesses import typical
from policyengine.report.changes import Change, ParameterChange, ValueChange, WaiverChange, changes
from policyengine.targets.smt import CannotProve, Model, Undecided, Unsat


@dataclass(frozen=True, slots=True)
class Rules:
    """One side: its policies, how it is called, and the region that all are asked in when it is one region's."""

    side: Side
    label: str
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Flip:
    """Someone who fares otherwise: what changes for them, where, who they are in words, and as a case after."""

    check: str
    direction: Direction
    before: str
    after: str
    place: str
    who: str
    case: str


@dataclass(frozen=True, slots=True)
class Entries:
    """What changes by entry, in some regions and on some days, from one policy to another; None is no policy."""

    regions: tuple[str, ...]
    first: datetime.date
    last: datetime.date
    before: CheckedPolicy | None
    after: CheckedPolicy | None
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Diff:
    """What changes in one program. `undecided` says which check was not decided, and why."""

    program: str
    entries: tuple[Entries, ...]
    flips: tuple[Flip, ...]
    undecided: Mapping[str, str]
    up_to: Mapping[str, int]

    @property
    def same(self) -> bool:
        """Whether everyone fares the same."""
        return not self.flips and not self.undecided


def rules(text: str, folder: Path, on: datetime.date) -> Rules:
    """Find the rules that a text names; see `impact.side`. A region's code is its rules on a day."""
    if _REGION.fullmatch(text) and not Path(text).exists():
        found = side(on.isoformat(), folder, on)
        region = found.policies.region(text)
        return Rules(found, f"{region} on {on}", region)
    found = side(text, folder, on)
    return Rules(found, found.label)


def diff(
    before: Rules, after: Rules, programs: Sequence[str] = (), *, timeout: float = TIMEOUT, region: str | None = None
) -> tuple[Diff, ...]:
    """Compare two sides, program by program. Raises `InvalidSide`, `UnknownName`.

    Two folders or revisions are compared on every day; when one side is a day, a draft or a region, as of its day.
    Everyone is looked at on one and the same day by both.
    """
    if (before.region is None) != (after.region is None):
        raise InvalidSide("a region stands against a region", "two regions, or rules of all regions twice")
    named = programs or tuple(
        name for name in after.side.policies.compiled.programs if name in before.side.policies.compiled.programs
    )
    drafted = {each.side.program for each in (before, after) if each.side.program is not None}
    return tuple(_Two(before, after, name, timeout, region).diff() for name in named if not drafted or name in drafted)


@dataclass(frozen=True, slots=True)
class _Two:
    """Two sides of one program."""

    before: Rules
    after: Rules
    program: str
    timeout: float
    region: str | None

    def diff(self) -> Diff:
        listed = [cell for cell in cells(self._regions(), *self._lookups()) if self._spoken_of(cell)]
        entries = tuple(self._entries(listed))
        flips: list[Flip] = []
        undecided: dict[str, str] = {}
        up_to: dict[str, int] = {}
        for entry in self._checks():
            for pair in pairs(entry, listed):
                try:
                    flips += self._flips(self._substituted(pair), up_to)
                except CannotProve as refusal:
                    undecided[entry.name] = f"there is no exact term for {refusal}"
                except _NotDecided:
                    undecided[entry.name] = f"in {self.timeout:g} s"
        return Diff(self.program, entries, tuple(flips), undecided, up_to)

    def _checks(self) -> Sequence[CheckEntry]:
        for each in (self.after, self.before):
            each.side.policies.checks(self.program)
        return self.after.side.policies.compiled.programs[self.program].checks

    def _regions(self) -> Sequence[str]:
        if self.before.region is not None:
            return (self.before.region,)
        tree = self.after.side.policies.compiled.tree
        if self.region is not None:
            self.after.side.policies.region(self.region)
            return tuple(region for region in tree.parents if self.region in tree.chain(region))
        other = self.before.side.policies.compiled.tree
        return tuple(region for region in tree.parents if region in other)

    def _lookups(self) -> tuple[Lookup, Lookup]:
        always = self._always()
        return _lookup(self.before, self.program, always=always), _lookup(
            self.after, self.program, always=always, own=True
        )

    def _spoken_of(self, cell: Cell) -> bool:
        """Leave out the days on which other rules would hold after: those of its day are compared."""
        return self._always() or cell.first <= self.after.side.day <= cell.last

    def _always(self) -> bool:
        sides = (self.before, self.after)
        return all(each.side.kind in ("folder", "revision") and each.region is None for each in sides)

    def _entries(self, listed: Sequence[Cell]) -> Iterator[Entries]:
        """Give what changes by entry, once for each two policies' worth of the same changes."""
        alike: dict[str, list[tuple[Cell, tuple[Change, ...]]]] = defaultdict(list)
        for cell in listed:
            changed = changes(cell.before, cell.after) if cell.before is not None or cell.after is not None else ()
            if changed:
                offered = cell.before is None, cell.after is None
                alike[repr((offered, [_told(change) for change in changed]))].append((cell, changed))
        for together in alike.values():
            (first, changed), *_ = together
            regions = tuple(dict.fromkeys(region for cell, _ in together for region in cell.regions))
            days = [cell.first for cell, _ in together], [cell.last for cell, _ in together]
            yield Entries(regions, min(days[0]), max(days[1]), first.before, first.after, changed)

    def _substituted(self, pair: Pair) -> Pair:
        if self.before.region is None or self.after.region is None or self.before.region == self.after.region:
            return pair
        before, after = (
            None if check is None else in_region(check, pair.entry, region)
            for check, region in ((pair.before, self.before.region), (pair.after, self.after.region))
        )
        return replace(pair, before=before, after=after)

    def _flips(self, pair: Pair, up_to: dict[str, int]) -> Iterator[Flip]:
        scope = Scope.of(self.after.side.policies.compiled)
        on = self.after.side.day.toordinal()
        if pair.before is None or pair.after is None:
            check = pair.before or pair.after
            assert check is not None
            asked = Asked(scope, pair.where, expressions_of(check), timeout=self.timeout)
            passing = typical(asked, asked.here(), asked.is_(whole(check), True))
            if passing is not None:
                kind: Direction = "loses" if pair.after is None else "gains"
                yield self._flip(pair, (pair.before, pair.after), asked, passing, kind)
            return
        comparison = Comparison(pair, scope, self.timeout)
        if comparison.one_form():
            return
        found: dict[Direction, Flip] = {}
        for direction, claim in comparison.claims():
            if direction == "otherwise" and found:  # who gains and who loses says it
                continue
            someone = comparison.simplest(claim, on)
            if isinstance(someone, Undecided):
                raise _NotDecided
            if isinstance(someone, Unsat):
                up_to |= someone.up_to
            else:
                found[direction] = self._flip(pair, comparison.sides, comparison.asked(), someone, direction)
        yield from found.values()

    def _flip(
        self, pair: Pair, sides: tuple[Check | None, Check | None], asked: Asked, model: Model, direction: Direction
    ) -> Flip:
        entry, vocabulary, meaning = pair.entry, asked.scope.vocabulary, asked.meaning(model)
        told = [_outcome(meaning, check) for check in sides]
        expect: dict[str, object] = {entry.name: told[1]}
        if direction == "values":
            told = [f"{each}, {_values(meaning, check)}" for each, check in zip(told, sides, strict=True)]
        elif direction == "obligations":
            told = [f"{each}, {_owing(asked, meaning, check)}" for each, check in zip(told, sides, strict=True)]
        facts = dict(model.facts())
        place = str(facts[entry.region_by.text])
        if self.before.region is not None and self.after.region is not None:
            facts[entry.region_by.text] = self.after.region
            place = f"{self.before.region} and {self.after.region}"
        day = datetime.date.fromordinal(model.today)
        case = case_text(_TITLES[direction], facts, day, expect, vocabulary, entry.region_by.text)
        who = in_words(facts, vocabulary, reads(changed(*sides), vocabulary) - {entry.region_by.text})
        return Flip(entry.name, direction, told[0], told[1], place, who, case)


class _NotDecided(Exception):  # noqa: N818 -- it says what happened
    pass


def _lookup(found: Rules, program: str, *, always: bool, own: bool = False) -> Lookup:
    """Look in whole timelines, or in what holds on the side's day: on its `own` days, or as if it held always."""
    compiled = found.side.policies.compiled
    look = layered(compiled.tree, compiled.timelines[program])
    day = found.side.day
    known: dict[int, Intervals] = {}

    def on_its_day(region: str) -> Intervals:
        timeline = look(found.region or region)
        if id(timeline) not in known:
            holding = (each for each in timeline if each.start <= day and (each.end is None or day < each.end))
            known[id(timeline)] = tuple(each if own else replace(each, start=FIRST, end=None) for each in holding)
        return known[id(timeline)]

    return look if always else on_its_day


def _outcome(meaning: Evaluated, check: Check | None) -> str:
    if check is None:
        return Outcome.NOT_OFFERED.value
    found = meaning(whole(check), 0)
    assert found is None or isinstance(found, bool)
    return Outcome.of(found).value


def _values(meaning: Evaluated, check: Check | None) -> str:
    each = [(value.id, meaning(value.expression, 0), value.type) for value in (check.values if check else ())]
    told = (f"`{name}` {'unknown' if raw is None else literal(raw, type_)}" for name, raw, type_ in each)
    return ", ".join(told) or "without values"


def _owing(asked: Asked, meaning: Evaluated, check: Check | None) -> str:
    names = [each.id for each in check.requirements if each.obliges is not None] if check else []
    owing = [f"`{each}`" for each in names if check and owed(asked, check, each).holds(meaning)]
    return f"owing {', '.join(owing)}" if owing else "owing nothing"


def _told(change: Change) -> str:
    """Name a change, whatever policies it stands between."""
    match change:
        case ParameterChange(name, before, after):
            return repr((name, _said(before), _said(after)))
        case ValueChange(check, name, old, new):
            return repr((check, name, old and old.source, new and new.source))
        case WaiverChange(check, name, lifted, lifts):
            return repr((check, name, lifted and lifted.until, lifts and lifts.until))
        case _:
            return repr(change)


def _said(parameter: Parameter | None) -> object:
    return parameter and (parameter.raw, parameter.type, parameter.open, parameter.size)


_TITLES: Mapping[Direction, str] = {
    "gains": "Passes now",
    "loses": "Passes no longer",
    "otherwise": "Comes out otherwise now",
    "values": "Other values now",
    "obligations": "Owes something else now",
}
_REGION = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
