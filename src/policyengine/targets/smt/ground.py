"""What terms of one problem stand on: names, constants, and what is defined about them.

Gives: z3's numbers and names of one context, definitions of new names, codes of texts and regions.
Never: asks a question. A definition takes away no facts: for any of them, the names that it defines have values.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import TypeVar

import z3

from policyengine.model.regions import RegionTree

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ground:
    """The names, definitions and codes of one problem."""

    context: z3.Context
    regions: "RegionCodes"
    texts: "TextCodes"
    definitions: list[z3.BoolRef] = field(default_factory=list)
    _made: dict[tuple[object, ...], tuple[object, tuple[z3.ExprRef, ...]]] = field(default_factory=dict)
    _names: dict[str, int] = field(default_factory=dict)

    def number(self, value: int) -> z3.ArithRef:
        """Give a constant."""
        return z3.IntVal(value, self.context)

    def truth(self, *, value: bool) -> z3.BoolRef:
        """Give a constant."""
        return z3.BoolVal(value, self.context)

    def new_number(self, name: str) -> z3.ArithRef:
        """Give a number that nothing is said about yet; its name is for people."""
        return z3.Int(self._fresh(name), self.context)

    def new_truth(self, name: str) -> z3.BoolRef:
        """Give a truth that nothing is said about yet; its name is for people."""
        return z3.Bool(self._fresh(name), self.context)

    def between(self, name: str, low: int, high: int) -> z3.ArithRef:
        """Give a number of which only its bounds are said."""
        made = self.new_number(name)
        self.define(made >= low, made <= high)
        return made

    def define(self, *definitions: z3.BoolRef) -> None:
        """Say what holds of new names."""
        self.definitions.extend(definitions)

    def define_known(self, known: z3.BoolRef, *definitions: z3.BoolRef) -> None:
        """Say what holds of new names when something is known: of what is unknown, z3 need not work it out."""
        self.define(*(z3.Implies(known, definition) for definition in definitions))

    def once(self, key: tuple[object, ...], terms: Sequence[z3.ExprRef], make: Callable[[], T]) -> T:
        """Make what is made of the same terms only once: z3 has each term once, and knows it by a number."""
        whole = (*key, *(term.get_id() for term in terms))
        if whole not in self._made:
            # the terms are kept along: a number is given out again when its term is gone
            self._made[whole] = make(), tuple(terms)
        found, _ = self._made[whole]
        return found  # type: ignore[return-value]  # what was made under this key

    def _fresh(self, name: str) -> str:
        number = self._names[name] = self._names.get(name, 0) + 1
        return name if number == 1 else f"{name} ({number})"


class TextCodes:
    """Texts as numbers: each that occurs has its own, and every other number is another text."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}
        self._texts: dict[int, str] = {}

    def code(self, text: str) -> int:
        """Give the number of a text that occurs."""
        if text not in self._codes:
            self._keep(text, next(code for code in count() if code not in self._texts))
        return self._codes[text]

    def text(self, code: int) -> str:
        """Give the text of a number; one that has none yet gets a text that occurs nowhere."""
        if code not in self._texts:
            others = (f"another text {number}" for number in count(1))
            self._keep(next(text for text in others if text not in self._codes), code)
        return self._texts[code]

    def _keep(self, text: str, code: int) -> None:
        self._codes[text] = code
        self._texts[code] = text


class RegionCodes:
    """Regions as numbers, in the order of the tree: a region and all that are part of it follow each other."""

    def __init__(self, tree: RegionTree) -> None:
        self._regions = sorted(tree.parents, key=tree.chain)
        self._codes = {region: code for code, region in enumerate(self._regions)}

    def __len__(self) -> int:
        return len(self._regions)

    def code(self, region: str) -> int:
        """Give the number of a region."""
        return self._codes[region]

    def region(self, code: int) -> str:
        """Give the region of a number."""
        return self._regions[code]


def stretches(codes: Iterable[int]) -> list[tuple[int, int]]:
    """Give the first and the last of numbers that follow each other.

    >>> stretches([5, 1, 2, 3, 7, 8])
    [(1, 3), (5, 5), (7, 8)]
    """
    found: list[tuple[int, int]] = []
    for code in sorted(set(codes)):
        if found and found[-1][1] == code - 1:
            found[-1] = (found[-1][0], code)
        else:
            found.append((code, code))
    return found
