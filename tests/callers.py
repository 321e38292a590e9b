"""Facts as callers hand them in, for any vocabulary: good in every form, partly unknown, and odd. Not a test."""

import datetime
import enum
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from drawing import Draw, numbers_below, pick, rarely
from policyengine.door import Door, Vocabulary
from policyengine.model import calendar, checked, types, values
from policyengine.model.checked import FactDeclaration

Facts = dict[str, dict[str, Any]]
"""What a caller gives: entities with their facts."""
Wanted = Mapping[str, frozenset[str]]
"""Facts by path, of lists the fields."""
Position = tuple[str | int, ...]
"""Where a known thing stands in facts: entity, name, and in a list the index and the field."""

DAYS = (
    "2024-06-15", "2024-02-29", "2023-06-06", "2024-01-31", "2024-12-31", "2000-02-28", "1999-03-01", "2100-03-01",
)  # fmt: skip
"""Days that many expressions and facts speak of."""
WORDS = ("", "a", "A", "personal", "héé")
CODES = ("KR", "FR", "ID", "US", "US-CA", "US-NY", "ZA", "GB", "asia", "europe", "world", "southeast_asia", "BR")
_PROVED_DAYS = st.integers(calendar.FIRST_PROVED_DAY, calendar.LAST_PROVED_DAY)


# which facts


def reads(expr: checked.Expr, vocabulary: Vocabulary) -> dict[str, frozenset[str]]:
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
            case _:
                pass
        for child in checked.children(node):
            visit(child, bound)

    visit(expr, {})
    return {name: frozenset(fields) for name, fields in found.items()}


def everything(vocabulary: Vocabulary, paths: Sequence[str]) -> dict[str, frozenset[str]]:
    """List facts whole: all fields of lists, and the inputs of derived ones first."""
    found: dict[str, frozenset[str]] = {}
    for name in paths:
        declaration = vocabulary[name]
        found |= everything(vocabulary, declaration.inputs)
        found[name] = frozenset(field.path for field in declaration.fields)
    return found


# good facts


def days(draw: Draw) -> datetime.date:
    """Draw the decision's day."""
    if rarely(draw, 2):
        return datetime.date.fromordinal(draw(_PROVED_DAYS))
    return datetime.date.fromisoformat(pick(draw, DAYS))


