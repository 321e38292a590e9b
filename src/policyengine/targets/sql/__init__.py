"""SQL: checked policies as sqlglot trees that DuckDB and Spark read alike.

Reads: checked expressions and checks; where a table's facts are.
Gives: a tree per expression, whose value is the one underneath (BIGINT, BOOLEAN, VARCHAR) and NULL is unknown; one
statement that decides every row of a table. `sql_text` prints them.
Never: joins strings to SQL, runs a query, or prints for an engine that the tests do not run.
"""

from policyengine.targets.sql.answers import QuestionColumns
from policyengine.targets.sql.column_types import column_type
from policyengine.targets.sql.columns import Columns, ListColumn
from policyengine.targets.sql.days import ordinal
from policyengine.targets.sql.expressions import expression
from policyengine.targets.sql.given import INVALID, Source
from policyengine.targets.sql.printing import Dialect, dialect, sql_text
from policyengine.targets.sql.reading import Bounds, Read
from policyengine.targets.sql.rules import Route
from policyengine.targets.sql.sources import ColumnType, fields_of, filled_in, fixed, read_place
from policyengine.targets.sql.statements import Question, Statement, write_statement
from policyengine.targets.sql.trees import CannotSay, column

__all__ = [
    "INVALID",
    "Bounds",
    "CannotSay",
    "ColumnType",
    "Columns",
    "Dialect",
    "ListColumn",
    "Question",
    "QuestionColumns",
    "Read",
    "Route",
    "Source",
    "Statement",
    "column",
    "column_type",
    "dialect",
    "expression",
    "fields_of",
    "filled_in",
    "fixed",
    "ordinal",
    "read_place",
    "sql_text",
    "write_statement",
]
