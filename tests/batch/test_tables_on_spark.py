"""Tables on Spark: decided as one by one, lazily, by its own expressions, here, on a cluster and behind Connect."""

import datetime
import random
import re
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import settings
from pyspark.errors import PySparkException
from pyspark.sql import Row, SparkSession
from pyspark.sql.types import LongType, StringType, StructField, StructType

import policyengine
import reading_cases
import spark_engine as engine
import tables
from policyengine.batch import TableOptions
from policyengine.model.errors import InvalidFact, InvalidTable
from policyengine.targets.sql import Dialect
from questions import shipped
from reading_cases import Case
from tables import DAY, Drawing, Table, seeded
from workbench import module

pytestmark = pytest.mark.spark
ROOT = Path(__file__).parents[2]
PROGRAMS = ("series", "creator-rewards", "effect-creator-rewards")
TOWNS = ("KR", "US", "ID", "ZA", "GB", "world")
JUNE = datetime.date(2024, 6, 1)
RUN = f"""
import datetime, policyengine
policies = policyengine.load({str(ROOT / "policies")!r})
where = "reflect('java.lang.System', 'getenv', 'SPARK_EXECUTOR_DIRS') AS executor"
creators = spark.read.parquet(SOURCE).selectExpr("*", where)
decided = policies.decide_table("series", creators, check="eligibility", on=datetime.date(2024, 6, 1))
decided.write.parquet(TARGET)
"""


def days(program: str) -> Sequence[datetime.date]:
    timelines = shipped().compiled.timelines[program].values()
    return sorted({each.start for timeline in timelines for each in timeline})


def drawing(program: str, seed: int, regions: Sequence[str] = TOWNS) -> Drawing:
    return Drawing(seeded(seed), shipped(), program, regions, days(program))


def agree(table: Table, spark: Any) -> None:
    frame = spark.createDataFrame(table.arrow)
    answers = sorted((row.asDict(recursive=True) for row in table.ask(frame).collect()), key=lambda row: row["id"])
    found = tables.differences(table, table.plan(frame), answers)
    assert not found, "\n".join(found[:3])


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("masks", [False, True], ids=["lists", "masks"])
def test_rows_with_days_of_their_own_are_decided_as_alone(program: str, *, masks: bool) -> None:
    agree(drawing(program, 5).table(200, DAY, {"masks": masks}, everything=True), engine.session())


@pytest.mark.parametrize("program", PROGRAMS)
def test_on_one_day_rows_are_decided_as_alone_without_ansi_too(program: str) -> None:
    agree(drawing(program, 6).table(150, days(program)[-1]), set_to({"spark.sql.ansi.enabled": "false"}))


@pytest.mark.parametrize("program", PROGRAMS)
def test_facts_in_structs_of_rows_of_all_regions_are_decided_as_alone(program: str) -> None:
    table = drawing(program, 8, list(shipped().compiled.tree.parents)).table(300, DAY, everything=True)

    agree(replace(table, structs=True), engine.session())


OPTIONS: tuple[TableOptions, ...] = (
    {"check": "effect", "version": datetime.date(2024, 3, 12)},
    {"check": "effect", "version": datetime.date(2023, 1, 1), "region": "KR"},
    {"check": "effect", "region": "ZA", "masks": True},
)


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_a_region_and_a_version_for_all_rows_fill_in_what_they_do_not_say(options: TableOptions) -> None:
    version = options.get("version")
    near = [version] if isinstance(version, datetime.date) else days("effect-creator-rewards")
    regions = (options.get("region", "KR"),) * 3 + ("US",)
    drawn = Drawing(seeded(9), shipped(), "effect-creator-rewards", regions, near)

    agree(drawn.table(120, JUNE, options, everything=True), engine.session())


def test_columns_of_the_answer_have_the_types_that_duckdb_gives_them() -> None:
    for program in PROGRAMS:
        arrow = drawing(program, 10).table(5, DAY, everything=True).arrow
        frame = engine.session().createDataFrame(arrow)
        there, here = (shipped().decide_table(program, each, on=DAY) for each in (frame, arrow))

        assert _types(there.limit(0).toArrow()) == _types(here)


