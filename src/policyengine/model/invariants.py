"""What authors claim of a program for every creator there could be, checked.

Gives: `Invariant`; its expressions are over facts alone.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from policyengine.model.checked import Expr, Texts
from policyengine.model.decision import Outcome
from policyengine.model.span import Span

Statement = Expr | Mapping[str, Outcome]
"""An expression that is met, or the outcomes of the check or its requirements by id, all of them."""


@dataclass(frozen=True, slots=True)
class Monotone:
    """More of a fact (`rising`), or less of it, never takes a met check away."""

    fact: str
    rising: bool


@dataclass(frozen=True, slots=True)
class Invariant:
    """A claim about a check, in some regions (none named: all) and on some days `[start, end)`.

    Whenever `whenever` holds, `always` does, or `never` does not; or the check is `monotone` in a fact.
    """

    id: str
    program: str
    check: str
    says: Texts | None
    regions: tuple[str, ...]
    start: datetime.date | None
    end: datetime.date | None
    whenever: Statement | None
    always: Statement | None
    never: Statement | None
    monotone: Monotone | None
    span: Span = field(compare=False, repr=False)
