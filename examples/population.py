"""Synthetic creators as Parquet, any number of them: for `policyengine batch`, `policyengine impact` and benchmarks.

    python examples/population.py creators.parquet --rows 1_000_000 --seed 7

The people are made up. So is every number below: how many live where, how old they are, how many follow them, how
often a fact is missing. None has a source, and none claims anything of real people; they only make a population in
which rules differ. What the numbers aim at:

- Ages run from 13 to the eighties, most in their twenties, on the last day that the population knows.
- One in five or so is earnest about it: posts more, is followed more, sells and makes more.
- Followers have a heavy tail, and some creators stand close to 10,000. Older accounts have more.
- Views follow followers and videos; a private account has no public videos.
- A few make effects, and have a badge by how much these are used; only they have a list that is not empty.
- Every fact is unknown of some.

The columns are `id` and the facts of `creator` that are given, not derived, by their bare names. A seed makes the same
rows whatever the number of threads, in the order of `id`, and more rows begin with the same ones: every number is drawn
from a hash of the row, the seed and a name. Another version of DuckDB may hash otherwise.
"""

import argparse
import os
import sys
import time
import zlib
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import duckdb

import policyengine

ROOT = Path(__file__).parents[1]
NOTICE = "SYNTHETIC: the creators in this file are made up, and claim nothing of real people."
MOST_ROWS = 10_000_000_000
LARGEST_SEED = 2**63 - 1
LARGE = (
    "US ID BR MX VN KR ZA PH GB JP DE FR TR SA TH EG IT ES MY CO PL AR NG CA PE AE KE CL AU MA NL RO KZ TW EC BE IL SE "
    "GR PT HU CZ AT CH DK NO FI IE NZ KW QA OM BH UY BY"
).split()
"""Countries that are to matter: those that the rules name are among them. Made up, as is their order."""
MISSING = {
    "region": 0.005,
    "birth_date": 0.03,
    "followers": 0.01,
    "account_opened": 0.01,
    "account_type": 0.02,
    "public_videos_30d": 0.02,
    "views_30d": 0.03,
    "repeat_violations": 0.04,
    "invited": 0.40,
    "original_content": 0.08,
    "sold_elsewhere": 0.06,
    "badge": 0.02,
    "effects": 0.02,
    "tax_setup_done": 0.05,
}
"""The facts, and the share of creators of whom each is unknown."""
SLOTS = 2**11
"""Into so many slots a draw falls, each of one region: the smallest countries have one."""

# DuckDB joins the hashes of several values by XOR, which ties the draws of one row to each other; hashed once more,
# they are as good as independent. Half a step is added so that no draw is 0, which has no logarithm.
MACROS = """
CREATE TEMP MACRO uniform(n, draw) AS
    ((hash(hash(n, getvariable('seed'), draw)) >> 11)::DOUBLE + 0.5) / 9007199254740992;
CREATE TEMP MACRO normal(n, draw) AS
    sqrt(-2 * ln(uniform(n, draw || ': radius'))) * cos(2 * pi() * uniform(n, draw || ': angle'));
CREATE TEMP MACRO whole(number, most) AS
    least(floor(number), most)::BIGINT;
CREATE TEMP MACRO known(fact, n, name, missing) AS
    CASE WHEN uniform(n, 'known: ' || name) >= missing THEN fact END;
"""

