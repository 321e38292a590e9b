"""Checked expressions in words: exactly what they say, in one sentence.

Reads: a boolean `checked.Expr`. Gives: `sentence`, `phrase` (the same inside another text), `name` of a fact.
Never: simplifies what changes the meaning. What unknowns do needs no words: it is the same everywhere.

Clauses stand in lists numbered (1), (1.1), …, computed values in brackets inside others: one reading only.
`not` is pushed inwards (De Morgan, opposite comparisons); Kleene's logic allows it as two-valued logic does.
Changes of scale are not shown: they are how numbers are held.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import assert_never

from policyengine.model import checked, types
from policyengine.model.operators import Comparison, Quantifier
from policyengine.model.values import Raw
from policyengine.targets.prose.grammar import Grammar, Kind, Named, Noun, kind
from policyengine.targets.prose.languages import grammar
from policyengine.targets.prose.numbers import amount, joined, value
from policyengine.targets.prose.shapes import (
    Bounds,
    is_day,
    nesting,
    opposite,
    subject_first,
    type_of,
    with_bounds,
)
from policyengine.targets.prose.words import Words


def sentence(expr: checked.Expr, words: Words) -> str:
    """Write a boolean expression as a sentence, with a capital and a full stop.

    "The creator's followers are at least 10,000." A language without a table writes symbols, with neither.
    """
    text, stop = phrase(expr, words), grammar(words).full_stop
    return text[0].upper() + text[1:] + stop if stop else text


def phrase(expr: checked.Expr, words: Words) -> str:
    """Write a boolean expression as a clause, to stand inside another text."""
    return _clause(expr, _Place(words, grammar(words), labelled=nesting(expr) > 1))


def name(path: str, words: Words) -> str:
    """Name a fact, or a field of a list's item, by its path: `the creator's followers`.

    Items count from 0 in paths, from 1 in words: `series.videos[2].length` is `video 3: the video's length`.
    """
    place = _Place(words, grammar(words))
    owner = path.rpartition(".")[0]
    index = _INDEX.search(owner)
    items = owner[: index.start()] if index else owner
    if items not in words.facts:
        return _named(path, owner, None, place).text
    word = item_word(items, words)
    text = _named(path, word, None, place).text
    if index is None:
        return text
    return place.patterns.about_item.format(word=word, number=int(index[1]) + 1, phrase=text)


def item_word(items: str, words: Words) -> str:
    """Give the word for one item of a list fact: the singular of its unit."""
    declared = words.facts.get(items)
    unit = declared.records.unit if declared is not None else None
    return grammar(words).item if unit is None else words.unit(unit)[0]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where words stand: the lists that bound names run over, the number of the clause ("" at the top)."""

    words: Words
    patterns: Grammar
    lists: Mapping[str, str] = field(default_factory=dict)
    number: str = ""
    labelled: bool = False

    def clause(self, index: int) -> "_Place":
        return replace(self, number=f"{self.number}.{index}" if self.number else str(index))

    def inside(self, variable: str, items: str) -> "_Place":
        return replace(self, lists={**self.lists, variable: items})

    def label(self, variable: str) -> str:
        return self.patterns.label.format(variable=variable) if self.labelled else ""


def _clause(expr: checked.Expr, place: _Place) -> str:
    patterns = place.patterns
    match expr:
        case checked.Literal(truth):
            return patterns.always if truth else patterns.never
        case checked.Fact() | checked.Item():
            return _said(_noun(expr, place), patterns.is_yes, place)
        case checked.ClauseRef(index):
            return patterns.requirement.format(number=index + 1)
        case checked.Compare():
            return _comparison(subject_first(expr), place)
        case checked.Within():
            return _membership(expr, place, out=False)
        case checked.InRegions():
            return _residence(expr, place, out=False)
        case checked.And(()):
            return patterns.always
        case checked.Or(()):
            return patterns.never
        case checked.And(operands):
            return _listed(patterns.all, with_bounds(operands), place)
        case checked.Or(operands):
            return _listed(patterns.any, operands, place)
        case checked.Not(operand):
            return _denial(operand, place)
        case checked.If(condition, then, otherwise):
            return _listed(patterns.if_clauses, (condition, then, otherwise), place)
        case checked.Quantified(quantifier, variable, items, body):
            pattern = patterns.every if quantifier is Quantifier.EVERY else patterns.some
            inside = _clause(body, place.inside(variable, items))
            return pattern.format(**_binder(variable, items, place), body=inside)
        case (
            checked.Today() | checked.Add() | checked.Multiply() | checked.Negate() | checked.Scale()
            | checked.Days() | checked.AddMonths() | checked.YearsSince() | checked.FullSteps()
            | checked.Extreme() | checked.Count() | checked.CountWhere() | checked.Fold()
        ):  # fmt: skip
            raise AssertionError(expr)
        case _:
            assert_never(expr)


