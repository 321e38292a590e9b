"""Files of tables: what once lost or changed rows without a word is said, and nothing half-written stays."""

import datetime
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from policyengine.batch import write_decisions
from policyengine.impact.measure import measure
from policyengine.impact.sides import side
from policyengine.model.errors import InvalidFact, InvalidSide, InvalidTable
from questions import shipped

ROOT = Path(__file__).parents[2]
JUNE = datetime.date(2024, 6, 1)


def relation(sql: str) -> duckdb.DuckDBPyRelation:
    found = duckdb.sql(sql)
    assert found is not None
    return found


def written(source: Path, target: Path, program: str = "series", **options: object) -> list[tuple[object, ...]]:
    write_decisions(shipped(), program, source, target, JUNE, options)  # type: ignore[arg-type]
    return duckdb.read_csv(str(target)).fetchall()


@pytest.mark.parametrize("followers", ["9999.6::DOUBLE", "'9999.6'", "9999.60::DECIMAL(9, 2)", "true", "1::UBIGINT"])
def test_parquet_files_whose_columns_differ_are_refused(followers: str, tmp_path: Path) -> None:
    relation("SELECT 'ZA' AS region, 52811::BIGINT AS followers").write_parquet(str(tmp_path / "a.parquet"))
    relation(f"SELECT 'ZA' AS region, {followers} AS followers").write_parquet(str(tmp_path / "b.parquet"))

    with pytest.raises(InvalidTable, match=r"b\.parquet` has other columns than .*a\.parquet`: followers"):
        shipped().decide_table("series", tmp_path / "*.parquet", on=JUNE)


def test_columns_may_stand_in_another_order_in_each_file(tmp_path: Path) -> None:
    relation("SELECT 'ZA' AS region, 1 AS followers").write_parquet(str(tmp_path / "a.parquet"))
    relation("SELECT 2 AS followers, 'KR' AS region").write_parquet(str(tmp_path / "b.parquet"))

    decided = shipped().decide_table("series", tmp_path / "*.parquet", on=JUNE, keep=["region", "followers"])

    assert sorted(row[:2] for row in decided.fetchall()) == [("KR", 2), ("ZA", 1)]


def test_what_a_path_says_is_a_column(tmp_path: Path) -> None:
    for region in ("KR", "ZA"):
        (tmp_path / f"region={region}").mkdir()
        relation("SELECT 7 AS followers").write_parquet(str(tmp_path / f"region={region}" / "a.parquet"))

    decided = shipped().decide_table("series", tmp_path / "*" / "*.parquet", on=JUNE, keep=["region"])

    assert sorted(row[0] for row in decided.fetchall()) == ["KR", "ZA"]


@pytest.mark.parametrize("header", ['"id,x";region;followers', "id|region|followers", "id;region;followers"])
def test_a_separator_in_quotes_is_none(header: str, tmp_path: Path) -> None:
    separator = "|" if "|" in header else ";"
    rows = [separator.join(row) for row in (("1", "ZA", "5"), ("2", "KR", "6"))]
    (tmp_path / "in.csv").write_text("\n".join([header, *rows]) + "\n", "utf-8")

    assert len(written(tmp_path / "in.csv", tmp_path / "out.csv", check="eligibility")) == 2


@pytest.mark.parametrize(
    ("line", "said"),
    [('"unclosed,KR', "Line: 3: Value with unterminated quote"), ("1,KR,9", "Line: 3: Expected Number of Columns: 2")],
)
def test_a_line_that_is_none_is_named_with_what_is_wrong(line: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(f"followers,region\n5,ZA\n{line}\n", "utf-8")

    with pytest.raises(InvalidTable, match=said):
        written(tmp_path / "in.csv", tmp_path / "out.csv", check="eligibility")


def test_a_table_is_not_written_over_itself(tmp_path: Path) -> None:
    source = tmp_path / "creators.parquet"
    relation("SELECT 'ZA' AS region").write_parquet(str(source))
    (tmp_path / "link.parquet").symlink_to(source)
    before = source.read_bytes()

    for target in (source, tmp_path / "link.parquet"):
        with pytest.raises(InvalidTable, match="is the table that is read"):
            write_decisions(shipped(), "series", source, target, JUNE, {})

    assert source.read_bytes() == before


def test_a_version_day_beside_the_facts_own_column_is_refused() -> None:
    table = relation("SELECT 'ZA' AS region, 9 AS videos, DATE '2023-01-01' AS published, DATE '2023-10-11' AS v")

    with pytest.raises(InvalidFact, match=r"effect\.published: `published` holds it, and `v` is to be the version day"):
        shipped().decide_table("effect-creator-rewards", table, check="effect", on=JUNE, version="v")


def test_60_0_is_60_in_every_file(tmp_path: Path) -> None:
    lines = [{"region": "ZA", "length": 60.0}, {"region": "ZA", "length": 61}, {"region": "ZA", "length": 60.5}]
    (tmp_path / "videos.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")

    rows = written(tmp_path / "videos.jsonl", tmp_path / "out.csv", "creator-rewards", check="video")

    assert [row[0] for row in rows] == [None, None, "video.length"]


def test_a_batch_that_is_stopped_leaves_nothing(tmp_path: Path) -> None:
    relation("SELECT range AS id, 'ZA' AS region, range % 9000 AS followers FROM range(6_000_000)").write_parquet(
        str(tmp_path / "in.parquet")
    )
    code = "from policyengine.cli import main; main()"
    command = [sys.executable, "-c", code, "batch", "series", "in.parquet", "-o", "out.jsonl"]
    run = subprocess.Popen([*command, "--policies", str(ROOT / "policies")], cwd=tmp_path, stderr=subprocess.PIPE)
    while not list(tmp_path.glob(".out.jsonl.*")) and run.poll() is None:
        time.sleep(0.02)
    os.kill(run.pid, signal.SIGTERM)
    _, errors = run.communicate(timeout=60)

    assert run.returncode == 130
    assert b"Traceback" not in errors
    assert [path.name for path in tmp_path.iterdir()] == ["in.parquet"]


def test_impact_may_look_back_to_before_a_regions_own_rules() -> None:
    people = relation("SELECT unnest(['KR', 'ZA']) AS region, 20_000 AS followers, DATE '2006-01-01' AS birth_date")
    before, after = (side(day, ROOT / "policies", JUNE) for day in ("2024-05-01", "2023-06-06"))

    found = measure(before, after, "series", people, on=JUNE, checks=["eligibility"])

    assert [check.check for check in found.checks] == ["eligibility"]


def test_a_draft_of_another_program_is_refused() -> None:
    people = relation("SELECT 'KR' AS region, 20_000 AS followers")
    before = side("2024-05-01", ROOT / "policies", JUNE)
    draft = type(before)(before.policies, JUNE, "draft", "the draft x", before.folder, {}, "series")

    with pytest.raises(InvalidSide, match="the draft x is about `series`"):
        measure(before, draft, "creator-rewards", people, on=JUNE)
