"""Terms mean what the interpreter means: with facts pinned there is one answer, and facts that z3 finds are right."""

import datetime
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import product

import pytest
from hypothesis import given, seed

import smt_engine as engine
import strategies
from drawing import examples
from policyengine.model import checked, types
from policyengine.model.calendar import FIRST_PROVED_DAY, LAST_PROVED_DAY
from policyengine.model.checked import Check, CheckedPolicy, Expr, with_clauses
from policyengine.model.operators import Comparison
from policyengine.model.ranges import Range
from policyengine.model.values import Raw
from policyengine.targets.interpreter import Given
from policyengine.targets.smt import (
    CannotProve,
    Model,
    Problem,
    Undecided,
    Unsat,
    both,
    confirmed,
    either,
    opposite,
    to_caller,
)
from questions import shipped
from sql_engine import HOSTILE, Asked
from workbench import TODAY, bench, interpreted

SOME_YEARS = Range(datetime.date(2023, 6, 1).toordinal(), datetime.date(2025, 3, 1).toordinal())
ALL_DAYS = Range(FIRST_PROVED_DAY, LAST_PROVED_DAY)


def expression(source: str) -> Expr:
    return bench().check(source).expr


def assert_means_the_same(asked: Sequence[Asked]) -> list[Raw | None]:
    answers = engine.asked(asked)
    for each, answer in zip(asked, answers, strict=True):
        expected = interpreted(each.expr, each.facts, each.today)

        assert (answer, type(answer)) == (expected, type(expected)), each
    return answers


def possible(source: str, today: int | Range = SOME_YEARS) -> set[bool | None]:
    """Give what a truth may be; every model is confirmed, and what is not possible is proved."""
    answers = engine.outcomes(expression(source), today, timeout_ms=20_000)
    assert all(isinstance(answer, Model) or answer == Unsat() for answer in answers.values()), answers
    return {truth for truth, answer in answers.items() if isinstance(answer, Model)}


# generated expressions


@pytest.mark.fuzz
def test_with_facts_pinned_there_is_one_answer_and_it_is_the_interpreters() -> None:
    known = Counter[bool]()

    @seed(20_230_606)
    @examples(200)
    @given(strategies.asked(strategies.expressions(), times=5))
    def agree(case: tuple[str, list[strategies.Situation]]) -> None:
        source, situations = case
        expr = strategies.proved(source).expr
        asked = [Asked(expr, each.environment(bench().door).facts, each.on) for each in situations]
        known.update(answer is not None for answer in assert_means_the_same(asked))

    agree()

    assert known.total() >= 1_000
    assert min(known.values()) >= 50


@pytest.mark.fuzz
@pytest.mark.parametrize("dated", [False, True])
def test_facts_that_are_found_give_what_was_wanted_and_what_is_impossible_never_happens(*, dated: bool) -> None:
    found = Counter[type]()

    @seed(20_240_229)
    @examples(80)
    @given(strategies.asked(strategies.expressions(truths=True, dated=dated), times=8))
    def agree(case: tuple[str, list[strategies.Situation]]) -> None:
        source, situations = case
        expr = strategies.proved(source).expr
        answers = engine.outcomes(expr, ALL_DAYS)
        found.update(type(answer) for answer in answers.values())
        for each in situations:
            truth = strategies.result(source, each)
            assert truth is None or isinstance(truth, bool)

            assert not isinstance(answers[truth], Unsat), f"{source} is {truth} in {each}"

    agree()

    assert found[Model] >= 60
    assert found[Undecided] <= found.total() // 10


# lists


