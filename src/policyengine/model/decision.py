"""What a decision is made of: outcomes, findings, missing facts, advice, values, the policy's identity.

All frozen; `decision.Decision`, one floor up, builds them when they are read.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from policyengine.model.checked import Kind, Origin, Waiver
from policyengine.model.types import Type
from policyengine.model.values import Raw, Value


class Outcome(StrEnum):
    """The outcome of a clause, a group or a check; only a decision may be `NOT_OFFERED`."""

    MET = "met"
    UNMET = "unmet"
    UNKNOWN = "unknown"
    NOT_OFFERED = "not_offered"

    @classmethod
    def of(cls, truth: bool | None) -> "Outcome":  # noqa: FBT001 -- Kleene's three values
        """Give the outcome of a truth value; None is unknown."""
        return cls.UNKNOWN if truth is None else cls.MET if truth else cls.UNMET


Words = Mapping[str, str]
"""One text in each language."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One requirement's outcome, with what was needed and what was there.

    `needed` is the expression in canonical source (parameters as their values), or for a group its children's ids.
    `given` maps each fact that the requirement reads to its value as a literal of the language, None when unknown.
    A waived requirement is still evaluated and shown; it does not count.
    """

    id: str
    kind: Kind
    parent: str | None
    outcome: Outcome
    words: Words
    needed: str
    given: Mapping[str, str | None]
    waiver: Waiver | None
    origin: Origin


@dataclass(frozen=True, slots=True)
class Obligation:
    """What the creator must do along with a met requirement."""

    id: str
    words: Words


@dataclass(frozen=True, slots=True)
class Missing:
    """A fact that still matters; a derived one names the unknown facts it can be derived from."""

    fact: str
    inputs: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.fact


@dataclass(frozen=True, slots=True)
class NamedResult:
    """A named value of a check; `value` is None when it is unknown."""

    id: str
    value: Value | None
    literal: str | None
    type: Type
    words: Words
    title: Words


class ChangeKind(StrEnum):
    """How one requirement would turn met."""

    MORE = "more"
    LESS = "less"
    BECOME = "become"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Change:
    """One step of advice: by how much a fact must move, or what it must become, for a requirement to be met.

    `amount` is a distance, or the value to become, as a literal of the language; None when it cannot be said simply.
    """

    requirement: str
    fact: str | None
    kind: ChangeKind
    amount: str | None
    words: Words


@dataclass(frozen=True, slots=True)
class Alternative:
    """Changes that together turn the check met; `by_time` when the passing of time alone makes all of them."""

    changes: tuple[Change, ...]
    by_time: bool


@dataclass(frozen=True, slots=True)
class PolicyIdentity:
    """Which policy decided: its files (widest region first), the digest of its meaning, and its days `[start, end)`."""

    files: tuple[str, ...]
    digest: str | None
    start: datetime.date | None
    end: datetime.date | None


@dataclass(frozen=True, slots=True)
class KnownFact:
    """A value that a caller gave or that was derived."""

    raw: Raw
    type: Type
