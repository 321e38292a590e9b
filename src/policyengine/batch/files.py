"""Decisions written to a file: aside first, then moved into place, and counted.

Reads: policies, a file or a pattern of files.
Gives: `write_decisions`, which streams: memory does not grow with the number of rows.
Never: leaves half a file, or writes over the file it reads.
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from policyengine.batch.duck import copy_format, copy_to, count_rows, open_table, plan_opened, source_files
from policyengine.batch.plans import Day, TableOptions, TablePlan
from policyengine.model.errors import InvalidTable

if TYPE_CHECKING:
    from policyengine.decide import Policies


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: how many rows, how each check came out, and how often a fact made a row invalid."""

    plan: TablePlan
    rows: int
    seconds: float
    outcomes: Mapping[str, Mapping[str, int]]
    invalid: Mapping[str, int]


def write_decisions(
    policies: "Policies",
    program: str,
    source: str | Path,
    target: str | Path,
    on: Day,
    options: TableOptions,
    *,
    progress: Callable[[float], None] = lambda _: None,
) -> Written:
    """Decide every row of a file and write the decisions as Parquet, CSV or JSON Lines, by the target's name.

    `progress` is told how much is done, from 0 to 1. Raises as `Policies.decide_table` does, and `InvalidTable` for a
    target that cannot be written.
    """
    started = time.perf_counter()
    path = Path(target)
    format_ = copy_format(path)
    if not path.parent.is_dir():
        raise InvalidTable(f"`{path}` cannot be written: there is no folder `{path.parent}`")
    if path.is_dir():
        raise InvalidTable(f"`{path}` cannot be written: it is a folder")
    if any(path.exists() and path.samefile(file) for file in source_files(str(source))):
        raise InvalidTable(f"`{path}` is the table that is read", "another file")
    table = open_table(source)
    plan = plan_opened(policies, program, table, on, options)
    aside = path.with_name(f".{path.name}.{uuid4().hex}.part")
    try:
        copy_to(table, plan.sql(), aside, format_, progress)
        counted = count_rows(aside, format_, ["invalid", *(check.outcome for check in plan.checks.values())])
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    return _summed(plan, counted, time.perf_counter() - started)


def _summed(plan: TablePlan, counted: Mapping[tuple[str | None, ...], int], seconds: float) -> Written:
    """Add up what was counted by the invalid fact and the outcomes together."""
    invalid: Counter[str] = Counter()
    outcomes: dict[str, Counter[str]] = {check: Counter() for check in plan.checks}
    for (fact, *came_out), rows in counted.items():
        if fact is not None:
            invalid[fact] += rows
        for check, outcome in zip(plan.checks, came_out, strict=True):
            outcomes[check][outcome or ""] += rows
    return Written(plan, sum(counted.values()), seconds, outcomes, invalid)
