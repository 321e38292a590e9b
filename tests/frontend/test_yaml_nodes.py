from decimal import Decimal
from typing import Any

import pytest
import yaml

from policyengine.frontend import yaml_nodes
from policyengine.frontend.yaml_nodes import Mapping, Node, Scalar, data, expression_span, read_yaml
from policyengine.model.diagnostic import Diagnostic
from policyengine.model.span import Source


def _read(text: str) -> tuple[Node | None, list[Diagnostic]]:
    problems: list[Diagnostic] = []
    return read_yaml(Source("file.yaml", text), problems), problems


def _data(text: str) -> Any:
    node, _ = _read(text)
    assert node is not None
    return data(node)


def _value(text: str) -> Scalar:
    """Give the scalar that the key `a` stands for."""
    node, _ = _read(text)
    assert isinstance(node, Mapping)
    value = node.get("a")
    assert isinstance(value, Scalar)
    return value


@pytest.fixture(params=["C", "Python"], autouse=True)
def _both_halves_of_pyyaml(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    loader = {"C": yaml.CSafeLoader, "Python": yaml.SafeLoader}[request.param]
    monkeypatch.setattr(yaml_nodes, "_LOADER", loader)


# scalars by YAML 1.2


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("NO", "NO"),
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("y", "y"),
        ("12:30:45", "12:30:45"),
        ("1_000", "1_000"),
        ("2023-06-06", "2023-06-06"),
        ("0b11", "0b11"),
        ("=", "="),
        ('"012"', "012"),
        ("'null'", "null"),
        ('"true"', "true"),
        ("null", None),
        ("~", None),
        ("", None),
        ("true", True),
        ("False", False),
        ("0", 0),
        ("-12", -12),
        ("25000", 25000),
    ],
)
def test_a_scalar_means_what_yaml_1_2_says(written: str, meant: object) -> None:
    assert _data(f"a: {written}") == {"a": meant}


def test_a_decimal_number_keeps_its_digits_and_is_no_binary_float() -> None:
    value = _data("1.10")

    assert isinstance(value, Decimal)
    assert str(value) == "1.10"


def test_a_boolean_is_no_number() -> None:
    assert _data("true") is True


@pytest.mark.parametrize(
    "number",
    ["012", "-012", "+5", "0x1F", "0o17", "1e3", "1.5e3", ".5", "5.", ".inf", "-.INF", ".NaN", "9" * 41],
)
def test_a_number_that_programs_read_differently_is_refused(number: str) -> None:
    _, (problem,) = _read(f"a: {number}")

    assert problem.code == "bad-literal"
    assert problem.span.text == number


def test_a_number_that_is_refused_does_not_hide_the_rest_of_the_file() -> None:
    node, _ = _read("a: 012\nb: 1")

    assert node is not None


def test_keys_are_texts_whatever_they_look_like() -> None:
    assert _data("on: a\nNO: b\n1: c\nnull: d") == {"on": "a", "NO": "b", "1": "c", "null": "d"}


def test_an_empty_file_is_an_empty_scalar() -> None:
    assert _data("# nothing\n") is None


# places


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a: x >= 1\n", "x >= 1"),
        ("a: x >= 1 # why\n", "x >= 1"),
        ("a: x\n   >= 1\nb: 2\n", "x\n   >= 1"),
        ("a: 'x >= 1'\n", "x >= 1"),
        ('a: "x >= 1"\n', "x >= 1"),
        ("a: 'x == \"y\"'\n", 'x == "y"'),
        ("a: |\n  x\n  >= 1\n\n# why\nb: 2\n", "x\n  >= 1"),
        ("a: |-  # why\n  x >= 1  # because\n", "x >= 1  # because"),
        ("a: |\n  x >= 1", "x >= 1"),
        ("é: ü\n😀: 🌍\na: x >= 1\n", "x >= 1"),
        ("é: '😀' \na: [naïve]\n'a' : 0\n", "[naïve]"),
        ("b: |\r\n  é\r\na: x >= 1\r\n", "x >= 1"),
        ("a: |\r\n  x\r\n  >= 1\r\n", "x\r\n  >= 1"),
        ("--- # one document\na: x >= 1\n...\n", "x >= 1"),
    ],
)
def test_the_content_of_a_value_is_found_where_it_stands(text: str, shown: str) -> None:
    node, _ = _read(text)

    assert isinstance(node, Mapping)
    assert _content(node.get("a")) == shown


def _content(node: Node | None) -> str:
    match node:
        case Scalar(content_span=span):
            assert span is not None
            return span.text
        case None:
            return ""
        case _:
            return node.span.text


@pytest.mark.parametrize("_both_halves_of_pyyaml", ["C"], indirect=True)
def test_a_tab_may_stand_after_a_key() -> None:
    assert _value("b:\t1\t# tab\na:\tx >= 1\n").span.text == "x >= 1"


def test_lines_and_columns_count_code_points() -> None:
    value = _value("# 😀\r\n{é: 😀, a: naïve}\r\n")

    assert (value.span.line, value.span.column) == (2, 11)


def test_a_collection_without_brackets_ends_with_its_last_part() -> None:
    node, _ = _read("a:\n  - 1\n  - 2\n\n# a comment\nb: 3\n")

    assert isinstance(node, Mapping)
    listed = node.get("a")
    assert listed is not None
    assert listed.span.text == "- 1\n  - 2"


