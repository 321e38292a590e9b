"""What would change the outcome: distances, alternatives, and the first day it turns met by itself.

Reads: an unmet check, the outcomes of its clauses, the facts.
Gives: `Alternative`s, the fewest changes first, then those that time alone makes, then as the author wrote.
"""

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from policyengine.model import calendar, checked, types
from policyengine.model.checked import Check, FactDeclaration, Kind, Requirement
from policyengine.model.decision import Alternative, Change, ChangeKind
from policyengine.model.operators import Comparison, Quantifier
from policyengine.model.ranges import Range
from policyengine.model.values import Raw, literal
from policyengine.over_days import Days, first_day
from policyengine.targets import prose
from policyengine.targets.interpreter import Environment, Given, evaluate

_MOST = 12
"""How many alternatives are worked out: people compare a few."""
HORIZON_YEARS = 100

FirstDay = Callable[[checked.Expr], datetime.date | None]
Languages = Mapping[str, prose.Words]


def first_day_met(
    expr: checked.Expr,
    declarations: Mapping[str, FactDeclaration],
    fixed: Mapping[str, Given],
    first: datetime.date,
    last: datetime.date,
) -> datetime.date | None:
    """Find the first day from `first` to `last` on which an expression is met, the given facts staying as they are."""
    horizon = min(last.toordinal(), calendar.LAST_PROVED_DAY)
    if first.toordinal() > horizon:
        return None
    found = first_day(expr, Days(fixed, declarations, Range(first.toordinal(), horizon)))
    return None if found is None else datetime.date.fromordinal(found)


def advice(check: Check, given: Environment, languages: Languages, first_met: FirstDay) -> tuple[Alternative, ...]:
    """List what would turn an unmet check met; unknown parts are not advised on: their facts are missing."""
    advisor = _Advisor(check, given, languages, first_met)
    top = [requirement for requirement in check.requirements if requirement.parent is None]
    alternatives = [advisor.alternative(clauses) for clauses in advisor.together(top) if clauses]
    return tuple(sorted(alternatives, key=lambda one: (len({c.requirement for c in one.changes}), not one.by_time)))


@dataclass(frozen=True, slots=True)
class _Advisor:
    check: Check
    given: Environment
    languages: Languages
    first_met: FirstDay
    days: dict[int, datetime.date | None] = field(default_factory=dict)

    def together(self, requirements: Iterable[Requirement]) -> list[tuple[int, ...]]:
        """Give the sets of unmet clauses of which one set must turn met for all requirements to be met."""
        combined: list[tuple[int, ...]] = [()]
        for requirement in requirements:
            options = self.options(requirement)
            # cut at every step: all the products of many groups would never end
            combined = self.best(tuple(dict.fromkeys(one + other)) for one in combined for other in options)
        return combined

    def best(self, options: Iterable[tuple[int, ...]]) -> list[tuple[int, ...]]:
        """Keep the sets with the fewest clauses, of these first what time alone meets, then the author's order."""

        def effort(clauses: tuple[int, ...]) -> tuple[int, bool]:
            return (len(clauses), any(self.day_met(index) is None for index in clauses))

        return sorted(dict.fromkeys(options), key=effort)[:_MOST]

    def day_met(self, index: int) -> datetime.date | None:
        """Give the first day on which time alone meets a clause."""
        if index not in self.days:
            self.days[index] = self.first_met(self.check.clauses[index].expression)
        return self.days[index]

    def options(self, requirement: Requirement) -> list[tuple[int, ...]]:
        """Give the sets of clauses that would turn one requirement met; an empty set when none is unmet."""
        truth = evaluate(requirement.expression, self.given)
        if requirement.waiver is not None or truth is not False:
            return [()]
        if requirement.clause is not None:
            return [(requirement.clause,)]
        children = [self.check.requirement(name) for name in requirement.children]
        if requirement.kind is Kind.ALL_OF:
            return self.together(children)
        return self.best(option for child in children for option in self.options(child))

    def alternative(self, clauses: Sequence[int]) -> Alternative:
        days = [self.day_met(index) for index in clauses]
        changes = tuple(change for index, day in zip(clauses, days, strict=True) for change in self.changes(index, day))
        return Alternative(changes, by_time=all(day is not None for day in days))

    def changes(self, index: int, day: datetime.date | None) -> Sequence[Change]:
        clause = self.check.clauses[index]
        steps = _Steps(clause.id, self.given, self.languages, self.check.facts)
        found = list(steps.toward(clause.expression, wanted=True))
        if day is None:
            return found
        words = {code: prose.from_day(day, each) for code, each in self.languages.items()}
        return [*found, Change(clause.id, None, ChangeKind.WAIT, day.isoformat(), words)]


