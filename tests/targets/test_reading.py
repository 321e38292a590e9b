"""What SQL reads from columns of DuckDB is what the door reads from their values; what that refuses is refused."""

from collections.abc import Sequence
from datetime import date
from decimal import Context, Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from drawing import Draw, examples, pick
from policyengine.model import types
from policyengine.model.checked import FactDeclaration
from policyengine.model.errors import InvalidFact
from policyengine.model.ranges import Range
from policyengine.targets.sql import Dialect, column, sql_text
from policyengine.targets.sql.columns import Names
from policyengine.targets.sql.reading import Bounds, Read, column_type, read_column
from reading_cases import CASES, LITERALS, QUANTITIES, Case, asked, declared, differing, fact, texts

HOSTILE = (
    "it's",
    '"quoted" `ticked`',
    "a.b",
    "\\ back",
    "; -- /*",
    "a,b (c) [] <d>",
    "item",
    "x",
    "value",
    "select",
    "Größe",
)
"""Names of fields that have broken somebody's query."""
_EXACT = Context(prec=60)


def _assert_as_the_door(cases: Sequence[Case]) -> None:
    wrong = [
        line
        for start in range(0, len(cases), 20)
        for some in [cases[start : start + 20]]
        for line in differing(some, _answers(some))
    ]
    assert not wrong, f"{len(wrong)} differ:\n" + "\n".join(wrong[:10])


def _answers(cases: Sequence[Case]) -> list[list[Any]]:
    names = [f"c{index}" for index in range(len(cases))]
    with duckdb.connect() as connection:
        rows = list(zip(*texts(cases), strict=True))
        connection.execute(f"CREATE TABLE written (row BIGINT, {', '.join(f'{name} VARCHAR' for name in names)})")
        marks = ", ".join(["unnest(?)"] * len(rows))
        connection.execute(f"INSERT INTO written SELECT {marks}", [*map(list, rows)])
        typed = [
            f"CAST({f'CAST({name} AS JSON)' if case.type.endswith(']') else name} AS {case.type}) AS {name}"
            for name, case in zip(names, cases, strict=True)
        ]
        connection.execute(f"CREATE TABLE given AS SELECT row, {', '.join(typed)} FROM written")  # noqa: S608 -- types
        said = connection.table("given").types[1:]

        def run(query: str) -> list[Any]:
            found = connection.execute(query)
            assert found.description is not None
            types_ = {str(type_) for _, type_, *_ in found.description}
            assert all(type_ in {"BIGINT", "BOOLEAN", "VARCHAR"} or type_.endswith("]") for type_ in types_), types_
            return found.fetchall()

        return asked(cases, Dialect.DUCKDB, [str(type_) for type_ in said], run)


def _read(declaration: FactDeclaration, type_: str, dialect: Dialect = Dialect.DUCKDB, **more: Any) -> Read:
    names = Names({"x", *more.pop("taken", ())})
    return read_column(declaration, column("x"), column_type(type_, dialect), dialect=dialect, names=names, **more)


# values


def test_every_value_of_the_table_is_read_as_the_door_reads_it() -> None:
    _assert_as_the_door(CASES)


def test_the_table_holds_values_that_are_read_and_values_that_are_refused() -> None:
    said = [str(type(value)) for case in CASES for value in case.expected()]

    assert min(said.count(kind) for kind in ("<class 'int'>", "<class 'object'>")) >= 5_000


@pytest.mark.fuzz
def test_texts_that_are_nearly_literals_are_read_as_the_door_reads_them() -> None:
    found: set[str] = set()

    @examples(1_500)
    @given(st.composite(_nearly_literals)())
    def collect(text: str) -> None:
        found.add(text)

    collect()
    held = tuple(sorted(found))
    assert len(held) >= 1_000
    _assert_as_the_door([Case(declaration, "VARCHAR", held) for declaration in QUANTITIES])


