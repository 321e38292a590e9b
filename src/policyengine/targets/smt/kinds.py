"""How many kinds of records a list must have, so that what holds for these holds for all lists.

A list is told by kinds of records, each as many times as it likes. What an expression sees of a list are its `every`,
`some`, `count`, `sum`, `min`, `max`. From any list, some records can be picked that make all of them come out the same:
  - one for each `every`, `some`, `min`, `max`: the record that decides it, or makes it unknown;
  - one for each combination of outcomes of the filters of `count … where`, which stands for all records alike; if a
    filter is unknown for some record, that record alone will do.
A `sum` sees every record, and so do lists whose conditions look into each other without end. Those are told with a
bound, unless there are as many kinds as the list may have records.
Reads: checked expressions.
Gives: `kinds_needed`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from policyengine.model import checked
from policyengine.model.checked import Expr, FactDeclaration
from policyengine.model.operators import Aggregate

MOST_KINDS = 12
"""More kinds than these are not told apart."""
_KINDS_FOR_A_SUM = 3


@dataclass(frozen=True, slots=True)
class Kinds:
    """The number of kinds of one list; `exact` when nothing else can happen with more. A `single` is one record."""

    number: int
    exact: bool
    single: bool = False


def kinds_needed(
    expressions: Iterable[Expr],
    vocabulary: Mapping[str, FactDeclaration],
    *,
    copies: int = 1,
    at_least: Mapping[str, int] | None = None,
) -> dict[str, Kinds]:
    """Give the kinds of each list that some expressions, or derivations of their facts, look at.

    `copies` is how often the expressions are asked, of facts of their own but of the same records.
    """
    counter = _Counter(vocabulary, copies, at_least or {})
    seen: set[str] = set()
    for expr in expressions:
        counter.look(expr, {}, seen)
    return {path: counter.kinds(path) for path in counter.looks}


_Look = checked.Quantified | checked.CountWhere | checked.Fold | checked.Count


@dataclass(slots=True)
class _Counter:
    vocabulary: Mapping[str, FactDeclaration]
    copies: int
    at_least: Mapping[str, int]
    looks: dict[str, dict[_Look, frozenset[str]]] = field(default_factory=dict)
    """What looks at each list, and the lists whose records it looks from."""
    found: dict[str, Kinds | None] = field(default_factory=dict)

    def look(self, expr: Expr, bound: Mapping[str, str], seen: set[str]) -> None:
        """Take in an expression; `bound` says over which list the items in scope are."""
        match expr:
            case checked.Fact(path):
                derived = self.vocabulary[path].derived
                if derived is not None and path not in seen:
                    seen.add(path)
                    self.look(derived, {}, seen)
            case checked.Count(items):
                self.looks.setdefault(items, {})[expr] = frozenset()
            case checked.Quantified() | checked.CountWhere() | checked.Fold():
                inside = {**bound, expr.variable: expr.items}
                free = {bound[name] for name in _free(expr) if name in bound}
                self.looks.setdefault(expr.items, {})[expr] = frozenset(free)
                bound = inside
            case _:
                pass
        for child in checked.children(expr):
            self.look(child, bound, seen)

    def kinds(self, path: str) -> Kinds:
        """Count the kinds of a list, after those of the lists that look into it."""
        if path in self.found:
            known = self.found[path]
            return known if known is not None else Kinds(_KINDS_FOR_A_SUM, exact=False)
        self.found[path] = None  # being counted: a list that looks into itself gets no further
        witnesses, counts, exact, sums, all_counted = 0, 0, True, False, False
        for look, outer in self.looks[path].items():
            times = self.copies
            for other in outer:
                around = self.kinds(other)
                exact = exact and around.exact and self.found[other] is not None
                times *= around.number
            match look:
                case checked.Fold(Aggregate.SUM):
                    sums = True
                case checked.Quantified() | checked.Fold():
                    witnesses += times
                case checked.CountWhere():
                    counts += times
                case checked.Count():
                    all_counted = True
        combinations = 2 ** min(counts, 20) - (0 if all_counted else 1)
        needed = max(witnesses + combinations if counts else witnesses, 1)
        self.found[path] = self._bounded(path, needed, exact=exact, sums=sums)
        return self.kinds(path)

    def _bounded(self, path: str, needed: int, *, exact: bool, sums: bool) -> Kinds:
        items = self.vocabulary[path].records.max_items
        least = self.at_least.get(path, 0)
        if (sums or not exact or needed >= items) and items <= max(MOST_KINDS, least):
            return Kinds(items, exact=True, single=True)
        if sums:
            needed = min(needed, MOST_KINDS) + _KINDS_FOR_A_SUM
        number = min(max(needed if exact else MOST_KINDS, least), items)
        if number > max(MOST_KINDS + _KINDS_FOR_A_SUM, least):
            return Kinds(MOST_KINDS, exact=False)
        return Kinds(number, exact=exact and not sums)


def _free(expr: Expr) -> Iterator[str]:
    """Give the names of items that an expression reads and does not bind."""
    match expr:
        case checked.Item(variable):
            yield variable
        case checked.Quantified(variable=variable) | checked.CountWhere(variable) | checked.Fold(variable=variable):
            yield from (name for child in checked.children(expr) for name in _free(child) if name != variable)
        case _:
            yield from (name for child in checked.children(expr) for name in _free(child))
