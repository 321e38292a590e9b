"""A statement as it grows: a chain of SELECTs, each over the one before, and what its columns are called.

Gives: `Stages`.
"""

from collections.abc import Sequence

from sqlglot import exp

from policyengine.targets.sql.trees import column, table


class Stages:
    """A chain of SELECTs; `columns` are those of the last one."""

    def __init__(self) -> None:
        self.query = exp.Select()
        self.columns: list[str] = []

    def put(self, called: str, select: exp.Select) -> None:
        """Put a SELECT beside the chain, or at its end: what stands there is said by `columns`."""
        self.query = self.query.with_(exp.to_identifier(called, quoted=True), as_=select, copy=False)

    def add(
        self,
        called: str,
        carried: Sequence[str],
        added: Sequence[exp.Expr],
        joins: Sequence[tuple[str, exp.Expr]] = (),
    ) -> None:
        """Add a stage that carries columns of the one before, and adds some of its own."""
        select = exp.select(*(column(each) for each in carried), *added).from_(self.last())
        for joined, condition in joins:
            select = select.join(table(joined), on=condition, join_type="left")
        self.columns = [*carried, *(each.alias for each in added)]
        self.put(called, select)

    def last(self) -> exp.Table:
        """Give the stage before."""
        return table(str(self.query.args["with_"].expressions[-1].alias))
