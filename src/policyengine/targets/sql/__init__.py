"""SQL: checked expressions as sqlglot trees that DuckDB and Spark read alike.

Reads: `checked.Expr`.
Gives: a tree per expression, whose value is the one underneath (BIGINT, BOOLEAN, VARCHAR) and NULL is unknown;
`sql_text` prints it.
Never: joins strings to SQL, runs a query, or prints for an engine that the tests do not run.
"""

from policyengine.targets.sql.columns import Columns, ListColumn
from policyengine.targets.sql.days import ordinal
from policyengine.targets.sql.expressions import expression
from policyengine.targets.sql.printing import Dialect, dialect, sql_text
from policyengine.targets.sql.trees import CannotSay, column

__all__ = ["CannotSay", "Columns", "Dialect", "ListColumn", "column", "dialect", "expression", "ordinal", "sql_text"]
