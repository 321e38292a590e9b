"""Tables in Spark: a DataFrame is decided where it is, by native expressions alone. PySpark's home.

Reads: a DataFrame, of Spark here or behind Spark Connect.
Gives: a lazy DataFrame.
Never: collects a row, starts a session, or ships a Python function.
"""

from typing import TYPE_CHECKING, Any, TypeGuard
from uuid import uuid4

from policyengine.batch.matching import Schema, refuse_alike
from policyengine.targets.sql import Dialect, column_type

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql.types import DataType


def is_spark(source: Any) -> "TypeGuard[DataFrame]":
    """Say whether a table is a DataFrame of Spark, without importing it."""
    kind = type(source)
    return kind.__module__.startswith("pyspark.sql.") and kind.__name__ == "DataFrame"


def schema_of(frame: "DataFrame") -> Schema:
    """Give the types of the columns; raises `InvalidTable` for names that Spark would not tell apart."""
    refuse_alike(field.name for field in frame.schema.fields)
    return {field.name: column_type(_written(field.dataType), Dialect.SPARK) for field in frame.schema.fields}


def _written(type_: "DataType") -> str:
    """Write a type as Spark does, but names of fields in quotes: what stands in them must not look like a type."""
    match type_.typeName():
        case "array":
            return f"array<{_written(type_.elementType)}>"  # type: ignore[attr-defined]
        case "struct":
            fields = ((field.name.replace("`", "``"), _written(field.dataType)) for field in type_.fields)  # type: ignore[attr-defined]
            return f"struct<{','.join(f'`{name}`:{inner}' for name, inner in fields)}>"
        case _:
            return type_.simpleString()


def new_view() -> str:
    """Give a name by which a statement can read a DataFrame."""
    return f"policyengine_{uuid4().hex}"


def asked(frame: "DataFrame", view: str, sql: str) -> "DataFrame":
    """Ask a statement that reads a DataFrame as `view`, lazily.

    Spark here looks the name up at once, and it is gone again; Connect looks it up whenever the answer is asked for, so
    there it stays as long as the session. `DROP VIEW` leaves a DataFrame that is cached as it is, which neither
    `catalog.dropTempView` nor `sql("… {frame}", frame=frame)` does.
    """
    spark = frame.sparkSession
    frame.createOrReplaceTempView(view)
    if type(frame).__module__.startswith("pyspark.sql.connect."):
        return spark.sql(sql)
    try:
        return spark.sql(sql)
    finally:
        spark.sql(f"DROP VIEW `{view}`")
