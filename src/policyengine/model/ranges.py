"""Ranges of whole numbers and exact arithmetic on them.

The checker proves with them that nothing leaves ±(2^53 − 1); `met_on` walks over days with them.
Gives: `Range`, whose every operation encloses all results of the same operation on members.
"""

from collections.abc import Callable
from dataclasses import dataclass

from policyengine.model import calendar
from policyengine.model.operators import Comparison

LIMIT = 2**53 - 1
"""The largest whole number that every target holds exactly (IEEE 754 binary64, ECMAScript's MAX_SAFE_INTEGER)."""


@dataclass(frozen=True, slots=True)
class Range:
    """All whole numbers from `low` to `high`, both included."""

    low: int
    high: int

    def __post_init__(self) -> None:
        assert self.low <= self.high, "a range holds at least one number"

    @property
    def single(self) -> bool:
        """Whether the range holds one number only."""
        return self.low == self.high

    @property
    def safe(self) -> bool:
        """Whether every number of the range is exact in every target."""
        return self.low >= -LIMIT and self.high <= LIMIT

    def holds(self, number: int) -> bool:
        """Say whether `number` is in the range."""
        return self.low <= number <= self.high

    def join(self, other: "Range") -> "Range":
        """Give the smallest range that holds both."""
        return Range(min(self.low, other.low), max(self.high, other.high))

    def __add__(self, other: "Range") -> "Range":
        return Range(self.low + other.low, self.high + other.high)

    def __neg__(self) -> "Range":
        return Range(-self.high, -self.low)

    def __mul__(self, other: "Range") -> "Range":
        return self.corners(other, lambda a, b: a * b)

    def corners(self, other: "Range", function: Callable[[int, int], int]) -> "Range":
        """Apply a function that is monotone in each argument: its extremes lie in the corners."""
        values = [function(a, b) for a in (self.low, self.high) for b in (other.low, other.high)]
        return Range(min(values), max(values))

    def map(self, function: Callable[[int], int]) -> "Range":
        """Apply a function that never falls."""
        return Range(function(self.low), function(self.high))

    def least(self, other: "Range") -> "Range":
        """Enclose `min(a, b)`."""
        return Range(min(self.low, other.low), min(self.high, other.high))

    def greatest(self, other: "Range") -> "Range":
        """Enclose `max(a, b)`."""
        return Range(max(self.low, other.low), max(self.high, other.high))

    def compare(self, operator: Comparison, other: "Range") -> "Range":
        """Enclose the truth of a comparison: 0 is false, 1 is true.

        >>> Range(1, 5).compare(Comparison.LESS, Range(6, 9)), Range(1, 5).compare(Comparison.EQUAL, Range(5, 9))
        (Range(low=1, high=1), Range(low=0, high=1))
        """
        holds = operator.holds
        match operator:
            case Comparison.LESS | Comparison.AT_MOST:
                return Range(int(holds(self.high, other.low)), int(holds(self.low, other.high)))
            case Comparison.AT_LEAST | Comparison.GREATER:
                return Range(int(holds(self.low, other.high)), int(holds(self.high, other.low)))
            case Comparison.EQUAL:
                meet = self.low <= other.high and other.low <= self.high
                return Range(int(self.single and self == other), int(meet))
            case Comparison.NOT_EQUAL:
                return Range(1, 1) + -self.compare(Comparison.EQUAL, other)

    def add_months(self, months: "Range") -> "Range":
        """Enclose a date plus a period; both numbers only push the date later."""
        return self.corners(months, calendar.add_months)

    def years_until(self, end: "Range") -> "Range":
        """Enclose whole years from dates of this range to dates of `end`, in months."""
        return self.corners(end, calendar.years_between)
