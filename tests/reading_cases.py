"""Columns and what the door says of every value in them, for tests that read them in an engine. Not a test.

Gives: `CASES`, the table; `tried`, which asks a reading of each column in any engine that runs a query. What a column
holds is written as texts, which the engine itself casts to the column's type.
"""

import json
import re
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any

from sqlglot import exp

from policyengine.model import calendar, types
from policyengine.model.checked import FactDeclaration
from policyengine.model.errors import InvalidFact
from policyengine.model.ranges import Range
from policyengine.model.span import Source
from policyengine.model.values import decimal
from policyengine.targets.sql import Dialect, column, sql_text
from policyengine.targets.sql.columns import Names
from policyengine.targets.sql.reading import Bounds, column_type, read_column
from workbench import bench

REFUSED = object()
"""What the door says of a value by raising `InvalidFact`."""
_DUCKDB_ONLY = re.compile("HUGEINT|UBIGINT|UINTEGER|USMALLINT|UTINYINT|BIGNUM|ENUM")


@dataclass(frozen=True)
class Case:
    """A fact, a column's type as DuckDB writes it, and values in it as Python sees them."""

    declaration: FactDeclaration
    type: str
    values: tuple[Any, ...]
    floats: bool = False
    bounds: Bounds | None = None

    def __str__(self) -> str:
        return f"{self.declaration.path} from {self.type}"

    def expected(self) -> list[Any]:
        """Say what each value is underneath, None, or `REFUSED`."""
        return [_said(self.declaration, value, self.type) for value in self.values]

    def written(self, dialect: Dialect) -> str:
        """Give the type as the engine writes it in SQL."""
        return self.type if dialect is Dialect.DUCKDB else column_type(self.type, Dialect.DUCKDB).sql("spark")

    @property
    def everywhere(self) -> bool:
        """Whether Spark has the type too."""
        return _DUCKDB_ONLY.search(self.type) is None


def fact(path: str) -> FactDeclaration:
    """Give a fact of the vocabulary of `conformance/`."""
    return bench().scope.facts[path]


def declared(type_: types.Type, range_: Range | None = None, **more: Any) -> FactDeclaration:
    """Give a fact of our own."""
    return FactDeclaration("own.fact", type_, Source("facts", "").whole(), range_, **more)


# what the door says


def _said(declaration: FactDeclaration, value: Any, type_: str) -> Any:
    if isinstance(declaration.type, types.Region):
        return value  # whether it is in the tree is asked elsewhere
    if type_ == "VARCHAR":
        value = _literal(declaration, value)
    if isinstance(declaration.type, types.Records) and value is not None:
        fields = {field.path: field for field in declaration.fields}
        value = [item and {name: _literal(fields[name], each) for name, each in item.items()} for item in value]
    if type_ in _BITS and value is not None:
        value = shortest_of_32_bits(value) if type_ == "FLOAT" else Decimal(repr(value))
        if _ambiguous(declaration, value, _BITS[type_]):
            return REFUSED
    try:
        return bench().door.value(declaration, value)
    except InvalidFact:
        return REFUSED


def _ambiguous(declaration: FactDeclaration, value: Decimal, bits: int) -> bool:
    """Say whether a binary fraction may have two numbers near it with as many places as the fact has."""
    time = isinstance(declaration.type, types.Duration | types.Period)
    steps = 1 if time else declaration.unit_size
    return value.is_finite() and abs(value) * steps > 2 ** (bits if steps == 1 else bits - 1)


def _literal(declaration: FactDeclaration, text: Any) -> Any:
    """Write what a column of texts holds as the door takes it: a plain number is in the declared unit there."""
    match declaration.type:
        case types.Boolean():
            return {"true": True, "false": False}.get(text, text)
        case types.Money() | types.Duration() | types.Period() | types.Number(percent=True) if isinstance(
            text, str
        ) and re.fullmatch(r"[-0-9_.]+", text):
            if isinstance(declaration.type, types.Duration | types.Period):  # the number 60.0, which a text cannot say
                text = re.sub(r"^(-?(?:0|[1-9][0-9]*))[.]0+$", r"\1", text)
            return f"{text}%" if declaration.unit == "%" else f"{text} {declaration.unit}"
        case _:
            return text


