"""What is printed, as plain data: rows of styled pieces, wrapped to a width.

Gives: `Row`; `layout` for whoever colours it, `plain` for whoever does not.
Never: knows a terminal, or lets a control character through to one.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum


class Style(Enum):
    """What a piece is to the reader; whoever colours it picks the colour."""

    PLAIN = "plain"
    STRONG = "strong"
    DIM = "dim"
    GOOD = "good"
    BAD = "bad"
    DOUBT = "doubt"
    ACCENT = "accent"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text in one style, perhaps bold as well. `link` is a page of the docs site that explains it."""

    text: str
    style: Style = Style.PLAIN
    strong: bool = False
    link: str | None = None


Line = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A paragraph. `lead` stands before its first line, `follow` before the others; both have the same width.

    A row that does not wrap is a line that is copied or underlined: a place, a source line.
    """

    pieces: Line = ()
    lead: Line = ()
    follow: str = ""
    wrap: bool = True


BLANK = Row()
SEPARATOR = "·"
"""What stands between two things on one line."""


def row(*pieces: Piece | str, indent: int = 0) -> Row:
    """Make a row of pieces behind an indent; a bare text is plain."""
    space = " " * indent
    return Row(_pieces(pieces), (Piece(space),) if indent else (), space)


def line(*pieces: Piece | str) -> Row:
    """Make a row that does not wrap."""
    return Row(_pieces(pieces), wrap=False)


def heading(text: str) -> tuple[Row, Row]:
    """Make the title of a section, with an empty row above it."""
    return BLANK, row(Piece(text, Style.STRONG))


def layout(rows: Iterable[Row], width: int) -> Iterator[Line]:
    """Wrap rows at blanks to a width in cells; a word that is longer stays whole."""
    for each in rows:
        room = max(width - sum(cells(piece.text) for piece in each.lead), _NARROWEST)
        lines = list(_wrapped(each.pieces, room)) if each.wrap else [each.pieces]
        for number, found in enumerate(lines or [()]):
            before = (Piece(each.follow, Style.DIM),) if number else each.lead
            yield tuple(replace(piece, text=harmless(piece.text)) for piece in (*before, *found))


def plain(rows: Iterable[Row], width: int) -> str:
    """Write rows without any style.

    >>> print(plain([row("one two three four five", indent=2)], 20))
      one two three four
      five
    """
    return "\n".join("".join(piece.text for piece in found).rstrip() for found in layout(rows, width))


def cells(text: str) -> int:
    """Count the columns of a terminal that a text takes: wide characters take two, combining ones none.

    >>> cells("한국 é"), cells("e\u0301")
    (6, 1)
    """
    return sum(_cells(character) for character in text)


def harmless(text: str) -> str:
    """Replace what a terminal would obey instead of showing it."""
    return _CONTROL.sub("\ufffd", text)


def _pieces(given: Iterable[Piece | str]) -> Line:
    return tuple(Piece(piece) if isinstance(piece, str) else piece for piece in given)


def _wrapped(pieces: Line, room: int) -> Iterator[Line]:
    found: list[Piece] = []
    used = 0
    for blank, word in _words(pieces):
        gap = replace(blank, text=" " * len(blank.text))
        size = sum(cells(piece.text) for piece in word)
        if found and used + len(gap.text) + size > room:
            yield _without_separator(found)
            found, used = [], 0
            if word[0].text == SEPARATOR:
                continue
        if found:
            found.append(gap)
            used += len(gap.text)
        found += word
        used += size
    if found:
        yield tuple(found)


def _without_separator(found: list[Piece]) -> Line:
    """Leave out the dot between two things when the second of them goes to the next line."""
    return tuple(found[:-2] if found[-1].text == SEPARATOR else found)


def _words(pieces: Line) -> Iterator[tuple[Piece, list[Piece]]]:
    """Give each word, which may change its style midway, with the blank before it."""
    blank, word = Piece(""), list[Piece]()
    for piece in pieces:
        for part in _PARTS.findall(piece.text):
            if not part.isspace():
                word.append(replace(piece, text=part))
                continue
            if word:
                yield blank, word
            blank, word = replace(piece, text=part), []
    if word:
        yield blank, word


def _cells(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


_NARROWEST = 16
_PARTS = re.compile(r"\s+|\S+")
# Control characters, and those that turn the direction of what follows.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
