"""Tables in DuckDB: files, frames and relations are opened here, and statements are run. DuckDB's home.

Reads: a path or a pattern of Parquet, CSV or JSON files, an Arrow table, a pandas or Polars frame, a relation.
Gives: `Opened`, a relation with what is known of its columns; answers in kind.
"""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import duckdb

from policyengine.batch.matching import Schema, refuse_alike
from policyengine.batch.plans import Day, TableOptions, TablePlan, plan_table
from policyengine.decide import Policies
from policyengine.model.errors import InvalidTable
from policyengine.targets.sql import Bounds, Dialect, column_type

TABLE = "source"
"""What a statement calls the table that it reads."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A table that can be read; `in_kind` turns an answer into what the table came as.

    `connection` is our own; None for a caller's relation, which has its own. `ordered` says that an answer's rows must
    stand in the table's order: it is sorted for that, because joins of DuckDB keep none.
    """

    connection: duckdb.DuckDBPyConnection | None
    relation: duckdb.DuckDBPyRelation
    in_kind: Callable[[duckdb.DuckDBPyRelation], Any]
    bounds: Mapping[str, Bounds] = field(default_factory=dict)
    ordered: bool = False

    @property
    def schema(self) -> Schema:
        """The types of the columns."""
        pairs = zip(self.relation.columns, self.relation.types, strict=True)
        return {name: column_type(str(type_), Dialect.DUCKDB) for name, type_ in pairs}

    def query(self, sql: str) -> duckdb.DuckDBPyRelation:
        """Ask a statement of the table, lazily."""
        answer = self.relation.query(TABLE, sql)
        assert answer is not None, "a SELECT gives a relation"
        return answer


def open_table(source: Any) -> Opened:
    """Open a table; raises `InvalidTable` for what is none, or cannot be read."""
    if isinstance(source, duckdb.DuckDBPyRelation):
        return Opened(None, source, lambda answer: answer, ordered=True)
    if isinstance(source, str | Path):
        return open_files(duckdb.connect(), str(source))
    kind = type(source).__module__.partition(".")[0]
    connection = duckdb.connect()
    if kind == "pyarrow" and hasattr(source, "schema"):
        relation = _frame(connection.from_arrow, source, source.schema.names)
        return Opened(connection, relation, lambda answer: answer.to_arrow_table(), ordered=True)
    if kind == "pandas" and hasattr(source, "columns"):
        relation = _frame(connection.from_df, source, source.columns)
        return Opened(connection, relation, lambda answer: answer.df(), ordered=True)
    if kind == "polars" and type(source).__name__ in {"DataFrame", "LazyFrame"}:
        frame = source.collect() if hasattr(source, "collect") else source
        relation = _frame(connection.from_arrow, frame.to_arrow(), frame.columns)
        return Opened(connection, relation, lambda answer: answer.pl(), ordered=True)
    raise InvalidTable(
        f"{type(source).__name__} is no table",
        "a path of Parquet, CSV or JSON files, an Arrow table, a pandas or Polars frame, a DuckDB relation, "
        "a Spark DataFrame",
    )


def _frame(
    opened: Callable[[Any], duckdb.DuckDBPyRelation], frame: Any, names: Iterable[object]
) -> duckdb.DuckDBPyRelation:
    """Open a frame; its columns must differ by more than capitals, or DuckDB would rename one without a word."""
    refuse_alike(str(name) for name in names)
    try:
        return opened(frame)
    except duckdb.Error as error:
        raise InvalidTable(f"this {type(frame).__name__} is no table: {_said(error)}") from None


def copy_to(table: Opened, sql: str, target: Path, format_: str, progress: Callable[[float], None]) -> None:
    """Write what a statement gives to a file. An interrupt of the main thread stops the query at once."""
    assert table.connection is not None, "files are opened by us"
    connection = table.connection
    table.relation.create_view(TABLE)
    _watched(connection, lambda: connection.execute(f"COPY ({sql}) TO ? ({format_})", [str(target)]), progress)


def fetched(table: Opened, sql: str, progress: Callable[[float], None]) -> list[tuple[Any, ...]]:
    """Give the rows of a statement that gives few. An interrupt of the main thread stops the query at once."""
    return _watched(table.connection, lambda: table.query(sql).fetchall(), progress)


_Answer = TypeVar("_Answer")


def _watched(
    connection: duckdb.DuckDBPyConnection | None, work: Callable[[], _Answer], progress: Callable[[float], None]
) -> _Answer:
    """Run a query aside and say how far it is, if the connection is our own; an interrupt stops it at once."""
    if connection is not None:
        connection.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false")
    with ThreadPoolExecutor(max_workers=1) as worker:
        running = worker.submit(work)
        try:
            while not wait([running], timeout=_TICK).done:
                progress(max(connection.query_progress(), 0.0) / 100 if connection is not None else 0.0)
        except BaseException:
            if connection is not None:
                connection.interrupt()
            raise
    try:
        answer = running.result()
    except duckdb.Error as error:
        raise InvalidTable(f"the table cannot be decided: {_said(error)}") from None
    progress(1.0)
    return answer


