"""JavaScript means what the interpreter and Python's decisions mean: run in Node, on generated and shipped policies."""

import datetime
import gzip
import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

import callers
import javascript_engine as engine
import javascript_expected as expected
import little_policies
import strategies
from callers import Caller
from drawing import Draw, examples, pick
from javascript_engine import Asked, Decided, module
from little_policies import Folder, Member
from policyengine.cases import regions_of
from policyengine.decide import Policies
from policyengine.decision import Decision, facts_in
from policyengine.missing import unknown_facts
from policyengine.model import calendar, checked, types
from policyengine.model.authored import Case
from policyengine.model.operators import Aggregate, Comparison
from policyengine.model.ranges import Range
from policyengine.model.values import Raw
from policyengine.over_days import Days, Possible, first_day, over_days
from policyengine.targets.interpreter import Environment, Given, evaluate
from policyengine.targets.javascript import expression_function, numbered, scripts
from questions import Question, questions, shipped
from strategies import Situation
from workbench import TODAY, bench

T = TypeVar("T")
HOSTILE = (
    "</script><script>alert(1)</script>",
    "<!--",
    'it\'s "quoted" `${back}` \\ \\u0041 \\',
    "line\u2028and\u2029paragraph\r\n\t\0\x7f",
    "\u202eright to left\u200f",
    "&amp; 😀 héé",
    "\ud800",
    "__proto__",
    "constructor",
)
"""Texts that have broken somebody's page."""


@dataclass(frozen=True)
class Compared:
    """One answer of each side, and what to show when they differ."""

    title: str
    expected: object
    got: Any

    @property
    def differs(self) -> bool:
        return (self.expected, _kinds(self.expected)) != (self.got, _kinds(self.got))


def _kinds(value: object) -> object:
    """Give the types inside: True is 1 in Python, and neither is JavaScript's other."""
    match value:
        case dict():
            return {name: _kinds(item) for name, item in value.items()}
        case list():
            return [_kinds(item) for item in value]
        case _:
            return type(value)


def assert_equal(compared: Iterable[Compared]) -> None:
    """Show the shortest of what differs."""
    differing = sorted((each for each in compared if each.differs), key=lambda each: len(each.title))
    shown = "\n".join(f"{each.title}\n  expected {each.expected}\n  got      {each.got}" for each in differing[:5])
    assert not differing, f"{len(differing)} differ:\n{shown}"


# expressions


def _generated(strategy: st.SearchStrategy[T], number: int) -> list[T]:
    """Collect examples: one process of Node then answers for all of them."""
    found: list[T] = []

    @examples(number)
    @given(strategy)
    def collect(example: T) -> None:
        found.append(example)

    collect()
    return found


@pytest.mark.fuzz
def test_interpreter_and_javascript_agree_on_20_000_expressions_with_facts() -> None:
    generated = _generated(strategies.asked(strategies.expressions(), times=5), 4_000)
    compared = _compared("value", generated, evaluate)

    assert_equal(compared)
    assert len(compared) >= 20_000
    assert min(Counter(each.expected is None for each in compared).values()) >= 2_000


@pytest.mark.fuzz
def test_what_python_reads_off_5_000_truths_with_facts_javascript_reads_too() -> None:
    truths = st.one_of(strategies.clauses(), strategies.expressions(truths=True))
    generated = _generated(strategies.asked(truths, times=2), 2_500)
    facts = bench().door.vocabulary
    missing = _compared("missing", generated, lambda expr, environment: list(unknown_facts(expr, environment)))
    reads = _compared("reads", generated, lambda expr, _: facts_in(expr))
    changes = [
        replace(each, got=expected.comparable(each.got, facts))
        for each in _compared("changes", generated, lambda expr, given: expected.changes(expr, given, facts))
    ]

    assert_equal([*missing, *reads, *changes])
    assert len(missing) >= 5_000
    assert sum(each.expected != [] for each in missing) >= 500
    assert sum(each.expected != [] for each in changes) >= 1_000


