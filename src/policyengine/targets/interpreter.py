"""The meaning of the language: a checked expression, facts and a day give a value or *unknown*.

Every other target is tested against this file, so it is short rather than fast.
Reads: `checked.Expr`.
Gives: the value underneath, or None for unknown.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import prod

from policyengine.model import calendar, checked
from policyengine.model.operators import Aggregate, Quantifier
from policyengine.model.values import Raw

Record = Mapping[str, Raw | None]
"""A list item; a null item is one whose every field is unknown."""
Given = Raw | Sequence[Record] | None


@dataclass(frozen=True, slots=True)
class Environment:
    """What an expression is evaluated in.

    `facts` are by path, derived ones filled in; an absent one is unknown. `today` is an ordinal. `clauses` are the
    outcomes that `ClauseRef` reads.
    """

    facts: Mapping[str, Given]
    today: int
    clauses: Sequence[bool | None] = ()
    items: Mapping[str, Record] = field(default_factory=dict)


def evaluate(expr: checked.Expr, given: Environment) -> Raw | None:
    """Evaluate an expression; None is unknown.

    Everything is strict but `and`, `or`, `every`, `some` (Kleene) and `if` (the taken branch alone counts).
    """
    match expr:
        case checked.Literal(value):
            return value
        case checked.Fact(path):
            return given.facts.get(path)  # type: ignore[return-value]  # the checker keeps lists out
        case checked.Item(variable, name):
            return given.items[variable].get(name)
        case checked.Today():
            return given.today
        case checked.ClauseRef(index):
            return given.clauses[index]
        case checked.And(operands):
            return _all(evaluate(operand, given) for operand in operands)
        case checked.Or(operands):
            return _any(evaluate(operand, given) for operand in operands)
        case checked.If(condition, then, otherwise):
            truth = evaluate(condition, given)
            return None if truth is None else evaluate(then if truth else otherwise, given)
        case checked.Quantified(quantifier, variable, items, body):
            join = _all if quantifier is Quantifier.EVERY else _any
            records = given.facts.get(items)
            return None if records is None else join(_each(body, variable, records, given))
        case checked.Count(items):
            records = given.facts.get(items)
            return None if records is None else len(records)  # type: ignore[arg-type]
        case checked.CountWhere(variable, items, where):
            kept = _each(where, variable, given.facts.get(items), given)
            return None if None in kept else kept.count(True)
        case checked.Fold():
            return _fold(expr, given)
        case checked.YearsSince(date):
            born = evaluate(date, given)
            return None if born is None else calendar.years_between(int(born), given.today)
        case _:
            values = [evaluate(child, given) for child in checked.children(expr)]
            return None if None in values else _strict(expr, values)


def _strict(expr: checked.Expr, values: Sequence[Raw | None]) -> Raw | None:
    match expr, values:
        case checked.Compare(operator), [left, right]:
            return operator.holds(left, right)
        case checked.Within(values=members), [value]:
            return value in members
        case checked.InRegions(truth=truth), [str(region)]:
            return truth[region]
        case checked.Not(), [value]:
            return not value
        case checked.Add(), [*numbers]:
            return sum(numbers)  # type: ignore[arg-type]
        case checked.Multiply(), [*numbers]:
            return prod(int(number) for number in numbers if number is not None)
        case checked.Negate(), [int(number)]:
            return -number
        case checked.Scale(factor=factor), [int(number)]:
            return number * factor
        case checked.Days(), [int(seconds)]:
            return seconds // calendar.SECONDS_PER_DAY
        case checked.AddMonths(), [int(day), int(months)]:
            return calendar.add_months(day, months)
        case checked.FullSteps(step=step), [int(number)]:
            return max(number, 0) // step
        case checked.Extreme(aggregate), [*numbers]:
            return min(numbers) if aggregate is Aggregate.MIN else max(numbers)  # type: ignore[type-var]
        case _:
            raise AssertionError(expr)


def _each(body: checked.Expr, variable: str, records: Given, given: Environment) -> list[Raw | None]:
    """Evaluate a body for each item; an unknown list is one unknown."""
    if records is None:
        return [None]
    assert isinstance(records, Sequence)
    return [evaluate(body, replace(given, items={**given.items, variable: record})) for record in records]  # type: ignore[dict-item]


def _fold(expr: checked.Fold, given: Environment) -> Raw | None:
    kept = _each(
        expr.where or checked.Literal(value=True, type=checked.BOOLEAN),
        expr.variable,
        given.facts.get(expr.items),
        given,
    )
    if None in kept:
        return None
    terms = _each(expr.term, expr.variable, given.facts.get(expr.items), given)
    chosen = [term for term, keep in zip(terms, kept, strict=True) if keep]
    if None in chosen or not (chosen or expr.aggregate is Aggregate.SUM):
        return None
    fold = {Aggregate.SUM: sum, Aggregate.MIN: min, Aggregate.MAX: max}[expr.aggregate]
    return fold(chosen)  # type: ignore[operator, no-any-return]


def _all(truths: Iterable[Raw | None]) -> bool | None:
    seen = set(truths)
    return False if False in seen else None if None in seen else True


def _any(truths: Iterable[Raw | None]) -> bool | None:
    seen = set(truths)
    return True if True in seen else None if None in seen else False
