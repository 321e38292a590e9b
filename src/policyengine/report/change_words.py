"""A change of rules in a line: what it is about, what was, what is.

Reads: a `Change`, the words of a language.
Gives: `change_words`.
"""

from dataclasses import dataclass
from typing import assert_never

from policyengine.model.checked import Parameter, Texts
from policyengine.report.changes import (
    Change,
    ObligationChange,
    ParameterChange,
    RequirementChange,
    ValueChange,
    WaiverChange,
)
from policyengine.report.wording import day, wording
from policyengine.targets import prose


@dataclass(frozen=True, slots=True)
class ChangeWords:
    """What changes: `before` is None when it is new, `after` when it is gone."""

    about: str
    before: str | None
    after: str | None


def change_words(change: Change, words: prose.Words) -> ChangeWords:
    """Write a change in a language."""
    ours = wording(words.language.code)
    match change:
        case ParameterChange(name, before, after):
            return ChangeWords(name, _value(before, words), _value(after, words))
        case RequirementChange(check, name, was, is_):
            return ChangeWords(f"{check}/{name}", was, is_)
        case WaiverChange(check, name, _, lifted):
            starts = None if lifted is None else ours.waiver_starts.format(day=day(lifted.until, words))
            return ChangeWords(f"{check}/{name}", None if starts else ours.waiver_ends, starts)
        case ObligationChange(check, name, owed, owes):
            return ChangeWords(f"{check}/{name}: {ours.owed}", _text(owed, words), _text(owes, words))
        case ValueChange(check, name, old, new):
            sources = (None if value is None else value.source for value in (old, new))
            return ChangeWords(f"{check}/{name}", *sources)
        case _:
            assert_never(change)


def _value(parameter: Parameter | None, words: prose.Words) -> str | None:
    return prose.parameter(parameter, words) if parameter is not None else None


def _text(texts: Texts | None, words: prose.Words) -> str | None:
    return texts.get(words.language.code) if texts is not None else None
