"""The closing summary of `policyengine batch`: how rows came out, what was read from where, what was not.

Reads: `Written`.
Gives: `batch_rows` in any language of the policies, `batch_data` for JSON.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from policyengine.model.decision import Outcome
from policyengine.report.page import Piece, Row, Style, heading, line, row
from policyengine.targets.sql import INVALID

if TYPE_CHECKING:
    from policyengine.batch import Written
    from policyengine.decide import Policies


def batch_data(written: "Written", source: str, output: str) -> dict[str, Any]:
    """Give the summary as plain data."""
    plan = written.plan
    return {
        "program": plan.program,
        "table": source,
        "output": output,
        "rows": written.rows,
        "seconds": round(written.seconds, 3),
        "facts": dict(plan.facts),
        "missing": list(plan.missing),
        "kept": list(plan.kept),
        "invalid": dict(written.invalid),
        "checks": {
            name: {"outcomes": dict(written.outcomes[name]), "requirements": list(columns.requirements)}
            for name, columns in plan.checks.items()
        },
    }


def batch_rows(policies: "Policies", written: "Written", source: str, output: str, language: str) -> Iterator[Row]:
    """Lay the summary out."""
    plan = written.plan
    pace = f", {written.rows / written.seconds:,.0f} a second" if written.rows >= _MANY else ""
    yield row(Piece(f"✓ {written.rows:,} rows", Style.GOOD), f" in {written.seconds:,.1f} s{pace}")
    yield row(Piece(f"{source} → {output}", Style.DIM))
    for check in plan.checks:
        entry = policies.plan(plan.program, check).check
        yield from heading(f"{entry.title.nearest(language) or check} ({check})")
        reads = {name: text.nearest(language) or name for name, text in entry.reads.items()}
        yield from _outcomes({INVALID: "cannot be read", **reads}, written.outcomes[check], written.rows)
    if written.invalid:
        yield from heading("Rows that cannot be read, by the first fact that is wrong")
        for fact, rows in sorted(written.invalid.items(), key=lambda pair: -pair[1]):
            yield line(Piece(f"{rows:>{_COUNT},}", Style.BAD), f"  {fact} ", Piece(_place(plan.facts, fact), Style.DIM))
    yield from heading("Facts")
    listed = ", ".join(f"{fact} {_place(plan.facts, fact)}".rstrip() for fact in plan.facts)
    yield row(listed or "none has a column", indent=2)
    if plan.missing:
        yield row(Piece(f"unknown in all rows: {', '.join(plan.missing)}", Style.DOUBT), indent=2)


def _outcomes(reads: Mapping[str, str], counted: Mapping[str, int], rows: int) -> Iterator[Row]:
    """Give a line for each outcome that there was, with a bar of its share."""
    width = max((len(reads[name]) for name in _ORDER if counted.get(name)), default=0)
    for name, style in _ORDER.items():
        count = counted.get(name, 0)
        if count:
            share = count / rows
            yield line(
                Piece(f"  {reads[name]:<{width}}", style),
                f"{count:>{_COUNT},} {share:>7.1%} ",
                Piece("█" * round(share * _BAR) or "▏", style),
            )
    if not rows:
        yield row(Piece("  there was no row", Style.DOUBT))


def _place(facts: Mapping[str, str], fact: str) -> str:
    """Say where a fact was found, unless its column has its bare name."""
    column = facts.get(fact, "")
    return f"({column})" if column and column != fact.partition(".")[2] else ""


_COUNT, _BAR = 14, 24
_MANY = 10_000
"""Of fewer rows the pace says how fast one starts."""
_ORDER = {
    Outcome.MET.value: Style.GOOD,
    Outcome.UNMET.value: Style.BAD,
    Outcome.UNKNOWN.value: Style.DOUBT,
    Outcome.NOT_OFFERED.value: Style.DIM,
    INVALID: Style.BAD,
}
