"""Generated expressions and facts, for the tests that hold parts of the engine against each other. Not a test.

Gives: well-typed expressions over the vocabulary of `conformance/` with `NAMES`, any syntax trees, and facts as
callers hand them in, good and bad, for any vocabulary.
Expressions carry a budget of digits, so that nearly all pass the checker's proof that numbers stay exact.
"""

import datetime
import enum
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from workbench import Mistake, Names, bench

from policyengine.door import Door
from policyengine.frontend.arithmetic import Typed
from policyengine.frontend.check import Checker, Scope
from policyengine.frontend.parse import parse_text
from policyengine.model import calendar, checked, syntax, types, values
from policyengine.model.diagnostic import Diagnostic
from policyengine.model.operators import Aggregate, Comparison, Quantifier
from policyengine.model.span import Source
from policyengine.targets.interpreter import Environment, evaluate

T = TypeVar("T")
Draw = Callable[[st.SearchStrategy[Any]], Any]
Facts = dict[str, dict[str, Any]]
"""What a caller gives: entities with their facts."""
Position = tuple[str | int, ...]
"""Where a known thing stands in facts: entity, name, and in a list the index and the field."""

_HERE = Source("generated", "").whole()


def examples(number: int) -> settings:
    """Run a test on so many examples, on many more with the profile `fuzz`."""
    times = 20 if settings.get_current_profile_name() == "fuzz" else 1
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
    return settings(max_examples=number * times, deadline=None, suppress_health_check=slow)


@cache
def _below(number: int) -> st.SearchStrategy[int]:
    return st.integers(0, number - 1)


def pick(draw: Draw, options: Sequence[T]) -> T:
    """Draw one of some options; the first is the simplest."""
    return options[draw(_below(len(options)))]


def rarely(draw: Draw, one_in: int) -> bool:
    """Draw True once in so many times."""
    return bool(draw(_below(one_in)) == one_in - 1)


# well-typed expressions


def _number(text: str) -> syntax.Expr:
    tree, problems = parse_text(text)
    assert tree is not None, problems
    return tree


NAMES = Names(
    parameters={
        **{
            name: _number(text)
            for name, text in {
                "ten": "10",
                "some_followers": "1_000 followers",
                "some_views": "2.5 views",
                "top_price": "189.99 USD",
                "portion": "55%",
                "tenth": "0.1",
                "grace": "30 days",
                "short_time": "90 seconds",
                "min_age": "18 years",
                "launch": "2023-06-06",
            }.items()
        },
        "small": tuple(map(_number, ("1", "2", "2.5"))),
        "good_kinds": (_number('"personal"'), _number('"business"')),
        "holidays": (_number("2024-01-01"), _number("2024-02-29")),
    },
    regions={"opened": (["KR", "ZA"], True), "shut": (["FR", "asia", "US-CA"], False)},
    definitions={
        "half": "f.n * 50%",
        "popular": "f.followers >= some_followers or f.a",
        "lasting": "today - f.d",
        "price": "if popular then f.usd else 2 * f.usd2",
    },
)
"""The parameters, region lists and definitions that generated expressions may use."""


@cache
def scope() -> Scope:
    """Give the names of generated expressions, typed once."""
    plain, problems = bench().scope, list[Diagnostic]()
    definitions = {name: _number(text) for name, text in NAMES.definitions.items()}
    known = Scope(plain.facts, plain.regions, plain.units, NAMES.typed(plain, problems), definitions)
    assert not problems
    return known


def typed(tree: syntax.Expr) -> Typed:
    """Check an expression over `NAMES`; raises `Mistake`."""
    problems: list[Diagnostic] = []
    found = Checker(scope(), problems).check(tree)
    if problems:
        raise Mistake(problems)
    return found


BEYOND = {"number-range", "date-range", "too-deep"}
"""What may be said of a generated expression: it is well-typed, and too large to be proved exact."""


@dataclass(frozen=True)
class _Atom:
    """A name of a quantity: below 10^size, with `scale` decimal places."""

    path: str
    size: int
    scale: int = 0


_NUMBERS: dict[str | None, list[_Atom]] = {
    None: [
        _Atom("f.n", 6), _Atom("f.m", 6), _Atom("g.n", 6), _Atom("f.dec1", 3, 1), _Atom("f.dec2", 3, 2),
        _Atom("f.pct", 0, 2), _Atom("f.pct1", 1, 3), _Atom("f.spread", 7), _Atom("half", 6, 2),
    ],
    "followers": [_Atom("f.followers", 10), _Atom("g.followers", 10), _Atom("some_followers", 3)],
    "views": [_Atom("f.views", 10), _Atom("f.average", 6, 1), _Atom("some_views", 1, 1)],
    "items": [],
    "others": [],
}  # fmt: skip
_BARE = ("ten", "portion", "tenth")
_MONEY = {
    "USD": [_Atom("f.usd", 6, 2), _Atom("f.usd2", 6, 2), _Atom("f.fine", 2, 4), _Atom("top_price", 3, 2),
            _Atom("price", 7, 2)],
    "EUR": [_Atom("f.eur", 6, 2)],
    "JPY": [_Atom("f.jpy", 6)],
    "KWD": [_Atom("f.kwd", 6, 3)],
}  # fmt: skip
_DURATIONS = [_Atom("f.days", 9), _Atom("f.weeks", 9), _Atom("f.since", 11), _Atom("lasting", 10), _Atom("grace", 7)]
_TIMES = [_Atom("f.dur", 5), _Atom("f.minutes_on_air", 5), _Atom("short_time", 2)]
_PERIODS = [_Atom("f.per", 3), _Atom("f.years", 4), _Atom("f.age", 4), _Atom("min_age", 3)]
_DATES = ("f.d", "f.e", "f.born", "f.recent", "launch")
_TRUTHS = ("f.a", "f.b", "f.p", "f.q", "g.ok", "f.either", "f.adult", "popular")
_TEXTS = ("f.t", "f.t2")
_CHOICES = {
    ("f.c",): ("personal", "business", "media"),
    ("f.c2",): ("business", "personal"),
    ("f.c3",): ("gold", "silver"),
    ("f.c4",): ("media", "gold"),
}
_REGIONS = ("f.r", "f.r2")
_PLACES = {"USD": 2, "EUR": 2, "JPY": 0, "KWD": 3}

