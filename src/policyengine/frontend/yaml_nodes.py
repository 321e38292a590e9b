"""YAML: from the text of a file to nodes that know their places. PyYAML's home.

Reads: a `Source`, over the events of `yaml.parse`, which neither recurse nor resolve anything. PyYAML's own
`compose` is not used: its C half crashes the process on deep nesting.
Gives: `Scalar`, `Sequence`, `Mapping`; plain data by the rules of YAML 1.2 with `data`; and with
`expression_span` the stretch of the file that an expression covers.
Never: opens a file, knows what a key means, or makes a binary float.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any, cast

import yaml

from policyengine.model.diagnostic import Diagnostic, Note
from policyengine.model.span import Source, Span

MAX_DEPTH = 64
"""How deep a file may nest: all that follows recurses over it."""
MAX_EVENTS = 200_000
"""How many keys, values and ends of lists and mappings a file may have."""


class Style(Enum):
    """How a scalar is written."""

    PLAIN = "plain"
    QUOTED = "quoted"
    LITERAL = "literal"
    FOLDED = "folded"


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value; `text` is what it says, without quotes and line folding."""

    text: str
    style: Style
    span: Span

    @property
    def content_span(self) -> Span | None:
        """The stretch of the file that reads like `text` but for blanks; None after escapes, folding."""
        match self.style:
            case Style.PLAIN:
                return self.span
            case Style.QUOTED:
                inside = Span(self.span.source, self.span.start + 1, self.span.end - 1)
                escape = "\\" if self.span.text.startswith('"') else "''"
                return None if escape in inside.text else inside
            case Style.LITERAL:
                return _body(self.span)
            case Style.FOLDED:
                return None


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list of nodes."""

    items: tuple["Node", ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys with their values, in the author's order; no key stands twice."""

    entries: tuple[tuple[Scalar, "Node"], ...]
    span: Span

    def get(self, name: str) -> "Node | None":
        """Give the value of a key, or None."""
        return next((value for key, value in self.entries if key.text == name), None)

    def key(self, name: str) -> Scalar | None:
        """Give the key of this name as it stands in the file, or None."""
        return next((key for key, _ in self.entries if key.text == name), None)


Node = Scalar | Sequence | Mapping


def read_yaml(source: Source, problems: list[Diagnostic]) -> Node | None:
    """Read the one document of a file; None when it is not YAML or uses what is not allowed.

    A key that stands twice (the first counts) and a number that programs read differently are reported, but
    the node is given all the same, so that further problems can be found. An empty file is an empty scalar.
    """
    found = list(_characters(source))
    events = _scan(source, found) if not found else []
    node = _build(events, source, found)
    problems.extend(found)
    return node if all(problem.code in _GOES_ON for problem in found) else None


def data(node: Node) -> Any:
    """Give the plain data of a node: dict, list, str, int, `Decimal`, bool or None.

    Only plain scalars are anything but text, by the rules of YAML 1.2: `NO`, `on` and `10_000` are texts.
    """
    match node:
        case Mapping(entries):
            return {key.text: data(value) for key, value in entries}
        case Sequence(items):
            return [data(item) for item in items]
        case Scalar(text, Style.PLAIN):
            return _resolved(text)
        case Scalar(text):
            return text


def expression_span(scalar: Scalar, problems: list[Diagnostic]) -> Span | None:
    """Give the stretch of the file that an expression covers; None, and why, when places cannot be told."""
    span = scalar.content_span
    if span is None:
        folded = scalar.style is Style.FOLDED
        message = "an expression cannot stand after `>`" if folded else "an expression cannot hold escapes"
        way_out = "write it after `|`" if folded else "write it without quotes around it, or after `|`"
        problems.append(Diagnostic("quoting", message, scalar.span, help=way_out))
    return span


def _body(literal: Span) -> Span:
    """Give the lines below the `|`, without the blanks around them."""
    _, _, body = literal.text.partition("\n")
    start = literal.end - len(body.lstrip())
    return Span(literal.source, start, start + len(body.strip()))


def _resolved(text: str) -> str | int | Decimal | bool | None:
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if not _NUMBER.fullmatch(text):
        return text
    return Decimal(text) if "." in text else int(text)


def _characters(source: Source) -> Iterator[Diagnostic]:
    """Report the first character that no file may hold."""
    found = _REFUSED.search(source.text)
    if found is not None:
        yield Diagnostic(
            "yaml-syntax",
            f"the character U+{ord(found[0]):04X} cannot stand in a file",
            Span(source, found.start(), found.end()),
            help="it is invisible, or a line break to some programs only: remove it",
        )


def _scan(source: Source, found: list[Diagnostic]) -> list[yaml.Event]:
    """Collect the events of a file and report what is not allowed; stop where going on makes no sense."""
    events: list[yaml.Event] = []
    depth = documents = 0
    stream: Iterable[yaml.Event] = yaml.parse(source.text, Loader=_LOADER)
    try:
        for event in stream:
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            documents += isinstance(event, yaml.DocumentStartEvent)
            refusal = _refusal(event, depth, documents, len(events))
            if refusal is not None:
                code, message, way_out = refusal
                found.append(Diagnostic(code, message, _word(event, source), help=way_out))
                if code != "yaml-feature" or documents > 1:
                    break
            events.append(event)
    except yaml.MarkedYAMLError as error:
        found.append(_yaml_error(error, source))
    return events