RECORDS: tuple[Mapping[str, Raw | None], ...] = (
    {"ok": True, "n": 1},
    {"ok": False, "n": 3},
    {"ok": None, "n": 2},
    {"ok": True, "n": None},
    {"ok": None, "n": None},
    {},
)
HOSTILE_LISTS: tuple[tuple[Mapping[str, Raw | None], ...] | None, ...] = (
    None,
    (),
    *((record,) for record in RECORDS),
    *product(RECORDS, repeat=2),
    (RECORDS[0],) * 100,
    (*(RECORDS[0],) * 60, *(RECORDS[1],) * 39, RECORDS[3]),
    tuple({"ok": number % 2 == 0, "n": number} for number in range(13)),
)
OVER_LISTS = (
    "every i in x.items satisfies i.ok",
    "some i in x.items satisfies i.ok",
    "every i in x.items satisfies i.n >= 2 or i.ok",
    "count(x.items)",
    "count(i in x.items where i.ok)",
    "count(i in x.items where i.n > 1 and not i.ok)",
    "sum(i.n for i in x.items)",
    "sum(i.n for i in x.items where i.ok)",
    "min(i.n for i in x.items where i.ok)",
    "max(i.n for i in x.items)",
    "min(i.n * 2 - 1 for i in x.items where i.n > 1)",
    "some i in x.items satisfies (every j in x.items satisfies i.n >= j.n)",
    "count(i in x.items where (some j in x.items satisfies j.ok and i.n > j.n))",
)

_TRUTHS = OVER_LISTS[:3]


@pytest.mark.parametrize("source", OVER_LISTS)
def test_hostile_lists_come_out_as_the_interpreter_has_them(source: str) -> None:
    expr = expression(source)

    assert_means_the_same([Asked(expr, {} if it is None else {"x.items": it}, TODAY) for it in HOSTILE_LISTS])


@pytest.mark.parametrize(
    ("source", "kinds"),
    [
        ("count(x.items) <= 80", 1),
        ("every i in x.items satisfies i.ok", 1),
        ("(every i in x.items satisfies i.ok) or (some i in x.items satisfies i.n > 3)", 2),
        ("count(i in x.items where i.ok) >= 3", 1),
        ("count(i in x.items where i.ok) >= count(x.items) - 1", 2),
        ("count(i in x.items where i.ok) >= count(i in x.items where i.n > 0)", 3),
        ("max(i.n for i in x.items where i.ok) - min(i.n for i in x.items) > 7", 2),
        ("some i in x.items satisfies (every o in x.others satisfies o.n > i.n)", 1),
        ("sum(i.n for i in x.few) == 3", 2),
        ("sum(i.n for i in x.few) == 3 and min(i.n for i in x.few) == max(i.n for i in x.few)", 2),
    ],
)
def test_so_many_kinds_of_records_tell_all_there_is_of_a_list(source: str, kinds: int) -> None:
    problem = engine.problem(expression(source), TODAY.toordinal())

    assert max(each.number for each in problem.kinds.values()) == kinds
    assert not problem.bounds


@pytest.mark.parametrize(
    "source",
    [
        "sum(i.n for i in x.items) == 3",
        "some i in x.items satisfies (every j in x.items satisfies i.n >= j.n)",
        (
            "(some i in x.items satisfies (every o in x.others satisfies o.n > i.n)) or "
            "(some o in x.others satisfies (every i in x.items satisfies o.n > i.n))"
        ),
    ],
)
def test_a_list_that_is_told_up_to_a_bound_says_so(source: str) -> None:
    problem = engine.problem(expression(source), TODAY.toordinal())
    truth = problem.truth(expression(source))

    assert problem.bounds
    assert problem.solve(both(truth.true, truth.false)) == Unsat(problem.bounds)
    assert not Unsat(problem.bounds).proved


