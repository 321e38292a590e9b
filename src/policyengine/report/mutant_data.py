"""What became of mutants, as plain data.

Reads: `MutationReport`.
Gives: `mutant_data`.
"""

from collections import Counter
from typing import Any

from policyengine.mutants.running import Fate, MutationReport, Verdict


def mutant_data(report: MutationReport) -> dict[str, Any]:
    """Give a report as JSON holds it."""
    counted = Counter(fate.verdict for fate in report.fates)
    return {
        "held": report.held,
        "counts": {verdict.value: counted[verdict] for verdict in Verdict},
        "mutants": [_fate_data(fate) for fate in report.fates],
    }


_SAID = {
    Verdict.KILLED: "by",
    Verdict.STILLBORN: "mistake",
    Verdict.SURVIVED: "case",
    Verdict.NOT_DECIDED: "why",
}


def _fate_data(fate: Fate) -> dict[str, Any]:
    span = fate.mutant.span
    return {
        "program": fate.program,
        "path": span.path,
        "line": span.line,
        "column": span.column,
        "entry": fate.mutant.about,
        "change": fate.mutant.says,
        "verdict": fate.verdict.value,
        **({_SAID[fate.verdict]: fate.said} if fate.verdict in _SAID else {}),
    }
