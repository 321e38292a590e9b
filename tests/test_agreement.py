"""Generated expressions and facts mean one thing everywhere: parsed, printed, proved, interpreted, compiled, decided."""

import datetime
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import strategies
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import Draw, examples
from workbench import Mistake, bench

import policyengine
from policyengine.decide import Policies
from policyengine.door import as_mapping
from policyengine.frontend.arithmetic import Typed
from policyengine.frontend.parse import parse_text
from policyengine.model import syntax
from policyengine.model.checked import CheckedPolicy, Kind
from policyengine.model.decision import Outcome
from policyengine.model.errors import InvalidFact
from policyengine.model.values import literal
from policyengine.targets.interpreter import Environment, evaluate

ROOT = Path(__file__).parents[1]


def _typed(tree: syntax.Expr) -> Typed:
    """Check an expression; one that is too large to be proved exact is left out."""
    try:
        return strategies.typed(tree)
    except Mistake as mistake:
        assert set(mistake.codes) <= strategies.BEYOND, f"{tree}: {mistake}"
        assume(False)  # noqa: FBT003
        raise


# expressions


def test_interpreter_and_compiled_python_agree_on_20_000_expressions_with_facts() -> None:
    compared = Counter[str]()

    @examples(4_000)
    @given(st.data())
    def agree(data: st.DataObject) -> None:
        tree = data.draw(strategies.expressions())
        typed = _typed(tree)
        compiled = bench().compiled(typed.expr)
        wanted = strategies.reads(typed.expr, bench().scope.facts)
        for _ in range(5):
            today = strategies.days(data.draw)
            facts = strategies.some_facts(data.draw, bench().door, wanted, today)
            given_ = strategies.environment(bench().door, facts, today)

            expected = evaluate(typed.expr, given_)
            got = compiled(given_.facts, given_.today)

            assert (got, type(got)) == (expected, type(expected)), f"{tree} on {today} with {facts}"
            compared["unknown" if expected is None else "known"] += 1

    agree()

    assert compared.total() >= 20_000
    assert min(compared.values()) >= 2_000


def _parsed(text: str) -> syntax.Expr | None:
    tree, problems = parse_text(text)
    assert not problems, f"{text}: {problems}"
    return tree


@examples(1_500)
@given(strategies.expressions())
def test_a_printed_expression_parses_to_the_same_tree(tree: syntax.Expr) -> None:
    assert _parsed(str(tree)) == tree


@examples(1_500)
@given(strategies.trees())
def test_any_printed_tree_parses_to_the_same_tree(tree: syntax.Expr) -> None:
    assert _parsed(str(tree)) == tree


@examples(300)
@given(strategies.expressions())
def test_an_expression_means_the_same_once_printed_and_parsed(tree: syntax.Expr) -> None:
    printed = _parsed(str(tree))

    assert printed is not None
    assert strategies.typed(printed) == _typed(tree)


@examples(2_000)
@given(st.data())
def test_one_more_fact_never_changes_a_known_value(data: st.DataObject) -> None:
    typed = _typed(data.draw(strategies.expressions()))
    door, today = bench().door, strategies.days(data.draw)
    facts = strategies.known_facts(data.draw, door, strategies.reads(typed.expr, door.vocabulary), today)
    forgotten = strategies.forget(data.draw, facts)
    assume(forgotten)
    fewer = strategies.without(facts, forgotten)
    more = strategies.without(facts, forgotten - {strategies.pick(data.draw, sorted(forgotten, key=str))})

    before = strategies.result(typed.expr, door, fewer, today)
    after = strategies.result(typed.expr, door, more, today)

    assert before is None or after == before


@examples(2_000)
@given(st.data())
def test_a_value_lies_in_the_range_that_the_checker_proves(data: st.DataObject) -> None:
    typed = _typed(data.draw(strategies.expressions()))
    door, today = bench().door, strategies.days(data.draw)
    wanted = strategies.reads(typed.expr, door.vocabulary)
    facts = strategies.some_facts(data.draw, door, wanted, today)

    value = strategies.result(typed.expr, door, facts, today)

    assert value is None or isinstance(value, str) == (typed.range is None)
    assert not isinstance(value, int) or typed.numbers.holds(value)


# whole checks


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


def _refused(answer: Callable[["Question"], Answer], question: "Question") -> Answer | str:
    """Answer, or name the fact that is refused."""
    try:
        return answer(question)
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
def _questions(draw: Draw) -> Question:
    """Ask about a creator of whom some facts are unknown, near the days on which something changes."""
    question = _asked(draw)
    facts = strategies.without(question.facts, strategies.forget(draw, question.facts) - {("creator", "region")})
    return replace(question, facts=facts)