# what the kinds of a list must tell apart: all that happens with a few little records happens with kinds
_LITTLE: tuple[Mapping[str, Raw | None], ...] = tuple(
    {"ok": ok, "n": n} for ok, n in product((True, False, None), (0, 5, None))
)
_EXACT = (
    "count(i in x.items where i.ok) == 1 and count(i in x.items where i.n > 1) == 2 and count(x.items) == 3",
    "count(i in x.items where i.ok) == count(i in x.items where i.n > 1) and count(x.items) == 3",
    "(some i in x.items satisfies i.ok) and (some i in x.items satisfies not i.ok) and count(x.items) == 2",
    "min(i.n for i in x.items where i.ok) < max(i.n for i in x.items where not i.ok) and count(x.items) == 2",
    "(every i in x.items satisfies i.ok) == (every i in x.items satisfies i.n > 1)",
    "max(i.n for i in x.items) == 5 and min(i.n for i in x.items) == 0 and count(i in x.items where i.ok) == 0",
    "count(i in x.items where i.n > 1) > 0 and (every i in x.items satisfies i.ok or i.n < 1)",
    "(some i in x.items satisfies i.n > 1) and count(i in x.items where i.ok) == 2 and count(x.items) == 2",
)


@pytest.mark.parametrize("source", _EXACT)
def test_what_a_few_records_do_is_found_with_kinds(source: str) -> None:
    expr = expression(source)
    lists: Iterator[Sequence[Mapping[str, Raw | None]]] = (
        records for size in range(4) for records in product(_LITTLE, repeat=size)
    )
    happens = {interpreted(expr, {"x.items": records}, TODAY) for records in lists} | {interpreted(expr, {}, TODAY)}

    assert happens <= possible(source)


# days


MONTH_ENDS = [
    datetime.date.fromisoformat(day).toordinal()
    for day in (
        "1900-01-01", "1900-02-28", "1900-03-01", "1999-12-31", "2000-02-28", "2000-02-29", "2000-03-01", "2004-02-29",
        "2023-01-31", "2023-02-28", "2024-01-29", "2024-01-30", "2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30",
        "2100-02-28", "2100-03-01", "2199-12-31",
    )
]  # fmt: skip


@pytest.mark.parametrize("source", ["f.d + f.per", "f.d - 1 month", "f.d + 18 years", "years_since(f.d)", "f.d - f.e"])
def test_month_ends_and_leap_days_come_out_as_the_calendar_has_them(source: str) -> None:
    expr = expression(source)
    asked = [
        Asked(expr, {"f.d": day, "f.e": today, "f.per": months}, datetime.date.fromordinal(today))
        for day in MONTH_ENDS
        for today in (MONTH_ENDS[::6] if source in ("years_since(f.d)", "f.d - f.e") else MONTH_ENDS[:1])
        for months in ((-13, 1, 12) if source == "f.d + f.per" else (1,))
    ]

    assert None not in assert_means_the_same(asked)


@pytest.mark.parametrize(
    "always",
    [
        "(years_since(f.d) >= 18 years) == (f.d + 18 years <= today)",
        "(years_since(f.d) >= f.years) == (f.d + f.years <= today) or f.years < 0 years",
        "f.d + 1 month <= f.d + 31 days",
        "f.d + 1 year - f.d <= 366 days",
        "f.d + 1 month <= f.e + 1 month or f.d > f.e",
        "years_since(f.d) <= 12 months * full_steps(today - f.d, 365 days) or f.d > today",
    ],
)
def test_what_holds_of_the_calendar_is_proved_for_all_dates_on_all_days(always: str) -> None:
    assert possible(always, ALL_DAYS) == {True, None}


def test_a_question_about_some_days_is_answered_with_one_of_them() -> None:
    first, last = (datetime.date(2024, 2, 28).toordinal(), datetime.date(2024, 3, 1).toordinal())
    days = Range(first, last)

    assert possible("today == 2024-02-29", days) == {True, False}
    assert possible("today >= 2024-02-28 and today <= 2024-03-01", days) == {True}
    assert possible("today == 2024-03-02", days) == {False}


# facts