def parquet_notes(path: str) -> dict[str, str]:
    """Give what a Parquet file, or the first of those that a pattern names, says of itself; a word with its text."""
    rows = duckdb.connect().execute(_NOTES, [path]).fetchall()
    return {key.decode("utf-8", "replace"): value.decode("utf-8", "replace") for key, value in reversed(rows)}


def copy_format(target: Path) -> str:
    """Say how a file is written, by its name; raises `InvalidTable`."""
    found = _WRITERS.get(target.suffix.lower())
    if found is None:
        raise InvalidTable(f"`{target}` is no table by its name", f"a name that ends in {', '.join(_WRITERS)}")
    return found


def count_rows(path: Path, format_: str, columns: Sequence[str]) -> dict[tuple[str | None, ...], int]:
    """Count the rows of a file that was written, by the values of some of its columns."""
    connection = duckdb.connect()
    match format_.partition(" ")[2].partition(",")[0]:
        case "csv":
            relation = connection.read_csv(str(path), header=True, all_varchar=True, max_line_size=_LONGEST)
        case "json":
            relation = connection.read_json(str(path), columns=dict.fromkeys(columns, "VARCHAR"))
        case _:
            relation = connection.read_parquet(str(path))
    names = ", ".join(_quoted(name) for name in columns)
    return {tuple(key): rows for *key, rows in relation.aggregate(f"{names}, count(*)").fetchall()}


def plan_opened(policies: Policies, program: str, table: Opened, on: Day, options: TableOptions) -> TablePlan:
    """Plan the decisions about a table that was opened; raises as `plan_table` does."""
    return plan_table(
        policies,
        program,
        table.schema,
        on,
        options,
        dialect=Dialect.DUCKDB,
        table=TABLE,
        bounds=table.bounds,
        ordered=table.ordered,
    )


def open_files(connection: duckdb.DuckDBPyConnection, path: str) -> Opened:
    """Open a file, or those that a pattern names; raises `InvalidTable`."""
    suffixes = [suffix.lower() for suffix in Path(path).suffixes if suffix.lower() not in _COMPRESSED]
    reader = _READERS.get(suffixes[-1] if suffixes else "")
    if reader is None:
        raise InvalidTable(f"`{path}` is no table by its name", f"a name that ends in {', '.join(_READERS)}")
    try:
        return reader(connection, path)
    except duckdb.IOException as error:
        raise InvalidTable(f"`{path}` cannot be read: {_said(error)}") from None
    except duckdb.Error as error:
        raise InvalidTable(f"`{path}` is no such table: {_said(error)}") from None


def _parquet(connection: duckdb.DuckDBPyConnection, path: str) -> Opened:
    """Read Parquet files; parts of their path such as `region=ZA` are columns."""
    partitioned = any("=" in part for file in _files(connection, path)[:1] for part in Path(file).parent.parts)
    relation = connection.read_parquet(path, hive_partitioning=partitioned)
    _refuse_other_types(connection, path)
    return Opened(connection, relation, lambda answer: answer, _bounds(connection, path))


def _refuse_other_types(connection: duckdb.DuckDBPyConnection, path: str) -> None:
    """Refuse files whose columns differ: DuckDB would read all as those of the first, and round what they hold."""
    found = connection.execute(_TYPES, [path]).fetchall()
    for file, columns in found[1:]:
        other = next(iter(sorted(set(columns) ^ set(found[0][1]))), None)
        if other is not None:
            problem = f"`{file}` has other columns than `{found[0][0]}`: {other}"
            raise InvalidTable(problem, "files with the same columns, of the same types")


def source_files(path: str) -> list[str]:
    """Give the files that a path or a pattern names."""
    return _files(duckdb.connect(), path)


def _files(connection: duckdb.DuckDBPyConnection, path: str) -> list[str]:
    return [str(file) for (file,) in connection.execute("SELECT file FROM glob(?)", [path]).fetchall()]


def _csv(connection: duckdb.DuckDBPyConnection, path: str) -> Opened:
    """Read all columns as texts, by the header alone.

    A guess by the first rows would change what comes later, and leaves out rows above those that look alike.
    """
    files = _files(connection, path)
    if not files:
        raise InvalidTable(f"`{path}` cannot be read: there is no such file")
    separator, names = _header(connection, files[0])
    for file in files[1:]:
        if _header(connection, file) != (separator, names):
            raise InvalidTable(f"`{file}` has other columns than `{files[0]}`", "files with the same header")
    relation = connection.read_csv(
        path,
        header=True,
        auto_detect=False,
        sep=separator,
        quotechar='"',
        escapechar='"',
        columns=dict.fromkeys(names, "VARCHAR"),
    )
    return Opened(connection, relation, lambda answer: answer)


