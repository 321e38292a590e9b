"""The command line: `policyengine check`, `decide`, `test`, `show`, `timeline`, `lock`, `doctor`. Click's home.

Gives: `main`. Exit codes: 0 held, 1 found problems, 2 wrong usage.
Never: shows a traceback for what an author wrote, a caller gave or a shell did.
"""

import datetime
import io
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from policyengine.terminal.console import as_json, columns, emit, write

# What commands do is imported inside them: `policyengine --help` is for people who wait.
if TYPE_CHECKING:
    from policyengine.decide import Policies
    from policyengine.model.diagnostic import Diagnostic

_STDIN = "<stdin>"
_FOUND, _WRONG_USAGE, _INTERRUPTED = 1, 2, 130


class _Day(click.ParamType[datetime.date]):
    """A day as year-month-day."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime.date:
        if isinstance(value, datetime.date):
            return value
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no day; one is written year-month-day, like 2024-05-01", param, ctx)


def _today() -> datetime.date:
    return datetime.datetime.now().astimezone().date()  # the caller's calendar day


_Command = Callable[..., None]
_PATH = click.Path(path_type=Path)
_DAY = _Day()


def _options(*options: Callable[[_Command], _Command]) -> Callable[[_Command], _Command]:
    """Give several options at once, in the order they are listed by `--help`."""

    def add(command: _Command) -> _Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add


_FORMAT = click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text", help="How to print it."
)
_LANGUAGE = click.option("--lang", metavar="CODE", help="Language of the text, such as en or id.")
_FOLDER = click.option(
    "--policies",
    "folder",
    type=_PATH,
    default="policies",
    show_default=True,
    metavar="DIR",
    help="Folder of policies.",
)


def _version(context: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001 -- click's call
    if value and not context.resilient_parsing:
        from policyengine.terminal.doctor import version

        emit(f"policyengine {version()}\n")
        context.exit()


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 held, 1 found problems, 2 wrong usage.",
)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show it.")
def commands() -> None:
    """Policy as code for creator programs: check the rules, test them, and decide by them."""


@commands.command()
@click.argument("path", type=_PATH, default="policies")
@click.option("--strict", is_flag=True, help="Treat warnings as errors.")
@_FORMAT
def check(path: Path, *, strict: bool, format_: str) -> None:
    """Check the rules: every file of a folder of policies.

    PATH is the folder, by default `policies`. All problems come out at once, each with its place,
    its code and a way out.
    """
    from policyengine.lock import locked
    from policyengine.pipeline import compile_folder, has_errors
    from policyengine.pipeline import strict as errors_all

    folder = _folder(path)
    compiled, found = compile_folder(folder)
    if compiled is not None:
        found = (*found, *locked(folder, compiled.authored.files))
    found = errors_all(found) if strict else found
    _report(found, format_)
    if format_ == "text":
        from policyengine.terminal.summaries import check_rows

        write(check_rows(compiled, found))
    _leave(failed=has_errors(found))


@commands.command()
@click.argument("program")
@click.argument("facts", type=click.File("rb"), default="-")
@click.option("--check", "checks", multiple=True, metavar="NAME", help="Check to decide; all when left out.")
@click.option("--region", metavar="REGION", help="Region, when the facts do not say it.")
@click.option("--on", type=_DAY, default=_today, show_default="today", help="Day of the decision.")
@click.option("--version-day", type=_DAY, help="Day that picks the version, when the facts do not say it.")
@_options(_LANGUAGE, _FORMAT, _FOLDER)
def decide(
    program: str,
    facts: BinaryIO,
    *,
    checks: tuple[str, ...],
    region: str | None,
    on: datetime.date,
    version_day: datetime.date | None,
    lang: str | None,
    format_: str,
    folder: Path,
) -> None:
    """Decide a program's checks for facts.

    FACTS is a JSON file, or standard input when it is `-` or left out. It holds one object, or one on each
    line (JSON Lines): a line that cannot be read is reported, and the others go on.

    With `--format json` each decision is one line, with the number of the line that it answers; facts that
    cannot be read have the outcome `invalid`, and an error. The outcome does not change the exit code: 0 says
    that everything was decided.
    """
    from policyengine.fact_files import documents
    from policyengine.terminal.answers import Answers

    policies = _load(folder)
    language = _language(policies, lang)
    with _usage(policies):
        answers = Answers.to(policies, program, checks, region=region, on=on, version=version_day)
    name = getattr(facts, "name", _STDIN)
    piped, name = name == _STDIN, "standard input" if name == _STDIN else name
    if piped and sys.stdin.isatty():
        click.echo("Reading facts as JSON; end with Ctrl-D.", err=True)
    failed = False
    for document in documents(facts, lines=name.endswith((".jsonl", ".ndjson"))):
        failed |= not answers.answer(document, name, language if format_ == "text" else None)
    _leave(failed=failed)


@commands.command()
@click.argument("path", type=_PATH, default="policies")
@_FORMAT
def test(path: Path, *, format_: str) -> None:
    """Run the authors' cases.

    PATH is the folder of policies, by default `policies`, or a folder or a file in it.
    """
    from policyengine.cases import run_cases
    from policyengine.terminal.summaries import case_rows

    policies = _load(path)
    results = run_cases(policies, path)
    _report([problem for result in results for problem in result.problems], format_)
    if format_ == "text":
        write(case_rows(results))
    _leave(failed=not all(result.held for result in results))


@commands.command()
@click.argument("program")
@click.argument("region")
@click.option("--on", type=_DAY, default=_today, show_default="today", help="Day to look at.")
@_options(_LANGUAGE, _FORMAT, _FOLDER)
def show(program: str, region: str, *, on: datetime.date, lang: str | None, format_: str, folder: Path) -> None:
    """Show the rules of a program in a region.

    Every entry comes with its sources, its place, and the layer that won.
    """
    from policyengine.report.policy_data import policy_data
    from policyengine.terminal.policies import policy_rows

    policies = _load(folder)
    language = _language(policies, lang)
    with _usage(policies):
        if format_ == "json":
            emit(as_json(policy_data(policies, program, region, on), indent=2))
        else:
            write(policy_rows(policies, program, region, on, language))


@commands.command()
@click.argument("program")
@click.argument("region")
@_options(_LANGUAGE, _FORMAT, _FOLDER)
def timeline(program: str, region: str, *, lang: str | None, format_: str, folder: Path) -> None:
    """Show how the rules changed, and what is scheduled."""
    from policyengine.report.timeline_data import timeline_data
    from policyengine.terminal.timelines import timeline_rows

    policies = _load(folder)
    language = _language(policies, lang)
    with _usage(policies):
        if format_ == "json":
            emit(as_json(timeline_data(policies, program, region, _today()), indent=2))
        else:
            write(timeline_rows(policies, program, region, _today(), language))


@commands.command()
@click.option("--amend", metavar="FILE", help="Accept what a published file says now: series/world/2023-06-06.yaml.")
@click.option("--because", metavar="REASON", help="Why a published file had to change.")
@_FOLDER
def lock(*, amend: str | None, because: str | None, folder: Path) -> None:
    """Publish the policy files: what they say is fixed.

    A change of rules is a new file. A mistake in a published one is mended with --amend and --because: both digests,
    the day and the reason are kept in published.lock.
    """
    from policyengine import lock as published
    from policyengine.model.errors import PolicyEngineError

    if (amend is None) != (because is None):
        raise click.UsageError("--amend and --because belong together")
    found_in = _folder(folder)
    files = _load(found_in).compiled.authored.files
    try:
        if amend is not None and because is not None:
            published.amend(found_in, files, amend, because, _today())
            emit(f"{amend} is amended\n")
            return
        added = published.publish(found_in, files)
    except PolicyEngineError as error:
        raise click.UsageError(str(error)) from None
    emit("".join(f"{name} is published\n" for name in added) or "everything is published already\n")
    found = published.changed(found_in, files)
    _report(found, "text")
    _leave(failed=bool(found))


@commands.command()
def doctor() -> None:
    """Look for what is wrong with the installation."""
    from policyengine.terminal.doctor import doctor_rows, owners

    found = owners()
    write(doctor_rows(found))
    _leave(failed=len(found) > 1)


def main() -> None:
    """Run the command line, and leave with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = commands.main(prog_name="policyengine", standalone_mode=False)
    except click.Abort:
        code = _INTERRUPTED
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except OSError as error:  # a file that goes away while it is read
        click.echo(f"Error: {error}", err=True)
        code = _WRONG_USAGE
    sys.exit(code)


