"""Seconds to decide a table: our statement, hand-written ones and bare scans, in DuckDB, Polars and Spark.

First proves that all give the same answer, row by row on the smallest table and in sums and counts on each; then takes
turns, round by round, so that a machine that slows down slows everyone. A ratio is the median of the rounds' ratios.
Run by `make bench`, never by a test.
"""

import argparse
import datetime
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from pyspark.sql import SparkSession
from rich.console import Console

import batch_hand as hand
import batch_tools as tools
import policyengine

ON = datetime.date.fromisoformat(tools.ON)
FACTS = [name for name in hand.COLUMNS if name != "id"]
OURS, HAND, VALIDATED = "policyengine", "by hand", "by hand, validated"
POLARS, POLARS_VALIDATED = "Polars by hand", "Polars by hand, validated"
SCAN, SCAN_BY = "bare scan", "bare scan, by region"
HEADINGS = {
    "": "left",
    "seconds": "right",
    "fastest – slowest": "right",
    "rows/s": "right",
    "÷ by hand": "right",
    "÷ validated": "right",
    "÷ Polars": "right",
    "÷ scan": "right",
}
BASES = (HAND, VALIDATED, POLARS_VALIDATED, SCAN)


@dataclass(frozen=True)
class Task:
    """Something that all contestants are asked: who does it how, and whether all must say the same."""

    title: str
    runs: Mapping[str, Callable[[], Any]]
    answers: bool = True


def proven(task: Task) -> None:
    """Stop unless all answers are the same; scans answer something else."""
    if not task.answers:
        return
    found = {title: _sorted(run()) for title, run in task.runs.items() if title not in {SCAN, SCAN_BY}}
    first = next(iter(found.values()))
    if any(answer != first for answer in found.values()):
        sys.exit(f"{task.title}: the contestants disagree\n" + "\n".join(f"  {k}: {v}" for k, v in found.items()))


def _sorted(rows: Sequence[Sequence[Any]]) -> list[tuple[str, ...]]:
    return sorted(tuple(str(value) for value in row) for row in rows)


def measure(task: Task, rounds: int) -> dict[str, list[float]]:
    """Time every contestant once a round, in turns that begin with another one each time; seconds."""
    times: dict[str, list[float]] = {title: [] for title in task.runs}
    titles = list(task.runs)
    for number in range(-1, rounds):  # the first round warms up
        first = number % len(titles)
        for title in (*titles[first:], *titles[:first]):
            started = time.perf_counter()
            task.runs[title]()
            if number >= 0:
                times[title].append(time.perf_counter() - started)
    return times


def report(out: Console, title: str, rows: int, times: Mapping[str, Sequence[float]]) -> None:
    """Print medians and ratios, slowest last."""
    medians = {name: statistics.median(values) for name, values in times.items()}
    tools.show(
        out,
        title,
        HEADINGS,
        (
            (
                name,
                f"{medians[name]:.3f}",
                f"{min(times[name]):.3f} – {max(times[name]):.3f}",
                f"{rows / medians[name]:,.0f}",
                *(_ratio(times[name], times.get(base)) for base in BASES),
            )
            for name in sorted(times, key=lambda name: medians[name])
        ),
    )


def _ratio(own: Sequence[float], base: Sequence[float] | None) -> str:
    if base is None:
        return ""
    return f"{statistics.median(one / other for one, other in zip(own, base, strict=True)):.2f}"


# DuckDB and Polars