def _asked(draw: Draw) -> Question:
    compiled, door = _policies().compiled, _policies().door
    program, check = strategies.pick(draw, [(p.name, c.name) for p in compiled.programs.values() for c in p.checks])
    cuts = [interval.start for timeline in compiled.timelines[program].values() for interval in timeline]
    cut = strategies.pick(draw, cuts)
    on = cut + datetime.timedelta(days=strategies.pick(draw, (0, -1, 1, 30, 400)))
    region = strategies.pick(draw, ("KR", "US", "ZA", "ID", "GB", "world"))
    policy = _policies().in_force(program, region=region, on=on).policy
    read = [] if policy is None or check not in policy.checks else [*policy.checks[check].facts]
    others = [strategies.pick(draw, list(door.vocabulary)) for _ in range(strategies.pick(draw, (0, 0, 1, 3)))]
    wanted = strategies.everything(door.vocabulary, [*read, *others])
    facts = strategies.known_facts(draw, door, wanted, on, derived=4)
    facts.setdefault("creator", {})["region"] = region
    if not strategies.rarely(draw, 3):
        facts.setdefault("effect", {})["published"] = cut
    return Question(program, check, on, facts)


@examples(2_000)
@given(_questions())
def test_a_decision_is_what_the_interpreter_says_of_each_clause(question: Question) -> None:
    assert _decided(question) == _slowly(question)


@examples(4_000)
@given(st.data())
def test_a_decision_reads_unusual_facts_as_the_door_does(data: st.DataObject) -> None:
    question = _spoilt(data.draw, data.draw(_questions()))
    before = repr(question.facts)

    expected = _refused(_slowly, question)
    got = _refused(_decided, question)

    assert got == expected
    assert repr(question.facts) == before
    

def _spoilt(draw: Draw, question: Question) -> Question:
    """Make one thing in the facts wrong, or at least unusual."""
    facts: dict[Any, Any] = {entity: dict(record) for entity, record in question.facts.items()}
    entity = strategies.pick(draw, list(facts))
    record: dict[Any, Any] = facts[entity]
    lists = [(e, name) for e, r in facts.items() for name, given_ in r.items() if isinstance(given_, list | tuple)]
    way = draw(st.integers(0, 7))
    if way == 0:
        record[strategies.pick(draw, ("folowers", "", 5, None, "region", "videos"))] = strategies.odd(draw)
    elif way == 1:
        facts[strategies.pick(draw, ("creater", "", 5, None, "series"))] = strategies.odd(draw)
    elif way == 2:
        facts[entity] = strategies.pick(draw, (None, [], "x", 5, {5: 5}, [("region", "KR")], {"region": ["KR"]}))
    elif way == 3:
        facts[entity] = strategies.otherwise_given(draw, record)
    elif way in (4, 5) and lists:
        _spoil_list(draw, facts, *strategies.pick(draw, lists))
    elif record:
        record[strategies.pick(draw, list(record))] = strategies.odd(draw)
    whole = strategies.otherwise_given(draw, facts) if strategies.rarely(draw, 4) else facts
    return replace(question, facts=whole, ignore_extras=strategies.rarely(draw, 6))


def _spoil_list(draw: Draw, facts: dict[Any, Any], entity: str, name: str) -> None:
    items = [item for item in facts[entity][name] if item is not None] or [{}]
    way = draw(st.integers(0, 4))
    if way == 0:
        items = [items[0]] * strategies.pick(draw, (1_000, 1_001, 10_000, 10_001))
    elif way == 1:
        items = [{field: float(str(given_)) for field, given_ in item.items() if isinstance(given_, int)} for item in items]
    else:
        index = draw(st.integers(0, len(items) - 1))
        items[index] = strategies.odd_item(draw, items[index])
    facts[entity][name] = strategies.pick(draw, (list, tuple))(items)


@examples(1_500)
@given(st.data())
def test_one_more_fact_never_changes_a_met_or_an_unmet(data: st.DataObject) -> None:
    question = _asked(data.draw)
    forgotten = strategies.forget(data.draw, question.facts)
    assume(forgotten)
    given_ = strategies.pick(data.draw, sorted(forgotten, key=str))
    fewer = replace(question, facts=strategies.without(question.facts, forgotten))
    more = replace(question, facts=strategies.without(question.facts, forgotten - {given_}))

    before, after = _decided(fewer)[0], _decided(more)[0]

    assert before is Outcome.UNKNOWN or after is before
