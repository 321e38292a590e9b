"""The types of the expression language, and what a whole number underneath stands for.

Every quantity is an integer: see design section 4. `scale` is the number of decimal places, part of the type.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Boolean:
    """`true`, `false`."""

    def __str__(self) -> str:
        return "a yes or no"


@dataclass(frozen=True, slots=True)
class Number:
    """An integer (scale 0), decimal or percent, in integer steps of 10^-scale.

    `bare` is a constant made of literals and parameters that name no unit: it takes the other side's.
    A percent is a decimal shown differently: 55 % is 55 at scale 2.
    """

    scale: int = 0
    unit: str | None = None
    percent: bool = False
    bare: bool = False

    def __str__(self) -> str:
        if self.percent and self.unit is None:
            return "a percentage"
        kind = "a whole number" if self.scale == 0 else f"a number with {self.scale} decimal places"
        if self.unit is not None:
            return f"{kind} of {self.unit}"
        return kind if self.bare else f"{kind} without a unit"


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency (ISO 4217), in steps of 10^-scale of it."""

    currency: str
    scale: int

    def __str__(self) -> str:
        return f"an amount in {self.currency}"


@dataclass(frozen=True, slots=True)
class Duration:
    """Seconds. `whole_days` durations alone may be added to dates."""

    whole_days: bool

    def __str__(self) -> str:
        return "a duration in whole days" if self.whole_days else "a duration"


@dataclass(frozen=True, slots=True)
class Period:
    """Calendar months."""

    def __str__(self) -> str:
        return "a period of months or years"


@dataclass(frozen=True, slots=True)
class Date:
    """A calendar day, as its proleptic Gregorian ordinal."""

    def __str__(self) -> str:
        return "a date"


@dataclass(frozen=True, slots=True)
class Text:
    """Any text, equal by code point."""

    def __str__(self) -> str:
        return "a text"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of declared values. `bare` is a constant made of text literals, whose set may grow in branches."""

    values: tuple[str, ...]
    bare: bool = False

    def __str__(self) -> str:
        shown = ", ".join(f'"{value}"' for value in self.values)
        return f"the text {shown}" if len(self.values) == 1 else f"one of {shown}"


@dataclass(frozen=True, slots=True)
class Region:
    """A node of the tree of regions."""

    def __str__(self) -> str:
        return "a region"


@dataclass(frozen=True, slots=True)
class Records:
    """A list of records; `fields` are names and types in the declared order."""

    fields: tuple[tuple[str, "Type"], ...]
    unit: str | None
    max_items: int

    def __str__(self) -> str:
        return "a list"


@dataclass(frozen=True, slots=True)
class Poison:
    """What a mistake has: it agrees with everything, so that one mistake gives one message."""

    def __str__(self) -> str:
        return "a mistake"


Type = Boolean | Number | Money | Duration | Period | Date | Text | Choice | Region | Records | Poison

SECONDS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800}
"""Seconds of each unit of a duration."""
MONTHS = {"month": 1, "year": 12}
"""Months of each unit of a period."""


def time_unit(word: str) -> str | None:
    """Give the singular of a unit of time, from either number; None for another word.

    >>> time_unit("weeks"), time_unit("year"), time_unit("followers")
    ('week', 'year', None)
    """
    singular = word.removesuffix("s")
    return singular if singular in SECONDS or singular in MONTHS else None


# ISO 4217 minor units that are not 2, and the currencies of 2 that are in use; a code outside both is refused.
_PLACES = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    **dict.fromkeys(
        (
            "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF "
            "CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF "
            "IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR "
            "MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD "
            "SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER "
            "ZAR ZMW ZWG"
        ).split(),
        2,
    ),
}


def currency_places(currency: str) -> int | None:
    """Give the minor units of an ISO 4217 currency; None when there is no such currency.

    Source: ISO 4217 list one (fund codes, precious metals and testing codes left out).

    >>> currency_places("USD"), currency_places("JPY"), currency_places("KWD"), currency_places("ZZZ")
    (2, 0, 3, None)
    """
    return _PLACES.get(currency)
