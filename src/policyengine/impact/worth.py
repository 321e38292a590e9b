"""Values as an impact shows them, and the steps in which people count them.

Reads: parameters, thresholds, expressions.
Gives: `Worth`s; the smallest step of what is measured.
"""

from collections.abc import Iterable, Mapping
from math import gcd

from policyengine.impact.figures import Worth
from policyengine.model import checked, types
from policyengine.model.checked import Expr, FactDeclaration
from policyengine.model.values import literal
from policyengine.targets import prose

Valued = tuple[str, int, types.Type]
"""A region, and a value that it has."""

MEASURED = types.Number | types.Money | types.Duration | types.Period
"""Types of which there is a tenth: a day has none."""


def worths(values: Iterable[Valued], words: prose.Words) -> tuple[Worth, ...]:
    """Give each value once, with the regions that have it; the first one, which is the widest's, without any."""
    together: dict[tuple[int, types.Type], list[str]] = {}
    for region, raw, type_ in values:
        listed = together.setdefault((raw, type_), [])
        if region not in listed:
            listed.append(region)
    return tuple(
        Worth(literal(raw, type_), prose.value(raw, type_, words), tuple(regions) if number else ())
        for number, ((raw, type_), regions) in enumerate(together.items())
    )


def step_of(expr: Expr, facts: Mapping[str, FactDeclaration]) -> int:
    """Give the smallest step of what is measured: a period or a duration that was declared goes by its unit."""
    match expr:
        case checked.Scale(operand, factor):
            return factor * step_of(operand, facts)
        case checked.YearsSince():
            return types.MONTHS["year"]
        case checked.Fact(path, types.Duration() | types.Period()) if path in facts:
            return facts[path].unit_size
        case _:
            return 1


def step_between(raws: Iterable[int], type_: types.Type) -> int:
    """Give the step in which people move such values: the largest unit of time in which all are whole, or the least."""
    units: Mapping[str, int] = {}
    if isinstance(type_, types.Period):
        units = types.MONTHS
    if isinstance(type_, types.Duration):
        units = {unit: types.SECONDS[unit] for unit in ("second", "minute", "hour", "day")}
    common = gcd(*raws)
    return max((size for size in units.values() if common and common % size == 0), default=1)
