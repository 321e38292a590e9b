"""What deciding a table will do: which columns are which facts, which facts have none, and the statement.

Reads: policies, a table's columns and their types.
Gives: `TablePlan`.
Never: reads a row.
"""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypedDict

from policyengine.batch.matching import Match, Schema, fact_like, matched
from policyengine.batch.notes import notes
from policyengine.batch.routing import routes
from policyengine.decide import Policies, day_to_decide
from policyengine.model import types
from policyengine.model.checked import FactDeclaration
from policyengine.model.diagnostic import did_you_mean
from policyengine.model.errors import InvalidFact, UnknownName
from policyengine.model.operators import TODAY
from policyengine.model.span import Source as Text
from policyengine.plan import Plan
from policyengine.targets.sql import (
    Bounds,
    Dialect,
    Question,
    QuestionColumns,
    Read,
    Route,
    Source,
    Statement,
    filled_in,
    fixed,
    read_place,
    sql_text,
    write_statement,
)

Day = datetime.date | str
"""One day for all rows, or the name of the column that holds each row's."""


class TableOptions(TypedDict, total=False):
    """How a table is decided. All may be left out."""

    check: str | Sequence[str]
    """The checks that are asked; all of the program's when left out."""
    region: str
    """The region of all rows, or of those that do not say it: a row that says another is invalid."""
    version: Day
    """The version day, for checks that go by a fact: one day for all rows, or the column that holds each row's."""
    columns: Mapping[str, str]
    """Which column holds a fact, by the fact's path; other columns are found by name: see `Policies.table_plan`."""
    keep: Sequence[str]
    """The columns that come out as they are; when left out, those that are not called as a fact is."""
    masks: bool
    """Give unmet and unknown requirements as whole numbers: bit i is `table_plan(…).checks[check].requirements[i]`."""
    floats: bool
    """Read binary fractions by their shortest text; without it they are refused for exact facts."""
    ignore_extras: bool
    """Let structs have fields that no fact is declared for."""


@dataclass(frozen=True, slots=True)
class TablePlan:
    """What deciding a table does.

    `facts` says which column holds which fact, by path; `missing` are the facts that have none, and are unknown in all
    rows; `kept` are the columns that come out as they are. `checks` says what the columns of each check are called,
    and what the bits of its masks stand for.
    """

    program: str
    facts: Mapping[str, str]
    missing: Sequence[str]
    kept: Sequence[str]
    checks: Mapping[str, QuestionColumns]
    dialect: Dialect
    _statement: Statement = field(repr=False)

    @property
    def statement(self) -> Statement:
        """The statement as a tree, for whoever asks more of what it gives."""
        return self._statement

    def sql(self, *, pretty: bool = False) -> str:
        """Write the statement."""
        return sql_text(self._statement.tree, self.dialect, pretty=pretty)


def plan_table(
    policies: Policies,
    program: str,
    schema: Schema,
    on: Day,
    options: TableOptions,
    *,
    dialect: Dialect,
    table: str,
    bounds: Mapping[str, Bounds] | None = None,
    ordered: bool = False,
) -> TablePlan:
    """Plan the decisions about a table whose columns are `schema`; `bounds` are what is known of some columns' values.

    `ordered` asks for the rows in the table's order.

    Raises `UnknownName` for programs, checks, regions, facts and columns that do not exist; `InvalidFact` for a column
    that cannot hold its fact, or is ambiguous; `CannotSay` for what SQL has no words for.
    """
    day = on if isinstance(on, str) else day_to_decide(on)
    for name in options:
        if name not in (known := TableOptions.__annotations__):
            help_ = did_you_mean(name, known) or f"there are {', '.join(known)}"
            raise TypeError(f"no option is called `{name}`; {help_}")
    return _Planner(policies, program, schema, day, options, dialect, table, bounds or {}, ordered).plan()


def wanted_facts(policies: Policies, program: str, on: Day, options: TableOptions) -> dict[str, FactDeclaration]:
    """Give all facts that the checks read, in any region, by path; raises `UnknownName`."""
    planner = _Planner(policies, program, {}, on, options, Dialect.DUCKDB, "", {})
    return planner.wanted(planner.asked())


@dataclass(frozen=True, slots=True)
class _Asked:
    """A check that is asked, and what leads rows to its policies; `day` is None when rows have days of their own."""

    plan: Plan
    day: datetime.date | None
    routes: Sequence[Route]

    @property
    def name(self) -> str:
        return self.plan.check.name

    @property
    def region(self) -> str:
        return self.plan.check.region_by.text

    @property
    def version(self) -> str | None:
        """The fact that picks the version; None when the day does."""
        return _version_fact(self.plan)


def _version_fact(plan: Plan) -> str | None:
    path = plan.check.version_by.text
    return None if path == TODAY else path