_TOKENS = ("-", "0", "1", "7", "12", "999", "_", "_000", ".", ".0", ".50", "%", " ", "  ", "\n", "s", "+", "e5", "٣",
           "USD", "followers", "views", "minute", "minutes", "days", "weeks", "month", "years")  # fmt: skip


def _nearly_literals(draw: Draw) -> str:
    """Give a literal with some places changed, or tokens in a row."""
    if draw(st.booleans()):
        return "".join(draw(st.lists(st.sampled_from(_TOKENS), max_size=6)))
    text = pick(draw, [literal for literal in LITERALS if len(literal) < 30])
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, len(text)))
        text = text[:place] + draw(st.sampled_from(("", *_TOKENS))) + text[place + draw(st.integers(0, 1)) :]
    return text


@pytest.mark.fuzz
def test_numbers_are_read_as_the_door_reads_them() -> None:
    cases: list[Case] = []

    @examples(150)
    @given(st.data())
    def collect(data: st.DataObject) -> None:
        declaration = data.draw(st.sampled_from(QUANTITIES))
        digits = data.draw(st.integers(1, 38))
        places = data.draw(st.integers(0, digits))
        assert declaration.range is not None
        near = Decimal(data.draw(st.sampled_from((declaration.range.low, declaration.range.high, 0))))
        steps = data.draw(st.lists(st.integers(1 - 10**digits, 10**digits - 1), max_size=10))
        steps += [
            int(near / declaration.unit_size * 10**places) + step * 10**power
            for step in data.draw(st.lists(st.integers(-9, 9), max_size=10))
            for power in (0, data.draw(st.integers(0, places)))
        ]
        held = tuple(Decimal(each).scaleb(-places, _EXACT) for each in steps if abs(each) < 10**digits)
        cases.append(Case(declaration, f"DECIMAL({digits},{places})", held or (None,)))
        floats = tuple(map(float, held)) + tuple(data.draw(st.lists(st.floats(), max_size=5)))
        cases.append(Case(declaration, "DOUBLE", floats or (None,), floats=True))

    collect()
    _assert_as_the_door(cases)


def test_days_that_python_lacks_are_refused() -> None:
    days = ("infinity", "-infinity", "290000-01-01", "10000-01-01", "0001-12-31 (BC)")
    for path in ("f.d", "f.old"):
        read = _read(fact(path), "DATE")
        assert read.refused is not None
        query = exp.select(read.value, read.refused).from_(exp.to_table("given"))
        with duckdb.connect() as connection:
            connection.execute("CREATE TABLE given AS SELECT CAST(unnest(?) AS DATE) AS x", [days])
            found = connection.execute(sql_text(query, Dialect.DUCKDB)).fetchall()

        assert found == [(None, True)] * len(days)


# lists


@pytest.mark.parametrize("name", HOSTILE)
def test_a_field_is_itself_whatever_it_is_called(name: str) -> None:
    number = FactDeclaration(name, types.Number(), fact("f.n").span, Range(0, 5))
    listed = declared(types.Records(((name, types.Number()),), None, 3), fields=(number,))
    quoted = column(name).sql("duckdb")
    for type_ in ("BIGINT", "INTEGER", "VARCHAR"):
        with duckdb.connect() as connection:
            # a table and a column called like what the reading binds
            connection.execute(f"CREATE TABLE item (x STRUCT({quoted} {type_})[], item STRUCT({quoted} BIGINT))")
            connection.execute("INSERT INTO item SELECT [ROW(unnest(['1', '5', '6']))], NULL")
            read = _read(listed, str(connection.table("item").types[0]), taken={"item"})
            assert read.refused is not None
            query = exp.select(read.value, read.refused).from_(exp.to_table("item"))
            found = connection.execute(sql_text(query, Dialect.DUCKDB)).fetchall()

        assert read.fields == (name,)
        assert found == [([{name: 1}], False), ([{name: 5}], False), (None, True)]


