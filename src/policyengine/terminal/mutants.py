"""What became of mutants, in the terminal: those that no case notices, each with a case that would.

Reads: `MutationReport`.
Gives: `mutant_rows`.
"""

from collections.abc import Iterator

from policyengine.mutants.running import Fate, MutationReport, Verdict
from policyengine.report.diagnostics import counted_as
from policyengine.report.page import BLANK, Piece, Row, Style, heading, line, row

_LOOSE = (Verdict.SURVIVED, Verdict.NOT_DECIDED)


def mutant_rows(report: MutationReport) -> Iterator[Row]:
    """Give the mutants that are left, by program, with cases to paste, and a line that sums up."""
    left = [fate for fate in report.fates if fate.verdict in _LOOSE]
    for program in dict.fromkeys(fate.program for fate in left):
        yield from heading(f"{program} · no case notices")
        for fate in left:
            if fate.program == program:
                yield from _fate(fate)
    if left:
        yield BLANK
    yield _sum(report, len(left))


def _fate(fate: Fate) -> Iterator[Row]:
    mutant, survived = fate.mutant, fate.verdict is Verdict.SURVIVED
    mark = Piece("✗", Style.BAD) if survived else Piece("?", Style.DOUBT)
    place = Piece(f" ({mutant.span})", Style.DIM)
    yield Row((Piece(f"{mutant.about}: {mutant.says}"), place), (Piece("  "), mark, Piece(" ")), "    ")
    if survived:
        yield line("    ", Piece(f"this case would, in a file of {fate.program}/cases:", Style.DIM))
        yield from (line("    ", text) for text in fate.said.splitlines())
        yield BLANK
    else:
        yield line("    ", f"whether it means the same was not decided: {fate.said}")


def _sum(report: MutationReport, left: int) -> Row:
    number = len(report.fates)
    if not number:
        return row(Piece("– there is nothing here to change", Style.DOUBT))
    killed, same, mistaken = (
        len(report.of(verdict)) for verdict in (Verdict.KILLED, Verdict.EQUIVALENT, Verdict.STILLBORN)
    )
    parts = f"{killed:,} noticed, {same:,} proved to mean the same, {mistaken:,} that `check` reports"
    changes = counted_as(number, "change")
    if report.held:
        return row(Piece(f"✓ the cases notice every one of {changes}", Style.GOOD), Piece(f": {parts}", Style.DIM))
    return row(Piece(f"✗ {left:,} of {changes} unnoticed", Style.BAD), Piece(f": {parts}", Style.DIM))
