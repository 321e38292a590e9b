"""A table of any kind is read exactly, and its answer comes as what it was, its rows in their order."""

import datetime
import gzip
import json
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from policyengine.batch import TableOptions
from policyengine.model.errors import InvalidFact, InvalidTable
from questions import shipped

ON = datetime.date(2024, 6, 1)
MANY = 500_000
CODES = ("KR", "US", "ID", "ZA", None, "world", "ZZ")
LIMITS: TableOptions = {"check": "limits", "region": "KR"}
JOINING: TableOptions = {"check": "eligibility", "region": "KR"}


def rows(answer: Any) -> list[dict[str, Any]]:
    """Give the rows of an answer of any kind."""
    match answer:
        case duckdb.DuckDBPyRelation():
            return [dict(zip(answer.columns, row, strict=True)) for row in answer.fetchall()]
        case pd.DataFrame():
            return [{str(name): value for name, value in row.items()} for row in answer.to_dict("records")]
        case pl.DataFrame():
            return answer.to_dicts()
        case _:
            listed: list[dict[str, Any]] = answer.to_pylist()
            return listed


def decided(source: Any, options: TableOptions) -> list[dict[str, Any]]:
    return rows(shipped().decide_table("series", source, on=ON, **options))


# in kind


def _people() -> pa.Table:
    regions = [CODES[number % len(CODES)] for number in range(50)]
    followers = [number * 1_000 if number % 3 else None for number in range(50)]
    opened = [datetime.date(2024, 1, 1) + datetime.timedelta(days=5 * number) for number in range(50)]
    return pa.table(
        {
            "id": pa.array(range(50)),
            "region": regions,
            "followers": pa.array(followers, pa.int64()),
            "account_opened": opened,
            "sold_elsewhere": [bool(number % 2) for number in range(50)],
        }
    )


def _text(path: Path, write: Callable[[Path], object]) -> str:
    write(path)
    return str(path)


def _lines(path: Path) -> None:
    path.write_text("".join(json.dumps(row, default=str) + "\n" for row in _people().to_pylist()), "utf-8")


def _array(path: Path) -> None:
    path.write_text(json.dumps(_people().to_pylist(), default=str), "utf-8")


def _nested(path: Path) -> None:
    lines = (
        {"id": row["id"], "creator": {name: row[name] for name in row if name != "id"}} for row in _people().to_pylist()
    )
    path.write_text("".join(json.dumps(line, default=str) + "\n" for line in lines), "utf-8")


def _many(path: Path) -> None:
    for start in range(0, 50, 10):
        pq.write_table(_people().slice(start, 10), path.with_name(f"part-{start}.parquet"))


def _relation() -> duckdb.DuckDBPyRelation:
    return duckdb.connect().from_arrow(_people())