def test_fields_that_are_not_declared_are_refused_by_name_unless_asked_otherwise() -> None:
    with pytest.raises(InvalidFact, match=r"x\.items\.len_: no such field is declared; did you mean `len`\?"):
        _read(fact("x.items"), "STRUCT(n BIGINT, len_ BIGINT)[]")
    with pytest.raises(InvalidFact, match=r"x\.few\.zzz: no such field is declared; expected one of n"):
        _read(fact("x.few"), "STRUCT(zzz BIGINT)[]")
    with pytest.raises(InvalidFact, match=r"x\.few\.N: no such field"):
        _read(fact("x.few"), "STRUCT(N BIGINT)[]")

    assert _read(fact("x.few"), "STRUCT(zzz BIGINT, n BIGINT)[]", ignore_extras=True).fields == ("n",)
    assert _read(fact("x.few"), "STRUCT(zzz BIGINT)[]", ignore_extras=True).fields == ()


# what a column cannot hold


@pytest.mark.parametrize(
    ("path", "type_", "said"),
    [
        ("f.a", "BIGINT", "f.a: a column of type BIGINT will not do; expected a BOOLEAN column, or texts `true` and"),
        ("f.n", "BOOLEAN", "f.n: a column of type BOOLEAN will not do; expected a column of whole numbers or DECIMALs"),
        ("f.n", "DATE", "will not do"),
        ("f.n", "BLOB", "a column of type BLOB"),
        ("f.n", "ENUM('1', '2')", "will not do"),
        ("f.n", "DOUBLE", "f.n: a column of type DOUBLE holds binary fractions"),
        ("f.usd", "FLOAT", "type FLOAT holds .*; `floats=True` reads them"),
        ("f.days", "INTERVAL", "expected whole numbers of days, or texts such as `30 days`"),
        ("f.per", "INTERVAL", "will not do"),
        ("f.n", "BIGINT[]", "will not do"),
        ("f.d", "TIMESTAMP", "a column of type TIMESTAMP will not do; expected a DATE column.*; cast it to a DATE"),
        ("f.d", "TIMESTAMP WITH TIME ZONE", "WITH TIME ZONE will not do.*; cast it to a DATE"),
        ("f.d", "TIMESTAMP_NS", "cast it to a DATE"),
        ("f.d", "BIGINT", "expected a DATE column, or texts such as `2023-06-06`$"),
        ("f.t", "BIGINT", "expected a column of texts"),
        ("f.t", "JSON", "will not do"),
        ("f.t", "UUID", "will not do"),
        ("f.c", "BOOLEAN", "expected a column of texts"),
        ("f.r", "MAP(VARCHAR, INTEGER)", "expected a column of texts"),
        ("f.t", "a type of somebody", "a column of type a type of somebody will not do"),
        ("x.few", "BIGINT[]", r"x.few: a column of type BIGINT\[\] .*; expected a list of structs with fields n"),
        ("x.few", "STRUCT(n BIGINT)", "will not do"),
        ("x.few", "STRUCT(n BIGINT)[][]", "will not do"),
        ("x.few", "VARCHAR", "expected a list of structs"),
        ("x.few", "MAP(VARCHAR, BIGINT)", "expected a list of structs"),
        ("x.few", "STRUCT(n BOOLEAN)[]", "x.few.n: a column of type BOOLEAN will not do"),
        ("x.few", "STRUCT(n DOUBLE)[]", "x.few.n: a column of type DOUBLE holds binary fractions"),
    ],
)  # fmt: skip
def test_a_type_that_cannot_hold_the_fact_is_refused_at_once(path: str, type_: str, said: str) -> None:
    with pytest.raises(InvalidFact, match=said):
        _read(fact(path), type_)


@pytest.mark.parametrize("type_", ["timestamp", "timestamp_ntz", "interval day", "binary", "string collate UTF8_LCASE"])
def test_types_of_spark_that_hold_no_fact_are_refused_at_once(type_: str) -> None:
    for path in ("f.n", "f.days", "f.d", "f.t", "f.c"):
        with pytest.raises(InvalidFact, match=f"a column of type {type_} will not do"):
            _read(fact(path), type_, Dialect.SPARK)


