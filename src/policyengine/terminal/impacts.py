"""What `policyengine impact` prints: who changes, why, where, who is close, and where the cliffs are.

Reads: an `Impact`.
Gives: `impact_rows`.
"""

from collections.abc import Iterator, Sequence

from policyengine.impact.figures import OUTCOMES, Cause, CheckImpact, Cliff, Impact, Kind, NearMisses
from policyengine.report.impact_words import (
    KINDS,
    OFFERING,
    between,
    changed_kinds,
    explained,
    outcome_words,
    people_words,
    share,
    side_words,
    signed,
    values,
)
from policyengine.report.page import BLANK, Line, Piece, Row, Style, cells, heading, line, row


def impact_rows(impact: Impact) -> Iterator[Row]:
    """Lay an impact out, check by check."""
    yield row(Piece(impact.title, Style.STRONG))
    for name, said in (
        ("before", side_words(impact.before)),
        ("after", side_words(impact.after)),
        ("people", people_words(impact)),
    ):
        yield Row((Piece(said),), (Piece(f"  {name:<8}", Style.DIM),), " " * 10)
    for measured in impact.checks:
        yield from _check(measured)
    if impact.left_out:
        yield from heading("Not measured")
        for each in impact.left_out:
            yield row(Piece(each.check, Style.ACCENT), f": {each.because}", indent=2)


def _check(measured: CheckImpact) -> Iterator[Row]:
    yield BLANK
    yield row(Piece(measured.title, Style.STRONG), Piece(f"  {measured.check}", Style.DIM))
    if measured.by_fact is not None:
        yield row(Piece(f"the version goes by {measured.by_fact} on both sides, not by the day", Style.DIM), indent=2)
    if measured.missing:
        yield row(Piece(f"unknown in all rows: {', '.join(measured.missing)}", Style.DOUBT), indent=2)
    yield BLANK
    yield from _outcomes(measured)
    yield from heading("Who changes")
    yield from _kinds(measured)
    yield from _causes(measured)
    yield from _regions(measured)
    yield from _near(measured)
    yield from _cliffs(measured)
    if measured.unreadable:
        yield from heading("Rows that cannot be read, by the first fact that is wrong")
        lines = [[Piece(each.side), Piece(each.fact, Style.ACCENT), _number(each.rows)] for each in measured.unreadable]
        yield from _table(lines, "<<>")


def _outcomes(measured: CheckImpact) -> Iterator[Row]:
    flow, lines = measured.flow, []
    for outcome in OUTCOMES:
        before, after = flow.before(outcome), flow.after(outcome)
        if before or after:
            mark, style = _MARKS[outcome]
            change = signed(after - before) if after != before else "="
            lines.append(
                [
                    Piece(f"{mark} {outcome_words(measured, outcome)}", style),
                    _number(before),
                    _number(after),
                    Piece(share(after, flow.rows), Style.DIM),
                    Piece(change, Style.STRONG if after != before else Style.DIM),
                ]
            )
    yield from _table(lines, "<>>>>", ("", "before", "after", "", "change"))


def _kinds(measured: CheckImpact) -> Iterator[Row]:
    flow, lines = measured.flow, []
    for kind in (*changed_kinds(measured), Kind.SAME):
        rows, (mark, style) = flow.of_kind(kind), _KIND_MARKS[kind]
        lines.append(
            [
                Piece(f"{mark} {KINDS[kind]}", style if rows else Style.DIM),
                Piece(f"{rows:,}", Style.STRONG if rows and kind is not Kind.SAME else Style.DIM),
                Piece(share(rows, flow.rows), Style.DIM),
                Piece(explained(measured, kind), Style.DIM),
            ]
        )
    yield from _table(lines, "<>>~")


def _causes(measured: CheckImpact) -> Iterator[Row]:
    causes = [cause for cause in measured.causes if cause.kind not in (Kind.SAME, Kind.UNREADABLE)]
    if not causes:
        return
    yield from heading("What makes the difference")
    lines = []
    for kind in dict.fromkeys(cause.kind for cause in causes):
        mark, style = _KIND_MARKS[kind]
        for number, cause in enumerate(measured.causes_of(kind)):
            lines.append(
                [
                    Piece("" if number else f"{mark} {KINDS[kind]}", style),
                    Piece(cause.requirement or OFFERING, Style.ACCENT),
                    _number(cause.rows),
                    Piece(f"{cause.alone:,}", Style.DIM),
                ]
            )
    yield from _table(lines, "<<>>", ("", "requirement", "rows", "it alone"))
    yield BLANK
    said = {cause.requirement: cause for cause in causes if cause.requirement is not None}
    width = max(map(cells, said), default=0)
    for name, cause in said.items():
        yield _words(cause, name + " " * (width - cells(name)))


def _words(cause: Cause, name: str) -> Row:
    """Say what a requirement says now, and what it said before where that was something else."""
    where = (Piece(f"{cause.where}: ", Style.DIM),) if cause.where else ()
    if cause.before == cause.after:
        pieces: Line = (Piece(cause.after or "", Style.DIM),)
    elif cause.before is None:
        pieces = (Piece("new: ", Style.GOOD), Piece(cause.after or ""))
    elif cause.after is None:
        pieces = (Piece("gone: ", Style.BAD), Piece(cause.before, Style.DIM))
    else:
        pieces = (Piece(cause.before, Style.DIM), Piece(" → ", Style.DOUBT), Piece(cause.after))
    return Row((*where, *pieces), (Piece(f"  {name}  ", Style.ACCENT),), " " * (cells(name) + 4))


