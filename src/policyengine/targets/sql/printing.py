"""SQL trees as text, for the engines that the tests run.

Gives: `sql_text`.
Never: prints for another engine, or what sqlglot says an engine lacks.
"""

from enum import Enum

from sqlglot import ErrorLevel, UnsupportedError, exp

from policyengine.model.errors import UnknownName
from policyengine.targets.sql.trees import TOO_DEEP, CannotSay


class Dialect(Enum):
    """An engine that the tests run."""

    DUCKDB = "duckdb"
    SPARK = "spark"


def dialect(text: str) -> Dialect:
    """Give a dialect by its name; raises `UnknownName` for one that nothing is tested on.

    >>> dialect("postgres")
    Traceback (most recent call last):
      ...
    policyengine.model.errors.UnknownName: no dialect named `postgres`; those that are tested are `duckdb`, `spark`
    """
    try:
        return Dialect(text)
    except ValueError:
        known = ", ".join(f"`{member.value}`" for member in Dialect)
        raise UnknownName("dialect", text, f"those that are tested are {known}") from None


def sql_text(tree: exp.Expr, dialect: Dialect, *, pretty: bool = False) -> str:
    """Print a tree; raises `CannotSay` for what the engine lacks, and for endless nesting."""
    try:
        return tree.sql(dialect.value, unsupported_level=ErrorLevel.RAISE, pretty=pretty)
    except UnsupportedError as lacking:
        raise CannotSay(f"{dialect.value} cannot say this: {lacking}") from None
    except RecursionError:
        raise CannotSay(TOO_DEEP) from None
