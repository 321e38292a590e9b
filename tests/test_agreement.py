"""Generated expressions and facts mean one thing everywhere: parsed, proved, interpreted, compiled, decided."""

import datetime
import decimal
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

import callers
import little_policies
import strategies
import syntax_trees
from callers import Caller
from drawing import Draw, examples, rarely
from little_policies import Folder, Member
from policyengine.door import Door, as_mapping
from policyengine.frontend.parse import parse_text
from policyengine.model import checked, syntax, types, values
from policyengine.model.checked import Check, Clause
from policyengine.model.decision import Outcome
from policyengine.model.errors import InvalidFact
from policyengine.targets.interpreter import evaluate
from policyengine.targets.python import CheckFunction, DoorReaders, compile_check
from questions import Question, asked, decided, questions, slowly
from strategies import Situation
from workbench import TODAY, bench

T = TypeVar("T")
NUMBERS: tuple[tuple[object, str, object], ...] = (
    (Decimal("0E+50"), "f.n", 0),
    (Decimal("1E+3"), "f.n", 1_000),
    (callers.Kilo(20.0), "f.n", 20),
    (callers.Number.TWENTY, "f.n", 20),
    (datetime.timedelta(seconds=12_345), "f.dur", 12_345),
    (values.Money(Decimal("1234.56"), "USD"), "f.usd", 123_456),
)
NO_NUMBERS: tuple[tuple[object, str], ...] = (
    (10**5_000, "f.n"),
    (Decimal("1E+999999999"), "f.n"),
    (Decimal("1E-999999999"), "f.n"),
    (Decimal("sNaN"), "f.n"),
    ("\ud800", "f.n"),
    (datetime.timedelta(microseconds=1), "f.dur"),
    (values.Money(Decimal("NaN"), "USD"), "f.usd"),
)


# expressions


@pytest.mark.fuzz
def test_interpreter_and_compiled_python_agree_on_20_000_expressions_with_facts() -> None:
    compared = Counter[str]()

    @examples(4_000)
    @given(strategies.asked(strategies.expressions(), times=5))
    def agree(case: tuple[str, list[Situation]]) -> None:
        source, situations = case
        expr = strategies.proved(source).expr
        compiled = bench().compiled(expr)
        for situation in situations:
            environment = situation.environment(bench().door)

            expected = evaluate(expr, environment)
            got = compiled(environment.facts, environment.today)

            assert (got, type(got)) == (expected, type(expected)), f"{source} in {situation}"
            compared["unknown" if expected is None else "known"] += 1

    agree()

    assert compared.total() >= 20_000
    assert min(compared.values()) >= 2_000


def _parsed(text: str) -> syntax.Expr | None:
    tree, problems = parse_text(text)
    assert not problems, f"{text}: {problems}"
    return tree


@examples(1_500)
@given(strategies.expression_trees())
def test_a_printed_expression_parses_to_the_same_tree(tree: syntax.Expr) -> None:
    assert _parsed(str(tree)) == tree


@examples(1_000)
@given(syntax_trees.trees())
def test_any_printed_tree_parses_to_the_same_tree(tree: syntax.Expr) -> None:
    assert _parsed(str(tree)) == tree


@pytest.mark.fuzz
@examples(1_500)
@given(strategies.one_fact_more(strategies.expressions()))
def test_one_more_fact_never_changes_a_known_value(case: tuple[str, Situation, Situation]) -> None:
    source, fewer, more = case

    before, after = strategies.result(source, fewer), strategies.result(source, more)

    assert before is None or after == before


@examples(1_500)
@given(strategies.asked(strategies.expressions()))
def test_a_value_lies_in_the_range_that_the_checker_proves(case: tuple[str, list[Situation]]) -> None:
    source, [situation] = case
    typed = strategies.proved(source)

    value = strategies.result(source, situation)

    assert value is None or isinstance(value, str) == (typed.range is None)
    assert not isinstance(value, int) or typed.numbers.holds(value)


# facts at the door


@pytest.mark.parametrize(("value", "name", "raw"), NUMBERS, ids=lambda part: type(part).__name__)
def test_a_number_is_read_exactly_whatever_it_comes_as(value: object, name: str, raw: object) -> None:
    with decimal.localcontext(prec=3):
        assert bench().given({name: value}, TODAY)[name] == raw


@pytest.mark.parametrize(("value", "name"), NO_NUMBERS, ids=lambda part: type(part).__name__)
def test_what_is_no_number_is_refused_by_name(value: object, name: str) -> None:
    with pytest.raises(InvalidFact) as refused:
        bench().given({name: value}, TODAY)

    assert refused.value.fact == name
    assert str(refused.value).encode()


def test_json_with_a_number_beyond_all_numbers_is_refused() -> None:
    with pytest.raises(InvalidFact):
        as_mapping('{"f": {"n": 1e99999999999999999999}}')


# whole checks


