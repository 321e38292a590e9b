"""The command that measures a change of rules on people: `impact`.

Gives: `COMMANDS`.
"""

import datetime
import sys
from pathlib import Path

import click

from policyengine.cli.options import (
    DAY,
    FOLDER,
    FORMAT,
    FOUND,
    LANGUAGE,
    PATH,
    folder_of,
    language_of,
    leave,
    options,
    today,
)
from policyengine.cli.tables import fact_columns, refusals
from policyengine.terminal.console import as_json, columns, emit, progress, write


@click.command()
@click.argument("program")
@click.option("--population", required=True, metavar="FILE", help="People: a Parquet, CSV or JSON Lines file.")
@click.option("--from", "before", metavar="RULES", help="Rules before; those of the day --on when left out.")
@click.option("--to", "after", required=True, metavar="RULES", help="Rules after.")
@click.option("--on", type=DAY, default=today, show_default="today", help="Day on which the people are looked at.")
@click.option("--check", "checks", multiple=True, metavar="NAME", help="Check to measure; all when left out.")
@click.option(
    "--column",
    "columns_",
    multiple=True,
    callback=fact_columns,
    metavar="FACT=COLUMN",
    help="Which column holds a fact; others are found by name.",
)
@click.option("--floats", is_flag=True, help="Read binary fractions by their shortest text.")
@click.option("--html", type=PATH, metavar="FILE", help="Write a report with plots as well, in one file.")
@options(LANGUAGE, FORMAT, FOLDER)
def impact(
    program: str,
    *,
    population: str,
    before: str | None,
    after: str,
    on: datetime.date,
    checks: tuple[str, ...],
    columns_: dict[str, str],
    floats: bool,
    html: Path | None,
    lang: str | None,
    format_: str,
    folder: Path,
) -> None:
    """Measure what a change of rules makes of people: who gains, who loses, why, and who stands close.

    RULES are a day (the rules then in force), a draft's file (as if it were published), another folder of policies,
    or a revision in git. The people are as they are on the day --on, with both rules: that they grow older is no
    change of rules.
    """
    from policyengine.impact import measure, side
    from policyengine.model.errors import InvalidPolicies
    from policyengine.report.diagnostics import diagnostic_rows
    from policyengine.report.impact_data import impact_data
    from policyengine.report.impact_page import write_page
    from policyengine.terminal.impacts import impact_rows

    where = folder_of(folder)
    if html is not None and html.suffix.lower() not in (".html", ".htm"):
        raise click.UsageError(f"`{html}` is no page by its name; one ends in .html")
    with refusals():
        try:
            old, new = (side(text, where, on) for text in (before or on.isoformat(), after))
        except InvalidPolicies as error:
            write(diagnostic_rows(error.diagnostics, columns(sys.stderr)), to_errors=True)
            raise click.exceptions.Exit(FOUND) from None
        language = language_of(new.policies, lang)
        with progress(f"measuring {population}") as done:
            found = measure(
                old,
                new,
                program,
                population,
                on=on,
                checks=checks,
                columns=columns_,
                floats=floats,
                language=language,
                progress=done,
            )
    if html is not None:
        try:
            write_page(found, html)
        except OSError as error:
            raise click.UsageError(f"`{html}` cannot be written: {error.strerror}") from None
    if format_ == "json":
        emit(as_json(impact_data(found), indent=2))
    else:
        write(impact_rows(found))
    leave(failed=not found.checks)


COMMANDS = (impact,)