def _regions(measured: CheckImpact) -> Iterator[Row]:
    changed = [region for region in measured.regions if region.flow.changed]
    if not changed:
        return
    yield from heading("By region")
    kinds = [kind for kind in changed_kinds(measured) if measured.flow.of_kind(kind)]
    lines = [
        [
            Piece(region.name),
            Piece(region.region or "", Style.DIM),
            *(
                Piece(f"{rows:,}" if rows else "·", _KIND_MARKS[kind][1] if rows else Style.DIM)
                for kind in kinds
                for rows in (region.flow.of_kind(kind),)
            ),
            Piece(f"{region.flow.rows:,}", Style.DIM),
        ]
        for region in changed[:_MOST_REGIONS]
    ]
    names = (_SHORT.get(kind, KINDS[kind]) for kind in kinds)
    yield from _table(lines, "<<" + ">" * (len(kinds) + 1), ("", "", *names, "of"))
    if len(changed) > _MOST_REGIONS:
        rest = sum(region.flow.changed for region in changed[_MOST_REGIONS:])
        yield row(Piece(f"and {rest:,} in {len(changed) - _MOST_REGIONS} more regions", Style.DIM), indent=2)


def _near(measured: CheckImpact) -> Iterator[Row]:
    near = [each for each in measured.near_misses if each.after is not None]
    if not near:
        return
    yield from heading("Near misses: who stands within 10 % of a number, or one step")
    lines = [list(_near_line(each)) for each in near]
    yield from _table(lines, "<<>>>", ("", "asks for", "just fail", "it alone", "just pass"))
    yield row(Piece("“it alone”: nothing else stands in their way", Style.DIM), indent=2)


def _near_line(near: NearMisses) -> Iterator[Piece]:
    assert near.after is not None
    yield Piece(near.requirement, Style.ACCENT)
    yield Piece(f"{near.comparison} {values(near.after.thresholds)}")
    yield _number(near.after.just_fails)
    turn = near.after.would_turn
    yield Piece(f"{turn:,}", Style.DOUBT if turn else Style.DIM)
    yield _number(near.after.just_passes)


def _cliffs(measured: CheckImpact) -> Iterator[Row]:
    if not measured.cliffs:
        return
    met = outcome_words(measured, "met")
    yield from heading(f"Cliffs: “{met}” as one number moves, all else staying")
    yield from _table([list(_cliff_line(each)) for each in measured.cliffs], "<<<<>", _CLIFF_HEAD)


def _cliff_line(cliff: Cliff) -> Iterator[Piece]:
    texts = [point.values[0].text for point in cliff.points]
    yield Piece(cliff.parameter, Style.ACCENT)
    yield Piece(between(texts[0], "…", texts[-1]))
    yield Piece(_spark([point.met for point in cliff.points]), Style.GOOD)
    if cliff.jump is None:
        yield Piece("no difference", Style.DIM)
        yield Piece("")
        return
    yield Piece(between(texts[cliff.jump.start], "→", texts[cliff.jump.end]))
    yield Piece(signed(cliff.jump.rows), Style.GOOD if cliff.jump.rows > 0 else Style.BAD)


def _spark(counts: Sequence[int]) -> str:
    """Draw counts as a row of bars, from nothing to the highest."""
    most = max(counts)
    return "".join(_BARS[0] if not most else _BARS[round(count / most * (len(_BARS) - 1))] for count in counts)


def _table(lines: Sequence[Sequence[Piece]], sides: str, head: Sequence[str] = ()) -> Iterator[Row]:
    """Lay lines out in columns, each to the side that its sign points to; a last one with `~` is wrapped."""
    if not lines:
        return
    titled = [[Piece(each, Style.DIM) for each in head], *lines] if head else lines
    widths = [max(cells(piece.text) for piece in column) for column in zip(*titled, strict=True)]
    for each in titled:
        pieces: list[Piece] = [Piece("  ")]
        for piece, width, side in zip(each, widths, sides, strict=True):
            if side == "~":
                yield Row((piece,), tuple(pieces), " " * sum(cells(one.text) for one in pieces))
                break
            space = Piece(" " * (width - cells(piece.text)))
            pieces += [piece, space] if side == "<" else [space, piece]
            pieces.append(Piece("  "))
        else:
            yield line(*pieces)


def _number(number: int) -> Piece:
    return Piece(f"{number:,}", Style.PLAIN if number else Style.DIM)


_MARKS = {
    "met": ("✓", Style.GOOD),
    "unmet": ("✗", Style.BAD),
    "unknown": ("?", Style.DOUBT),
    "not_offered": ("–", Style.DIM),
    "invalid": ("!", Style.BAD),
}
_KIND_MARKS = {
    Kind.GAINS: ("▲", Style.GOOD),
    Kind.LOSES: ("▼", Style.BAD),
    Kind.UNKNOWN: ("?", Style.DOUBT),
    Kind.SETTLES: ("◦", Style.ACCENT),
    Kind.OFFERED: ("+", Style.ACCENT),
    Kind.WITHDRAWN: ("−", Style.ACCENT),
    Kind.UNREADABLE: ("!", Style.BAD),
    Kind.SAME: ("=", Style.DIM),
}
_SHORT = {Kind.SETTLES: "known, no", Kind.OFFERED: "offered, no", Kind.WITHDRAWN: "withdrawn"}
_CLIFF_HEAD = ("", "moved", "", "largest step", "rows")
_BARS = "▁▂▃▄▅▆▇█"
_MOST_REGIONS = 12
