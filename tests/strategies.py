"""Well-typed expressions, alone and with facts, for tests that hold parts of the engine against each other. Not a test.

Gives: expressions over the vocabulary of `conformance/` with `NAMES`, and situations in which to ask them.
Expressions carry a budget of digits, so that nearly all pass the checker's proof that numbers stay exact.
"""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TypeVar

from hypothesis import reject
from hypothesis import strategies as st

from callers import DAYS, WORDS, Caller, Facts, days, differ_by_one, reads
from drawing import Draw, numbers_below, pick, rarely
from policyengine.door import Door
from policyengine.frontend.arithmetic import Typed
from policyengine.frontend.check import Checker, Scope
from policyengine.frontend.parse import parse_text
from policyengine.model import syntax
from policyengine.model.diagnostic import Diagnostic
from policyengine.model.operators import Aggregate, Comparison, Quantifier
from policyengine.model.span import Source
from policyengine.model.values import Raw
from policyengine.targets.interpreter import Environment, evaluate
from workbench import Mistake, Names, bench

T = TypeVar("T")
_HERE = Source("generated", "").whole()


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


@lru_cache(maxsize=64)
def proved(source: str) -> Typed:
    """Check a generated expression; one that is too large to be proved exact is left out of the test."""
    tree, problems = parse_text(source)
    assert tree is not None, problems
    try:
        return typed(tree)
    except Mistake as mistake:
        if set(mistake.codes) <= {"number-range", "date-range", "too-deep"}:
            reject()
        raise AssertionError(f"{source}: {mistake}") from None


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
    "clips": [],
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
_TRUTHS = ("f.a", "f.b", "f.p", "f.q", "g.ok", "f.either", "f.adult", "f.minor", "popular")
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
    "x.clips": {"None": [_Atom("n", 3)], "time": [_Atom("length", 5)]},
}
_UNITS = {"x.items": "items", "x.few": "items", "x.others": "others", "x.clips": "clips"}
_KINDS = ("red", "blue", "green")
_ORDERS = ((Comparison.LESS, Comparison.AT_MOST), (Comparison.AT_LEAST, Comparison.GREATER))
_CODES = ("KR", "FR", "ID", "US", "US-CA", "US-NY", "ZA", "GB")
_GROUPS = ("asia", "europe", "world", "southeast_asia")
_REGION_LISTS = ("opened", "shut")
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
        if self.dated and not self.rarely(3):
            return self.clocked(depth - 1)(0)
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
        unit = self.pick((None, None, None, "followers", "views", "items", "others", "clips"))
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
        return self.pick(self.timed if self.dated else self.truths)(depth)

    @property
    def truths(self) -> Sequence[Callable[[int], syntax.Expr]]:
        return (
            self.comparison, self.comparison, self.comparison, self.joined, self.joined, self.joined, self.negation,
            self.member, self.member, self.conditional_truth, self.quantified, self.quantified, self.equality,
        )  # fmt: skip

    @property
    def timed(self) -> Sequence[Callable[[int], syntax.Expr]]:
        return (
            self.comparison, self.comparison, self.comparison, self.comparison, self.joined, self.joined,
            self.negation, self.conditional_truth, self.quantified, self.quantified,
        )  # fmt: skip

    def truth_atom(self) -> syntax.Expr:
        if self.dated and not self.rarely(4):
            return self.comparison(0)
        fields = self.fields("boolean", 0, 0)
        if self.rarely(10):
            return syntax.Truth(self.rarely(2), _HERE)
        if self.rarely(8):
            return syntax.Compare((path("f.big"), path("f.near")), (self.pick(tuple(Comparison)),), _HERE)
        return self.pick(self.preferred(fields, self.paths(_TRUTHS)))

    def joined(self, depth: int) -> syntax.Expr:
        operands = tuple(self.truth(depth - 1) for _ in range(self.pick((2, 2, 3, 4))))
        return syntax.And(operands, _HERE) if self.rarely(2) else syntax.Or(operands, _HERE)

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
        if self.dated and not self.rarely(4):
            return self.clocked(depth)
        kind = self.pick(_ORDERED)
        match kind:
            case "number":
                unit = self.pick((None, None, "followers", "views", "items", "others", "clips"))
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

    def clocked(self, depth: int) -> Callable[[int], syntax.Expr]:
        """Give what writes the operands of a comparison of which the first moves with the day."""
        today = path("today")

        def moved() -> syntax.Expr:
            other = self.period(0, 3) if self.rarely(2) else self.duration(0, 9, whole=True)
            return syntax.Sum(today, ((self.rarely(2), other),), _HERE)

        def passed() -> syntax.Expr:
            return syntax.Sum(today, ((True, self.date(0)),), _HERE)

        def gathered() -> syntax.Expr:
            opened = self.opened(["x.items"])
            if opened is None:
                return self.number_atom(None, 0, 9, 2)
            where, term = self.comparison(0), self.number(None, depth if self.rarely(4) else 0, 9, 2)
            self.bound.pop()
            function = self.pick(tuple(Aggregate))
            return syntax.Fold(function, term, opened[0], path("x.items"), where, _HERE, _HERE)

        def counted() -> syntax.Expr:
            opened = self.opened(["x.items"])
            if opened is None:
                return syntax.Count(path("x.items"), None, None, _HERE, _HERE)
            where = self.comparison(0)
            self.bound.pop()
            return syntax.Count(path("x.items"), opened[0], where, _HERE, _HERE)

        moving: list[tuple[str, Callable[[], syntax.Expr]]] = [
            ("date", lambda: today),
            ("date", moved),
            ("duration", passed),
            ("duration", lambda: self.pick(self.paths(("f.since", "lasting")) or [today])),
            ("period", lambda: syntax.Call("years_since", (self.date(0),), _HERE)),
            ("period", lambda: path("f.age")),
            ("items", counted),
            ("number", gathered),
            ("number", gathered),
            ("number", gathered),
        ]
        kind, first = self.pick(moving)
        simple: Callable[[], syntax.Expr] = {
            "date": lambda: self.date(0),
            "duration": lambda: syntax.Quantity(_digits(self.pick((30, 0, 7, 100, 366))), "days", _HERE),
            "period": lambda: syntax.Quantity(_digits(self.pick((18, 0, 1, 19))), "years", _HERE),
            "number": lambda: syntax.Bare(_digits(self.pick((10, 0, 1, 2, 5, 20))), _HERE),
            "items": lambda: syntax.Bare(_digits(self.pick((1, 0, 2, 3))), _HERE),
        }[kind]
        others: Callable[[], syntax.Expr] = {
            "date": lambda: self.date(depth),
            "duration": lambda: self.duration(depth, 13, whole=False),
            "period": lambda: self.period(depth, 6),
            "number": lambda: self.number(None, depth, 9, 2),
            "items": lambda: self.number("items", depth, 9, 0),
        }[kind]
        second = others if self.rarely(4) else simple
        return lambda index: first() if index == 0 else second()

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
        kind = self.pick(
            ("region", "region", "number", "unit", "money", "time", "period", "date", "truth", "text", "choice")
        )
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
                operand, members = self.text(below), self.listed(lambda: syntax.Text(self.pick(WORDS), _HERE))
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

    def clause(self) -> syntax.Expr:
        """Write a truth as policies mostly do: one fact, or one field of all items, against constants."""
        kind = self.pick(("bounds", "bounds", "truth", "member", "items"))
        if kind == "truth":
            asked = path(self.pick(_TRUTHS[:-1]))
            return syntax.Not(asked, _HERE) if self.rarely(2) else asked
        if kind == "member":
            return self.member(1)
        if kind == "bounds":
            return self.bounded(*self.pick(_BOUNDED))
        field, constant = self.pick(_BOUNDED_FIELDS)
        bounds = self.bounded(f"item.{field}", constant)
        return syntax.Quantified(self.pick(tuple(Quantifier)), "item", path("x.clips"), bounds, _HERE, _HERE)

    def bounded(self, asked: str, kind: str) -> syntax.Expr:
        """Write one comparison with a constant, in either order, or a chain around the fact."""
        constants: dict[str, Callable[[], syntax.Expr]] = {
            "number": lambda: self.constant(None, 4, 1),
            "followers": lambda: self.constant("followers", 6, 0),
            "USD": lambda: self.amount("USD", 4),
            "time": lambda: self.time(9, whole=False),
            "period": lambda: self.months(4),
            "date": self.day,
        }
        constant, fact = constants[kind], path(asked)
        order = self.pick(_ORDERS)
        way = self.draw(numbers_below(4))
        if way == 0:
            operands = (constant(), fact, constant())
            return syntax.Compare(operands, (self.pick(order), self.pick(order)), _HERE)
        operator = self.pick(tuple(Comparison))
        return syntax.Compare((fact, constant()) if way < 3 else (constant(), fact), (operator,), _HERE)

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

    def forms(
        self, depth: int, size: int, atom: Callable[[], syntax.Expr], part: Callable[[int, int], syntax.Expr]
    ) -> list[Callable[[], syntax.Expr]]:
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
        if unit in ("items", "others", "clips") and size > 1:
            forms += [lambda: self.counted(unit, depth)] * 4
        if unit is None:
            forms += [lambda: self.full_steps(depth, size), lambda: self.full_steps(depth, size)]
        return self.pick(forms)()

    def number_atom(self, unit: str | None, depth: int, size: int, scale: int) -> syntax.Expr:
        if unit in ("items", "others", "clips") and size > 1 and not self.rarely(3):
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
        places = self.draw(numbers_below(min(scale, 2) + 1))
        number = _digits(self.draw(numbers_below(10 ** min(size + places, 6))), places)
        if unit is not None:
            return syntax.Quantity(number, unit, _HERE)
        if scale > places + 1 and size > 0 and self.rarely(3):
            return syntax.Percent(number, _HERE)
        bare = syntax.Bare(number, _HERE)
        return syntax.Negative(bare, _HERE) if self.rarely(6) else bare

    def full_steps(self, depth: int, size: int) -> syntax.Expr:
        kind = self.pick(("number", "unit", "money", "time", "period"))
        below, step = depth - 1, 1 + self.draw(numbers_below(40))
        if size < 5:
            return self.constant(None, size, 0)
        arguments: tuple[syntax.Expr, ...]
        match kind:
            case "number":
                arguments = (
                    self.number(None, below, size - 3, 2),
                    syntax.Bare(_digits(step, self.pick((0, 1, 3))), _HERE),
                )
            case "unit":
                arguments = (self.number("views", below, size - 1, 1), syntax.Quantity(_digits(step), "views", _HERE))
            case "money":
                arguments = (
                    self.money("USD", below, size - 4, 4),
                    syntax.Money(_digits(step, self.pick((0, 2))), "USD", _HERE),
                )
            case "time":
                unit = self.pick(("seconds", "minutes", "days"))
                arguments = (self.duration(below, size, whole=False), syntax.Quantity(_digits(step), unit, _HERE))
            case _:
                arguments = (
                    self.period(below, size),
                    syntax.Quantity(_digits(step), self.pick(("months", "years")), _HERE),
                )
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
        places = self.draw(numbers_below(_PLACES[currency] + 1))
        return syntax.Money(_digits(self.draw(numbers_below(10 ** min(size + places, 6))), places), currency, _HERE)

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
            unit, most = (
                self.pick((("seconds", 9), ("minutes", 2), ("hours", 3), ("days", 60))) if size > 7 else ("seconds", 9)
            )
        return syntax.Quantity(_digits(self.draw(numbers_below(most))), unit, _HERE)

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

        forms = self.forms(depth, size, atom, self.period)
        return self.pick([*forms, since, since, times if size > 3 else atom])()

    def months(self, size: int) -> syntax.Expr:
        unit, most = self.pick((("months", 10), ("years", 8), ("month", 2)))
        return syntax.Quantity(_digits(self.draw(numbers_below(most * 10 if size > 3 else most))), unit, _HERE)

    def date(self, depth: int) -> syntax.Expr:
        def atom() -> syntax.Expr:
            if self.rarely(4):
                return path("today")
            if self.rarely(4):
                return self.day()
            return self.pick(self.preferred(self.fields("date", 0, 0), self.paths(_DATES)))

        if depth <= 0:
            return atom()

        def later() -> syntax.Expr:
            in_months = self.rarely(2)
            other = self.period(depth - 1, 3) if in_months else self.duration(depth - 1, 9, whole=True)
            date = self.date(depth - 1)
            if self.rarely(4):
                return syntax.Sum(other, ((False, date),), _HERE)
            return syntax.Sum(date, ((self.rarely(2), other),), _HERE)

        if self.rarely(4):
            return self.conditional(depth, lambda: self.date(depth - 1))
        return atom() if self.rarely(3) else later()

    def day(self) -> syntax.Expr:
        return syntax.Date(self.pick(DAYS), _HERE)

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


