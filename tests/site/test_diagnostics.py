"""The explanations of diagnostics: complete in both languages, with examples that really give their code."""

import re
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from policyengine.cases import run_cases
from policyengine.cli import commands
from policyengine.decide import Policies
from policyengine.model.diagnostic import CODES, Severity
from policyengine.pipeline import compile_folder
from policyengine.site import diagnostics
from policyengine.site.diagnostics import Example, explanations, message, report
from policyengine.site.diagnostics.examples import BASE, examples

HERE = Path(diagnostics.__file__).parent
ERRORS = Path(__file__).parent.parent / "errors"
LANGUAGES = ("en", "id")
TEXTS = ("title", "means", "why", "mend")

EXAMPLES = [example for several in examples().values() for example in several]
each_example = pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.code)
each_language = pytest.mark.parametrize("language", LANGUAGES)


# the words


@each_language
def test_every_code_is_explained_and_nothing_else_is(language: str) -> None:
    written = tomllib.loads((HERE / "texts" / f"{language}.toml").read_text("utf-8"))

    assert list(written) == list(CODES)
    assert {tuple(entry) for entry in written.values()} == {TEXTS}
    assert list(explanations(language)) == list(CODES)


@each_language
def test_titles_are_no_sentences_and_the_rest_is(language: str) -> None:
    for explanation in explanations(language).values():
        assert re.fullmatch(r"[A-Z`].*[^.\s]", explanation.title), explanation.title
        for text in (explanation.means, explanation.why, explanation.mend):
            assert re.fullmatch(r"[A-Z`].*\.", text), text
            assert text.count("`") % 2 == 0, text


def test_every_text_is_translated() -> None:
    english, indonesian = explanations("en"), explanations("id")

    same = [
        (code, name)
        for code in CODES
        for name in TEXTS
        if getattr(english[code], name) == getattr(indonesian[code], name)
    ]

    assert same == []


@each_language
def test_a_text_says_its_thing_once(language: str) -> None:
    titles = [explanation.title for explanation in explanations(language).values()]

    assert len(set(titles)) == len(CODES)


@pytest.mark.parametrize("language", ["fr", "examples", "../diagnostics/id", ""])
def test_a_language_without_a_file_has_the_english_words(language: str) -> None:
    assert explanations(language) == explanations("en")


# the examples


def test_the_base_has_no_problem_and_its_cases_hold() -> None:
    compiled, problems = compile_folder(BASE)
    assert compiled is not None
    results = run_cases(Policies(compiled))

    assert problems == ()
    assert results
    assert all(result.held for result in results)


def test_every_code_has_an_example() -> None:
    assert list(examples()) == list(CODES)


@each_example
def test_a_wrong_example_gives_its_code_on_its_line_and_nothing_else(example: Example) -> None:
    found = report(example).diagnostics
    first, lines = example.wrong.first_line, example.wrong.shown.split("\n")

    assert {problem.code for problem in found} == {example.code}, list(map(str, found))
    assert found[0].span.text.split("\n")[0] == example.at
    for problem in found:
        assert problem.span.path == f"policies/{example.wrong.file}"
        assert problem.span.source.line(problem.span.line) == lines[problem.span.line - first]


@each_example
def test_a_mended_example_has_no_problem(example: Example) -> None:
    assert list(map(str, report(example, mended=True).diagnostics)) == []


@each_example
def test_a_message_is_what_the_terminal_prints_wherever_the_folder_stands(example: Example) -> None:
    printed = message(example).splitlines()

    assert printed[0] == str(report(example).diagnostics[0])
    assert printed[0].startswith(f"policies/{example.wrong.file}:")
    assert not re.search(r"policyengine-|/policies", "\n".join(printed))


@pytest.mark.parametrize(
    "example",
    [example for example in EXAMPLES if not re.search(r"[0-9] \|.*…", message(example))],
    ids=lambda example: example.code,
)
def test_the_command_line_itself_prints_the_message(
    example: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Run the command in a folder of its own; a source line that a terminal cuts is whole in a pipe."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    shutil.copytree(BASE, "policies")
    if example.published:
        CliRunner().invoke(commands, ["lock"])
    file = Path("policies", example.wrong.file)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(example.wrong.content)

    printed = CliRunner().invoke(commands, report(example).command.split()[1:])

    assert printed.output.startswith(f"{message(example)}\n\n")


def test_a_message_is_wrapped_to_a_width() -> None:
    (example,) = examples()["loosened-binding"]

    help_ = [line for line in message(example, width=60).splitlines() if line.startswith("      ")]

    assert message(example, width=60).count("\n") > message(example, width=200).count("\n")
    assert help_
    assert all(len(line) <= 60 for line in help_)


def test_a_case_fails_under_the_command_that_runs_cases() -> None:
    tested = {example.code for example in EXAMPLES if report(example).command == "policyengine test"}

    assert tested == {"bad-fact", "case-failed"}


# severities


def expected_by_the_errors() -> Iterator[tuple[str, Severity]]:
    """Read which severity each code has in the folders of tests/errors."""
    for path in ERRORS.rglob("*"):
        if path.is_file():
            text = path.read_text("utf-8", errors="replace")
            for severity, codes in re.findall(r"# (error|warning): ([a-z-]+(?:, [a-z-]+)*)", text):
                yield from ((code, Severity(severity)) for code in codes.split(", "))
            for severity, code in re.findall(r": (error|warning)\[([a-z-]+)\]", text):
                yield code, Severity(severity)


def test_severities_are_those_that_are_reported() -> None:
    found = {(problem.code, problem.severity) for example in EXAMPLES for problem in report(example).diagnostics}
    said = {(code, each) for code, explanation in explanations("en").items() for each in explanation.severities}

    assert said == found | set(expected_by_the_errors())
    assert said == found
