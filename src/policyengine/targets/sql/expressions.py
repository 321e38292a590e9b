"""Checked expressions as SQL: one tree per expression, which DuckDB and Spark read alike.

Reads: `checked.Expr`, and `Columns`, which say where its facts are.
Gives: a sqlglot tree whose value is the one underneath; NULL is unknown. AND, OR and NOT are Kleene's by themselves.
Never: builds SQL from strings, picks a dialect, or runs a query.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import assert_never

from sqlglot import exp

from policyengine.model import checked, types
from policyengine.model.calendar import FIRST_DAY, LAST_DAY, SECONDS_PER_DAY
from policyengine.model.operators import Aggregate, Comparison
from policyengine.model.values import Raw
from policyengine.targets.sql import days, lists
from policyengine.targets.sql.columns import Columns, Names
from policyengine.targets.sql.trees import (
    NUMBER,
    TOO_DEEP,
    TRUTH,
    CannotSay,
    all_named,
    among,
    both,
    choice,
    column,
    known_only,
    logic,
    name,
    named,
    negated,
    number,
    opposite,
    plus,
    quotient,
    storage,
    text_literal,
    times,
    truth,
    unknown,
    wide,
)


def expression(expr: checked.Expr, columns: Columns) -> exp.Expr:
    """Write one expression over columns; raises `CannotSay` for texts and names that SQL lacks, and endless nesting.

    >>> from policyengine.targets.sql.printing import Dialect, sql_text
    >>> age, least = checked.Fact("creator.age", types.Period()), checked.Literal(216, types.Period())
    >>> tree = expression(
    ...     checked.Compare(Comparison.AT_LEAST, age, least),
    ...     Columns({"creator.age": column("age in months")}, today=column("today")),
    ... )
    >>> print(sql_text(tree, Dialect.DUCKDB), sql_text(tree, Dialect.SPARK))
    "age in months" >= 216 `age in months` >= 216
    """
    try:
        (tree,) = _Writer(columns, Names(set(columns.names()))).trees((expr,), {})
    except RecursionError:
        raise CannotSay(TOO_DEEP) from None
    return tree


@dataclass(frozen=True, slots=True)
class _Bound:
    """What a list's item is called, and where its fields are."""

    name: str
    fields: Mapping[str, str]


Scope = Mapping[str, _Bound]


@dataclass(frozen=True, slots=True)
class _Writer:
    """One expression as it is written, with the names it has used up."""

    columns: Columns
    names: Names

    def tree(self, expr: checked.Expr, bound: Scope) -> exp.Expr:
        """Write an expression; `bound` says what the names of items in scope are called."""
        match expr:
            case checked.Literal(value, type_):
                return constant(value, type_)
            case checked.Fact(path, type_):
                found = self.columns.facts.get(path)
                return unknown(storage(type_)) if found is None else found.copy()
            case checked.Item(variable, field, type_):
                item = bound[variable]
                if field not in item.fields:
                    return unknown(storage(type_))
                return exp.Dot(this=column(item.name), expression=name(item.fields[field]))
            case checked.Today():
                return self.columns.today.copy()
            case checked.ClauseRef(index):
                return self.columns.clauses[index].copy()
            case checked.Compare(operator, left, right) if self.in_days(left, right):
                return both(_COMPARISONS[operator], self.day(left), self.day(right))
            case checked.Compare(operator, left, right):
                return both(_COMPARISONS[operator], self.tree(left, bound), self.tree(right, bound))
            case checked.Within(operand, values, type_):
                return among(self.tree(operand, bound), [constant(value, type_) for value in values])
            case checked.InRegions(operand, truth=truths):
                return named(self.tree(operand, bound), lambda region: _in_regions(region, truths), self.names)
            case checked.And(operands):
                return logic(exp.And, (self.tree(operand, bound) for operand in operands))
            case checked.Or(operands):
                return logic(exp.Or, (self.tree(operand, bound) for operand in operands))
            case checked.Not(operand):
                return opposite(self.tree(operand, bound))
            case checked.If(condition, then, otherwise):
                return self.chosen(self.tree(condition, bound), self.trees((then, otherwise), bound))
            case checked.Add(operands):
                return plus(*self.trees(operands, bound))
            case checked.Multiply(operands):
                return times(*self.trees(operands, bound))
            case checked.Negate(operand):
                (whole,) = self.trees((operand,), bound)
                return negated(whole)
            case checked.Scale(operand, factor):
                (coarse,) = self.trees((operand,), bound)
                return times(coarse, number(factor))
            case checked.Days(operand):
                (seconds,) = self.trees((operand,), bound)
                return quotient(seconds, SECONDS_PER_DAY)
            case checked.AddMonths(date, months):
                return days.add_months(self.tree(date, bound), self.tree(months, bound), self.names)
            case checked.YearsSince(date):
                return days.years_since(self.tree(date, bound), self.columns.today, self.names)
            case checked.FullSteps(operand, step):
                (whole,) = self.trees((operand,), bound)
                return named(whole, lambda whole: _full_steps(whole, step), self.names)
            case checked.Extreme(aggregate):
                return self.extreme(_EXTREMES[aggregate], self.trees(_flat(expr), bound))
            case checked.Quantified(quantifier):
                over = self.over(expr, bound)
                return unknown(TRUTH) if over is None else lists.quantified(quantifier, over, self.names)
            case checked.Count(items):
                listed = self.columns.lists.get(items)
                return unknown(NUMBER) if listed is None else lists.count(listed.column)
            case checked.CountWhere():
                over = self.over(expr, bound)
                return unknown(NUMBER) if over is None else lists.count_where(over, self.names)
            case checked.Fold(aggregate, where=where):
                over = self.over(expr, bound)
                if over is None:
                    return unknown(NUMBER)
                return lists.fold(aggregate, over, self.names, some_left_out=where is not None)
            case _:
                assert_never(expr)

    def in_days(self, *sides: checked.Expr) -> bool:
        """Say whether both sides of a comparison are found as DATEs, and one of them is a fact."""
        facts = [side for side in sides if isinstance(side, checked.Fact) and side.path in self.columns.days]
        constants = [side for side in sides if is_day(side)]
        return bool(facts) and len(facts) + len(constants) == len(sides)

    def day(self, side: checked.Expr) -> exp.Expr:
        """Write one side of such a comparison."""
        match side:
            case checked.Fact(path):
                return self.columns.days[path].copy()
            case checked.Literal(int(value)):
                return days.date_literal(value)
            case _:
                raise AssertionError(side)

    def trees(self, operands: Sequence[checked.Expr], bound: Scope) -> list[exp.Expr]:
        """Write operands of one operator, of which at least one of the first two is a BIGINT if they are numbers."""
        trees = [self.tree(operand, bound) for operand in operands]
        if all(isinstance(operand, checked.Literal) and _is_number(operand.value) for operand in operands[:2]):
            trees[0] = wide(trees[0])
        return trees

    def over(self, expr: "_OverItems", bound: Scope) -> lists.Items | None:
        """Write what is evaluated for each item of a list; None when no column holds the list."""
        listed = self.columns.lists.get(expr.items)
        if listed is None:
            return None
        item = self.names.fresh(expr.variable)
        inside = {**bound, expr.variable: _Bound(item, listed.fields)}
        match expr:
            case checked.Quantified(body=body) | checked.CountWhere(where=body) | checked.Fold(term=body, where=None):
                (tree,) = self.trees((body,), inside)
            case checked.Fold(aggregate, term, where=where):
                assert where is not None
                (kept,) = self.trees((term,), inside)
                tree = self.chosen(self.tree(where, inside), (kept, number(lists.neutral(aggregate))))
            case _:
                assert_never(expr)
        return lists.Items(listed.column, item, tree)

    def chosen(self, condition: exp.Expr, branches: Sequence[exp.Expr]) -> exp.Expr:
        """Write a choice that is unknown when its condition is."""
        then, otherwise = branches
        return named(
            condition,
            lambda truth: choice((truth.copy(), then), (opposite(truth.copy()), otherwise)),
            self.names,
        )

    def extreme(self, kind: type[exp.Least | exp.Greatest], operands: Sequence[exp.Expr]) -> exp.Expr:
        """Write the least or greatest of values, or NULL when one is: engines leave NULL out."""

        def known(operands: Sequence[exp.Expr]) -> exp.Expr:
            first, *others = (operand.copy() for operand in operands)
            return known_only(kind(this=first, expressions=others, ignore_nulls=True), *operands)

        return all_named(operands, known, self.names)