def _denial(operand: checked.Expr, place: _Place) -> str:
    """Write the negation of what stands under `not`."""
    match operand:
        case checked.Fact() | checked.Item():
            return _said(_noun(operand, place), place.patterns.is_no, place)
        case checked.ClauseRef(index):
            return place.patterns.not_requirement.format(number=index + 1)
        case checked.Within():
            return _membership(operand, place, out=True)
        case checked.InRegions():
            return _residence(operand, place, out=True)
        case _:
            return _clause(opposite(operand), place)


def _listed(pattern: str, parts: Sequence[checked.Expr | Bounds], place: _Place) -> str:
    """Write several clauses with their numbers; one alone needs no list."""
    if len(parts) == 1:
        return _part(parts[0], place)
    places = [place.clause(index) for index in range(1, len(parts) + 1)]
    clauses = (f"({at.number}) {_part(part, at)}" for part, at in zip(parts, places, strict=True))
    return pattern.format(*(at.number for at in places), clauses="; ".join(clauses))


def _part(part: checked.Expr | Bounds, place: _Place) -> str:
    if not isinstance(part, Bounds):
        return _clause(part, place)
    subject = _noun(part.subject, place)
    low = _bracketed(_right(part.low[1], part.subject, subject, place))
    high = _bracketed(_right(part.high[1], part.subject, subject, place))
    if part.both_included:
        return _said(subject, place.patterns.between.format(low=low, high=high), place)
    table = _predicates(part.subject, part.low[1], place)
    first, second = table[part.low[0]].format(right=low), table[part.high[0]].format(right=high)
    return _said(subject, place.patterns.also.format(first=first, second=second), place)


def _comparison(compare: checked.Compare, place: _Place) -> str:
    patterns = place.patterns
    match compare.operator, compare.left, compare.right:
        case operator, truth, checked.Literal(bool() as given):
            same = given is (operator is Comparison.EQUAL)
            return _clause(truth if same else opposite(truth), place)
        case operator, left, right if type_of(left) == checked.BOOLEAN:
            pattern = patterns.alike if operator is Comparison.EQUAL else patterns.differing
            return _listed(pattern, (left, right), place)
        case operator, checked.CountWhere(variable, items, where), checked.Literal(int() as limit) if (
            operator is not Comparison.NOT_EQUAL
        ):
            predicate = patterns.quantities[operator].format(right=value(limit, types.Number(), place.words))
            body = _clause(where, place.inside(variable, items))
            return patterns.counted.format(**_binder(variable, items, place), where=body, predicate=predicate)
        case operator, left, right:
            subject = _noun(left, place)
            bound = _right(right, left, subject, place).text
            return _said(subject, _predicates(left, right, place)[operator].format(right=bound), place)


def _predicates(subject: checked.Expr, right: checked.Expr, place: _Place) -> Mapping[Comparison, str]:
    match kind(type_of(subject)), right:
        case Kind.DAY, _:
            return place.patterns.days
        case Kind.LABEL, checked.Literal():
            return place.patterns.labels
        case Kind.LABEL, _:
            return place.patterns.sameness
        case _:
            return place.patterns.quantities


