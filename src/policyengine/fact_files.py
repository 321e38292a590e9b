"""Facts as files: one JSON object, or one on each line; and where in a text a fact stands.

Reads: a stream of bytes, line by line, so that a pipe of any length passes through.
Gives: `documents`; `fact_problem`, what the door refused as a diagnostic that points at it.
Never: reads a fact; the door does.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from policyengine.model.diagnostic import Diagnostic
from policyengine.model.errors import InvalidFact
from policyengine.model.span import Source, Span


@dataclass(frozen=True, slots=True)
class Document:
    """A JSON text as it came; `line` is where it stands among many, None when it is the only one."""

    content: bytes
    line: int | None = None

    @property
    def text(self) -> str:
        """The text; raises `InvalidFact` when it is not UTF-8."""
        try:
            return self.content.removeprefix(_MARK).decode()
        except UnicodeDecodeError:
            raise InvalidFact("facts", "the text is not UTF-8") from None


def documents(stream: Iterable[bytes], *, lines: bool) -> Iterator[Document]:
    """Give the JSON texts of a stream: each line, if `lines` or the first one says so; else the whole."""
    numbered = enumerate(stream, start=1)
    seen: list[tuple[int, bytes]] = []
    for number, line in numbered:
        seen.append((number, line))
        if sum(bool(text.strip()) for _, text in seen) > 1:
            break
    first = [line for _, line in seen if line.strip()]
    # A line that is an object ends there: if more follows, it is one of many.
    if lines or (len(first) > 1 and _is_object(first[0])):
        for number, line in chain(seen, numbered):
            if line.strip():
                yield Document(line, number)
    else:
        yield Document(b"".join(line for _, line in chain(seen, numbered)))


def fact_problem(error: InvalidFact, within: Span, otherwise: Span, prefix: str = "") -> Diagnostic:
    """Give what the door refused, at the fact's place in a stretch of a text, or at another place."""
    help_ = error.help or (f"expected {error.expected}" if error.expected else None)
    message = f"{prefix}`{error.fact}`: {error.problem}"
    return Diagnostic("bad-fact", message, place_of(error.fact, within) or otherwise, help=help_)


def json_problem(text: str, path: str) -> Diagnostic | None:
    """Point at what makes a text no JSON; None when it is."""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        source = Source(path, text)
        if not text.strip():
            message, help_ = "there are no facts here", "`{}` stands for none"
            return Diagnostic("bad-fact", message, Source(path, "").whole(), help=help_)
        end = min(error.pos + 1, len(text))
        return Diagnostic("bad-fact", f"the text is not JSON: {error.msg}", Span(source, error.pos, end))
    except (ValueError, RecursionError):
        return None
    return None


def place_of(fact: str, within: Span) -> Span | None:
    """Find where a stretch of a text gives a fact: its name as a key, behind that of its entity.

    >>> source = Source("f.json", '{"series": {"videos": [{}]}}')
    >>> str(place_of("series.videos[2].length", Span(source, 0, len(source.text))))
    'f.json:1:13'
    """
    source, place = within.source, None
    for name in re.findall(r"[^.\[\]]+", fact)[:2]:
        word = re.escape(name)
        key = re.compile(rf"""("{word}"|'{word}'|(?<![\w"'-]){word})(?=\s*:)""")
        found = key.search(source.text, within.start if place is None else place.end, within.end)
        if found is None:
            break
        place = Span(source, *found.span())
    return place


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line.removeprefix(_MARK)), dict)
    except (ValueError, RecursionError):
        return False


_MARK = b"\xef\xbb\xbf"
