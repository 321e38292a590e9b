"""The SQL target in a real engine: many questions to one connection of DuckDB. Not a test.

All facts of all questions stand in one table, a row for each question; each expression is asked of its own rows.
"""

import datetime
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
from hypothesis import given
from sqlglot import exp

import strategies
from drawing import examples
from policyengine.model import checked, types
from policyengine.model.values import Raw
from policyengine.targets.interpreter import Given
from policyengine.targets.sql import Columns, Dialect, ListColumn, column, expression, sql_text
from workbench import bench, interpreted

TABLE = "given"
ROW = "row of the question"
TODAY = "today"
HOSTILE = (
    "it's",
    '"quoted" and `ticked`',
    "\\ back \\' slash \\",
    "'; DROP TABLE given; --",
    "/* comment */ -- ",
    "line\nand\ttab\r",
    "{curly} [square] <angle> $1 ? :name %s %(x)s",
    "${spark.app.name} ${env:HOME} ${system:user.name} ${x} $${x} \\${x}",
    "héé 😀 \u202eright to left\u200f \u2028",
    "a.b",
    "NULL",
)
"""Texts that have broken somebody's query."""


@dataclass(frozen=True)
class Asked:
    """An expression, and the facts by path and the day that it is asked of."""

    expr: checked.Expr
    facts: Mapping[str, Given]
    today: datetime.date


@dataclass
class Schema:
    """The SQL types of the facts and of the fields of lists that some expressions read."""

    facts: dict[str, str] = field(default_factory=dict)
    lists: dict[str, dict[str, str]] = field(default_factory=dict)

    def add(self, expr: checked.Expr, bound: Mapping[str, str] | None = None) -> None:
        """Take in what an expression reads; `bound` says over which list the items in scope are."""
        scope = dict(bound or {})
        match expr:
            case checked.Fact(path, type_):
                self.facts[path] = sql_type(type_)
            case checked.Item(variable, name, type_):
                self.lists[scope[variable]][name] = sql_type(type_)
            case checked.Count(items):
                self.lists.setdefault(items, {})
            case checked.Quantified() | checked.CountWhere() | checked.Fold():
                self.lists.setdefault(expr.items, {})
                scope[expr.variable] = expr.items
            case _:
                pass
        for child in checked.children(expr):
            self.add(child, scope)

    def columns(self) -> Columns:
        """Say where everything stands: under its own path."""
        return Columns(
            facts={path: column(path) for path in self.facts},
            today=column(TODAY),
            lists={path: ListColumn(column(path), {name: name for name in self.lists[path]}) for path in self.lists},
            taken=frozenset({TABLE, ROW}),
        )

    def sql_types(self) -> dict[str, str]:
        """Give the type of every column as DuckDB writes it; a struct has a field at least."""
        structs = {
            path: "STRUCT(" + ", ".join(f"{_quoted(name)} {type_}" for name, type_ in fields.items()) + ")[]"
            for path, fields in ((path, fields or {"no field": "BIGINT"}) for path, fields in self.lists.items())
        }
        return {ROW: "BIGINT", TODAY: "BIGINT", **self.facts, **structs}


def sql_type(type_: types.Type) -> str:
    """Give the type of a value underneath."""
    match type_:
        case types.Boolean():
            return "BOOLEAN"
        case types.Text() | types.Choice() | types.Region():
            return "VARCHAR"
        case _:
            return "BIGINT"


def asked(questions: Sequence[Asked]) -> list[Any]:
    """Answer each question; the type that the engine says an answer has is one of those of values underneath."""
    schema, groups = read_by(questions), together(questions)
    columns, answers = schema.columns(), list[Any]()
    with duckdb.connect() as connection:
        _load(connection, schema, questions)
        for expr, rows in groups:
            query = (
                exp.select(expression(expr, columns))
                .from_(exp.to_table(TABLE))
                .where(within(rows))
                .order_by(column(ROW))
            )
            text = sql_text(query, Dialect.DUCKDB)
            found = connection.execute(text).fetchall()
            assert connection.description is not None
            ((_, type_, *_),) = connection.description
            assert type_ in {"BIGINT", "BOOLEAN", "VARCHAR"}, f"{type_}: {text}"
            answers += [answer for (answer,) in found]
    assert len(answers) == len(questions)
    return answers


def generated(number: int) -> list[Asked]:
    """Draw so many expressions, each with five situations that it is asked in."""
    drawn: list[Asked] = []

    @examples(number)
    @given(strategies.asked(strategies.expressions(), times=5))
    def collect(case: tuple[str, list[strategies.Situation]]) -> None:
        source, situations = case
        expr = strategies.proved(source).expr
        drawn.extend(Asked(expr, each.environment(bench().door).facts, each.on) for each in situations)

    collect()
    return drawn


def same(questions: Sequence[Asked], answers: Sequence[Any]) -> list[Raw | None]:
    """Compare with the interpreter, types too: True is 1 in Python. Show the shortest of what differs."""
    expected = [interpreted(each.expr, each.facts, each.today) for each in questions]
    compared = zip(questions, expected, answers, strict=True)
    differing = [each for each in compared if (each[1], type(each[1])) != (each[2], type(each[2]))]
    shown = "\n".join(f"{question}\n  expected {value!r}\n  got      {got!r}" for question, value, got in differing[:5])
    assert not differing, f"{len(differing)} differ:\n{shown}"
    return expected


def read_by(questions: Sequence[Asked]) -> Schema:
    """Give what some questions read."""
    schema = Schema()
    for expr, _ in together(questions):
        schema.add(expr)
    return schema


def together(questions: Sequence[Asked]) -> Iterator[tuple[checked.Expr, list[int]]]:
    """Give each expression with the rows of the questions that follow each other and ask it."""
    for _, group in groupby(enumerate(questions), key=lambda each: id(each[1].expr)):
        rows = list(group)
        yield rows[0][1].expr, [row for row, _ in rows]


def _load(connection: duckdb.DuckDBPyConnection, schema: Schema, questions: Sequence[Asked]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "facts.json"
        write(path, schema, questions)
        relation = connection.read_json(str(path), columns=schema.sql_types(), format="newline_delimited")
        relation.create(TABLE)


def write(path: Path, schema: Schema, questions: Iterable[Asked]) -> None:
    """Write the table as JSON, a line for each question."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{json.dumps(record)}\n" for record in _records(schema, questions))


def _records(schema: Schema, questions: Iterable[Asked]) -> Iterator[dict[str, object]]:
    for row, each in enumerate(questions):
        read = {path: each.facts.get(path) for path in (*schema.facts, *schema.lists)}
        # an item without a field is as good as none, and is written as one
        shown = {path: [item or None for item in v] if isinstance(v, Sequence) and not isinstance(v, str) else v
                 for path, v in read.items()}  # fmt: skip
        yield {ROW: row, TODAY: each.today.toordinal(), **shown}


def within(rows: Sequence[int]) -> exp.Expr:
    """Test that a row is one of some that follow each other."""
    low, high = (exp.Literal.number(row) for row in (rows[0], rows[-1]))
    return exp.Between(this=column(ROW), low=low, high=high)


def _quoted(name: str) -> str:
    return column(name).sql("duckdb")
