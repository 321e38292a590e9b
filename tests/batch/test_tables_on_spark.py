"""Tables on Spark: decided as one by one, lazily, by its own expressions, here, on a cluster and behind Connect."""

import datetime
import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

import spark_engine as engine
import tables
from policyengine.model.errors import InvalidFact, InvalidTable
from questions import shipped
from tables import DAY, Drawing, Table, seeded

pytestmark = pytest.mark.spark
ROOT = Path(__file__).parents[2]
PROGRAMS = ("series", "creator-rewards", "effect-creator-rewards")
TOWNS = ("KR", "US", "ID", "ZA", "GB", "world")
JUNE = datetime.date(2024, 6, 1)
RUN = f"""
import datetime, policyengine
policies = policyengine.load({str(ROOT / "policies")!r})
decided = policies.decide_table("series", spark.read.parquet(SOURCE), check="eligibility", on=datetime.date(2024, 6, 1))
decided.write.parquet(TARGET)
where = spark.read.parquet(SOURCE).selectExpr("reflect('java.lang.System', 'getenv', 'SPARK_EXECUTOR_DIRS')")
answer = [where.distinct().count(), decided.rdd.getNumPartitions()]
"""


def days(program: str) -> Sequence[datetime.date]:
    timelines = shipped().compiled.timelines[program].values()
    return sorted({each.start for timeline in timelines for each in timeline})


def agree(table: Table, spark: Any) -> None:
    frame = spark.createDataFrame(table.arrow)
    answers = sorted((row.asDict() for row in table.ask(frame).collect()), key=lambda row: row["id"])
    found = tables.differences(table, table.plan(frame), answers)
    assert not found, "\n".join(found[:3])


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("masks", [False, True], ids=["lists", "masks"])
def test_rows_with_days_of_their_own_are_decided_as_alone(program: str, *, masks: bool) -> None:
    drawing = Drawing(seeded(5), shipped(), program, TOWNS, days(program))

    agree(drawing.table(200, DAY, {"masks": masks}, everything=True), engine.session())


@pytest.mark.parametrize("program", PROGRAMS)
def test_on_one_day_rows_are_decided_as_alone_without_ansi_too(program: str) -> None:
    spark = engine.session().newSession()
    spark.conf.set("spark.sql.ansi.enabled", "false")
    drawing = Drawing(seeded(6), shipped(), program, TOWNS, days(program))

    agree(drawing.table(150, days(program)[-1]), spark)


@pytest.mark.parametrize("zone", ["Pacific/Apia", "America/New_York"])
def test_the_zone_of_the_session_changes_no_day(zone: str) -> None:
    spark = engine.session().newSession()
    spark.conf.set("spark.sql.session.timeZone", zone)
    skipped = spark.createDataFrame(
        [(datetime.date(2011, 12, 30), "KR", 9)], "published date, region string, videos long"
    )

    decided = shipped().decide_table("effect-creator-rewards", skipped, check="effect", on="published").collect()
    expected = duckdb.sql("SELECT DATE '2011-12-30' AS published, 'KR' AS region, 9 AS videos")
    here = shipped().decide_table("effect-creator-rewards", expected, check="effect", on="published").fetchall()

    assert [tuple(row) for row in decided] == here


def test_the_answer_is_lazy_and_made_of_native_expressions_around_a_broadcast_join() -> None:
    spark = engine.session()
    drawing = Drawing(seeded(7), shipped(), "effect-creator-rewards", TOWNS, days("effect-creator-rewards"))
    frame = spark.createDataFrame(drawing.table(50, DAY, {}).arrow)
    before = spark.sparkContext.statusTracker().getJobIdsForGroup()

    decided = shipped().decide_table("effect-creator-rewards", frame, check="effect", on=DAY)
    plan = decided._jdf.queryExecution().executedPlan().toString()

    assert spark.sparkContext.statusTracker().getJobIdsForGroup() == before
    assert "BroadcastHashJoin" in plan
    assert not [each for each in ("Python", "Exchange hashpartitioning", "SortMergeJoin", "NestedLoop") if each in plan]


def test_parquet_goes_in_and_out_on_a_cluster_and_says_what_duckdb_says(tmp_path: Path) -> None:
    source, target = tmp_path / "creators.parquet", tmp_path / "decided"
    _population(source, 3_000)
    split = engine.session().read.parquet(str(source)).repartition(4)
    split.write.parquet(str(tmp_path / "split"))
    code = f"SOURCE, TARGET = {str(tmp_path / 'split')!r}, {str(target)!r}\n{RUN}"

    with engine.cluster() as master:
        executors, partitions = engine.driven(master, code)

    assert (executors, partitions >= 2) == (2, True)
    assert _rows(duckdb.read_parquet(f"{target}/*.parquet")) == _here(source)


def test_a_connect_session_says_what_duckdb_says(tmp_path: Path) -> None:
    source = tmp_path / "creators.parquet"
    _population(source, 2_000)
    with engine.connect_server() as url, engine.remote(url) as spark:
        frame = spark.read.parquet(str(source))
        decided = shipped().decide_table("series", frame, check="eligibility", on=JUNE)
        decided.write.parquet(str(tmp_path / "decided"))

    assert _rows(duckdb.read_parquet(f"{tmp_path}/decided/*.parquet")) == _here(source)


def test_names_of_columns_may_be_odd() -> None:
    frame = engine.session().createDataFrame(
        [(1, "KR", 9_000), (2, "ZA", 12_000)], "`an id. with ``ticks``` long, `where?` string, `räume.x` long"
    )
    columns = {"creator.region": "where?", "creator.followers": "räume.x"}

    rows = shipped().decide_table("series", frame, check="eligibility", on=JUNE, columns=columns).collect()

    unmet = {row["an id. with `ticks`"]: list(row["eligibility_unmet"]) for row in rows}
    assert unmet == {1: ["followers"], 2: []}


def test_what_a_frame_cannot_say_is_refused_before_anything_runs() -> None:
    spark = engine.session()
    with pytest.raises(InvalidFact, match=r"creator\.followers: a column of type timestamp"):
        shipped().decide_table("series", spark.sql("SELECT current_timestamp() AS followers"), on=JUNE)
    with pytest.raises(InvalidTable, match="but for capitals"):
        shipped().decide_table("series", spark.sql("SELECT 'KR' AS region, 'KR' AS Region"), on=JUNE)


def _population(path: Path, rows: int) -> None:
    spec = importlib.util.spec_from_file_location("population", ROOT / "examples" / "population.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.write(path, rows)


def _here(source: Path) -> list[tuple[Any, ...]]:
    return _rows(shipped().decide_table("series", source, check="eligibility", on=JUNE))


def _rows(relation: duckdb.DuckDBPyRelation) -> list[tuple[Any, ...]]:
    return sorted(relation.fetchall())