def _types(table: pa.Table) -> list[tuple[str, str]]:
    return [(each.name, re.sub(r"<\w+: (\w+)( not null)?>", r"<\1>", str(each.type))) for each in table.schema]


@pytest.mark.parametrize("zone", ["Pacific/Apia", "America/New_York"])
def test_the_zone_of_the_session_changes_no_day(zone: str) -> None:
    spark = set_to({"spark.sql.session.timeZone": zone})
    skipped = spark.createDataFrame(
        [(datetime.date(2011, 12, 30), "KR", 9)], "published date, region string, videos long"
    )

    decided = shipped().decide_table("effect-creator-rewards", skipped, check="effect", on="published").collect()
    expected = duckdb.sql("SELECT DATE '2011-12-30' AS published, 'KR' AS region, 9 AS videos")
    here = shipped().decide_table("effect-creator-rewards", expected, check="effect", on="published").fetchall()

    assert [tuple(row) for row in decided] == here


@pytest.mark.parametrize("setting", ["ansi.enabled=true", "ansi.enabled=false", "caseSensitive=true"])
def test_names_in_any_case_and_values_that_fit_nothing_mean_the_same_under_any_setting(setting: str) -> None:
    name, _, value = setting.partition("=")
    spark = set_to({f"spark.sql.{name}": value})
    prices = ("189.99", "012", "1e3", "9" * 60, "", None, "190 USD", "-", "NaN")
    arrow = pa.table({"id": range(len(prices)), "price": prices, "region": ["KR"] * len(prices)})

    there = shipped().decide_table("series", spark.createDataFrame(arrow), check="limits", on=JUNE).orderBy("id")
    here = shipped().decide_table("series", arrow, check="limits", on=JUNE)

    assert there.toArrow().to_pylist() == here.to_pylist()


def set_to(options: dict[str, str]) -> SparkSession:
    spark = engine.session().newSession()
    for name, value in options.items():
        spark.conf.set(name, value)
    return spark


# what columns hold


@pytest.mark.fuzz
def test_columns_are_read_as_the_door_reads_their_values() -> None:
    cases = [case for case in reading_cases.CASES if case.everywhere]
    if settings.get_current_profile_name() != "fuzz":
        cases = random.Random(3).sample(cases, 120)  # noqa: S311 -- no secret
    spark = set_to({"spark.sql.codegen.wholeStage": "false"})  # of so many expressions it takes longer than it saves

    wrong = [line for start in range(0, len(cases), 25) for line in _misread(spark, cases[start : start + 25])]

    assert not wrong, f"{len(wrong)} differ:\n" + "\n".join(wrong[:10])


def _misread(spark: SparkSession, cases: Sequence[Case]) -> list[str]:
    names = ["row", *(f"c{index}" for index in range(len(cases)))]
    columns = zip(*reading_cases.texts(cases), strict=True)
    kinds = [pa.int64(), *[pa.string()] * len(cases)]
    texts = pa.table({name: pa.array(each, kind) for name, each, kind in zip(names, columns, kinds, strict=True)})
    typed = [f"{_typed(name, case)} AS {name}" for name, case in zip(names[1:], cases, strict=True)]
    frame = spark.createDataFrame(texts).selectExpr("row", *typed).cache()  # or every use of a column reads its text
    frame.createOrReplaceTempView("given")
    said = [each.dataType.simpleString() for each in frame.schema.fields[1:]]
    answers = reading_cases.asked(
        cases, Dialect.SPARK, said, lambda query: [[_plain(each) for each in row] for row in spark.sql(query).collect()]
    )
    frame.unpersist()
    return reading_cases.differing(cases, answers)