@dataclass(frozen=True)
class Duck:
    """One population in DuckDB, and in Polars: statements of everyone, for rows and for counts."""

    path: Path
    connection: duckdb.DuckDBPyConnection
    rules: hand.Rules
    ours: str
    ours_by_region: str

    @classmethod
    def of(cls, policies: policyengine.Policies, path: Path) -> "Duck":
        """Plan our statements, and open the file for all."""
        connection = duckdb.connect()
        connection.read_parquet(str(path)).create_view("source")
        rows = policies.table_plan("series", path, on=ON, check="eligibility", masks=True)
        counts = policies.table_plan("series", path, on=ON, check="eligibility", keep=["region"])
        return cls(path, connection, rules_of(policies), rows.sql(), counts.sql())

    def tasks(self, folder: Path) -> Iterator[Task]:
        """Give what is measured."""
        by_hand = {HAND: hand.decisions_sql(self.rules), VALIDATED: hand.validated_duckdb(self.rules)}
        in_polars = {
            POLARS: hand.decisions_polars(self.path, self.rules, validated=False),
            POLARS_VALIDATED: hand.decisions_polars(self.path, self.rules, validated=True),
        }
        rows = {OURS: self.ours, **by_hand}
        yield Task(
            "mask of every row, computed",
            {
                **{title: self.fetching(hand.sums_sql(sql)) for title, sql in rows.items()},
                **{title: _collecting(hand.sums_polars(frame)) for title, frame in in_polars.items()},
                SCAN: self.fetching(hand.scan_sql(list(hand.COLUMNS))),
            },
        )
        yield Task(
            "mask of every row, written as Parquet",
            {
                **{title: self.writing(sql, decided(folder, "duckdb", title)) for title, sql in rows.items()},
                **{t: _sinking(frame, decided(folder, "polars", t)) for t, frame in in_polars.items()},
                SCAN: self.fetching(hand.scan_sql(list(hand.COLUMNS))),
            },
            answers=False,
        )
        counts = {OURS: self.ours_by_region, **by_hand}
        yield Task(
            "counts by region and outcome",
            {
                **{title: self.fetching(hand.counts_sql(sql)) for title, sql in counts.items()},
                **{title: _collecting(hand.counts_polars(frame)) for title, frame in in_polars.items()},
                SCAN: self.fetching(hand.scan_sql(FACTS)),
                SCAN_BY: self.fetching(hand.scan_sql(FACTS, by="region")),
            },
        )

    def fetching(self, sql: str) -> Callable[[], list[Any]]:
        """Run a statement that gives few rows."""
        return lambda: self.connection.execute(sql).fetchall()

    def writing(self, sql: str, target: Path) -> Callable[[], object]:
        """Run a statement into a file, with the settings of `policyengine batch`."""
        copy = f"COPY ({hand.rows_sql(sql)}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)"
        return lambda: self.connection.execute(copy)


def _collecting(frame: pl.LazyFrame) -> Callable[[], list[Any]]:
    return lambda: frame.collect(engine="streaming").rows()  # type: ignore[no-any-return, unused-ignore]


def _sinking(frame: pl.LazyFrame, target: Path) -> Callable[[], object]:
    answer = frame.select(*tools.ANSWER.split(", "))
    return lambda: answer.sink_parquet(target, compression="zstd", maintain_order=False, engine="streaming")


def decided(folder: Path, engine: str, title: str) -> Path:
    """Name the file, or with Spark the folder, that a contestant writes."""
    return folder / f"{engine}-{title.replace(', ', '-').replace(' ', '-')}.parquet"


def prove_rows(out: Console, duck: Duck, tasks: Sequence[Task], folder: Path) -> None:
    """Write everyone's answer, and hold each row against ours in DuckDB."""
    ours = decided(folder, "duckdb", OURS)
    for task in tasks:
        if not task.answers:
            for title, run in task.runs.items():
                run()
                engine = "polars" if title in {POLARS, POLARS_VALIDATED} else "duckdb"
                if title != SCAN:
                    _same(ours, decided(folder, engine, title))
    with duckdb.connect() as connection:
        (rows,) = connection.execute(f"SELECT count(*) FROM read_parquet('{ours}')").fetchall()[0]  # noqa: S608
    out.print(f"DuckDB and Polars: all agree on each of {rows:,} rows of {duck.path.name}")


def _same(ours: Path, other: Path) -> None:
    if tools.differing(ours, other):
        sys.exit(f"{other.name} differs from {ours.name}")


# Spark


@contextmanager
def spark_session(folder: Path) -> Iterator[SparkSession]:
    """Start Spark in this process, on all cores."""
    os.environ.update(tools.spark_environment())
    builder = SparkSession.builder.master(f"local[{os.cpu_count()}]").appName("bench/batch.py")
    for name, value in {**tools.SPARK_SETTINGS, "spark.sql.warehouse.dir": str(folder / "warehouse")}.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    try:
        yield spark
    finally:
        spark.stop()