def _header(connection: duckdb.DuckDBPyConnection, file: str) -> tuple[str, list[str]]:
    """Give what separates the columns of a CSV file, and their names."""
    whole = connection.read_csv(
        file, header=False, auto_detect=False, sep="\x01", quotechar="", escapechar="", columns={"line": "VARCHAR"}
    )
    lines = whole.limit(1).fetchall()
    line = (lines[0][0] if lines else None) or ""
    # what stands in quotes separates nothing: the separator is the one that makes the most columns
    separator = max(",;\t|", key=lambda each: len(next(csv.reader([line], delimiter=each), [])))
    names = next(csv.reader([line], delimiter=separator), [])
    small = [each.casefold() for each in names]
    if not names or "" in names or len(set(small)) < len(small):
        raise InvalidTable(f"`{file}` has no header", "a first line that names every column, each otherwise")
    return separator, names


def _json(connection: duckdb.DuckDBPyConnection, path: str) -> Opened:
    """Read numbers with fractions, days and whatever is mixed as texts, as they stand there.

    The types are looked for in all rows, not in the first ones.
    """
    guessed = connection.read_json(path, sample_size=-1, records="true")
    types = {name: _exact(type_) for name, type_ in zip(guessed.columns, guessed.types, strict=True)}
    return Opened(connection, connection.read_json(path, columns=types), lambda answer: answer)


def _exact(type_: Any) -> str:
    """Give the type with which a JSON value is read as it stands."""
    match type_.id:
        case "list":
            return f"{_exact(type_.children[0][1])}[]"
        case "struct":
            fields = ", ".join(f"{_quoted(name)} {_exact(inner)}" for name, inner in type_.children)
            return f"STRUCT({fields})"
        case "boolean" | "bigint" | "ubigint":
            return str(type_)
        case _:
            return "VARCHAR"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _bounds(connection: duckdb.DuckDBPyConnection, path: str) -> dict[str, Bounds]:
    """Give what the statistics of Parquet files promise of whole numbers and days, in every row group or not at all."""
    rows = connection.execute(_STATISTICS, [path]).fetchall()
    return {name: Bounds(low, high) for name, low, high in rows}


def _said(error: Exception) -> str:
    """Give what DuckDB says is wrong: the first line, and of a CSV line what is wrong with it; not what to set."""
    first, *others = str(error).partition("\nPossible fixes")[0].splitlines()
    reasons = [line.strip() for line in others if line.strip() and not line.startswith("Original Line:")]
    return f"{first}: {reasons[0]}" if "CSV Error" in first and reasons else first


_STATISTICS = """
WITH ends AS (
  SELECT path_in_schema AS name, stats_null_count = num_values AS empty,
    CASE WHEN regexp_full_match(stats_min_value, '-?[0-9]+') THEN TRY_CAST(stats_min_value AS BIGINT) END AS low,
    CASE WHEN regexp_full_match(stats_max_value, '-?[0-9]+') THEN TRY_CAST(stats_max_value AS BIGINT) END AS high,
    CASE WHEN regexp_full_match(stats_min_value, '[0-9-]{10}') THEN TRY_CAST(stats_min_value AS DATE) END AS first_day,
    CASE WHEN regexp_full_match(stats_max_value, '[0-9-]{10}') THEN TRY_CAST(stats_max_value AS DATE) END AS last_day
  FROM parquet_metadata(?)
  WHERE type IN ('INT32', 'INT64') AND NOT contains(path_in_schema, ', ')
)
SELECT name, min(low), max(high) FROM ends GROUP BY name
HAVING bool_and(empty OR (low IS NOT NULL AND high IS NOT NULL)) AND min(low) IS NOT NULL
UNION ALL
SELECT name, date_diff('day', DATE '0001-01-01', min(first_day)) + 1,
  date_diff('day', DATE '0001-01-01', max(last_day)) + 1 FROM ends GROUP BY name
HAVING bool_and(empty OR (first_day IS NOT NULL AND last_day IS NOT NULL)) AND min(first_day) IS NOT NULL
"""
_TYPES = """
SELECT file_name, list(name || ' ' || coalesce(duckdb_type, type, '')) FROM parquet_schema(?)
WHERE num_children IS NULL OR num_children = 0 GROUP BY file_name ORDER BY file_name
"""
_NOTES = "SELECT key, value FROM parquet_kv_metadata(?)"
_LONGEST = 64 << 20
"""Bytes that a line of a CSV file of ours may have."""
_TICK = 0.1
"""Seconds between two looks at how far a query is."""
_WRITERS = {
    ".parquet": "FORMAT parquet, COMPRESSION zstd",
    ".csv": "FORMAT csv, HEADER",
    ".json": "FORMAT json, ARRAY true",
    ".jsonl": "FORMAT json",
    ".ndjson": "FORMAT json",
}
_COMPRESSED = {".gz", ".zst"}
_READERS: dict[str, Callable[[duckdb.DuckDBPyConnection, str], Opened]] = {
    ".parquet": _parquet,
    ".csv": _csv,
    ".tsv": _csv,
    ".json": _json,
    ".jsonl": _json,
    ".ndjson": _json,
}
