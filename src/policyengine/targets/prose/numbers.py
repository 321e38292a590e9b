"""Values in words: whole numbers underneath, written as people of a language write them.

Gives: `value` and `values`; for other prose `joined`, `amount` and `decimal`.
Never: a binary float, a rounded digit, or a locale of the machine.
"""

import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Literal, assert_never

from policyengine.model import types
from policyengine.model.values import Raw, quantity
from policyengine.targets.prose.languages import grammar
from policyengine.targets.prose.words import Words

Junction = Literal["and", "or"]


def value(raw: Raw, type_: types.Type, words: Words, fact: str | None = None) -> str:
    """Write a known scalar: `10,000 followers`, `189,99 USD`, `1 minute 30 seconds`, `6 Juni 2023`.

    `fact` is the path of the fact whose words a choice has; without it, the words that all facts agree on.
    """
    match type_:
        case types.Boolean():
            return grammar(words).yes if raw else grammar(words).no
        case types.Text():
            return str(raw)
        case types.Choice():
            return words.choice(str(raw), type_, fact)
        case types.Region():
            return words.region(str(raw))
        case types.Date():
            assert isinstance(raw, int)
            return _date(datetime.date.fromordinal(raw), words)
        case types.Duration(whole_days):
            assert isinstance(raw, int)
            units = ("day",) if whole_days else ("day", "hour", "minute", "second")
            return _compound(raw, types.SECONDS, units, words)
        case types.Period():
            assert isinstance(raw, int)
            return _compound(raw, types.MONTHS, ("year", "month"), words)
        case types.Number() | types.Money():
            assert isinstance(raw, int)
            number, unit = amount(raw, type_, words)
            return f"{number}{unit}" if unit == "%" else f"{number} {unit}".rstrip()
        case types.Records() | types.Poison():
            raise AssertionError(type_)
        case _:
            assert_never(type_)


def values(raws: Sequence[Raw], type_: types.Type, words: Words, junction: Junction) -> str:
    """Write several constants as one list: `South Korea and South Africa`, `pribadi atau bisnis`."""
    return joined([value(raw, type_, words) for raw in raws], words, junction)


def joined(items: Sequence[str], words: Words, junction: Junction) -> str:
    """Join phrases as the language joins a list; of none, its word for nothing."""
    patterns = grammar(words)
    two, last = patterns.conjunction if junction == "and" else patterns.disjunction
    match items:
        case []:
            return patterns.nothing
        case [only]:
            return only
        case [first, second]:
            return f"{first}{two}{second}"
        case _:
            return ", ".join(items[:-1]) + last + items[-1]


def amount(raw: int, type_: types.Number | types.Money, words: Words) -> tuple[str, str]:
    """Give a number and its unit's word apart; the unit is "" for none and "%" for a percent."""
    number, unit = quantity(raw, type_)
    text = decimal(number, words)
    if unit in ("", "%"):
        return text, unit
    singular, plural = words.unit(unit)
    return text, singular if abs(number) == 1 else plural


def decimal(number: Decimal, words: Words) -> str:
    """Write every digit of a number, with the language's separators.

    The places that the number carries are kept: `0.50` is not `0.5`.
    """
    sign, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    assert exponent <= 0
    text = "".join(str(digit) for digit in digits).rjust(1 - exponent, "0")
    whole, fraction = (text[:exponent], text[exponent:]) if exponent else (text, "")
    grouped = f"{int(whole):,}".replace(",", words.language.thousands)
    return ("-" if sign else "") + grouped + (words.language.decimal + fraction if fraction else "")


def _compound(raw: int, sizes: Mapping[str, int], units: tuple[str, ...], words: Words) -> str:
    parts, rest = [], abs(raw)
    for unit in units:
        count, rest = divmod(rest, sizes[unit])
        # Nothing at all is 0 of the smallest unit.
        if count or (raw == 0 and unit == units[-1]):
            singular, plural = words.unit(f"{unit}s")
            parts.append(f"{decimal(Decimal(count), words)} {singular if count == 1 else plural}")
    assert rest == 0, "a type's smallest unit measures all of its values"
    text = " ".join(parts)
    return grammar(words).minus.format(value=text) if raw < 0 else text


def _date(day: datetime.date, words: Words) -> str:
    # INVARIANT: the pattern is an author's text; `str.format` would let it reach into the values.
    parts = {"{day}": str(day.day), "{month}": words.language.months[day.month - 1], "{year}": str(day.year)}
    text = words.language.date
    for placeholder, part in parts.items():
        text = text.replace(placeholder, part)
    return text