_FIELDS: dict[str, dict[str, list[_Atom]]] = {
    "x.items": {
        "boolean": [_Atom("ok", 0)],
        "None": [_Atom("n", 6), _Atom("share", 0, 2), _Atom("score", 3, 1), _Atom("big", 14)],
        "views": [_Atom("views", 9)],
        "USD": [_Atom("price", 3, 2)],
        "time": [_Atom("len", 5)],
        "period": [_Atom("term", 3)],
        "date": [_Atom("day", 0)],
        "text": [_Atom("note", 0)],
        "kind": [_Atom("kind", 0)],
        "region": [_Atom("place", 0)],
    },
    "x.others": {"boolean": [_Atom("ok", 0)], "None": [_Atom("n", 6)], "views": [_Atom("views", 9)]},
    "x.few": {"None": [_Atom("n", 6)]},
}
_UNITS = {"x.items": "items", "x.few": "items", "x.others": "others"}
_KINDS = ("red", "blue", "green")
_ORDERS = ((Comparison.LESS, Comparison.AT_MOST), (Comparison.AT_LEAST, Comparison.GREATER))
_CODES = ("KR", "FR", "ID", "US", "US-CA", "US-NY", "ZA", "GB")
_GROUPS = ("asia", "europe", "world", "southeast_asia")
_REGION_LISTS = ("opened", "shut")
_WORDS = ("", "a", "A", "personal", "héé")
_BOUND = ("item", "other", "g", "facts", "x")
"""Bound names: two hide entities, one is called like a variable of compiled code."""


def path(text: str) -> syntax.Path:
    """Give a name with its parts."""
    return syntax.Path(tuple(text.split(".")), _HERE)


def _digits(digits: int, places: int = 0) -> syntax.Number:
    return syntax.Number(digits, places)