_BOUNDED = (
    ("f.n", "number"), ("f.dec1", "number"), ("f.pct", "number"), ("f.spread", "number"), ("f.followers", "followers"),
    ("f.usd", "USD"), ("f.fine", "USD"), ("f.dur", "time"), ("f.minutes_on_air", "time"), ("f.days", "time"),
    ("f.since", "time"), ("f.per", "period"), ("f.years", "period"), ("f.age", "period"), ("f.d", "date"),
    ("f.recent", "date"),
)  # fmt: skip
_BOUNDED_FIELDS = (("length", "time"), ("n", "number"))
_ORDERED = ("number", "number", "number", "money", "duration", "period", "date")


@st.composite
def expression_trees(draw: Draw, *, truths: bool = False, dated: bool = False) -> syntax.Expr:
    """Give well-typed expressions of any type, or truths only; `dated` ones mostly compare dates and times."""
    writer = _Writer(draw, dated=dated)
    depth = pick(draw, (1, 2, 2, 3) if dated else (1, 2, 3, 3, 4, 4))
    return writer.truth(depth) if truths else writer.any(depth)


def expressions(*, truths: bool = False, dated: bool = False) -> st.SearchStrategy[str]:
    """Give the sources of well-typed expressions."""
    return expression_trees(truths=truths, dated=dated).map(str)