def _typed(name: str, case: Case) -> str:
    written = case.written(Dialect.SPARK)
    if written == "NULL":
        return "NULL"
    void = re.sub(r"(?<=[ <])NULL\b", "VOID", written)
    return f"from_json({name}, '{void}')" if case.type.endswith("[]") else f"CAST({name} AS {written})"


def _plain(cell: Any) -> Any:
    if isinstance(cell, Row):
        return cell.asDict()
    return [_plain(each) for each in cell] if isinstance(cell, list) else cell


# how it runs


PLANS: tuple[tuple[str, Any, TableOptions], ...] = (
    ("series", JUNE, {}),
    ("series", DAY, {"masks": True}),
    ("creator-rewards", DAY, {}),
    ("effect-creator-rewards", DAY, {}),
    ("effect-creator-rewards", JUNE, {"check": "effect"}),
    ("effect-creator-rewards", JUNE, {"check": "effect", "version": JUNE}),
)


@pytest.mark.parametrize(("program", "on", "options"), PLANS, ids=str)
def test_the_answer_is_made_of_native_expressions_around_a_broadcast_join(
    program: str, on: Any, options: TableOptions
) -> None:
    for ansi in ("true", "false"):
        spark = set_to({"spark.sql.ansi.enabled": ansi})
        frame = spark.createDataFrame(drawing(program, 7).table(20, on, options, everything=True).arrow)

        steps = _steps(shipped().decide_table(program, frame, on=on, **options))

        assert "BroadcastHashJoin" in steps
        assert not {each for each in steps if re.search("Python|Sort|Window|Aggregate|NestedLoop|^Exchange|Udf", each)}


def test_a_region_for_all_rows_moves_no_row_of_the_table() -> None:
    frame = engine.session().range(5).selectExpr("id", "id AS followers")

    steps = _steps(shipped().decide_table("series", frame, on=JUNE, region="KR"))

    assert not {each for each in steps if re.search("Python|Sort|^Exchange", each)}


def _steps(decided: Any) -> set[str]:
    plan = decided._jdf.queryExecution().executedPlan().toString()
    return {re.split(r"\W", re.sub(r"^[\W\d]+", "", line))[0] for line in plan.splitlines() if line.strip()}


@contextmanager
def nothing_runs() -> Iterator[None]:
    spark = engine.session()

    def jobs() -> set[int]:
        spark._jsparkSession.sparkContext().listenerBus().waitUntilEmpty()
        return set(spark.sparkContext.statusTracker().getJobIdsForGroup())

    before = jobs()
    yield
    assert jobs() == before, "a job ran"


def test_no_row_is_read_before_the_answer_is() -> None:
    broken = engine.session().range(3).selectExpr("raise_error('read') AS id", "'KR' AS region", "id AS followers")

    with nothing_runs():
        decided = shipped().decide_table("series", broken, on=JUNE)
        assert shipped().table_plan("series", broken, on=JUNE).kept == ["id"]
        assert decided.columns[:3] == ["id", "invalid", "eligibility_outcome"]
    with pytest.raises(PySparkException, match="read"):
        decided.collect()


def test_a_frame_that_is_cached_stays_so_and_no_view_is_left() -> None:
    spark = engine.session().newSession()
    frame = spark.range(3).selectExpr("id", "'KR' AS region", "id AS followers").cache()

    first, second = (
        shipped().decide_table("series", frame, check=check, on=JUNE) for check in ("limits", "eligibility")
    )
    with pytest.raises(InvalidFact):
        shipped().decide_table("series", frame.selectExpr("true AS followers"), on=JUNE)

    assert spark.catalog.listTables() == []
    assert frame.storageLevel.useMemory
    assert (first.count(), second.count()) == (3, 3)
    assert "InMemoryTableScan" in str(_steps(second))
    frame.unpersist()