class _Writer:
    """Draws one expression. `size` and `scale` are a budget: values stay below 10^size, with `scale` places."""

    def __init__(self, draw: Draw, *, dated: bool) -> None:
        self.draw = draw
        self.dated = dated
        self.bound: list[tuple[str, str]] = []

    def pick(self, options: Sequence[T]) -> T:
        return pick(self.draw, options)

    def rarely(self, one_in: int) -> bool:
        return rarely(self.draw, one_in)

    def any(self, depth: int) -> syntax.Expr:
        writers: list[Callable[[], syntax.Expr]] = [
            lambda: self.truth(depth),
            lambda: self.quantity(depth),
            lambda: self.date(depth),
            lambda: self.text(depth),
            lambda: self.choice(depth)[0],
            lambda: self.region(depth),
        ]
        return self.pick([writers[index] for index in (0, 0, 0, 1, 1, 1, 1, 2, 3, 4, 5)])()

    def quantity(self, depth: int) -> syntax.Expr:
        unit = self.pick((None, None, None, "followers", "views", "items", "others"))
        currency = self.pick(("USD", "USD", "EUR", "JPY", "KWD"))
        writers: list[Callable[[], syntax.Expr]] = [
            lambda: self.number(unit, depth, 11, 4),
            lambda: self.money(currency, depth, 10, 5),
            lambda: self.duration(depth, 13, whole=False),
            lambda: self.period(depth, 6),
        ]
        return self.pick([writers[index] for index in (0, 0, 1, 2, 3)])()

    # truths

    def truth(self, depth: int) -> syntax.Expr:
        if depth <= 0:
            return self.truth_atom()
        writers = (
            self.comparison, self.comparison, self.comparison, self.joined, self.joined, self.joined, self.negation,
            self.member, self.member, self.conditional_truth, self.quantified, self.quantified, self.equality,
        )  # fmt: skip
        return self.pick(writers)(depth)

    def truth_atom(self) -> syntax.Expr:
        fields = self.fields("boolean", 0, 0)
        if self.rarely(10):
            return syntax.Truth(self.rarely(2), _HERE)
        if self.rarely(8):
            return syntax.Compare((path("f.big"), path("f.near")), (self.pick(tuple(Comparison)),), _HERE)
        return self.pick(self.preferred(fields, self.paths(_TRUTHS)))

    def joined(self, depth: int) -> syntax.Expr:
        form = self.pick((syntax.And, syntax.Or))
        return form(tuple(self.truth(depth - 1) for _ in range(self.pick((2, 2, 3, 4)))), _HERE)

    def negation(self, depth: int) -> syntax.Expr:
        return syntax.Not(self.truth(depth - 1), _HERE)

    def conditional_truth(self, depth: int) -> syntax.Expr:
        return self.conditional(depth, lambda: self.truth(depth - 1))

    def comparison(self, depth: int) -> syntax.Expr:
        operands = self.comparable(depth - 1)
        count = self.pick((2, 2, 2, 3, 4))
        order = self.pick(_ORDERS)
        first = operands(0)
        others = tuple(operands(index) for index in range(1, count))
        return syntax.Compare((first, *others), tuple(self.pick(order) for _ in others), _HERE)

    def comparable(self, depth: int) -> Callable[[int], syntax.Expr]:
        """Give what writes the operands of one comparison; those after the first may be bare constants."""
        kind = self.pick(("date", "duration", "period") if self.dated and not self.rarely(4) else _ORDERED)
        match kind:
            case "number":
                unit = self.pick((None, None, "followers", "views", "items", "others"))
                return lambda index: self.unit_or_bare(unit, depth, 11, 4, index)
            case "money":
                currency = self.pick(("USD", "USD", "USD", "EUR", "JPY", "KWD"))
                return lambda _: self.money(currency, depth, 10, 5)
            case "duration":
                return lambda _: self.duration(depth, 13, whole=False)
            case "period":
                return lambda _: self.period(depth, 6)
            case _:
                return lambda _: path("f.old") if self.rarely(12) else self.date(depth)

    def equality(self, depth: int) -> syntax.Expr:
        operator = self.pick((Comparison.EQUAL, Comparison.NOT_EQUAL))
        kind = self.pick(("truth", "text", "choice", "other"))
        if kind == "truth":
            pair = (self.truth(depth - 1), self.truth(depth - 1))
        elif kind == "text":
            pair = (self.text(depth - 1), self.text(depth - 1))
        elif kind == "choice":
            first, known = self.choice(depth - 1)
            second = self.pick([*known, *self.paths(("f.t",))])
            pair = self.pick(((first, second), (second, first)))
        else:
            operands = self.comparable(depth - 1)
            pair = (operands(0), operands(1))
        return syntax.Compare(pair, (operator,), _HERE)

    def member(self, depth: int) -> syntax.Expr:
        kind = self.pick(("region", "region", "number", "unit", "money", "time", "period", "date", "truth", "text", "choice"))
        below = depth - 1
        operand: syntax.Expr
        members: syntax.Expr
        match kind:
            case "region":
                operand, members = self.region(below), self.regions()
            case "number":
                operand = self.number(None, below, 11, 4)
                members = self.pick((path("small"), self.listed(lambda: self.constant(None, 3, 2))))
            case "unit":
                operand = self.number("views", below, 11, 4)
                members = self.listed(lambda: self.constant("views", 3, 1))
            case "money":
                operand, members = self.money("USD", below, 9, 4), self.listed(lambda: self.amount("USD", 3))
            case "time":
                operand, members = self.duration(below, 12, whole=False), self.listed(lambda: self.time(5, whole=False))
            case "period":
                operand, members = self.period(below, 6), self.listed(lambda: self.months(2))
            case "date":
                operand = self.date(below)
                members = self.pick((path("holidays"), self.listed(self.day)))
            case "truth":
                operand, members = self.truth(below), self.listed(lambda: syntax.Truth(self.rarely(2), _HERE))
            case "text":
                operand, members = self.text(below), self.listed(lambda: syntax.Text(self.pick(_WORDS), _HERE))
            case _:
                operand, known = self.choice(below)
                members = self.listed(lambda: self.pick(known))
                if known[0] == syntax.Text("personal", _HERE) and self.rarely(2):
                    members = path("good_kinds")
        return syntax.Member(operand, members, self.rarely(2), _HERE)

    def listed(self, constant: Callable[[], syntax.Expr]) -> syntax.Expr:
        return syntax.List(tuple(constant() for _ in range(self.pick((1, 2, 3)))), _HERE)

    def regions(self) -> syntax.Expr:
        if self.rarely(4):
            return path(self.pick(_REGION_LISTS))
        if self.rarely(4):
            return path(self.pick(_GROUPS))
        codes = [syntax.Region(code, _HERE) for code in _CODES]
        return self.pick((self.listed(lambda: self.pick([*codes, *self.paths(_GROUPS)])), self.pick(codes)))

    # lists

    def quantified(self, depth: int) -> syntax.Expr:
        quantifier = self.pick(tuple(Quantifier))
        opened = self.opened()
        if opened is None:
            return self.truth_atom()
        name, items = opened
        body = self.truth(depth - 1)
        self.bound.pop()
        return syntax.Quantified(quantifier, name, path(items), body, _HERE, _HERE)

    def counted(self, unit: str, depth: int) -> syntax.Expr:
        lists = [items for items, counted in _UNITS.items() if counted == unit]
        if depth <= 0 or self.rarely(4):
            return syntax.Count(path(self.pick(lists)), None, None, _HERE, _HERE)
        opened = self.opened(lists)
        if opened is None:
            return syntax.Count(path(lists[0]), None, None, _HERE, _HERE)
        name, items = opened
        where = self.truth(depth - 1)
        self.bound.pop()
        return syntax.Count(path(items), name, where, _HERE, _HERE)

    def fold(self, depth: int, size: int, term: Callable[[int], syntax.Expr]) -> syntax.Expr:
        """Fold over a list of up to 100: a sum has two digits more than its term."""
        function = self.pick(tuple(Aggregate) if size > 3 else (Aggregate.MIN, Aggregate.MAX))
        opened = self.opened()
        if opened is None:
            return term(size)
        name, items = opened
        inner = term(size - 2 if function is Aggregate.SUM else size)
        where = self.truth(depth - 1) if self.rarely(2) else None
        self.bound.pop()
        return syntax.Fold(function, inner, name, path(items), where, _HERE, _HERE)

    def opened(self, lists: Sequence[str] = tuple(_UNITS)) -> tuple[str, str] | None:
        """Bind a name; None when two are bound already. A name that hides an entity hides its lists too."""
        free = [name for name in _BOUND if name not in (bound for bound, _ in self.bound)]
        if len(self.bound) > 1 or self.hidden("x.items"):
            return None
        self.bound.append((self.pick(free), self.pick(lists)))
        return self.bound[-1]

    def hidden(self, name: str) -> bool:
        entity, dot, _ = name.partition(".")
        return bool(dot) and any(bound == entity for bound, _ in self.bound)

    def fields(self, kind: str, size: int, scale: int) -> list[syntax.Expr]:
        return [
            path(f"{name}.{atom.path}")
            for name, items in self.bound
            for atom in _FIELDS[items].get(kind, ())
            if atom.size <= size and atom.scale <= scale
        ]

    def preferred(self, fields: Sequence[syntax.Expr], others: Sequence[syntax.Expr]) -> Sequence[syntax.Expr]:
        """Inside a list's body mostly talk of its items."""
        return fields if fields and not (others and self.rarely(3)) else others

    def paths(self, names: Sequence[str]) -> list[syntax.Expr]:
        return [path(name) for name in names if not self.hidden(name)]

    def atoms(self, known: Sequence[_Atom], kind: str, size: int, scale: int = 0) -> Sequence[syntax.Expr]:
        fitting = [atom.path for atom in known if atom.size <= size and atom.scale <= scale]
        return self.preferred(self.fields(kind, size, scale), self.paths(fitting))

    # quantities: each has the same forms over its own atoms

    def forms(self, depth: int, size: int, atom: Callable[[], syntax.Expr], part: Callable[[int, int], syntax.Expr]) -> list[Callable[[], syntax.Expr]]:
        """Give the forms that all quantities have; `part` takes a depth and a size."""
        below = depth - 1

        def added() -> syntax.Expr:
            rest = tuple((self.rarely(2), part(below, size - 1)) for _ in range(self.pick((1, 1, 2, 3))))
            return syntax.Sum(part(below, size - 1), rest, _HERE)

        def extreme() -> syntax.Expr:
            function = self.pick((Aggregate.MIN, Aggregate.MAX))
            return syntax.Extreme(function, tuple(part(below, size) for _ in range(self.pick((2, 2, 3)))), _HERE)

        return [
            atom,
            added if size > 1 else atom,
            added if size > 1 else atom,
            lambda: syntax.Negative(part(below, size), _HERE),
            lambda: self.conditional(depth, lambda: part(below, size)),
            extreme,
            lambda: self.fold(depth, size, lambda inner: part(below, inner)),
            lambda: self.fold(depth, size, lambda inner: part(below, inner)),
        ]

    def conditional(self, depth: int, branch: Callable[[], syntax.Expr]) -> syntax.Expr:
        return syntax.Conditional(self.truth(depth - 1), branch(), branch(), _HERE)

    def product(self, factors: Sequence[syntax.Expr]) -> syntax.Expr:
        return syntax.Product(tuple(factors if self.rarely(2) else reversed(factors)), _HERE)

    # numbers

    def number(self, unit: str | None, depth: int, size: int, scale: int) -> syntax.Expr:
        def atom() -> syntax.Expr:
            return self.number_atom(unit, depth, size, scale)

        if depth <= 0:
            return atom()
        forms = self.forms(depth, size, atom, lambda below, digits: self.number(unit, below, digits, scale))

        def times() -> syntax.Expr:
            half, fine = size // 2, scale // 2
            others = self.number(None, depth - 1, size - half, scale - fine)
            return self.product((self.number(unit, depth - 1, half, fine), others))

        def with_bare() -> syntax.Expr:
            operands = tuple(self.unit_or_bare(unit, depth - 1, size - 1, scale, index) for index in range(2))
            if self.rarely(2):
                return syntax.Extreme(self.pick((Aggregate.MIN, Aggregate.MAX)), operands, _HERE)
            return syntax.Sum(operands[0], ((self.rarely(2), operands[1]),), _HERE)

        forms += [times, with_bare if size > 1 else atom]
        if unit in ("items", "others") and size > 1:
            forms += [lambda: self.counted(unit, depth)] * 4
        if unit is None:
            forms += [lambda: self.full_steps(depth, size), lambda: self.full_steps(depth, size)]
        return self.pick(forms)()

    def number_atom(self, unit: str | None, depth: int, size: int, scale: int) -> syntax.Expr:
        if unit in ("items", "others") and size > 1 and not self.rarely(3):
            return self.counted(unit, depth)
        known = self.atoms(_NUMBERS[unit], str(unit), size, scale)
        if not known or self.rarely(4):
            return self.constant(unit, size, scale)
        return self.pick(known)

    def unit_or_bare(self, unit: str | None, depth: int, size: int, scale: int, index: int) -> syntax.Expr:
        """Write an operand; after one with a unit, one without may stand if it is a constant."""
        if index > 0 and self.rarely(3):
            bare = [path(name) for name in _BARE if size > 1 and scale > 1]
            return self.pick([self.constant(None, size, scale), *bare])
        return self.number(unit, depth, size, scale)

    def constant(self, unit: str | None, size: int, scale: int) -> syntax.Expr:
        places = self.draw(_below(min(scale, 2) + 1))
        number = _digits(self.draw(_below(10 ** min(size + places, 6))), places)
        if unit is not None:
            return syntax.Quantity(number, unit, _HERE)
        if scale > places + 1 and size > 0 and self.rarely(3):
            return syntax.Percent(number, _HERE)
        bare = syntax.Bare(number, _HERE)
        return syntax.Negative(bare, _HERE) if self.rarely(6) else bare

    def full_steps(self, depth: int, size: int) -> syntax.Expr:
        kind = self.pick(("number", "unit", "money", "time", "period"))
        below, step = depth - 1, 1 + self.draw(_below(40))
        if size < 5:
            return self.constant(None, size, 0)
        match kind:
            case "number":
                arguments = (self.number(None, below, size - 3, 2), syntax.Bare(_digits(step, self.pick((0, 1, 3))), _HERE))
            case "unit":
                arguments = (self.number("views", below, size - 1, 1), syntax.Quantity(_digits(step), "views", _HERE))
            case "money":
                arguments = (self.money("USD", below, size - 4, 4), syntax.Money(_digits(step, self.pick((0, 2))), "USD", _HERE))
            case "time":
                unit = self.pick(("seconds", "minutes", "days"))
                arguments = (self.duration(below, size, whole=False), syntax.Quantity(_digits(step), unit, _HERE))
            case _:
                arguments = (self.period(below, size), syntax.Quantity(_digits(step), self.pick(("months", "years")), _HERE))
        return syntax.Call("full_steps", arguments, _HERE)

    # money

    def money(self, currency: str, depth: int, size: int, scale: int) -> syntax.Expr:
        def atom() -> syntax.Expr:
            known = self.atoms(_MONEY[currency], currency, size, scale)
            return self.amount(currency, size) if not known or self.rarely(4) else self.pick(known)

        if depth <= 0:
            return atom()

        def times() -> syntax.Expr:
            fine, half = max(scale - 2, _PLACES[currency]), size // 2
            unit = self.pick((None, None, "views", "items"))
            factor = self.number(unit, depth - 1, size - half, max(scale - fine, 0))
            return self.product((self.money(currency, depth - 1, half, fine), factor))

        forms = self.forms(depth, size, atom, lambda below, digits: self.money(currency, below, digits, scale))
        return self.pick([*forms, times, times])()

    def amount(self, currency: str, size: int) -> syntax.Expr:
        places = self.draw(_below(_PLACES[currency] + 1))
        return syntax.Money(_digits(self.draw(_below(10 ** min(size + places, 6))), places), currency, _HERE)

    # time

    def duration(self, depth: int, size: int, *, whole: bool) -> syntax.Expr:
        def atom() -> syntax.Expr:
            known = self.atoms(_DURATIONS, "none", size) if whole else self.atoms([*_DURATIONS, *_TIMES], "time", size)
            return self.time(size, whole=whole) if not known or self.rarely(4) else self.pick(known)

        if depth <= 0:
            return atom()

        def between() -> syntax.Expr:
            if size < 11:
                return atom()
            return syntax.Sum(self.date(depth - 1), ((True, self.date(depth - 1)),), _HERE)

        def times() -> syntax.Expr:
            unit = self.pick((None, None, "views", "items"))
            factor = self.number(unit, depth - 1, 3, 0)
            return self.product((self.duration(depth - 1, max(size - 3, 1), whole=whole), factor))

        forms = self.forms(depth, size, atom, lambda below, digits: self.duration(below, digits, whole=whole))
        return self.pick([*forms, between, between, times if size > 4 else atom])()

    def time(self, size: int, *, whole: bool) -> syntax.Expr:
        if whole:
            unit, most = self.pick((("days", 400), ("weeks", 60), ("day", 2))) if size > 7 else ("days", 1)
        else:
            unit, most = self.pick((("seconds", 9), ("minutes", 2), ("hours", 3), ("days", 60))) if size > 7 else ("seconds", 9)
        return syntax.Quantity(_digits(self.draw(_below(most))), unit, _HERE)

    def period(self, depth: int, size: int) -> syntax.Expr:
        def atom() -> syntax.Expr:
            known = self.atoms(_PERIODS, "period", size)
            return self.months(size) if not known or self.rarely(4) else self.pick(known)

        if depth <= 0:
            return atom()

        def since() -> syntax.Expr:
            return syntax.Call("years_since", (self.date(depth - 1),), _HERE) if size > 4 else atom()

        def times() -> syntax.Expr:
            return self.product((self.period(depth - 1, size - 2), self.number(None, depth - 1, 2, 0)))

        forms = self.forms(depth, size, atom, lambda below, digits: self.period(below, digits))
        return self.pick([*forms, since, since, times if size > 3 else atom])()

    def months(self, size: int) -> syntax.Expr:
        unit, most = self.pick((("months", 10), ("years", 8), ("month", 2)))
        return syntax.Quantity(_digits(self.draw(_below(most * 10 if size > 3 else most))), unit, _HERE)

    def date(self, depth: int) -> syntax.Expr:
        def atom() -> syntax.Expr:
            if self.rarely(2 if self.dated else 4):
                return path("today")
            return self.day() if self.rarely(4) else self.pick(self.preferred(self.fields("date", 0, 0), self.paths(_DATES)))

        if depth <= 0:
            return atom()

        def later() -> syntax.Expr:
            other = self.pick((lambda: self.period(depth - 1, 3), lambda: self.duration(depth - 1, 9, whole=True)))()
            date = self.date(depth - 1)
            if self.rarely(4):
                return syntax.Sum(other, ((False, date),), _HERE)
            return syntax.Sum(date, ((self.rarely(2), other),), _HERE)

        return self.pick((atom, later, later, lambda: self.conditional(depth, lambda: self.date(depth - 1))))()

    def day(self) -> syntax.Expr:
        return syntax.Date(self.pick(_DAYS), _HERE)

    # texts, choices, regions

    def text(self, depth: int) -> syntax.Expr:
        if depth > 0 and self.rarely(4):
            return self.conditional(depth, lambda: self.text(depth - 1))
        choices = [path(names[0]) for names in _CHOICES] if self.rarely(4) and depth > 0 else []
        if choices:
            return syntax.Conditional(self.truth(depth - 1), self.pick(self.paths(_TEXTS)), self.pick(choices), _HERE)
        return self.pick(self.preferred(self.fields("text", 0, 0), self.paths(_TEXTS)))

    def choice(self, depth: int) -> tuple[syntax.Expr, list[syntax.Expr]]:
        """Write a choice; its values as constants come along."""
        kinds = self.fields("kind", 0, 0)
        options = [(self.paths(names), declared) for names, declared in _CHOICES.items()]
        known, declared = (kinds, _KINDS) if kinds and not self.rarely(3) else self.pick(options)
        constants: list[syntax.Expr] = [syntax.Text(value, _HERE) for value in declared]
        expr = self.pick(known)
        if depth > 0 and self.rarely(3):
            branches = (expr, self.pick(constants)) if self.rarely(2) else (self.pick(constants), expr)
            expr = syntax.Conditional(self.truth(depth - 1), *branches, _HERE)
        return expr, constants

    def region(self, depth: int) -> syntax.Expr:
        if depth > 0 and self.rarely(4):
            return self.conditional(depth, lambda: self.region(depth - 1))
        if self.rarely(8):
            return syntax.Region(self.pick(_CODES), _HERE)
        return self.pick(self.preferred(self.fields("region", 0, 0), self.paths(_REGIONS)))


