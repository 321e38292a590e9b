"""Advice: distances in steps that a fact can take, alternatives that people can compare."""

import datetime
from typing import Any

import pytest

import little_policies
from policyengine.decision import Decision

ON = datetime.date(2024, 3, 1)


def decided(requirement: str, **facts: Any) -> Decision:
    folder = little_policies.written({"one": requirement})
    nested: dict[str, dict[str, Any]] = {"f": {"r": "FR"}}
    for name, value in facts.items():
        entity, _, field = name.partition("_")
        nested.setdefault(entity, {})[field] = value
    return folder.policies.decide("club", nested, check="joining", on=ON)


def changes(decision: Decision) -> list[tuple[str, str | None, str | None]]:
    return [(c.kind.value, c.fact, c.amount) for alternative in decision.advice for c in alternative.changes]


@pytest.mark.parametrize(
    ("requirement", "facts", "kind", "amount"),
    [
        ("f.n >= 10", {"f_n": 3}, "more", "7"),
        ("f.n > 10", {"f_n": 3}, "more", "8"),
        ("f.n <= 10", {"f_n": 12}, "less", "2"),
        ("10 <= f.n", {"f_n": 3}, "more", "7"),
        ("not f.n < 10", {"f_n": 3}, "more", "7"),
        ("f.dec2 > 1.5", {"f_dec2": 1.5}, "more", "0.01"),
        ("f.n >= 2.5", {"f_n": 0}, "more", "3"),
        ("f.usd <= 10 USD", {"f_usd": 10.5}, "less", "0.50 USD"),
        ("f.days > 30 days", {"f_days": 3}, "more", "28 days"),
        ("f.days < 30 days", {"f_days": 33}, "less", "4 days"),
        ("f.years < 30 years", {"f_years": 33}, "less", "4 years"),
        ("f.age < 30 years", {"f_born": "1990-05-05"}, "less", "4 years"),
    ],
)
def test_a_distance_is_the_least_that_the_fact_itself_can_move(
    requirement: str, facts: dict[str, Any], kind: str, amount: str
) -> None:
    (change, *_) = changes(decided(requirement, **facts))

    assert (change[0], change[2]) == (kind, amount)


@pytest.mark.parametrize(
    ("requirement", "facts"),
    [
        ("f.n * 3 >= 10", {"f_n": 1}),
        ("f.n + f.m >= 10", {"f_n": 1, "f_m": 1}),
        ("count(item in x.items where item.n > 3) >= 2", {"x_items": [{"n": 5}]}),
        ("sum(item.n for item in x.items) >= 300", {"x_items": [{"n": 5}]}),
    ],
)
def test_where_no_one_fact_is_measured_the_requirement_itself_is_said(requirement: str, facts: dict[str, Any]) -> None:
    (change,) = changes(decided(requirement, **facts))

    assert change == ("become", None, None)


def test_a_failing_item_is_named_with_its_own_distance() -> None:
    items = [{"n": 5}, {"n": 1}]

    assert changes(decided("every item in x.items satisfies item.n >= 4", x_items=items)) == [
        ("more", "x.items[1].n", "3"),
    ]


def test_what_time_alone_meets_comes_first_among_as_many_changes() -> None:
    others = " or ".join(f"f.n >= {number}" for number in range(100, 120))

    decision = decided(f"f.age >= 18 years or {others}", f_n=1, f_born="2010-01-01")

    assert decision.advice[0].by_time
    assert decision.met_on == datetime.date(2028, 1, 1)


def test_a_list_that_is_not_known_is_said_not_measured() -> None:
    decision = decided("f.a and (every item in x.items satisfies item.n >= 4)", f_a=False)

    assert changes(decision) == [("become", "f.a", "true"), ("become", None, None)]


def test_two_constants_are_not_measured() -> None:
    decision = decided("f.a or f.b and 1 > 2", f_a=False)

    assert changes(decision) == [("become", "f.a", "true")]


def test_an_item_within_an_item_goes_by_its_own_place() -> None:
    decision = decided(
        "every a in x.items satisfies every b in x.items satisfies b.n >= 4", x_items=[{"n": 4}, {"n": 1}]
    )

    assert {(kind, fact) for kind, fact, _ in changes(decision)} == {("more", "x.items[1].n")}
