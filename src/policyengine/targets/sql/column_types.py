"""Types of columns, as DuckDB and Spark write them.

Gives: `column_type`, a sqlglot type for what `relation.types` or `simpleString` says; `shown`, as it was written.
sqlglot reads the single types. Nested ones are taken apart here: it knows no type `"NULL"` and no `void`, and gives up
a whole struct for one odd name.
"""

import re
from collections.abc import Iterator

from sqlglot import exp
from sqlglot.errors import SqlglotError

from policyengine.targets.sql.printing import Dialect
from policyengine.targets.sql.trees import name

Kind = exp.DType


def column_type(text: str, dialect: Dialect) -> exp.DataType:
    """Read a type as DuckDB's `relation.types` or Spark's `simpleString` says it; what is unknown holds no fact.

    >>> column_type('STRUCT(a BIGINT, "b c" "NULL")[]', Dialect.DUCKDB).sql("duckdb")
    'STRUCT("a" BIGINT, "b c" NULL)[]'
    """
    read = (_duckdb_type if dialect is Dialect.DUCKDB else _spark_type)(text.strip())
    read.meta[_WRITTEN] = text
    return read


def _duckdb_type(text: str) -> exp.DataType:
    if text == '"NULL"':  # not `NULL`: that is how DuckDB writes the name of this type
        return exp.DataType(this=Kind.NULL)
    if listed := re.fullmatch(r"(.*)\[[0-9]*\]", text, re.DOTALL):
        return list_of(column_type(listed[1], Dialect.DUCKDB))
    if text.startswith("STRUCT(") and text.endswith(")"):
        return _struct(text[7:-1], re.compile(r'(?:"((?:[^"]|"")*)"|(\S+)) +(.*)', re.DOTALL), '"', Dialect.DUCKDB)
    return _scalar(text, Dialect.DUCKDB)


def _spark_type(text: str) -> exp.DataType:
    if text == "void":
        return exp.DataType(this=Kind.NULL)
    if text.startswith("array<") and text.endswith(">"):
        return list_of(column_type(text[6:-1], Dialect.SPARK))
    if text.startswith("struct<") and text.endswith(">"):
        return _struct(text[7:-1], re.compile(r"(?:`((?:[^`]|``)*)`|([^:]*)):(.*)", re.DOTALL), "`", Dialect.SPARK)
    if " collate " in text:  # texts that are equal without being the same
        return exp.DataType(this=Kind.USERDEFINED, kind=text)
    return _scalar(text, Dialect.SPARK)


def _scalar(text: str, dialect: Dialect) -> exp.DataType:
    try:
        read = exp.DataType.build(text, dialect=dialect.value)
    except SqlglotError:
        return exp.DataType(this=Kind.USERDEFINED, kind=text)
    return read if isinstance(read.this, Kind) else exp.DataType(this=Kind.USERDEFINED, kind=text)


def _struct(text: str, field: re.Pattern[str], quote: str, dialect: Dialect) -> exp.DataType:
    fields = []
    for part in _parts(text, quote):
        found = field.fullmatch(part)
        quoted, plain, type_ = found.groups() if found else (None, part, "")
        called = plain if quoted is None else quoted.replace(2 * quote, quote)
        fields.append(exp.ColumnDef(this=name(called), kind=column_type(type_, dialect)))
    return exp.DataType(this=Kind.STRUCT, expressions=fields, nested=True)


def _parts(text: str, quote: str) -> Iterator[str]:
    """Split at the commas that stand in no bracket and in no quotes."""
    depth, inside, start = 0, "", 0
    for place, character in enumerate(text):
        if inside:
            inside = "" if character == inside else inside
        elif character == quote or (character == "'" and quote == '"'):
            inside = character
        elif character == "," and depth == 0:
            yield text[start:place].strip()
            start = place + 1
        else:
            depth += (character in "([<") - (character in ")]>")
    if text[start:].strip():
        yield text[start:].strip()


def shown(type_: exp.DataType, dialect: Dialect) -> str:
    """Write a type as the engine wrote it."""
    return str(type_.meta.get(_WRITTEN) or type_.sql(dialect.value))


_WRITTEN = "written"


def list_of(items: exp.DataType) -> exp.DataType:
    """Give the type of a list."""
    return exp.DataType(this=Kind.ARRAY, expressions=[items], nested=True)