_ORDERED = ("number", "number", "number", "money", "duration", "period", "date")
_DAYS = ("2024-06-15", "2024-02-29", "2023-06-06", "2024-01-31", "2024-12-31", "2000-02-28", "1999-03-01", "2100-03-01")


@st.composite
def expressions(draw: Draw, *, truths: bool = False, dated: bool = False) -> syntax.Expr:
    """Give well-typed expressions of any type, or truths only; `dated` ones mostly compare dates and times."""
    writer = _Writer(draw, dated=dated)
    depth = pick(draw, (1, 2, 3, 3, 4, 4))
    return writer.truth(depth) if truths else writer.any(depth)


# any syntax trees


@st.composite
def trees(draw: Draw, most: int = 5) -> syntax.Expr:
    """Give syntax trees of every form, whatever the checker would say of them."""
    return _Tree(draw).tree(draw(_below(most + 1)))


class _Tree:
    """Draws one syntax tree."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw

    def pick(self, options: Sequence[T]) -> T:
        return pick(self.draw, options)

    def tree(self, depth: int) -> syntax.Expr:
        if depth <= 0:
            return self.leaf()
        below = depth - 1

        def some(*counts: int) -> tuple[syntax.Expr, ...]:
            return tuple(self.tree(below) for _ in range(self.pick(counts)))

        match self.draw(_below(17)):
            case 0:
                return self.leaf()
            case 1:
                return syntax.And(some(2, 3), _HERE)
            case 2:
                return syntax.Or(some(2, 3), _HERE)
            case 3:
                return syntax.Not(self.tree(below), _HERE)
            case 4 | 5:
                operands = some(2, 2, 3)
                operators = tuple(self.pick(tuple(Comparison)) for _ in operands[1:])
                return syntax.Compare(operands, operators, _HERE)
            case 6:
                regions = syntax.Region(self.pick(_CODES), _HERE)
                members = self.pick((self.path(), regions, syntax.List(some(1, 2), _HERE)))
                return syntax.Member(self.tree(below), members, rarely(self.draw, 2), _HERE)
            case 7 | 8:
                rest = tuple((rarely(self.draw, 2), operand) for operand in some(1, 2))
                return syntax.Sum(self.tree(below), rest, _HERE)
            case 9:
                return syntax.Product(some(2, 3), _HERE)
            case 10:
                return syntax.Negative(self.tree(below), _HERE)
            case 11:
                return syntax.Conditional(self.tree(below), self.tree(below), self.tree(below), _HERE)
            case 12:
                quantifier = self.pick(tuple(Quantifier))
                return syntax.Quantified(quantifier, self.name(), self.path(), self.tree(below), _HERE, _HERE)
            case 13:
                return syntax.Count(self.path(), self.name(), self.tree(below), _HERE, _HERE)
            case 14:
                where = self.tree(below) if rarely(self.draw, 2) else None
                function = self.pick(tuple(Aggregate))
                return syntax.Fold(function, self.tree(below), self.name(), self.path(), where, _HERE, _HERE)
            case 15:
                return syntax.Extreme(self.pick(tuple(Aggregate)), some(2, 3), _HERE)
            case _:
                return syntax.Call(self.name(), some(1, 2), _HERE)

    def leaf(self) -> syntax.Expr:
        number = _digits(self.draw(st.integers(0, 10**9)), self.draw(_below(4)))
        return self.pick(
            (
                self.path(),
                self.path(),
                syntax.Bare(number, _HERE),
                syntax.Percent(number, _HERE),
                syntax.Quantity(number, self.name(), _HERE),
                syntax.Money(number, self.pick(("USD", "JPY", "ZZZ")), _HERE),
                syntax.Date(self.pick(("2024-02-30", *_DAYS)), _HERE),
                syntax.Text(self.pick((*_WORDS, "# no comment", "a 'b' {c}", "or")), _HERE),
                syntax.Truth(rarely(self.draw, 2), _HERE),
                syntax.Region(self.pick(("XX", *_CODES)), _HERE),
                syntax.Count(self.path(), None, None, _HERE, _HERE),
            ),
        )

    def name(self) -> str:
        return self.pick(("a", "b2", "order", "android", "notes", "in_", "iffy", "today", "sums", "x_1", "everyone", "trues"))

    def path(self) -> syntax.Path:
        return syntax.Path(tuple(self.name() for _ in range(self.pick((1, 2, 2, 3)))), _HERE)


# facts

_WANT = Mapping[str, frozenset[str]]
"""Which facts are wanted: by path, of a list the fields."""


def reads(expr: checked.Expr, vocabulary: Mapping[str, checked.FactDeclaration]) -> dict[str, frozenset[str]]:
    """List the facts that an expression reads, with the inputs of derived ones, inputs first."""
    found: dict[str, set[str]] = {}

    def add(name: str) -> set[str]:
        for needed in vocabulary[name].inputs:
            add(needed)
        return found.setdefault(name, set())

    def visit(node: checked.Expr, bound: Mapping[str, str]) -> None:
        match node:
            case checked.Fact(name) | checked.Count(name):
                add(name)
            case checked.Item(variable, field):
                add(bound[variable]).add(field)
            case checked.Quantified() | checked.CountWhere() | checked.Fold():
                add(node.items)
                bound = {**bound, node.variable: node.items}
        for child in checked.children(node):
            visit(child, bound)

    visit(expr, {})
    return {name: frozenset(fields) for name, fields in found.items()}


def everything(vocabulary: Mapping[str, checked.FactDeclaration], paths: Sequence[str]) -> dict[str, frozenset[str]]:
    """List facts whole: all fields of lists, and the inputs of derived ones first."""
    found: dict[str, frozenset[str]] = {}
    for name in paths:
        declaration = vocabulary[name]
        found |= everything(vocabulary, declaration.inputs)
        found[name] = frozenset(field.path for field in declaration.fields)
    return found


def days(draw: Draw) -> datetime.date:
    """Draw the decision's day."""
    if rarely(draw, 2):
        return datetime.date.fromordinal(draw(_PROVED_DAYS))
    return datetime.date.fromisoformat(pick(draw, _DAYS))


