"""A table decided: opened where it is, planned, and asked; the answer comes as what the table was.

Reads: policies, a table.
Gives: `decide_table`, `table_plan`.
"""

from typing import TYPE_CHECKING, Any

from policyengine.batch.plans import Day, TableOptions, TablePlan, plan_table
from policyengine.batch.spark import asked, is_spark, new_view, schema_of
from policyengine.targets.sql import Dialect

if TYPE_CHECKING:
    from policyengine.decide import Policies


def decide_table(policies: "Policies", program: str, source: Any, on: Day, options: TableOptions) -> Any:
    """Decide every row of a table; see `Policies.decide_table`."""
    if is_spark(source):
        schema, view = schema_of(source), new_view()
        plan = plan_table(policies, program, schema, on, options, dialect=Dialect.SPARK, table=view)
        return asked(source, view, plan.sql())
    from policyengine.batch.duck import open_table, plan_opened

    table = open_table(source)
    return table.in_kind(table.query(plan_opened(policies, program, table, on, options).sql()))


def table_plan(policies: "Policies", program: str, source: Any, on: Day, options: TableOptions) -> TablePlan:
    """Say what deciding a table will do; see `Policies.table_plan`."""
    if is_spark(source):
        schema = schema_of(source)
        return plan_table(policies, program, schema, on, options, dialect=Dialect.SPARK, table="source")
    from policyengine.batch.duck import open_table, plan_opened

    return plan_opened(policies, program, open_table(source), on, options)