def _compared(
    reading: str,
    generated: Sequence[tuple[str, list[Situation]]],
    python: Callable[[checked.Expr, Environment], object],
) -> list[Compared]:
    """Let both sides read something off each expression in each of its situations."""
    titles, environments, asked = [], [], []
    for source, situations in generated:
        expr = strategies.proved(source).expr
        for situation in situations:
            environment = situation.environment(bench().door)
            titles.append(f"{reading}: {source} in {situation}")
            environments.append(environment)
            asked.append(Asked(reading, expr, environment.facts, situation.on))
    answers = zip(titles, asked, environments, engine.asked(asked), strict=True)
    return [Compared(title, python(each.expr, environment), got) for title, each, environment, got in answers]


@pytest.mark.fuzz
def test_what_3_000_expressions_may_be_over_days_is_what_they_may_be_in_python() -> None:
    sources = st.one_of(strategies.expressions(), strategies.expressions(dated=True))
    compared = _over_days("days", sources, 3_000, lambda expr, days: _possible(over_days(expr, days)))

    assert_equal(replace(each, got={**each.got, "texts": sorted(each.got["texts"])}) for each in compared)
    # what hypothesis draws depends on the modules that are loaded: some 10 to 30 of these
    assert sum(each.got["unknown"] and each.got["range"] is not None for each in compared) >= 5


def _possible(possible: Possible) -> dict[str, object]:
    range_ = None if possible.range is None else [possible.range.low, possible.range.high]
    return {"range": range_, "texts": sorted(possible.texts), "unknown": possible.unknown}


@pytest.mark.fuzz
def test_the_first_day_of_1_000_truths_is_that_of_python() -> None:
    compared = _over_days("firstDay", strategies.expressions(truths=True, dated=True), 1_000, first_day)

    assert_equal(compared)
    assert sum(each.expected is not None for each in compared) >= 250


@st.composite
def _windows(draw: Draw, sources: st.SearchStrategy[str]) -> tuple[str, Situation, datetime.date]:
    """Give expressions with facts that little is missing of, and days of which these speak: from one to a last."""
    source, door = draw(sources), bench().door
    first = datetime.date.fromisoformat(pick(draw, callers.DAYS)) - datetime.timedelta(days=pick(draw, (0, 1, 30, 300)))
    wanted = callers.reads(strategies.proved(source).expr, door.vocabulary)
    facts = Caller(draw, door, near=first).some(wanted, first, derived=4, few=True)
    return source, Situation(first, facts), first + datetime.timedelta(days=pick(draw, (0, 1, 40, 400, 30_000)))


def _over_days(
    reading: str, sources: st.SearchStrategy[str], number: int, python: Callable[[checked.Expr, Days], object]
) -> list[Compared]:
    """Let both sides read something off expressions over ranges of days, short and long ones."""
    door = bench().door
    titles, expected_, asked = [], [], []
    for source, situation, last in _generated(_windows(sources), number):
        expr, fixed = strategies.proved(source).expr, door.read_given(situation.facts)
        titles.append(f"{source} in {situation} until {last}")
        range_ = Range(situation.on.toordinal(), last.toordinal())
        expected_.append(python(expr, Days(fixed, door.vocabulary, range_)))
        asked.append(Asked(reading, expr, fixed, situation.on, last))
    return [Compared(*each) for each in zip(titles, expected_, engine.asked(asked), strict=True)]


def test_folds_over_days_of_all_triples_of_odd_items_are_pythons() -> None:
    items = [
        {"n": number, "day": day, "ok": ok}
        for number in (1, 5, None)
        for day in ("2024-01-01", "2024-04-01")
        for ok in (True, None)
    ]
    kept = "item in x.items where if today < 2024-03-01 then item.ok else item.day <= today"
    folds = [f"{fold}(item.n for {kept})" for fold in ("sum", "min", "max")]
    first, last = datetime.date(2024, 2, 1), datetime.date(2024, 5, 1)
    days = Range(first.toordinal(), last.toordinal())
    door = bench().door
    asked = [
        Asked("days", strategies.proved(fold).expr, door.read_given({"x": {"items": list(three)}}), first, last)
        for fold in [*folds, f"count({kept})"]
        for three in product(items, repeat=3)
    ]

    assert_equal(
        Compared(str(each), _possible(over_days(each.expr, Days(each.facts, door.vocabulary, days))), got)
        for each, got in zip(asked, engine.asked(asked), strict=True)
    )