# Each step reads the one before it alone, so nothing is kept and rows stream from `range` to the file. A name that the
# same step defines stands for its text and would be computed again wherever it is used: hence the many steps.
PEOPLE = """
WITH born AS (
    SELECT
        range AS id,
        DATE '2026-06-30' AS today,
        getvariable('regions')[1 + whole(len(getvariable('regions')) * uniform(id, 'region'), 99999)] AS region,
        today - floor(365.2425 * (13 + 75 / (1 + exp(1.55 - 0.75 * normal(id, 'age')))))::INTEGER AS birth_date,
    FROM range(getvariable('rows'))
), grown AS (
    SELECT
        *,
        datesub('year', birth_date, today) AS age,
        greatest(DATE '2016-09-01', (birth_date + INTERVAL 13 YEARS)::DATE) AS allowed,
        uniform(id, 'earnest') < 0.22 AS earnest,
    FROM born
), joined AS (
    SELECT
        *,
        today - floor((today - allowed + 1) * pow(uniform(id, 'opened'), 0.75))::INTEGER AS account_opened,
    FROM grown
), followed AS (
    SELECT
        *,
        (today - account_opened) / 365.2425 AS years_open,
        CASE
            WHEN earnest AND uniform(id, 'close') < 0.1 THEN whole(10000 * exp(0.08 * normal(id, 'closeness')), 20000)
            ELSE whole(pow(10, if(earnest, 3.6, 2.1) + 0.08 * years_open + 0.72 * normal(id, 'reach')), 300000000)
        END AS followers,
    FROM joined
), famous AS (
    SELECT *, log10(1 + followers) AS fame FROM followed
), kinds AS (
    SELECT
        *,
        uniform(id, 'account type') - 0.04 * fame + if(age < 16, 0.15, 0) AS kind,
    FROM famous
), typed AS (
    SELECT
        *,
        CASE
            WHEN kind > 0.82 THEN 'private'
            WHEN kind > 0.68 THEN 'business'
            WHEN kind > 0.67 THEN 'media'
            WHEN kind > 0.66 THEN 'political'
            WHEN kind > 0.655 THEN 'government'
            ELSE 'personal'
        END AS account_type,
    FROM kinds
), posted AS (
    SELECT
        *,
        CASE
            WHEN account_type = 'private' THEN 0
            ELSE whole(pow(10, if(earnest, 0.8, 0.4) + 0.05 * fame + 0.45 * normal(id, 'videos')), 3000)
        END AS public_videos_30d,
        uniform(id, 'original') < if(earnest, 0.95, 0.88) AS original_content,
        CASE
            WHEN uniform(id, 'makes effects') >= if(earnest, 0.22, 0.07) THEN 0
            ELSE whole(1 + exp(if(earnest, 1.6, 1) + 0.8 * normal(id, 'effects')), 60)
        END AS made,
        1.1 + 0.4 * fame + 0.6 * normal(id, 'skill') AS skill,
    FROM typed
), watched AS (
    SELECT
        *,
        whole(
            pow(10, 0.4 + 0.9 * fame + 0.9 * log10(1 + public_videos_30d) + 0.5 * normal(id, 'views')), 10000000000
        ) AS views_30d,
        uniform(id, 'violations') < if(original_content, 0.03, 0.12) AS repeat_violations,
        uniform(id, 'invited') < if(followers >= 10000, 0.15, 0.01) AS invited,
        age >= 18 AND uniform(id, 'sold') < if(earnest, 0.12, 0.02) AS sold_elsewhere,
        uniform(id, 'tax') < if(earnest, 0.6, 0.2) + if(made > 0, 0.25, 0) AS tax_setup_done,
        list_transform(
            range(made), lambda k: whole(pow(10, skill + 0.6 * normal(id * 64 + k, 'effect')), 1000000000)
        ) AS used,
    FROM posted
), counted AS (
    SELECT
        *,
        list_sum(used) AS uses,
        len(list_filter(used, lambda videos: videos >= 1000)) AS popular,
    FROM watched
), rewarded AS (
    SELECT
        *,
        CASE
            WHEN made = 0 THEN 'none'
            WHEN popular >= 10 AND uses >= 500000 THEN 'diamond'
            WHEN popular >= 5 AND uses >= 50000 THEN 'platinum'
            WHEN made >= 5 AND popular >= 3 THEN 'gold'
            WHEN made >= 3 AND popular >= 1 THEN 'silver'
            ELSE 'bronze'
        END AS badge,
        list_transform(used, lambda videos, k: {'videos': known(videos, id * 64 + k, 'effect', 0.02)}) AS effects,
    FROM counted
)
"""


