"""A table at a time: every row of a file, a frame or a cluster's table is decided by one statement of SQL.

Reads: policies; a table whose columns are facts.
Gives: `decide_table`, `write_decisions` to a file, `table_plan`, which says what they do, and `plan_natural`, for a
table that is not there yet.
"""

from policyengine.batch.deciding import decide_table, table_plan
from policyengine.batch.files import Written, write_decisions
from policyengine.batch.natural import plan_natural
from policyengine.batch.plans import TableOptions, TablePlan

__all__ = [
    "TableOptions",
    "TablePlan",
    "Written",
    "decide_table",
    "plan_natural",
    "table_plan",
    "write_decisions",
]
