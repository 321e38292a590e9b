"""The commands that prove: `prove`, everything that is asked of policies or one question, `diff`, and `cases`.

Gives: `COMMANDS`.
"""

import datetime
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policyengine.cli.options import (
    DAY,
    FOLDER,
    FORMAT,
    FOUND,
    LANGUAGE,
    extra,
    folder_of,
    language_of,
    leave,
    loaded,
    options,
    today,
    usage,
)
from policyengine.terminal.console import as_json, columns, emit, progress, write

if TYPE_CHECKING:
    from policyengine.prove.proofs import Report
    from policyengine.prove.questions import Rules

_TWO = "Regions, each with a day if it is not --on: KR, KR@2024-05-01."


@click.command()
@click.argument("programs", metavar="[PROGRAM]...", nargs=-1)
@click.option("--timeout", type=click.FloatRange(min=0.001), default=5, show_default=True, help="Seconds a question.")
@click.option("--no-cache", is_flag=True, help="Prove again what was proved before.")
@click.option("--always", metavar="EXPRESSION", help="Ask whether something holds of everyone.")
@click.option("--never", metavar="EXPRESSION", help="Ask whether something holds of nobody.")
@click.option("--whenever", metavar="STATEMENT", help="Of those alone: an expression, or eligibility=met,adult=unmet.")
@click.option("--equivalent", nargs=2, metavar="A B", help="Ask whether two rules mean the same. " + _TWO)
@click.option("--implies", nargs=2, metavar="A B", help="Ask whether whoever passes A passes B.")
@click.option("--disjoint", nargs=2, metavar="A B", help="Ask whether nobody passes both.")
@click.option("--check", "check_", metavar="NAME", help="Check that a question is about; all when left out.")
@click.option("--on", type=DAY, default=today, show_default="today", help="Day of rules that have none of their own.")
@options(LANGUAGE, FORMAT, FOLDER)
def prove(
    programs: tuple[str, ...],
    *,
    timeout: float,
    no_cache: bool,
    always: str | None,
    never: str | None,
    whenever: str | None,
    equivalent: tuple[str, str] | None,
    implies: tuple[str, str] | None,
    disjoint: tuple[str, str] | None,
    check_: str | None,
    on: datetime.date,
    lang: str | None,
    format_: str,
    folder: Path,
) -> None:
    """Prove what the rules do for every creator there could be.

    Without a question, all that can be asked: the authors' invariants, that one more fact never changes an answer,
    that no region loosens what binds it, that every requirement, alternative, override and waiver does something. In
    every region, on every day, with every draft. What does not hold comes with someone who stands against it, as a
    case to paste.
    """
    where = folder_of(folder)
    named = {"always": always, "never": never, "equivalent": equivalent, "implies": implies, "disjoint": disjoint}
    asked = {name: value for name, value in named.items() if value}
    if asked:
        _answer(where, programs, asked, whenever, check_, on, timeout, format_)
        return
    if whenever or check_:
        raise click.UsageError("--whenever and --check go with a question: --always, --never, …")
    report = _report(where, programs, timeout, cache=not no_cache)
    if format_ == "json":
        from policyengine.prove.report_data import report_data

        emit(as_json(report_data(report), indent=2))
    else:
        from policyengine.terminal.proofs import proof_rows

        write(proof_rows(report, lang or "en", columns(sys.stdout)))
    leave(failed=not report.held)


def _report(folder: Path, programs: tuple[str, ...], timeout: float, *, cache: bool) -> "Report":
    from policyengine.model.errors import InvalidPolicies, UnknownName
    from policyengine.report.diagnostics import diagnostic_rows

    with extra("prove"):
        from policyengine.prove.kept import prove_folder
    try:
        with progress("proving") as done:
            return prove_folder(folder, programs, timeout=timeout, cache=cache, progress=done)
    except UnknownName as error:
        raise click.UsageError(str(error)) from None
    except InvalidPolicies as error:
        write(diagnostic_rows(error.diagnostics, columns(sys.stderr)), to_errors=True)
        raise click.exceptions.Exit(FOUND) from None