def shortest_of_32_bits(value: float) -> Decimal:
    """Give the shortest number that means a float of 32 bits."""
    packed = struct.pack("f", value)
    texts = [f"{value:.{digits}g}" for digits in range(1, 10)]
    # nan and infinities mean themselves in every length
    return Decimal(next((text for text in texts if struct.pack("f", float(text)) == packed), texts[0]))


_BITS = {"FLOAT": 24, "DOUBLE": 53}


# asking an engine


def asked(
    cases: Sequence[Case], dialect: Dialect, said: Sequence[str], run: Callable[[str], Sequence[Sequence[Any]]]
) -> list[list[Any]]:
    """Read every case's column; the answers are as `Case.expected` gives them.

    `run` answers a query over a table `given`, in which the columns are `c0`, `c1`, …, of types as the engine `said`,
    and a number `row`.
    """
    names = Names({"given", "row", *(f"c{index}" for index in range(len(cases)))})
    selected: list[exp.Expr] = []
    for index, (case, type_) in enumerate(zip(cases, said, strict=True)):
        read = read_column(
            case.declaration,
            column(f"c{index}"),
            column_type(type_, dialect),
            dialect=dialect,
            floats=case.floats,
            names=names,
            bounds=case.bounds,
        )
        selected += [read.value, exp.false() if read.refused is None else read.refused]
    query = exp.select(*selected).from_(exp.to_table("given")).order_by(column("row"))
    rows = run(sql_text(query, dialect))
    return [
        [
            _answer(case, value, refused)
            for value, refused in [(row[2 * index], row[2 * index + 1]) for row in rows[: len(case.values)]]
        ]
        for index, case in enumerate(cases)
    ]


def _answer(case: Case, value: Any, refused: Any) -> Any:
    assert isinstance(refused, bool), f"{case}: refused is {refused!r}"
    if refused:
        assert value is None, f"{case}: refused, but {value!r}"
        return REFUSED
    if not isinstance(case.declaration.type, types.Records) or value is None:
        return value
    fields = [field.path for field in case.declaration.fields]
    return tuple(dict.fromkeys(fields) if item is None else {each: item.get(each) for each in fields} for item in value)


def texts(cases: Sequence[Case]) -> list[tuple[int, *tuple[str | None, ...]]]:
    """Give the rows of the table that holds all columns as texts."""
    longest = max(len(case.values) for case in cases)
    return [
        (row, *(_text(case.values[row]) if row < len(case.values) else None for case in cases))
        for row in range(longest)
    ]


def _text(value: Any) -> str | None:
    match value:
        case None | str():
            return value
        case bool():
            return str(value).lower()
        case Decimal():
            return f"{value:f}"
        case Sequence():
            return json.dumps(value, default=_text)
        case float():
            return repr(value)
        case _:
            return str(value)


def differing(cases: Sequence[Case], answers: Iterable[Sequence[Any]]) -> list[str]:
    """Say what differs from the door, types too: True is 1 in Python."""
    return [
        f"{case} {str(value)[:80]!r}: expected {said!r}, got {got!r}"
        for case, answered in zip(cases, answers, strict=True)
        for value, said, got in zip(case.values, case.expected(), answered, strict=True)
        if (said, type(said)) != (got, type(got))
    ]


# the table


