"""Where an expression finds its facts in a table.

Gives: `Columns`, and names that mean nothing else in its scope.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlglot import exp


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A list of structs, and in which of their fields each field of the language is found; another is unknown.

    `column` is written more than once: a column, no computation. A field holds values as `Columns.facts` do.
    """

    column: exp.Expr
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Columns:
    """What an expression may read, by path.

    `facts` and `clauses` are values underneath: BIGINT (dates are ordinals: see `days.ordinal`), BOOLEAN or VARCHAR,
    NULL for unknown; derived facts are filled in. A fact that has no column is unknown. `today` is a known ordinal.
    `days` are dates among the facts that stand in a DATE too, which is quicker to compare. `taken` are the other names
    that stand in the same FROM, of tables too.

    INVARIANT: values are within their declared ranges, or NULL: that is what the checker's proofs rest on.
    """

    facts: Mapping[str, exp.Expr]
    today: exp.Expr
    lists: Mapping[str, ListColumn] = field(default_factory=dict)
    clauses: Sequence[exp.Expr] = ()
    taken: frozenset[str] = frozenset()
    days: Mapping[str, exp.Expr] = field(default_factory=dict)

    def names(self) -> frozenset[str]:
        """Give every name in scope, in small letters: engines do not tell `A` from `a`."""
        return frozenset(name.casefold() for name in (*self.taken, *self._identifiers()))

    def _identifiers(self) -> Iterator[str]:
        columns = (listed.column for listed in self.lists.values())
        for tree in (*self.facts.values(), *self.days.values(), self.today, *columns, *self.clauses):
            yield from (identifier.name for identifier in tree.find_all(exp.Identifier))


@dataclass(frozen=True, slots=True)
class Names:
    """Hands out names for bound values that nothing else in the scope has.

    DuckDB reads a *column* `video`, or the column `length` of a *table* `video`, where the lambda's own
    `video.length` is meant.
    """

    taken: set[str]

    def fresh(self, wanted: str) -> str:
        """Give the name, or the name with the first free number. Spark does not find `a.b` as an argument: no dots."""
        plain = wanted if wanted.isascii() and wanted.isidentifier() else "item"
        name, number = plain, 1
        while name.casefold() in self.taken:
            number += 1
            name = f"{plain}_{number}"
        self.taken.add(name.casefold())
        return name
