"""One check over all regions and days: what decisions about it share.

Reads: a program's timelines, checked.
Gives: `Plan`, in which every region and day leads to a check bound to its policy, or to why there is none; results
that are shared by all decisions with the same outcomes.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from policyengine.advise import HORIZON_YEARS, first_day_met
from policyengine.compiled import Compiled, Intervals
from policyengine.door import Door
from policyengine.missing import hanging_on
from policyengine.model import calendar
from policyengine.model.authored import CheckEntry, Program
from policyengine.model.checked import Check, CheckedPolicy, Requirement, Texts, with_clauses
from policyengine.model.decision import Missing, Outcome, PolicyIdentity, Words
from policyengine.model.operators import TODAY
from policyengine.model.resolved import Gap
from policyengine.model.values import Raw
from policyengine.targets import prose
from policyengine.targets.interpreter import Environment, Given, evaluate
from policyengine.targets.python import CheckFunction, DoorReaders, compile_check

FIRST = datetime.date.fromordinal(calendar.FIRST_PROVED_DAY)
"""The first day for which one may decide."""
LAST = datetime.date.fromordinal(calendar.LAST_PROVED_DAY)
_DAY = datetime.timedelta(days=1)


class Shared:
    """What all plans share: the compiled policies, the door, the words of each language, the compiled checks."""

    def __init__(self, compiled: Compiled) -> None:
        self.compiled = compiled
        self.door = Door(compiled.vocabulary, compiled.tree)
        names = {node.id: node.name for node in compiled.authored.regions}
        self.words: Mapping[str, prose.Words] = {
            language.code: prose.Words(language, names, compiled.vocabulary) for language in compiled.authored.languages
        }
        self._readers = DoorReaders(
            value=self.door.value,
            record=lambda entity, record: dict(self.door.record(entity, record)),
            extras=self.door.extras,
            contradiction=self.door.contradiction,
            regions=frozenset(compiled.tree.parents),
        )
        self._functions: dict[str, tuple[CheckFunction, Results]] = {}

    def compiled_check(self, check: Check) -> "tuple[CheckFunction, Results]":
        """Compile a check once for each meaning: equal digests share the function and its results."""
        made = self._functions.get(check.digest)
        if made is None:
            made = compile_check(check, self._readers), Results(check)
            self._functions[check.digest] = made
        return made


class Result:
    """What all decisions with the same outcomes of the same clauses share.

    `truths` are the clauses' outcomes, `requirements` those of the check's requirements, in its order; `because` the
    leaves that the outcome hangs on.
    """

    __slots__ = ("_because", "_check", "_requirements", "outcome", "truths")

    def __init__(self, outcome: Outcome, truths: tuple[bool | None, ...] = (), check: Check | None = None) -> None:
        self.outcome = outcome
        self.truths = truths
        self._check = check
        self._because: tuple[str, ...] | None = None
        self._requirements: tuple[bool | None, ...] | None = None

    @property
    def because(self) -> tuple[str, ...]:
        """The leaves that the outcome hangs on, in the author's order."""
        if self._because is None:
            self._because = self._hanging_on()
        return self._because

    @property
    def requirements(self) -> tuple[bool | None, ...]:
        """The outcomes of the check's requirements, groups and leaves alike."""
        if self._requirements is None:
            given = Environment({}, 0, self.truths)
            listed = self._check.requirements if self._check is not None else ()
            self._requirements = tuple(_truth(evaluate(one.expression, given)) for one in listed)
        return self._requirements

    def _hanging_on(self) -> tuple[str, ...]:
        if self._check is None:
            return ()
        truth = {Outcome.MET: True, Outcome.UNMET: False, Outcome.UNKNOWN: None}[self.outcome]
        indices = hanging_on(self._check, truth, Environment({}, 0, self.truths))
        return tuple(self._check.clauses[index].id for index in indices)


def _truth(value: Raw | None) -> bool | None:
    assert value is None or isinstance(value, bool)
    return value


class Results(dict[int, Result]):
    """Results by the clauses' outcomes in one number; made when first met."""

    _MOST = 4_096

    def __init__(self, check: Check) -> None:
        super().__init__()
        self._check = check

    def __missing__(self, outcomes: int) -> Result:
        if len(self) >= self._MOST:
            self.clear()
        truths = tuple(
            None if outcomes >> (2 * i) & 2 else not outcomes >> (2 * i) & 1 for i in range(len(self._check.clauses))
        )
        truth = evaluate(self._check.expression, Environment({}, 0, truths))
        assert truth is None or isinstance(truth, bool)
        result = Result(Outcome.of(truth), truths, self._check)
        self[outcomes] = result
        return result


NO_POLICY = PolicyIdentity((), None, None, None)


@dataclass(frozen=True, slots=True)
class Undecided:
    """Why no policy was asked: none is in force (`NOT_OFFERED`), or a fact that would choose one is unknown."""

    plan: "Plan"
    result: Result
    missing: tuple[Missing, ...]
    identity: PolicyIdentity
    summary: Texts | None