def test_days_are_pythons() -> None:
    chosen = random.Random(1)  # noqa: S311 -- days, not secrets
    days = [*range(1, calendar.LAST_DAY, 97), *range(calendar.LAST_DAY - 800, calendar.LAST_DAY + 1), 1, 2, 366]
    pairs = [(day, chosen.choice(days), chosen.randint(-30_000, 30_000)) for day in days]
    main = """
    import { addMonths, fromIso, toIso, yearsBetween } from "./calendar.js";
    export const answer = (day, other, months) =>
      [toIso(day), fromIso(toIso(day)), addMonths(day, months), yearsBetween(day, other)];
    """

    got = engine.run(main, {}, pairs)

    assert_equal(
        Compared(f"{pair}", [datetime.date.fromordinal(day).isoformat(), day, added, years], answer)
        for pair, answer in zip(pairs, got, strict=True)
        for day, added, years in [(pair[0], calendar.add_months(pair[0], pair[2]), calendar.years_between(*pair[:2]))]
    )


@pytest.mark.parametrize(
    ("text", "exists"),
    [("2024-02-29", True), ("2023-02-29", False), ("0000-01-01", False), ("2024-13-01", False), ("2024-1-01", False)],
)
def test_a_day_that_is_none_is_not_read(text: str, exists: bool) -> None:  # noqa: FBT001 -- a column of the table
    main = 'import { fromIso } from "./calendar.js"; export const answer = (text) => fromIso(text) !== null;'

    assert engine.run(main, {}, [[text]]) == [exists]


# decisions


def assert_decided(asked: Sequence[tuple[Decided, Decision]]) -> None:
    """Compare whole decisions, those of Python with words left out."""
    compared = []
    got = engine.decided([question for question, _ in asked])
    for (question, decision), answer in zip(asked, got, strict=True):
        vocabulary = question.policies.compiled.vocabulary
        for finding in answer.get("requirements", ()):
            finding["changes"] = expected.comparable(finding["changes"], vocabulary)
        compared.append(Compared(f"{question}", expected.decision(decision, question.policies), answer))
    assert_equal(compared)


def _decided(question: Question) -> tuple[Decided, Decision]:
    policies = question.policies
    facts = policies.door.read_given(question.facts, ignore_extras=question.ignore_extras)
    return Decided(policies, question.program, question.check, facts, question.on), question.decision()


def test_every_case_of_the_authors_is_decided_as_in_python() -> None:
    asked = [
        _case(file.program.text, check, case, region)
        for file in shipped().compiled.authored.cases
        for case in file.cases
        for region in regions_of(case)
        for check in case.outcomes
    ]

    assert_decided(asked)
    assert len(asked) >= 300


def _case(program: str, check: str, case: Case, region: str | None) -> tuple[Decided, Decision]:
    policies = shipped()
    entry = next(entry for entry in policies.compiled.programs[program].checks if entry.name == check)
    facts = policies.door.read_given(case.facts) | ({} if region is None else {entry.region_by.text: region})
    decision = policies.decide(program, case.facts, check=check, on=case.on, region=region)
    return Decided(policies, program, check, facts, case.on), decision


@pytest.mark.fuzz
def test_generated_questions_to_the_shipped_policies_are_decided_as_in_python() -> None:
    asked = [_decided(question) for question in _generated(questions(), 1_000)]

    assert_decided(asked)
    assert len({decision.outcome for _, decision in asked}) == 4


@st.composite
def _folders_with_members(draw: Draw) -> tuple[Folder, list[Member]]:
    folder = draw(little_policies.folders())
    return folder, [draw(little_policies.members(folder)) for _ in range(10)]


