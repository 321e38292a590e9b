"""English: names facts by their path (`creator.followers` are the creator's followers)."""

import re

from policyengine.model import types
from policyengine.model.operators import Aggregate, Comparison
from policyengine.targets.prose.grammar import Grammar, Kind, Named, Noun

_WINDOW = re.compile(r"^(.+)_(\d+)([hdwy])$")
_SPANS = {"h": "hour", "d": "day", "w": "week", "y": "year"}


def _name(named: Named) -> Noun:
    if isinstance(named.type, types.Boolean) and named.question is not None:
        return Noun(f"the answer to “{named.question}”")
    words, window = _in_words(named.field)
    if isinstance(named.type, types.Date) and words.split()[-1] not in ("date", "day"):
        words += " date"
    owner = _spaced(named.owner)
    possessive = f"{owner}'" if owner.endswith("s") else f"{owner}'s"
    # `public videos` are, as their unit is `videos`; the unit's last word is the plural.
    plural = words.split()[-1] == named.unit[-1] if named.unit else False
    return Noun(f"the {possessive} {words}{window}", plural=plural)


def _in_words(field: str) -> tuple[str, str]:
    """Split the window off a name: `public_videos_30d` is about 30 days."""
    window = _WINDOW.match(field)
    if window is None:
        return _spaced(field), ""
    name, number, letter = window.groups()
    return _spaced(name), f" in {number} {_SPANS[letter]}{'' if number == '1' else 's'}"


def _spaced(name: str) -> str:
    return name.replace("_", " ")


_FOLDS = {
    Aggregate.SUM: "the sum of {term} for every {variable} in {items}",
    Aggregate.MIN: "the smallest of {term} for every {variable} in {items}",
    Aggregate.MAX: "the largest of {term} for every {variable} in {items}",
}

ENGLISH = Grammar(
    conjunction=(" and ", " and "),
    disjunction=(" or ", " or "),
    nothing="nothing",
    yes="yes",
    no="no",
    minus="minus {value}",
    point=("percentage point", "percentage points"),
    regions="{number} regions",
    others="others",
    in_all="{names} ({number} in all)",
    name=_name,
    variable=_spaced,
    be=("is", "are"),
    clause="{subject} {be} {predicate}",
    full_stop=".",
    quantities={
        Comparison.LESS: "less than {right}",
        Comparison.AT_MOST: "at most {right}",
        Comparison.EQUAL: "exactly {right}",
        Comparison.NOT_EQUAL: "not equal to {right}",
        Comparison.AT_LEAST: "at least {right}",
        Comparison.GREATER: "more than {right}",
    },
    days={
        Comparison.LESS: "before {right}",
        Comparison.AT_MOST: "on or before {right}",
        Comparison.EQUAL: "the same day as {right}",
        Comparison.NOT_EQUAL: "not the same day as {right}",
        Comparison.AT_LEAST: "on or after {right}",
        Comparison.GREATER: "after {right}",
    },
    labels={Comparison.EQUAL: "{right}", Comparison.NOT_EQUAL: "not {right}"},
    sameness={Comparison.EQUAL: "the same as {right}", Comparison.NOT_EQUAL: "not the same as {right}"},
    between="between {low} and {high}, both included",
    also="{first} and {second}",
    one_of="{values}",
    none_of="none of these: {values}",
    region_in="in {regions}",
    region_not_in="in none of these: {regions}",
    region_in_open="in a region of a list that is not known in full (known: {regions})",
    region_not_in_open="in no region of a list that is not known in full (known: {regions})",
    quoted="“{text}”",
    is_yes="yes",
    is_no="no",
    all="all of these hold: {clauses}",
    any="at least one of these holds: {clauses}",
    alike="these hold both or not at all: {clauses}",
    differing="exactly one of these holds: {clauses}",
    if_clauses="if ({0}) holds then ({1}) holds, and if ({0}) does not hold then ({2}) holds: {clauses}",
    every="for every {variable} in {items}, {body}",
    some="for at least one {variable} in {items}, {body}",
    requirement="requirement {number} is met",
    not_requirement="requirement {number} is not met",
    always="this always holds",
    never="this never holds",
    today="today",
    plus=" plus ",
    minus_between=" minus ",
    times=" times ",
    negative="minus {value}",
    time_between="the time from {start} to {end}",
    years_since="the time in full years since {date}",
    full_steps="how many times {step} fits fully into {value} (0 if that is negative)",
    extreme={Aggregate.MIN: "the smallest of {values}", Aggregate.MAX: "the largest of {values}"},
    if_value="({then} if {condition}; otherwise {otherwise})",
    item="item",
    label="",
    called=" (each called {variable})",
    count="the number of {items}",
    count_where="the number of {items}{called} where ({where})",
    counted="for {predicate} of {items}{called}, {where}",
    fold=_FOLDS,
    fold_where={aggregate: f"{pattern} where ({{where}})" for aggregate, pattern in _FOLDS.items()},
    more={
        Kind.COUNT: "{number} more {unit}",
        Kind.NUMBER: "{amount} more",
        Kind.PERCENT: "{amount} more",
        Kind.MONEY: "{amount} more",
        Kind.DURATION: "{amount} more",
        Kind.PERIOD: "{amount} more",
        Kind.DAY: "{amount} later",
    },
    fewer={
        Kind.COUNT: "{number} fewer {unit}",
        Kind.NUMBER: "{amount} less",
        Kind.PERCENT: "{amount} less",
        Kind.MONEY: "{amount} less",
        Kind.DURATION: "{amount} less",
        Kind.PERIOD: "{amount} less",
        Kind.DAY: "{amount} earlier",
    },
    about="{subject}: {phrase}",
    about_item="{word} {number}: {phrase}",
    from_day="by itself from {day} on",
)
