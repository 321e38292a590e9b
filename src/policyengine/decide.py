"""One decision: the policies, loaded once and shared, answer a question about one creator on one day.

Reads: a folder of policies; a caller's facts.
Gives: `Policies`, whose `decide` does the least that is needed and leaves words to whoever reads them.
"""

import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from policyengine.compiled import Compiled, Intervals
from policyengine.decision import Decision
from policyengine.door import as_mapping
from policyengine.in_force import InForce
from policyengine.model.decision import Missing, Outcome
from policyengine.model.diagnostic import Diagnostic, did_you_mean, has_errors
from policyengine.model.errors import InvalidFact, InvalidPolicies, UnknownName
from policyengine.pipeline import compile_folder
from policyengine.plan import (
    FIRST,
    LAST,
    NO_POLICY,
    Plan,
    Result,
    Shared,
    Undecided,
    make_plan,
    nothing_yet,
    timeline_of,
)

if TYPE_CHECKING:
    from policyengine.batch import TableOptions, TablePlan

_DATE = datetime.date


class Policies:
    """Policies that were checked, ready to decide. Immutable; safe to share between threads.

    `diagnostics` holds the warnings that came with loading.
    """

    def __init__(self, compiled: Compiled, diagnostics: tuple[Diagnostic, ...] = ()) -> None:
        shared = Shared(compiled)
        self.compiled = compiled
        self.diagnostics = diagnostics
        self.door = shared.door
        self.words = shared.words
        self._plans = {
            program.name: {check.name: make_plan(shared, program, check) for check in program.checks}
            for program in compiled.programs.values()
        }

    def __setattr__(self, name: str, value: object) -> None:
        if hasattr(self, name):
            raise AttributeError("policies are immutable; load them again")
        super().__setattr__(name, value)

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
        plan = self.plan(program, check)
        day_to_decide(on)
        given = self._with(plan, as_mapping(facts), region, version, on)
        entity, name = plan.region_fact
        path = f"{entity}.{name}"
        where = self.door.value(self.compiled.vocabulary[path], self.door.record(entity, given.get(entity)).get(name))
        assert where is None or isinstance(where, str)
        if where is None:
            return self._undecided(plan, given, on, None, plan.check.region_by.text, ignore_extras=ignore_extras)
        day = on
        if plan.version_fact is not None:
            published = self._version_day(plan, given)
            if published is None:
                return self._undecided(plan, given, on, where, plan.check.version_by.text, ignore_extras=ignore_extras)
            day = published
        in_force = (bound for start, bound in plan.timelines[where] if day >= start)
        bound = next(in_force, None) or nothing_yet(plan)
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

    def decide_table(
        self, program: str, source: Any, *, on: datetime.date | str, **options: Unpack["TableOptions"]
    ) -> Any:
        """Decide every row of a table by the policy of its own region and day, in one statement of SQL.

        `source` is a path or a pattern of Parquet, CSV or JSON files, an Arrow table, a pandas or Polars frame, a
        DuckDB relation or a Spark DataFrame. `on` is the decision's day, or the name of the column that holds each
        row's. The options are those of `TableOptions`.

        The answer comes in kind: a lazy relation for files and relations, a lazy DataFrame that stays on its cluster
        for Spark's. It has a row for each row: the columns that are kept; `invalid`, which names the first fact that
        the row cannot have; and for each check `<check>_outcome`, `_unmet` and `_unknown` (ids of leaf requirements),
        `_policy` (the digest), and its values: exact decimals, days, seconds, months.

        Raises `InvalidTable`, `UnknownName`, and `InvalidFact` for a column that cannot hold its fact.
        """
        from policyengine.batch import decide_table

        return decide_table(self, program, source, on, options)

    def table_plan(
        self, program: str, source: Any, *, on: datetime.date | str, **options: Unpack["TableOptions"]
    ) -> "TablePlan":
        """Say what `decide_table` will do: which column is which fact, which facts have none, and the statement.

        A fact `creator.followers` is found in a column of that name, in `creator_followers`, in the field `followers`
        of a struct `creator`, or in a column `followers`, unless another fact that is read has that bare name.
        """
        from policyengine.batch import table_plan

        return table_plan(self, program, source, on, options)

    def in_force(self, program: str, *, region: str, on: datetime.date) -> InForce:
        """Give what a program says in a region on a day: parameters as typed values, checks, files.

        Raises `UnknownName`; a program that is not offered then and there gives an `InForce` without a policy.
        """
        day_to_decide(on)
        timeline = self.timeline(program, region=region)
        found = next((i for i in timeline if i.start <= on and (i.end is None or on < i.end)), None)
        return InForce(program, region, on, found, self.words)

    def timeline(self, program: str, *, region: str) -> Intervals:
        """Give the intervals of a region, earliest first, without holes after the first; raises `UnknownName`."""
        if program not in self.compiled.programs:
            raise self._unknown(program, None)
        return timeline_of(self.compiled, program, self.region(region))

    def plan(self, program: str, check: str) -> Plan:
        """Give a check over all regions and days; raises `UnknownName`."""
        found = self._plans.get(program, {}).get(check)
        if found is None:
            raise self._unknown(program, check)
        return found

    def checks(self, program: str) -> tuple[str, ...]:
        """Name a program's checks; raises `UnknownName`."""
        if program not in self._plans:
            raise self._unknown(program, None)
        return tuple(self._plans[program])

    def region(self, region: str) -> str:
        """Give a region's code as it is, when there is one; raises `UnknownName`."""
        if region not in self.compiled.tree:
            raise UnknownName("region", region, did_you_mean(str(region), self.compiled.tree.parents))
        return region

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
            self._fill(filled, plan.region_fact, self.region(region))
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
            return UnknownName(
                "program", program, did_you_mean(program, programs) or f"there are {', '.join(programs)}"
            )
        names = [entry.name for entry in programs[program].checks]
        help_ = did_you_mean(str(check), names) or f"`{program}` has {', '.join(names)}"
        return UnknownName("check", str(check), help_)


def day_to_decide(on: datetime.date) -> datetime.date:
    """Give a day for which one may decide; raises `InvalidFact` for another, and for a date-time."""
    if type(on) is not _DATE or not FIRST <= on <= LAST:
        raise InvalidFact("today", f"{on} will not do", f"a date (not a date-time) from {FIRST} to {LAST}")
    return on


def load(folder: str | Path = "policies") -> Policies:
    """Load a folder of policies.

    Raises `InvalidPolicies` with every diagnostic when any is an error.
    """
    compiled, diagnostics = compile_folder(Path(folder))
    if compiled is None or has_errors(diagnostics):
        raise InvalidPolicies(diagnostics)
    return Policies(compiled, diagnostics)
