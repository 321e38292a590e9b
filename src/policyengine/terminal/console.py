"""The terminal: rows get their colours here and nowhere else. Rich's home.

Gives: `write` for rows, `emit` for ready text, `as_json`, `progress`. All is plain when piped, under `NO_COLOR`, and
where there are no colours.
"""

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

from policyengine.report.page import Piece, Row, Style, harmless, layout

if TYPE_CHECKING:
    from rich.console import Console

_MOST_COLUMNS = 100
"""Longer lines are hard to read, however wide the window."""
_NO_END = 1 << 20
_PIPE_CLOSED = 141
"""What a shell says of a program that wrote to a pipe that nobody reads any more."""


def write(rows: Iterable[Row], *, to_errors: bool = False) -> None:
    """Print rows to standard output, or to standard error."""
    stream = sys.stderr if to_errors else sys.stdout
    emit(rendered(rows, _console(stream)), stream)


def emit(text: str, stream: TextIO | None = None) -> None:
    """Print a text at once; leave quietly when nobody reads it any more."""
    stream = stream or sys.stdout
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())  # what Python still holds goes nowhere
        sys.exit(_PIPE_CLOSED)


def as_json(data: Any, *, indent: int | None = None) -> str:
    """Write plain data as JSON, on one line or indented; in ASCII where the output knows no other letters."""
    ascii_only = not (sys.stdout.encoding or "").lower().startswith("utf")
    return json.dumps(data, ensure_ascii=ascii_only, indent=indent) + "\n"


@contextmanager
def progress(title: str) -> Iterator[Callable[[float], None]]:
    """Show a bar on standard error while something runs, if that is a terminal; it is told how much is done."""
    console = _console(sys.stderr)
    if not console.is_terminal:
        yield lambda _: None
        return
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    text = TextColumn("{task.description}", markup=False)
    bar = Progress(text, BarColumn(), TaskProgressColumn(), TimeElapsedColumn(), console=console, transient=True)
    with bar:
        task = bar.add_task(harmless(title), total=1.0)
        yield lambda done: bar.update(task, completed=done)


def columns(stream: TextIO) -> int:
    """Give how wide a line that is not wrapped may be; what is piped is not cut."""
    console = _console(stream)
    return _width(console) if console.is_terminal else _NO_END


def rendered(rows: Iterable[Row], console: "Console") -> str:
    """Give rows as the text that shows them on a console."""
    from rich.text import Text

    with console.capture() as captured:
        for line in layout(rows, _width(console)):
            text = Text.assemble(*((piece.text, _style(piece)) for piece in line))
            text.rstrip()
            console.print(text)
    return captured.get()


def _console(stream: TextIO) -> "Console":
    """Make a console for a stream; it finds out by itself whether that is a terminal, and how wide."""
    from rich.console import Console

    return Console(
        file=stream,
        color_system=None if os.environ.get("NO_COLOR") else "auto",
        soft_wrap=True,
        highlight=False,
        markup=False,
        emoji=False,
    )


def _style(piece: Piece) -> str:
    style = f"bold {_STYLES[piece.style]}" if piece.strong else _STYLES[piece.style]
    site = os.environ.get("POLICYENGINE_SITE")
    return f"{style} link {site.rstrip('/')}/{piece.link}" if site and piece.link else style


def _width(console: "Console") -> int:
    return min(console.width, _MOST_COLUMNS)


_STYLES = {
    Style.PLAIN: "",
    Style.STRONG: "bold",
    Style.DIM: "dim",
    Style.GOOD: "green",
    Style.BAD: "red",
    Style.DOUBT: "yellow",
    Style.ACCENT: "cyan",
}
