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
        text = tree.sql(dialect.value, unsupported_level=ErrorLevel.RAISE, pretty=pretty)
        return _without_variables(tree, text) if dialect is Dialect.SPARK else text
    except UnsupportedError as lacking:
        raise CannotSay(f"{dialect.value} cannot say this: {lacking}") from None
    except RecursionError:
        raise CannotSay(TOO_DEEP) from None


def _without_variables(tree: exp.Expr, text: str) -> str:
    """Leave no variable in a text for Spark: it puts the value of `${env:HOME}` into texts and names before it reads.

    A text says its `$` in another way; a name cannot.
    """
    if _VARIABLE not in text:
        return text
    for identifier in tree.find_all(exp.Identifier):
        if _VARIABLE in identifier.name:
            raise CannotSay(f"Spark reads {_VARIABLE} in a name as a variable: {identifier.name!r}")
    return text.replace(_VARIABLE, "\\u0024{")


_VARIABLE = "${"
