"""SQL means what the interpreter means: run on DuckDB, on generated expressions, hostile lists, days and names."""

import datetime
import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import product
from typing import Any

import duckdb
import pytest
from hypothesis import given
from sqlglot import exp, parse_one

import sql_engine as engine
import strategies
from drawing import examples
from policyengine.model import calendar, checked, types
from policyengine.model.errors import UnknownName
from policyengine.model.operators import Aggregate, Comparison, Quantifier
from policyengine.model.values import Raw
from policyengine.targets.interpreter import Given
from policyengine.targets.sql import (
    CannotSay,
    Columns,
    Dialect,
    ListColumn,
    column,
    days,
    dialect,
    expression,
    ordinal,
    sql_text,
)
from sql_engine import HOSTILE, Asked
from workbench import TODAY, bench

NUMBER, TRUTH = types.Number(), types.Boolean()
N, _ONE = checked.Fact("f.n", NUMBER), checked.Literal(1, NUMBER)


def assert_means_the_same(asked: Sequence[Asked]) -> list[Raw | None]:
    return engine.same(asked, engine.asked(asked))


# expressions


@pytest.mark.fuzz
def test_interpreter_and_duckdb_agree_on_20_000_expressions_with_facts() -> None:
    answers = assert_means_the_same(engine.generated(4_000))

    assert len(answers) >= 20_000
    assert min(Counter(answer is None for answer in answers).values()) >= 2_000


@pytest.mark.parametrize(
    "source",
    [
        "f.n * f.m - f.n",
        "f.n - (f.m - f.n)",
        "f.n - f.m * (f.n - -3) - (-f.n)",
        "-(f.n + f.m) * -2",
        "full_steps(f.n, 3) * full_steps(f.n * 7, 5)",
        "(f.a or f.b) == (f.p and not f.q)",
        "not (f.a == f.b) and (not f.a == f.b)",
        "f.a and (f.b or f.p and f.q) or f.q",
        "(f.n < f.m) == (f.n <= 3)",
        "(f.n in [1, 2, 3]) == (not f.a)",
        "100_000 * 100_000 + f.n",
        "f.n * (if f.a then 100_000 else 200_000) * 1_000",
        "(if f.a then 2_000_000_000 else 3) + (if f.b then 2_000_000_000 else 3)",
        "min(2_000_000_000, 3) + max(2_000_000_000, 3)",
        "-(if f.a then -2_000_000_000 else 3) * 4",
    ],
)
def test_brackets_stand_where_they_must_and_no_literal_is_too_narrow(source: str) -> None:
    expr = bench().check(source).expr
    truths, numbers = (True, False, None), (-7, 0, 2, 5, None)
    facts: list[dict[str, Given]] = [
        {"f.n": n, "f.m": m, "f.a": a, "f.b": b, "f.p": not b, "f.q": b}
        for n, m, a, b in product(numbers, numbers, truths, truths)
    ]

    assert_means_the_same([Asked(expr, each, TODAY) for each in facts])