@pytest.mark.fuzz
def test_generated_policies_are_decided_as_in_python() -> None:
    asked = [
        _decided(Question("club", "joining", member.on, member.facts, policies=policies))
        for folder, members in _generated(_folders_with_members(), 30)
        for policies in [folder.policies]
        for member in members
    ]

    assert_decided(asked)
    assert len({decision.outcome for _, decision in asked}) == 4
    assert sum(decision.met_on is not None for _, decision in asked) >= 10


def test_the_version_that_a_fact_chooses_decides_on_all_days_to_come() -> None:
    rules = {"2023-06-01": "f.age >= 18 years", "2024-01-01": "f.age >= 21 years"}
    texts = {"club/program.yaml": little_policies._program("f.recent")}
    for day, rule in rules.items():
        lines = (
            "program: club",
            "region: world",
            f"effective: {day}",
            "checks:",
            "  joining:",
            f"    one: {{require: {rule}}}",
        )
        texts[f"club/world/{day}.yaml"] = "\n".join(lines)
    policies = Folder(tuple(texts.items())).policies
    facts = {"f": {"r": "FR", "born": "2008-05-05", "recent": "2023-07-01"}}
    question = Question("club", "joining", datetime.date(2024, 3, 1), facts, policies=policies)

    assert question.decision().met_on == datetime.date(2026, 5, 5)
    assert_decided([_decided(question)])


def _club() -> Policies:
    return little_policies.written({"one": "f.a"}).policies


def test_a_derived_fact_that_disagrees_with_its_inputs_is_refused_by_name() -> None:
    facts: dict[str, Given] = {"f.r": "FR", "f.born": TODAY.toordinal() - 10_000, "f.age": 12}

    assert engine.decided([Decided(_club(), "club", "joining", facts, TODAY)]) == [{"refused": "f.age"}]


@pytest.mark.parametrize(
    ("facts", "on", "refused"),
    [({"f.r": "XX"}, TODAY, "f.r"), ({"f.r": "FR"}, datetime.date(2200, 1, 1), "today")],
)
def test_what_chooses_no_policy_is_refused_by_name(facts: dict[str, Given], on: datetime.date, refused: str) -> None:
    assert engine.decided([Decided(_club(), "club", "joining", facts, on)]) == [{"refused": refused}]


def test_the_facts_that_a_check_may_read_are_those_of_its_intervals() -> None:
    compiled = shipped().compiled
    main = """
    import { factsRead } from "./decide.js";
    export const answer = async (name, check, index) =>
      factsRead((await import(`./${name}.js`)).program, check, index).sort();
    """
    calls: list[tuple[str, str, int | None]] = []
    reads: list[set[str]] = []
    for name, program in compiled.programs.items():
        intervals = numbered(compiled.timelines[name])
        for entry in program.checks:
            checks = {
                index: interval.checks[entry.name]
                for index, interval in enumerate(intervals)
                if isinstance(interval, checked.CheckedPolicy) and entry.name in interval.checks
            }
            calls += [(name, entry.name, None), *((name, entry.name, index) for index in checks)]
            reads += [
                {fact for check in checks.values() for fact in check.facts},
                *(set(c.facts) for c in checks.values()),
            ]

    got = engine.run(main, {f"{name}.js": module(shipped(), name) for name in compiled.programs}, calls)

    assert got == [sorted(facts) for facts in reads]


# modules


def test_the_series_with_all_versions_and_regions_is_under_15_000_bytes() -> None:
    text = module(shipped(), "series")

    assert len(gzip.compress(text.encode(), 9, mtime=0)) < 15_000


def test_what_decides_in_a_browser_is_under_15_000_bytes_too() -> None:
    assert len(gzip.compress("".join(scripts().values()).encode(), 9, mtime=0)) < 15_000