Kind = Callable[[Path], Any]
KINDS: dict[str, tuple[Kind, type]] = {
    "Arrow": (lambda _: _people(), pa.Table),
    "Arrow batch": (lambda _: _people().to_batches()[0], pa.Table),
    "Arrow reader": (lambda _: _people().to_reader(), pa.Table),
    "pandas": (lambda _: _people().to_pandas().astype({"followers": "Int64"}), pd.DataFrame),
    "pandas of Arrow": (lambda _: _people().to_pandas(types_mapper=pd.ArrowDtype), pd.DataFrame),
    "pandas of categories": (
        lambda _: _people().to_pandas().astype({"followers": "Int64", "region": "category"}), pd.DataFrame,
    ),
    "Polars": (lambda _: pl.DataFrame(_people()), pl.DataFrame),
    "Polars, lazy": (lambda _: pl.DataFrame(_people()).lazy(), pl.DataFrame),
    "Polars of categories": (
        lambda _: pl.DataFrame(_people()).with_columns(pl.col("region").cast(pl.Categorical)), pl.DataFrame,
    ),
    "relation": (lambda _: _relation(), duckdb.DuckDBPyRelation),
    "Parquet": (lambda at: _text(at / "a.parquet", lambda p: pq.write_table(_people(), p)), duckdb.DuckDBPyRelation),
    "Path": (lambda at: Path(_text(at / "a.parquet", lambda p: pq.write_table(_people(), p))), duckdb.DuckDBPyRelation),
    "files": (lambda at: _text(at / "*.parquet", _many), duckdb.DuckDBPyRelation),
    "CSV": (
        lambda at: _text(at / "a.csv", lambda p: _people().to_pandas().astype({"followers": "Int64"})
                         .replace({True: "true", False: "false"}).to_csv(p, index=False)),
        duckdb.DuckDBPyRelation,
    ),
    "JSON lines": (lambda at: _text(at / "a.jsonl", _lines), duckdb.DuckDBPyRelation),
    "JSON": (lambda at: _text(at / "a.json", _array), duckdb.DuckDBPyRelation),
    "nested JSON": (lambda at: _text(at / "a.ndjson", _nested), duckdb.DuckDBPyRelation),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_is_what_the_table_was_and_says_the_same(kind: str, tmp_path: Path) -> None:
    make, type_ = KINDS[kind]
    expected = shipped().decide_table("series", _people(), on=ON, check="eligibility").to_pylist()

    answer = shipped().decide_table("series", make(tmp_path), on=ON, check="eligibility")

    assert isinstance(answer, type_)
    got = sorted(rows(answer), key=lambda row: int(row["id"]))
    compared = ("invalid", "eligibility_outcome", "eligibility_policy")
    assert [{name: row[name] for name in compared} for row in got] == [
        {name: row[name] for name in compared} for row in expected
    ]
    listed = [[None if row[name] is None else list(row[name]) for name in _LISTS] for row in got]
    assert listed == [[row[name] for name in _LISTS] for row in expected]
    assert {row["eligibility_outcome"] for row in expected} == {"invalid", "unmet", "unknown"}


_LISTS = ("eligibility_unmet", "eligibility_unknown")


@pytest.mark.parametrize("kind", ["Arrow", "pandas", "Polars", "relation"])
def test_rows_stay_in_order_however_few_or_many(kind: str) -> None:
    for many in (1, 7, 300, 3_000, MANY):
        code = pa.array([CODES[number * number % len(CODES)] for number in range(many)])
        table = pa.table({"id": pa.array(range(many)), "region": code})
        kinds: dict[str, Callable[[pa.Table], Any]] = {
            "Arrow": lambda table: table,
            "pandas": pa.Table.to_pandas,
            "Polars": pl.DataFrame,
            "relation": duckdb.connect().from_arrow,
        }
        source = kinds[kind](table)

        answer = shipped().decide_table("series", source, on=ON, check="limits", keep=["id", "region"])

        ids = answer.project("id").fetchall() if kind == "relation" else answer["id"]
        assert [_number(each) for each in ids] == list(range(many))


def _number(each: Any) -> int:
    if isinstance(each, tuple):
        return int(each[0])
    return int(each.as_py()) if isinstance(each, pa.Scalar) else int(each)


def test_a_caller_s_own_connection_keeps_its_tables_and_its_earlier_answers() -> None:
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE source AS SELECT 'KR' AS region, 20000::BIGINT AS followers, 1 AS id")
        connection.execute("CREATE TABLE given AS SELECT 'KR' AS region, 5::BIGINT AS followers, 2 AS id")
        first, second = (
            shipped().decide_table("series", connection.table(name), on=ON, **JOINING) for name in ("source", "given")
        )

        assert [row["eligibility_unmet"] for row in rows(second)] == [["followers"]]
        assert [row["eligibility_unmet"] for row in rows(first)] == [[]]
        assert connection.table("source").fetchall() == [("KR", 20_000, 1)]
        assert connection.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall() == []


def test_an_answer_that_is_a_relation_goes_on_as_one() -> None:
    answer = shipped().decide_table("series", _relation(), on=ON, check="eligibility")

    (count,) = answer.filter("eligibility_outcome = 'invalid'").aggregate("count(*)").fetchall()[0]

    assert count == 7


# exactly


def _prices(write: Callable[[Sequence[str]], str], path: Path) -> list[tuple[str, list[str] | None]]:
    texts = ["189.99", "190.00", "0.99", "0.989", "0.98", "012", " 12 ", "1e1", "", "189.990"]
    path.write_text(write(texts), "utf-8")
    return [(row["limits_outcome"], row["limits_unmet"]) for row in decided(str(path), LIMITS)]


def test_prices_of_csv_are_exact_and_what_is_no_number_is_invalid(tmp_path: Path) -> None:
    found = _prices(lambda texts: "price\n" + "".join(f'"{text}"\n' for text in texts), tmp_path / "a.csv")

    invalid, fitting = ("invalid", None), ("unknown", list[str]())
    assert found == [
        fitting, ("unmet", ["price"]), fitting, invalid, ("unmet", ["price"]), invalid, invalid, invalid, *found[8:9],
        fitting,
    ]  # fmt: skip


def test_prices_of_json_are_exact_whether_numbers_or_texts(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    prices = ("189.99", '"189.99"', "190", '"190 USD"', "0.99", "0.989", "null", "true", "[1]", "1e1")
    path.write_text("".join(f'{{"price": {each}}}\n' for each in prices), "utf-8")

    found = [(row["limits_outcome"], row["limits_unmet"]) for row in decided(str(path), LIMITS)]

    fitting, dear, invalid = ("unknown", list[str]()), ("unmet", ["price"]), ("invalid", None)
    assert found[:9] == [fitting, fitting, dear, dear, fitting, invalid, fitting, invalid, invalid]


def test_large_whole_numbers_of_json_are_exact(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    numbers = ("9999", "10000", "10000000000", "10000000001", "99999999999999999999", "-1")
    path.write_text("".join(f'{{"followers": {each}}}\n' for each in numbers), "utf-8")

    found = [(row["eligibility_outcome"], row["eligibility_unmet"]) for row in decided(str(path), JOINING)]

    enough, invalid = ("unknown", list[str]()), ("invalid", None)
    assert found == [("unknown", ["followers"]), enough, enough, invalid, invalid, invalid]


def test_lists_of_records_are_read_from_json(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    records = (
        {"id": 0, "series": {"videos": [{"length": 60}, {"length": "20 minutes"}], "price": "1 USD"}},
        {"id": 1, "series": {"videos": [{"length": 60}, {"length": 1_201}], "price": "1 USD"}},
        {"id": 2, "series": {"videos": [], "price": "1 USD"}},
        {"id": 3, "series": {"videos": [{"length": None}, None], "price": "1 USD"}},
        {"id": 4, "series": {"price": "1 USD"}},
        {"id": 5, "series": {"videos": [{"length": -1}], "price": "1 USD"}},
        {"id": 6, "series": None},
    )
    path.write_text("".join(json.dumps(each) + "\n" for each in records), "utf-8")

    found = {row["id"]: (row["limits_outcome"], row["limits_unmet"]) for row in decided(str(path), LIMITS)}

    assert found == {
        0: ("met", []), 1: ("unmet", ["video_length"]), 2: ("met", []), 3: ("unknown", []), 4: ("unknown", []),
        5: ("invalid", None), 6: ("unknown", []),
    }  # fmt: skip


def test_rows_of_csv_with_quotes_and_line_breaks_are_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('id,"note",followers\n1,"a, ""b""\nc",20000\n2,,\n3,"é",5\n', "utf-8")

    found = decided(str(path), JOINING)

    assert [(row["id"], row["note"]) for row in found] == [("1", 'a, "b"\nc'), ("2", None), ("3", "é")]
    assert ["followers" in row["eligibility_unmet"] for row in found] == [False, False, True]


def test_binary_fractions_of_pandas_are_read_when_asked_for() -> None:
    source = pd.DataFrame({"followers": [20_000, None, 5, 10.5]})

    with pytest.raises(InvalidFact) as refused:
        decided(source, JOINING)
    assert refused.value.fact == "creator.followers"
    found = decided(source, {**JOINING, "floats": True})
    assert [row["eligibility_outcome"] for row in found] == ["unknown", "unknown", "unknown", "invalid"]
    assert [None if row["eligibility_unmet"] is None else list(row["eligibility_unmet"]) for row in found] == [
        [], [], ["followers"], None,
    ]  # fmt: skip


def test_decimals_of_every_kind_are_exact() -> None:
    prices = [Decimal("189.99"), Decimal("190.00"), None]
    frames: list[Any] = [
        pa.table({"price": pa.array(prices, pa.decimal128(10, 2))}),
        pl.DataFrame({"price": prices}, schema={"price": pl.Decimal(10, 2)}),
        pd.DataFrame({"price": prices}),
    ]

    for frame in frames:
        assert [list(row["limits_unmet"]) for row in decided(frame, LIMITS)] == [[], ["price"], []]


# what cannot be read


def _broken(path: Path) -> str:
    path.write_bytes(b"PAR1 this is no such file")
    return str(path)


def _folder(path: Path) -> str:
    path.mkdir()
    return str(path)


def _written(path: Path, text: str) -> str:
    path.write_text(text, "utf-8")
    return str(path)


MISTAKES: dict[str, Callable[[Path], Any]] = {
    "missing Parquet": lambda at: str(at / "none.parquet"),
    "missing CSV": lambda at: str(at / "none.csv"),
    "missing JSON": lambda at: str(at / "none.json"),
    "missing folder": lambda at: str(at / "none" / "*.parquet"),
    "folder": str,
    "folder that is called as a file": lambda at: _folder(at / "a.parquet"),
    "empty pattern": lambda at: str(at / "*.parquet"),
    "broken Parquet": lambda at: _broken(at / "a.parquet"),
    "empty Parquet": lambda at: _written(at / "a.parquet", ""),
    "broken JSON": lambda at: _written(at / "a.json", '[{"a": 1}, {"a":'),
    "JSON of a number": lambda at: _written(at / "a.json", "5"),
    "JSON of numbers": lambda at: _written(at / "a.json", "[1, 2]"),
    "empty JSON": lambda at: _written(at / "a.json", ""),
    "broken line of JSON": lambda at: _written(at / "a.jsonl", '{"a": 1}\n{"a": \n{"a": 2}\n'),
    "CSV that names a column twice": lambda at: _written(at / "a.csv", "a,b,A\n1,2,3\n"),
    "CSV that does not name a column": lambda at: _written(at / "a.csv", "a,,b\n1,2,3\n"),
    "CSVs of different columns": lambda at: (
        _written(at / "a.csv", "a,b\n") and _written(at / "b.csv", "b,a\n") and str(at / "*.csv")
    ),
    "empty CSV": lambda at: _written(at / "a.csv", ""),
    "Excel": lambda at: _written(at / "a.xlsx", ""),
    "no extension": lambda at: _written(at / "a", "a,b\n"),
    "no path": lambda _: "",
    "address": lambda _: "https://example.invalid/a.parquet",
    "number": lambda _: 5,
    "dict": lambda _: {"region": ["KR"]},
    "pandas series": lambda _: pd.Series([1]),
    "Polars series": lambda _: pl.Series([1]),
    "Arrow array": lambda _: pa.array([1]),
    "empty frame": lambda _: pd.DataFrame(),
}


RAGGED = {
    "long row": "followers,b\n1,2\n3,4,5\n",
    "short row": "followers,b\n1,2\n3\n",
    "short rows": "followers,b\n1\n2\n",
    "open quote": 'followers,b\n1,"2\n',
    "quote inside": 'followers,b\n1,2\n"3"4,5\n',
    "long row far below": "followers,b\n" + "1,2\n" * 100_000 + "1,2,3\n",
}


@pytest.mark.parametrize("text", RAGGED.values(), ids=RAGGED)
def test_a_row_that_does_not_fit_its_header_is_never_left_out(text: str, tmp_path: Path) -> None:
    answer = shipped().decide_table("series", _written(tmp_path / "a.csv", text), on=ON)

    with pytest.raises(duckdb.InvalidInputException, match="CSV Error on Line"):
        answer.fetchall()


def test_rows_above_those_that_look_alike_are_not_left_out(tmp_path: Path) -> None:
    text = "followers,note\n" + "".join(f"{number},\n" for number in range(3_000)) + "1,x\n" * 3_000

    found = decided(_written(tmp_path / "a.csv", text), {"region": "KR"})

    assert len(found) == 6_000


@pytest.mark.parametrize(("name", "separator"), [("a.csv", ","), ("a.csv", ";"), ("a.tsv", "\t"), ("a.csv", "\t")])
def test_columns_of_csv_stand_apart_by_what_the_header_has(name: str, separator: str, tmp_path: Path) -> None:
    text = "\ufefffollowers,note\r\n20000,x\r\n".replace(",", separator)

    (found,) = decided(_written(tmp_path / name, text), JOINING)

    assert (found["note"], found["eligibility_unmet"]) == ("x", [])


def test_compressed_files_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"followers,note\n20000,x\n"))

    assert decided(str(path), JOINING)[0]["eligibility_unmet"] == []


@pytest.mark.parametrize("mistake", MISTAKES)
def test_what_is_no_table_is_refused_in_words(mistake: str, tmp_path: Path) -> None:
    source = MISTAKES[mistake](tmp_path)

    with pytest.raises(InvalidTable) as refused:
        rows(shipped().decide_table("series", source, on=ON))

    assert "\n" not in str(refused.value)
