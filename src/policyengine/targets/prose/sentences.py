"""Checked expressions in words: exactly what they say, in one sentence.

Reads: a boolean `checked.Expr`. Gives: `sentence`, `phrase` (the same inside another text), `name` of a fact.
Never: simplifies what changes the meaning. What unknowns do needs no words: it is the same everywhere.

Clauses stand in lists numbered (1), (1.1), …, and computed values in brackets inside others, so that no two readings
are possible. `not` is pushed inwards (De Morgan, opposite comparisons): Kleene's logic allows it as two-valued does.
Changes of scale are not shown: they are how numbers are held.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from policyengine.model import checked, types
from policyengine.model.operators import Comparison, Quantifier
from policyengine.model.values import Raw
from policyengine.targets.prose.grammar import Grammar, Kind, Named, Noun, kind
from policyengine.targets.prose.languages import grammar
from policyengine.targets.prose.numbers import joined, value, values
from policyengine.targets.prose.words import Words


def sentence(expr: checked.Expr, words: Words) -> str:
    """Write a boolean expression as a sentence: `The creator's followers are at least 10,000.`

    A language without a table of patterns writes symbols, which neither start with a capital nor end in a full stop.
    """
    text, stop = phrase(expr, words), grammar(words).full_stop
    return text[0].upper() + text[1:] + stop if stop else text


def phrase(expr: checked.Expr, words: Words) -> str:
    """Write a boolean expression as a clause, to stand inside another text."""
    return _clause(expr, _Place(words, grammar(words), labelled=_nesting(expr) > 1))


def name(path: str, words: Words) -> str:
    """Name a fact, or a field of a list, by its path: `the creator's followers`, `jumlah pengikut Anda`."""
    declared = words.fact(path)
    owner, _, field = path.rpartition(".")
    return _named(path, owner, field, declared and declared.type, _Place(words, grammar(words))).text


@dataclass(frozen=True, slots=True)
class _Place:
    """Where words stand: the lists that bound names run over, and the number of the clause ("" at the top)."""

    words: Words
    patterns: Grammar
    lists: Mapping[str, str] = field(default_factory=dict)
    number: str = ""
    labelled: bool = False

    def clause(self, index: int) -> "_Place":
        return replace(self, number=f"{self.number}.{index}" if self.number else str(index))

    def inside(self, variable: str, items: str) -> "_Place":
        return replace(self, lists={**self.lists, variable: items})

    def label(self, variable: str) -> str:
        return self.patterns.label.format(variable=variable) if self.labelled else ""


@dataclass(frozen=True, slots=True)
class _Bounds:
    """Two comparisons of one value: `0.99 USD <= series.price <= max_price`."""

    subject: checked.Expr
    low: tuple[Comparison, checked.Expr]
    high: tuple[Comparison, checked.Expr]
