"""Generated expressions and facts mean one thing everywhere: parsed, printed, proved, interpreted, compiled, decided."""

import datetime
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import callers
import pytest
import strategies
import syntax_trees
from callers import Caller, Facts
from drawing import Draw, examples, pick, rarely
from hypothesis import given
from hypothesis import strategies as st
from strategies import Situation
from workbench import bench

import policyengine
from policyengine.decide import Policies
from policyengine.door import Door, as_mapping
from policyengine.frontend.parse import parse_text
from policyengine.model import checked, syntax, types
from policyengine.model.checked import Check, CheckedPolicy, Clause, Kind
from policyengine.model.decision import Outcome
from policyengine.model.errors import InvalidFact
from policyengine.model.values import literal
from policyengine.targets.interpreter import Environment, evaluate
from policyengine.targets.python import CheckFunction, DoorReaders, compile_check

T = TypeVar("T")
ROOT = Path(__file__).parents[1]


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


@examples(1_500)
@given(syntax_trees.trees())
def test_any_printed_tree_parses_to_the_same_tree(tree: syntax.Expr) -> None:
    assert _parsed(str(tree)) == tree


@pytest.mark.fuzz
@examples(2_000)
@given(strategies.one_fact_more(strategies.expressions()))
def test_one_more_fact_never_changes_a_known_value(case: tuple[str, Situation, Situation]) -> None:
    source, fewer, more = case

    before, after = strategies.result(source, fewer), strategies.result(source, more)

    assert before is None or after == before


@examples(2_000)
@given(strategies.asked(strategies.expressions()))
def test_a_value_lies_in_the_range_that_the_checker_proves(case: tuple[str, list[Situation]]) -> None:
    source, [situation] = case
    typed = strategies.proved(source)

    value = strategies.result(source, situation)

    assert value is None or isinstance(value, str) == (typed.range is None)
    assert not isinstance(value, int) or typed.numbers.holds(value)


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
        spoilt = _spoilt(draw, facts) if facts and rarely(draw, 2) else facts
        situations.append(Situation(on, spoilt))
    return clauses, situations


@pytest.mark.fuzz
@examples(2_000)
@given(_checks_with_facts())
def test_a_compiled_check_reads_and_asks_as_the_door_and_the_interpreter_do(case: tuple[list[str], list[Situation]]) -> None:
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
    truths = [
        None if outcomes >> (2 * i) & 2 else not outcomes >> (2 * i) & 1 for i in range(len(check.clauses))
    ]
    return truths, {name: _rows(fact, raw) for (name, fact), raw in zip(check.facts.items(), known, strict=True)}


def _rows(fact: checked.FactDeclaration, raw: object) -> object:
    """Turn the columns of a list into its records."""
    if raw is None or not isinstance(fact.type, types.Records):
        return raw
    assert isinstance(raw, tuple)
    count, *columns = raw
    names = [field.path for field in fact.fields]
    return tuple({name: column[row] for name, column in zip(names, columns, strict=True)} for row in range(count))


@cache
def _policies() -> Policies:
    return policyengine.load(ROOT / "policies")


Answer = tuple[Outcome, dict[str, Outcome], dict[str, str | None]]
"""The outcome of a check, of each clause, and the values as literals."""


def _slowly(question: "Question") -> Answer:
    """Decide as the design says it, without generated code: the door, one interval, the interpreter on each clause."""
    compiled, today = _policies().compiled, question.on.toordinal()
    entry = next(c for c in compiled.programs[question.program].checks if c.name == question.check)
    known = _policies().door.read(as_mapping(question.facts), today, ignore_extras=question.ignore_extras)
    region = known.get(entry.region_by.text)
    day = today if entry.version_by.text == "today" else known.get(entry.version_by.text)
    if region is None or day is None:
        return Outcome.UNKNOWN, {}, {}
    timeline = _policies().timeline(question.program, region=str(region))
    found = [i for i in timeline if i.start.toordinal() <= day and (i.end is None or day < i.end.toordinal())]
    check = found[0].checks.get(question.check) if found and isinstance(found[0], CheckedPolicy) else None
    if check is None:
        return Outcome.NOT_OFFERED, {}, {}
    truths = [evaluate(clause.expression, Environment(known, today)) for clause in check.clauses]
    values = {value.id: evaluate(value.expression, Environment(known, today)) for value in check.values}
    return (
        Outcome.of(evaluate(check.expression, Environment({}, today, truths))),
        {clause.id: Outcome.of(truth) for clause, truth in zip(check.clauses, truths, strict=True)},
        {v.id: None if values[v.id] is None else literal(values[v.id], v.type) for v in check.values},
    )


def _decided(question: "Question") -> Answer:
    decision = _policies().decide(
        question.program, question.facts, check=question.check, on=question.on, ignore_extras=question.ignore_extras
    )
    return (
        decision.outcome,
        {finding.id: finding.outcome for finding in decision.requirements if finding.kind is Kind.REQUIRE},
        {name: value.literal for name, value in decision.values.items()},
    )


def _or_refused(answer: Callable[[], T]) -> T | str:
    """Answer, or name the fact that is refused."""
    try:
        return answer()
    except InvalidFact as refusal:
        return refusal.fact


