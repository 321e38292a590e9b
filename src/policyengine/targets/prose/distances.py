"""Advice in words: how far a value is from what is needed, and what it would have to be.

Gives: phrases without a capital or a full stop; join them with `numbers.joined`.
Never: works out a distance; whoever gives advice does.
"""

import datetime
from collections.abc import Mapping
from decimal import Decimal

from policyengine.model import checked, types
from policyengine.model.operators import Comparison
from policyengine.model.values import Raw
from policyengine.targets.prose.grammar import Kind, kind
from policyengine.targets.prose.languages import grammar
from policyengine.targets.prose.numbers import amount, decimal, value
from policyengine.targets.prose.sentences import item_word, name, phrase
from policyengine.targets.prose.words import Words


def more(difference: int, type_: types.Type, words: Words, fact: str | None = None) -> str:
    """Say that a value must grow by a positive difference: `880 more followers`, `880 pengikut lagi`.

    A day must be later. With a `fact` its name stands before the phrase: `the series' price: 1 USD more`; but
    not when the fact is called as its unit, which says it all.
    """
    return _change(grammar(words).more, difference, type_, words, fact)


def fewer(difference: int, type_: types.Type, words: Words, fact: str | None = None) -> str:
    """Say that a value must fall by a positive difference: `2 fewer videos`, `1 USD less`; see `more`.

    A day must be earlier.
    """
    return _change(grammar(words).fewer, difference, type_, words, fact)


def becomes(fact: str, expected: Raw | tuple[Raw, ...], type_: types.Type, words: Words) -> str:
    """Say what a fact has to be, or one of what: `the creator's account type is personal or business`."""
    return phrase(_expected(fact, expected, type_), words)


def avoids(fact: str, unwanted: Raw | tuple[Raw, ...], type_: types.Type, words: Words) -> str:
    """Say what a fact may not be, or none of what: `the creator's account type is not political`."""
    return phrase(checked.Not(_expected(fact, unwanted, type_)), words)


def about_item(items: str, number: int, change: str, words: Words) -> str:
    """Say of which item of a list fact, counted from 1, a phrase speaks: `video 3: 2 minutes less`."""
    shown = decimal(Decimal(number), words)
    return grammar(words).about_item.format(word=item_word(items, words), number=shown, phrase=change)


def from_day(day: datetime.date, words: Words) -> str:
    """Say from which day something holds by itself: `by itself from 1 May 2025 on`."""
    return grammar(words).from_day.format(day=value(day.toordinal(), types.Date(), words))


def _change(patterns: Mapping[Kind, str], difference: int, type_: types.Type, words: Words, fact: str | None) -> str:
    assert difference > 0, "a distance is what is still needed"
    number, unit = _measured(difference, type_, words)
    text = patterns[kind(type_)].format(number=number, unit=unit, amount=f"{number} {unit}".rstrip())
    if fact is None or (isinstance(type_, types.Number) and fact.rpartition(".")[2] == type_.unit):
        return text
    return grammar(words).about.format(subject=name(fact, words), phrase=text)


def _measured(difference: int, type_: types.Type, words: Words) -> tuple[str, str]:
    """Give an amount's number and unit; what is no single number and unit is all number."""
    match kind(type_), type_:
        case Kind.PERCENT, types.Number():
            number, _ = amount(difference, type_, words)
            # A percent's number is its digits, so 1 % is one point.
            return number, grammar(words).point[difference * 100 != 10**type_.scale]
        case Kind.DAY, _:
            return value(difference * types.SECONDS["day"], types.Duration(whole_days=True), words), ""
        case _, types.Number():
            return amount(difference, type_, words)
        case _:
            return value(difference, type_, words), ""


def _expected(fact: str, raw: Raw | tuple[Raw, ...], type_: types.Type) -> checked.Expr:
    subject = checked.Fact(fact, type_)
    match raw, type_:
        case tuple() as regions, types.Region():
            return checked.InRegions(subject, tuple(str(region) for region in regions), open=False, truth={})
        case region, types.Region():
            return checked.InRegions(subject, (str(region),), open=False, truth={})
        case tuple() as raws, _:
            return checked.Within(subject, raws, type_)
        case bool() as truth, _:
            return subject if truth else checked.Not(subject)
        case single, _:
            return checked.Compare(Comparison.EQUAL, subject, checked.Literal(single, type_))