_PROVED_DAYS = st.integers(calendar.FIRST_PROVED_DAY, calendar.LAST_PROVED_DAY)


def known_facts(draw: Draw, door: Door, wanted: _WANT, today: datetime.date, *, derived: int = 2) -> Facts:
    """Draw facts of which every wanted one is known; a derived one is given once in `derived` times, and agrees."""
    facts: Facts = {}
    for name, fields in wanted.items():
        declaration = door.vocabulary[name]
        if declaration.derived is None:
            put(facts, name, value(draw, door, declaration, fields))
        elif derived and rarely(draw, derived):
            raw = door.read(facts, today.toordinal()).get(name)
            assert isinstance(raw, bool | int | str)
            if declaration.range is None or declaration.range.holds(int(raw)):
                put(facts, name, _shown(draw, raw, declaration))
    return facts


def put(facts: Facts, name: str, given: object) -> None:
    """Put a fact in its entity."""
    entity, _, rest = name.partition(".")
    facts.setdefault(entity, {})[rest] = given


def value(draw: Draw, door: Door, declaration: checked.FactDeclaration, fields: frozenset[str]) -> object:
    """Draw a value of a fact, in any of the ways in which it may be given."""
    match declaration.type:
        case types.Boolean():
            return rarely(draw, 2)
        case types.Choice(allowed):
            return pick(draw, allowed)
        case types.Text():
            return pick(draw, _WORDS)
        case types.Region():
            return pick(draw, _region_codes(door))
        case types.Records():
            declared = [field for field in declaration.fields if field.path in fields]
            count = pick(draw, (1, 2, 0, 3, 4, 9))
            items = [
                {field.path: value(draw, door, field, frozenset()) for field in declared}
                for _ in range(min(count, declaration.records.max_items))
            ]
            return tuple(items) if rarely(draw, 5) else items
        case _:
            return _shown(draw, raw_value(draw, declaration), declaration)