def test_a_stream_is_decided_as_it_comes(tmp_path: Path) -> None:
    spark = engine.session().newSession()
    spark.range(6).selectExpr("id", "'KR' AS region", "id * 2000 AS followers").write.parquet(str(tmp_path / "in"))
    stream = spark.readStream.schema("id bigint, region string, followers bigint").parquet(str(tmp_path / "in"))

    decided = shipped().decide_table("series", stream, check="eligibility", on=JUNE)
    query = (
        decided.writeStream.option("checkpointLocation", str(tmp_path / "so far")).trigger(availableNow=True)
        .start(str(tmp_path / "out"), format="parquet")
    )  # fmt: skip

    assert query.awaitTermination(60)
    unmet = {row["id"]: row["eligibility_unmet"] for row in spark.read.parquet(str(tmp_path / "out")).collect()}
    assert unmet == {number: ["followers"] if number < 5 else [] for number in range(6)}


@pytest.mark.fuzz
def test_all_versions_of_94_regions_are_one_statement_that_spark_plans(tmp_path: Path) -> None:
    generated = module(ROOT / "bench" / "generated_policies.py")
    versions = 10 if settings.get_current_profile_name() == "fuzz" else 3  # a second to load for each
    regions = generated.write(tmp_path / "policies", ROOT / "policies", versions={"series": versions})
    for other in PROGRAMS[1:]:
        shutil.rmtree(tmp_path / "policies" / other)  # they take as long to load
    policies = policyengine.load(tmp_path / "policies")
    starts = {each.start for timeline in policies.compiled.timelines["series"].values() for each in timeline}
    table = Drawing(seeded(4), policies, "series", regions, sorted(starts)).table(300, DAY, everything=True)
    frame = engine.session().createDataFrame(table.arrow)

    started = time.perf_counter()
    steps = _steps(table.ask(frame))
    print(f"written and planned in {time.perf_counter() - started:.1f} s")  # noqa: T201 -- measured

    assert "BroadcastHashJoin" in steps
    agree(table, engine.session())


# files, clusters, Connect


def test_a_folder_in_parts_goes_in_and_a_folder_in_parts_comes_out(tmp_path: Path) -> None:
    source, target = tmp_path / "creators.parquet", tmp_path / "decided"
    _population(source, 3_000)
    spark = engine.session()
    whole = spark.read.parquet(str(source)).repartition(3)
    whole.write.partitionBy("account_type", "invited").parquet(str(tmp_path / "parts"))
    parts = spark.read.parquet(str(tmp_path / "parts"))
    assert len(parts.inputFiles()) > 30

    for program in ("series", "effect-creator-rewards"):
        decided = shipped().decide_table(program, parts, check="eligibility", on=JUNE)
        decided.write.mode("overwrite").partitionBy("eligibility_outcome").parquet(str(target))

        here = shipped().decide_table(program, source, check="eligibility", on=JUNE)
        there = duckdb.read_parquet(f"{target}/*/*.parquet", hive_partitioning=True)
        assert _rows(there.project(", ".join(f'"{name}"' for name in here.columns))) == _rows(here)


def test_parquet_goes_in_and_out_on_a_cluster_and_says_what_duckdb_says(tmp_path: Path) -> None:
    source, target = tmp_path / "creators.parquet", tmp_path / "decided"
    _population(source, 3_000)
    split = engine.session().read.parquet(str(source)).repartition(4)
    split.write.parquet(str(tmp_path / "split"))
    code = f"SOURCE, TARGET = {str(tmp_path / 'split')!r}, {str(target)!r}\n{RUN}"

    with engine.cluster() as master:
        waits = {"spark.scheduler.maxRegisteredResourcesWaitingTime": "100s"}
        engine.driven(master, code, {"spark.sql.files.minPartitionNum": "4", **waits})

    decided = duckdb.read_parquet(f"{target}/*.parquet")
    assert len(decided.project("executor").distinct().fetchall()) == 2
    assert _rows(decided.project("* EXCLUDE (executor)")) == _here(source)