def _right(expr: checked.Expr, subject: checked.Expr, noun: Noun, place: _Place) -> Noun:
    """Write what a subject is compared with: a constant has its unit, unless the subject names it already."""
    match expr, type_of(subject):
        case checked.Literal(int() as raw, types.Number() as own), types.Number(unit=str() as unit):
            number, word = amount(raw, replace(own, unit=unit), place.words)
            named = {word.casefold() for word in re.findall(r"\w+", noun.text)}
            redundant = not noun.compound and any(word.casefold() in named for word in place.words.unit(unit))
            return Noun(number if redundant else f"{number} {word}")
        case checked.Literal(raw), types.Text() as type_:
            return Noun(_constant(raw, type_, None, place))
        case checked.Literal(raw, type_), _:
            return Noun(_constant(raw, type_, _path(subject, place), place))
        case _:
            return _noun(expr, place)


def _membership(within: checked.Within, place: _Place, *, out: bool) -> str:
    if within.type == checked.BOOLEAN:
        either = tuple(within.operand if raw else opposite(within.operand) for raw in within.values)
        return _clause(opposite(checked.Or(either)) if out else checked.Or(either), place)
    path, operand = _path(within.operand, place), type_of(within.operand)
    type_ = operand if isinstance(operand, types.Text) else within.type
    shown = [_constant(raw, type_, path, place) for raw in within.values]
    match out, shown:
        case True, [only]:
            predicate = place.patterns.labels[Comparison.NOT_EQUAL].format(right=only)
        case True, _:
            predicate = place.patterns.none_of.format(values=", ".join(shown) or place.patterns.nothing)
        case _:
            predicate = place.patterns.one_of.format(values=joined(shown, place.words, "or"))
    return _said(_noun(within.operand, place), predicate, place)


def _residence(within: checked.InRegions, place: _Place, *, out: bool) -> str:
    patterns = place.patterns
    names = [place.words.region(region) for region in within.members]
    match within.open, out:
        case True, _:
            pattern = patterns.region_not_in_open if out else patterns.region_in_open
            regions = joined(names, place.words, "and")
        case False, True:
            pattern, regions = patterns.region_not_in, ", ".join(names) or patterns.nothing
        case _:
            pattern, regions = patterns.region_in, joined(names, place.words, "or")
    return _said(_noun(within.operand, place), pattern.format(regions=regions), place)


def _said(subject: Noun, predicate: str, place: _Place) -> str:
    be = place.patterns.be[subject.plural]
    return place.patterns.clause.format(subject=subject.text, be=be, predicate=predicate)


def _noun(expr: checked.Expr, place: _Place) -> Noun:
    """Write a value that is no yes or no."""
    patterns, words = place.patterns, place.words
    match expr:
        case checked.Literal(raw, type_):
            return Noun(_constant(raw, type_, None, place))
        case checked.Fact(path, type_):
            return _named(path, path.rpartition(".")[0], type_, place)
        case checked.Item(variable, declared_as, type_):
            path = f"{place.lists.get(variable, variable)}.{declared_as}"
            return _named(path, variable, type_, place, place.label(variable))
        case checked.Today():
            return Noun(patterns.today)
        case checked.Scale(operand) | checked.Days(operand):
            return _noun(operand, place)
        case checked.Add((end, checked.Negate(start))) if is_day(end) and is_day(start):
            text = patterns.time_between.format(start=_inner(start, place), end=_inner(end, place))
        case checked.Add((first, *others)):
            text = _inner(first, place) + "".join(_summand(other, place) for other in others)
        case checked.Add(_):
            raise AssertionError(expr)
        case checked.Multiply(operands):
            text = patterns.times.join(_inner(operand, place) for operand in operands)
        case checked.Negate(operand):
            text = patterns.negative.format(value=_inner(operand, place))
        case checked.AddMonths(date, months):
            text = _inner(date, place) + _summand(months, place)
        case checked.YearsSince(date):
            text = patterns.years_since.format(date=_inner(date, place))
        case checked.FullSteps(operand, step):
            type_ = type_of(operand)
            if isinstance(type_, types.Duration):  # days may be counted in steps of seconds
                type_ = types.Duration(whole_days=step % types.SECONDS["day"] == 0)
            shown = value(step, type_, words)
            text = patterns.full_steps.format(step=shown, value=_inner(operand, place))
        case checked.Extreme(aggregate, operands):
            shown = joined([_inner(operand, place) for operand in operands], words, "and")
            text = patterns.extreme[aggregate].format(values=shown)
        case checked.If(condition, then, otherwise):
            parts = {"then": _noun(then, place).text, "otherwise": _noun(otherwise, place).text}
            return Noun(patterns.if_value.format(condition=_clause(condition, place), **parts))
        case checked.Count(items):
            return Noun(patterns.count.format(items=_list(items, place)))
        case checked.CountWhere(variable, items, where):
            body = _clause(where, place.inside(variable, items))
            text = patterns.count_where.format(**_binder(variable, items, place), where=body)
        case checked.Fold(aggregate, term, variable, items, where):
            inside = place.inside(variable, items)
            named = {**_binder(variable, items, place), "term": _inner(term, inside)}
            if where is None:
                text = patterns.fold[aggregate].format(**named)
            else:
                text = patterns.fold_where[aggregate].format(**named, where=_clause(where, inside))
        case (
            checked.ClauseRef() | checked.Compare() | checked.Within() | checked.InRegions() | checked.And()
            | checked.Or() | checked.Not() | checked.Quantified()
        ):  # fmt: skip
            raise AssertionError(expr)
        case _:
            assert_never(expr)
    return Noun(text, compound=True)