QUANTITIES = (
    *(fact(f"f.{name}") for name in ("n", "big", "followers", "dec1", "dec2", "average", "pct", "pct1", "usd", "fine")),
    *(fact(f"f.{name}") for name in ("jpy", "kwd", "dur", "minutes_on_air", "days", "weeks", "per", "years")),
    declared(types.Number(15), Range(-(10**14), 2**53 - 1), unit_size=10**15),
    declared(types.Number(8), Range(1, 12_345_678), unit_size=10**8),
    declared(types.Number(2), Range(1, 5), unit_size=100),
    declared(types.Number(), Range(1_000, 2_000)),
    declared(types.Number(), Range(-9, -3)),
    declared(types.Number(4), Range(-(2**53) + 1, 2**53 - 1), unit_size=10**4),
    declared(types.Duration(whole_days=True), Range(1, 600_000), unit="weeks", unit_size=604_800),
)
"""Facts that are numbers underneath."""
_SIGNED, _UNSIGNED = "TINYINT SMALLINT INTEGER BIGINT HUGEINT", "UTINYINT USMALLINT UINTEGER UBIGINT UHUGEINT"
_WHOLE = {
    **{name: (-(2 ** (8 * 2**power - 1)), 2 ** (8 * 2**power - 1) - 1) for power, name in enumerate(_SIGNED.split())},
    **{name: (0, 2 ** (8 * 2**power) - 1) for power, name in enumerate(_UNSIGNED.split())},
    "BIGNUM": (-(10**60), 10**60),
}
_DECIMALS = (
    (1, 0), (1, 1), (3, 0), (4, 2), (5, 5), (9, 4), (16, 15), (18, 0), (18, 2), (18, 3), (18, 17), (18, 18), (19, 2),
    (20, 4), (38, 0), (38, 2), (38, 3), (38, 10), (38, 18), (38, 20), (38, 37), (38, 38),
)  # fmt: skip
LITERALS = (
    "0", "-0", "1", "-1", "12", "00", "01", "012", "+1", " 1", "1 ", "1\n", "\n1", "12\r", "1\u2028", "1\x00", "",
    " ", "-", "--1", "1.", ".5", "1.5", "12.0", "12.00", "-1.0", "0.0", "1.6", "0.1", "0.01", "0.001", "1.10",
    "1.100000", "1e3", "1E3", "0x10", "1_000", "1_00", "10_000", "1000_000", "1_000_000", "_100", "100_", "1__000",
    "000_001", "001_000", "1_000.5", "1_000.0", "1,000", "١٢", "1२", "²", "½", "NaN", "inf", "Infinity", "null",
    "true", "9007199254740991", "9007199254740992", "-9007199254740991", "99999999999999999999", "9" * 40, "9" * 500,
    "-" + "9" * 39, "0." + "0" * 60, "12." + "0" * 300, "1." + "0" * 40 + "1", "0." + "0" * 400 + "1",
    "000_" * 20 + "005", "9" * 5_000, "1_000" * 2_000, "1" + "_000" * 9, "0." + "9" * 50, "5%", "5 %", "55%", "2.5%",
    "2.55%", "100%", "101%", "-5.0%", "5%%", "1_000%", "5 followers", "5  followers", "5followers", "5 Followers",
    "5 followers ", "5 follower", "5 views", "2.5 views", "5 USD", "5.00 USD", "5.001 USD", "5.0010 USD",
    "5.0001 USD", "5 usd", "USD 5", "5 EUR", "5\tUSD", "1_000.50 USD", "5 JPY", "5.0 JPY", "0.001 KWD",
    "1000000 USD", "1000000.01 USD", "-1000 USD", "-1000.01 USD",
    *(f"{number} {word}{s}" for number, word, s in product(
        ("1", "60", "90", "3600", "86_400", "604800", "-2", "1.0"),
        ("second", "minute", "hour", "day", "week", "month", "year", "fortnight", "s", "minutes"), ("", "s"),
    )), "1 minute\n", "1 minutess", "1  minute", "1 minute 5 seconds", "PT5M", "9" * 30 + " seconds",
    "52_560_000 minutes",
)  # fmt: skip
_DAYS = (
    "2023-06-06", "2024-02-29", "2023-02-29", "2023-02-30", "1900-02-29", "2023-13-01", "2023-00-10", "2023-01-00",
    "2023-1-1", "23-01-01", " 2023-01-01", "2023-01-01 ", "2023-01-01\n", "2023-01-01T00:00:00", "20230101",
    "2023/01/01", "2023-01-01 00:00:00", "infinity", "-infinity", "epoch", "today", "0000-01-01", "0001-01-01",
    "0000-12-31", "1899-12-31", "1900-01-01", "2199-12-31", "2200-01-01", "9999-12-31", "10000-01-01", "-2023-01-01",
    "2023-01-01 (BC)", "٢٠٢٣-01-01", "2020-01-01", "2019-12-31", "2024-12-31", "2025-01-01", "", "x", "2023-01-32",
    "2023-01-01\x00",
)  # fmt: skip
_CHOICES = ("personal", "Personal", "personal ", "", "media", "business", "gold", "né", "personal\n", "PERSONAL", "red")
_FLOATS = (
    0.0, -0.0, 1.0, -1.0, 0.1, 0.2, 0.1 + 0.2, 0.3, 0.5, 1.5, 1.6, 2.5, 12.0, 0.01, 0.07, 0.29, 1.1, 1.13, 4.35, 8.2,
    55.0, 1e3, 1e15, 1e16, 1e17, 1e22, 1e23, 1e300, -1e300, 1.7976931348623157e308, 5e-324, 1e-5, 1e-7, 1e-15,
    1.5e-15, 1e-16, 1e-20, 1e-300, float("nan"), float("inf"), float("-inf"), 2.0**53, 2.0**53 - 1, 2.0**53 + 2,
    9007199254740991.0, 90071992547409.91, 90071992547409.9, 900719925474.0991, 99999.99, 999999.99, 1000000.0,
    1000000.01, 123456.78, 0.12345678, 0.123456789012345, 0.9999999999999999, 9.007199254740991, 9.007199254740992,
    0.1234567890123456, 1234.5678, 123456.7, 16777216.0, 0.001, 2e-3, 2.2e-3, 1e21, 2e23, 600.0, 600.5,
)  # fmt: skip