def _region_codes(door: Door) -> Sequence[str]:
    some = [code for code in (*_CODES, *_GROUPS, "DE", "JP", "MX", "BR") if code in door.tree]
    return [*some, *(code for code in door.tree.parents if len(door.tree.parents) < 20)]


def raw_value(draw: Draw, declaration: checked.FactDeclaration) -> int:
    """Draw a quantity or a date underneath, often at an end of its range, or small."""
    if isinstance(declaration.type, types.Date):
        low, high = calendar.FIRST_PROVED_DAY, calendar.LAST_PROVED_DAY
        if declaration.range is not None:
            low, high = declaration.range.low, declaration.range.high
        near = [datetime.date.fromisoformat(day).toordinal() for day in _DAYS]
        options = [*near, *(day + 1 for day in near), low, high]
    else:
        assert declaration.range is not None
        low, high = declaration.range.low, declaration.range.high
        steps = declaration.unit_size
        options = [*(steps * number for number in (10, 0, 1, -1, 2, 3, 18, 30, 1_000, 100_000)), low, high, low + steps]
        if declaration.unit_size > 1 and not _in_steps(declaration):
            options += [1, 5, 50, 55, 199]
    fitting = [option for option in options if low <= option <= high]
    raw = draw(st.integers(low, high)) if rarely(draw, 3) else pick(draw, fitting)
    return raw - raw % declaration.unit_size if _in_steps(declaration) else raw


