"""What holds over a range of days is what the interpreter says of each of them."""

import datetime
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import callers
import pytest
import strategies
from callers import Caller, Facts, Wanted
from drawing import Draw, examples, pick, rarely
from hypothesis import given
from hypothesis import strategies as st
from workbench import VOCABULARY, bench

import policyengine
from policyengine.decide import Policies
from policyengine.decision import Decision
from policyengine.model import calendar, checked, types
from policyengine.model.checked import FactDeclaration
from policyengine.model.decision import Outcome
from policyengine.model.ranges import Range
from policyengine.over_days import Days, Possible, first_day, over_days
from policyengine.pipeline import compile_folder
from policyengine.targets.interpreter import Environment, Given, Raw, evaluate

ROOT = Path(__file__).parents[1]
DAY = datetime.timedelta(days=1)


# expressions


@dataclass(frozen=True)
class Window:
    """An expression, facts that stay as they are, and days."""

    source: str
    facts: Facts
    first: datetime.date
    length: int

    @property
    def expr(self) -> checked.Expr:
        return strategies.proved(self.source).expr

    @property
    def days(self) -> Days:
        door, first = bench().door, self.first.toordinal()
        return Days(door.read_given(self.facts), door.vocabulary, Range(first, first + self.length))

    def on(self, day: int) -> Raw | None:
        door = bench().door
        return evaluate(self.expr, Environment(door.complete(door.read_given(self.facts), day), day))

    def each(self) -> range:
        """Give the days, or about a hundred of them."""
        first = self.first.toordinal()
        return range(first, first + self.length + 1, self.length // 100 + 1)


@st.composite
def _windows(draw: Draw, *, truths: bool, length: int) -> Window:
    """Give windows on days of which the facts speak."""
    source = draw(strategies.expressions(truths=truths, dated=True))
    some = callers.days(draw) if rarely(draw, 4) else datetime.date.fromisoformat(pick(draw, callers.DAYS))
    before = draw(st.integers(0, length))
    first = datetime.date.fromordinal(max(some.toordinal() - before, calendar.FIRST_PROVED_DAY))
    most = min(length, calendar.LAST_PROVED_DAY - first.toordinal())
    caller = Caller(draw, bench().door, near=first)
    wanted = callers.reads(strategies.proved(source).expr, bench().door.vocabulary)
    facts = caller.some(wanted, first, derived=0, few=True)
    _derived_alone(caller, facts, wanted)
    return Window(source, facts, first, most - draw(st.integers(0, most)))


def _derived_alone(caller: Caller, facts: Facts, wanted: Wanted) -> None:
    """Give some derived facts of which no input is given: with one, they would contradict it on some days."""
    vocabulary = caller.door.vocabulary
    for name in wanted:
        inputs = callers.everything(vocabulary, vocabulary[name].inputs).keys()
        known = caller.door.read_given(facts).keys()
        if vocabulary[name].derived is not None and not inputs & known and rarely(caller.draw, 2):
            callers.put(facts, name, caller.value(vocabulary[name]))


def _encloses(possible: Possible, value: Raw | None) -> bool:
    if value is None:
        return possible.unknown
    return value in possible.texts if isinstance(value, str) else possible.range is not None and possible.range.holds(value)


@pytest.mark.fuzz
@examples(1_000)
@given(_windows(truths=False, length=1_000))
def test_what_may_be_over_days_holds_what_is_on_each_of_them(window: Window) -> None:
    possible = over_days(window.expr, window.days)

    for day in window.each():
        assert _encloses(possible, window.on(day)), datetime.date.fromordinal(day)


@examples(1_000)
@given(_windows(truths=False, length=0))
def test_over_a_single_day_nothing_is_left_open(window: Window) -> None:
    value = window.on(window.first.toordinal())

    possible = over_days(window.expr, window.days)

    assert possible == _exactly(value)


def _exactly(value: Raw | None) -> Possible:
    if isinstance(value, str):
        return Possible(texts=frozenset({value}))
    return Possible(unknown=True) if value is None else Possible(Range(int(value), int(value)))


@pytest.mark.fuzz
@examples(600)
@given(_windows(truths=True, length=200))
def test_the_first_day_is_the_one_that_a_walk_over_all_days_finds(window: Window) -> None:
    first = window.first.toordinal()
    expected = next((day for day in range(first, first + window.length + 1) if window.on(day) is True), None)

    assert first_day(window.expr, window.days) == expected
