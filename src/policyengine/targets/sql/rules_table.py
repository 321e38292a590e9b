"""The rules of a check as constants in a statement: a table with a row for each policy that differs.

Reads: `Rules`.
Gives: a SELECT.
"""

from collections.abc import Iterator

from sqlglot import exp

from policyengine.model import calendar
from policyengine.targets.sql.days import date_literal
from policyengine.targets.sql.expressions import constant
from policyengine.targets.sql.rules import Row, Rules
from policyengine.targets.sql.trees import NUMBER, TEXT, alias, column, name, number, storage, text_literal


def rules_table(rules: Rules) -> exp.Select:
    """Write the rules as constants. Regions that share a row stand in one text, which people can read."""
    names = ["regions", *(["since", "until"] if rules.by_day() else []), "policy", *(s.name for s in rules.slots)]
    kinds = [
        TEXT,
        *([NUMBER, NUMBER] if rules.by_day() else []),
        TEXT,
        *("DATE" if s.days else storage(s.type) for s in rules.slots),
    ]
    tuples = [exp.Tuple(expressions=list(_cells(rules, row))) for row in rules.rows]
    listed = exp.TableAlias(this=name("listed"), columns=[name(each) for each in names])
    each = exp.Explode(this=exp.Split(this=column("regions"), expression=exp.Literal.string(" ")))
    # a column of NULLs alone has no type
    typed = [alias(exp.cast(column(each), kind), each) for each, kind in zip(names[1:], kinds[1:], strict=True)]
    return exp.select(alias(each, "region"), *typed).from_(exp.Values(expressions=tuples, alias=listed))


def _cells(rules: Rules, row: Row) -> Iterator[exp.Expr]:
    yield text_literal(" ".join(row.regions))
    if rules.by_day():
        yield number(calendar.FIRST_DAY if row.since is None else row.since)
        yield number(calendar.LAST_DAY + 1 if row.until is None else row.until)
    yield exp.null() if row.digest is None else text_literal(row.digest)
    for slot in rules.slots:
        value = row.cells[slot.name]
        if value is None:
            yield exp.null()
        else:
            yield date_literal(int(value)) if slot.days else constant(value, slot.type)