def _answer(
    folder: Path,
    programs: tuple[str, ...],
    asked: dict[str, str | tuple[str, str]],
    whenever: str | None,
    check: str | None,
    on: datetime.date,
    timeout: float,
    format_: str,
) -> None:
    """Answer the questions that were asked by hand."""
    from policyengine.model.errors import InvalidQuestion

    with extra("prove"):
        from policyengine.prove import questions
    from policyengine.prove.proofs import Verdict
    from policyengine.prove.report_data import proof_data
    from policyengine.terminal.proofs import answer_rows

    policies = loaded(folder)

    if len(programs) != 1:
        raise click.UsageError("a question is about one program: policyengine prove PROGRAM --always …")
    found = []
    with usage(policies):
        for name, said in asked.items():
            for each in (check,) if check is not None else policies.checks(programs[0]):
                try:
                    if isinstance(said, str):
                        ask = questions.always if name == "always" else questions.never
                        found.append(ask(policies, programs[0], each, said, whenever=whenever, timeout=timeout))
                    else:
                        two = {"equivalent": questions.equivalent, "implies": questions.implies}
                        sides = [_rules(text, on) for text in said]
                        ask_two = two.get(name, questions.disjoint)
                        found.append(ask_two(policies, programs[0], each, *sides, timeout=timeout))
                except InvalidQuestion as error:
                    hint = "" if check is not None else "; --check asks one check alone"
                    raise click.UsageError(f"{error}{hint}") from None
    if format_ == "json":
        emit(as_json([proof_data(each) for each in found], indent=2))
    else:
        write(answer_rows(found))
    leave(failed=any(each.verdict is not Verdict.PROVED for each in found))


def _rules(text: str, on: datetime.date) -> "Rules":
    from policyengine.prove.questions import Rules

    region, at, day = text.partition("@")
    return Rules(region, DAY.convert(day, None, None) if at else on)


@click.command()
@click.argument("before", metavar="A")
@click.argument("after", metavar="[B]", required=False)
@click.option("--program", "programs", multiple=True, metavar="NAME", help="Program to compare; all when left out.")
@click.option("--region", metavar="CODE", help="Region to look at, with all that is part of it.")
@click.option("--on", type=DAY, default=today, show_default="today", help="Day of rules that name none.")
@click.option("--timeout", type=click.FloatRange(min=0.001), default=5, show_default=True, help="Seconds a question.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    help="How to print it; markdown is a comment for a pull request.",
)
@options(LANGUAGE, FOLDER)
def diff(
    before: str,
    after: str | None,
    *,
    programs: tuple[str, ...],
    region: str | None,
    on: datetime.date,
    timeout: float,
    format_: str,
    lang: str | None,
    folder: Path,
) -> None:
    """Compare rules: by entry in words, then by meaning, with who gains and who loses.

    A and B are days, drafts' files, folders of policies, revisions in git, or two regions; B is the folder of
    policies when left out. A draft alone stands against the rules of its day. Exit codes: 0 same for everyone,
    1 not the same, or not decided.
    """
    from policyengine.model.errors import InvalidPolicies, InvalidSide, UnknownName

    with extra("prove"):
        from policyengine.prove.diff import diff as compare
    from policyengine.prove.diff import rules
    from policyengine.report.diagnostics import diagnostic_rows
    from policyengine.report.diff_words import diff_data, markdown
    from policyengine.terminal.diffs import diff_rows

    where = folder_of(folder)
    try:
        old = rules(before, where, on)
        if after is None and old.side.kind == "draft":
            old, new = rules(old.side.day.isoformat(), where, on), old
        else:
            new = rules(str(folder) if after is None else after, where, on)
        language = language_of(new.side.policies, lang)
        found = compare(old, new, programs, timeout=timeout, region=region)
    except (InvalidSide, UnknownName) as error:
        raise click.UsageError(str(error)) from None
    except InvalidPolicies as error:
        write(diagnostic_rows(error.diagnostics, columns(sys.stderr)), to_errors=True)
        raise click.exceptions.Exit(FOUND) from None
    labels, words = (old.label, new.label), new.side.policies.words[language]
    if format_ == "json":
        emit(as_json(diff_data(found, labels, words), indent=2))
    elif format_ == "markdown":
        emit(markdown(found, labels, words))
    else:
        write(diff_rows(found, labels, words))
    leave(failed=not all(each.same for each in found))


@click.command()
@click.argument("program")
@click.option("--boundary", is_flag=True, required=True, help="At both sides of every threshold.")
@FOLDER
def cases(program: str, *, boundary: bool, folder: Path) -> None:
    """Write cases of a program that its rules pass, ready to paste.

    Each threshold is met just so, and missed just so; all else is as for someone who passes.
    """
    with extra("prove"):
        from policyengine.prove.boundaries import boundary_cases

    assert boundary, "the only kind that there is"
    policies = loaded(folder)
    with usage(policies):
        emit(boundary_cases(policies, program))


COMMANDS = (prove, diff, cases)