def _refusal(event: yaml.Event, depth: int, documents: int, count: int) -> tuple[str, str, str | None] | None:
    """Give code, message and help for what is not allowed."""
    if depth > MAX_DEPTH:
        return "too-deep", f"nested deeper than {MAX_DEPTH} levels", None
    if count == MAX_EVENTS:
        return "unreadable-file", "the file holds too many values", "split it"
    feature = "several documents" if documents > 1 else _feature(event)
    if feature is not None:
        return "yaml-feature", f"{feature} are not allowed in a file", _INSTEAD[feature]
    return None


def _feature(event: yaml.Event) -> str | None:
    """Name what an event uses that is not allowed."""
    match event:
        case yaml.ScalarEvent(anchor=None, tag=None):  # by far the most
            return None
        case yaml.AliasEvent():
            return "aliases"
        case yaml.DocumentStartEvent(version=version, tags=tags):
            return "directives" if version or tags else None
        case yaml.NodeEvent(anchor=str()):
            return "anchors"
        case yaml.ScalarEvent() | yaml.CollectionStartEvent(tag=str()):
            return "tags"
        case _:
            return None


def _word(event: yaml.Event, source: Source) -> Span:
    """Give the first word of an event: its anchor, tag, dashes or bracket."""
    start, end = _index(event.start_mark, source), _index(event.end_mark, source)
    return Span(source, start, start + len(re.split(r"\s", source.text[start:end], maxsplit=1)[0]))


def _index(mark: Any, source: Source) -> int:
    # a mark may point past the end of the file
    return min(cast("int", mark.index), len(source.text))


def _build(events: Iterable[yaml.Event], source: Source, found: list[Diagnostic]) -> Node:
    """Put events together on a stack: each level is where an open collection starts, and its parts so far."""
    opened: list[tuple[int, list[Node]]] = [(0, [])]
    for event in events:
        match event:
            case yaml.ScalarEvent(value=text, style=style):
                span = Span(source, _index(event.start_mark, source), _index(event.end_mark, source))
                scalar = Scalar(text, _STYLES[style], span)
                if scalar.style is Style.PLAIN and _is_odd_number(text):
                    found.append(_odd_number(scalar))
                opened[-1][1].append(scalar)
            case yaml.CollectionStartEvent():
                opened.append((_index(event.start_mark, source), []))
            case yaml.CollectionEndEvent():
                start, parts = opened.pop()
                # without brackets, PyYAML's end lies behind the blank lines and comments that follow
                bracket, end = _index(event.start_mark, source), _index(event.end_mark, source)
                span = Span(source, start, end if bracket < end else parts[-1].span.end)
                is_mapping = isinstance(event, yaml.MappingEndEvent)
                node = _mapping(parts, span, found) if is_mapping else Sequence(tuple(parts), span)
                opened[-1][1].append(node)
            case yaml.AliasEvent():  # reported by the scan; something must stand here
                opened[-1][1].append(Scalar("", Style.PLAIN, source.whole()))
            case _:
                pass
    return next(iter(opened[0][1]), Scalar("", Style.PLAIN, source.whole()))


def _mapping(parts: list[Node], span: Span, found: list[Diagnostic]) -> Mapping:
    entries: dict[str, tuple[Scalar, Node]] = {}
    for key, value in zip(parts[::2], parts[1::2], strict=True):
        if not isinstance(key, Scalar):
            message = "a key cannot be a list or a mapping"
            help_ = "write the key as plain words; a text that starts with `{` or `[` goes in quotes"
            found.append(Diagnostic("yaml-feature", message, key.span, help=help_))
        elif key.text == "<<" and key.style is Style.PLAIN:
            help_ = "write the entries themselves"
            found.append(Diagnostic("yaml-feature", "merge keys are not allowed", key.span, help=help_))
        elif key.text in entries:
            first = entries[key.text][0]
            notes = (Note("it stands here first", first.span),)
            found.append(Diagnostic("duplicate-key", f"`{key.text}` stands twice", key.span, notes=notes))
        else:
            entries[key.text] = (key, value)
    return Mapping(tuple(entries.values()), span)


def _is_odd_number(text: str) -> bool:
    return _NUMBER_OF_YAML.fullmatch(text) is not None and _NUMBER.fullmatch(text) is None


def _odd_number(scalar: Scalar) -> Diagnostic:
    """Report a number that YAML 1.2 has and people misread, or that is too long to be one."""
    if len(scalar.text) > _MAX_DIGITS:
        return Diagnostic("bad-literal", "this number has too many digits", scalar.span)
    message = f"`{scalar.text}` is not how a number is written"
    help_ = "a number is written `12`, `-3` or `0.5`; a text of digits goes in quotes"
    return Diagnostic("bad-literal", message, scalar.span, help=help_)