def test_regions_and_versions_share_functions_and_differ_by_data() -> None:
    compiled = shipped().compiled
    intervals = numbered(compiled.timelines["series"])
    checks = [c for i in intervals if isinstance(i, checked.CheckedPolicy) for c in i.checks.values()]
    derived = [fact.derived for fact in compiled.vocabulary.values() if fact.derived is not None]
    clauses = [clause.expression for check in checks for clause in check.clauses]
    groups = [requirement.expression for check in checks for requirement in check.requirements]
    values = [value.expression for check in checks for value in check.values]
    text = module(shipped(), "series")

    assert text.count("(o, p) =>") == len(
        _texts([*(check.expression for check in checks), *clauses, *groups, *values, *derived])
    )
    assert text.count("clauses:") < len(checks)
    assert len(_texts(clauses)) < len(set(clauses)) < len(clauses)


def _texts(exprs: Iterable[checked.Expr]) -> set[str]:
    return {expression_function(expr).text for expr in exprs}


def test_a_region_with_another_number_has_the_functions_of_the_world() -> None:
    korea, world = (_adult("KR"), _adult("ZA"))

    assert korea.text == world.text
    assert (korea.constants, world.constants) == ((228,), (216,))


def _adult(region: str) -> Any:
    policy = shipped().in_force("series", region=region, on=datetime.date(2024, 6, 1)).policy
    assert policy is not None
    (clause,) = (clause for clause in policy.checks["eligibility"].clauses if clause.id == "adult")
    return expression_function(clause.expression)


def test_a_module_is_written_the_same_each_time_and_holds_no_words() -> None:
    text = module(shipped(), "series")

    assert text == module(shipped(), "series")
    assert not re.search("Series|eligible|TikTok|http", text)


# names and texts of authors


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_is_itself_whatever_it_holds(text: str) -> None:
    fact = checked.Fact("f.t", types.Text())
    exprs = (
        checked.Compare(Comparison.EQUAL, fact, checked.Literal(text, types.Text())),
        checked.Within(fact, ("other", text), types.Text()),
        fact,
    )

    assert _values(exprs, {"f.t": text}) == [True, True, text]
    assert _values(exprs, {"f.t": text + " "}) == [False, False, text + " "]
    assert all(_is_safe(expression_function(expr).text) for expr in exprs)


@pytest.mark.parametrize("name", [*HOSTILE, "o", "p", "i0", "default", "eval"])
def test_a_name_is_itself_whatever_it_holds(name: str) -> None:
    path = f"f.{name}"
    item = checked.Item(name, name, types.Number())
    exprs = (
        checked.Fact(path, types.Number()),
        checked.Fold(Aggregate.SUM, item, name, path, None, types.Number()),
        checked.Count(path, types.Number()),
    )

    assert _values(exprs[:1], {path: 5}) == [5]
    assert _values(exprs[1:], {path: ({name: 2}, {name: 3})}) == [5, 2]
    assert _values(exprs, {}) == [None, None, None]
    assert _values(exprs[1:2], {path: ({},)}) == [None]
    assert all(_is_safe(expression_function(expr).text) for expr in exprs)


def _values(exprs: Sequence[checked.Expr], facts: dict[str, Given]) -> list[Raw | None]:
    return engine.asked([Asked("value", expr, facts, TODAY) for expr in exprs])


def _is_safe(text: str) -> bool:
    return text.isascii() and "<" not in text and "\n" not in text


def test_a_module_of_hostile_texts_is_ascii_that_no_script_element_ends_at() -> None:
    texts = ("</script>", "<!--", "a & b", "it`s ${1}", "héé 😀")
    listed = ", ".join(f'"{text}"' for text in texts)
    policies = little_policies.written({"one": f"f.t in [{listed}]"}).policies
    facts = [
        (text, policies.decide("club", {"f": {"r": "FR", "t": text}}, check="joining", on=TODAY)) for text in texts
    ]
    written = module(policies, "club")

    assert written.isascii()
    assert "<" not in written
    assert_decided(
        [
            (Decided(policies, "club", "joining", {"f.r": "FR", "f.t": text}, TODAY), decision)
            for text, decision in facts
        ]
    )
    assert {decision.outcome.value for _, decision in facts} == {"met"}
