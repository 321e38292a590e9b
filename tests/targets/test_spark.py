"""SQL means in Apache Spark what the interpreter means; a cluster and a Connect server run here at all."""

import datetime
import random
from collections import Counter
from collections.abc import Sequence
from itertools import product
from pathlib import Path

import pytest

import spark_engine as engine
import sql_engine
from policyengine.model import calendar, checked, types
from policyengine.model.operators import Aggregate, Comparison, Quantifier
from policyengine.model.values import Raw
from policyengine.targets.interpreter import Given
from policyengine.targets.sql import CannotSay, Dialect, column, days, ordinal, sql_text
from sql_engine import HOSTILE, Asked
from workbench import TODAY, bench

pytestmark = pytest.mark.spark
NUMBER = types.Number()
N = checked.Fact("f.n", NUMBER)


def assert_means_the_same(asked: Sequence[Asked], *, ansi: bool = True) -> list[Raw | None]:
    return sql_engine.same(asked, engine.asked(asked, ansi=ansi))


# expressions


@pytest.mark.fuzz
def test_interpreter_and_spark_agree_on_2_000_expressions_with_facts() -> None:
    answers = assert_means_the_same(sql_engine.generated(400))

    assert len(answers) >= 2_000
    assert min(Counter(answer is None for answer in answers).values()) >= 200


_ITEMS: tuple[dict[str, Raw | None], ...] = (
    {},  # a null item
    {"n": 1, "ok": True},
    {"n": -3, "ok": None},
    {"n": None, "ok": False},
    {"n": None, "ok": None},  # every field is null, the item is not
)
_LISTS: tuple[tuple[dict[str, Raw | None], ...] | None, ...] = (
    None,
    *(items for length in range(3) for items in product(_ITEMS, repeat=length)),
)