@dataclass(frozen=True)
class Caller:
    """Draws what somebody gives; dates lie anywhere, or mostly near a day or whole years before it."""

    draw: Draw
    door: Door
    near: datetime.date | None = None

    def known(self, wanted: Wanted, today: datetime.date, *, derived: int = 2) -> Facts:
        """Draw facts of which every wanted one is known; a derived one is given once in `derived` times, and agrees."""
        facts: Facts = {}
        for name, fields in wanted.items():
            declaration = self.door.vocabulary[name]
            if declaration.derived is None:
                put(facts, name, self.value(declaration, fields))
            elif derived and rarely(self.draw, derived):
                raw = self.door.read(facts, today.toordinal()).get(name)
                assert isinstance(raw, bool | int | str)
                if declaration.range is None or declaration.range.holds(int(raw)):
                    put(facts, name, self.given(raw, declaration))
        return facts

    def some(self, wanted: Wanted, today: datetime.date, *, derived: int = 2, few: bool = False) -> Facts:
        """Draw facts of which a quarter, or few, are unknown: absent, or given as null."""
        facts = self.known(wanted, today, derived=derived)
        forgotten = forget(self.draw, facts)
        if few:
            forgotten &= forget(self.draw, facts)
        nulls = forgotten if rarely(self.draw, 4) else frozenset[Position]()
        return without(facts, forgotten, nulls)

    def give_derived_alone(self, facts: Facts, wanted: Wanted) -> None:
        """Give some derived facts of which no input is given: with one, they would contradict it on other days."""
        vocabulary = self.door.vocabulary
        for name in wanted:
            inputs = everything(vocabulary, vocabulary[name].inputs).keys()
            known = self.door.read_given(facts).keys()
            if vocabulary[name].derived is not None and not inputs & known and rarely(self.draw, 2):
                put(facts, name, self.value(vocabulary[name]))

    def value(self, declaration: FactDeclaration, fields: frozenset[str] = frozenset()) -> object:
        """Draw a value of a fact, in any of the ways in which it may be given."""
        match declaration.type:
            case types.Boolean():
                return rarely(self.draw, 2)
            case types.Choice(allowed):
                return pick(self.draw, allowed)
            case types.Text():
                return pick(self.draw, WORDS)
            case types.Region():
                return pick(self.draw, [code for code in CODES if code in self.door.tree])
            case types.Records():
                items = [self.item(declaration, fields) for _ in range(pick(self.draw, (1, 2, 0, 3, 4, 9)))]
                items = items[: declaration.records.max_items]
                return tuple(items) if rarely(self.draw, 5) else items
            case _:
                return self.given(self.raw(declaration), declaration)

    def item(self, declaration: FactDeclaration, fields: frozenset[str]) -> dict[str, object]:
        """Draw one item of a list, with some of its fields."""
        return {field.path: self.value(field) for field in declaration.fields if field.path in fields}

    def raw(self, declaration: FactDeclaration) -> int:
        """Draw a quantity or a date underneath, often at an end of its range, or small."""
        if isinstance(declaration.type, types.Date):
            return self.day(declaration)
        assert declaration.range is not None
        low, high, size = declaration.range.low, declaration.range.high, declaration.unit_size
        steps = [size * number for number in (10, 0, 1, -1, 2, 3, 18, 30, 1_000, 100_000)]
        in_steps = isinstance(declaration.type, types.Duration | types.Period)
        options = [*steps, low, high, low + size, *(() if in_steps else (1, 5, 50, 55, 199))]
        raw = self.within(low, high, options)
        return raw - raw % size if in_steps else raw

    def day(self, declaration: FactDeclaration) -> int:
        low, high = calendar.FIRST_PROVED_DAY, calendar.LAST_PROVED_DAY
        if declaration.range is not None:
            low, high = declaration.range.low, declaration.range.high
        if self.near is None or rarely(self.draw, 4):
            options = [datetime.date.fromisoformat(day).toordinal() for day in DAYS]
            return self.within(low, high, [*options, *(day + 1 for day in options), low, high])
        years = pick(self.draw, (0, 0, 0, 1, 18, 19, 25))
        day = calendar.add_months(self.near.toordinal(), -12 * years) + int(self.draw(st.integers(-60, 400)))
        return min(max(day, low), high)

    def within(self, low: int, high: int, options: Sequence[int]) -> int:
        """Draw a number of a range, mostly one of some options."""
        if rarely(self.draw, 3):
            return int(self.draw(st.integers(low, high)))
        fitting = [option for option in options if low <= option <= high]
        return pick(self.draw, fitting)

    def given(self, raw: values.Raw, declaration: FactDeclaration) -> object:
        """Give a value underneath as a caller would: a plain number, a literal, or one of Python's types."""
        if isinstance(raw, bool | str):
            return raw
        if isinstance(declaration.type, types.Date):
            day = datetime.date.fromordinal(raw)
            return day.isoformat() if rarely(self.draw, 3) else day
        plain = _plain(raw, declaration.unit_size)
        way = self.draw(numbers_below(6))
        if way == 1:
            return Decimal(plain)
        if way == 2:
            return float(plain) if Decimal(repr(float(plain))) == plain else plain
        if way == 3:
            return values.literal(raw, declaration.type)
        if way == 4 and not isinstance(declaration.type, types.Number):
            return values.to_python(raw, declaration.type)
        return plain


def put(facts: Facts, name: str, given: object) -> None:
    """Put a fact in its entity."""
    entity, _, rest = name.partition(".")
    facts.setdefault(entity, {})[rest] = given


def _plain(raw: int, size: int) -> int | Decimal:
    whole, rest = divmod(raw, size)
    if rest == 0:
        return whole
    places = len(str(size)) - 1
    assert size == 10**places, "only decimals are finer than their unit"
    return values.decimal(raw, places)


# unknown facts


def positions(facts: Facts) -> Iterator[Position]:
    """List everything in facts that could be unknown: entities, facts, items of lists, fields of items."""
    for entity, record in facts.items():
        yield (entity,)
        for name, given in record.items():
            yield (entity, name)
            if isinstance(given, list | tuple):
                for index, item in enumerate(given):
                    yield (entity, name, index)
                    yield from ((entity, name, index, field) for field in item)


def without(facts: Facts, forgotten: frozenset[Position], nulls: frozenset[Position] = frozenset()) -> Facts:
    """Give facts without some of them; what stands in `nulls` too is given as None. An entity goes when it is empty."""
    kept: Facts = {}
    for entity, record in facts.items():
        kept[entity] = {}
        for name, given in record.items():
            place: Position = (entity, name)
            if place in forgotten:
                if place in nulls:
                    kept[entity][name] = None
                continue
            kept[entity][name] = given
            if isinstance(given, list | tuple):
                items = (_item_without(item, (*place, i), forgotten, nulls) for i, item in enumerate(given))
                kept[entity][name] = type(given)(items)
        if not kept[entity] and (entity,) in forgotten:
            del kept[entity]
    return kept


def _item_without(
    item: Mapping[str, Any], place: Position, forgotten: frozenset[Position], nulls: frozenset[Position]
) -> object:
    if place in forgotten:
        return None
    kept = {field: given for field, given in item.items() if (*place, field) not in forgotten}
    return kept | {field: None for field in item if (*place, field) in forgotten & nulls}


def leaves(facts: Facts) -> frozenset[Position]:
    """Give the places of all that is known: facts, lists, fields of items."""
    return frozenset(place for place in positions(facts) if len(place) in (2, 4))