def _in_steps(declaration: checked.FactDeclaration) -> bool:
    return isinstance(declaration.type, types.Duration | types.Period)


def _shown(draw: Draw, raw: checked.Raw, declaration: checked.FactDeclaration) -> object:
    """Give a value underneath as a caller would: a plain number, a literal, or one of Python's types."""
    if isinstance(raw, bool | str):
        return raw
    if isinstance(declaration.type, types.Date):
        day = datetime.date.fromordinal(raw)
        return day.isoformat() if rarely(draw, 3) else day
    plain = _plain(raw, declaration.unit_size)
    way = draw(_below(6))
    if way == 1:
        return Decimal(plain)
    if way == 2:
        return float(plain) if Decimal(repr(float(plain))) == plain else plain
    if way == 3:
        return values.literal(raw, declaration.type)
    if way == 4 and not isinstance(declaration.type, types.Number):
        return values.to_python(raw, declaration.type)
    return plain


def _plain(raw: int, size: int) -> int | Decimal:
    whole, rest = divmod(raw, size)
    if rest == 0:
        return whole
    places = len(str(size)) - 1
    assert size == 10**places, "only decimals are finer than their unit"
    return values.decimal(raw, places)


def positions(facts: Facts) -> Iterator[Position]:
    """List everything in facts that could be unknown: facts, items of lists, fields of items."""
    for entity, record in facts.items():
        for name, given in record.items():
            yield (entity, name)
            if isinstance(given, list | tuple):
                for index, item in enumerate(given):
                    yield (entity, name, index)
                    yield from ((entity, name, index, field) for field in item)


