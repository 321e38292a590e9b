"""A binding requirement that is said to be kept is kept, whatever the facts are."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import callers
import strategies
from callers import Facts
from drawing import Draw, examples, numbers_below, pick, rarely
from policyengine.frontend.binding import implies
from strategies import Situation
from workbench import TODAY

OPERATORS = ("<", "<=", "==", "!=", ">=", ">")
LISTS = ("[KR]", "[KR, JP]", "[asia]", "[FR, asia]", "world", "europe", "opened", "shut")


def _implies(narrower: str, wider: str) -> bool:
    return implies(strategies.proved(narrower).expr, strategies.proved(wider).expr)


def _met(source: str, facts: Facts) -> bool:
    return strategies.result(source, Situation(TODAY, facts)) is True


# what is shown


@pytest.mark.parametrize(
    ("narrower", "wider"),
    [
        ("f.age >= 19 years", "f.age >= 18 years"),
        ("f.age > 18 years", "f.age >= 18 years"),
        ("f.n > 17", "f.n >= 18"),
        ("19 <= f.n", "f.n >= 18"),
        ("f.n == 20", "f.n >= 18"),
        ("f.n == 20", "f.n != 18"),
        ("18 <= f.n <= 30", "f.n >= 18"),
        ("f.n >= 18 and f.a", "f.n >= 18"),
        ("(f.n >= 18 or f.n >= 21) and f.a", "f.n >= 18"),
        ("f.n >= 18", "f.n >= 18 or f.a"),
        ("f.a and f.b", "f.b and f.a"),
        ('f.c in ["personal"]', 'f.c in ["personal", "business"]'),
        ("f.r in [KR]", "f.r in asia"),
        ("f.r in shut", "f.r in [FR, asia, US]"),
        ("f.usd <= 100 USD", "f.usd <= 190 USD"),
        ("every item in x.items satisfies item.n <= 3", "every item in x.items satisfies item.n <= 5"),
        ("some item in x.items satisfies item.n > 5 and item.ok", "some item in x.items satisfies item.n > 5"),
        ("f.a", "true"),
    ],
)
def test_a_tighter_requirement_is_seen_to_keep_the_wider_one(narrower: str, wider: str) -> None:
    assert _implies(narrower, wider)


@pytest.mark.parametrize(
    ("narrower", "wider"),
    [
        ("f.age >= 17 years", "f.age >= 18 years"),
        ("f.n >= 18", "f.n > 18"),
        ("f.n != 20", "f.n >= 18"),
        ("f.n <= 18", "f.n >= 18"),
        ("f.m >= 19", "f.n >= 18"),
        ("f.n >= 18 or f.a", "f.n >= 18"),
        ("f.a", "f.n >= 18"),
        ("f.a", "not f.a"),
        ('f.c in ["personal", "media"]', 'f.c in ["personal", "business"]'),
        ("f.r in asia", "f.r in [KR]"),
        ("f.r not in [KR]", "f.r in [KR]"),
        ("every item in x.items satisfies item.n <= 6", "every item in x.items satisfies item.n <= 5"),
        ("every item in x.items satisfies item.n <= 5", "some item in x.items satisfies item.n <= 5"),
        ("every item in x.items satisfies item.n <= 5", "every item in x.others satisfies item.n <= 5"),
    ],
)
def test_a_looser_requirement_is_not_taken_for_a_tighter_one(narrower: str, wider: str) -> None:
    assert not _implies(narrower, wider)


# and that it is true


@pytest.mark.parametrize("first", OPERATORS)
@pytest.mark.parametrize("second", OPERATORS)
def test_a_bound_that_is_said_to_keep_another_does_for_every_number(first: str, second: str) -> None:
    for low, high in product(range(4), range(4)):
        narrower, wider = f"f.n {first} {low}", f"{high} {second} f.n"
        kept = all(_met(wider, {"f": {"n": n}}) for n in range(-2, 7) if _met(narrower, {"f": {"n": n}}))

        assert kept or not _implies(narrower, wider), f"{narrower} → {wider}"


@dataclass(frozen=True)
class Pair:
    """Two requirements of one shape, of which the first is mostly tighter, and facts around their constants."""

    narrower: str
    wider: str
    facts: tuple[Facts, ...]


@st.composite
def _pairs(draw: Draw) -> Pair:
    narrower, wider = _requirements(draw, 3)
    return Pair(narrower, wider, tuple(_facts(draw) for _ in range(12)))


def _requirements(draw: Draw, depth: int) -> tuple[str, str]:
    if depth == 0 or rarely(draw, 4):
        return pick(draw, _ATOMS)(draw)
    parts = [_requirements(draw, depth - 1) for _ in range(pick(draw, (2, 2, 3)))]
    narrower, wider = ([f"({part[side]})" for part in parts] for side in (0, 1))
    way = draw(numbers_below(4))
    if way == 0:  # more is asked, or less offered
        return " and ".join(narrower), wider[0]
    if way == 1:
        return narrower[0], " or ".join(wider)
    word = pick(draw, (" and ", " or "))
    return word.join(narrower), word.join(wider)


def _bound(draw: Draw, name: str) -> tuple[str, str]:
    """Bound one value twice; sometimes the constant stands first."""
    one, other = pick(draw, OPERATORS), pick(draw, OPERATORS)
    first, second = draw(numbers_below(4)), draw(numbers_below(4))
    if not rarely(draw, 3):
        other = one
    narrower = f"{first} {one} {name}" if rarely(draw, 4) else f"{name} {one} {first}"
    return narrower, f"{name} {other} {second}"


def _listed(draw: Draw, name: str, words: tuple[str, ...]) -> tuple[str, str]:
    both = []
    for _ in range(2):
        chosen = [word for word in words if rarely(draw, 2)] or [words[0]]
        both.append(f"{name} {'not in' if rarely(draw, 6) else 'in'} [{', '.join(chosen)}]")
    return both[0], both[1]


def _items(draw: Draw) -> tuple[str, str]:
    narrower, wider = _bound(draw, "item.n")
    one, other = pick(draw, ("every", "some")), pick(draw, ("every", "some"))
    if not rarely(draw, 4):
        other = one
    lists = ("x.few", "x.others" if rarely(draw, 6) else "x.few")
    return f"{one} item in {lists[0]} satisfies {narrower}", f"{other} item in {lists[1]} satisfies {wider}"


def _plain(draw: Draw) -> tuple[str, str]:
    atoms = ("f.p", "f.q", "not f.p")
    return pick(draw, atoms), pick(draw, atoms)


_ATOMS: tuple[Callable[[Draw], tuple[str, str]], ...] = (
    lambda draw: _bound(draw, "f.n"),
    lambda draw: _bound(draw, pick(draw, ("f.n", "f.m + f.n", "f.dec1"))),
    lambda draw: _listed(draw, "f.c", ('"personal"', '"business"', '"media"')),
    lambda draw: _listed(draw, "f.n", ("0", "1", "2", "3")),
    lambda draw: (f"f.r in {pick(draw, LISTS)}", f"f.r in {pick(draw, LISTS)}"),
    _items,
    _plain,
)


def _facts(draw: Draw) -> Facts:
    """Draw facts from few values, so that requirements are often met; some are unknown."""
    values: dict[str, Any] = {
        "n": draw(numbers_below(5)),
        "m": draw(numbers_below(3)),
        "dec1": pick(draw, (0, 1, 2, 3, "0.5", "2.5")),
        "p": rarely(draw, 2),
        "q": rarely(draw, 2),
        "c": pick(draw, ("personal", "business", "media")),
        "r": pick(draw, ("KR", "JP", "ID", "FR", "US", "US-CA", "ZA", "asia", "world")),
    }
    items = [{"n": draw(numbers_below(5))} for _ in range(pick(draw, (1, 2, 0)))]
    facts: Facts = {"f": values, "x": {"few": items, "others": items[:1]}}
    return callers.without(facts, callers.forget(draw, facts) & callers.forget(draw, facts))


@pytest.mark.fuzz
def test_a_requirement_that_is_said_to_keep_another_does_whatever_the_facts_are() -> None:
    seen = Counter[str]()

    @examples(1_000)
    @given(_pairs())
    def keep(pair: Pair) -> None:
        if not _implies(pair.narrower, pair.wider):
            return
        seen["said"] += 1
        for facts in pair.facts:
            if _met(pair.narrower, facts):
                seen["met"] += 1
                assert _met(pair.wider, facts), f"{pair.narrower} → {pair.wider} with {facts}"

    keep()

    assert seen["said"] >= 100
    assert seen["met"] >= 200
