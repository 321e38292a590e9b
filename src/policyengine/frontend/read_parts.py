"""Parts that files of all kinds share: names, texts, days, expressions, literals.

Reads: nodes that their schema has accepted, so that shapes are asserted, not asked.
Gives: parts of `authored` entries; None for what is not there, and for what was reported.
Never: looks a name up beyond the file it stands in.
"""

import datetime
import re
from dataclasses import dataclass

from policyengine.frontend.parse import parse
from policyengine.frontend.yaml_nodes import Mapping, Node, Scalar, Sequence, Style, data, expression_span
from policyengine.model import syntax
from policyengine.model.authored import Name
from policyengine.model.checked import Texts
from policyengine.model.diagnostic import Diagnostic, Severity, did_you_mean
from policyengine.model.operators import RESERVED


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading one file needs besides its nodes: required languages, where problems go, its sources."""

    languages: tuple[str, ...]
    problems: list[Diagnostic]
    sources: tuple[str, ...] = ()


Entry = tuple[Scalar, Mapping]
"""A key with the mapping it stands for: most of what files declare."""


def as_scalar(node: Node | None) -> Scalar:
    """Give a node that the schema makes a scalar."""
    assert isinstance(node, Scalar)
    return node


def as_mapping(node: Node | None) -> Mapping:
    """Give a node that the schema makes a mapping."""
    assert isinstance(node, Mapping)
    return node


def entries(section: Mapping) -> tuple[Entry, ...]:
    """Give the entries of a mapping of mappings."""
    return tuple((key, as_mapping(value)) for key, value in section.entries)


def section(parent: Mapping, key: str) -> tuple[Entry, ...]:
    """Give the entries that stand under a key, none when it is missing."""
    node = parent.get(key)
    return () if node is None else entries(as_mapping(node))


def declared(key: Scalar, reading: Reading) -> str:
    """Give the name that a key declares, and report a word of the language."""
    if key.text in RESERVED:
        message = f"`{key.text}` is a word of the language"
        reading.problems.append(Diagnostic("reserved-name", message, key.span, help="choose another name"))
    return key.text


def name(node: Node | None) -> Name:
    """Give a word that refers to something."""
    scalar = as_scalar(node)
    return Name(scalar.text, scalar.content_span or scalar.span)


def optional_name(parent: Mapping, key: str) -> Name | None:
    """Give a word that refers to something, or None."""
    node = parent.get(key)
    return None if node is None else name(node)


def names(node: Node | None) -> tuple[Name, ...]:
    """Give one or several words that refer to something; none when nothing is there."""
    match node:
        case None:
            return ()
        case Sequence(items):
            return tuple(name(item) for item in items)
        case _:
            return (name(node),)


def cited(parent: Mapping, reading: Reading) -> tuple[Name, ...]:
    """Give the sources that an entry names, and report those that its file does not have."""
    found = names(parent.get("source"))
    for source in found:
        if source.text not in reading.sources:
            help_ = did_you_mean(source.text, reading.sources) or "declare it under `sources` of this file"
            reading.problems.append(
                Diagnostic("unknown-source", f"no source `{source}` in this file", source.span, help=help_)
            )
    return found


def optional_text(parent: Mapping, key: str) -> str | None:
    """Give a text as such, or None."""
    node = parent.get(key)
    return None if node is None else as_scalar(node).text


def flag(parent: Mapping, key: str) -> bool:
    """Say whether a key is there and true."""
    node = parent.get(key)
    return node is not None and data(node) is True


def whole(parent: Mapping, key: str, reading: Reading) -> int | None:
    """Give a whole number, `10000` or `10_000`, or None."""
    node = parent.get(key)
    if node is None:
        return None
    scalar = as_scalar(node)
    if len(scalar.text) > _MAX_DIGITS:
        reading.problems.append(Diagnostic("bad-literal", "this number is too large", scalar.span))
        return None
    return int(scalar.text)


def texts(key: Scalar, node: Node | None, reading: Reading, *, complete: bool = True) -> Texts:
    """Give a sentence in each language, and warn of required languages that a `complete` one lacks."""
    written = {language.text: as_scalar(text) for language, text in as_mapping(node).entries}
    for language in reading.languages:
        if complete and language not in written:
            message = f"`{key.text}` has no text in `{language}`"
            problem = Diagnostic("missing-translation", message, key.span, severity=Severity.WARNING)
            reading.problems.append(problem)
    return Texts(
        tuple((language, scalar.text) for language, scalar in written.items()),
        tuple(scalar.span for scalar in written.values()),
    )


def texts_at(parent: Mapping, key: str, reading: Reading) -> Texts:
    """Give the sentence that a mapping must have."""
    found = optional_texts(parent, key, reading)
    assert found is not None
    return found


def optional_texts(parent: Mapping, key: str, reading: Reading, *, complete: bool = True) -> Texts | None:
    """Give a sentence that a mapping may have, or None."""
    at = parent.key(key)
    return None if at is None else texts(at, parent.get(key), reading, complete=complete)


def day(parent: Mapping, key: str, reading: Reading) -> datetime.date:
    """Give a day; some day when the calendar has none such, which is reported: the file is left out."""
    scalar = as_scalar(parent.get(key))
    try:
        return datetime.date.fromisoformat(scalar.text)
    except ValueError:
        message = f"the calendar has no day `{scalar.text}`"
        reading.problems.append(Diagnostic("bad-literal", message, scalar.span))
        return datetime.date.min


def optional_day(parent: Mapping, key: str, reading: Reading) -> datetime.date | None:
    """Give a day, or None."""
    return None if parent.get(key) is None else day(parent, key, reading)


def expression(node: Node | None, reading: Reading) -> syntax.Expr | None:
    """Parse an expression in its place; quotes around it only wrap it."""
    if node is None:
        return None
    span = expression_span(as_scalar(node), reading.problems)
    return None if span is None else parse(span, reading.problems)


def literal(node: Node, reading: Reading) -> syntax.Expr | None:
    """Read a constant: plain it is a literal of the language, in quotes a text."""
    scalar = as_scalar(node)
    match scalar.style:
        case Style.PLAIN:
            return parse(scalar.span, reading.problems)
        case Style.QUOTED:
            return _text(scalar, reading)
        case Style.LITERAL | Style.FOLDED:
            help_ = "write it on the line of its key, a text in quotes"
            problem = Diagnostic("quoting", "a constant cannot stand in a block", scalar.span, help=help_)
            reading.problems.append(problem)
            return None


def literals(node: Node | None, reading: Reading) -> tuple[syntax.Expr, ...]:
    """Read a list of constants."""
    assert isinstance(node, Sequence)
    found = [literal(item, reading) for item in node.items]
    return tuple(item for item in found if item is not None)


def _text(scalar: Scalar, reading: Reading) -> syntax.Expr | None:
    if _NO_TEXT.search(scalar.text):
        message = "a text of the language has no double quotes, backslashes or line breaks"
        reading.problems.append(Diagnostic("bad-literal", message, scalar.span))
        return None
    return syntax.Text(scalar.text, scalar.span)


_MAX_DIGITS = 40
# what would not parse back between the quotes of a text
_NO_TEXT = re.compile(r'["\\\n]')