def cases() -> Iterator[Case]:
    """Give the whole table."""
    for declaration, type_ in product(QUANTITIES, _WHOLE):
        yield Case(declaration, type_, (None, *_whole_values(declaration, *_WHOLE[type_])))
    for declaration, (digits, places) in product(QUANTITIES, _DECIMALS):
        yield Case(declaration, f"DECIMAL({digits},{places})", (None, *_decimal_values(declaration, digits, places)))
    for declaration in QUANTITIES:
        yield Case(declaration, "VARCHAR", (None, *LITERALS))
        yield Case(declaration, "DOUBLE", (None, *_FLOATS), floats=True)
        yield Case(declaration, "FLOAT", (None, *map(_in_32_bits, _FLOATS)), floats=True)
        yield Case(declaration, '"NULL"', (None,))
    for path in ("f.d", "f.old", "f.recent"):
        yield Case(fact(path), "VARCHAR", (None, *_DAYS))
        yield Case(fact(path), "DATE", (None, *_day_values(fact(path))))
    yield Case(fact("f.a"), "BOOLEAN", (None, True, False))
    yield Case(
        fact("f.a"), "VARCHAR", (None, "true", "false", "True", "TRUE", "t", "1", "0", "", " true", "true\n", "yes")
    )
    for path, type_ in product(("f.c", "f.c4", "f.t", "f.r"), ("VARCHAR", "ENUM('gold', 'it''s', 'media', 'Media')")):
        held = _CHOICES if type_ == "VARCHAR" else ("gold", "it's", "media", "Media")
        yield Case(fact(path), type_, (None, *held))
    yield Case(fact("f.c4"), "ENUM('gold', 'media')", (None, "gold", "media"))
    for path in ("f.a", "f.d", "f.t", "f.c", "f.r", "x.items"):
        yield Case(fact(path), '"NULL"', (None,))
    yield from _list_cases()
    yield from _bounded_cases()


def _list_cases() -> Iterator[Case]:
    items = fact("x.items")
    n = "STRUCT(n BIGINT)"
    one = ([{"n": n}] for n in (0, None, -1_000, -1_001, 1_000_000, 1_000_001))
    odd: tuple[list[Any], ...] = (
        [],
        [None],
        [None, {"n": 1}],
        [{"n": 1}, {"n": None}],
        [{"n": 2}, None, {"n": 9_999_999}],
        [{"n": 3}] * 100,
    )
    yield Case(items, f"{n}[]", (None, *one, *odd, [{"n": 3}] * 101, [None] * 101))
    yield Case(items, f"{n.replace('BIGINT', 'SMALLINT')}[]", (None, [], [None], [{"n": 1}, None], [{"n": -1_001}]))
    yield Case(items, f"{n.replace('BIGINT', 'HUGEINT')}[]", (None, [], [{"n": 2**100}, None], [{"n": -1_000}]))
    yield Case(
        items, f"{n.replace('BIGINT', 'VARCHAR')}[]", (None, [], [{"n": "1_000"}, None], [{"n": "01"}], [{"n": None}])
    )
    yield Case(fact("x.few"), f"{n}[]", (None, [], [{"n": 1}] * 2, [{"n": 1}] * 3, [None] * 3, [{"n": 10**7}]))
    yield Case(items, f"{n.replace('BIGINT', _NULL)}[]", (None, [], [None], [{"n": None}]))
    yield Case(items, f"{_NULL}[]", (None, [], [None], [None] * 100, [None] * 101))
    yield Case(
        items,
        "STRUCT(ok BOOLEAN, note VARCHAR, place VARCHAR)[]",
        (None, [], [{"ok": True, "note": "'", "place": "KR"}, None]),
    )
    everything = (
        'STRUCT(price DECIMAL(9,2), "day" DATE, kind VARCHAR, len INTEGER, share VARCHAR, ok VARCHAR, views BIGINT, '
        "score DECIMAL(38,3), term VARCHAR, big BIGINT)[]"
    )
    right = {
        "price": Decimal("12.50"), "day": date(2024, 2, 29), "kind": "red", "len": 60, "share": "5%", "ok": "true",
        "views": 5, "score": Decimal("1.500"), "term": "2 years", "big": 7,
    }  # fmt: skip
    wrong = {
        "price": Decimal("-0.01"), "day": date(1899, 12, 31), "kind": "Red", "len": -1, "share": "5 %", "ok": "yes",
        "views": -5, "score": Decimal("1.501"), "term": "2 days", "big": 2**60,
    }  # fmt: skip
    ones = [[{**right, name: None}] for name in right] + [[right, {**right, name: bad}] for name, bad in wrong.items()]
    yield Case(items, everything, (None, [], [None], [right], [right, None, right], [dict.fromkeys(right)], *ones))


