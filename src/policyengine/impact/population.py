"""The people that a change is measured on: a table, asked by statements.

Reads: a file of facts.
Gives: `Population`: plans for rules, answers of statements.
"""

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policyengine.batch.duck import TABLE, Opened, fetched, open_table, parquet_notes
from policyengine.batch.matching import Schema
from policyengine.batch.plans import TableOptions, TablePlan, plan_table
from policyengine.decide import Policies
from policyengine.impact.rules import Rules
from policyengine.model.diagnostic import did_you_mean
from policyengine.model.errors import UnknownName
from policyengine.targets.sql import Dialect, sql_text
from policyengine.targets.sql.tallies import Tree

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Population:
    """A table of people as they are on the day `on`; `columns` says of some facts which column they have."""

    name: str
    synthetic: str | None
    table: Opened
    schema: Schema
    on: datetime.date
    columns: Mapping[str, str]
    floats: bool

    def plan(
        self, rules: Rules, policies: Policies | None = None, *, masks: bool = False, keep: Sequence[str] = ()
    ) -> TablePlan:
        """Plan the decisions by some rules, or by those made of them; raises as `plan_table` does."""
        return self.plan_over(TABLE, self.schema, rules, policies, masks=masks, keep=keep)

    def plan_over(
        self,
        table: str,
        schema: Schema,
        rules: Rules,
        policies: Policies | None = None,
        *,
        masks: bool = False,
        keep: Sequence[str] = (),
    ) -> TablePlan:
        """Plan the decisions about a table of this name with these columns, in the place of the population's own."""
        declared = rules.policies.compiled.vocabulary
        told = {fact: column for fact, column in self.columns.items() if fact in declared}
        options = TableOptions(check=rules.entry.name, columns=told, keep=keep, masks=masks, floats=self.floats)
        return plan_table(
            policies or rules.policies,
            rules.program,
            schema,
            self.on,
            options,
            dialect=Dialect.DUCKDB,
            table=table,
            bounds=self.table.bounds,
        )

    def rows(self, tree: Tree, progress: Progress) -> list[tuple[Any, ...]]:
        """Ask a statement that gives few rows."""
        return fetched(self.table, sql_text(tree, Dialect.DUCKDB), progress)

    def place(self, shown: str) -> tuple[str, ...]:
        """Give where a plan says that a fact is: a column, and inside of a struct the field."""
        return (shown,) if shown in self.schema else tuple(shown.split("."))


def open_population(source: Any, on: datetime.date, columns: Mapping[str, str], *, floats: bool) -> Population:
    """Open a table of people; raises `InvalidTable`."""
    table = open_table(source)
    named = isinstance(source, str | Path)
    name = Path(source).name if named else f"a table ({type(source).__name__})"
    notes = parquet_notes(str(source)) if named and str(source).lower().endswith(".parquet") else {}
    synthetic = notes.get("notice", "synthetic") if notes.get("synthetic") == "true" else None
    return Population(name, synthetic, table, table.schema, on, columns, floats)


def check_columns(columns: Mapping[str, str], sides: Sequence[Policies]) -> None:
    """Refuse to be told the column of a fact that neither side declares; raises `UnknownName`."""
    declared = {path for side in sides for path in side.compiled.vocabulary}
    for path in columns:
        if path not in declared:
            raise UnknownName("fact", path, did_you_mean(path, declared))