# types of columns


@pytest.mark.parametrize(
    "written",
    [
        "BIGINT",
        "DECIMAL(18,2)[]",
        '"NULL"',
        '"NULL"[]',
        "ENUM('a', 'it''s', '[]', 'x,y')",
        'STRUCT(a BIGINT, "b c" VARCHAR, "q""q" "NULL", "x,y" DECIMAL(9,2), "(" ENUM(\'(,\'))[]',
        "STRUCT(a STRUCT(b BIGINT[])[3])[]",
    ],
)
def test_types_of_duckdb_are_understood_as_it_writes_them(written: str) -> None:
    without = {'"NULL"': "NULL", '"NULL"[]': "[]"}
    with duckdb.connect() as connection:
        connection.execute(f"CREATE VIEW given AS SELECT {without.get(written, f'CAST(NULL AS {written})')} AS x")
        (said,) = connection.view("given").types

    assert str(said) == written
    assert _described(column_type(written, Dialect.DUCKDB)) == written.replace('"NULL"', "NULL")


def _described(type_: exp.DataType) -> str:
    """Write a type again, as DuckDB does."""
    match type_.this:
        case exp.DType.ARRAY:
            size = "[3]" if str(type_.meta["written"]).endswith("[3]") else "[]"
            return _described(type_.expressions[0]) + size
        case exp.DType.STRUCT:
            fields = [f"{_called(each)} {_described(each.args['kind'])}" for each in type_.expressions]
            return f"STRUCT({', '.join(fields)})"
        case _:
            return type_.sql("duckdb").replace("TEXT", "VARCHAR").replace(", 2)", ",2)")


def _called(field: exp.ColumnDef) -> str:
    return field.name if field.name.isidentifier() else field.this.sql("duckdb")


@pytest.mark.parametrize(
    ("written", "fields"),
    [
        ("array<struct<videos:bigint>>", {"videos": "BIGINT"}),
        ("array<struct<a b:bigint,c:decimal(9,2)>>", {"a b": "BIGINT", "c": "DECIMAL(9, 2)"}),
        ("array<struct<c:decimal(9,2),d:array<int>>>", {"c": "DECIMAL(9, 2)", "d": "ARRAY<INT>"}),
        ("array<struct<`a:b`:void,`q``,q`:string>>", {"a:b": "NULL", "q`,q": "STRING"}),
        ("array<struct<it's:date,\"q:timestamp_ntz>>", {"it's": "DATE", '"q': "TIMESTAMP_NTZ"}),
        ("array<struct<>>", {}),
    ],
)  # fmt: skip
def test_types_of_spark_are_understood_as_it_writes_them(written: str, fields: dict[str, str]) -> None:
    (struct,) = column_type(written, Dialect.SPARK).expressions

    assert {field.name: field.args["kind"].sql("spark") for field in struct.expressions} == fields


# text


def _printed(read: Read, dialect: Dialect = Dialect.DUCKDB) -> tuple[str, str | None]:
    return sql_text(read.value, dialect), None if read.refused is None else sql_text(read.refused, dialect)


