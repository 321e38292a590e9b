"""Commands about the rules themselves: `check`, `test`, `show`, `timeline`, `lock`, `doctor`.

Gives: `COMMANDS`.
"""

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policyengine.cli.options import (
    DAY,
    FOLDER,
    FORMAT,
    LANGUAGE,
    PATH,
    extra,
    folder_of,
    language_of,
    leave,
    loaded,
    options,
    report,
    today,
    usage,
)
from policyengine.terminal.console import as_json, emit, progress, write

if TYPE_CHECKING:
    from policyengine.cases import CaseResult
    from policyengine.decide import Policies


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
    from policyengine.model.diagnostic import has_errors
    from policyengine.model.diagnostic import strict as errors_all
    from policyengine.pipeline import compile_folder

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
@click.option("--coverage", is_flag=True, help="Count what the cases see: each requirement met, unmet and unknown.")
@click.option("--mutate", is_flag=True, help="Change the rules, one thing at a time, and see whether a case notices.")
@FORMAT
def test(path: Path, *, coverage: bool, mutate: bool, format_: str) -> None:
    """Run the authors' cases.

    PATH is the folder of policies, by default `policies`, or a folder or a file in it.

    With --coverage, how many runs of cases saw each requirement met, unmet and unknown, for each check, region and
    interval of days.

    With --mutate, the programs of these cases are changed: a comparison, a number one step up and down, `and` and
    `or`, a requirement or a region left out, a day moved. What means the same for everyone is proved to, and left
    out. For each change that no case notices, there is a case that would.
    """
    from policyengine.cases import run_cases
    from policyengine.terminal.summaries import case_rows

    if coverage and mutate:
        raise click.UsageError("--coverage and --mutate are two reports: ask for one at a time")
    policies = loaded(path)
    results = run_cases(policies, path)
    held = all(result.held for result in results)
    if mutate and held:
        _mutate(policies, path, format_)
        return
    if coverage and held:
        _coverage(policies, results, format_)
        return
    report([problem for result in results for problem in result.problems], format_)
    if format_ == "text":
        write(case_rows(results))
    leave(failed=not held)


def _coverage(policies: "Policies", results: "Sequence[CaseResult]", format_: str) -> None:
    from policyengine.coverage import coverage

    covered = coverage(policies, results)
    if format_ == "json":
        from policyengine.report.coverage_data import coverage_data

        emit(as_json(coverage_data(covered), indent=2))
    else:
        from policyengine.terminal.coverages import coverage_rows

        write(coverage_rows(covered))


def _mutate(policies: "Policies", path: Path, format_: str) -> None:
    with extra("prove"):
        from policyengine.mutants import mutate
    with progress("changing the rules") as done:
        changed = mutate(policies, path, progress=done)
    if format_ == "json":
        from policyengine.report.mutant_data import mutant_data

        emit(as_json(mutant_data(changed), indent=2))
    else:
        from policyengine.terminal.mutants import mutant_rows

        write(mutant_rows(changed))
    leave(failed=not changed.held)


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
