"""Solving for a day and taking out constants change no value, whatever the facts are."""

import datetime
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import strategies
from drawing import Draw, examples, pick
from policyengine.model import calendar, checked, types
from policyengine.model.checked import Expr
from policyengine.model.lifting import Constant, filled, lifted
from policyengine.model.operators import Comparison
from policyengine.model.values import Raw
from policyengine.targets.interpreter import Environment, evaluate
from policyengine.targets.sql.thresholds import solved
from strategies import Situation
from workbench import bench

DAYS = ("2024-02-28", "2024-02-29", "2024-03-01", "2023-02-28", "2023-03-01", "2000-02-29", "1900-01-01", "2199-12-31")
ORDERED = tuple(operator for operator in Comparison if operator.ordered)


def day(text: str) -> int:
    return datetime.date.fromisoformat(text).toordinal()


@pytest.mark.fuzz
def test_a_solved_expression_has_the_same_value_in_every_situation() -> None:
    compared = Counter[str]()

    @examples(800)
    @given(
        strategies.asked(
            st.one_of(strategies.expressions(dated=True), strategies.clauses(), strategies.expressions(truths=True)),
            times=4,
        )
    )
    def agree(case: tuple[str, list[Situation]]) -> None:
        source, situations = case
        expr = strategies.proved(source).expr
        for situation in situations:
            environment = situation.environment(bench().door)
            short = solved(expr, environment.today)

            expected, got = evaluate(expr, environment), evaluate(short, environment)

            assert (got, type(got)) == (expected, type(expected)), f"{source} in {situation}: {short}"
            assert checked.Today() not in _nodes(short)
            compared["unknown" if expected is None else "known"] += 1
            compared["solved"] += short != expr

    agree()

    assert min(compared.values()) >= 200


def _nodes(expr: Expr) -> Iterator[Expr]:
    yield expr
    for child in checked.children(expr):
        yield from _nodes(child)


@st.composite
def _thresholds(draw: Draw) -> tuple[Expr, int, int]:
    """Give a comparison with what is done to a fact, the day, and a fact at one side of the threshold or on it."""
    today = day(pick(draw, DAYS))
    days = types.Date()
    fact, left = checked.Fact("f", days), pick(draw, ("years", "since", "later", "minus", "scaled", "days"))
    constant = draw(st.integers(-40, 200))
    born = calendar.add_months(today, -draw(st.integers(-2, 60)) * 12) + draw(st.integers(-2, 2))
    match left:
        case "years":
            asked: Expr = checked.YearsSince(fact)
            constant = pick(draw, (0, 12, 216, 217, 223, -12, -1, 1, 600, 228))
            born = calendar.add_months(today, -constant) + draw(st.integers(-3, 3))
        case "since":
            duration = types.Duration(whole_days=True)
            since = checked.Add((checked.Today(), checked.Negate(fact, days)), duration)
            asked, constant = checked.Scale(since, 86_400, duration), constant * 86_400 + draw(st.integers(-1, 1))
            born = today - constant // 86_400 + draw(st.integers(-1, 1))
        case "later":
            asked = checked.Add((fact, checked.Literal(30, days)), days)
            constant = born + 30 + draw(st.integers(-1, 1))
        case "minus":
            asked, constant = checked.Negate(fact, days), -born + draw(st.integers(-1, 1))
        case "scaled":
            factor = pick(draw, (1, 10, 100, 86_400))
            asked = checked.Negate(checked.Scale(fact, factor, types.Number()), types.Number())
            constant = -born * factor + draw(st.integers(-2, 2))
        case _:
            asked = checked.Days(checked.Scale(fact, 86_400, types.Duration(whole_days=True)))
            constant = born + draw(st.integers(-1, 1))
    literal = checked.Literal(constant, types.Number())
    operands = (asked, literal) if draw(st.booleans()) else (literal, asked)
    return checked.Compare(pick(draw, ORDERED), *operands), today, born


@examples(1_500)
@given(_thresholds())
def test_on_both_sides_of_a_threshold_the_solved_comparison_is_the_same(case: tuple[Expr, int, int]) -> None:
    comparison, today, fact = case
    short = solved(comparison, today)

    for value in (fact, None):
        environment = Environment({"f": value}, today)
        assert evaluate(short, environment) == evaluate(comparison, environment)
    assert isinstance(short, checked.Compare)
    assert isinstance(short.left, checked.Fact)
    assert isinstance(short.right, checked.Literal)


@pytest.mark.parametrize("months", [-12_000_000, -1, 12, 12_000_000])
def test_a_threshold_beyond_all_days_is_no_day(months: int) -> None:
    fact = checked.Fact("f", types.Date())
    for operator in ORDERED:
        comparison = checked.Compare(operator, checked.YearsSince(fact), checked.Literal(months, types.Period()))
        short = solved(comparison, day("2024-02-29"))
        for born in (calendar.FIRST_DAY, day("2024-02-29"), calendar.LAST_DAY):
            environment = Environment({"f": born}, day("2024-02-29"))
            assert evaluate(short, environment) == evaluate(comparison, environment)
        assert all(
            calendar.FIRST_DAY <= int(node.value) <= calendar.LAST_DAY
            for node in _nodes(short)
            if isinstance(node, checked.Literal) and isinstance(node.type, types.Date)
        )


@pytest.mark.fuzz
@examples(500)
@given(strategies.asked(strategies.expressions(), times=3))
def test_a_shape_filled_with_its_constants_is_the_expression_again(case: tuple[str, list[Situation]]) -> None:
    source, situations = case
    expr = strategies.proved(source).expr
    shape, constants = lifted(expr, "f.r")
    assert not any(isinstance(node, checked.Literal) for node in _nodes(shape))
    for situation in situations:
        environment = situation.environment(bench().door)
        region = environment.facts.get("f.r")
        if not isinstance(region, str):
            continue
        expected = evaluate(expr, environment)
        cells = [each.of(region) for each in constants]
        columns = [checked.Fact(f"rule {index}", each.type) for index, each in enumerate(constants)]
        held = {f"rule {index}": cell for index, cell in enumerate(cells) if cell is not None}

        as_columns = evaluate(filled(shape, columns), replace(environment, facts={**environment.facts, **held}))
        as_literals = evaluate(filled(shape, [*map(_filling, constants, cells)]), environment)

        assert (as_columns, type(as_columns)) == (expected, type(expected)), source
        assert (as_literals, type(as_literals)) == (expected, type(expected)), source


def _filling(constant: Constant, cell: Raw | None) -> checked.Literal | checked.Fact:
    if cell is None:
        return checked.Fact("rule of nothing", constant.type)
    return checked.Literal(cell, constant.type)
