"""Commands about the rules themselves: `check`, `test`, `show`, `timeline`, `lock`, `doctor`.

Gives: `COMMANDS`.
"""

import datetime
from pathlib import Path

import click

from policyengine.cli.options import (
    DAY,
    FOLDER,
    FORMAT,
    LANGUAGE,
    PATH,
    folder_of,
    language_of,
    leave,
    loaded,
    options,
    report,
    today,
    usage,
)
from policyengine.terminal.console import as_json, emit, write


@click.command()
@click.argument("path", type=PATH, default="policies")
@click.option("--strict", is_flag=True, help="Treat warnings as errors.")
@FORMAT
def check(path: Path, *, strict: bool, format_: str) -> None:
    """Check the rules: every file of a folder of policies.

    PATH is the folder, by default `policies`. All problems come out at once, each with its place,
    its code and a way out.
    """
    from policyengine.lock import locked
    from policyengine.pipeline import compile_folder, has_errors
    from policyengine.pipeline import strict as errors_all

    folder = folder_of(path)
    compiled, found = compile_folder(folder)
    if compiled is not None:
        found = (*found, *locked(folder, compiled.authored.files))
    found = errors_all(found) if strict else found
    report(found, format_)
    if format_ == "text":
        from policyengine.terminal.summaries import check_rows

        write(check_rows(compiled, found))
    leave(failed=has_errors(found))


@click.command()
@click.argument("path", type=PATH, default="policies")
@FORMAT
def test(path: Path, *, format_: str) -> None:
    """Run the authors' cases.

    PATH is the folder of policies, by default `policies`, or a folder or a file in it.
    """
    from policyengine.cases import run_cases
    from policyengine.terminal.summaries import case_rows

    policies = loaded(path)
    results = run_cases(policies, path)
    report([problem for result in results for problem in result.problems], format_)
    if format_ == "text":
        write(case_rows(results))
    leave(failed=not all(result.held for result in results))


@click.command()
@click.argument("program")
@click.argument("region")
@click.option("--on", type=DAY, default=today, show_default="today", help="Day to look at.")
@options(LANGUAGE, FORMAT, FOLDER)
def show(program: str, region: str, *, on: datetime.date, lang: str | None, format_: str, folder: Path) -> None:
    """Show the rules of a program in a region.

    Every entry comes with its sources, its place, and the layer that won.
    """
    from policyengine.report.policy_data import policy_data
    from policyengine.terminal.policies import policy_rows

    policies = loaded(folder)
    language = language_of(policies, lang)
    with usage(policies):
        if format_ == "json":
            emit(as_json(policy_data(policies, program, region, on), indent=2))
        else:
            write(policy_rows(policies, program, region, on, language))


@click.command()
@click.argument("program")
@click.argument("region")
@options(LANGUAGE, FORMAT, FOLDER)
def timeline(program: str, region: str, *, lang: str | None, format_: str, folder: Path) -> None:
    """Show how the rules changed, and what is scheduled."""
    from policyengine.report.timeline_data import timeline_data
    from policyengine.terminal.timelines import timeline_rows

    policies = loaded(folder)
    language = language_of(policies, lang)
    with usage(policies):
        if format_ == "json":
            emit(as_json(timeline_data(policies, program, region, today()), indent=2))
        else:
            write(timeline_rows(policies, program, region, today(), language))


@click.command()
@click.option("--amend", metavar="FILE", help="Accept what a published file says now: series/world/2023-06-06.yaml.")
@click.option("--because", metavar="REASON", help="Why a published file had to change.")
@FOLDER
def lock(*, amend: str | None, because: str | None, folder: Path) -> None:
    """Publish the policy files: what they say is fixed.

    A change of rules is a new file. A mistake in a published one is mended with --amend and --because: both digests,
    the day and the reason are kept in published.lock.
    """
    from policyengine import lock as published
    from policyengine.model.errors import PolicyEngineError

    if (amend is None) != (because is None):
        raise click.UsageError("--amend and --because belong together")
    found_in = folder_of(folder)
    files = loaded(found_in).compiled.authored.files
    try:
        if amend is not None and because is not None:
            published.amend(found_in, files, amend, because, today())
            emit(f"{amend} is amended\n")
            return
        added = published.publish(found_in, files)
    except PolicyEngineError as error:
        raise click.UsageError(str(error)) from None
    emit("".join(f"{name} is published\n" for name in added) or "everything is published already\n")
    found = published.changed(found_in, files)
    report(found, "text")
    leave(failed=bool(found))


@click.command()
def doctor() -> None:
    """Look for what is wrong with the installation."""
    from policyengine.terminal.doctor import doctor_rows, owners

    found = owners()
    write(doctor_rows(found))
    leave(failed=len(found) > 1)


COMMANDS = (check, test, show, timeline, lock, doctor)
