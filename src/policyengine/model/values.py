"""Values as Python sees them, and as the language writes them, from the whole numbers underneath.

Gives: `Period`, `Money` (what Python's library lacks), `to_python`, `literal`.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import total_ordering
from typing import assert_never

from policyengine.model import types
from policyengine.model.syntax import Number


@total_ordering
@dataclass(frozen=True, slots=True, init=False)
class Period:
    """A calendar period in months: `Period(years=18)`. Compares with periods only.

    >>> Period(years=1, months=6) < Period(months=20)
    True
    """

    months: int

    def __init__(self, *, years: int = 0, months: int = 0) -> None:
        object.__setattr__(self, "months", 12 * years + months)

    def __lt__(self, other: object) -> bool:
        return self.months < other.months if isinstance(other, Period) else NotImplemented

    def __str__(self) -> str:
        years, months = divmod(self.months, 12)
        return f"{years} years" if months == 0 else f"{self.months} months"


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount in one currency (ISO 4217)."""

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


Raw = bool | int | str
"""A known scalar underneath: every quantity is an int."""
Value = bool | int | str | Decimal | Money | Period | datetime.timedelta | datetime.date
"""A known scalar as Python sees it."""


def decimal(raw: int, scale: int) -> Decimal:
    """Give `raw` × 10^-scale exactly, whatever the caller's decimal context is."""
    sign, digits = int(raw < 0), tuple(int(digit) for digit in str(abs(raw)))
    return Decimal((sign, digits, -scale))


def to_python(raw: Raw, type_: types.Type) -> Value:
    """Give a known scalar of `type_` as Python sees it; a percent is its number before the sign."""
    match type_:
        case types.Number(scale=0):
            return raw
        case types.Number(scale, percent=percent):
            assert isinstance(raw, int)
            return decimal(raw, scale - 2) if percent and scale > 2 else raw if percent else decimal(raw, scale)
        case types.Money(currency, scale):
            assert isinstance(raw, int)
            return Money(decimal(raw, scale), currency)
        case types.Duration():
            assert isinstance(raw, int)
            return datetime.timedelta(seconds=raw)
        case types.Period():
            assert isinstance(raw, int)
            return Period(months=raw)
        case types.Date():
            assert isinstance(raw, int)
            return datetime.date.fromordinal(raw)
        case types.Boolean() | types.Text() | types.Choice() | types.Region():
            return raw
        case types.Records() | types.Poison():
            raise AssertionError(type_)
        case _:
            assert_never(type_)


def literal(raw: Raw | Sequence[Raw], type_: types.Type) -> str:
    """Write a value as the language does.

    >>> literal(18_999, types.Money("USD", 2)), literal(1200, types.Duration(whole_days=False))
    ('189.99 USD', '20 minutes')
    >>> literal(25, types.Number(scale=3, percent=True)), literal(228, types.Period())
    ('2.5%', '19 years')
    """
    if isinstance(raw, Sequence) and not isinstance(raw, str):
        return "[" + ", ".join(literal(item, type_) for item in raw) + "]"
    match type_:
        case types.Boolean():
            return "true" if raw else "false"
        case types.Text() | types.Choice():
            return f'"{raw}"'
        case types.Region():
            return str(raw)
        case types.Date():
            assert isinstance(raw, int)
            return datetime.date.fromordinal(raw).isoformat()
        case types.Records() | types.Poison():
            raise AssertionError(type_)
        case _:
            assert isinstance(raw, int)
            number, unit = quantity(raw, type_)
            sign = "-" if number < 0 else ""
            shown = str(_number(abs(number)))
            return f"{sign}{shown}{unit}" if unit == "%" else f"{sign}{shown} {unit}".rstrip()


def quantity(raw: int, type_: types.Number | types.Money | types.Duration | types.Period) -> tuple[Decimal, str]:
    """Give a quantity as people write it: the number and its unit ("" for none, "%" for a percent).

    Durations and periods take their largest unit that is whole; money shows at least its currency's places.

    >>> quantity(5_400, types.Duration(whole_days=False))
    (Decimal('90'), 'minutes')
    """
    match type_:
        case types.Number(scale, unit, percent):
            if percent and unit is None:
                return _trimmed(decimal(raw, scale - 2), 0), "%"
            return _trimmed(decimal(raw, scale), 0), unit or ""
        case types.Money(currency, scale):
            places = types.currency_places(currency)
            assert places is not None
            whole = scale > 0 and raw % 10**scale == 0
            return _trimmed(decimal(raw, scale), 0 if whole else places), currency
        case types.Duration():
            unit = next((u for u in ("day", "hour", "minute") if raw % types.SECONDS[u] == 0 and raw), "second")
            return Decimal(raw // types.SECONDS[unit]), f"{unit}s"
        case types.Period():
            unit = "year" if raw % types.MONTHS["year"] == 0 and raw else "month"
            return Decimal(raw // types.MONTHS[unit]), f"{unit}s"
        case _:
            assert_never(type_)


def _trimmed(number: Decimal, places: int) -> Decimal:
    sign, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    if exponent > 0:
        return Decimal((sign, digits + (0,) * exponent, 0))
    while exponent < -places and len(digits) > 0 and digits[-1] == 0:
        digits, exponent = digits[:-1] or (0,), exponent + 1
    return Decimal((sign, digits, exponent))


def _number(number: Decimal) -> Number:
    _, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    return Number(int("".join(map(str, digits))), -exponent)