@dataclass(slots=True)
class Plan:
    """One check of one program, over all regions and days.

    `timelines` maps every region of the tree to its intervals, latest first: first day, and the check bound to its
    policy, or why there is none.
    """

    shared: Shared
    program: Program
    check: CheckEntry
    region_fact: tuple[str, str]
    version_fact: tuple[str, str] | None
    timelines: dict[str, "tuple[tuple[datetime.date, Bound | Undecided], ...]"] = field(default_factory=dict)
    decided: dict[str, "tuple[tuple[datetime.date, datetime.date, Bound], ...]"] = field(default_factory=dict)
    """Of a check that goes by today, the intervals with a policy: first day, last day."""

    def first_day_met(self, fixed: Mapping[str, Given], on: datetime.date, region: str) -> datetime.date | None:
        """Find the first day after `on` on which the check is met, over all versions to come; see `Decision.met_on`."""
        vocabulary = self.shared.compiled.vocabulary
        last = horizon(on)
        if self.version_fact is not None:
            raw = fixed.get(self.check.version_by.text)
            version = datetime.date.fromordinal(raw) if isinstance(raw, int) else None
            fitting = [b for start, b in self.timelines[region] if version is not None and start <= version][:1]
            days = [(bound, on, last) for bound in fitting]
        else:
            ends = [last, *(start - _DAY for start, _ in self.timelines[region])]
            days = [
                (bound, max(start, on), min(end, last))
                for (start, bound), end in zip(self.timelines[region], ends, strict=False)
            ]
        for bound, start, until in reversed(days):
            first = max(start, on + _DAY)
            if isinstance(bound, Bound) and first <= until:
                whole = with_clauses(bound.check.expression, bound.check.clauses)
                found = first_day_met(whole, vocabulary, fixed, first, until)
                if found is not None:
                    return found
        return None


@dataclass(slots=True)
class Bound:
    """A check bound to the policy of one region and interval. Its function is made at the first decision."""

    plan: Plan
    policy: CheckedPolicy
    check: Check
    function: CheckFunction = field(init=False)
    results: Results = field(init=False)
    _words: dict[str, Words] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.function = self.first_call
        self.results = Results(self.check)

    def words(self, requirement: Requirement) -> Words:
        """Give a requirement's words in each language: the author's, or written from the expression."""
        found = self._words.get(requirement.id)
        if found is None:
            found = dict(self.filled(requirement.says))
            meaning = with_clauses(requirement.expression, self.check.clauses)
            for code, words in self.plan.shared.words.items():
                if code not in found:
                    found[code] = prose.sentence(meaning, words)
            self._words[requirement.id] = found
        return found

    def filled(self, texts: Texts | None) -> Words:
        """Fill the policy's parameters into texts."""
        known = self.plan.shared.words
        entries = texts.entries if texts is not None else ()
        return {code: prose.fill(text, self.policy.parameters, known[code]) for code, text in entries if code in known}

    def last_day(self, on: datetime.date) -> datetime.date:
        """Give the last day on which this policy decides, as far as is looked ahead."""
        end = self.policy.end if self.plan.version_fact is None else None
        return horizon(on) if end is None else min(end - _DAY, horizon(on))

    def first_call(self, facts: Mapping[str, Any], on: datetime.date, ignore_extras: bool) -> Any:  # noqa: FBT001
        """Compile the check, or take the function of an equal one, and be replaced by it."""
        self.function, self.results = self.plan.shared.compiled_check(self.check)
        return self.function(facts, on, ignore_extras)


def make_plan(shared: Shared, program: Program, check: CheckEntry) -> Plan:
    """Lead every region and day of one check to its policy."""
    entity, _, name = check.region_by.text.partition(".")
    version_entity, _, version_name = check.version_by.text.partition(".")
    version = None if check.version_by.text == TODAY else (version_entity, version_name)
    plan = Plan(shared, program, check, (entity, name), version)
    led: dict[int, tuple[tuple[datetime.date, Bound | Undecided], ...]] = {}
    for region in shared.compiled.tree.parents:
        timeline = timeline_of(shared.compiled, program.name, region)
        if id(timeline) not in led:
            led[id(timeline)] = tuple((i.start, _bound(plan, i)) for i in reversed(timeline))
        plan.timelines[region] = led[id(timeline)]
        if version is None:
            plan.decided[region] = _decided(led[id(timeline)])
    return plan


def timeline_of(compiled: Compiled, program: str, region: str) -> Intervals:
    """Give a region's intervals: its own, or those of its nearest ancestor with files."""
    timelines = compiled.timelines[program]
    layered = [layer for layer in compiled.tree.chain(region) if layer in timelines]
    return timelines[layered[-1]] if layered else ()


def _bound(plan: Plan, interval: CheckedPolicy | Gap) -> "Bound | Undecided":
    if isinstance(interval, CheckedPolicy):
        check = interval.checks.get(plan.check.name)
        if check is not None:
            return Bound(plan, interval, check)
        identity = PolicyIdentity(interval.files, None, interval.start, interval.end)
        return Undecided(plan, NOT_OFFERED, (), identity, None)
    identity = PolicyIdentity((interval.file.source.path,), None, interval.start, interval.end)
    summary: Texts | None = interval.file.summary
    return Undecided(plan, NOT_OFFERED, (), identity, summary)


def _decided(
    timeline: tuple[tuple[datetime.date, Bound | Undecided], ...],
) -> tuple[tuple[datetime.date, datetime.date, Bound], ...]:
    ends = [LAST, *(start - _DAY for start, _ in timeline)]
    pairs = zip(timeline, ends, strict=False)
    return tuple((max(start, FIRST), end, bound) for (start, bound), end in pairs if isinstance(bound, Bound))


def nothing_yet(plan: Plan) -> Undecided:
    """Say that no policy is in force on the day, nor was one withdrawn."""
    return Undecided(plan, NOT_OFFERED, (), NO_POLICY, None)


def horizon(on: datetime.date) -> datetime.date:
    """Give the last day that is looked at for what time alone changes."""
    return min(datetime.date.fromordinal(calendar.add_months(on.toordinal(), 12 * HORIZON_YEARS)), LAST)


NOT_OFFERED = Result(Outcome.NOT_OFFERED)