@dataclass(frozen=True, slots=True)
class _Steps:
    """The changes that turn one clause met: the difference of the two sides, plus one smallest step if strict."""

    requirement: str
    given: Environment
    languages: Languages
    facts: Mapping[str, FactDeclaration]
    lists: Mapping[str, str] = field(default_factory=dict)
    """The lists that bound names stand for."""
    names: Mapping[str, str] = field(default_factory=dict)
    """What messages call the items of bound names: `series.videos[2]`."""

    def toward(self, expr: checked.Expr, *, wanted: bool) -> Iterable[Change]:
        """Give the changes that make an expression the wanted truth; none when it is."""
        if evaluate(expr, self.given) is wanted:
            return []
        match expr:
            case checked.Not(operand):
                return self.toward(operand, wanted=not wanted)
            case checked.And(operands) | checked.Or(operands):
                parts = [list(self.toward(operand, wanted=wanted)) for operand in operands]
                if isinstance(expr, checked.And) is wanted:
                    return [change for part in parts for change in part]
                return min((part for part in parts if part), key=len, default=[])
            case checked.Compare(_, checked.Literal(), right) if not isinstance(right, checked.Literal):
                return self.toward(
                    replace(expr, operator=expr.operator.flipped, left=expr.right, right=expr.left), wanted=wanted
                )
            case checked.Compare():
                return [self.compared(expr, wanted=wanted)]
            case checked.Fact(path):
                return [self.become(path, wanted, expr.type, wanted=True)]
            case checked.Within(checked.Fact(path), values, type_):
                return [self.become(path, values, type_, wanted=wanted)]
            case checked.InRegions(checked.Fact(path, type_), members):
                return [self.become(path, members, type_, wanted=wanted)]
            case checked.Quantified(Quantifier.EVERY) if wanted:
                return self.items(expr)
            case _:
                return [self.said(expr, wanted=wanted)]

    def compared(self, expr: checked.Compare, *, wanted: bool) -> Change:
        left, right = evaluate(expr.left, self.given), evaluate(expr.right, self.given)
        operator = expr.operator if wanted else expr.operator.opposite
        fact = _moved(expr.left)
        type_ = _type(expr.left)
        measured = isinstance(fact, checked.Fact | checked.Item | checked.Count)
        if left is None or right is None or not measured:
            return self.said(expr, wanted=wanted)
        if not operator.ordered:
            if isinstance(fact, checked.Fact) and isinstance(expr.right, checked.Literal):
                return self.become(fact.path, right, expr.right.type, wanted=operator is Comparison.EQUAL)
            return self.said(expr, wanted=wanted)
        assert isinstance(left, int)
        assert isinstance(right, int)
        strict = operator in (Comparison.LESS, Comparison.GREATER)
        upward = operator in (Comparison.AT_LEAST, Comparison.GREATER)
        step = _step(expr.left) * self.unit_size(fact)
        distance = abs(right - left) + (1 if strict else 0)
        distance = -(-distance // step) * step
        phrase = prose.more if upward else prose.fewer
        path = self.path(fact)
        words = {code: phrase(distance, type_, each, path) for code, each in self.languages.items()}
        shown = types.Duration(whole_days=True) if isinstance(type_, types.Date) else type_
        size = calendar.SECONDS_PER_DAY if isinstance(type_, types.Date) else 1
        kind = ChangeKind.MORE if upward else ChangeKind.LESS
        return Change(self.requirement, self.called(fact), kind, literal(distance * size, shown), words)

    def path(self, expr: checked.Expr) -> str | None:
        match expr:
            case checked.Fact(path) | checked.Count(path):
                return path
            case checked.Item(variable, name):
                return f"{self.lists[variable]}.{name}"
            case _:
                return None

    def called(self, expr: checked.Expr) -> str | None:
        """Give what messages call a fact or an item's field: `series.videos[2].length`."""
        return f"{self.names[expr.variable]}.{expr.field}" if isinstance(expr, checked.Item) else self.path(expr)

    def unit_size(self, fact: checked.Expr) -> int:
        """Give the smallest step of a fact of time: one of its declared unit."""
        match fact:
            case checked.Fact(path):
                declared = self.facts[path]
            case checked.Item(variable, name):
                declared = next(field for field in self.facts[self.lists[variable]].fields if field.path == name)
            case _:
                return 1
        return declared.unit_size if isinstance(declared.type, types.Duration | types.Period) else 1

    def become(self, path: str, value: Raw | tuple[Raw, ...], type_: types.Type, *, wanted: bool) -> Change:
        phrase = prose.becomes if wanted else prose.avoids
        words = {code: phrase(path, value, type_, each) for code, each in self.languages.items()}
        amount = literal(value, type_) if wanted else None
        return Change(self.requirement, path, ChangeKind.BECOME, amount, words)

    def items(self, expr: checked.Quantified) -> Iterable[Change]:
        """Give the changes of each failing item of an `every`."""
        records = self.given.facts.get(expr.items)
        if records is None:
            yield self.said(expr, wanted=True)
            return
        assert isinstance(records, Sequence)
        for number, record in enumerate(records, start=1):
            bound = replace(self.given, items={**self.given.items, expr.variable: record})  # type: ignore[dict-item]
            if evaluate(expr.body, bound) is not False:
                continue
            called = f"{expr.items}[{number - 1}]"
            lists, names = {**self.lists, expr.variable: expr.items}, {**self.names, expr.variable: called}
            inside = replace(self, given=bound, lists=lists, names=names)
            for change in inside.toward(expr.body, wanted=True):
                words = {
                    code: prose.about_item(expr.items, number, text, self.languages[code])
                    for code, text in change.words.items()
                }
                yield replace(change, fact=change.fact or called, words=words)

    def said(self, expr: checked.Expr, *, wanted: bool) -> Change:
        """Say what must hold where no distance can be given."""
        meaning = expr if wanted else checked.Not(expr)
        words = {code: prose.phrase(meaning, each) for code, each in self.languages.items()}
        return Change(self.requirement, None, ChangeKind.BECOME, None, words)


def _moved(expr: checked.Expr) -> checked.Expr:
    """Give what a side measures, without its change of scale."""
    return _moved(expr.operand) if isinstance(expr, checked.Scale) else expr


def _step(expr: checked.Expr) -> int:
    """Give the smallest step of a side: a scaled one moves by its factor."""
    return expr.factor * _step(expr.operand) if isinstance(expr, checked.Scale) else 1


def _type(expr: checked.Expr) -> types.Type:
    match expr:
        case checked.Today() | checked.AddMonths():
            return types.Date()
        case checked.YearsSince():
            return types.Period()
        case checked.Literal() | checked.Fact() | checked.Item() | checked.If() | checked.Add() | checked.Multiply():
            return expr.type
        case checked.Negate() | checked.Scale() | checked.Days() | checked.FullSteps() | checked.Extreme():
            return expr.type
        case checked.Count() | checked.CountWhere() | checked.Fold():
            return expr.type
        case _:
            return checked.BOOLEAN