@dataclass(frozen=True, slots=True)
class _Planner:
    policies: Policies
    program: str
    schema: Schema
    on: Day
    options: TableOptions
    dialect: Dialect
    table: str
    bounds: Mapping[str, Bounds]
    ordered: bool = False

    def plan(self) -> TablePlan:
        asked = self.asked()
        wanted = self.wanted(asked)
        matches = matched(
            self.schema,
            wanted,
            self.policies.compiled.vocabulary,
            {**self.options.get("columns", {}), **self.version_column(asked)},
            ignore_extras=self.options.get("ignore_extras", False),
        )
        joined = self.joined(asked)
        facts = {path: self.read(wanted[path], match, joined=path in joined) for path, match in matches.items()}
        facts |= self.filled(asked, facts)
        kept = self.kept(matches)
        source = Source(self.table, facts, self.policies.compiled.vocabulary, self.today(), kept, self.ordered)
        questions = [Question(a.name, a.routes, a.region, a.version, notes(a.plan, a.day)) for a in asked]
        statement = write_statement(source, questions, masks=self.options.get("masks", False))
        return TablePlan(
            self.program,
            {path: str(match) for path, match in matches.items()},
            [path for path in wanted if path not in facts and not self.derivable(path, facts)],
            kept,
            dict(zip((each.name for each in asked), statement.columns, strict=True)),
            self.dialect,
            statement,
        )

    def asked(self) -> Sequence[_Asked]:
        """Give the checks that are meant: those of the program, when none is named."""
        named = self.options.get("check") or self.policies.checks(self.program)
        checks = (named,) if isinstance(named, str) else tuple(dict.fromkeys(named))
        plans = [self.policies.plan(self.program, check) for check in checks]
        days = [self.fixed_day(plan) for plan in plans]
        compiled = self.policies.compiled
        return [
            _Asked(plan, day, routes(compiled, self.program, plan.check.name, day))
            for plan, day in zip(plans, days, strict=True)
        ]

    def wanted(self, asked: Sequence[_Asked]) -> dict[str, FactDeclaration]:
        """Give all facts that the checks read in any region on any day, those that choose the policy first."""
        vocabulary = self.policies.compiled.vocabulary
        paths: dict[str, None] = {}
        for each in asked:
            paths |= dict.fromkeys([each.region] if each.version is None else [each.region, each.version])
            for route in each.routes:
                paths |= {} if route.check is None else dict.fromkeys(route.check.facts)
        return {path: vocabulary[path] for path in paths}

    def fixed_day(self, plan: Plan) -> datetime.date | None:
        """Give the one day that picks the policy of all rows, None when rows have days of their own."""
        path = _version_fact(plan)
        if path is None:
            return self.on if isinstance(self.on, datetime.date) else None
        version = self.options.get("version")
        if not isinstance(version, datetime.date):
            return None
        day_to_decide(version)
        return None if self.by_name([path]) else version

    def by_name(self, paths: Iterable[str]) -> Mapping[str, Match]:
        """Find the columns of some facts, whatever the caller says of a column for the version day."""
        declared = self.policies.compiled.vocabulary
        told = self.options.get("columns", {})
        return matched(self.schema, {path: declared[path] for path in paths}, declared, told, ignore_extras=True)

    def version_column(self, asked: Sequence[_Asked]) -> dict[str, str]:
        """Say in which column the version day is, when the caller names one."""
        name = self.options.get("version")
        paths = [each.version for each in asked if each.version is not None]
        if name is not None and not paths:
            raise InvalidFact("version", f"{' and '.join(each.name for each in asked)} go by today", "no version")
        if name is None or isinstance(name, datetime.date):
            return {}
        for path, match in self.by_name(paths).items():
            if str(match) != name:
                raise InvalidFact(
                    path, f"`{match}` holds it, and `{name}` is to be the version day", "one column of both"
                )
        return dict.fromkeys(paths, name)

    def joined(self, asked: Sequence[_Asked]) -> frozenset[str]:
        """Name the facts whose regions a join with the rules looks up in every row, where all days are known."""
        return frozenset(each.region for each in asked if each.version is None or each.day is not None)

    def read(self, fact: FactDeclaration, match: Match, *, joined: bool) -> Read:
        return read_place(
            fact,
            match.place,
            match.type,
            dialect=self.dialect,
            names=[*self.schema, self.table],
            floats=self.options.get("floats", False),
            bounds=self.bounds.get(match.place[0]) if len(match.place) == 1 else None,
            ignore_extras=self.options.get("ignore_extras", False),
            regions=() if joined else tuple(self.policies.compiled.tree.parents),
        )

    def today(self) -> int | Read:
        """Give the decision's day: one for all rows, or that of a column."""
        on = self.on
        if isinstance(on, datetime.date):
            return on.toordinal()
        if on not in self.schema:
            raise UnknownName("column", on, did_you_mean(on, self.schema))
        day = FactDeclaration(TODAY, types.Date(), Text("on", on).whole())
        return self.read(day, Match((on,), self.schema[on]), joined=False)

    def filled(self, asked: Sequence[_Asked], facts: Mapping[str, Read]) -> dict[str, Read]:
        """Fill in the region and the version day that the caller passed for all rows."""
        told: dict[str, str | int] = {}
        region, version = self.options.get("region"), self.options.get("version")
        for each in asked:
            if region is not None:
                told[each.region] = self.policies.region(region)
            if isinstance(version, datetime.date) and each.version is not None:
                told[each.version] = day_to_decide(version).toordinal()
        declared = self.policies.compiled.vocabulary
        return {
            path: filled_in(facts[path], value, declared[path].type)
            if path in facts
            else fixed(value, declared[path].type)
            for path, value in told.items()
        }

    def kept(self, matches: Mapping[str, Match]) -> Sequence[str]:
        """Give the columns that come out as they are: those asked for, or all that hold no fact and no day."""
        kept = self.options.get("keep")
        if kept is not None:
            kept = (kept,) if isinstance(kept, str) else kept
            for name in kept:
                if name not in self.schema:
                    raise UnknownName("column", name, did_you_mean(name, self.schema))
            return kept
        used = {match.place[0] for match in matches.values()}
        used |= fact_like(self.schema, self.policies.compiled.vocabulary)
        return [name for name in self.schema if name not in used]

    def derivable(self, path: str, facts: Mapping[str, Read]) -> bool:
        """Say whether a fact without a column is derived from others that have one."""
        inputs = self.policies.compiled.vocabulary[path].inputs
        return bool(inputs) and all(each in facts or self.derivable(each, facts) for each in inputs)