@pytest.mark.parametrize(
    ("source", "truths"),
    [
        ("f.adult and f.minor", {False, None}),
        ("f.adult == (f.age >= 18 years)", {True, None, False}),  # `adult` may be given where no age is
        ("f.age >= 0 years", {True, False, None}),  # who is not born yet
        ("f.either or not f.a", {True, None}),
        ("f.either or not f.a or not f.b", {True, None}),
        ("f.spread == f.n - f.m", {True, None}),
        ("g.total == f.n + g.n", {True, None}),
        ("f.since == today - f.d", {True, None}),
    ],
)
def test_a_derived_fact_is_what_it_is_derived_from(source: str, truths: set[bool | None]) -> None:
    assert possible(source) == (truths - {False} if source.startswith("f.adult ==") else truths)


@pytest.mark.parametrize(
    ("source", "truths"),
    [
        ("f.days * 1 == 3 days", {True, False, None}),
        ("f.weeks == 3 days", {False, None}),
        ("f.years == 6 months", {False, None}),
        ("f.minutes_on_air == 90 seconds", {False, None}),
        ("f.n > 1_000_000 or f.n < -1_000", {False, None}),
        ("f.old < 0001-01-01", {False, None}),
        ("f.pct == 0.55", {True, False, None}),
        ('f.c in ["personal", "business", "media"]', {True, None}),
        ('f.t in ["", "a"] or f.t != "a"', {True, None}),
        ("f.t == f.t2", {True, False, None}),
        ('f.t == f.t2 and f.t == "a" and f.t2 != "a"', {False, None}),
        ("f.big == f.near + 1 and f.near == 9_007_199_254_740_990", {True, False, None}),
        ("full_steps(f.n, 7) * 7 <= f.n or f.n < 0", {True, None}),
        ("f.n * f.m == 391 and f.n > 1 and f.m > 1", {True, False, None}),
        ("f.a and not f.a", {False, None}),
        ("f.a or not f.a", {True, None}),
    ],
)
def test_facts_are_what_the_door_lets_in_and_no_more(source: str, truths: set[bool | None]) -> None:
    assert possible(source) == truths


def test_hostile_texts_are_texts_like_others() -> None:
    text = types.Text()
    asked = [
        Asked(checked.Compare(Comparison.EQUAL, checked.Fact("f.t", text), checked.Literal(wanted, text)), facts, TODAY)
        for wanted in HOSTILE
        for facts in ({"f.t": wanted}, {"f.t": HOSTILE[0]}, {"f.t": "another text 1"}, {})
    ]

    assert set(assert_means_the_same(asked)) == {True, False, None}


def test_regions_are_told_by_the_tree() -> None:
    truths = bench().scope.regions.membership(["asia", "US-CA"], open_=False)
    expr = checked.InRegions(checked.Fact("f.r", types.Region()), ("asia", "US-CA"), False, truths)  # noqa: FBT003
    facts: list[Mapping[str, Given]] = [{"f.r": region} for region in bench().scope.regions.parents]

    assert set(assert_means_the_same([Asked(expr, each, TODAY) for each in (*facts, {})])) == {True, False, None}


# laws


def _checks() -> Iterator[tuple[CheckedPolicy, Check]]:
    for timelines in shipped().compiled.timelines.values():
        for timeline in timelines.values():
            for interval in timeline:
                if isinstance(interval, CheckedPolicy):
                    yield from ((interval, each) for each in interval.checks.values())


def _days(policy: CheckedPolicy) -> Range:
    last = policy.end.toordinal() - 1 if policy.end else policy.start.toordinal() + 10_000
    return Range(policy.start.toordinal(), last)


def test_one_more_fact_never_changes_what_a_shipped_check_says() -> None:
    vocabulary, tree = shipped().compiled.vocabulary, shipped().compiled.tree
    for policy, check in _checks():
        expr = with_clauses(check.expression, check.clauses)
        problem = Problem([expr], vocabulary, tree, _days(policy), callers=2)
        fewer, more = problem.truth(expr, 0), problem.truth(expr, 1)
        changed = either(both(fewer.true, opposite(more.true)), both(fewer.false, opposite(more.false)))

        assert problem.solve(*problem.grown(), changed) == Unsat(), (policy.start, check.name)
        assert isinstance(problem.solve(*problem.grown(), fewer.unknown, more.true), Model)


