"""Broken policies give diagnostics, never a traceback: the shipped programs, mutated at random with fixed seeds."""

import random
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import pytest

from policyengine import pipeline
from policyengine.model.diagnostic import has_errors

POLICIES = Path(__file__).parents[1] / "policies"
NOWHERE = Path("/nowhere/policies")
PROGRAMS = ("series", "creator-rewards", "effect-creator-rewards")
SEEDS = range(100)
"""How many mutations of each program are tried."""


@cache
def program_files(program: str) -> Mapping[str, str]:
    """Give a shipped program with what it stands on, by path; few cases and regions, to be quick."""
    cases = sorted(POLICIES.glob(f"{program}/cases/*.yaml"))[:1]
    policies = [*POLICIES.glob(f"{program}/*.yaml"), *POLICIES.glob(f"{program}/[!c]*/*.yaml")]
    paths = [*POLICIES.glob("*.yaml"), *POLICIES.glob("facts/*.yaml"), *policies, *cases]
    texts = {path.relative_to(POLICIES).as_posix(): path.read_text("utf-8") for path in sorted(paths)}
    regions = texts.pop("regions.yaml").splitlines(keepends=True)
    named = set(re.findall(r"\b[A-Z]{2}(?:-[A-Z0-9]+)?\b", "".join(texts.values())))
    kept = [line for line in regions if (key := re.match(r"  ([A-Z-]+):", line)) is None or key[1] in named]
    return {**texts, "regions.yaml": "".join(kept)}


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_mutation_gives_diagnostics_and_no_traceback(program: str, seed: int) -> None:
    chance = random.Random(f"{program} {seed}")  # noqa: S311 -- the same mutations every time
    texts = mutated(program_files(program), chance)

    compiled, diagnostics = pipeline.compile_folder(NOWHERE, texts=texts)

    assert compiled is not None or has_errors(diagnostics)
    for diagnostic in diagnostics:
        text = diagnostic.span.source.text
        assert re.match(r"/nowhere/policies.*:[0-9]+:[0-9]+: (error|warning)\[[a-z-]+\]: .", str(diagnostic))
        assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(text)


@pytest.mark.parametrize("program", PROGRAMS)
def test_what_is_mutated_has_no_problem_before(program: str) -> None:
    assert pipeline.compile_folder(NOWHERE, texts=program_files(program))[1] == ()


def mutated(files: Mapping[str, str], chance: random.Random) -> dict[str, str]:
    """Change one file in one to three places."""
    path = chance.choice(sorted(files))
    text, other = files[path], files[chance.choice(sorted(files))]
    words = [*re.findall(r"\w+|[^\w\s]+", other), *_terms(other)]
    for _ in range(chance.randint(1, 3)):
        text = chance.choice(_MUTATIONS)(text, words, chance)
    return {**files, path: text}


def _lines(change: Callable[[list[str], int, random.Random], None]) -> "_Mutation":
    def mutate(text: str, _: list[str], chance: random.Random) -> str:
        lines = text.splitlines(keepends=True) or [""]
        change(lines, chance.randrange(len(lines)), chance)
        return "".join(lines)

    return mutate


def _delete(lines: list[str], at: int, _: random.Random) -> None:
    del lines[at]


def _repeat(lines: list[str], at: int, chance: random.Random) -> None:
    lines.insert(chance.randrange(len(lines)), lines[at])


def _indent(lines: list[str], at: int, chance: random.Random) -> None:
    lines[at] = chance.choice(["  ", " ", "\t", "- "]) + lines[at]


def _cut(lines: list[str], at: int, _: random.Random) -> None:
    del lines[at:]


def _another_word(text: str, words: list[str], chance: random.Random) -> str:
    start, end = chance.choice([word.span() for word in re.finditer(r"\w+", text)] or [(0, 0)])
    return text[:start] + chance.choice([*words, *_ODD_WORDS]) + text[end:]


def _another_term(text: str, words: list[str], chance: random.Random) -> str:
    """Put an expression or a part of one in the place of another."""
    terms = _terms(text) or words or [""]
    term = chance.choice(terms)
    start = text.find(term)
    return text[:start] + chance.choice([*terms, *_ODD_WORDS]) + text[start + len(term) :]


def _terms(text: str) -> list[str]:
    """Give what stands after the keys of expressions, whole and in parts."""
    found = re.findall(r"(?:require|expression|derived|value): (.+)", text)
    return [*found, *(part for whole in found for part in re.split(r" (?:and|or|[<>=+*-]+) ", whole))]


def _garble(text: str, _: list[str], chance: random.Random) -> str:
    at = chance.randrange(len(text) + 1)
    return text[:at] + chance.choice(_ODD_CHARACTERS) + text[at + chance.randint(0, 2) :]


_Mutation = Callable[[str, list[str], random.Random], str]
_MUTATIONS: tuple[_Mutation, ...] = (
    *map(_lines, (_delete, _repeat, _indent, _cut)),
    *[_another_word] * 3,  # these two leave a file that reads more often than the others
    *[_another_term] * 6,
    _garble,
)
_ODD_CHARACTERS = "{}[]():#&*!|>'\"%@`,?-+=<./\\\t\r\n\0\x85\ufeff\u202e\ud800é0"
_ODD_WORDS = ["0", "-1", "1e9", "9" * 5_000, "(" * 100, "not", "creator.age", "true", "190 USD", "2024-02-30", "[]", ""]