_NULL = '"NULL"'


def _bounded_cases() -> Iterator[Case]:
    n, d = fact("f.n"), fact("f.recent")
    low, high = n.range.low, n.range.high  # type: ignore[union-attr]
    yield Case(n, "BIGINT", (None, low, 0, high), bounds=Bounds(low, high))
    yield Case(n, "INTEGER", (None, low, 0, high), bounds=Bounds(low, high))
    yield Case(n, "BIGINT", (None, low, 0, high, high + 1), bounds=Bounds(low, high + 1))
    yield Case(n, "BIGINT", (None, low - 1, 0, high), bounds=Bounds(low - 1, None))
    yield Case(n, "BIGINT", (None, high + 1, high + 5), bounds=Bounds(high + 1, high + 5))
    yield Case(n, "BIGINT", (None,), bounds=Bounds(None, None))
    days = (date(2020, 1, 1), date(2024, 12, 31))
    inside = Bounds(*(day.toordinal() for day in days))
    yield Case(d, "DATE", (None, *days), bounds=inside)
    yield Case(d, "DATE", (None, *days, date(2025, 1, 1)), bounds=Bounds(inside.low, days[1].toordinal() + 1))


def _ends(declaration: FactDeclaration) -> tuple[int, int]:
    assert declaration.range is not None
    return declaration.range.low, declaration.range.high


def _whole_values(declaration: FactDeclaration, least: int, greatest: int) -> tuple[int, ...]:
    ends = [end // declaration.unit_size for end in _ends(declaration)]
    near = {end + step for end in (*ends, 0, 2**53, -(2**53), 2**63, 2**64) for step in range(-2, 3)}
    return tuple(sorted(each for each in {*near, least, greatest, 100, 55} if least <= each <= greatest))


def _decimal_values(declaration: FactDeclaration, digits: int, places: int) -> tuple[Decimal, ...]:
    most = 10**digits - 1
    here = 10**places
    ends = [end * here // declaration.unit_size for end in _ends(declaration)]
    finest = max(here // declaration.unit_size, 1)
    middle = sum(ends) // 2 // finest * finest
    steps = {
        end + step * size
        for end in (*ends, middle, 0)
        for size in (1, finest, finest // 10, here, here // 2)
        for step in (-1, 0, 1)
    }
    return tuple(
        decimal(each, places) for each in sorted({*steps, most, -most, here * 55, here + 1}) if abs(each) <= most
    )


def _in_32_bits(value: float) -> float:
    try:
        (narrowed,) = struct.unpack("f", struct.pack("f", value))
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")
    return float(narrowed)


def _day_values(declaration: FactDeclaration) -> tuple[date, ...]:
    ends = [date(1, 1, 1), date(9999, 12, 31), date(2024, 2, 29), date(1970, 1, 1), date(1582, 10, 10)]
    range_ = declaration.range or Range(calendar.FIRST_PROVED_DAY, calendar.LAST_PROVED_DAY)
    for end in (range_.low, range_.high):
        ends += [date.fromordinal(end + step) for step in (-1, 0, 1) if 1 <= end + step <= calendar.LAST_DAY]
    return tuple(ends)


CASES = tuple(cases())