def spark_tasks(spark: SparkSession, policies: policyengine.Policies, path: Path, folder: Path) -> Iterator[Task]:
    """Give what is measured on Spark."""
    frame = spark.read.parquet(str(path))
    frame.createOrReplaceTempView("source")
    rules = rules_of(policies)
    by_hand = {HAND: hand.decisions_sql(rules), VALIDATED: hand.validated_spark(rules)}
    rows = policies.table_plan("series", frame, on=ON, check="eligibility", masks=True)
    by_region = policies.table_plan("series", frame, on=ON, check="eligibility", keep=["region"])
    scan = f"SELECT {', '.join(hand.COLUMNS)} FROM source"  # noqa: S608

    def fetching(sql: str) -> Callable[[], list[Any]]:
        return lambda: [tuple(row) for row in spark.sql(sql).collect()]

    def discarding(sql: str) -> Callable[[], object]:
        return lambda: spark.sql(sql).write.format("noop").mode("overwrite").save()

    def writing(sql: str, target: Path) -> Callable[[], object]:
        return lambda: spark.sql(sql).write.mode("overwrite").option("compression", "zstd").parquet(str(target))

    ours = {OURS: rows.sql(), **by_hand}
    yield Task(
        "mask of every row, computed",
        {**{title: discarding(hand.rows_sql(sql)) for title, sql in ours.items()}, SCAN: discarding(scan)},
        answers=False,
    )
    yield Task(
        "mask of every row, written as Parquet",
        {
            **{title: writing(hand.rows_sql(sql), decided(folder, "spark", title)) for title, sql in ours.items()},
            SCAN: discarding(scan),
        },
        answers=False,
    )
    yield Task(
        "counts by region and outcome",
        {
            **{t: fetching(hand.counts_sql(sql)) for t, sql in {OURS: by_region.sql(), **by_hand}.items()},
            SCAN: fetching(hand.scan_sql(FACTS, length="octet_length")),
            SCAN_BY: fetching(hand.scan_sql(FACTS, length="octet_length", by="region")),
        },
    )


# all together


def rules_of(policies: policyengine.Policies) -> hand.Rules:
    """Give what hand-written queries name besides numbers."""
    digests = []
    for region in ("world", "KR"):
        policy = policies.in_force("series", region=region, on=ON).policy
        assert policy is not None
        digests.append(policy.checks["eligibility"].digest)
    return hand.Rules(digests[0], digests[1], tuple(policies.compiled.tree.parents))


def planning(policies: policyengine.Policies, path: Path) -> float:
    """Give the milliseconds until a statement is there: the file opened, the plan made, the text written."""
    found = []
    for _ in range(5):
        started = time.perf_counter()
        policies.table_plan("series", path, on=ON, check="eligibility", masks=True).sql()
        found.append((time.perf_counter() - started) * 1_000)
    return statistics.median(found)


def main() -> None:
    """Measure every size on DuckDB, then on Spark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--spark", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--folder", type=Path, help="where populations are kept; a temporary folder by default")
    asked = parser.parse_args()
    out = tools.console()
    out.print(tools.machine(("duckdb", "polars", *(("pyspark",) if asked.spark else ()))))
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        if asked.folder is not None:
            asked.folder.mkdir(parents=True, exist_ok=True)
        paths = {rows: tools.population(asked.folder or folder, rows) for rows in sorted(asked.rows)}
        started = time.perf_counter()
        policies = policyengine.load(tools.ROOT / "policies")
        loading = (time.perf_counter() - started) * 1_000
        smallest = min(paths)
        first = planning(policies, paths[smallest])
        out.print(f"before each statement of ours: {loading:.0f} ms to load the policies, {first:.0f} ms to plan")
        out.print(f"DuckDB: {_threads()} threads, Polars: {pl.thread_pool_size()}, Spark: local[{os.cpu_count()}]")
        for rows, path in paths.items():
            duck = Duck.of(policies, path)
            tasks = list(duck.tasks(folder))
            if rows == smallest:
                prove_rows(out, duck, tasks, folder)
                shutil.copy(decided(folder, "duckdb", OURS), folder / "proven.parquet")
            compete(out, "DuckDB and Polars", rows, tasks, asked.rounds)
            duck.connection.close()
            ran = tools.run_batch(path, folder / "written.parquet", "--masks")
            out.print(
                f"\n`policyengine batch --masks` of {rows:,} rows: {ran.seconds:.2f} s from start to end, "
                f"{ran.deciding:.2f} s of them deciding and writing, {ran.peak:,.0f} MB at most"
            )
        if asked.spark:
            with spark_session(folder) as spark:
                for rows, path in paths.items():
                    tasks = list(spark_tasks(spark, policies, path, folder))
                    if rows == smallest:
                        for title in (OURS, HAND, VALIDATED):
                            tasks[1].runs[title]()
                            _same(folder / "proven.parquet", decided(folder, "spark", title))
                        out.print(f"\nSpark: all agree on each row of {path.name}, and with DuckDB")
                    compete(out, "Spark", rows, tasks, asked.rounds)


def compete(out: Console, engine: str, rows: int, tasks: Sequence[Task], rounds: int) -> None:
    """Prove and measure each task."""
    for task in tasks:
        proven(task)
        report(out, f"{engine}: {task.title}, {rows:,} rows, {rounds} rounds", rows, measure(task, rounds))


def _threads() -> int:
    with duckdb.connect() as connection:
        return int(connection.execute("SELECT current_setting('threads')").fetchall()[0][0])


if __name__ == "__main__":
    main()
