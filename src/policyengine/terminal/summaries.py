"""The last line of a command: what was looked at, and how it came out.

Gives: `check_rows`, `case_rows`.
"""

from collections.abc import Iterator, Sequence

from policyengine.cases import CaseResult
from policyengine.compiled import Compiled
from policyengine.model.diagnostic import Diagnostic, has_errors
from policyengine.report.diagnostics import counted_as, tally
from policyengine.report.page import Piece, Row, Style, row


def check_rows(compiled: Compiled | None, found: Sequence[Diagnostic]) -> Iterator[Row]:
    """Say how many problems there are, and in what."""
    counted = ""
    if compiled is not None:
        authored = compiled.authored
        cases = sum(len(file.cases) for file in authored.cases)
        invariants = sum(len(file.invariants) for file in authored.invariants)
        parts = [
            counted_as(len(authored.programs), "program"),
            counted_as(len(authored.files), "policy file"),
            counted_as(cases, "case"),
        ]
        if invariants:
            parts.append(counted_as(invariants, "invariant"))
        counted = f" in {', '.join(parts[:-1])} and {parts[-1]}"
    yield _verdict(f"{tally(found)}{counted}", held=not has_errors(tuple(found)))


def case_rows(results: Sequence[CaseResult]) -> Iterator[Row]:
    """Say how many cases held."""
    failed = sum(not result.held for result in results)
    if not results:
        yield row(Piece("– there are no cases here", Style.DOUBT))
    elif failed:
        yield _verdict(f"{failed:,} of {counted_as(len(results), 'case')} failed", held=False)
    else:
        yield _verdict(f"{counted_as(len(results), 'case')} {'holds' if len(results) == 1 else 'hold'}", held=True)


def _verdict(text: str, *, held: bool) -> Row:
    return row(Piece(f"✓ {text}", Style.GOOD) if held else Piece(f"✗ {text}", Style.BAD))
