"""Answers counted in SQL: statements that decide every row, one after the other, and how many rows came out how.

Reads: statements of `statements`.
Gives: trees that give a row for each combination of columns, or one row of counts.
Never: joins strings to SQL, or runs a query.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from policyengine.targets.sql.sources import ColumnType
from policyengine.targets.sql.trees import (
    TEXT,
    alias,
    both,
    choice,
    column,
    inside,
    is_unknown,
    logic,
    name,
    number,
    opposite,
    table,
    text_literal,
    unknown,
)

Tree = exp.Select
ROWS = "rows"
"""What the column with the number of rows is called."""


@dataclass(frozen=True, slots=True)
class Having:
    """What a row that is counted must have in a column.

    `wanted` is a truth, or a text. With `otherwise`, rows count that have anything else, or nothing.
    """

    column: str
    wanted: bool | str = True
    otherwise: bool = False


@dataclass(frozen=True, slots=True)
class Key:
    """A column by which rows are counted together, where others allow it; nothing elsewhere.

    That is where no column of `unknown` holds anything, and the two of `differ` differ.
    """

    column: str
    unknown: Sequence[str] = ()
    differ: tuple[str, str] | None = None


def text_column() -> ColumnType:
    """Give the type of a column of texts."""
    return exp.DataType.build(TEXT)


Place = Sequence[str]
"""A column of a statement, and inside of structs the fields."""


def renamed(tree: Tree, columns: Mapping[str, Place]) -> Tree:
    """Give what a statement gives under other names; what it does not give is nothing in all rows."""
    given = set(tree.named_selects)
    shown = [
        alias(inside(place) if place and place[0] in given else unknown(TEXT), each) for each, place in columns.items()
    ]
    return exp.select(*shown).from_(table(_ANSWERED)).with_(name(_ANSWERED), as_=tree.copy())


def beneath(first: Tree, second: Tree, table: str) -> Tree:
    """Let a statement that reads a table of this name read what a first one gives."""
    whole = second.copy()
    stages = whole.args["with_"]
    stages.set("expressions", [exp.CTE(this=first.copy(), alias=exp.TableAlias(this=name(table))), *stages.expressions])
    return whole


def together(tree: Tree, keys: Mapping[str, Key]) -> Tree:
    """Count the rows of each combination of keys; the last column is `ROWS`."""
    columns = [alias(_key(key), each) for each, key in keys.items()]
    counted = exp.select(*columns, alias(_count(), ROWS)).from_(table(_ANSWERED))
    grouped = counted.group_by(*(number(place) for place in range(1, len(columns) + 1)))
    return grouped.with_(name(_ANSWERED), as_=tree.copy())


def counted(tree: Tree, counts: Mapping[str, Sequence[Having]], within: Sequence[Having] = ()) -> Tree:
    """Count the rows that pass all of some tests, for each of many counts, of those that pass others first: one row."""
    columns = [alias(_count(*tests), each) for each, tests in counts.items()]
    asked = exp.select(*columns).from_(table(_ANSWERED)).with_(name(_ANSWERED), as_=tree.copy())
    return asked.where(logic(exp.And, [_test(test) for test in within])) if within else asked


def _key(key: Key) -> exp.Expr:
    tests: list[exp.Expr] = [is_unknown(column(each)) for each in key.unknown]
    if key.differ is not None:
        one, other = key.differ
        tests.append(both(exp.NEQ, column(one), column(other)))
    tree = column(key.column)
    return choice((logic(exp.And, tests), tree)) if tests else tree


def _count(*tests: Having) -> exp.Expr:
    rows = exp.Count(this=exp.Star())
    if not tests:
        return rows
    return exp.Filter(this=rows, expression=exp.Where(this=logic(exp.And, [_test(test) for test in tests])))


def _test(test: Having) -> exp.Expr:
    tree: exp.Expr = column(test.column)
    if isinstance(test.wanted, str):
        tree = both(exp.NEQ if test.otherwise else exp.EQ, tree, text_literal(test.wanted))
    elif test.wanted is test.otherwise:
        tree = opposite(tree)
    if test.otherwise:
        return logic(exp.Or, [tree, is_unknown(column(test.column))])
    return tree


_ANSWERED = "answered"
