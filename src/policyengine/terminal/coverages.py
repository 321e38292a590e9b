"""What cases see, in the terminal: a table for each check, and what no case saw.

Reads: `Coverage`.
Gives: `coverage_rows`.
"""

import datetime
from collections.abc import Iterator
from itertools import groupby

from policyengine.coverage import OUTCOMES, CheckCoverage, Coverage, RequirementCoverage
from policyengine.model.checked import Check, CheckedPolicy, Requirement
from policyengine.report.page import BLANK, Piece, Row, Style, cells, line, row

_DAY = datetime.timedelta(days=1)
_COLUMN = 9
"""The width of a column of numbers."""


def coverage_rows(coverage: Coverage) -> Iterator[Row]:
    """Give how many runs saw each outcome, by check, region and interval, and a line that sums up."""
    first = max((cells(text) for each in coverage.checks for text in _firsts(each)), default=0)
    for (program, check), together in groupby(coverage.checks, lambda each: (each.policy.program, each.check.name)):
        yield BLANK
        titles = "".join(f"{outcome.value:>{_COLUMN}}" for outcome in OUTCOMES)
        yield line(Piece(f"{program} · {check}".ljust(first), Style.STRONG), Piece(titles, Style.DIM))
        for each in together:
            yield from _check(each, first)
    yield BLANK
    yield _sum(coverage)


def _firsts(covered: CheckCoverage) -> Iterator[str]:
    yield f"{covered.policy.program} · {covered.check.name}"
    yield f"  {_place(covered.policy)}"
    yield from (_indented(covered.check, each.requirement) for each in covered.requirements)


def _place(policy: CheckedPolicy) -> str:
    if policy.end is None:
        return f"{policy.region} from {policy.start} on"
    return f"{policy.region} from {policy.start} to {policy.end - _DAY}"


def _indented(check: Check, requirement: Requirement) -> str:
    depth, parent = 2, requirement.parent
    while parent is not None:
        depth, parent = depth + 1, check.requirement(parent).parent
    return "  " * depth + requirement.id


def _check(covered: CheckCoverage, first: int) -> Iterator[Row]:
    whole = covered.seen == covered.of
    seen = f"{covered.seen} of {covered.of} seen".rjust(_COLUMN * len(OUTCOMES))
    yield line(Piece(f"  {_place(covered.policy)}".ljust(first)), Piece(seen, Style.GOOD if whole else Style.DOUBT))
    for each in covered.requirements:
        name = Piece(_indented(covered.check, each.requirement).ljust(first), Style.DIM)
        yield line(name, *_numbers(each))


def _numbers(covered: RequirementCoverage) -> Iterator[Piece]:
    for outcome in OUTCOMES:
        if outcome not in covered.possible:
            yield Piece("–".rjust(_COLUMN), Style.DIM)
        elif covered.runs[outcome]:
            yield Piece(f"{covered.runs[outcome]:,}".rjust(_COLUMN))
        else:
            yield Piece("none".rjust(_COLUMN), Style.DOUBT, strong=True)


def _sum(coverage: Coverage) -> Row:
    if not coverage.of:
        return row(Piece("– there is nothing here to see", Style.DOUBT))
    share = f"{coverage.seen / coverage.of:.1%}".replace(".0%", "%")
    text = f"the cases see {coverage.seen:,} of {coverage.of:,} outcomes of requirements"
    mark, style = ("✓", Style.GOOD) if coverage.seen == coverage.of else ("–", Style.DOUBT)
    return row(Piece(f"{mark} {text}", style), Piece(f": {share}", Style.DIM))