@pytest.mark.parametrize(
    "written",
    ['"x == \\"y\\""', '"x\\n>= 1"', "'it''s'", ">\n  x\n  >= 1", ">-\n  x >= 1"],
)
def test_an_expression_with_escapes_or_folding_has_no_place(written: str) -> None:
    problems: list[Diagnostic] = []

    span = expression_span(_value(f"a: {written}\n"), problems)

    assert span is None
    assert [problem.code for problem in problems] == ["quoting"]


def test_escapes_are_fine_where_no_expression_stands() -> None:
    assert _data("a: \"x\\ty\"\nb: 'it''s'\nc: >\n  two\n  lines") == {
        "a": "x\ty",
        "b": "it's",
        "c": "two lines",
    }


# what is refused


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("a: &x 1\n", "&x", "anchors"),
        ("a: &x\n  b: 1\n", "&x", "anchors"),
        ("a: *x\n", "*x", "aliases"),
        ("a: !!str 1\n", "!!str", "tags"),
        ("a: !x [1]\n", "!x", "tags"),
        ("a: ! 1\n", "!", "tags"),
        ("a: !unknown!x 1\n", "!", "tags"),
        ("%YAML 1.1\n---\na: 1\n", "%YAML", "directives"),
        ("%TAG ! x\n---\na: 1\n", "%TAG", "directives"),
        ("a: 1\n---\nb: 2\n", "---", "several documents"),
        ("a:\n  <<: {b: 1}\n", "<<", "merge keys"),
        ("? [a]\n: b\n", "[a]", "a key cannot be a list"),
        ("{{a: 1}: b}\n", "{a: 1}", "a key cannot be a list"),
    ],
)
def test_a_feature_that_hides_what_is_written_is_refused(text: str, place: str, words: str) -> None:
    node, problems = _read(text)

    assert node is None
    assert [problem.code for problem in problems] == ["yaml-feature"]
    assert problems[0].span.text == place
    assert words in problems[0].message


def test_all_refused_features_of_a_file_come_out_together() -> None:
    _, problems = _read("a: &x 1\nb: *x\nc: !!str 1\nd: {<<: {e: 1}}\n")

    assert [problem.span.line for problem in problems] == [1, 2, 3, 4]


def test_a_quoted_merge_key_is_a_key() -> None:
    assert _data('"<<": 1') == {"<<": 1}


@pytest.mark.parametrize("text", ["[" * 65, "- " * 65, "{a: " * 65, "[" * 50_000, "- " * 50_000])
def test_deep_nesting_is_refused(text: str) -> None:
    node, problems = _read(text)

    assert node is None
    assert [problem.code for problem in problems] == ["too-deep"]


def test_nesting_of_64_levels_is_fine() -> None:
    node, _ = _read("[" * 64 + "]" * 64)

    assert node is not None


def test_a_file_of_very_many_values_is_refused() -> None:
    _, problems = _read("[" + "1," * 250_000 + "]")

    assert [problem.code for problem in problems] == ["unreadable-file"]


def test_a_key_that_stands_twice_is_reported_with_the_first() -> None:
    _, (problem,) = _read("a: 1\nb: {c: 1, c: 2}\n")

    assert problem.code == "duplicate-key"
    assert str(problem.span) == "file.yaml:2:11"
    assert [str(note.span) for note in problem.notes] == ["file.yaml:2:5"]


def test_of_a_key_that_stands_twice_the_first_counts() -> None:
    assert _data('a: 1\n"a": 2\n') == {"a": 1}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: b: c\n", "1:5"),
        ("a: 'b\nc: d\n", "1:4"),
        ("a: [b\nc: d\n", "2:2"),
        ("a: {b: 1\n", "2:1"),
        ("a: 1\nb\nc: 2\n", "2:1"),
        ("a:\n\t- b\n", "2:1"),
        ("a: @b\n", "1:4"),
        ("a: - b\n", "1:4"),
        ("a: 1\n  b: 2\n", "2:4"),
        ("- a\nb: c\n", "2:1"),
        ("a: ]\n", "1:4"),
    ],
)
def test_what_is_not_yaml_is_reported_where_it_can_be_mended(text: str, place: str) -> None:
    node, problems = _read(text)

    assert node is None
    assert [problem.code for problem in problems] == ["yaml-syntax"]
    assert f"{problems[0].span.line}:{problems[0].span.column}" == place
    assert problems[0].help is not None or "expected here" in problems[0].message


@pytest.mark.parametrize("_both_halves_of_pyyaml", ["C"], indirect=True)
def test_an_unknown_escape_is_reported_on_its_backslash() -> None:
    _, (problem,) = _read('é: "\\q"\n')

    assert problem.code == "yaml-syntax"
    assert problem.span.text == "\\"


@pytest.mark.parametrize(
    "character",
    [
        "\0",
        "\x1b",
        "\x7f",
        "\x85",
        "\u2028",
        "\u2029",
        "\u202e",
        "\u2066",
        "\ufeff",
        "\ud800",
        "\uffff",
        "\r",
    ],
)
def test_a_character_that_shows_something_else_than_it_says_is_refused(character: str) -> None:
    _, (problem,) = _read(f"# é{character}b: 1\n")

    assert problem.code == "yaml-syntax"
    assert (problem.span.line, problem.span.column) == (1, 4)