@dataclass(frozen=True)
class Question:
    """What a caller asks of the shipped policies."""

    program: str
    check: str
    on: datetime.date
    facts: Any
    ignore_extras: bool = False


@st.composite
def _questions(draw: Draw, *, spoilt: bool = False) -> Question:
    """Ask about a creator of whom some facts are unknown, near the days on which something changes."""
    question = _asked(draw)
    facts = callers.without(question.facts, callers.forget(draw, question.facts) - {("creator", "region")})
    if not spoilt:
        return replace(question, facts=facts)
    return replace(question, facts=_spoilt(draw, facts), ignore_extras=rarely(draw, 6))


def _asked(draw: Draw) -> Question:
    compiled, door = _policies().compiled, _policies().door
    program, check = pick(draw, [(p.name, c.name) for p in compiled.programs.values() for c in p.checks])
    cuts = [interval.start for timeline in compiled.timelines[program].values() for interval in timeline]
    cut = pick(draw, cuts)
    on = cut + datetime.timedelta(days=pick(draw, (0, -1, 1, 30, 400)))
    region = pick(draw, ("KR", "US", "ZA", "ID", "GB", "world"))
    policy = _policies().in_force(program, region=region, on=on).policy
    read = [] if policy is None or check not in policy.checks else [*policy.checks[check].facts]
    others = [pick(draw, list(door.vocabulary)) for _ in range(pick(draw, (0, 0, 1, 3)))]
    wanted = callers.everything(door.vocabulary, [*read, *others])
    facts = Caller(draw, door).known(wanted, on, derived=4)
    facts.setdefault("creator", {})["region"] = region
    if not rarely(draw, 3):
        facts.setdefault("effect", {})["published"] = cut
    return Question(program, check, on, facts)


@examples(2_000)
@given(_questions())
def test_a_decision_is_what_the_interpreter_says_of_each_clause(question: Question) -> None:
    assert _decided(question) == _slowly(question)


@pytest.mark.fuzz
@examples(3_000)
@given(_questions(spoilt=True))
def test_a_decision_reads_unusual_facts_as_the_door_does_and_leaves_them_alone(question: Question) -> None:
    before = _names(question.facts)

    expected = _or_refused(lambda: _slowly(question))
    got = _or_refused(lambda: _decided(question))

    assert got == expected
    assert _names(question.facts) == before


def _names(given_: object) -> object:
    """Give what deciding must leave as it was: the names at every level."""
    if isinstance(given_, Mapping):
        return {name: _names(value) for name, value in given_.items()}
    return [_names(value) for value in given_] if isinstance(given_, list | tuple) else None


def _spoilt(draw: Draw, given_: Facts) -> Mapping[Any, Any]:
    """Make one thing in the facts wrong, or at least unusual."""
    facts: dict[Any, Any] = {entity: dict(record) for entity, record in given_.items()}
    entity = pick(draw, list(facts))
    record: dict[Any, Any] = facts[entity]
    lists = [(e, name) for e, r in facts.items() for name, value in r.items() if isinstance(value, list | tuple)]
    way = draw(st.integers(0, 7))
    if way == 0:
        record[pick(draw, ("folowers", "", 5, None, "region", "videos"))] = callers.odd(draw)
    elif way == 1:
        facts[pick(draw, ("creater", "", 5, None, "series"))] = callers.odd(draw)
    elif way == 2:
        facts[entity] = pick(draw, (None, [], "x", 5, {5: 5}, [("region", "KR")], {"region": ["KR"]}))
    elif way == 3:
        facts[entity] = callers.otherwise_given(draw, record)
    elif way in (4, 5) and lists:
        _spoil_list(draw, facts, *pick(draw, lists))
    elif record:
        record[pick(draw, list(record))] = callers.odd(draw)
    return callers.otherwise_given(draw, facts) if rarely(draw, 4) else facts


def _spoil_list(draw: Draw, facts: dict[Any, Any], entity: str, name: str) -> None:
    items = [item for item in facts[entity][name] if item is not None] or [{}]
    way = draw(st.integers(0, 4))
    if way == 0:
        items = [items[0]] * pick(draw, (1_000, 1_001, 10_000, 10_001))
    elif way == 1:
        items = [{field: float(given_) for field, given_ in item.items() if isinstance(given_, int)} for item in items]
    else:
        index = draw(st.integers(0, len(items) - 1))
        items[index] = callers.odd_item(draw, items[index])
    facts[entity][name] = pick(draw, (list, tuple))(items)


@st.composite
def _questions_with_one_fact_more(draw: Draw) -> tuple[Question, Question]:
    question = _asked(draw)
    fewer, more = callers.differ_by_one(draw, question.facts)
    return replace(question, facts=fewer), replace(question, facts=more)


@examples(1_500)
@given(_questions_with_one_fact_more())
def test_one_more_fact_never_changes_a_met_or_an_unmet(case: tuple[Question, Question]) -> None:
    fewer, more = case

    before, after = _decided(fewer)[0], _decided(more)[0]

    assert before is Outcome.UNKNOWN or after is before
