"""Commands about tables of people: `batch` decides them, `sql` prints the statement that does.

Gives: `COMMANDS`.
"""

import datetime
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from policyengine.cli.options import (
    DAY,
    FOLDER,
    FORMAT,
    LANGUAGE,
    Command,
    extra,
    language_of,
    leave,
    loaded,
    options,
    today,
)
from policyengine.terminal.console import as_json, emit, progress, write

if TYPE_CHECKING:
    from policyengine.batch import TableOptions


class _DayOrColumn(click.ParamType[datetime.date | str]):
    """A day as year-month-day, or the name of a column."""

    name = "day or column"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime.date | str:
        """Read a day when it looks like one."""
        looks_like_a_day = isinstance(value, datetime.date) or re.match(r"[0-9]+-[0-9]", value)
        return DAY.convert(value, param, ctx) if looks_like_a_day else str(value)


def fact_columns(_: click.Context, __: click.Parameter, pairs: tuple[str, ...]) -> dict[str, str]:
    """Read FACT=COLUMN pairs."""
    found: dict[str, str] = {}
    for pair in pairs:
        fact, equals, column = pair.partition("=")
        if not (fact and equals and column):
            raise click.BadParameter(f"{pair!r} says no column; write FACT=COLUMN, like creator.followers=fans")
        found[fact] = column
    return found


def _table_options(command: Command) -> Command:
    """Add the options that say how a table is read."""
    add = options(
        click.option("--check", "checks", multiple=True, metavar="NAME", help="Check to decide; all when left out."),
        click.option(
            "--on",
            type=_DayOrColumn(),
            default=today,
            show_default="today",
            help="Day of the decisions, or the column that holds each row's.",
        ),
        click.option("--region", metavar="REGION", help="Region of all rows that do not say it."),
        click.option(
            "--version-day",
            type=_DayOrColumn(),
            help="Day that picks the version, or the column that holds each row's.",
        ),
        click.option(
            "--column",
            "columns",
            multiple=True,
            callback=fact_columns,
            metavar="FACT=COLUMN",
            help="Which column holds a fact; others are found by name.",
        ),
        click.option("--keep", multiple=True, metavar="COLUMN", help="Column that comes out as it is."),
        click.option("--masks", is_flag=True, help="Give requirements as bits of a number instead of lists."),
        click.option("--floats", is_flag=True, help="Read binary fractions by their shortest text."),
    )
    return add(command)


def _read_options(given: dict[str, Any]) -> "TableOptions":
    """Give the options of the library for those of the command line."""
    names = {"checks": "check", "version_day": "version"}
    return {names.get(name, name): value for name, value in given.items() if value}  # type: ignore[return-value]


@click.command()
@click.argument("program")
@click.argument("source", metavar="TABLE")
@click.option("-o", "--output", required=True, metavar="FILE", help="File to write: .parquet, .csv, .jsonl or .json.")
@_table_options
@options(LANGUAGE, FORMAT, FOLDER)
def batch(
    program: str,
    source: str,
    output: str,
    *,
    on: datetime.date | str,
    lang: str | None,
    format_: str,
    folder: Path,
    **given: Any,
) -> None:
    """Decide a program's checks for every row of a table.

    TABLE is a file or a pattern in quotes: Parquet, CSV or JSON Lines ('creators/*.parquet'). A fact
    creator.followers is found in a column of that name, in creator_followers, in the field followers of a struct
    creator, or in a column followers. Facts without a column are unknown, and are listed.

    Each row comes out, with the columns that are not called as a fact is and the decisions. A row that holds what a
    fact cannot be has the outcome `invalid`, and the fact is named. The exit code is 1 when there was one.
    """
    from policyengine.batch import write_decisions
    from policyengine.terminal.batches import batch_data, batch_rows

    policies = loaded(folder)
    language = language_of(policies, lang)
    with refusals(), progress(f"deciding {source}") as done:
        written = write_decisions(policies, program, source, output, on, _read_options(given), progress=done)
    if format_ == "json":
        emit(as_json(batch_data(written, source, output), indent=2))
    else:
        write(batch_rows(policies, written, source, output, language))
    leave(failed=bool(written.invalid))


@click.command()
@click.argument("program")
@click.option("--dialect", default="duckdb", show_default=True, metavar="NAME", help="Engine: duckdb or spark.")
@click.option("--table", default="creators", show_default=True, metavar="NAME", help="What the table is called.")
@_table_options
@FOLDER
def sql(program: str, *, dialect: str, table: str, on: datetime.date | str, folder: Path, **given: Any) -> None:
    """Print the statement that decides a table.

    It is written for a table that has each fact in a column of its name; `batch` writes its own for the columns
    that there are. Comments name the requirements and the files they stand in.
    """
    from policyengine.batch import plan_natural
    from policyengine.targets.sql import dialect as dialect_named

    policies = loaded(folder)
    with refusals():
        engine = dialect_named(dialect)
        plan = plan_natural(policies, program, on, _read_options(given), dialect=engine, table=table)
        emit(plan.sql(pretty=True) + ";\n")


@contextmanager
def refusals() -> Iterator[None]:
    """Turn what a caller got wrong into wrong usage."""
    from policyengine.model.errors import PolicyEngineError

    with extra("batch"):
        try:
            yield
        except PolicyEngineError as error:
            raise click.UsageError(str(error)) from None


COMMANDS = (batch, sql)