@pytest.mark.parametrize(
    "source",
    [
        "f.big",
        "f.near + 1",
        "-f.big",
        "f.wide + f.wide",
        "f.wide * 2 - f.near",
        "full_steps(f.big, 9_007_199_254_740_991)",
        "full_steps(f.big, 7) * 7",
        "min(f.big, 9_007_199_254_740_991)",
        "max(f.big, -9_007_199_254_740_991)",
        "f.big == 9_007_199_254_740_991",
        "f.big < 9_007_199_254_740_991",
        "f.big in [9_007_199_254_740_990, -9_007_199_254_740_991]",
        "max(i.big for i in x.items where i.big > 1) * 99 + 1",
    ],
)
def test_numbers_next_to_2_to_the_53_stay_exact(source: str) -> None:
    top = 2**53 - 1
    chosen = [value for edge in (top, -top, 0, 2**52) for value in range(edge - 3, edge + 4) if abs(value) <= top]
    facts: list[dict[str, Given]] = [
        {"f.big": n, "f.near": min(abs(n), top - 1), "f.wide": abs(n) // 2, "x.items": [{"big": abs(n) // 100}] * 100}
        for n in chosen
    ]
    expr = bench().check(source).expr

    assert_means_the_same([Asked(expr, each, TODAY) for each in facts])


def test_chains_of_any_length_are_said() -> None:
    expr = checked.And(
        (
            *(checked.Compare(Comparison.LESS, N, checked.Literal(number, NUMBER)) for number in range(3_000, 0, -1)),
            checked.Compare(Comparison.EQUAL, checked.Add((N, checked.Negate(N, NUMBER)) * 2_000, NUMBER), N),
        )
    )

    assert assert_means_the_same([Asked(expr, {"f.n": n}, TODAY) for n in (0, 1, None)]) == [True, False, None]


_FORMS: dict[str, Callable[[checked.Expr], checked.Expr]] = {
    "if": lambda inner: checked.If(checked.Compare(Comparison.LESS, inner, N), N, _ONE, NUMBER),
    "min": lambda inner: checked.Extreme(Aggregate.MIN, (checked.Negate(inner, NUMBER), N), NUMBER),
    "full_steps": lambda inner: checked.FullSteps(inner, 1, NUMBER),
    "sum": lambda inner: checked.Fold(Aggregate.SUM, inner, "i", "f.l", None, NUMBER),
    "max where": lambda inner: checked.Fold(
        Aggregate.MAX, N, "i", "f.l", checked.Compare(Comparison.LESS, inner, N), NUMBER
    ),
    "months": lambda inner: checked.AddMonths(inner, N),
    "years": checked.YearsSince,
}
"""Forms that write their operand more than once."""


@pytest.mark.parametrize("form", _FORMS)
def test_text_grows_with_the_expression_and_does_not_double_at_each_level(form: str) -> None:
    def nested(levels: int) -> checked.Expr:
        expr: checked.Expr = N
        for _ in range(levels):
            expr = _FORMS[form](expr)
        return expr

    sizes = [len(sql_text(expression(nested(levels), _columns(nested(levels))), Dialect.DUCKDB)) for levels in (8, 16)]

    assert sizes[1] < 4 * sizes[0]


def _columns(*exprs: checked.Expr) -> Columns:
    schema = engine.Schema()
    for expr in exprs:
        schema.add(expr)
    return schema.columns()


# lists


_ITEMS: tuple[dict[str, Raw | None], ...] = (
    {},  # a null item
    {"n": 1, "ok": True},
    {"n": 5, "ok": False},
    {"n": -3, "ok": None},
    {"n": None, "ok": True},
    {"n": None, "ok": False},
    {"n": None, "ok": None},  # every field is null, the item is not
)
_LISTS: tuple[tuple[dict[str, Raw | None], ...] | None, ...] = (
    None,
    *(items for length in range(4) for items in product(_ITEMS, repeat=length)),
)


@pytest.mark.parametrize(
    "source",
    [
        "every i in x.items satisfies i.ok",
        "some i in x.items satisfies i.ok",
        "every i in x.items satisfies i.n > 0 or i.ok",
        "some i in x.items satisfies if i.ok then i.n > 1 else i.n < 0",
        "count(x.items)",
        "count(i in x.items where i.ok)",
        "count(i in x.items where i.ok and i.n > 0)",
        "sum(i.n for i in x.items)",
        "sum(i.n for i in x.items where i.ok)",
        "min(i.n for i in x.items)",
        "min(i.n for i in x.items where i.ok)",
        "max(i.n for i in x.items where i.n > 0)",
        "max(3 for i in x.items where i.ok)",
        "sum(2 for i in x.items)",
        "min(i.n for i in x.items where false)",
    ],
)
def test_hostile_lists_mean_the_same(source: str) -> None:
    expr = bench().check(source).expr

    answers = assert_means_the_same([Asked(expr, {"x.items": items}, TODAY) for items in _LISTS])

    assert len(answers) == 401


@pytest.mark.parametrize(
    "source",
    [
        "every i in x.items satisfies some j in x.others satisfies i.n <= j.n",
        "some i in x.items satisfies every j in x.items satisfies j.n <= i.n and (i.ok or j.ok)",
        "count(i in x.items where count(j in x.others where j.n > i.n) >= 1)",
        "sum(sum(i.n + j.n for j in x.others where j.ok) for i in x.items)",
        "max(min(j.n - i.n for j in x.items where i.ok) for i in x.items where some j in x.others satisfies j.ok)",
        "every i in x.items satisfies every j in x.others satisfies some k in x.items satisfies k.n == i.n or j.ok",
    ],
)
def test_lists_inside_of_lists_mean_the_same(source: str) -> None:
    expr = bench().check(source).expr
    chosen = random.Random(1)  # noqa: S311 -- lists, not secrets
    pairs = [(chosen.choice(_LISTS), chosen.choice(_LISTS)) for _ in range(400)]

    assert_means_the_same([Asked(expr, {"x.items": a, "x.others": b}, TODAY) for a, b in pairs])


@pytest.mark.parametrize("quantifier", Quantifier)
def test_a_body_too_large_to_be_written_twice_means_the_same(quantifier: Quantifier) -> None:
    ok = checked.Item("i", "ok", TRUTH)
    large = checked.Or((*[checked.And((ok, checked.Fact("f.a", TRUTH)))] * 30, checked.Not(ok)))
    exprs: tuple[checked.Expr, ...] = (
        checked.Quantified(quantifier, "i", "f.l", large),
        checked.CountWhere("i", "f.l", large, NUMBER),
        *(
            checked.Fold(aggregate, checked.Item("i", "n", NUMBER), "i", "f.l", large, NUMBER)
            for aggregate in Aggregate
        ),
    )

    assert_means_the_same(
        [Asked(expr, {"f.l": items, "f.a": a}, TODAY) for expr in exprs for items in _LISTS for a in (True, None)]
    )


# days


def test_the_engine_counts_and_takes_apart_every_day_from_0001_to_9999_as_python_does() -> None:
    day, date = column("day"), days.as_date(column("day"))  # what every calendar operator reads
    parts = [exp.Year(this=date.copy()), exp.Month(this=date.copy())]
    first = exp.Sub(this=day, expression=exp.Day(this=date.copy()))
    query = (
        exp.select(*parts, exp.Count(this=exp.Star()), exp.Min(this=day.copy()), exp.Max(this=day.copy()))
        .select(exp.Min(this=first), exp.Max(this=first.copy()))
        .select(exp.LogicalAnd(this=exp.EQ(this=ordinal(date.copy()), expression=day.copy())))
        .from_(exp.to_table("every_day"))
        .group_by(*(part.copy() for part in parts))
    )
    with duckdb.connect() as connection:
        connection.execute('CREATE TABLE every_day AS SELECT range AS "day" FROM range(1, ?)', [calendar.LAST_DAY + 1])
        months = connection.execute(sql_text(query, Dialect.DUCKDB)).fetchall()

    assert sorted(months) == [
        # day minus day of the month is one number for the whole month, and day is counted back from the DATE
        (year, month, length, start, start + length - 1, start - 1, start - 1, True)
        for year, month in product(range(1, 10_000), range(1, 13))
        for length in [calendar.days_in_month(year, month)]
        for start in [datetime.date(year, month, 1).toordinal()]
    ]


def test_months_and_birthdays_of_every_day_of_a_century_are_those_of_the_calendar() -> None:
    chosen = random.Random(1)  # noqa: S311 -- days, not secrets
    century = range(datetime.date(1950, 1, 1).toordinal(), datetime.date(2050, 1, 1).toordinal())

    _assert_days((day, chosen.randint(-600, 600), chosen.choice(century)) for day in century)


def test_months_and_birthdays_at_the_ends_of_months_and_of_the_calendar_are_those_of_the_calendar() -> None:
    ends = [
        datetime.date(year, month, day).toordinal()
        for year in (1, 4, 100, 400, 1900, 1999, 2000, 2003, 2004, 2100, 9996, 9999)
        for month in (1, 2, 3, 4, 12)
        for day in (1, 28, calendar.days_in_month(year, month))
    ]
    moved = [(day, months) for day in ends for months in range(-26, 27) if not calendar.leaves(day, months)]
    last = datetime.date(9999, 12, 31).toordinal()
    far = [(1, last), (last, 1), (59, last), (1, 1), (last, last)]

    _assert_days((day, months, today) for day, months in moved for today in (ends[len(ends) // 2],))
    _assert_days((day, 0, today) for day, today in [*product(ends, ends[::7]), *far])


def _assert_days(situations: Iterable[tuple[int, int, int]]) -> None:
    date, period = checked.Fact("f.d", types.Date()), checked.Fact("f.p", types.Period())
    known = list(situations)
    exprs = (checked.AddMonths(date, period), checked.YearsSince(date))

    assert_means_the_same(
        [
            Asked(expr, {"f.d": day, "f.p": months}, datetime.date.fromordinal(today))
            for expr in exprs
            for day, months, today in known
        ]
    )


def test_an_unknown_day_or_period_makes_unknown() -> None:
    date, period = checked.Fact("f.d", types.Date()), checked.Fact("f.p", types.Period())
    asked = [
        Asked(checked.AddMonths(date, period), {"f.p": 1}, TODAY),
        Asked(checked.AddMonths(date, period), {"f.d": 700_000}, TODAY),
        Asked(checked.YearsSince(date), {}, TODAY),
    ]

    assert assert_means_the_same(asked) == [None, None, None]


# names and texts of authors


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_is_itself_whatever_it_holds(text: str) -> None:
    fact = checked.Fact("f.t", types.Text())
    exprs = (
        checked.Compare(Comparison.EQUAL, fact, checked.Literal(text, types.Text())),
        checked.Within(fact, ("other", text), types.Text()),
        checked.InRegions(fact, (text,), open=False, truth={text: True, text + " ": False, "other": None}),
        checked.Literal(text, types.Text()),
        fact,
    )

    answers = assert_means_the_same([Asked(expr, {"f.t": given}, TODAY) for expr in exprs for given in (text, "other")])

    assert answers == [True, False, True, True, True, None, text, text, text, "other"]


@pytest.mark.parametrize("name", [*HOSTILE, "select", "given", "total", "term", "each", "value", "today"])
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


@pytest.mark.parametrize("wrong", ["\ud800", "half \udfff"])
def test_half_a_character_is_refused_in_texts_and_in_names(wrong: str) -> None:
    with pytest.raises(CannotSay, match="half a character"):
        expression(checked.Literal(wrong, types.Text()), _columns())
    with pytest.raises(CannotSay, match="half a character"):
        column(wrong)


def test_an_empty_name_is_refused() -> None:
    with pytest.raises(CannotSay, match="no empty names"):
        column("")


def test_a_column_or_a_table_called_like_a_bound_name_is_not_read_in_its_place() -> None:
    length = checked.Item("video", "length", NUMBER)
    expr = checked.Fold(Aggregate.SUM, length, "video", "videos", None, NUMBER)
    columns = Columns(
        facts={"f.n": column("Total")},
        today=column("today"),
        lists={"videos": ListColumn(column("videos"), {"length": "length"})},
        taken=frozenset({"video", "length", "term"}),
    )
    query = exp.select(expression(expr, columns))
    rows = """
        (SELECT {'length': 100} AS video, 1000 AS length, 7 AS total, 8 AS term,
                [{'length': 2}, {'length': 3}] AS videos) AS video
    """

    assert _rows(query, rows) == [(5,)]


def _rows(query: exp.Select, table: str) -> list[Any]:
    """Run a query over a table as DuckDB writes it."""
    with duckdb.connect() as connection:
        return connection.execute(f"{sql_text(query, Dialect.DUCKDB)} FROM {table}").fetchall()


# columns


def test_what_has_no_column_is_unknown_and_has_its_type() -> None:
    item = checked.Item("i", "n", NUMBER)
    exprs: dict[checked.Expr, str] = {
        N: "BIGINT",
        checked.Fact("f.a", TRUTH): "BOOLEAN",
        checked.Fact("f.t", types.Text()): "VARCHAR",
        checked.Fact("f.d", types.Date()): "BIGINT",
        checked.Quantified(Quantifier.EVERY, "i", "f.l", checked.Literal(True, TRUTH)): "BOOLEAN",  # noqa: FBT003
        checked.Count("f.l", NUMBER): "BIGINT",
        checked.CountWhere("i", "f.l", checked.Literal(True, TRUTH), NUMBER): "BIGINT",  # noqa: FBT003
        checked.Fold(Aggregate.MAX, item, "i", "f.l", None, NUMBER): "BIGINT",
        checked.Fold(Aggregate.SUM, item, "i", "f.present", None, NUMBER): "BIGINT",
    }
    present = exp.Array(
        expressions=[exp.Struct(expressions=[exp.PropertyEQ(this=column("m"), expression=column("m"))])]
    )
    columns = Columns({}, today=column("today"), lists={"f.present": ListColumn(present, {"m": "m"})})
    answers = [expression(expr, columns) for expr in exprs]
    query = exp.select(*answers, *(exp.Typeof(this=answer.copy()) for answer in answers))

    assert _rows(query, "(SELECT 1 AS m)") == [(None,) * len(exprs) + tuple(exprs.values())]


def test_a_field_may_be_found_under_another_name_and_a_fact_be_computed() -> None:
    columns = Columns(
        facts={"f.n": exp.Coalesce(this=column("given"), expressions=[column("derived")])},
        today=column("today"),
        lists={"f.l": ListColumn(column("Clips", table="t"), {"n": "Length (s)"})},
        clauses=(column("clause 0"),),
    )
    expr = checked.And(
        (
            checked.Compare(
                Comparison.EQUAL,
                checked.Fold(Aggregate.SUM, checked.Item("i", "n", NUMBER), "i", "f.l", None, NUMBER),
                N,
            ),
            checked.ClauseRef(0),
        )
    )
    query = exp.select(expression(expr, columns))
    rows = """
        (SELECT NULL AS given, 5 AS derived, true AS "clause 0",
                [{'Length (s)': 2}, {'Length (s)': 3}] AS "Clips") AS t
    """

    assert _rows(query, rows) == [(True,)]


# text


@pytest.mark.parametrize(
    ("source", "duckdb_text", "spark_text"),
    [
        (
            "f.a and not (f.b or f.p) and f.followers >= 10_000 followers",
            '"f.a" AND NOT ("f.b" OR "f.p") AND "f.followers" >= 10000',
            "`f.a` AND NOT (`f.b` OR `f.p`) AND `f.followers` >= 10000",
        ),
        (
            "today - f.d >= 30 days and f.d >= 2024-02-29",
            '("today" - "f.d") * 86400 >= 2592000 AND "f.d" >= 738945 /* 2024-02-29 */',
            "(`today` - `f.d`) * 86400 >= 2592000 AND `f.d` >= 738945 /* 2024-02-29 */",
        ),
        (
            "count(i in x.items where i.ok) >= 3",
            (
                'CASE WHEN ARRAY_LENGTH(LIST_FILTER("x.items", LAMBDA "i" : "i"."ok" IS NULL)) = 0 THEN '
                'CAST(ARRAY_LENGTH(LIST_FILTER("x.items", LAMBDA "i" : "i"."ok")) AS BIGINT) END >= 3'
            ),
            (
                "CASE WHEN SIZE(FILTER(`x.items`, `i` -> `i`.`ok` IS NULL)) = 0 THEN "
                "CAST(SIZE(FILTER(`x.items`, `i` -> `i`.`ok`)) AS BIGINT) END >= 3"
            ),
        ),
        (
            "min(f.usd, 14_000 USD)",
            'CASE WHEN "f.usd" IS NOT NULL THEN LEAST("f.usd", 1400000) END',
            "CASE WHEN `f.usd` IS NOT NULL THEN LEAST(`f.usd`, 1400000) END",
        ),
        ('f.t != "it\'s"', "\"f.t\" <> 'it''s'", "`f.t` <> 'it\\'s'"),
        (
            "if f.a then 1 else f.n",
            *[f"CASE WHEN {q}f.a{q} THEN 1 WHEN NOT {q}f.a{q} THEN {q}f.n{q} END" for q in '"`'],
        ),
    ],
)
def test_a_person_can_read_it(source: str, duckdb_text: str, spark_text: str) -> None:
    expr = bench().check(source).expr
    tree = expression(expr, _columns(expr))

    assert sql_text(tree, Dialect.DUCKDB) == duckdb_text
    assert sql_text(tree, Dialect.SPARK) == spark_text


@pytest.mark.fuzz
@pytest.mark.parametrize("dialect", Dialect)
def test_what_is_printed_is_read_back_as_the_same(dialect: Dialect) -> None:
    @examples(200)
    @given(strategies.expressions())
    def reads_back(source: str) -> None:
        expr = strategies.proved(source).expr
        text = sql_text(expression(expr, _columns(expr)), dialect)
        again = parse_one(text, dialect=dialect.value)
        for negated in list(again.find_all(exp.Not)):
            if isinstance(negated.this, exp.Is):  # how sqlglot reads x IS NOT NULL
                negated.replace(exp.Is(this=negated.this.this, expression=exp.Not(this=exp.null())))

        assert sql_text(again, dialect) == text

    reads_back()


@pytest.mark.parametrize("name", ["postgres", "bigquery", "DuckDB", "spark2", ""])
def test_a_dialect_that_is_not_run_is_refused_by_name(name: str) -> None:
    with pytest.raises(UnknownName, match=f"no dialect named `{name}`"):
        dialect(name)


def test_what_an_engine_lacks_is_refused_and_not_left_out() -> None:
    with pytest.raises(CannotSay, match="duckdb cannot say this"):
        sql_text(exp.Compress(this=column("x")), Dialect.DUCKDB)


def test_endless_nesting_is_refused() -> None:
    expr: checked.Expr = checked.Fact("f.d", types.Date())
    for _ in range(200):
        expr = checked.AddMonths(expr, checked.Literal(1, types.Period()))

    with pytest.raises(CannotSay, match="nested deeper"):
        sql_text(expression(expr, _columns()), Dialect.SPARK)