def only(facts: Facts, known: frozenset[Position]) -> Facts:
    """Give known facts of which only some places are known; a list that is known has all its items."""
    kept: Facts = {}
    for entity, record in facts.items():
        for name, given in record.items():
            if (entity, name) not in known:
                continue
            put(kept, f"{entity}.{name}", given)
            if isinstance(given, list | tuple):
                items = enumerate(given)
                known_items = [{f: v for f, v in item.items() if (entity, name, i, f) in known} for i, item in items]
                kept[entity][name] = known_items
    return kept


def place(name: str) -> Position:
    """Find the place that a name in a message means.

    >>> place("series.videos[2].length"), place("creator.age")
    (('series', 'videos', 2, 'length'), ('creator', 'age'))
    """
    listed, bracket, rest = name.partition("[")
    entity, _, fact = listed.partition(".")
    index, _, field = rest.partition("].")
    return (entity, fact, int(index), field) if bracket else (entity, fact)


def forget(draw: Draw, facts: Facts) -> frozenset[Position]:
    """Draw what is unknown: a quarter of everything."""
    return _some(draw, list(positions(facts))) & _some(draw, list(positions(facts)))


def _some(draw: Draw, places: Sequence[Position]) -> frozenset[Position]:
    bits = draw(numbers_below(1 << len(places)))
    return frozenset(place for index, place in enumerate(places) if bits >> index & 1)


def differ_by_one(draw: Draw, facts: Facts) -> tuple[Facts, Facts]:
    """Leave some facts out, and all of these but one."""
    forgotten = forget(draw, facts)
    assume(forgotten)
    given = pick(draw, sorted(forgotten, key=str))
    return without(facts, forgotten), without(facts, forgotten - {given})


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
    datetime.date(2199, 12, 31), datetime.datetime(2024, 1, 1), # noqa: DTZ001
    datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC),
    datetime.timedelta(minutes=20), datetime.timedelta(days=30), datetime.timedelta(microseconds=1),
    values.Period(years=18), values.Money(Decimal("1.50"), "USD"), values.Money(Decimal(5), "EUR"), None,
    b"KR", 1j, (), [], {}, [None], [{}], [1], {"length": 5}, object, range(3), frozenset({1}),
)  # fmt: skip


def odd(draw: Draw) -> Any:
    """Draw a value that some fact would refuse, and some would take."""
    return deepcopy(pick(draw, _ODD)) if rarely(draw, 2) else pick(draw, _ODD)


def odd_item(draw: Draw, item: Mapping[str, Any]) -> Any:
    """Draw an odd item of a list, or an odd way to give one."""
    way = draw(numbers_below(9))
    field = pick(draw, list(item) or ["length"])
    if way == 0:
        return {**item, field: odd(draw)}
    if way == 7:
        return {**item, field: pick(draw, (True, False, 5.0, 0.0, Number.ONE, Decimal(5), None, -1, 10**30, "5"))}
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
    kinds: tuple[Callable[[dict[str, Any]], Mapping[str, Any]], ...] = (dict, OwnMapping, MappingProxyType, Eager)
    return pick(draw, kinds)(dict(mapping))


def spoilt(draw: Draw, given: Facts) -> Any:
    """Make one thing in the facts wrong, or at least unusual."""
    facts: dict[Any, Any] = {entity: dict(record) for entity, record in given.items()}
    entity = pick(draw, list(facts))
    record: dict[Any, Any] = facts[entity]
    lists = [(e, name) for e, r in facts.items() for name, value in r.items() if isinstance(value, list | tuple)]
    way = draw(numbers_below(8))
    if way == 0:
        record[pick(draw, ("folowers", "", 5, None, "region", "videos"))] = odd(draw)
    elif way == 1:
        facts[pick(draw, ("creater", "", 5, None, "series"))] = odd(draw)
    elif way == 2:
        facts[entity] = pick(draw, (None, [], "x", 5, {5: 5}, [("region", "KR")], {"region": ["KR"]}))
    elif way == 3:
        facts[entity] = otherwise_given(draw, record)
    elif way in (4, 5) and lists:
        _spoil_list(draw, facts, *pick(draw, lists))
    elif record:
        record[pick(draw, list(record))] = odd(draw)
    return otherwise_given(draw, facts) if rarely(draw, 4) else facts


def _spoil_list(draw: Draw, facts: dict[Any, Any], entity: str, name: str) -> None:
    items = [item for item in facts[entity][name] if item is not None] or [{}]
    way = draw(numbers_below(5))
    if way == 0:
        items = [items[0]] * pick(draw, (1_000, 1_001, 10_000, 10_001))
    elif way == 1:
        items = [{field: float(number) for field, number in item.items() if isinstance(number, int)} for item in items]
    else:
        index = draw(numbers_below(len(items)))
        items[index] = odd_item(draw, items[index])
    facts[entity][name] = pick(draw, (list, tuple))(items)
