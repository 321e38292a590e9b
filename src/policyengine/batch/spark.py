"""Tables in Spark: a DataFrame is decided where it is, by native expressions alone. PySpark's home.

Reads: a DataFrame, of Spark here or behind Spark Connect.
Gives: a lazy DataFrame.
Never: collects a row, starts a session, or ships a Python function.
"""

from typing import TYPE_CHECKING, Any, TypeGuard
from uuid import uuid4

from policyengine.batch.matching import Schema
from policyengine.targets.sql import Dialect, column_type

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def is_spark(source: Any) -> "TypeGuard[DataFrame]":
    """Say whether a table is a DataFrame of Spark, without importing it."""
    return type(source).__module__.partition(".")[0] == "pyspark"


def schema_of(frame: "DataFrame") -> Schema:
    """Give the types of the columns."""
    return {field.name: column_type(field.dataType.simpleString(), Dialect.SPARK) for field in frame.schema.fields}


def view_of(frame: "DataFrame") -> str:
    """Name a DataFrame, so that a statement can read it. Connect looks the name up when the answer is: it stays."""
    name = f"policyengine_{uuid4().hex}"
    frame.createOrReplaceTempView(name)
    return name


def asked(frame: "DataFrame", sql: str) -> "DataFrame":
    """Ask a statement, lazily."""
    return frame.sparkSession.sql(sql)
