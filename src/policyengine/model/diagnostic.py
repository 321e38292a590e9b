"""Problems in what an author wrote: code, place, words, help.

Gives: `Diagnostic`, `Note`; `CODES`, the one list of codes with what each means; what is asked of several at once.
Never: prints; the command line does.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from enum import Enum

from policyengine.model.span import Span

# One row per code. A test holds that every code is reported by a folder of tests/errors.
CODES: dict[str, str] = {
    # the file as text and as YAML
    "unreadable-file": "the file cannot be read: it is missing, too large or not UTF-8",
    "yaml-syntax": "the text is not YAML",
    "yaml-feature": "anchors, aliases, tags, merge keys and several documents are not allowed",
    "too-deep": "nested deeper than 64 levels",
    "duplicate-key": "a key stands twice in one mapping",
    "misplaced-file": "the file's place or name disagrees with what it says",
    # its structure
    "unknown-key": "a key that this place does not have",
    "missing-key": "a key that this place needs is missing",
    "wrong-type": "a value of another kind is expected",
    "wrong-value": "the value is not one of those allowed here",
    "conflicting-keys": "keys that exclude each other, or exactly one of several is needed",
    "missing-translation": "a text lacks a required language",
    # expressions
    "syntax-error": "the text is not an expression of the language",
    "quoting": "an expression stands in a form of YAML whose places cannot be told",
    "unknown-name": "no fact, parameter, definition, item or group has this name",
    "unknown-fact": "no fact with this name is declared",
    "unknown-function": "no function has this name",
    "unknown-unit": "no unit has this name",
    "unknown-currency": "no currency has this code",
    "unknown-region": "the tree of regions has no such node",
    "reserved-name": "a word of the language is used as a name",
    "name-clash": "a name that already means something else here",
    "type-mismatch": "two sides, or branches, of different types",
    "unit-mismatch": "two sides with different units",
    "currency-mismatch": "two sides in different currencies",
    "wrong-operand": "an operator does not work on this type",
    "wrong-arguments": "a function is called with other arguments than it takes",
    "not-a-choice": "a text that is not one of the declared values",
    "not-constant": "a constant is needed here",
    "not-positive": "a positive constant is needed here",
    "number-range": "the declared ranges let a number leave what is exact",
    "date-range": "the declared ranges let a date leave the calendar",
    "bad-literal": "a literal that does not exist: a day, an amount, a number",
    # declarations
    "bad-range": "a range that is empty or does not fit its type",
    "missing-range": "a number needs a declared range",
    "cyclic-definition": "definitions or derived facts that need themselves",
    "cyclic-region": "a region that lies within itself",
    "unknown-source": "no source with this id in this file",
    "unsourced": "a parameter without a source",
    "unknown-program": "no such program",
    "unknown-check": "the program declares no such check",
    "not-a-region-fact": "`region_by` must name a region fact",
    "not-a-date-fact": "`version_by` must be today or name a date fact",
    # policies over regions and time
    "duplicate-id": "an id stands twice in one check",
    "duplicate-version": "two files of one region for one day",
    "overrides-nothing": "no wider file in force has an entry with this id",
    "already-there": "`new: true` on an entry that a wider file has",
    "misplaced-flag": "`new` and `removed` stand only in a narrower file's entries",
    "waives-nothing": "no requirement with this id to waive",
    "ambiguous-waiver": "two checks have a requirement with this id",
    "empty-group": "a group without requirements",
    "empty-check": "a check without requirements",
    "not-a-question": "a requirement, or a statement of an invariant, that is not a yes or no",
    "unreachable": "a requirement that can never be met, or never fail",
    "unused": "declared and used by nothing",
    "loosened-binding": "a narrower file may be looser than a binding requirement",
    "misplaced-binding": "`binding` stands only outside `any_of`",
    "unknown-placeholder": "a text names something that is no parameter",
    # the author's cases and the lock
    "unknown-requirement": "no requirement has this id",
    "bad-fact": "a fact of a case is undeclared, of the wrong type or out of range",
    "case-failed": "a case gives another outcome than expected",
    "published-changed": "a published policy file was changed or removed",
    # proofs
    "not-proved": "an invariant that somebody stands against, or that was not decided",
    "redundant": "an entry that changes nothing for anybody",
    "impassable": "a check that no creator there could be passes",
}


class Severity(Enum):
    """Errors stop; warnings are shown, and are errors under `--strict`."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Note:
    """A remark under a diagnostic, with the place it speaks of."""

    message: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A problem in what an author wrote.

    The message starts in lower case and ends without a full stop; the author's own words stand in backticks.
    """

    code: str
    message: str
    span: Span
    help: str | None = None
    notes: tuple[Note, ...] = ()
    severity: Severity = field(default=Severity.ERROR)

    def __post_init__(self) -> None:
        assert self.code in CODES, f"undeclared code {self.code}"

    def __str__(self) -> str:
        return f"{self.span}: {self.severity.value}[{self.code}]: {self.message}"


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sort by place and drop repetitions of one message at one place; the first stays."""
    unique: dict[tuple[tuple[str, int, int], str, str], Diagnostic] = {}
    for diagnostic in diagnostics:
        unique.setdefault((diagnostic.span.key, diagnostic.code, diagnostic.message), diagnostic)
    return tuple(unique[key] for key in sorted(unique))


def did_you_mean(name: str, candidates: Iterable[str]) -> str | None:
    """Give a help line with the nearest name, or None when none is near.

    >>> did_you_mean("folowers", ["followers", "views"])
    'did you mean `followers`?'
    """
    near = get_close_matches(name, sorted(set(candidates)), n=1, cutoff=0.6)
    return f"did you mean `{near[0]}`?" if near else None


def strict(diagnostics: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """Turn warnings into errors."""
    return tuple(replace(diagnostic, severity=Severity.ERROR) for diagnostic in diagnostics)


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Say whether any diagnostic is an error."""
    return any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics)
