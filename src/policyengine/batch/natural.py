"""A table that a statement may be written for before there is one: each fact in a column of its own.

Reads: policies, a program's checks.
Gives: the columns, with the types in which such facts are usually stored.
"""

from typing import TYPE_CHECKING, assert_never

from policyengine.batch.matching import Schema
from policyengine.batch.plans import Day, TableOptions, TablePlan, plan_table, wanted_facts
from policyengine.model import types
from policyengine.targets.sql import Dialect, column_type

if TYPE_CHECKING:
    from policyengine.decide import Policies


def plan_natural(
    policies: "Policies", program: str, on: Day, options: TableOptions, *, dialect: Dialect, table: str
) -> TablePlan:
    """Plan the decisions about a table with a column for each fact that is not derived from others.

    A column has the bare name of its fact, or `creator_followers` where another fact has it; those that the options
    name are taken to hold their facts too.
    """
    facts = {
        path: fact
        for path, fact in wanted_facts(policies, program, on, options).items()
        if fact.derived is None or path in options.get("columns", {})
    }
    bare = [path.partition(".")[2] for path in facts]
    schema: dict[str, types.Type] = {}
    for path, fact in facts.items():
        entity, _, name = path.partition(".")
        column = name if bare.count(name) == 1 else f"{entity}_{name}"
        schema[options.get("columns", {}).get(path, column)] = fact.type
    days = [name for name in (on, options.get("version")) if isinstance(name, str)]
    schema |= dict.fromkeys(days, types.Date())
    schema |= dict.fromkeys([name for name in options.get("keep", ()) if name not in schema], types.Text())
    typed: Schema = {name: column_type(_sql_type(type_, dialect), dialect) for name, type_ in schema.items()}
    return plan_table(policies, program, typed, on, {"keep": (), **options}, dialect=dialect, table=table)


def _sql_type(type_: types.Type, dialect: Dialect) -> str:
    """Give the type of a column that holds a fact, as the engine writes it."""
    match type_:
        case types.Boolean():
            return "boolean"
        case types.Text() | types.Choice() | types.Region():
            return "varchar" if dialect is Dialect.DUCKDB else "string"
        case types.Date():
            return "date"
        case types.Number(scale=scale, percent=percent):
            places = scale - 2 if percent else scale
            return f"decimal(18,{places})" if places > 0 else "bigint"
        case types.Money(scale=scale):
            return f"decimal(18,{scale})"
        case types.Duration() | types.Period():
            return "bigint"
        case types.Records(fields):
            return _list_type([(name, _sql_type(inner, dialect)) for name, inner in fields], dialect)
        case types.Poison():
            raise AssertionError("policies with errors are not asked")
        case _:
            assert_never(type_)


def _list_type(fields: list[tuple[str, str]], dialect: Dialect) -> str:
    if dialect is Dialect.DUCKDB:
        return "STRUCT(" + ", ".join(f'"{name}" {inner}' for name, inner in fields) + ")[]"
    return "array<struct<" + ",".join(f"{name}:{inner}" for name, inner in fields) + ">>"
