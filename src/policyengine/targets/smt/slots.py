"""All that a creator tells, one thing at a time: a fact, how many records are of a kind, a field of these records.

Reads: `Terms`, after everything that is asked has its terms.
Gives: `Slot`, what a slot says as a condition, and what it says in a model.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import assert_never

import z3

from policyengine.model import types
from policyengine.model.checked import FactDeclaration
from policyengine.model.values import Raw
from policyengine.targets.smt.expressions import Terms
from policyengine.targets.smt.facts import code
from policyengine.targets.smt.ground import Ground
from policyengine.targets.smt.terms import Term, Truth, Value, both, either, opposite, same

Read = Callable[[z3.ExprRef], z3.ExprRef]
"""Gives the constant that a term is in a model."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A scalar fact, or whether a list is given; with `kind`, how many of its records there are, or their `field`."""

    path: str
    kind: int | None = None
    field: str | None = None

    def declaration(self, vocabulary: Mapping[str, FactDeclaration]) -> FactDeclaration:
        """Give what is declared of the fact or the field."""
        declared = vocabulary[self.path]
        return declared if self.field is None else next(f for f in declared.fields if f.path == self.field)

    @property
    def number(self) -> bool:
        """Whether it is how many records there are of a kind."""
        return self.kind is not None and self.field is None


def slots(terms: Terms) -> Iterator[Slot]:
    """Give what may be told: of all facts that something reads."""
    yield from (Slot(path) for path in terms.facts.scalars)
    for path, listed in terms.facts.lists.items():
        yield Slot(path)
        for index, kind in enumerate(listed.kinds):
            yield Slot(path, index)
            yield from (Slot(path, index, name) for name in kind.fields)


def told(terms: Terms, slot: Slot, raw: Raw | None) -> z3.BoolRef:
    """Say that a slot has a value underneath; None is unknown."""
    facts, ground = terms.facts, terms.ground
    if slot.path in facts.lists:
        listed = facts.lists[slot.path]
        if slot.kind is None:
            return listed.known if raw else opposite(listed.known)
        if slot.field is None:
            assert isinstance(raw, int)
            return listed.kinds[slot.kind].number == raw
        return is_(listed.kinds[slot.kind].field(slot.field), raw, slot.declaration(facts.vocabulary), ground)
    return is_(facts.scalar(slot.path), raw, facts.vocabulary[slot.path], ground)


def told_between(terms: Terms, slot: Slot, low: int, high: int) -> z3.BoolRef:
    """Say that a slot is known, a number, and within bounds underneath."""
    found = _term(terms, slot)
    assert isinstance(found, Value)
    return both(found.known, found.term >= low, found.term <= high)


def read_slot(terms: Terms, slot: Slot, read: Read) -> Raw | None:
    """Give what a slot says in a model."""
    listed = terms.facts.lists.get(slot.path)
    if listed is not None and slot.kind is None:
        return True if z3.is_true(read(listed.known)) else None
    if slot.number:
        return _number(_term(terms, slot), read)
    return raw_of(_term(terms, slot), slot.declaration(terms.facts.vocabulary), terms.ground, read)


def alike(left: Terms, right: Terms, slot: Slot) -> z3.BoolRef:
    """Say that two callers tell the same, or neither tells it."""
    if slot.path in left.facts.lists and slot.kind is None:
        return left.facts.listed(slot.path).known == right.facts.listed(slot.path).known
    mine, other = _term(left, slot), _term(right, slot)
    return either(both(mine.known, other.known, same(mine, other)), both(opposite(mine.known), opposite(other.known)))


def below(left: Terms, right: Terms, path: str) -> z3.BoolRef:
    """Say that of two callers, both of whom give a fact, the first gives less; no is less than yes."""
    match left.facts.scalar(path), right.facts.scalar(path):
        case Truth() as less, Truth() as more:
            return both(less.false, more.true)
        case Value() as less, Value() as more:
            return both(less.known, more.known, less.term < more.term)
        case pair:
            raise AssertionError(pair)


def is_(term: Term, raw: Raw | None, declaration: FactDeclaration, ground: Ground) -> z3.BoolRef:
    """Say that a term has a value underneath, or is unknown."""
    if raw is None:
        return opposite(term.known)
    match term:
        case Truth(true, false):
            return true if raw else false
        case Value():
            return both(term.known, term.term == code(raw, declaration.type, ground).term)
        case _:
            assert_never(term)


def raw_of(term: Term, declaration: FactDeclaration, ground: Ground, read: Read) -> Raw | None:
    """Give the value underneath that a term has in a model."""
    match term:
        case Truth(true, false):
            return True if z3.is_true(read(true)) else False if z3.is_true(read(false)) else None
        case Value():
            if not z3.is_true(read(term.known)):
                return None
            number = _number(term, read)
            match declaration.type:
                case types.Text() | types.Choice():
                    return ground.texts.text(number)
                case types.Region():
                    return ground.regions.region(number)
                case _:
                    return number
        case _:
            assert_never(term)


def _number(term: Term, read: Read) -> int:
    assert isinstance(term, Value)
    number: int = read(term.term).as_long()
    return number


def _term(terms: Terms, slot: Slot) -> Term:
    if slot.kind is None:
        return terms.facts.scalar(slot.path)
    kind = terms.facts.listed(slot.path).kinds[slot.kind]
    if slot.field is not None:
        return kind.field(slot.field)
    return Value(kind.number, terms.ground.truth(value=True), None)
