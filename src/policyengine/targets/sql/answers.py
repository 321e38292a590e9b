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
from policyengine.targets.sql.trees import both


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
    """Write a value as people store it: numbers exactly, days as dates; durations in seconds, periods in months."""
    (type_,) = (each.type for each in values if each.id == value)
    match type_:
        case types.Number(scale) | types.Money(scale=scale) if scale > 0:
            step = exp.cast(exp.Literal.string("0." + "0" * (scale - 1) + "1"), f"DECIMAL({scale + 1}, {scale})")
            whole = exp.cast(tree, "DECIMAL(18, 0)")
            return exp.cast(both(exp.Mul, whole, step), f"DECIMAL({max(18, scale + 16)}, {scale})")
        case types.Date():
            return as_date(tree)
        case _:
            return tree
