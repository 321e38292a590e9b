"""The rules of one side for one check, alone and as of one day; with questions of our own beside them.

Reads: a `Side`.
Gives: `Rules`, whose policies can be asked of a table like any others.
"""

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from policyengine.compiled import Intervals, with_files
from policyengine.decide import Policies
from policyengine.frontend.parse import parse_text
from policyengine.impact.figures import RulesInForce
from policyengine.impact.sides import Side
from policyengine.model.authored import CheckEntry, PolicyFile
from policyengine.model.checked import Check, CheckedPolicy, ClauseRef, Expr, NamedValue, children
from policyengine.model.diagnostic import has_errors
from policyengine.model.operators import TODAY
from policyengine.model.resolved import Gap
from policyengine.model.values import literal
from policyengine.plan import FIRST

Place = tuple[str, datetime.date]
"""Where a policy stands: its region, and its first day."""
Values = Callable[[CheckedPolicy, Check], Sequence[NamedValue]]
"""The questions that are asked beside a check of one policy."""


@dataclass(frozen=True, slots=True)
class Rules:
    """One side's rules for one check.

    `policies` hold nothing else. Where the day picks the version they are those of the side's day, as if they had been
    in force for ever: `today` is then free to be another one.
    """

    side: Side
    program: str
    entry: CheckEntry
    policies: Policies

    @property
    def by_fact(self) -> str | None:
        """The fact that picks the version; None when the day does."""
        return None if self.entry.version_by.text == TODAY else self.entry.version_by.text

    def in_force(self) -> Iterator[CheckedPolicy]:
        """Give the policies that have the check, those of wider regions first; each once."""
        seen: set[int] = set()
        chains = self.policies.compiled.tree.chains
        timelines = self.policies.compiled.timelines[self.program]
        for region in sorted(timelines, key=lambda region: len(chains[region])):
            for interval in reversed(timelines[region]):
                if isinstance(interval, CheckedPolicy) and self._is_new(interval, seen):
                    seen.add(id(interval))
                    yield interval

    def _is_new(self, policy: CheckedPolicy, seen: set[int]) -> bool:
        return self.entry.name in policy.checks and id(policy) not in seen

    def check(self, policy: CheckedPolicy) -> Check:
        """Give the check of one of the policies."""
        return policy.checks[self.entry.name]

    def by_digest(self) -> Mapping[str, Check]:
        """Give the check of each meaning."""
        return {self.check(policy).digest: self.check(policy) for policy in reversed(list(self.in_force()))}

    def notes(self) -> tuple[RulesInForce, ...]:
        """Say which files they are."""
        return tuple(
            RulesInForce(policy.region, tuple(self.side.path(each) for each in policy.files), self.check(policy).digest)
            for policy in self.in_force()
        )

    def asking(self, values: Values) -> Policies:
        """Give the policies with other values in the place of their own."""
        asked = _Asking(self.entry.name, values)
        return _with(self.policies, self.program, asked.of)

    def composed_with(self, name: str, becomes: Mapping[int, int]) -> Mapping[Place, Check] | None:
        """Compose the rules anew, as if the authors had written other values for a parameter.

        None where that is a mistake: a number that leaves what can be proved.
        """
        own = {
            found.origin.span.key: literal(becomes[found.raw], found.type)
            for policy in self.in_force()
            if (found := policy.parameters.get(name)) is not None and isinstance(found.raw, int)
        }
        files = [_with_values(file, own) for file in self._files()]
        timelines, problems = with_files(self.side.policies.compiled, self.program, files)
        if any(each.code != _NEVER_MET and has_errors([each]) for each in problems):
            return None
        return {
            (region, interval.start): interval.checks[self.entry.name]
            for region, timeline in timelines.items()
            for interval in _held(timeline, self._day)
            if isinstance(interval, CheckedPolicy) and self.entry.name in interval.checks
        }

    @property
    def _day(self) -> datetime.date | None:
        return self.side.day if self.by_fact is None else None

    def _files(self) -> Sequence[PolicyFile]:
        """Give the files of the program; where the day picks the version, of each region the one in force."""
        files = [file for file in self.side.policies.compiled.authored.files if file.program.text == self.program]
        if self._day is None:
            return files
        begun = sorted((file for file in files if file.effective <= self._day), key=lambda file: file.effective)
        return list({file.region.text: file for file in begun if not file.draft}.values())


def _with_values(file: PolicyFile, own: Mapping[tuple[str, int, int], str]) -> PolicyFile:
    """Write other values into a file's parameters, by their places."""
    return replace(
        file,
        parameters=tuple(
            replace(entry, value=parse_text(own[entry.span.key])[0]) if entry.span.key in own else entry
            for entry in file.parameters
        ),
    )


def rules_of(side: Side, program: str, check: str) -> Rules:
    """Take the rules for one check out of a side's; raises `UnknownName`."""
    entry = side.policies.plan(program, check).check
    day = side.day if entry.version_by.text == TODAY else None
    declared = side.policies.compiled.programs[program]
    compiled = side.policies.compiled
    alone = replace(
        compiled,
        programs={program: replace(declared, checks=(entry,))},
        timelines={
            program: {
                region: tuple(_only(check, interval) for interval in _held(timeline, day))
                for region, timeline in compiled.timelines[program].items()
            }
        },
    )
    return Rules(side, program, entry, Policies(alone))


def counting(check: Check) -> set[int]:
    """Give the clauses that a check's outcome depends on: those that no waiver lifts."""

    def within(expr: Expr) -> Iterator[int]:
        if isinstance(expr, ClauseRef):
            yield expr.index
        for child in children(expr):
            yield from within(child)

    return set(within(check.expression))


def _held(timeline: Intervals, day: datetime.date | None) -> Intervals:
    """Give what holds on a day as if it held always; all of the timeline without one."""
    if day is None:
        return timeline
    found = next((i for i in timeline if i.start <= day and (i.end is None or day < i.end)), None)
    return () if found is None else (replace(found, start=FIRST, end=None),)


def _only(check: str, interval: CheckedPolicy | Gap) -> CheckedPolicy | Gap:
    if isinstance(interval, Gap):
        return interval
    return replace(interval, checks={name: each for name, each in interval.checks.items() if name == check})


def _with(policies: Policies, program: str, change: Callable[[CheckedPolicy], CheckedPolicy]) -> Policies:
    compiled = policies.compiled
    timelines = {
        region: tuple(change(each) if isinstance(each, CheckedPolicy) else each for each in timeline)
        for region, timeline in compiled.timelines[program].items()
    }
    return Policies(replace(compiled, timelines={program: timelines}))


@dataclass(slots=True)
class _Asking:
    """Puts values into checks. Checks that mean the same may still be asked differently: so do their digests."""

    name: str
    values: Values
    digests: dict[tuple[str, tuple[tuple[str, Expr], ...]], str] = field(default_factory=dict)

    def of(self, policy: CheckedPolicy) -> CheckedPolicy:
        check = policy.checks.get(self.name)
        if check is None:
            return policy
        values = tuple(self.values(policy, check))
        asked = tuple((value.id, value.expression) for value in values)
        digest = self.digests.setdefault((check.digest, asked), f"{check.digest} {len(self.digests)}")
        return replace(policy, checks={self.name: replace(check, values=values, digest=digest)})


_NEVER_MET = "unreachable"
"""What a requirement is called that is never met: worth telling an author, and no mistake of a number that is tried."""
