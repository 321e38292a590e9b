"""What was asked of policies, and what came out: proved, or who stands against it, or not decided.

Gives: `Proof`, `Counterexample`, `Report`: plain data, in words and lines of files, which need no policies.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from policyengine.model.diagnostic import Diagnostic, Note


class Kind(StrEnum):
    """What a question is."""

    INVARIANT = "invariant"
    MORE_FACTS = "more-facts"
    BINDING = "binding"
    LINT = "lint"
    QUESTION = "question"


class Verdict(StrEnum):
    """What came out of a question."""

    PROVED = "proved"
    REFUTED = "refuted"
    NOT_DECIDED = "not-decided"


@dataclass(frozen=True, slots=True)
class Counterexample:
    """Someone who stands against it: where, and as an author's case."""

    place: str
    case: str


@dataclass(frozen=True, slots=True)
class Proof:
    """One question over all regions, days and drafts; `policies` is of how many different ones it was asked.

    `up_to` names the lists of which only so many different records were looked at. `why` says what was not decided.
    """

    kind: Kind
    program: str
    check: str
    id: str
    says: Mapping[str, str]
    verdict: Verdict
    policies: int
    up_to: Mapping[str, int] = field(default_factory=dict)
    counterexamples: tuple[Counterexample, ...] = ()
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """All proofs, the problems as an author is told of them, and notes that are none.

    `asked` is how many questions went to the solver this time, and `known` how many were answered before.
    """

    proofs: tuple[Proof, ...]
    problems: tuple[Diagnostic, ...]
    notes: tuple[Note, ...]
    asked: int = 0
    known: int = 0

    @property
    def held(self) -> bool:
        """Whether everything was proved."""
        return not self.problems
