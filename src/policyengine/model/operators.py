"""The operators, one row each: symbol, meaning on known values, and what it turns into under negation.

A new comparison or fold is a new row here; targets look their own spelling up by member.
"""

import operator
from collections.abc import Callable
from enum import Enum
from typing import Any


class Comparison(Enum):
    """Comparisons of two known values of one type."""

    LESS = "<"
    AT_MOST = "<="
    EQUAL = "=="
    NOT_EQUAL = "!="
    AT_LEAST = ">="
    GREATER = ">"

    @property
    def holds(self) -> Callable[[object, object], bool]:
        """The meaning on two known values."""
        return _MEANING[self]

    @property
    def ordered(self) -> bool:
        """Whether the operands need an order."""
        return self not in (Comparison.EQUAL, Comparison.NOT_EQUAL)

    @property
    def flipped(self) -> "Comparison":
        """The comparison that says the same with its operands exchanged."""
        return _FLIPPED[self]

    @property
    def opposite(self) -> "Comparison":
        """The comparison that holds when this one does not."""
        return _OPPOSITE[self]


class Quantifier(Enum):
    """`every` is a conjunction over a list, `some` a disjunction."""

    EVERY = "every"
    SOME = "some"


class Aggregate(Enum):
    """What folds many numbers into one."""

    SUM = "sum"
    MIN = "min"
    MAX = "max"


_MEANING: dict[Comparison, Callable[[Any, Any], bool]] = {
    Comparison.LESS: operator.lt,
    Comparison.AT_MOST: operator.le,
    Comparison.EQUAL: operator.eq,
    Comparison.NOT_EQUAL: operator.ne,
    Comparison.AT_LEAST: operator.ge,
    Comparison.GREATER: operator.gt,
}
_FLIPPED = {
    Comparison.LESS: Comparison.GREATER,
    Comparison.AT_MOST: Comparison.AT_LEAST,
    Comparison.EQUAL: Comparison.EQUAL,
    Comparison.NOT_EQUAL: Comparison.NOT_EQUAL,
    Comparison.AT_LEAST: Comparison.AT_MOST,
    Comparison.GREATER: Comparison.LESS,
}
_OPPOSITE = {
    Comparison.LESS: Comparison.AT_LEAST,
    Comparison.AT_MOST: Comparison.GREATER,
    Comparison.EQUAL: Comparison.NOT_EQUAL,
    Comparison.NOT_EQUAL: Comparison.EQUAL,
    Comparison.AT_LEAST: Comparison.LESS,
    Comparison.GREATER: Comparison.AT_MOST,
}

KEYWORDS = frozenset(
    "if then else every some in satisfies or and not count where for sum min max true false".split(),
)
"""The words of the grammar: reserved for everything that is declared."""
FUNCTIONS = {"years_since": 1, "full_steps": 2}
"""The functions that are called by name, and how many arguments each takes."""
TODAY = "today"
RESERVED = KEYWORDS | FUNCTIONS.keys() | {TODAY}