@st.composite
def _checks_with_facts(draw: Draw) -> tuple[list[str], list[Situation]]:
    """Give the clauses of a check, and situations in which some facts are unknown, and one perhaps spoilt."""
    door = bench().door
    clauses = draw(st.lists(strategies.clauses(), min_size=1, max_size=4))
    wanted = callers.everything(door.vocabulary, list(_check(clauses).facts))
    situations = []
    for _ in range(3):
        on = callers.days(draw)
        facts = Caller(draw, door).some(wanted, on, derived=4)
        if facts and rarely(draw, 2):
            facts = callers.spoilt(draw, facts)
        situations.append(Situation(on, facts))
    return clauses, situations


@pytest.mark.fuzz
@examples(1_500)
@given(_checks_with_facts())
def test_a_compiled_check_reads_and_asks_as_the_door_and_the_interpreter_do(
    case: tuple[list[str], list[Situation]],
) -> None:
    clauses, situations = case
    check = _check(clauses)
    function = compile_check(check, _readers(bench().door))
    for situation in situations:
        expected = _or_refused(lambda: _read_and_asked(check, situation))  # noqa: B023
        got = _or_refused(lambda: _compiled(check, function, situation))  # noqa: B023

        assert got == expected, f"{clauses} in {situation}"


Known = dict[str, object]
"""What was read, by path."""


def _check(sources: list[str]) -> Check:
    vocabulary = bench().scope.facts
    clauses = tuple(
        Clause(f"c{number}", strategies.proved(source).expr, source) for number, source in enumerate(sources)
    )
    facts = {name: vocabulary[name] for c in clauses for name in callers.reads(c.expression, vocabulary)}
    met = checked.Literal(value=True, type=checked.BOOLEAN)
    return Check("generated", clauses, met, (), (), facts, "")


def _readers(door: Door) -> DoorReaders:
    return DoorReaders(
        value=door.value,
        record=lambda entity, record: dict(door.record(entity, record)),
        extras=door.extras,
        contradiction=door.contradiction,
        regions=frozenset(door.tree.parents),
    )


def _read_and_asked(check: Check, situation: Situation) -> tuple[object, Known]:
    environment = situation.environment(bench().door)
    truths = [evaluate(clause.expression, environment) for clause in check.clauses]
    return truths, {name: environment.facts.get(name) for name in check.facts}


def _compiled(check: Check, function: CheckFunction, situation: Situation) -> tuple[object, Known]:
    outcomes, known = function(situation.facts, situation.on, False)  # noqa: FBT003
    truths = [None if outcomes >> (2 * i) & 2 else not outcomes >> (2 * i) & 1 for i in range(len(check.clauses))]
    return truths, {name: _rows(fact, raw) for (name, fact), raw in zip(check.facts.items(), known, strict=True)}


def _rows(fact: checked.FactDeclaration, raw: object) -> object:
    """Turn the columns of a list into its records."""
    if raw is None or not isinstance(fact.type, types.Records):
        return raw
    assert isinstance(raw, tuple)
    count, *columns = raw
    names = [field.path for field in fact.fields]
    return tuple({name: column[row] for name, column in zip(names, columns, strict=True)} for row in range(count))


def _or_refused(answer: Callable[[], T]) -> T | str:
    """Answer, or name the fact that is refused."""
    try:
        return answer()
    except InvalidFact as refusal:
        return refusal.fact


@examples(2_000)
@given(questions())
def test_a_decision_is_what_the_interpreter_says_of_each_clause(question: Question) -> None:
    assert decided(question) == slowly(question)


@st.composite
def _folders_with_members(draw: Draw) -> tuple[Folder, list[Member]]:
    folder = draw(little_policies.folders())
    return folder, [draw(little_policies.members(folder)) for _ in range(10)]


@pytest.mark.fuzz
@examples(60)
@given(_folders_with_members())
def test_decisions_on_generated_policies_are_what_the_interpreter_says_of_each_clause(
    case: tuple[Folder, list[Member]],
) -> None:
    folder, members = case
    for member in members:
        question = Question("club", "joining", member.on, member.facts, policies=folder.policies)

        assert decided(question) == slowly(question), member


@pytest.mark.fuzz
@examples(3_000)
@given(questions(spoilt=True))
def test_a_decision_reads_unusual_facts_as_the_door_does_and_leaves_them_alone(question: Question) -> None:
    before = _names(question.facts)

    expected = _or_refused(lambda: slowly(question))
    got = _or_refused(lambda: decided(question))

    assert got == expected
    assert _names(question.facts) == before


def _names(given_: object) -> object:
    """Give what deciding must leave as it was: the names at every level."""
    if isinstance(given_, Mapping):
        return {name: _names(value) for name, value in given_.items()}
    return [_names(value) for value in given_] if isinstance(given_, list | tuple) else None


@st.composite
def _questions_with_one_fact_more(draw: Draw) -> tuple[Question, Question]:
    question = asked(draw)
    fewer, more = callers.differ_by_one(draw, question.facts)
    return replace(question, facts=fewer), replace(question, facts=more)


@examples(1_500)
@given(_questions_with_one_fact_more())
def test_one_more_fact_never_changes_a_met_or_an_unmet(case: tuple[Question, Question]) -> None:
    fewer, more = case

    before, after = decided(fewer)[0], decided(more)[0]

    assert before is Outcome.UNKNOWN or after is before
