"""One decision: the policies, loaded once and shared, answer a question about one creator on one day.

Reads: a folder of policies; a caller's facts.
Gives: `Policies`, whose `decide` does the least that is needed and leaves words to whoever reads them.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from policyengine.advise import HORIZON_YEARS, first_day_met
from policyengine.decision import NO_POLICY, Decision, Result, Undecided
from policyengine.door import Door, as_mapping
from policyengine.in_force import InForce
from policyengine.model import calendar
from policyengine.model.authored import CheckEntry, Program
from policyengine.model.checked import Check, CheckedPolicy, Requirement, Texts, with_clauses
from policyengine.model.decision import Missing, Outcome, PolicyIdentity, Words
from policyengine.model.diagnostic import Diagnostic, did_you_mean
from policyengine.model.errors import InvalidFact, InvalidPolicies, UnknownName
from policyengine.model.operators import TODAY
from policyengine.model.resolved import Gap
from policyengine.pipeline import Compiled, Intervals, compile_folder, has_errors
from policyengine.targets import prose
from policyengine.targets.interpreter import Environment, Given, evaluate
from policyengine.targets.python import CheckFunction, DoorReaders, compile_check

_DATE = datetime.date
_FIRST = datetime.date.fromordinal(calendar.FIRST_PROVED_DAY)
_LAST = datetime.date.fromordinal(calendar.LAST_PROVED_DAY)


class _Results(dict[int, Result]):
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


@dataclass(slots=True)
class Plan:
    """One check of one program, over all regions and days.

    `timelines` maps every region of the tree to its intervals, latest first: first day, and the check bound to its
    policy, or why there is none.
    """

    policies: "Policies"
    program: Program
    check: CheckEntry
    region_fact: tuple[str, str]
    version_fact: tuple[str, str] | None
    timelines: dict[str, "tuple[tuple[datetime.date, Bound | Undecided], ...]"] = field(default_factory=dict)
    decided: dict[str, "tuple[tuple[datetime.date, datetime.date, Bound], ...]"] = field(default_factory=dict)
    """Of a check that goes by today, the intervals with a policy: first day, last day."""


    def first_day_met(self, fixed: Mapping[str, Given], on: datetime.date, region: str) -> datetime.date | None:
        """Find the first day after `on` on which the check is met, over all versions to come; see `Decision.met_on`."""
        vocabulary = self.policies.compiled.vocabulary
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
        for bound, first, until in reversed(days):
            first = max(first, on + _DAY)
            if isinstance(bound, Bound) and first <= until:
                whole = with_clauses(bound.check.expression, bound.check.clauses)
                found = first_day_met(whole, vocabulary, fixed, first, until)
                if found is not None:
                    return found
        return None


_DAY = datetime.timedelta(days=1)
_NOT_OFFERED = Result(Outcome.NOT_OFFERED)


def horizon(on: datetime.date) -> datetime.date:
    """Give the last day that is looked at for what time alone changes."""
    return min(datetime.date.fromordinal(calendar.add_months(on.toordinal(), 12 * HORIZON_YEARS)), _LAST)


@dataclass(slots=True)
class Bound:
    """A check bound to the policy of one region and interval. Its function is made at the first decision."""

    plan: Plan
    policy: CheckedPolicy
    check: Check
    function: CheckFunction = field(init=False)
    results: _Results = field(init=False)
    _words: dict[str, Words] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.function = self.first_call
        self.results = _Results(self.check)

    def words(self, requirement: Requirement) -> Words:
        """Give a requirement's words in each language: the author's, or written from the expression."""
        found = self._words.get(requirement.id)
        if found is None:
            found = dict(self.filled(requirement.says))
            meaning = with_clauses(requirement.expression, self.check.clauses)
            for code, words in self.plan.policies.words.items():
                if code not in found:
                    found[code] = prose.sentence(meaning, words)
            self._words[requirement.id] = found
        return found

    def filled(self, texts: Texts | None) -> Words:
        """Fill the policy's parameters into texts."""
        known = self.plan.policies.words
        entries = texts.entries if texts is not None else ()
        return {code: prose.fill(text, self.policy.parameters, known[code]) for code, text in entries if code in known}

    def last_day(self, on: datetime.date) -> datetime.date:
        """Give the last day on which this policy decides, as far as is looked ahead."""
        end = self.policy.end if self.plan.version_fact is None else None
        return horizon(on) if end is None else min(end - _DAY, horizon(on))

    def first_call(self, facts: Mapping[str, Any], on: datetime.date, ignore_extras: bool) -> Any:  # noqa: FBT001
        """Compile the check, or take the function of an equal one, and be replaced by it."""
        self.function, self.results = self.plan.policies.compiled_check(self.check)
        return self.function(facts, on, ignore_extras)