def without(facts: Facts, forgotten: frozenset[Position], nulls: frozenset[Position] = frozenset()) -> Facts:
    """Give facts without some of them; what stands in `nulls` too is given as None."""
    kept: Facts = {}
    for entity, record in facts.items():
        kept[entity] = {}
        for name, given in record.items():
            place: Position = (entity, name)
            if place in forgotten:
                if place in nulls:
                    kept[entity][name] = None
                continue
            if isinstance(given, list | tuple):
                given = type(given)(_item_without(item, (*place, i), forgotten, nulls) for i, item in enumerate(given))
            kept[entity][name] = given
    return kept


def _item_without(item: Mapping[str, Any], place: Position, forgotten: frozenset[Position], nulls: frozenset[Position]) -> object:
    if place in forgotten:
        return None
    kept = {field: given for field, given in item.items() if (*place, field) not in forgotten}
    return kept | {field: None for field in item if (*place, field) in forgotten & nulls}


def forget(draw: Draw, facts: Facts) -> frozenset[Position]:
    """Draw what is unknown: a quarter of everything."""
    return _some(draw, list(positions(facts))) & _some(draw, list(positions(facts)))


def _some(draw: Draw, places: Sequence[Position]) -> frozenset[Position]:
    bits = draw(_below(1 << len(places)))
    return frozenset(place for index, place in enumerate(places) if bits >> index & 1)


def some_facts(draw: Draw, door: Door, wanted: _WANT, today: datetime.date, *, derived: int = 2) -> Facts:
    """Draw facts of which some are unknown: absent, or given as null."""
    facts = known_facts(draw, door, wanted, today, derived=derived)
    forgotten = forget(draw, facts)
    nulls = forgotten if rarely(draw, 4) else frozenset[Position]()
    return without(facts, forgotten, nulls)


# what a caller should not have given, or gives in an unusual way


class Number(enum.IntEnum):
    """A caller's own numbers."""

    ZERO = 0
    ONE = 1
    TWENTY = 20
    THOUSAND = 1_000


class Word(enum.StrEnum):
    """A caller's own texts."""

    PERSONAL = "personal"
    KR = "KR"
    GOLD = "gold"
    ODD = "odd"


class OwnMapping(dict[str, Any]):
    """A mapping that is no plain dict."""


class Eager(dict[str, Any]):
    """A mapping that invents what it does not have, as `defaultdict(int)` does."""

    def __missing__(self, key: str) -> int:
        self[key] = 0
        return 0


class Kilo(float):
    """A float that shows itself in its own way, as numpy's do."""

    def __repr__(self) -> str:
        return f"Kilo({float(self)})"


_ODD: tuple[Any, ...] = (
    True, False, 0, 1, -1, 10.0, 10.5, 1e300, float("nan"), float("inf"), -0.0, 10**30, 10**5_000, -(10**19),
    Decimal("1E+3"), Decimal("1.50"), Decimal("NaN"), Decimal("sNaN"), Decimal("-Infinity"), Decimal("1E-40"),
    Decimal("0E+50"), Decimal("0E-50"), Decimal("1E+999999"), Kilo(20.0), Kilo(0.1), Number.TWENTY, Number.THOUSAND,
    Number.ONE, Word.PERSONAL, Word.KR, Word.ODD, "20 minutes", "20 minutes ", "1_000", "1000", "01", "-0", "1e3",
    "5 followers", "5 views", "3 days", "1.5 days", "P1D", "10 EUR", "10 USD", "10.999 USD", "55%", "true", "",
    "yes", "personal", "Personal", "KR", "kr", "asia", "world", "ZZ", "2024-02-29", "2023-02-29", "2024-2-1",
    "1899-12-31", "2024-01-01T00:00:00", "\ud800", datetime.date(2024, 2, 29), datetime.date(1899, 12, 31),
    datetime.date(2199, 12, 31), datetime.datetime(2024, 1, 1), datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc),  # noqa: DTZ001, UP017
    datetime.timedelta(minutes=20), datetime.timedelta(days=30), datetime.timedelta(microseconds=1),
    values.Period(years=18), values.Money(Decimal("1.50"), "USD"), values.Money(Decimal(5), "EUR"), None,
    b"KR", 1j, (), [], {}, [None], [{}], [1], {"length": 5}, object, range(3), frozenset({1}),
)  # fmt: skip


def odd(draw: Draw) -> Any:
    """Draw a value that some fact would refuse, and some would take."""
    return deepcopy(pick(draw, _ODD)) if rarely(draw, 2) else pick(draw, _ODD)


def odd_item(draw: Draw, item: Mapping[str, Any]) -> Any:
    """Draw an odd item of a list, or an odd way to give one."""
    way = draw(_below(8))
    field = next(iter(item), "length")
    if way == 0:
        return {**item, field: odd(draw)}
    if way == 1:
        return {**item, "lenth": 5}
    if way == 2:
        return Eager()
    if way == 3:
        return Eager(lenth=5)
    if way == 4:
        return MappingProxyType(dict(item))
    if way == 5:
        return OwnMapping(item)
    if way == 6:
        return {5: 5}
    return odd(draw)


def otherwise_given(draw: Draw, mapping: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give a mapping as one of another type."""
    return pick(draw, (dict, OwnMapping, MappingProxyType, Eager))(dict(mapping))


def environment(door: Door, facts: Facts, today: datetime.date) -> Environment:
    """Read facts through the door."""
    return Environment(door.read(facts, today.toordinal()), today.toordinal())


def result(expr: checked.Expr, door: Door, facts: Facts, today: datetime.date) -> checked.Raw | None:
    """Evaluate with the reference interpreter."""
    return evaluate(expr, environment(door, facts, today))
