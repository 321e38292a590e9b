"""What holds over a range of days is what the interpreter says of each of them."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import callers
import little_policies
import strategies
from callers import Caller, Facts
from drawing import Draw, examples, pick, rarely
from little_policies import Folder, Member
from policyengine.decide import Policies
from policyengine.decision import Decision
from policyengine.model import calendar, checked
from policyengine.model.decision import Outcome
from policyengine.model.ranges import Range
from policyengine.model.values import Raw
from policyengine.over_days import Days, Possible, first_day, over_days
from policyengine.targets.interpreter import Environment, evaluate
from questions import shipped
from workbench import bench

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
    caller.give_derived_alone(facts, wanted)
    return Window(source, facts, first, most - draw(st.integers(0, most)))


def _encloses(possible: Possible, value: Raw | None) -> bool:
    if value is None:
        return possible.unknown
    return (
        value in possible.texts
        if isinstance(value, str)
        else possible.range is not None and possible.range.holds(value)
    )


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


def _over(source: str, facts: Facts, first: str, last: str) -> Possible:
    start, end = datetime.date.fromisoformat(first), datetime.date.fromisoformat(last)
    window = Window(source, facts, start, (end - start).days)
    return over_days(window.expr, window.days)


def test_items_that_time_adds_to_a_sum_are_not_in_it_from_the_start() -> None:
    # both items are worth 5: equal terms are still two terms
    items = [{"n": 5, "day": "2024-01-01"}, {"n": 5, "day": "2024-03-01"}]
    kept = "sum(item.n for item in x.items where item.day <= today)"

    assert _over(kept, {"x": {"items": items}}, "2024-02-01", "2024-04-01") == Possible(Range(5, 10))


def test_a_given_fact_stands_on_the_days_on_which_it_is_not_derived() -> None:
    declared = dict(bench().scope.facts)
    since_june = strategies.proved("if today < 2024-06-01 then f.a else f.b").expr
    declared["f.either"] = replace(declared["f.either"], derived=since_june, inputs=("f.a", "f.b"))
    day = datetime.date(2024, 5, 1).toordinal()
    days = Days({"f.either": True, "f.b": True}, declared, Range(day, day + 60))

    assert over_days(strategies.proved("f.either").expr, days) == Possible(Range(1, 1))


# decisions


def _met_on_by_walking(
    decide: Callable[[datetime.date], Decision], on: datetime.date, days: int
) -> datetime.date | None:
    """Decide again on each of some days to come."""
    later = (on + number * DAY for number in range(1, days + 1))
    return next((day for day in later if decide(day).outcome is Outcome.MET), None)


def _assert_exact(decide: Callable[[datetime.date], Decision], on: datetime.date, days: int) -> None:
    """Compare `met_on` with a walk; beyond the walk it must at least be a day on which the outcome turns met."""
    decision = decide(on)
    expected = None if decision.outcome is Outcome.MET else _met_on_by_walking(decide, on, days)
    got = decision.met_on
    if expected is None and got is not None:
        assert decision.outcome is not Outcome.MET
        assert got > on + days * DAY
        assert (decide(got - DAY).outcome, decide(got).outcome) != (Outcome.MET, Outcome.MET)
        assert decide(got).outcome is Outcome.MET
    else:
        assert got == expected


@st.composite
def _members(draw: Draw) -> tuple[Folder, list[Member]]:
    folder = draw(little_policies.folders())
    return folder, [draw(little_policies.members(folder, derived=False)) for _ in range(3)]


@pytest.mark.fuzz
@examples(60)
@given(_members())
def test_met_on_of_generated_policies_is_the_day_that_deciding_day_by_day_finds(
    case: tuple[Folder, list[Member]],
) -> None:
    folder, members = case
    for member in members:
        _assert_exact(partial(_joining, folder.policies, member.facts), member.on, 250)


def _joining(policies: Policies, facts: Facts, on: datetime.date) -> Decision:
    return policies.decide("club", facts, check="joining", on=on)


@st.composite
def _creators(draw: Draw) -> tuple[str, str, Facts, datetime.date]:
    """Give a creator whom little but time, or a new version, keeps from meeting a check."""
    compiled = shipped().compiled
    program, check = pick(draw, [(p.name, c.name) for p in compiled.programs.values() for c in p.checks])
    cuts = sorted({interval.start for each in compiled.timelines[program].values() for interval in each})
    on = pick(draw, cuts) - datetime.timedelta(days=draw(st.integers(-40, 300)))
    creator: dict[str, Any] = {
        "region": pick(draw, ("KR", "US", "ZA", "DE", "BR", "MX", "world")),
        "account_opened": on - datetime.timedelta(days=draw(st.integers(-20, 60))),
        "account_type": pick(draw, ("personal", "personal", "business")),
        "followers": pick(draw, (20_000, 20_000, 900)),
        "views_30d": 200_000,
        "public_videos_30d": 5,
        "invited": True,
        "original_content": True,
        "repeat_violations": False,
        "sold_elsewhere": True,
        "badge": "gold",
        "effects": [{"videos": 2_000}] * 5,
        "tax_setup_done": True,
    }
    years, days = pick(draw, (18, 18, 19)), draw(st.integers(-350, 100))
    born = calendar.add_months(on.toordinal() - days, -12 * years)
    creator |= {"age": years - 1} if rarely(draw, 8) else {"birth_date": datetime.date.fromordinal(born)}
    video = {"length": pick(draw, (90, 60)), "original": True}
    series = {"videos": [{"length": pick(draw, (10, 1_200))}], "price": pick(draw, ("190 USD", "50 USD"))}
    effect = {"published": on - datetime.timedelta(days=draw(st.integers(-200, 30))), "videos": 300_000}
    facts: Facts = {"creator": creator, "video": video, "series": series, "effect": effect}
    forgotten = callers.forget(draw, facts) & callers.forget(draw, facts) & callers.forget(draw, facts)
    return program, check, callers.without(facts, forgotten), on


@pytest.mark.fuzz
@examples(400)
@given(_creators())
def test_met_on_of_the_shipped_policies_is_the_day_that_deciding_day_by_day_finds(
    case: tuple[str, str, Facts, datetime.date],
) -> None:
    program, check, facts, on = case

    _assert_exact(lambda day: shipped().decide(program, facts, check=check, on=day), on, 500)