class Policies:
    """Policies that were checked, ready to decide. Immutable; safe to share between threads.

    `diagnostics` holds the warnings that came with loading.
    """

    def __init__(self, compiled: Compiled, diagnostics: tuple[Diagnostic, ...] = ()) -> None:
        self.compiled = compiled
        self.diagnostics = diagnostics
        self.door = Door(compiled.vocabulary, compiled.tree)
        names = {node.id: node.name for node in compiled.authored.regions}
        self.words: Mapping[str, prose.Words] = {
            language.code: prose.Words(language, names, compiled.vocabulary)
            for language in compiled.authored.languages
        }
        self._readers = DoorReaders(
            value=self.door.value,
            record=lambda entity, record: dict(self.door.record(entity, record)),
            extras=self.door.extras,
            contradiction=self.door.contradiction,
            regions=frozenset(compiled.tree.parents),
        )
        self._functions: dict[str, tuple[CheckFunction, _Results]] = {}
        self._plans = {
            program.name: {check.name: self._plan(program, check) for check in program.checks}
            for program in compiled.programs.values()
        }

    def decide(
        self,
        program: str,
        facts: Mapping[str, Any] | str | bytes,
        *,
        check: str,
        on: datetime.date,
        region: str | None = None,
        version: datetime.date | None = None,
        ignore_extras: bool = False,
    ) -> Decision:
        """Decide one check for one creator on one day.

        `facts` are nested mappings (`{"creator": {"followers": 12_000}}`) or JSON text; an absent or null fact is
        unknown. `region` and `version` (the version day) fill the facts that `region_by` and `version_by` name, and
        must not contradict given ones.

        Raises `InvalidFact` for a fact that is undeclared (unless `ignore_extras`), of the wrong type, out of range
        or contradicted; `UnknownName` for a program, check or region that does not exist.
        """
        # The usual case first, with nothing asked twice; whatever is unusual about it is then found with care.
        try:
            plan = self._plans[program][check]
            if region is None and version is None and type(facts) is dict and type(on) is _DATE:
                entity, name = plan.region_fact
                where = facts[entity][name]
                for first, last, bound in plan.decided[where]:
                    if first <= on <= last:
                        outcomes, known = bound.function(facts, on, ignore_extras)
                        return Decision((bound.results[outcomes], bound, known, facts, on))
        except (KeyError, TypeError):
            pass
        return self._decide_with_care(program, facts, check, on, region, version, ignore_extras=ignore_extras)

    def _decide_with_care(
        self,
        program: str,
        facts: Mapping[str, Any] | str | bytes,
        check: str,
        on: datetime.date,
        region: str | None,
        version: datetime.date | None,
        *,
        ignore_extras: bool,
    ) -> Decision:
        plan = self._plans.get(program, {}).get(check)
        if plan is None:
            raise self._unknown(program, check)
        if type(on) is not _DATE or not _FIRST <= on <= _LAST:
            raise _wrong_day(on)
        given = self._with(plan, as_mapping(facts), region, version, on)
        entity, name = plan.region_fact
        path = f"{entity}.{name}"
        where = self.door.value(self.compiled.vocabulary[path], self.door.record(entity, given.get(entity)).get(name))
        if where is None:
            return self._undecided(plan, given, on, None, plan.check.region_by.text, ignore_extras=ignore_extras)
        day = on
        if plan.version_fact is not None:
            published = self._version_day(plan, given)
            if published is None:
                return self._undecided(plan, given, on, where, plan.check.version_by.text, ignore_extras=ignore_extras)
            day = published
        in_force = (bound for start, bound in plan.timelines[where] if day >= start)
        bound = next(in_force, None) or _nothing_yet(plan)
        if isinstance(bound, Undecided):
            self.door.extras(frozenset(), given, ignore_extras, on)
            return Decision((bound.result, bound, (where,), given, on))
        outcomes, known = bound.function(given, on, ignore_extras)
        return Decision((bound.results[outcomes], bound, known, given, on))

    def decide_all(
        self,
        facts: Mapping[str, Any] | str | bytes,
        on: datetime.date,
        *,
        ignore_extras: bool = False,
    ) -> tuple[Decision, ...]:
        """Decide every check of every program: "which programs can I join?"; raises as `decide` does."""
        given = dict(as_mapping(facts))
        return tuple(
            self.decide(program, given, check=check, on=on, ignore_extras=ignore_extras)
            for program, checks in self._plans.items()
            for check in checks
        )

    def in_force(self, program: str, *, region: str, on: datetime.date) -> InForce:
        """Give what a program says in a region on a day: parameters as typed values, checks, files.

        Raises `UnknownName`; a program that is not offered then and there gives an `InForce` without a policy.
        """
        if program not in self.compiled.programs:
            raise self._unknown(program, None)
        timeline = self.timeline(program, region=region)
        found = next((i for i in timeline if i.start <= on and (i.end is None or on < i.end)), None)
        return InForce(program, region, on, found, self.words)

    def timeline(self, program: str, *, region: str) -> Intervals:
        """Give the intervals of a region, earliest first, without holes after the first; raises `UnknownName`."""
        if program not in self.compiled.programs:
            raise self._unknown(program, None)
        if region not in self.compiled.tree:
            raise self._unknown_region(region)
        timelines = self.compiled.timelines[program]
        layered = [layer for layer in self.compiled.tree.chain(region) if layer in timelines]
        return timelines[layered[-1]] if layered else ()

    def compiled_check(self, check: Check) -> tuple[CheckFunction, _Results]:
        """Compile a check once for each meaning: equal digests share the function and its results."""
        made = self._functions.get(check.digest)
        if made is None:
            made = compile_check(check, self._readers), _Results(check)
            self._functions[check.digest] = made
        return made

    def _plan(self, program: Program, check: CheckEntry) -> Plan:
        entity, _, name = check.region_by.text.partition(".")
        version = None if check.version_by.text == TODAY else tuple(check.version_by.text.split("."))
        plan = Plan(self, program, check, (entity, name), version)  # type: ignore[arg-type]
        shared: dict[int, tuple[tuple[datetime.date, Bound | Undecided], ...]] = {}
        for region in self.compiled.tree.parents:
            timeline = self.timeline(program.name, region=region)
            if id(timeline) not in shared:
                shared[id(timeline)] = tuple((i.start, _bound(plan, i)) for i in reversed(timeline))
            plan.timelines[region] = shared[id(timeline)]
            if version is None:
                plan.decided[region] = _decided(shared[id(timeline)])
        return plan

    def _with(
        self,
        plan: Plan,
        facts: Mapping[str, Any],
        region: str | None,
        version: datetime.date | None,
        on: datetime.date,
    ) -> dict[str, Any]:
        """Fill in the region and the version day that the caller passed; a given fact must agree."""
        filled = dict(facts)
        if region is not None:
            if region not in self.compiled.tree:
                raise self._unknown_region(region)
            self._fill(filled, plan.region_fact, region)
        if version is not None and plan.version_fact is None and version != on:
            raise InvalidFact("version", f"this check goes by today, which is {on}, not {version}", "no version")
        if version is not None and plan.version_fact is not None:
            self._fill(filled, plan.version_fact, version)
        return filled

    def _fill(self, facts: dict[str, Any], fact: tuple[str, str], value: Any) -> None:
        entity, name = fact
        record = dict(self.door.record(entity, facts.get(entity)))
        declaration = self.compiled.vocabulary[f"{entity}.{name}"]
        if record.get(name) is not None:
            stated = self.door.value(declaration, record[name])
            if stated != self.door.value(declaration, value):
                raise InvalidFact(declaration.path, f"`{record[name]}` was given, and `{value}` was asked for")
        facts[entity] = {**record, name: value}

    def _version_day(self, plan: Plan, facts: Mapping[str, Any]) -> datetime.date | None:
        assert plan.version_fact is not None
        entity, name = plan.version_fact
        path = f"{entity}.{name}"
        raw = self.door.value(self.compiled.vocabulary[path], self.door.record(entity, facts.get(entity)).get(name))
        assert raw is None or isinstance(raw, int)
        return None if raw is None else datetime.date.fromordinal(raw)

    def _undecided(
        self,
        plan: Plan,
        facts: Mapping[str, Any],
        on: datetime.date,
        region: str | None,
        fact: str,
        *,
        ignore_extras: bool,
    ) -> Decision:
        """Decide when the fact that chooses a policy is unknown: the others are read, to say what is wrong."""
        self.door.extras(frozenset(), facts, ignore_extras, on)
        unknown = Undecided(plan, Result(Outcome.UNKNOWN), (Missing(fact),), NO_POLICY, None)
        return Decision((unknown.result, unknown, (region,), facts, on))

    def _unknown(self, program: str, check: str | None) -> UnknownName:
        programs = self.compiled.programs
        if program not in programs:
            return UnknownName("program", program, did_you_mean(program, programs) or f"there are {', '.join(programs)}")
        names = [entry.name for entry in programs[program].checks]
        help_ = did_you_mean(str(check), names) or f"`{program}` has {', '.join(names)}"
        return UnknownName("check", str(check), help_)

    def _unknown_region(self, region: str) -> UnknownName:
        return UnknownName("region", region, did_you_mean(str(region), self.compiled.tree.parents))


