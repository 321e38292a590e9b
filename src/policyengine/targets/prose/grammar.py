"""What a language has to say: one field for each pattern that prose needs.

Patterns are filled with `str.format`; what stands in their braces is named beside them. A pattern that a
language lacks is a type error.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import assert_never

from policyengine.model import types
from policyengine.model.operators import Aggregate, Comparison


class Kind(Enum):
    """How people speak of a type's values: a count is a number with a unit, a label has no order."""

    COUNT = auto()
    NUMBER = auto()
    PERCENT = auto()
    MONEY = auto()
    DURATION = auto()
    PERIOD = auto()
    DAY = auto()
    LABEL = auto()


def kind(type_: types.Type) -> Kind:
    """Say how people speak of values of a type."""
    match type_:
        case types.Number(unit=None, percent=percent):
            return Kind.PERCENT if percent else Kind.NUMBER
        case types.Number():
            return Kind.COUNT
        case types.Money():
            return Kind.MONEY
        case types.Duration():
            return Kind.DURATION
        case types.Period():
            return Kind.PERIOD
        case types.Date():
            return Kind.DAY
        case types.Boolean() | types.Text() | types.Choice() | types.Region():
            return Kind.LABEL
        case types.Records() | types.Poison():
            raise AssertionError(type_)
        case _:
            assert_never(type_)


@dataclass(frozen=True, slots=True)
class Named:
    """A fact, or a field of an item, that a language has to name.

    `owner` is the entity or the bound name; `label` tells items apart where bound names nest, or is empty.
    `unit` are the words of its unit and `times` of all units of time. `question` is in the language.
    """

    owner: str
    field: str
    type: types.Type | None
    question: str | None
    label: str
    unit: tuple[str, ...]
    times: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Noun:
    """Words for a value; `compound` ones go in brackets inside others, `plural` ones have a plural verb."""

    text: str
    compound: bool = False
    plural: bool = False


@dataclass(frozen=True, slots=True)
class Grammar:
    """The patterns of one language."""

    # Lists of words: between two, and before the last of more.
    conjunction: tuple[str, str]
    disjunction: tuple[str, str]
    nothing: str

    # Values.
    yes: str
    no: str
    minus: str  # {value}
    point: tuple[str, str]  # what percents differ by, singular and plural
    regions: str  # {number}: a list of regions too long to name
    others: str  # the regions of an open list that no source names
    in_all: str  # {names} {number}: an open list of a known size

    # A clause is a subject and what is said of it; {be} agrees with the subject.
    name: Callable[[Named], Noun]
    variable: Callable[[str], str]  # a bound name in words
    be: tuple[str, str]  # singular, plural
    clause: str  # {subject} {be} {predicate}
    full_stop: str  # "" where sentences do not start with a capital either
    quantities: Mapping[Comparison, str]  # {right}
    days: Mapping[Comparison, str]  # {right}
    labels: Mapping[Comparison, str]  # {right}, a constant
    sameness: Mapping[Comparison, str]  # {right}, another label
    between: str  # {low} {high}, both included
    also: str  # {first} {second}: two things said of one subject
    one_of: str  # {values}, joined with "or"
    none_of: str  # {values}, with commas
    region_in: str  # {regions}, joined with "or"
    region_not_in: str  # {regions}, with commas
    region_in_open: str  # {regions}, joined with "and": those that are known of the list
    region_not_in_open: str  # as in `region_in_open`
    quoted: str  # {text}
    is_yes: str
    is_no: str

    # Several clauses; {clauses} are numbered, and {0}, {1}, … are their numbers.
    all: str
    any: str
    alike: str
    differing: str
    if_clauses: str  # the condition, then, otherwise
    every: str  # {variable} {word} {label} {items} {body}
    some: str  # as in `every`
    requirement: str  # {number}
    not_requirement: str  # {number}
    always: str
    never: str

    # Computed values; their parts stand in brackets where they are compound.
    today: str
    plus: str
    minus_between: str
    times: str
    negative: str  # {value}
    time_between: str  # {start} {end}
    years_since: str  # {date}
    full_steps: str  # {step} {value}
    extreme: Mapping[Aggregate, str]  # {values}, joined with "and"
    if_value: str  # {condition} {then} {otherwise}
    item: str  # one of a list whose unit is not declared
    label: str  # {variable}: tells items apart where bound names nest
    called: str  # {variable}: a bound name that is not the item's own word
    count: str  # {items}
    count_where: str  # {variable} {word} {label} {called} {items} {where}
    counted: str  # as in `count_where`, and {predicate}: such a number compared with a constant
    fold: Mapping[Aggregate, str]  # {term} {variable} {word} {label} {items}
    fold_where: Mapping[Aggregate, str]  # as in `fold`, and {where}

    # Advice.
    more: Mapping[Kind, str]  # {number} {unit} {amount}
    fewer: Mapping[Kind, str]  # as in `more`
    about: str  # {subject} {phrase}
    about_item: str  # {word} {number} {phrase}
    from_day: str  # {day}