@pytest.mark.parametrize("ansi", [True, False], ids=["ansi", "older settings"])
def test_hostile_lists_numbers_and_logic_mean_the_same(ansi: bool) -> None:  # noqa: FBT001
    lists = [
        "every i in x.items satisfies i.ok",
        "some i in x.items satisfies i.ok and i.n > 0",
        "count(x.items)",
        "count(i in x.items where i.ok)",
        "sum(i.n for i in x.items)",
        "min(i.n for i in x.items where i.ok)",
        "max(i.n for i in x.items)",
        "sum(sum(i.n + j.n for j in x.items where j.ok) for i in x.items)",
    ]
    numbers = [
        "f.big",
        "-f.big",
        "f.wide * 2 - f.near",
        "full_steps(f.big, 7) * 7",
        "max(f.big, -9_007_199_254_740_991)",
        "f.big in [9_007_199_254_740_990, -9_007_199_254_740_991]",
        "100_000 * 100_000 + f.n",
        "(f.a or f.b) == (f.p and not f.q)",
    ]
    top = 2**53 - 1
    facts: list[dict[str, Given]] = [
        {"f.big": n, "f.near": min(abs(n), top - 1), "f.wide": abs(n) // 2, "f.n": 3, "f.a": a, "f.b": None}
        for n, a in product((top, top - 1, 0, 6, -7, 1 - top, -top), (True, False, None))
    ]
    asked = [Asked(bench().check(source).expr, {"x.items": items}, TODAY) for source in lists for items in _LISTS]
    asked += [Asked(bench().check(source).expr, each, TODAY) for source in numbers for each in facts]

    assert_means_the_same(_one_expression_each(asked), ansi=ansi)


def _one_expression_each(asked: Sequence[Asked]) -> list[Asked]:
    """Let equal expressions be one."""
    seen: dict[checked.Expr, checked.Expr] = {}
    return [Asked(seen.setdefault(each.expr, each.expr), each.facts, each.today) for each in asked]


def test_a_query_that_is_compiled_as_one_stage_means_the_same() -> None:
    spark = engine.session()
    expr = bench().check("if f.a then min(f.n, 3) else sum(i.n for i in x.items where i.ok)").expr
    facts: list[dict[str, Given]] = [
        {"f.a": a, "f.n": n, "x.items": items}
        for a, n, items in product((True, False, None), (2, 5, None), _LISTS)
    ]  # fmt: skip
    asked = [Asked(expr, each, TODAY) for each in facts]

    assert spark.conf.get("spark.sql.codegen.wholeStage") == "true"
    sql_engine.same(asked, engine._answers(spark, asked))


# days


def test_spark_counts_and_takes_apart_every_day_from_0001_to_9999_as_python_does() -> None:
    date = days.as_date(column("day"))  # what every calendar operator reads
    parts = f"year({sql_text(date, Dialect.SPARK)}), month({sql_text(date, Dialect.SPARK)})"
    query = f"""
        SELECT {parts}, count(*), min(day), min(day - day({sql_text(date, Dialect.SPARK)})),
               max(day - day({sql_text(date, Dialect.SPARK)})),
               every({sql_text(ordinal(date.copy()), Dialect.SPARK)} = day)
        FROM (SELECT id AS day FROM range(1, {calendar.LAST_DAY + 1})) GROUP BY {parts}
    """  # noqa: S608 -- no input of anybody
    found = sorted(tuple(row) for row in engine.session().sql(query).collect())

    assert found == [
        (year, month, calendar.days_in_month(year, month), start, start - 1, start - 1, True)
        for year, month in product(range(1, 10_000), range(1, 13))
        for start in [datetime.date(year, month, 1).toordinal()]
    ]


def test_months_and_birthdays_of_every_day_of_a_century_are_those_of_the_calendar() -> None:
    chosen = random.Random(1)  # noqa: S311 -- days, not secrets
    century = range(datetime.date(1950, 1, 1).toordinal(), datetime.date(2050, 1, 1).toordinal())
    date, period = checked.Fact("f.d", types.Date()), checked.Fact("f.p", types.Period())

    assert_means_the_same(
        [
            Asked(
                expr,
                {"f.d": day, "f.p": chosen.randint(-600, 600)},
                datetime.date.fromordinal(chosen.choice(century)),
            )
            for expr in (checked.AddMonths(date, period), checked.YearsSince(date))
            for day in century
        ]
    )


# names and texts of authors


def test_a_text_is_itself_whatever_it_holds() -> None:
    fact = checked.Fact("f.t", types.Text())
    exprs = [
        expr
        for text in HOSTILE
        for expr in (
            checked.Compare(Comparison.EQUAL, fact, checked.Literal(text, types.Text())),
            checked.Within(fact, ("other", text), types.Text()),
            checked.Literal(text, types.Text()),
            fact,
        )
    ]

    assert_means_the_same([Asked(expr, {"f.t": text}, TODAY) for expr in exprs for text in HOSTILE])


_NAMES = [text for text in HOSTILE if "${" not in text]


@pytest.mark.parametrize("name", [*_NAMES, "select", "given", "total", "term", "each", "value", "today"])
def test_a_name_is_itself_whatever_it_holds(name: str) -> None:
    item = checked.Item(name, name, NUMBER)
    large = checked.Add((item, *[N] * 60), NUMBER)
    exprs = (
        checked.Fact(f"f.{name}", NUMBER),
        checked.Fold(Aggregate.SUM, item, name, f"l.{name}", None, NUMBER),
        checked.Fold(Aggregate.MAX, large, name, f"l.{name}", None, NUMBER),
        checked.Quantified(Quantifier.SOME, name, f"l.{name}", checked.Compare(Comparison.EQUAL, item, N)),
    )
    facts: dict[str, Given] = {f"f.{name}": 5, "f.n": 2, f"l.{name}": ({name: 2}, {name: 3})}

    answers = assert_means_the_same([Asked(expr, given, TODAY) for expr in exprs for given in (facts, {})])

    assert answers == [5, None, 5, None, 123, None, True, None]


@pytest.mark.parametrize("name", ["${env:HOME}", "a ${x", "$${x}"])
def test_a_name_that_spark_would_read_as_a_variable_is_refused(name: str) -> None:
    with pytest.raises(CannotSay, match=r"reads .* in a name as a variable"):
        sql_text(column(name), Dialect.SPARK)

    assert sql_text(column(name), Dialect.DUCKDB) == f'"{name}"'


# processes of their own


def test_a_query_runs_on_both_executors_of_a_cluster() -> None:
    code = """
executors = spark.sql(
    "SELECT reflect('java.lang.System', 'getenv', 'SPARK_EXECUTOR_DIRS') AS name, sum(id) AS total"
    " FROM range(0, 1000, 1, 8) GROUP BY 1"
).collect()
answer = [row.total for row in executors]
"""
    with engine.cluster() as master:
        totals = engine.driven(master, code)

    assert len(totals) == 2
    assert sum(totals) == sum(range(1_000))


def test_a_connect_server_answers_beside_a_session_of_this_process() -> None:
    with engine.connect_server() as url, engine.remote(url) as spark:
        assert spark.sql("SELECT sum(id) FROM range(1000)").collect()[0][0] == sum(range(1_000))

    assert engine.session().sql("SELECT 1").collect()[0][0] == 1


def test_a_machine_without_java_fails_and_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))

    with pytest.raises(pytest.fail.Exception, match=r"needs Java 17 or newer.*openjdk-17-jre-headless"):
        engine.need_java()
