"""What a good engineer would write by hand for Series' eligibility on 2024-06-01: SQL for two engines, and Polars.

Days are solved beforehand, columns are typed, Korea is one CASE, the three truth values are the engine's own. With
`validated`, facts that cannot be are found out as ours finds them; without, every row is trusted.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from batch_tools import ANSWER

COLUMNS = {
    "id": "number",
    "region": "text",
    "birth_date": "day",
    "account_opened": "day",
    "account_type": "text",
    "public_videos_30d": "number",
    "views_30d": "number",
    "original_content": "truth",
    "repeat_violations": "truth",
    "followers": "number",
    "sold_elsewhere": "truth",
}
"""What the check reads, and the column that says who a row is."""
_TYPES = ("personal", "business", "political", "private", "government", "media")
_REQUIREMENTS = (
    "adult residence account_age account_type public_videos views original_content conduct followers sold_elsewhere"
).split()
_MOST = 10_000_000_000


@dataclass(frozen=True)
class Rules:
    """What the queries name besides numbers: the digests of both policies, and all regions that there are."""

    world: str
    korea: str
    regions: Sequence[str]


# SQL

_REFUSED_TYPES = f"WHEN NOT account_type IN {_TYPES} THEN 'creator.account_type'"


def validated_duckdb(rules: Rules) -> str:
    """Give the query that looks at what DuckDB must: the file's statistics promise that numbers and days are in range.

    Regions are looked up by a join: DuckDB goes through a list inside a CASE from its beginning.
    """
    return decisions_sql(
        rules,
        f"{_REFUSED_TYPES} WHEN region IS NOT NULL AND known IS NULL THEN 'creator.region'",
        f"source LEFT JOIN (SELECT unnest(string_split('{' '.join(rules.regions)}', ' ')) AS known) ON region = known",
    )


def validated_spark(rules: Rules) -> str:
    """Give the query that looks at everything, because Spark is promised nothing. It looks into a list by hashes."""
    return decisions_sql(
        rules,
        f"""
      WHEN NOT birth_date BETWEEN DATE '1900-01-01' AND DATE '2199-12-31' THEN 'creator.birth_date'
      WHEN NOT account_opened BETWEEN DATE '1900-01-01' AND DATE '2199-12-31' THEN 'creator.account_opened'
      {_REFUSED_TYPES}
      WHEN NOT public_videos_30d BETWEEN 0 AND {_MOST} THEN 'creator.public_videos_30d'
      WHEN NOT views_30d BETWEEN 0 AND {_MOST} THEN 'creator.views_30d'
      WHEN NOT followers BETWEEN 0 AND {_MOST} THEN 'creator.followers'
      WHEN NOT region IN {tuple(rules.regions)} THEN 'creator.region'""",
    )


def decisions_sql(rules: Rules, refused: str = "WHEN FALSE THEN ''", source: str = "source") -> str:
    """Give the mask of every row; DuckDB and Spark read the same text. `refused` names facts that cannot be."""
    unmet = " + ".join(f"CASE WHEN NOT {name} THEN {1 << bit} ELSE 0 END" for bit, name in enumerate(_REQUIREMENTS))
    unknown = " + ".join(
        f"CASE WHEN {name} IS NULL THEN {1 << bit} ELSE 0 END" for bit, name in enumerate(_REQUIREMENTS)
    )
    return f"""
WITH asked AS (
  SELECT
    id,
    region,
    CASE {refused} END AS invalid,
    birth_date <= CASE WHEN region = 'KR' THEN DATE '2005-06-01' ELSE DATE '2006-06-01' END AS adult,
    CASE WHEN region IN ('KR', 'ZA') THEN TRUE END AS residence,
    account_opened <= DATE '2024-05-02' AS account_age,
    account_type IN ('personal', 'business') AS account_type,
    public_videos_30d >= 3 AS public_videos,
    views_30d >= 1000 AS views,
    original_content,
    NOT repeat_violations AS conduct,
    followers >= 10000 AS followers,
    sold_elsewhere
  FROM {source}
), answered AS (
  SELECT *,
    region IS NOT NULL AND invalid IS NULL AS decided,
    adult AND residence AND account_age AND account_type AND public_videos AND views AND original_content AND conduct
      AND (followers OR sold_elsewhere) AS met
  FROM asked
)
SELECT
  id,
  region,
  invalid,
  CASE
    WHEN invalid IS NOT NULL THEN 'invalid'
    WHEN region IS NULL OR met IS NULL THEN 'unknown'
    WHEN met THEN 'met'
    ELSE 'unmet'
  END AS eligibility_outcome,
  CASE WHEN decided THEN CAST({unmet} AS BIGINT) END AS eligibility_unmet,
  CASE WHEN decided THEN CAST({unknown} AS BIGINT) END AS eligibility_unknown,
  CASE WHEN decided THEN CASE WHEN region = 'KR' THEN '{rules.korea}' ELSE '{rules.world}' END
  END AS eligibility_policy