def _inner(expr: checked.Expr, place: _Place) -> str:
    return _bracketed(_noun(expr, place))


def _bracketed(noun: Noun) -> str:
    return f"({noun.text})" if noun.compound else noun.text


def _summand(expr: checked.Expr, place: _Place) -> str:
    match expr:
        case checked.Scale(operand) | checked.Days(operand):
            return _summand(operand, place)
        case checked.Negate(operand):
            return place.patterns.minus_between + _inner(operand, place)
        case checked.Literal(int() as raw, type_) if raw < 0 and not is_day(expr):
            return place.patterns.minus_between + value(-raw, type_, place.words)
        case _:
            return place.patterns.plus + _inner(expr, place)


def _constant(raw: Raw, type_: types.Type, path: str | None, place: _Place) -> str:
    text = value(raw, type_, place.words, path)
    match type_:
        case types.Text():
            return place.patterns.quoted.format(text=text)
        case types.Choice() if path is None or " " in text:  # not "is not no badge"
            return place.patterns.quoted.format(text=text)
        case _:
            return text


def _path(expr: checked.Expr, place: _Place) -> str | None:
    match expr:
        case checked.Fact(path):
            return path
        case checked.Item(variable, declared_as):
            return f"{place.lists.get(variable, variable)}.{declared_as}"
        case _:
            return None


def _binder(variable: str, items: str, place: _Place) -> dict[str, str]:
    shown, word = place.patterns.variable(variable), item_word(items, place.words)
    obvious = (word, items.rpartition(".")[2].removesuffix("s"))
    called = "" if shown in obvious else place.patterns.called.format(variable=shown)
    label = place.label(variable)
    return {"variable": shown, "word": word, "label": label, "called": called, "items": _list(items, place)}


def _list(items: str, place: _Place) -> str:
    return _named(items, items.rpartition(".")[0], None, place).text


def _named(path: str, owner: str, type_: types.Type | None, place: _Place, label: str = "") -> Noun:
    declared, words = place.words.fact(path), place.words
    texts = declared.question if declared is not None else None
    type_ = declared.type if declared is not None and type_ is None else type_
    unit = words.unit(type_.unit) if isinstance(type_, types.Number) and type_.unit is not None else ()
    times = tuple(word for time in (*types.SECONDS, *types.MONTHS) for word in words.unit(f"{time}s"))
    question = texts.get(words.language.code) if texts is not None else None
    return place.patterns.name(Named(owner, path.rpartition(".")[2], type_, question, label, unit, times))


_INDEX = re.compile(r"\[(\d+)\]$")