@contextmanager
def _usage(policies: "Policies") -> Iterator[None]:
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


def _folder(path: Path) -> Path:
    """Find the folder of policies that a path is, or lies in."""
    from policyengine.cases import policies_folder

    if not path.exists():
        raise click.UsageError(f"there is no folder `{path}`; name the one that holds the policies")
    folder = policies_folder(path)
    if not folder.is_dir():
        raise click.UsageError(f"`{path}` lies in no folder of policies")
    return folder


def _load(path: Path) -> "Policies":
    from policyengine.decide import load
    from policyengine.model.errors import InvalidPolicies
    from policyengine.report.diagnostics import diagnostic_rows

    try:
        return load(_folder(path))
    except InvalidPolicies as error:
        write(diagnostic_rows(error.diagnostics, columns(sys.stderr)), to_errors=True)
        raise click.exceptions.Exit(_FOUND) from None


def _language(policies: "Policies", asked: str | None) -> str:
    if asked is None:
        return next(iter(policies.words))
    if asked not in policies.words:
        raise click.UsageError(f"the policies have no language `{asked}`; they have {', '.join(policies.words)}")
    return asked


def _report(found: "Sequence[Diagnostic]", format_: str) -> None:
    from policyengine.report.diagnostics import diagnostic_data, diagnostic_rows

    if format_ == "json":
        emit(as_json([diagnostic_data(diagnostic) for diagnostic in found], indent=2))
    else:
        write(diagnostic_rows(found, columns(sys.stdout)))


def _leave(*, failed: bool) -> None:
    if failed:
        raise click.exceptions.Exit(_FOUND)