def write(path: Path | str, rows: int, seed: int = 7, *, threads: int | None = None, progress: bool = False) -> None:
    """Write a population; nothing of it is at `path` before all of it is. Raises `ValueError` and `OSError`."""
    target = Path(path)
    if not 1 <= rows <= MOST_ROWS:
        raise ValueError(f"a population has 1 to {MOST_ROWS:,} rows, not {rows:,}")
    if not 0 <= seed <= LARGEST_SEED:
        raise ValueError(f"a seed is a number from 0 to {LARGEST_SEED:,}, not {seed:,}")
    if not target.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {target.parent}")
    if target.is_dir():
        raise IsADirectoryError(f"{target} is a folder")
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        with duckdb.connect(config={"threads": threads} if threads else {}) as connection:
            _prepare(connection, rows, seed, progress=progress)
            _run(connection, _copy(), {"path": str(partial), "notice": NOTICE, "rows": rows, "seed": seed})
        partial.replace(target)
    except duckdb.IOException as error:
        raise OSError(str(error)) from error
    finally:
        partial.unlink(missing_ok=True)


def _prepare(connection: duckdb.DuckDBPyConnection, rows: int, seed: int, *, progress: bool) -> None:
    connection.execute(MACROS)
    connection.execute("SET VARIABLE rows = $rows", {"rows": rows})
    connection.execute("SET VARIABLE seed = $seed", {"seed": seed})
    connection.execute("SET VARIABLE regions = $regions", {"regions": list(_slots())})
    connection.execute(f"SET enable_progress_bar = {progress}")


def _run(connection: duckdb.DuckDBPyConnection, query: str, given: dict[str, object]) -> None:
    """Run a query in a thread of its own: in the main one, DuckDB mostly hears Ctrl-C only when all is done."""
    with ThreadPoolExecutor(1) as pool:
        job = pool.submit(connection.execute, query, given)
        try:
            job.result()
        except KeyboardInterrupt:
            connection.interrupt()
            raise


def _copy() -> str:
    """Give the one query. ZSTD makes a file a third smaller than Snappy does, and is hardly slower to write or read."""
    facts = ", ".join(f"known({name}, id, '{name}', {share}) AS {name}" for name, share in MISSING.items())
    return f"""
        COPY ({PEOPLE} SELECT id, {facts} FROM rewarded)
        TO $path (
            FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880, USE_TMP_FILE false,
            KV_METADATA {{
                synthetic: 'true', notice: $notice, made_by: 'examples/population.py', rows: $rows, seed: $seed
            }}
        )
    """  # noqa: S608 -- of our own words only


def _slots() -> Iterator[str]:
    """Give every country, and now and then its subdivisions, as often as their share of creators asks for."""
    regions = _regions()
    countries = {region for region in regions if len(region) == 2}
    large = [country for country in LARGE if country in countries]
    small = sorted(countries.difference(large), key=lambda country: zlib.crc32(country.encode()))  # in no order at all
    weights = {country: (rank + 4) ** -1.3 for rank, country in enumerate([*large, *small])}
    for country, weight in weights.items():
        parts = sorted(region for region in regions if region.startswith(f"{country}-"))
        for slot in range(max(1 + len(parts), round(SLOTS * weight / sum(weights.values())))):
            # every second slot of a country is for one of its parts, if it has any
            yield parts[slot // 2 % len(parts)] if parts and slot % 2 else country


@cache
def _regions() -> Collection[str]:
    return policyengine.load(ROOT / "policies").compiled.tree.parents


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=f"{NOTICE} Writes any number of them as Parquet; the numbers they are drawn by are made up too."
    )
    parser.add_argument("path", type=Path, help="the file to write, like creators.parquet")
    parser.add_argument(
        "--rows", type=_number, default=1_000_000, help="how many creators, like 1_000_000 (the default)"
    )
    parser.add_argument("--seed", type=_number, default=7, help="the same seed makes the same creators; 7 by default")
    asked = parser.parse_args()
    start = time.perf_counter()
    try:
        write(asked.path, asked.rows, asked.seed, progress=sys.stdout.isatty())
    except (ValueError, OSError) as error:
        parser.error(str(error))
    except KeyboardInterrupt:
        parser.exit(130, "stopped; nothing was written\n")
    size, seconds = asked.path.stat().st_size / 1e6, time.perf_counter() - start
    print(f"{asked.path}: {asked.rows:,} creators with the seed {asked.seed}, {size:,.1f} MB in {seconds:,.1f} seconds")
    print(NOTICE)


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number, like 1000 or 1_000_000") from None


if __name__ == "__main__":
    main()