@st.composite
def clauses(draw: Draw) -> str:
    """Give the sources of truths as policies ask them: mostly one fact against constants."""
    writer = _Writer(draw, dated=False)
    return str(writer.truth(pick(draw, (1, 2))) if rarely(draw, 4) else writer.clause())


# expressions with facts


@dataclass(frozen=True)
class Situation:
    """A day, and the facts that a caller gives on it."""

    on: datetime.date
    facts: Facts

    def environment(self, door: Door) -> Environment:
        """Read the facts through the door."""
        return Environment(door.read(self.facts, self.on.toordinal()), self.on.toordinal())


def result(source: str, situation: Situation) -> Raw | None:
    """Evaluate an expression over `NAMES` with the reference interpreter."""
    return evaluate(proved(source).expr, situation.environment(bench().door))


@st.composite
def asked(draw: Draw, sources: st.SearchStrategy[str], times: int = 1) -> tuple[str, list[Situation]]:
    """Give an expression, and situations in which some of what it reads is unknown."""
    source = draw(sources)
    door = bench().door
    wanted = reads(proved(source).expr, door.vocabulary)
    situations = []
    for _ in range(times):
        on = days(draw)
        situations.append(Situation(on, Caller(draw, door).some(wanted, on)))
    return source, situations


@st.composite
def one_fact_more(draw: Draw, sources: st.SearchStrategy[str]) -> tuple[str, Situation, Situation]:
    """Give an expression, a situation, and the same with one more fact."""
    source = draw(sources)
    door, on = bench().door, days(draw)
    facts = Caller(draw, door).known(reads(proved(source).expr, door.vocabulary), on)
    fewer, more = differ_by_one(draw, facts)
    return source, Situation(on, fewer), Situation(on, more)