def _bound(plan: Plan, interval: CheckedPolicy | Gap) -> "Bound | Undecided":
    if isinstance(interval, CheckedPolicy):
        check = interval.checks.get(plan.check.name)
        if check is not None:
            return Bound(plan, interval, check)
        identity = PolicyIdentity(interval.files, None, interval.start, interval.end)
        return Undecided(plan, _NOT_OFFERED, (), identity, None)
    identity = PolicyIdentity((interval.file.source.path,), None, interval.start, interval.end)
    summary: Texts | None = interval.file.summary
    return Undecided(plan, _NOT_OFFERED, (), identity, summary)


def _decided(
    timeline: tuple[tuple[datetime.date, Bound | Undecided], ...],
) -> tuple[tuple[datetime.date, datetime.date, Bound], ...]:
    ends = [_LAST, *(start - _DAY for start, _ in timeline)]
    pairs = zip(timeline, ends, strict=False)
    return tuple((max(start, _FIRST), end, bound) for (start, bound), end in pairs if isinstance(bound, Bound))


def _nothing_yet(plan: Plan) -> Undecided:
    return Undecided(plan, _NOT_OFFERED, (), NO_POLICY, None)


def _wrong_day(on: object) -> InvalidFact:
    return InvalidFact("today", f"{on!r} will not do", f"a date (not a date-time) from {_FIRST} to {_LAST}")


def load(folder: str | Path = "policies") -> Policies:
    """Load a folder of policies.

    Raises `InvalidPolicies` with every diagnostic when any is an error.
    """
    compiled, diagnostics = compile_folder(Path(folder))
    if compiled is None or has_errors(diagnostics):
        raise InvalidPolicies(diagnostics)
    return Policies(compiled, diagnostics)
