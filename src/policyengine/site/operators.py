"""The table of operators: how each is written, what it takes and gives, and what unknown makes of it.

Reads: the tables of `model/operators.py`, which say what there is; `operators.toml`, the words and an example for each.
Gives: `operator_rows`, and `operator_table`, which writes them as Markdown.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from policyengine.model.operators import FUNCTIONS, TODAY, Aggregate, Comparison, Quantifier

MARKER = "<!-- operators -->"
"""What stands in a page where the table belongs."""


@dataclass(frozen=True, slots=True)
class OperatorRow:
    """One operator. `written` and `example` are expressions, the others texts."""

    written: str
    operands: str
    result: str
    unknown: str
    example: str


@cache
def operator_rows(language: str) -> tuple[OperatorRow, ...]:
    """Give every operator, function and quantifier in a language; one without words of its own has the English."""
    forms, words = _read()["forms"], _words(language)
    return tuple(
        OperatorRow(written=forms[form]["written"], example=forms[form]["example"], **words[kind])
        for form, kind in _forms()
    )


def operator_table(language: str) -> str:
    """Write the operators as a table in Markdown, to stand in place of `MARKER`."""
    lines = [_words(language)["headings"].values(), ["---"] * 5]
    for row in operator_rows(language):
        written, operands, result, unknown, example = astuple(row)
        lines.append([f"`{written}`", operands, result, unknown, f"`{example}`"])
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _forms() -> Iterator[tuple[str, str]]:
    """Name each form with the words that hold for it, loosest first."""
    yield "if", "if"
    yield from ((quantifier.value, quantifier.value) for quantifier in Quantifier)
    yield from ((word, word) for word in ("or", "and", "not"))
    yield from ((one.value, "order" if one.ordered else "equality") for one in Comparison)
    yield from ((word, "membership") for word in ("in", "not in"))
    yield from ((symbol, symbol) for symbol in ("+", "-", "*", "negative"))
    yield from ((form, form) for form in ("count", "count where"))
    for aggregate in Aggregate:
        yield f"{aggregate.value} of items", "sum" if aggregate is Aggregate.SUM else "extreme of items"
    yield from ((aggregate.value, "extreme") for aggregate in Aggregate if aggregate is not Aggregate.SUM)
    yield from ((function, function) for function in FUNCTIONS)
    yield from ((truth, "truth") for truth in ("true", "false"))
    yield TODAY, TODAY


def _words(language: str) -> Mapping[str, Mapping[str, str]]:
    words: Mapping[str, Mapping[str, Mapping[str, str]]] = _read()["words"]
    return words.get(language, words["en"])


@cache
def _read() -> Mapping[str, Any]:
    return tomllib.loads(Path(__file__).with_name("operators.toml").read_text("utf-8"))