def test_a_connect_session_says_what_duckdb_says(tmp_path: Path) -> None:
    source = tmp_path / "creators.parquet"
    _population(source, 2_000)
    with engine.connect_server() as url, engine.remote(url) as spark:
        frame = spark.read.parquet(str(source))
        decided = shipped().decide_table("series", frame, check="eligibility", on=JUNE)
        later = shipped().decide_table("series", frame.limit(7), check="limits", on=JUNE)
        decided.write.parquet(str(tmp_path / "decided"))
        assert later.columns[1:3] == ["invalid", "limits_outcome"]
        drawn = drawing("effect-creator-rewards", 5).table(60, DAY, {"check": "effect"}, everything=True)
        agree(replace(drawn, structs=True), spark)
        with pytest.raises(InvalidFact, match=r"creator\.followers: a column of type timestamp"):
            shipped().decide_table("series", spark.sql("SELECT current_timestamp() AS followers"), on=JUNE)

    assert _rows(duckdb.read_parquet(f"{tmp_path}/decided/*.parquet")) == _here(source)


def test_names_of_columns_may_be_odd() -> None:
    frame = engine.session().createDataFrame(
        [(1, "KR", 9_000), (2, "ZA", 12_000)], "`an id. with ``ticks``` long, `where?` string, `räume.x` long"
    )
    columns = {"creator.region": "where?", "creator.followers": "räume.x"}

    rows = shipped().decide_table("series", frame, check="eligibility", on=JUNE, columns=columns).collect()

    unmet = {row["an id. with `ticks`"]: list(row["eligibility_unmet"]) for row in rows}
    assert unmet == {1: ["followers"], 2: []}


def test_fields_of_structs_may_have_odd_names_too() -> None:
    odd = "a:b,c<d> `e`; struct<é:"
    fields = StructType([StructField(odd, LongType()), StructField("where at", StringType())])
    rows = [((9_000, "KR"),), ((12_000, "ZA"),), (None,)]
    frame = engine.session().createDataFrame(rows, StructType([StructField("who is", fields)]))
    columns = {"creator.followers": f"who is.{odd}", "creator.region": "who is.where at"}

    decided = shipped().decide_table("series", frame, check="eligibility", on=JUNE, columns=columns, keep=["who is"])

    found = [(row["who is"] and row["who is"][0], row["eligibility_unmet"]) for row in decided.collect()]
    assert found == [(9_000, ["followers"]), (12_000, []), (None, None)]


WRONG = ("current_timestamp()", "true", "date'2024-06-01'", "array(1)", "1.5D", "map('a', 1)", "named_struct('a', 1)",
         "interval '1' day", "x'00'", "'5' COLLATE UTF8_LCASE", "parse_json('5')")  # fmt: skip


@pytest.mark.parametrize("cell", WRONG)
def test_a_column_that_cannot_hold_its_fact_is_refused_before_anything_runs(cell: str) -> None:
    frame = engine.session().range(3).selectExpr(f"{cell} AS followers")

    with nothing_runs(), pytest.raises(InvalidFact, match=r"creator\.followers: a column of type "):
        shipped().decide_table("series", frame, on=JUNE)


def test_what_is_no_table_of_distinct_columns_is_refused() -> None:
    spark = engine.session()
    for query in ("SELECT 'KR' AS region, 'KR' AS Region", "SELECT 1 AS id, 2 AS id, 'KR' AS region"):
        with pytest.raises(InvalidTable, match="but for capitals"):
            shipped().decide_table("series", spark.sql(query), on=JUNE)
    for source in (spark, spark.range(1).id, spark.range(1).schema):
        with pytest.raises(InvalidTable, match="is no table"):
            shipped().decide_table("series", source, on=JUNE)


def _population(path: Path, rows: int) -> None:
    module(ROOT / "examples" / "population.py").write(path, rows)


def _here(source: Path) -> list[tuple[Any, ...]]:
    return _rows(shipped().decide_table("series", source, check="eligibility", on=JUNE))


def _rows(relation: duckdb.DuckDBPyRelation) -> list[tuple[Any, ...]]:
    return sorted(relation.fetchall())