def _yaml_error(error: yaml.MarkedYAMLError, source: Source) -> Diagnostic:
    """Say in the words of authors what PyYAML has found, where they can mend it."""
    problem = str(error.problem)
    early = error.context_mark if problem in _AT_CONTEXT else None
    start = _index(early or error.problem_mark, source)
    place = Span(source, start, min(start + 1, len(source.text)))
    if "tag handle" in problem:
        help_ = "put a text that starts with `!` in quotes"
        return Diagnostic("yaml-feature", "tags are not allowed in a file", place, help=help_)
    if "cannot start any token" in problem:
        return _unstartable(place)
    known = (words for start, words in _WORDS.items() if problem.startswith(start))
    message, way_out = next(known, (problem, None))
    return Diagnostic("yaml-syntax", message, place, help=way_out)


def _unstartable(place: Span) -> Diagnostic:
    if place.text == "\t":
        return Diagnostic("yaml-syntax", "a tab cannot stand here", place, help="indent with blanks")
    help_ = f"put a text that starts with `{place.text}` in quotes"
    return Diagnostic("yaml-syntax", f"`{place.text}` cannot start a value", place, help=help_)


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# the C half says that plain style is '', the Python half None
_STYLES = {
    "": Style.PLAIN,
    None: Style.PLAIN,
    "'": Style.QUOTED,
    '"': Style.QUOTED,
    "|": Style.LITERAL,
    ">": Style.FOLDED,
}
_INSTEAD = {
    "aliases": "write the value again",
    "anchors": "remove the word that starts with `&`",
    "tags": "remove the word that starts with `!`",
    "directives": "remove the line that starts with `%`",
    "several documents": "make each a file of its own",
}
_GOES_ON = frozenset({"duplicate-key", "bad-literal"})
_CONSTANTS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_MAX_DIGITS = 40
_NUMBER = re.compile(rf"(?=.{{1,{_MAX_DIGITS}}}$)-?(0|[1-9][0-9]*)(\.[0-9]+)?")
# all that the core schema of YAML 1.2 takes for a number: leading zeros, other bases, exponents, infinity too
_NUMBER_OF_YAML = re.compile(
    r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+"
    r"|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
)
# Control characters; a carriage return alone, U+0085, U+2028 and U+2029, which end a line (and a comment) for
# some programs only; marks that reverse the order of what is shown; byte order marks but the first.
_REFUSED = re.compile(
    r"[^\t\n\r\x20-\x7e\xa0-\u2027\u202f-\u2065\u206a-\ud7ff"
    r"\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]|\r(?!\n)",
)
_NOT_CLOSED = "is a comma missing, or the closing bracket? A text with commas or brackets goes in quotes here"
_INDENTED = "is it indented like its neighbours? A text that has quotes inside goes in quotes as a whole"
# What PyYAML says (by its first words, the C half's or the Python half's), and what an author can do with.
_WORDS: dict[str, tuple[str, str | None]] = {
    "mapping values are not allowed": ("`:` cannot stand here", "a text with `: ` in it goes in quotes"),
    "could not find expected ':'": ("a key without `:`", "is this a key, or the rest of the text above?"),
    "found unexpected end of stream": ("a quote that is not closed", "end the text with the same quote"),
    "found unexpected document indicator": ("a quote that is not closed", "end the text with the same quote"),
    "did not find expected ',' or ']'": ("`,` or `]` is expected before this", _NOT_CLOSED),
    "expected ',' or ']'": ("`,` or `]` is expected before this", _NOT_CLOSED),
    "did not find expected ',' or '}'": ("`,` or `}` is expected before this", _NOT_CLOSED),
    "expected ',' or '}'": ("`,` or `}` is expected before this", _NOT_CLOSED),
    "did not find expected key": ("a key is expected here", _INDENTED),
    "did not find expected '-'": ("an item of the list above is expected here", "start it with `- `"),
    "expected <block end>": ("a key is expected here", _INDENTED),
    "did not find expected <document start>": ("the file should have ended here", _INDENTED),
    "expected '<document start>'": ("the file should have ended here", _INDENTED),
    "did not find expected node content": ("a value is expected here", None),
    "expected the node content": ("a value is expected here", None),
    "block sequence entries are not allowed": ("a list cannot start here", "start it on a line of its own"),
    "sequence entries are not allowed": ("a list cannot start here", "start it on a line of its own"),
    "found unknown escape character": ("no such escape", "in single quotes, `\\` is only itself"),
    "did not find expected hexdecimal number": ("no such escape", "in single quotes, `\\` is only itself"),
    "expected escape sequence": ("no such escape", "in single quotes, `\\` is only itself"),
    "found a tab character": ("a tab cannot stand here", "indent with blanks"),
}
# those that PyYAML notices long after the mistake
_AT_CONTEXT = frozenset(
    {"could not find expected ':'", "found unexpected end of stream", "found unexpected document indicator"},
)
