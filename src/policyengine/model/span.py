"""Places in files: a source text and stretches of it.

Gives: `Source`, `Span`; a span knows its line, its column and the text it covers.
Never: reads a file.
"""

from bisect import bisect_right
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A text that an author wrote, with the path that messages show."""

    path: str
    text: str = field(repr=False)
    line_starts: tuple[int, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Index the lines once, so that a span finds its line by bisection."""
        starts = [0, *(index + 1 for index, character in enumerate(self.text) if character == "\n")]
        object.__setattr__(self, "line_starts", tuple(starts))

    def line(self, number: int) -> str:
        """Give the text of line `number` (from 1), without its line break."""
        start = self.line_starts[number - 1]
        end = self.line_starts[number] if number < len(self.line_starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")

    def whole(self) -> "Span":
        """Give the span that stands for the file as such: its very beginning."""
        return Span(self, 0, 0)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch `[start, end)` of a source, in code points."""

    source: Source
    start: int
    end: int

    @property
    def line(self) -> int:
        """The line of the first character, from 1."""
        return bisect_right(self.source.line_starts, self.start)

    @property
    def column(self) -> int:
        """The column of the first character, from 1, in code points."""
        return self.start - self.source.line_starts[self.line - 1] + 1

    @property
    def path(self) -> str:
        """The path of the source, as messages show it."""
        return self.source.path

    @property
    def text(self) -> str:
        """The text that the span covers."""
        return self.source.text[self.start : self.end]

    @property
    def key(self) -> tuple[str, int, int]:
        """What places are sorted by: path, then position."""
        return (self.source.path, self.start, self.end)

    def to(self, last: "Span") -> "Span":
        """Give the span from the start of this one to the end of `last`."""
        return Span(self.source, self.start, last.end)

    def __str__(self) -> str:
        """Write the place as `path:line:column`."""
        return f"{self.source.path}:{self.line}:{self.column}"
