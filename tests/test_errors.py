"""Broken little folders of policies: each mistake is reported on its line, with its code, and nothing else is.

`tests/errors/_base` is a whole folder without a problem. Every folder beside it holds one mistake, or a few: the
files that differ from the base, with `# error: code` or `# warning: code` on the very line where it must be
reported. Where no comment can stand, `expected.txt` says `path:line: severity[code]`; `_absent` lists files of the
base that are not there. Nothing is wrong in a folder whose name starts with `ok-`. How every message reads is in
`tests/golden/errors.txt`, which `pytest --update-golden` writes.
"""

import contextlib
import re
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from policyengine import pipeline
from policyengine.model.diagnostic import CODES, Diagnostic, Severity, has_errors, in_order, strict

ERRORS = Path(__file__).parent / "errors"
NAMES = sorted(folder.name for folder in ERRORS.iterdir() if folder.name != "_base")
BESIDE = ("_absent", "expected.txt")
REPORTED_ELSEWHERE = {"bad-fact", "case-failed", "published-changed", "not-proved", "redundant", "impassable"}
"""Codes of what comes after compiling: the author's cases, and the lock."""

Expected = tuple[str, int, str, str]
"""Path, line, severity, code."""

each_folder = pytest.mark.parametrize("name", NAMES)


@cache
def compiled(name: str) -> tuple[Diagnostic, ...]:
    """Give the diagnostics of the base with a folder laid over it; paths start with `policies/`."""
    with TemporaryDirectory() as temporary, contextlib.chdir(temporary):
        folder = Path("policies")
        shutil.copytree(ERRORS / "_base", folder)
        shutil.copytree(ERRORS / name, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*BESIDE))
        for path in lines_of(ERRORS / name / "_absent"):
            (folder / path).unlink()
        _, diagnostics = pipeline.compile_folder(folder)
        return diagnostics


def lines_of(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines() if path.exists() else []


def expected(name: str) -> Iterator[Expected]:
    """Read what a folder says must be reported, in its comments and in `expected.txt`."""
    for line in lines_of(ERRORS / name / "expected.txt"):
        place = re.fullmatch(r"(.+):([0-9]+): (error|warning)\[([a-z-]+)\]", line)
        assert place is not None, line
        yield place[1], int(place[2]), place[3], place[4]
    for path in sorted((ERRORS / name).rglob("*.yaml")):
        text = path.read_text("utf-8", errors="replace") if path.is_file() else ""
        for number, line in enumerate(text.split("\n"), start=1):
            for severity, codes in re.findall(r"# (error|warning): ([a-z-]+(?:, [a-z-]+)*)", line):
                for code in codes.split(", "):
                    yield path.relative_to(ERRORS / name).as_posix(), number, severity, code


def reported(name: str) -> Iterator[Expected]:
    for found in compiled(name):
        yield found.span.path.removeprefix("policies/"), found.span.line, found.severity.value, found.code


@each_folder
def test_a_mistake_is_reported_on_its_line_and_nothing_else_is(name: str) -> None:
    assert sorted(reported(name)) == sorted(expected(name)), "\n".join(map(str, compiled(name)))


@each_folder
def test_nothing_is_wrong_only_where_the_folders_name_says_so(name: str) -> None:
    assert name.startswith("ok-") == (not list(expected(name)))


@each_folder
def test_diagnostics_come_sorted_and_once(name: str) -> None:
    assert compiled(name) == in_order(compiled(name))


@each_folder
def test_a_message_is_no_sentence_and_its_places_exist(name: str) -> None:
    for found in compiled(name):
        assert re.match(r"[a-z`\"0-9]", found.message), found.message
        assert not found.message.endswith("."), found.message
        for span in (found.span, *(note.span for note in found.notes if note.span)):
            assert 0 <= span.start <= span.end <= len(span.source.text), found


def test_the_base_has_no_problem_not_even_a_warning() -> None:
    assert pipeline.compile_folder(ERRORS / "_base")[1] == ()


def test_every_code_is_reported_by_a_folder() -> None:
    codes = {code for name in NAMES for _, _, _, code in expected(name)}

    assert codes == CODES.keys() - REPORTED_ELSEWHERE


def test_warnings_are_errors_when_strict() -> None:
    warnings = compiled("text-without-a-required-language")

    assert {found.severity for found in warnings} == {Severity.WARNING}
    assert not has_errors(warnings)
    assert has_errors(strict(warnings))


def test_the_words_of_every_message_are_as_reviewed(golden: Callable[[str, str], None]) -> None:
    golden("errors.txt", "\n".join(line for name in NAMES for line in _shown(name)))


def _shown(name: str) -> Iterator[str]:
    """Write a folder's diagnostics: place, code and message, the words they point at, help, notes."""
    yield f"== {name}"
    for found in compiled(name):
        yield str(found).removeprefix("policies/")
        yield f"    > {found.span.text.splitlines()[0] if found.span.text else ''}".rstrip()
        if found.help is not None:
            yield f"    = help: {found.help}"
        for note in found.notes:
            at = str(note.span).removeprefix("policies/") if note.span else "no place"
            yield f"    = note: {note.message} ({at})"
    yield ""