_OverItems = checked.Quantified | checked.CountWhere | checked.Fold


def constant(value: Raw, type_: types.Type) -> exp.Expr:
    """Write a value underneath; a date with the day that it is."""
    match value:
        case bool():
            return truth(value=value)
        case str():
            return text_literal(value)
        case int():
            tree = number(value)
            if isinstance(type_, types.Date):
                tree.comments = [date.fromordinal(value).isoformat()]
            return tree


def is_day(expr: checked.Expr) -> bool:
    """Say whether an expression is a constant date that the calendar has."""
    match expr:
        case checked.Literal(int(value), types.Date()):
            return FIRST_DAY <= value <= LAST_DAY
        case _:
            return False


def _is_number(value: Raw) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _in_regions(region: exp.Expr, truths: Mapping[str, bool | None]) -> exp.Expr:
    """Test a region by what is said of every region, without naming the larger of what is known and what is not."""
    met = [text_literal(name) for name, truth in truths.items() if truth]
    unsure = [text_literal(name) for name, truth in truths.items() if truth is None]
    known = [text_literal(name) for name, truth in truths.items() if truth is not None]
    inside = among(region.copy(), met)
    if not unsure:
        return inside
    if len(unsure) <= len(known):
        return choice((among(region.copy(), unsure), unknown(TRUTH)), otherwise=inside)
    return choice((among(region.copy(), known), inside if len(met) < len(known) else truth(value=True)))


def _flat(expr: checked.Extreme) -> tuple[checked.Expr, ...]:
    """Give the operands, those of `max` inside of `max` in its place: sqlglot writes nested calls by recursion."""
    found: list[checked.Expr] = []
    for operand in expr.operands:
        if isinstance(operand, checked.Extreme) and operand.aggregate is expr.aggregate:
            found += _flat(operand)
        else:
            found.append(operand)
    return tuple(found)


def _full_steps(value: exp.Expr, step: int) -> exp.Expr:
    negative = both(exp.LT, value.copy(), number(0))
    return choice((negative, number(0)), otherwise=quotient(value.copy(), step))


_COMPARISONS: dict[Comparison, type[exp.Binary]] = {
    Comparison.LESS: exp.LT,
    Comparison.AT_MOST: exp.LTE,
    Comparison.EQUAL: exp.EQ,
    Comparison.NOT_EQUAL: exp.NEQ,
    Comparison.AT_LEAST: exp.GTE,
    Comparison.GREATER: exp.GT,
}
_EXTREMES: dict[Aggregate, type[exp.Least | exp.Greatest]] = {Aggregate.MIN: exp.Least, Aggregate.MAX: exp.Greatest}