FROM answered"""  # noqa: S608 -- of our own words only


def rows_sql(decisions: str) -> str:
    """Ask for the answer's columns alone."""
    return f"SELECT {ANSWER} FROM ({decisions})"  # noqa: S608


def sums_sql(decisions: str, length: str = "strlen") -> str:
    """Consume every column of every row, at the price of a few sums: nothing that decides can be left out."""
    texts = ", ".join(
        f"coalesce(sum({length}({name})), 0)" for name in ("invalid", "eligibility_outcome", "eligibility_policy")
    )
    return f"SELECT sum(id), {texts}, sum(eligibility_unmet), sum(eligibility_unknown) FROM ({decisions})"  # noqa: S608


def counts_sql(decisions: str) -> str:
    """Count by region and outcome."""
    return f"SELECT region, eligibility_outcome, count(*) FROM ({decisions}) GROUP BY region, eligibility_outcome"  # noqa: S608


def scan_sql(columns: Sequence[str], *, length: str = "strlen", by: str | None = None) -> str:
    """Read columns and do next to nothing with them; no sum can be told from the statistics of a file."""
    sums = {
        "number": "sum({})",
        "text": f"sum({length}({{}}))",
        "day": "count_if({} > DATE '2000-01-01')",
        "truth": "count_if({})",
    }
    found = [sums[COLUMNS[name]].format(name) for name in columns]
    if by is not None:
        return f"SELECT {by}, {', '.join(found)}, count(*) FROM source GROUP BY {by}"  # noqa: S608
    return f"SELECT {', '.join(found)}, count(*) FROM source"  # noqa: S608


# Polars


def decisions_polars(path: Path, rules: Rules, *, validated: bool) -> pl.LazyFrame:
    """Give the same answer, lazily, by Polars."""
    col, when, lit = pl.col, pl.when, pl.lit
    adult_by = when(col("region") == "KR").then(datetime.date(2005, 6, 1)).otherwise(datetime.date(2006, 6, 1))
    refused = (
        when(col("account_type").is_in(_TYPES).not_())
        .then(lit("creator.account_type"))
        .when(col("region").is_in(rules.regions).not_())
        .then(lit("creator.region"))
        if validated
        else lit(None, pl.String)
    )
    asked = pl.scan_parquet(path).select(
        "id",
        "region",
        refused.alias("invalid"),
        (col("birth_date") <= adult_by).alias("adult"),
        when(col("region").is_in(["KR", "ZA"])).then(statement=True).alias("residence"),
        (col("account_opened") <= datetime.date(2024, 5, 2)).alias("account_age"),
        col("account_type").is_in(["personal", "business"]).alias("account_type"),
        (col("public_videos_30d") >= 3).alias("public_videos"),
        (col("views_30d") >= 1_000).alias("views"),
        "original_content",
        col("repeat_violations").not_().alias("conduct"),
        (col("followers") >= 10_000).alias("followers"),
        "sold_elsewhere",
    )
    *first, followers, sold_elsewhere = (col(name) for name in _REQUIREMENTS)
    answered = asked.with_columns(
        (col("region").is_not_null() & col("invalid").is_null()).alias("decided"),
        pl.all_horizontal(*first, followers | sold_elsewhere).alias("met"),
    )
    bits = [(1 << bit, col(name)) for bit, name in enumerate(_REQUIREMENTS)]
    unmet = pl.sum_horizontal(when(asks.not_()).then(lit(bit, pl.Int64)).otherwise(0) for bit, asks in bits)
    unknown = pl.sum_horizontal(when(asks.is_null()).then(lit(bit, pl.Int64)).otherwise(0) for bit, asks in bits)
    outcome = (
        when(col("invalid").is_not_null())
        .then(lit("invalid"))
        .when(col("region").is_null() | col("met").is_null())
        .then(lit("unknown"))
        .when(col("met"))
        .then(lit("met"))
        .otherwise(lit("unmet"))
    )
    digest = when(col("region") == "KR").then(lit(rules.korea)).otherwise(lit(rules.world))
    return answered.select(
        "id",
        "region",
        "invalid",
        outcome.alias("eligibility_outcome"),
        when(col("decided")).then(unmet).alias("eligibility_unmet"),
        when(col("decided")).then(unknown).alias("eligibility_unknown"),
        when(col("decided")).then(digest).alias("eligibility_policy"),
    )


def sums_polars(decisions: pl.LazyFrame) -> pl.LazyFrame:
    """As `sums_sql`."""
    texts = [pl.col(name).str.len_bytes().sum() for name in ("invalid", "eligibility_outcome", "eligibility_policy")]
    return decisions.select(pl.col("id").sum(), *texts, pl.col("eligibility_unmet", "eligibility_unknown").sum())


def counts_polars(decisions: pl.LazyFrame) -> pl.LazyFrame:
    """As `counts_sql`."""
    return decisions.group_by("region", "eligibility_outcome").agg(pl.len())
