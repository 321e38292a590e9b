"""The command line: what people type. Click's home.

Gives: `main`, and `commands`, the group that holds all. Exit codes: 0 held, 1 found problems, 2 wrong usage.
Never: shows a traceback for what an author wrote, a caller gave or a shell did.
"""

import gc
import io
import signal
import sys
from contextlib import suppress

import click

from policyengine.cli import deciding, impacts, policies, proving, tables
from policyengine.cli.options import INTERRUPTED, WRONG_USAGE
from policyengine.terminal.console import emit


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


for _command in (*policies.COMMANDS, *deciding.COMMANDS, *tables.COMMANDS, *impacts.COMMANDS, *proving.COMMANDS):
    commands.add_command(_command)


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


def main() -> None:
    """Run the command line, and leave with its exit code."""
    # what a command reads stays: to look for cycles in it as often as usual takes a quarter of the time
    gc.set_threshold(100_000, 50, 1_000)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    with suppress(ValueError):  # not in the main thread
        signal.signal(signal.SIGTERM, _stop)  # a scheduler's way to say Ctrl-C: nothing half-written stays
    try:
        code = commands.main(prog_name="policyengine", standalone_mode=False)
    except click.Abort:
        code = INTERRUPTED
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except OSError as error:  # a file that goes away while it is read
        click.echo(f"Error: {error}", err=True)
        code = WRONG_USAGE
    sys.exit(code)