def test_every_shipped_check_has_facts_for_each_outcome_and_the_door_reads_them() -> None:
    vocabulary, tree = shipped().compiled.vocabulary, shipped().compiled.tree
    for policy, check in _checks():
        expr = with_clauses(check.expression, check.clauses)
        problem = Problem([expr], vocabulary, tree, _days(policy))
        truth = problem.truth(expr)
        for wanted, condition in ((True, truth.true), (False, truth.false), (None, truth.unknown)):
            answer = problem.solve(condition)
            assert isinstance(answer, Model), (policy.start, check.name, wanted)
            handed = to_caller(answer.facts(), vocabulary)

            assert confirmed(answer, {expr: wanted}, vocabulary, engine.meaning) is answer
            assert shipped().door.read_given(handed) == answer.facts()


@pytest.mark.parametrize("source", ["f.a and f.n > 3", "if f.a then f.b else f.p", "f.adult or f.minor", *_TRUTHS])
def test_one_more_fact_never_changes_an_expression(source: str) -> None:
    expr = expression(source)
    problem = engine.problem(expr, SOME_YEARS, callers=2)
    fewer, more = problem.truth(expr, 0), problem.truth(expr, 1)

    assert problem.solve(*problem.grown(), fewer.true, opposite(more.true)) == Unsat()
    assert problem.solve(*problem.grown(), fewer.false, opposite(more.false)) == Unsat()


# what is refused, and what is a mistake of ours


def test_what_has_no_exact_term_is_refused_by_name() -> None:
    date = checked.Fact("f.old", types.Date())
    deep: Expr = checked.Fact("f.a", types.Boolean())
    for _ in range(5_000):
        deep = checked.Not(deep)
    beyond = checked.AddMonths(date, checked.Literal(12, types.Period()))
    refused: dict[str, Expr] = {
        "outcome of clause 3": checked.ClauseRef(3),
        "leaves the calendar": beyond,
        "nested so deep": deep,
    }
    for words, expr in refused.items():
        with pytest.raises(CannotProve, match=words):
            Problem([expr], bench().scope.facts, bench().scope.regions, TODAY.toordinal()).callers[0].term(expr)


def test_a_pinned_list_with_more_different_records_than_kinds_is_refused() -> None:
    expr = expression("count(i in x.items where i.ok) >= 3")
    problem = engine.problem(expr, TODAY.toordinal())
    problem.truth(expr)

    with pytest.raises(CannotProve, match=r"`x\.items` with more than 1 different records"):
        problem.pinned({"x.items": ({"ok": True}, {"ok": False})})


def test_a_model_that_the_interpreter_does_not_confirm_is_a_mistake_of_ours() -> None:
    expr = expression("f.a")

    with pytest.raises(AssertionError, match="is False, not True"):
        confirmed(Model(TODAY.toordinal(), ({"f.a": False},)), {expr: True}, bench().scope.facts, engine.meaning)


def test_what_takes_too_long_is_undecided_and_said_neither_way() -> None:
    number = types.Number()
    n, m, k = (
        checked.Multiply((checked.Fact(path, number),) * 3, number) for path in ("f.n", "f.m", "g.n")
    )  # Fermat's theorem for cubes
    sum_of_cubes = checked.Compare(Comparison.EQUAL, checked.Add((n, m), number), k)
    expr = checked.And((expression("f.n > 1 and f.m > 1"), sum_of_cubes))
    problem = engine.problem(expr, TODAY.toordinal())

    assert isinstance(problem.solve(problem.truth(expr).true, timeout_ms=20), Undecided)


def test_answers_do_not_depend_on_what_was_asked_before() -> None:
    expr = expression("f.age >= 18 years and f.n > 7")

    def answers() -> list[object]:
        problem = engine.problem(expr, SOME_YEARS)
        truth = problem.truth(expr)
        return [problem.solve(condition) for condition in (truth.true, truth.false, truth.unknown)]

    assert answers() == answers()