@pytest.mark.parametrize(
    ("path", "type_", "value", "refused"),
    [
        (
            "f.n",
            "BIGINT",
            'CASE WHEN "x" BETWEEN -1000 AND 1000000 THEN "x" END',
            'COALESCE(NOT "x" BETWEEN -1000 AND 1000000, FALSE)',
        ),
        ("f.n", "UTINYINT", 'CAST("x" AS BIGINT)', None),
        (
            "f.followers",
            "UBIGINT",
            'CASE WHEN "x" <= 10000000000 THEN CAST("x" AS BIGINT) END',
            'COALESCE(NOT "x" <= 10000000000, FALSE)',
        ),
        (
            "f.usd",
            "DECIMAL(14,2)",
            'CASE WHEN "x" BETWEEN -1000.00 AND 1000000.00 THEN CAST("x" * 100 AS BIGINT) END',
            'COALESCE(NOT "x" BETWEEN -1000.00 AND 1000000.00, FALSE)',
        ),
        (
            "f.recent",
            "DATE",
            (
                "CASE WHEN \"x\" BETWEEN CAST('2020-01-01' AS DATE) AND CAST('2024-12-31' AS DATE) "
                "THEN CAST(DATE_DIFF('DAY', CAST('0001-01-01' AS DATE), \"x\") AS BIGINT) + 1 END"
            ),
            "COALESCE(NOT \"x\" BETWEEN CAST('2020-01-01' AS DATE) AND CAST('2024-12-31' AS DATE), FALSE)",
        ),
        ("f.a", "BOOLEAN", '"x"', None),
        ("f.t", "VARCHAR", '"x"', None),
        ("f.r", "VARCHAR", '"x"', None),
        (
            "f.c3",
            "VARCHAR",
            'CASE WHEN ("x" = \'gold\' OR "x" = \'silver\') THEN "x" END',
            "COALESCE(NOT (\"x\" = 'gold' OR \"x\" = 'silver'), FALSE)",
        ),
        (
            "x.few",
            "STRUCT(n SMALLINT)[]",
            (
                'CASE WHEN NOT COALESCE(ARRAY_LENGTH("x") > 2 OR ARRAY_LENGTH(LIST_FILTER("x", LAMBDA "item" : '
                'COALESCE(NOT "item"."n" >= -1000, FALSE))) > 0, FALSE) THEN LIST_TRANSFORM("x", LAMBDA "item" : '
                'CASE WHEN "item" IS NOT NULL THEN '
                '{\'n\': CASE WHEN "item"."n" >= -1000 THEN CAST("item"."n" AS BIGINT) END} END) END'
            ),
            (
                'COALESCE(ARRAY_LENGTH("x") > 2 OR ARRAY_LENGTH(LIST_FILTER("x", LAMBDA "item" : '
                'COALESCE(NOT "item"."n" >= -1000, FALSE))) > 0, FALSE)'
            ),
        ),
    ],
)
def test_plain_columns_are_read_by_little(path: str, type_: str, value: str, refused: str | None) -> None:
    assert _printed(_read(fact(path), type_)) == (value, refused)


def test_what_statistics_promise_is_not_tested() -> None:
    n, low, high = fact("f.n"), -1_000, 1_000_000

    assert _printed(_read(n, "BIGINT", bounds=Bounds(low, high))) == ('"x"', None)
    assert _printed(_read(n, "HUGEINT", bounds=Bounds(0, 5))) == ('CAST("x" AS BIGINT)', None)
    assert _printed(_read(n, "BIGINT", bounds=Bounds(low, None)))[0] == 'CASE WHEN "x" <= 1000000 THEN "x" END'
    inside = Bounds(date(2020, 1, 1).toordinal(), date(2024, 12, 31).toordinal())
    assert _read(fact("f.recent"), "DATE", bounds=inside).refused is None


def test_lists_that_are_right_as_they_are_stay_the_column() -> None:
    read = _read(fact("x.items"), "STRUCT(n BIGINT, ok BOOLEAN, note VARCHAR, kind VARCHAR)[]")

    assert read.as_is
    assert sql_text(read.value, Dialect.DUCKDB).endswith('THEN "x" END')


def test_spark_tries_where_it_would_raise_and_its_patterns_end_at_the_end() -> None:
    value, refused = _printed(_read(fact("f.n"), "string", Dialect.SPARK), Dialect.SPARK)

    assert value.startswith("CASE WHEN `x` RLIKE '^(-?(0|[1-9][0-9]*))\\\\z' AND TRY_CAST(`x` AS BIGINT) BETWEEN")
    assert " CAST(" not in value
    assert refused == f"(`x` IS NULL) <> ({value} IS NULL)"
