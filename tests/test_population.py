import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pytest

import policyengine
from workbench import module

ROOT = Path(__file__).parents[1]
ROWS = 50_000
ENOUGH = 130_000  # for two groups of rows


population: Any = module(ROOT / "examples" / "population.py")


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("population") / "people.parquet"
    population.write(path, ROWS, 7)
    return path


@pytest.fixture(scope="module")
def policies() -> policyengine.Policies:
    return policyengine.load(ROOT / "policies")


def asked(query: str, **files: Path) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        for name, path in files.items():
            connection.read_parquet(str(path)).create_view(name)
        return connection.execute(query).fetchall()


def different(one: Path, other: Path) -> int:
    """Count the rows that differ, one file's first from the other's first and so on."""
    query = "SELECT count(*) FROM one POSITIONAL JOIN other WHERE one IS DISTINCT FROM other"
    return int(asked(query, one=one, other=other)[0][0])


def given(policies: policyengine.Policies) -> dict[str, Any]:
    """Give the facts of a creator that are not derived."""
    vocabulary = policies.compiled.vocabulary
    return {path.removeprefix("creator."): fact for path, fact in vocabulary.items() if path.startswith("creator.")}


def test_the_columns_are_an_id_and_the_facts_that_are_given(people: Path, policies: policyengine.Policies) -> None:
    columns = [name for name, *_ in asked("DESCRIBE people", people=people)]
    assert columns[0] == "id"
    assert set(columns[1:]) == {name for name, fact in given(policies).items() if fact.derived is None}
    assert list(population.MISSING) == columns[1:]


def test_rows_stand_in_the_order_of_their_ids(people: Path) -> None:
    assert asked("SELECT list(id) = range(count(*)) FROM people", people=people) == [(True,)]


def test_a_seed_makes_the_same_rows_whatever_the_number_of_threads(tmp_path: Path) -> None:
    one, two, other = (tmp_path / name for name in ("one", "two", "other"))
    population.write(one, ENOUGH, 7, threads=1)
    population.write(two, ENOUGH, 7, threads=2)
    population.write(other, ENOUGH, 8, threads=2)
    assert different(one, two) == 0
    assert different(one, other) == ENOUGH


def test_more_rows_begin_with_the_same(people: Path, tmp_path: Path) -> None:
    population.write(tmp_path / "few", 1_000, 7)
    assert asked("SELECT * FROM few EXCEPT ALL SELECT * FROM people", few=tmp_path / "few", people=people) == []


def test_the_door_takes_every_fact(people: Path, policies: policyengine.Policies) -> None:
    names, declared = list(population.MISSING), given(policies)
    for row in asked(f"SELECT {', '.join(names)} FROM people LIMIT 4000", people=people):  # noqa: S608 -- our columns
        for name, value in zip(names, row, strict=True):
            policies.door.value(declared[name], value)


def test_numbers_at_the_far_end_stay_within_their_range(people: Path) -> None:
    query = """
        SELECT max(followers), max(views_30d), max(public_videos_30d), max(len(effects)),
            max(list_max(effects).videos), least(min(followers), min(views_30d), min(public_videos_30d))
        FROM people
    """
    followers, views, videos, effects, uses, least = asked(query, people=people)[0]
    assert 1_000_000 < followers <= 10_000_000_000
    assert 1_000_000 < views <= 10_000_000_000
    assert videos <= 3_000
    assert 10 < effects <= 60
    assert uses <= 1_000_000_000
    assert least >= 0


def test_every_country_has_creators_and_those_of_the_rules_have_many(policies: policyengine.Policies) -> None:
    slots = Counter(population._slots())
    countries = {region for region in policies.compiled.tree.parents if len(region) == 2}
    named = {
        region
        for path in ROOT.glob("policies/*/world/*.yaml")
        for regions in re.findall(r"\bregions: *\[([^\]]*)\]", path.read_text("utf-8"))
        for region in re.findall(r"\b[A-Z]{2}\b", regions)
    }
    assert set(slots) == countries
    assert len(named) > 50
    assert min(slots[region] / slots.total() for region in named & countries) > 0.002


def test_a_country_shares_its_creators_with_its_subdivisions(monkeypatch: pytest.MonkeyPatch) -> None:
    before, regions = Counter(population._slots()), population._regions()
    monkeypatch.setattr(population, "_regions", lambda: [*regions, "asia", "US-CA", "US-TX", "VA-A"])
    slots = Counter(population._slots())
    assert slots["US"] + slots["US-CA"] + slots["US-TX"] == before["US"]
    assert min(slots[region] for region in ("US-CA", "US-TX", "VA", "VA-A")) > 0
    assert set(slots) == {*before, "US-CA", "US-TX", "VA-A"}


