"""The table of operators holds everything that the language has, and its examples are expressions of it.

Its examples name what the whole of docs/language.md names: the shipped facts, and the parameters of Series.
"""

import datetime
import re
from functools import cache
from pathlib import Path

import pytest

from policyengine.decide import load
from policyengine.frontend.arithmetic import Typed
from policyengine.frontend.check import Checker, Scope
from policyengine.frontend.parse import parse_text
from policyengine.frontend.vocabulary import units_of
from policyengine.model import operators, types
from policyengine.model.diagnostic import Diagnostic
from policyengine.site.operators import MARKER, OperatorRow, operator_rows, operator_table
from policyengine.targets.interpreter import Environment, Given, evaluate

ROOT = Path(__file__).parent.parent.parent
GRAMMAR = (ROOT / "src/policyengine/frontend/grammar.lark").read_text("utf-8")
DAY = datetime.date(2024, 6, 1)
ROWS = operator_rows("en")
each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.written)


def words(expression: str) -> set[str]:
    """Give the words and signs that an expression is made of."""
    return set(re.findall(r"[a-z_]+|[<>=!]+|[+*-]", expression))


FIXED = {
    *operators.RESERVED,
    *(comparison.value for comparison in operators.Comparison),
    *re.findall(r'^(?:PLUS|MINUS|TIMES): "(.)"$', GRAMMAR, re.MULTILINE),
}


@cache
def scope() -> Scope:
    policies = load(ROOT / "policies")
    policy = policies.in_force("series", region="world", on=DAY).policy
    assert policy is not None
    compiled = policies.compiled
    return Scope(compiled.vocabulary, compiled.tree, units_of(compiled.authored.facts), policy.parameters)


def checked(expression: str) -> Typed:
    problems: list[Diagnostic] = []
    tree, found = parse_text(expression)
    assert tree is not None, found
    typed = Checker(scope(), problems).check(tree)
    assert not problems, problems
    return typed


def test_everything_that_the_language_has_is_in_the_table() -> None:
    forms = [words(row.written) for row in ROWS]

    assert FIXED - set().union(*forms) == set()
    for aggregate in operators.Aggregate:
        assert any({aggregate.value, "for"} <= form for form in forms), aggregate
    for quantifier in operators.Quantifier:
        assert any({quantifier.value, "satisfies"} <= form for form in forms), quantifier


def test_no_form_stands_twice() -> None:
    assert len({row.written for row in ROWS}) == len(ROWS)


@each_row
def test_a_function_is_written_with_its_arguments(row: OperatorRow) -> None:
    called = re.fullmatch(r"(\w+)\((.*)\)", row.written)
    if called is not None and called[1] in operators.FUNCTIONS:
        assert len(called[2].split(",")) == operators.FUNCTIONS[called[1]]


@each_row
def test_an_example_is_an_expression_and_shows_its_form(row: OperatorRow) -> None:
    assert not checked(row.example).poisoned
    assert words(row.written) & FIXED <= words(row.example)


@each_row
def test_an_example_of_which_nothing_is_known_is_unknown_unless_the_row_says_never(row: OperatorRow) -> None:
    nothing: dict[str, Given] = {}
    value = evaluate(checked(row.example).expr, Environment(nothing, DAY.toordinal()))

    # the truths stand in an example beside a fact
    assert (value is not None) == (row.written == operators.TODAY)
    assert (row.unknown == "never") == (row.operands == "nothing")


@each_row
def test_a_form_that_gives_a_yes_or_no_has_an_example_that_is_one(row: OperatorRow) -> None:
    if row.result.startswith("yes or no"):
        assert isinstance(checked(row.example).type, types.Boolean)


def test_the_rows_are_the_same_in_both_languages_and_every_text_is_translated() -> None:
    for english, indonesian in zip(ROWS, operator_rows("id"), strict=True):
        assert (english.written, english.example) == (indonesian.written, indonesian.example)
        for name in ("operands", "result", "unknown"):
            assert getattr(english, name).strip()
            assert getattr(english, name) != getattr(indonesian, name), (english.written, name)


def test_a_language_without_words_has_the_english_ones() -> None:
    assert operator_rows("fr") == ROWS


@pytest.mark.parametrize("language", ["en", "id"])
def test_the_table_has_a_line_for_each_row_and_as_many_cells_in_each(language: str) -> None:
    lines = operator_table(language).splitlines()

    assert len(lines) == len(ROWS) + 2
    assert {line.count("|") for line in lines} == {6}


@pytest.mark.parametrize("page", ["docs/language.md", "docs/id/language.md"])
def test_the_table_has_its_place_in_the_page_of_the_language(page: str) -> None:
    assert (ROOT / page).read_text("utf-8").count(f"\n\n{MARKER}\n\n") == 1
