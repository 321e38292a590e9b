"""Checked expressions as z3 terms: three truth values, and numbers that are known or not.

Reads: `checked.Expr`, `Facts`.
Gives: `Terms`, whose `truth` and `value` are, for any facts, what the interpreter gives.
Never: approximates. What has no exact term is refused; where a list is told with a bound, `kinds` says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import assert_never

import z3

from policyengine.model import checked, types
from policyengine.model.calendar import SECONDS_PER_DAY
from policyengine.model.operators import Aggregate, Comparison, Quantifier
from policyengine.model.ranges import Range
from policyengine.targets.smt.dates import Dates
from policyengine.targets.smt.facts import Facts, Kind, Listed, code
from policyengine.targets.smt.ground import Ground
from policyengine.targets.smt.terms import (
    CannotProve,
    Term,
    Truth,
    Value,
    all_of,
    among,
    any_of,
    both,
    certain,
    chosen,
    compared,
    constant,
    either,
    negation,
    opposite,
    same_truth,
    value,
    when,
)

Scope = Mapping[str, Kind]
_NO_ITEMS: Scope = {}


@dataclass(frozen=True, slots=True)
class Terms:
    """Expressions over the facts of one caller, on a day."""

    facts: Facts
    dates: Dates
    today: Value
    completed: dict[str, Term] = field(default_factory=dict)
    _made: dict[int, tuple[checked.Expr, Term]] = field(default_factory=dict)
    """By the very expression, which is kept along: equal ones may say different things of regions."""

    @property
    def ground(self) -> Ground:
        """What the terms stand on."""
        return self.facts.ground

    def truth(self, expr: checked.Expr) -> Truth:
        """Give the term of a yes-or-no expression."""
        found = self.term(expr)
        assert isinstance(found, Truth), expr
        return found

    def value(self, expr: checked.Expr) -> Value:
        """Give the term of any other expression."""
        found = self.term(expr)
        assert isinstance(found, Value), expr
        return found

    def term(self, expr: checked.Expr) -> Term:
        """Give the term of an expression; raises `CannotProve`."""
        try:
            return self._term(expr, _NO_ITEMS)
        except RecursionError:
            raise CannotProve("an expression nested so deep") from None

    def fact(self, path: str) -> Term:
        """Give a fact; what is derived stands in its place, and what was given where nothing is derived."""
        derivation = self.facts.vocabulary[path].derived
        if derivation is None:
            return self.facts.scalar(path)
        if path not in self.completed:
            self.completed[path] = self._derived(self._term(derivation, _NO_ITEMS), self.facts.scalar(path))
        return self.completed[path]

    def _derived(self, derived: Term, given: Term) -> Term:
        # given besides, it would have to agree: that adds nothing to what a caller may say
        self.ground.define(either(opposite(derived.known), opposite(given.known)))
        match derived, given:
            case Truth(), Truth():
                return Truth(either(derived.true, given.true), either(derived.false, given.false))
            case Value(), Value():
                return self._one_of(derived.known, derived, given, either(derived.known, given.known))
            case _:
                raise AssertionError((derived, given))

    def _term(self, expr: checked.Expr, bound: Scope) -> Term:
        if bound:
            return self._new_term(expr, bound)
        if id(expr) not in self._made:
            self._made[id(expr)] = expr, self._new_term(expr, bound)
        return self._made[id(expr)][1]

    def _new_term(self, expr: checked.Expr, bound: Scope) -> Term:
        match expr:
            case checked.Literal(bool(truth)):
                return certain(self.ground, value=truth)
            case checked.Literal(raw, type_):
                if isinstance(type_, types.Date):
                    self.dates.mention(int(raw))
                return code(raw, type_, self.ground)
            case checked.Fact(path):
                return self.fact(path)
            case checked.Item(variable, name):
                return bound[variable].field(name)
            case checked.Today():
                return self.today
            case checked.ClauseRef(index):
                raise CannotProve(f"the outcome of clause {index}, which must be written out before")
            case checked.Compare(operator, left, right):
                return self._compared(operator, self._term(left, bound), self._term(right, bound))
            case checked.Within(operand, values, type_):
                return self._within(self._term(operand, bound), [code(v, type_, self.ground) for v in values])
            case checked.InRegions(operand, truth=truths):
                return self._in_regions(self._value(operand, bound), truths)
            case checked.And(operands):
                return all_of((self._truth(operand, bound) for operand in operands), self.ground)
            case checked.Or(operands):
                return any_of((self._truth(operand, bound) for operand in operands), self.ground)
            case checked.Not(operand):
                return negation(self._truth(operand, bound))
            case checked.If(condition, then, otherwise):
                return self._if(self._truth(condition, bound), self._term(then, bound), self._term(otherwise, bound))
            case checked.Days(checked.Scale(days, factor)) if factor == SECONDS_PER_DAY:
                return self._term(days, bound)
            case checked.Quantified(quantifier, variable, items, body):
                return self._quantified(quantifier, items, self._each(body, variable, items, bound))
            case checked.Count(items):
                return self.facts.listed(items).size
            case checked.CountWhere(variable, items, where):
                return self._count_where(items, self._each(where, variable, items, bound))
            case checked.Fold():
                return self._fold(expr, bound)
            case _:
                return self._strict(expr, [self._value(child, bound) for child in checked.children(expr)])

    def _truth(self, expr: checked.Expr, bound: Scope) -> Truth:
        found = self._term(expr, bound)
        assert isinstance(found, Truth), expr
        return found

    def _value(self, expr: checked.Expr, bound: Scope) -> Value:
        found = self._term(expr, bound)
        assert isinstance(found, Value), expr
        return found

    # truths

    def _compared(self, operator: Comparison, left: Term, right: Term) -> Truth:
        match left, right:
            case Truth(), Truth():
                same = same_truth(left, right)
                return same if operator is Comparison.EQUAL else negation(same)
            case Value(), Value():
                return compared(operator, left, right, self.ground)
            case _:
                raise AssertionError((left, right))

    def _within(self, operand: Term, members: Sequence[Value]) -> Truth:
        match operand:
            case Truth():  # constants underneath are 0 and 1
                listed = {member.numbers.low for member in members}
                true, false = (self.ground.truth(value=truth in listed) for truth in (1, 0))
                return Truth(
                    either(both(operand.true, true), both(operand.false, false)),
                    either(both(operand.true, opposite(true)), both(operand.false, opposite(false))),
                )
            case Value(term, known):
                return when(known, among(term, [member.term.as_long() for member in members], self.ground))
            case _:
                assert_never(operand)

    def _in_regions(self, region: Value, truths: Mapping[str, bool | None]) -> Truth:
        codes = self.ground.regions
        met, unmet = (
            among(region.term, [codes.code(name) for name, truth in truths.items() if truth is wanted], self.ground)
            for wanted in (True, False)
        )
        return Truth(both(region.known, met), both(region.known, unmet))

    # numbers

    def _strict(self, expr: checked.Expr, parts: Sequence[Value]) -> Value:
        known = both(*(part.known for part in parts))
        terms, ranges = [part.term for part in parts], [part.numbers for part in parts]
        match expr:
            case checked.Add():
                return self._number(sum(terms[1:], terms[0]), known, reduce(Range.__add__, ranges))
            case checked.Multiply():
                return self._number(reduce(lambda a, b: a * b, terms), known, reduce(Range.__mul__, ranges))
            case checked.Negate():
                return self._number(-terms[0], known, -ranges[0])
            case checked.Scale(factor=factor):
                return self._number(terms[0] * factor, known, ranges[0] * Range(factor, factor))
            case checked.Days():
                return self._steps(parts[0], SECONDS_PER_DAY, exact=True)
            case checked.AddMonths():
                return self.dates.add_months(*parts)
            case checked.YearsSince():
                return self.dates.years_since(parts[0], self.today)
            case checked.FullSteps(step=step):
                return self._steps(parts[0], step, exact=False)
            case checked.Extreme(aggregate):
                return reduce(lambda a, b: self._extreme(aggregate, a, b), parts)
            case _:
                raise AssertionError(expr)

    def _number(self, term: z3.ArithRef, known: z3.BoolRef, range_: Range) -> Value:
        return value(term, known, range_, self.ground)

    def _steps(self, whole: Value, step: int, *, exact: bool) -> Value:
        """Count the steps that fit; none into a negative number. `exact` when nothing ever is left."""
        if step == 1 and (exact or whole.numbers.low >= 0):
            return whole
        range_ = whole.numbers.map(lambda number: number // step if exact else max(number, 0) // step)
        if range_.single:
            return self._number(whole.term, whole.known, range_)

        def make() -> z3.ArithRef:
            made = self.ground.between("steps", range_.low, range_.high)
            if exact:
                self.ground.define_known(whole.known, step * made == whole.term)
                return made
            within = both(step * made <= whole.term, whole.term < step * made + step)
            if whole.numbers.low < 0:
                within = chosen(whole.term < 0, made == 0, within)
            self.ground.define_known(whole.known, within)
            return made

        made = self.ground.once(("steps", step, exact), (whole.term, whole.known), make)
        return Value(made, whole.known, range_)

    def _extreme(self, aggregate: Aggregate, left: Value, right: Value) -> Value:
        known = both(left.known, right.known)
        if aggregate is Aggregate.MIN:
            term = chosen(left.term <= right.term, left.term, right.term)
            return self._number(term, known, left.numbers.least(right.numbers))
        term = chosen(left.term >= right.term, left.term, right.term)
        return self._number(term, known, left.numbers.greatest(right.numbers))

    # choices

    def _if(self, condition: Truth, then: Term, otherwise: Term) -> Term:
        match then, otherwise:
            case Truth(), Truth():
                return Truth(
                    either(both(condition.true, then.true), both(condition.false, otherwise.true)),
                    either(both(condition.true, then.false), both(condition.false, otherwise.false)),
                )
            case Value(), Value():
                known = either(both(condition.true, then.known), both(condition.false, otherwise.known))
                return self._one_of(condition.true, then, otherwise, known)
            case _:
                raise AssertionError((then, otherwise))

    def _one_of(self, condition: z3.BoolRef, then: Value, otherwise: Value, known: z3.BoolRef) -> Value:
        term = chosen(condition, then.term, otherwise.term)
        if then.range is None or otherwise.range is None:
            return Value(term, known, None)
        return self._number(term, known, then.range.join(otherwise.range))

    # lists

    def _each(self, body: checked.Expr, variable: str, items: str, bound: Scope) -> list[tuple[Kind, Term]]:
        kinds = self.facts.listed(items).kinds
        return [(kind, self._term(body, {**bound, variable: kind})) for kind in kinds]

    def _quantified(self, quantifier: Quantifier, items: str, bodies: Sequence[tuple[Kind, Term]]) -> Truth:
        if quantifier is Quantifier.SOME:
            opposites = [(kind, negation(truth)) for kind, truth in bodies if isinstance(truth, Truth)]
            return negation(self._quantified(Quantifier.EVERY, items, opposites))
        known = self.facts.listed(items).known
        some_false, all_true = [], []
        for kind, truth in bodies:
            assert isinstance(truth, Truth)
            some_false.append(both(kind.there, truth.false))
            all_true.append(either(opposite(kind.there), truth.true))
        nothing = self.ground.truth(value=False)
        return Truth(both(known, *all_true), both(known, either(nothing, *some_false)))

    def _count_where(self, items: str, kept: Sequence[tuple[Kind, Term]]) -> Value:
        listed, none = self.facts.listed(items), self.ground.number(0)
        known, counted = [listed.known], [none]
        for kind, keep in kept:
            assert isinstance(keep, Truth)
            known.append(either(opposite(kind.there), keep.known))
            counted.append(chosen(keep.true, kind.number, none))
        return self._number(z3.Sum(counted), both(*known), listed.size.numbers)

    def _fold(self, expr: checked.Fold, bound: Scope) -> Value:
        everything = checked.Literal(value=True, type=checked.BOOLEAN)
        kept = self._each(expr.where or everything, expr.variable, expr.items, bound)
        terms = self._each(expr.term, expr.variable, expr.items, bound)
        listed = self.facts.listed(expr.items)
        parts: list[tuple[Kind, z3.BoolRef, Value]] = []
        known = [listed.known]
        for (kind, keep), (_, term) in zip(kept, terms, strict=True):
            assert isinstance(keep, Truth)
            assert isinstance(term, Value)
            parts.append((kind, keep.true, term))
            known.append(either(opposite(kind.there), keep.false, both(keep.true, term.known)))
        if expr.aggregate is Aggregate.SUM:
            return self._sum(parts, both(*known), listed)
        return self._fold_extreme(expr.aggregate, parts, both(*known))

    def _sum(self, parts: Sequence[tuple[Kind, z3.BoolRef, Value]], known: z3.BoolRef, listed: Listed) -> Value:
        none = self.ground.number(0)
        summands = [none]
        for kind, keep, term in parts:
            times = chosen(kind.there, term.term, none) if listed.single else self._times(kind, term)
            summands.append(chosen(keep, times, none))
        ranges = [term.numbers * listed.size.numbers for _, _, term in parts]
        return self._number(z3.Sum(summands), known, reduce(Range.join, ranges, Range(0, 0)))

    def _times(self, kind: Kind, term: Value) -> z3.ArithRef:
        """Multiply by how many there are: a product of two names, of which the bounds are said besides."""
        low, high = term.numbers.low, term.numbers.high
        if low == high:
            return kind.number * low

        def make() -> z3.ArithRef:
            made = self.ground.new_number("sum of one kind")
            self.ground.define(low * kind.number <= made, made <= high * kind.number)
            self.ground.define_known(term.known, made == kind.number * term.term)
            return made

        return self.ground.once(("times",), (kind.number, term.term, term.known), make)

    def _fold_extreme(
        self, aggregate: Aggregate, parts: Sequence[tuple[Kind, z3.BoolRef, Value]], known: z3.BoolRef
    ) -> Value:
        seen, found = self.ground.truth(value=False), constant(0, self.ground)
        for index, (kind, keep, term) in enumerate(parts):
            counted = both(kind.there, keep)
            better = term.term < found.term if aggregate is Aggregate.MIN else term.term > found.term
            taken = both(counted, either(opposite(seen), better))
            found = term if index == 0 else self._one_of(taken, term, found, known)
            seen = either(seen, counted)
        return Value(found.term, both(known, seen), found.range)