def test_few_creators_have_most_followers(people: Path) -> None:
    query = """
        SELECT sum(followers) FILTER (place <= 0.01) / sum(followers), median(followers),
            avg((followers >= 10000)::INT), avg((followers BETWEEN 9000 AND 11000)::INT)
        FROM (SELECT followers, percent_rank() OVER (ORDER BY followers DESC) AS place FROM people
              WHERE followers IS NOT NULL)
    """
    top, median, enough, close = asked(query, people=people)[0]
    assert top > 1 / 3
    assert 300 < median < 1_000
    assert 0.05 < enough < 0.30
    assert close > 0.02


def test_facts_depend_on_each_other(people: Path) -> None:
    query = """
        SELECT corr(log10(1 + followers), log10(1 + views_30d)) > 0.7,
            bool_and(len(effects) = 0) FILTER (badge = 'none'),
            bool_and(len(effects) > 0) FILTER (badge <> 'none'),
            bool_and(public_videos_30d = 0) FILTER (account_type = 'private'),
            bool_and(account_opened >= birth_date + INTERVAL 13 YEARS),
            bool_and(account_opened BETWEEN DATE '2016-09-01' AND DATE '2026-06-30'),
            avg(list_max(effects).videos) FILTER (badge = 'gold') > 5 * avg(list_max(effects).videos)
                FILTER (badge = 'bronze')
        FROM people
    """
    assert asked(query, people=people) == [(True,) * 7]


@pytest.mark.parametrize("fact", population.MISSING)
def test_a_fact_is_missing_as_often_as_declared(people: Path, fact: str) -> None:
    ((share,),) = asked(f"SELECT avg(({fact} IS NULL)::INT) FROM people", people=people)  # noqa: S608 -- our column
    assert share == pytest.approx(population.MISSING[fact], rel=0.2, abs=0.001)


def test_draws_of_other_names_have_nothing_to_do_with_each_other() -> None:
    with duckdb.connect() as connection:
        connection.execute(population.MACROS)
        connection.execute("SET VARIABLE seed = 7")
        draws = "uniform(n, 'one') AS one, uniform(n, 'other') AS other, uniform(n + 1, 'one') AS next"
        query = f"SELECT corr(one, other), corr(one, next), avg(one) FROM (SELECT {draws} FROM range(100000) AS t(n))"  # noqa: S608
        other, following, mean = connection.execute(query).fetchall()[0]
    assert abs(other) < 0.02
    assert abs(following) < 0.02
    assert mean == pytest.approx(0.5, abs=0.005)


def test_the_file_says_that_the_people_are_made_up(people: Path) -> None:
    with duckdb.connect() as connection:
        read = connection.execute("SELECT key, value FROM parquet_kv_metadata($path)", {"path": str(people)}).fetchall()
    said = {bytes(key).decode(): bytes(value).decode() for key, value in read}
    assert said["synthetic"] == "true"
    assert said["notice"].startswith("SYNTHETIC")
    assert (said["rows"], said["seed"]) == (str(ROWS), "7")


def test_a_failure_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "people.parquet"
    path.write_text("older", "utf-8")
    failing = "if(id < 125000, log10(1 + followers), error('the disk is full')) AS fame"
    monkeypatch.setattr(population, "PEOPLE", population.PEOPLE.replace("log10(1 + followers) AS fame", failing))
    with pytest.raises(duckdb.Error, match="the disk is full"):
        population.write(path, ENOUGH, 7)
    assert [(each.name, each.read_text("utf-8")) for each in tmp_path.iterdir()] == [("people.parquet", "older")]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["people.parquet", "--rows", "0"], "1 to 10,000,000,000 rows"),
        (["people.parquet", "--rows", "many"], "'many' is not a whole number"),
        (["people.parquet", "--seed", "-1"], "a seed is a number from 0"),
        (["nowhere/people.parquet"], "there is no folder nowhere"),
        (["."], ". is a folder"),
    ],
)
def test_wrong_usage_is_refused_in_words(
    arguments: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["population.py", *arguments])
    with pytest.raises(SystemExit) as ended:
        population.main()
    assert ended.value.code == 2
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_command_and_its_help_say_that_the_people_are_made_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["population.py", "people.parquet", "--rows", "1_000"])
    population.main()
    assert "people.parquet: 1,000 creators" in (printed := capsys.readouterr().out)
    assert population.NOTICE in printed
    monkeypatch.setattr(sys, "argv", ["population.py", "--help"])
    with pytest.raises(SystemExit):
        population.main()
    assert "SYNTHETIC" in capsys.readouterr().out
    assert [each.name for each in tmp_path.iterdir()] == ["people.parquet"]
