"""The command that decides for people: `decide`.

Gives: `COMMANDS`.
"""

import datetime
import sys
from pathlib import Path
from typing import BinaryIO

import click

from policyengine.cli.options import DAY, FOLDER, FORMAT, LANGUAGE, language_of, leave, loaded, options, today, usage

_STDIN = "<stdin>"


@click.command()
@click.argument("program")
@click.argument("facts", type=click.File("rb"), default="-")
@click.option("--check", "checks", multiple=True, metavar="NAME", help="Check to decide; all when left out.")
@click.option("--region", metavar="REGION", help="Region, when the facts do not say it.")
@click.option("--on", type=DAY, default=today, show_default="today", help="Day of the decision.")
@click.option("--version-day", type=DAY, help="Day that picks the version, when the facts do not say it.")
@options(LANGUAGE, FORMAT, FOLDER)
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

    policies = loaded(folder)
    language = language_of(policies, lang)
    with usage(policies):
        answers = Answers.to(policies, program, checks, region=region, on=on, version=version_day)
    name = getattr(facts, "name", _STDIN)
    piped, name = name == _STDIN, "standard input" if name == _STDIN else name
    if piped and sys.stdin.isatty():
        click.echo("Reading facts as JSON; end with Ctrl-D.", err=True)
    failed = False
    for document in documents(facts, lines=name.endswith((".jsonl", ".ndjson"))):
        failed |= not answers.answer(document, name, language if format_ == "text" else None)
    leave(failed=failed)


COMMANDS = (decide,)
