"""Diagnostics as a person reads them, with the source line and what is wrong in it underlined; and as data.

Reads: `Diagnostic`s.
Gives: `diagnostic_rows`, `diagnostic_data`, and `tally`, which counts them.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, takewhile
from typing import Any

from policyengine.model.diagnostic import Diagnostic, Note, Severity
from policyengine.model.span import Span
from policyengine.report.page import BLANK, Piece, Row, Style, cells, harmless, line


def diagnostic_rows(diagnostics: Iterable[Diagnostic], width: int) -> Iterator[Row]:
    """Lay diagnostics out, with an empty row after each; longer source lines are cut to the width."""
    for diagnostic in diagnostics:
        yield from _one(diagnostic, width)
        yield BLANK


def diagnostic_data(diagnostic: Diagnostic) -> dict[str, Any]:
    """Give a diagnostic as plain data; the end is the place after the last character."""
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        **_place(diagnostic.span),
        "message": diagnostic.message,
        "help": diagnostic.help,
        "notes": [_note(note) for note in diagnostic.notes],
        "page": _page(diagnostic),
    }


def tally(diagnostics: Sequence[Diagnostic]) -> str:
    """Count errors and warnings: `2 errors and 1 warning`.

    >>> tally(())
    'no problems'
    """
    errors = sum(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics)
    warnings = len(diagnostics) - errors
    counted = [counted_as(number, word) for number, word in ((errors, "error"), (warnings, "warning")) if number]
    return " and ".join(counted) or "no problems"


def counted_as(number: int, word: str) -> str:
    """Count in English: `1 error`, `1,200 cases`."""
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def _one(diagnostic: Diagnostic, width: int) -> Iterator[Row]:
    style = Style.BAD if diagnostic.severity is Severity.ERROR else Style.DOUBT
    yield line(
        Piece(f"{diagnostic.span}: ", Style.STRONG),
        Piece(f"{diagnostic.severity.value}[{diagnostic.code}]", style, link=_page(diagnostic)),
        Piece(f": {diagnostic.message}", Style.STRONG),
    )
    span = diagnostic.span
    number = str(span.line)
    if span.source.text:
        margin = " " * (len(number) + 2)
        shown, before, size = _cut(span, max(width - len(margin) - 2, _NARROWEST))
        yield line(Piece(f"{margin}|", Style.ACCENT))
        yield line(Piece(f" {number} |", Style.ACCENT), Piece(f" {shown}"))
        yield line(Piece(f"{margin}|", Style.ACCENT), Piece(" " * (before + 1)), Piece("^" * size, style))
    indent = len(number) + 2
    if diagnostic.help is not None:
        yield _remark("help", diagnostic.help, indent)
    for note in diagnostic.notes:
        yield _remark("note", note.message if note.span is None else f"{note.message}: {note.span}", indent)


def _page(diagnostic: Diagnostic) -> str:
    """Give the page of the docs site that explains a diagnostic."""
    return f"diagnostics/{diagnostic.code}/"


def _remark(kind: str, text: str, indent: int) -> Row:
    lead = f"{' ' * indent}= "
    return Row(
        (Piece(f"{kind}: ", Style.STRONG), Piece(text)),
        (Piece(lead, Style.ACCENT),),
        " " * (len(lead) + len(kind) + 2),
    )


def _cut(span: Span, room: int) -> tuple[str, int, int]:
    """Give the first line of a span as it is shown, and the cells before the underlined part and of it."""
    text = span.source.line(span.line)
    start = min(span.column - 1, len(text))
    end = max(min(len(text), start + span.end - span.start), start)
    before, marked, after = (_visible(part) for part in (text[:start], text[start:end], text[end:]))
    if cells(before) + cells(marked) > room:
        if cells(before) > room // 2:
            before = _ELLIPSIS + _last(before, max(room - cells(marked) - 1, room // 2) - 1)
        kept = _first(marked, room - cells(before) - 1)
        marked, after = kept, after if kept == marked else _ELLIPSIS
    shown = before + marked + after
    if cells(shown) > room:
        shown = _first(shown, room - 1) + _ELLIPSIS
    return shown, cells(before), max(cells(marked), 1)


def _visible(text: str) -> str:
    return harmless(text.replace("\t", " " * _TAB))


def _first(text: str, room: int) -> str:
    """Give as much of a text's beginning as fits."""
    ends = accumulate(map(cells, text))
    return text[: sum(1 for _ in takewhile(lambda end: end <= room, ends))]


def _last(text: str, room: int) -> str:
    return _first(text[::-1], room)[::-1]


def _note(note: Note) -> dict[str, Any]:
    return {"message": note.message, **(_place(note.span) if note.span is not None else {})}


def _place(span: Span) -> dict[str, Any]:
    end = Span(span.source, span.end, span.end)
    return {
        "path": span.path,
        "line": span.line,
        "column": span.column,
        "end_line": end.line,
        "end_column": end.column,
    }


_TAB = 4
_ELLIPSIS = "…"
_NARROWEST = 20
