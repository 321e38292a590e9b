"""Every truth of tests/conformance holds on every target."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import javascript_engine
import smt_engine
import spark_engine
import sql_engine
from policyengine.frontend import yaml_nodes
from policyengine.frontend.arithmetic import Typed
from policyengine.frontend.parse import parse_text
from policyengine.model import syntax, types
from policyengine.model.calendar import FIRST_PROVED_DAY, LAST_PROVED_DAY
from policyengine.model.errors import InvalidFact
from policyengine.model.ranges import Range
from policyengine.model.span import Source
from policyengine.model.values import literal
from policyengine.targets.interpreter import Given
from workbench import TODAY, Bench, Mistake, Names, bench, interpreted

FOLDER = Path(__file__).parent / "conformance"


@dataclass(frozen=True)
class Entry:
    """One truth: a sentence, and its cases as YAML nodes."""

    title: str
    about: str
    cases: tuple[yaml_nodes.Mapping, ...]


def entries() -> Iterator[Entry]:
    """Read every entry of every topic."""
    for path in sorted(FOLDER.glob("*.yaml")):
        root = yaml_nodes.read_yaml(Source(path.name, path.read_text("utf-8")), [])
        assert isinstance(root, yaml_nodes.Mapping)
        listed = _get(root, "entries")
        assert isinstance(listed, yaml_nodes.Sequence)
        for number, node in enumerate(listed.items):
            assert isinstance(node, yaml_nodes.Mapping)
            about, cases = _get(node, "about"), _get(node, "cases")
            assert isinstance(about, yaml_nodes.Scalar)
            assert isinstance(cases, yaml_nodes.Sequence)
            mappings = tuple(case for case in cases.items if isinstance(case, yaml_nodes.Mapping))
            yield Entry(f"{path.stem}-{number}", about.text, mappings)


def _expected(case: yaml_nodes.Mapping) -> str:
    given = [(key, _text(case, key)) for key in ("gives", "error", "refused") if _get(case, key) is not None]
    assert len(given) == 1, "a case says one thing"
    key, value = given[0]
    return value if key == "gives" else f"{key} {value}"


@dataclass(frozen=True)
class Question:
    """What a case asks of every target."""

    typed: Typed
    given: Mapping[str, Given]
    today: datetime.date


def _answers(case: yaml_nodes.Mapping, workbench: Bench) -> dict[str, str]:
    """Give each target's answer; a mistake or a refusal is everyone's."""
    asked = _asked(case, workbench)
    if not isinstance(asked, Question):
        return asked
    expr, type_, given, today = asked.typed.expr, asked.typed.type, asked.given, asked.today
    answers = {
        "interpreter": interpreted(expr, given, today),
        "python": workbench.compiled(expr)(given, today.toordinal()),
        "javascript": _in_javascript()[case.span.key],
        "sql": _in_sql()[case.span.key],
        "smt": smt_engine.asked([sql_engine.Asked(expr, given, today)])[0],
    }
    return {target: _shown(raw, type_) for target, raw in answers.items()}


def _asked(case: yaml_nodes.Mapping, workbench: Bench) -> Question | dict[str, str]:
    """Give the question, or who answers it with a mistake or a refusal, and how."""
    try:
        typed = workbench.check(_text(case, "expression"), _names(case))
        facts = _data(case, "given") or {}
        today = datetime.date.fromisoformat(facts.pop("today", TODAY.isoformat()))
        if not _days().holds(today.toordinal()):
            return {"door": "refused today"}
        return Question(typed, workbench.given(facts, today), today)
    except Mistake as mistake:
        return {"checker": f"error {', '.join(mistake.codes)}"}
    except InvalidFact as refusal:
        return {"door": f"refused {refusal.fact}"}


@cache
def _questions() -> Mapping[tuple[str, int, int], Question]:
    """Give what every case asks, by the place of the case."""
    cases = [case for entry in ENTRIES for case in entry.cases]
    return {case.span.key: found for case in cases if isinstance(found := _asked(case, bench()), Question)}


@cache
def _in_javascript() -> Mapping[tuple[str, int, int], object]:
    """Ask every case in one engine."""
    questions = _questions()
    asked = [javascript_engine.Asked("value", each.typed.expr, each.given, each.today) for each in questions.values()]
    return dict(zip(questions, javascript_engine.asked(asked), strict=True))


@cache
def _in_sql() -> Mapping[tuple[str, int, int], object]:
    """Ask every case in one engine."""
    return dict(zip(_questions(), sql_engine.asked(_asked_in_sql()), strict=True))


@cache
def _in_spark() -> Mapping[tuple[str, int, int], object]:
    """Ask every case in one engine."""
    return dict(zip(_questions(), spark_engine.asked(_asked_in_sql()), strict=True))


def _asked_in_sql() -> list[sql_engine.Asked]:
    return [sql_engine.Asked(each.typed.expr, each.given, each.today) for each in _questions().values()]


def _shown(raw: object, type_: types.Type) -> str:
    if raw is None:
        return "unknown"
    assert isinstance(raw, bool) is isinstance(type_, types.Boolean)
    assert isinstance(raw, bool | int | str)
    return literal(raw, type_)


def _days() -> Range:
    return Range(FIRST_PROVED_DAY, LAST_PROVED_DAY)


def _names(case: yaml_nodes.Mapping) -> Names:
    parameters = _get(case, "parameters")
    regions = _data(case, "regions") or {}
    return Names(
        {key.text: _constant(value) for key, value in parameters.entries}
        if isinstance(parameters, yaml_nodes.Mapping)
        else {},
        {name: (entry["regions"], entry.get("open", False)) for name, entry in regions.items()},
        {name: str(text) for name, text in (_data(case, "definitions") or {}).items()},
    )


def _constant(node: yaml_nodes.Node) -> Any:
    """Read a parameter as policy files do: plain is a literal, quoted is text, a sequence a list."""
    if isinstance(node, yaml_nodes.Sequence):
        return tuple(_constant(item) for item in node.items)
    assert isinstance(node, yaml_nodes.Scalar)
    if node.style.value != "plain":
        return syntax.Text(node.text, node.span)
    tree, problems = parse_text(node.text)
    if tree is None:
        raise Mistake(problems)
    return tree


def _get(node: yaml_nodes.Mapping, key: str) -> yaml_nodes.Node | None:
    return next((value for name, value in node.entries if name.text == key), None)


def _text(node: yaml_nodes.Mapping, key: str) -> str:
    value = _get(node, key)
    assert isinstance(value, yaml_nodes.Scalar), f"{key} is missing"
    return value.text


def _data(node: yaml_nodes.Mapping, key: str) -> Any:
    value = _get(node, key)
    return None if value is None else yaml_nodes.data(value)


ENTRIES = list(entries())


def test_there_are_at_least_250_entries() -> None:
    assert len({entry.about for entry in ENTRIES}) >= 250


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.title)
def test_every_target_gives_what_the_entry_says(entry: Entry) -> None:
    for case in entry.cases:
        expected, got = _expected(case), _answers(case, bench())

        assert set(got.values()) == {expected}, f"{entry.about}: {_text(case, 'expression')}: {got}"


@pytest.mark.spark
@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.title)
def test_spark_gives_what_the_entry_says(entry: Entry) -> None:
    for case in entry.cases:
        question = _questions().get(case.span.key)
        if question is None:  # a mistake or a refusal is everyone's
            continue
        got = _shown(_in_spark()[case.span.key], question.typed.type)

        assert got == _expected(case), f"{entry.about}: {_text(case, 'expression')}: {got}"
