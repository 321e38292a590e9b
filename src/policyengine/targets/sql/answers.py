"""How a check's answers look in a table: the names of their columns, and values as people store them.

Reads: `Rules`.
Gives: `QuestionColumns`; a tree for a value.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from policyengine.model import types
from policyengine.model.checked import NamedValue
from policyengine.targets.sql.days import as_date
from policyengine.targets.sql.rules import Rules
from policyengine.targets.sql.trees import CannotSay, both


@dataclass(frozen=True, slots=True)
class QuestionColumns:
    """What the columns of a question are called, and what the bits or names in `unmet` and `unknown` stand for."""

    outcome: str
    unmet: str
    unknown: str
    policy: str
    requirements: Sequence[str]
    values: Sequence[str]


def question_columns(question: str, rules: Rules) -> QuestionColumns:
    """Name the columns of a question."""
    names = [f"{question}_{part}" for part in ("outcome", "unmet", "unknown", "policy")]
    outcome, unmet, unknown, policy = names
    values = tuple(_value_name(question, rules, key) for key in rules.values)
    return QuestionColumns(outcome, unmet, unknown, policy, tuple(rules.clauses), values)


def _value_name(question: str, rules: Rules, key: tuple[str, str]) -> str:
    """Name a value's column: durations and periods by their unit, and by its kind what is not the same everywhere."""
    value, kind = key
    several = sum(other == value for other, _ in rules.values) > 1
    unit = {"duration": "_seconds", "period": "_months"}.get(kind, f"_{kind}" if several else "")
    return f"{question}_{value}{unit}"


def shown_value(tree: exp.Expr, values: Sequence[NamedValue], value: str) -> exp.Expr:
    """Write a value as people store it: numbers exactly, days as dates; durations in seconds, periods in months.

    55 % are 55, as they are given. Raises `CannotSay` for more decimal places than engines have.
    """
    (type_,) = (each.type for each in values if each.id == value)
    match type_:
        case types.Number(scale, percent=percent):
            return _number(tree, scale - 2 if percent else scale)
        case types.Money(scale=scale):
            return _number(tree, scale)
        case types.Date():
            return as_date(tree)
        case _:
            return tree


def _number(tree: exp.Expr, places: int) -> exp.Expr:
    if places == 0:
        return tree
    if places > _MOST_PLACES:
        raise CannotSay(f"a decimal has {_MOST_PLACES} places at most behind 16 digits, and this has {places}")
    step = exp.cast(exp.Literal.string("0." + "0" * (places - 1) + "1"), f"DECIMAL({places + 1}, {places})")
    whole = exp.cast(tree, "DECIMAL(18, 0)")
    return exp.cast(both(exp.Mul, whole, step), f"DECIMAL({max(18, places + 16)}, {places})")


_MOST_PLACES = 19
"""18 digits times a step of one digit more than it has places are 38."""
