"""What commands share: options, days, the folder of policies, and how a command ends.

Gives: decorators for click, and the steps that begin and end a command.
"""

import datetime
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from policyengine.terminal.console import as_json, columns, emit, write

# What commands do is imported inside them: `policyengine --help` is for people who wait.
if TYPE_CHECKING:
    from policyengine.decide import Policies
    from policyengine.model.diagnostic import Diagnostic

FOUND, WRONG_USAGE, INTERRUPTED = 1, 2, 130


class Day(click.ParamType[datetime.date]):
    """A day as year-month-day."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime.date:
        """Read a day."""
        if isinstance(value, datetime.date):
            return value
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no day; one is written year-month-day, like 2024-05-01", param, ctx)


def today() -> datetime.date:
    """Give the caller's calendar day."""
    return datetime.datetime.now().astimezone().date()


Command = Callable[..., None]
PATH = click.Path(path_type=Path)
DAY = Day()


def options(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Give several options at once, in the order they are listed by `--help`."""

    def add(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add


FORMAT = click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text", help="How to print it."
)
LANGUAGE = click.option("--lang", metavar="CODE", help="Language of the text, such as en or id.")
FOLDER = click.option(
    "--policies",
    "folder",
    type=PATH,
    default="policies",
    show_default=True,
    metavar="DIR",
    help="Folder of policies.",
)


@contextmanager
def extra(name: str) -> Iterator[None]:
    """Turn a library that is not installed into wrong usage; `name` is the extra that brings it."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise click.UsageError(f"{error.name} is not installed: pip install 'creator-policy-engine[{name}]'") from None


@contextmanager
def usage(policies: "Policies") -> Iterator[None]:
    """Turn a name or a day that does not exist into wrong usage."""
    from policyengine.model.errors import InvalidFact, UnknownName

    try:
        yield
    except UnknownName as error:
        meant = _regions_called(policies, error.name) if error.kind == "region" and error.help is None else ""
        raise click.UsageError(f"{error}{meant}") from None
    except InvalidFact as error:
        raise click.UsageError(str(error)) from None


def _regions_called(policies: "Policies", name: str) -> str:
    """Say which regions have a code in another case, or a name that starts so."""
    codes = policies.compiled.tree.parents
    if name.upper() in codes:
        return f"; did you mean `{name.upper()}`?"
    found = {
        code: known
        for code in codes
        for known in (words.region(code) for words in policies.words.values())
        if f" {known}".casefold().find(f" {name}".casefold()) >= 0
    }
    shown = " or ".join(f"`{code}` ({known})" for code, known in list(found.items())[:3])
    return f"; did you mean {shown}?" if shown else "; regions have codes, such as `KR`"


def folder_of(path: Path) -> Path:
    """Find the folder of policies that a path is, or lies in."""
    from policyengine.cases import policies_folder

    if not path.exists():
        raise click.UsageError(f"there is no folder `{path}`; name the one that holds the policies")
    folder = policies_folder(path)
    if not folder.is_dir():
        raise click.UsageError(f"`{path}` lies in no folder of policies")
    return folder


def loaded(path: Path) -> "Policies":
    """Load the policies of a folder, or leave with all that is wrong with them."""
    from policyengine.decide import load
    from policyengine.model.errors import InvalidPolicies
    from policyengine.report.diagnostics import diagnostic_rows

    try:
        return load(folder_of(path))
    except InvalidPolicies as error:
        write(diagnostic_rows(error.diagnostics, columns(sys.stderr)), to_errors=True)
        raise click.exceptions.Exit(FOUND) from None


def language_of(policies: "Policies", asked: str | None) -> str:
    """Give the language that was asked for, or the first."""
    if asked is None:
        return next(iter(policies.words))
    if asked not in policies.words:
        raise click.UsageError(f"the policies have no language `{asked}`; they have {', '.join(policies.words)}")
    return asked


def report(found: "Sequence[Diagnostic]", format_: str) -> None:
    """Print diagnostics."""
    from policyengine.report.diagnostics import diagnostic_data, diagnostic_rows

    if format_ == "json":
        emit(as_json([diagnostic_data(diagnostic) for diagnostic in found], indent=2))
    else:
        write(diagnostic_rows(found, columns(sys.stdout)))


def leave(*, failed: bool) -> None:
    """Leave with the exit code for found problems, or go on."""
    if failed:
        raise click.exceptions.Exit(FOUND)
