"""The plots of an impact's page: flows, bars and lines as SVG, in the colours of the page's style sheet.

Reads: figures of an `Impact`.
Gives: SVG elements, each with a title and a description that say what is seen.
Never: is the only place where a number stands: the page has a table beside each plot.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from policyengine.impact.figures import OUTCOMES, CheckImpact, Cliff, Close, Kind, NearMisses, RegionFlow, Transition
from policyengine.report.impact_words import OFFERING, between, outcome_words, share, signed, values
from policyengine.report.markup import add, tag

WIDTH = 760.0


def outcomes_plot(measured: CheckImpact, identity: str) -> Element:
    """Draw the outcomes before and after as two bars of the same length."""
    flow = measured.flow
    height, left, bar = 116.0, 64.0, 34.0
    plot = _plot(
        identity,
        height,
        "Outcomes before and after",
        "; ".join(
            f"{outcome_words(measured, each)}: {share(flow.before(each), flow.rows)} before, "
            f"{share(flow.after(each), flow.rows)} after"
            for each in OUTCOMES
            if flow.before(each) or flow.after(each)
        ),
    )
    for number, (name, counts) in enumerate((("before", flow.before), ("after", flow.after))):
        top, start = 8 + number * (bar + 16), left
        add(plot, _text(left - 10, top + bar / 2 + 5, name, "end"))
        for outcome in OUTCOMES:
            size = counts(outcome) / max(flow.rows, 1) * (WIDTH - left)
            if size:
                add(plot, _bar(start, top, size, bar, outcome))
                if size > _LEAST_LABEL:
                    label = f"{outcome_words(measured, outcome)} {share(counts(outcome), flow.rows)}"
                    fits = size > _CHARACTER * len(label) + 12
                    add(plot, _text(start + 8, top + bar / 2 + 5, label if fits else "", "start", "on"))
            start += size
    return plot


def flow_plot(measured: CheckImpact, identity: str) -> Element:
    """Draw those whose outcome changes: from what it was, on the left, to what it is."""
    moved = [each for each in measured.flow.transitions if each.kind not in (Kind.SAME, Kind.UNREADABLE)]
    total = sum(each.rows for each in moved)
    height, top = 280.0, 34.0
    said = "; ".join(
        f"{each.rows:,} from {outcome_words(measured, each.before)} to {outcome_words(measured, each.after)}"
        for each in moved
    )
    plot = _plot(identity, height, "Whose outcome changes", said)
    add(plot, _text(_FLOW_LEFT, 18, "before", "start", "dim"), _text(_FLOW_RIGHT, 18, "after", "end", "dim"))
    room = height - top - 10
    befores, afters = (
        [(outcome, sum(each.rows for each in moved if getattr(each, side) == outcome)) for outcome in OUTCOMES]
        for side in ("before", "after")
    )
    most = max(sum(1 for _, rows in counts if rows) for counts in (befores, afters))
    scale = (room - _GAP * (most - 1)) / max(total, 1)
    left, right = dict(_stack(befores, scale, top)), dict(_stack(afters, scale, top))
    starts = {("left", o): y for o, (y, _) in left.items()} | {("right", o): y for o, (y, _) in right.items()}
    for each in moved:
        size = each.rows * scale
        a, b = starts["left", each.before], starts["right", each.after]
        starts["left", each.before] += size
        starts["right", each.after] += size
        add(plot, _ribbon(each, a, b, size))
    for places, x, side, counts in ((left, _FLOW_LEFT, "end", 0), (right, _FLOW_RIGHT, "start", 1)):
        for outcome, (y, rows) in places.items():
            size = max(rows * scale, 1.5)
            add(plot, _bar(x - (0 if counts else 12), y, 12, size, outcome))
            label = f"{outcome_words(measured, outcome)} {rows:,}"
            add(plot, _text(x + (20 if counts else -20), y + size / 2 + 5, label, side))
    return plot


def causes_plot(measured: CheckImpact, kind: Kind, identity: str) -> Element:
    """Draw the requirements that made a kind of change: the full part of a bar is theirs alone."""
    causes = [cause for cause in measured.causes if cause.kind is kind][:_MOST_BARS]
    most = max(cause.rows for cause in causes)
    said = "; ".join(f"{each.requirement or OFFERING}: {each.rows:,}, {each.alone:,} alone" for each in causes)
    plot = _plot(identity, 30.0 * len(causes) + 6, f"Requirements behind: {kind.value.replace('_', ' ')}", said)
    for number, cause in enumerate(causes):
        top, room = 4 + 30.0 * number, WIDTH - _LABELS - 140
        size, alone = (rows / most * room for rows in (cause.rows, cause.alone))
        add(plot, _text(_LABELS - 10, top + 16, _cut(cause.requirement or OFFERING), "end", "mono"))
        add(plot, _bar(_LABELS, top, size, 22, f"{kind.value} part"), _bar(_LABELS, top, alone, 22, kind.value))
        add(plot, _text(_LABELS + size + 8, top + 16, f"{cause.rows:,}", "start"))
    return plot


def regions_plot(regions: Sequence[RegionFlow], identity: str) -> Element:
    """Draw what regions lose and become unsure of to the left, and what they gain to the right."""
    shown = regions[:_MOST_BARS]
    most = max(
        *(each.flow.of_kind(Kind.LOSES, Kind.UNKNOWN) for each in shown),
        *(each.flow.of_kind(Kind.GAINS) for each in shown),
        1,
    )
    lost = any(each.flow.of_kind(Kind.LOSES, Kind.UNKNOWN) for each in shown)
    gained = any(each.flow.of_kind(Kind.GAINS) for each in shown)
    said = "; ".join(
        f"{each.name}: {each.flow.of_kind(Kind.GAINS):,} gain, {each.flow.of_kind(Kind.LOSES):,} lose, "
        f"{each.flow.of_kind(Kind.UNKNOWN):,} become unknown"
        for each in shown
    )
    plot = _plot(identity, 28.0 * len(shown) + 6, "Gains and losses by region", said)
    room = WIDTH - _LABELS - 110
    middle = _LABELS + (room / 2 if lost and gained else 0)
    scale = (room / 2 - 50 if lost and gained else room) / most
    add(plot, tag("line", attributes={"x1": middle, "x2": middle, "y1": 0, "y2": 28.0 * len(shown)}, class_="axis"))
    for number, each in enumerate(shown):
        top = 4 + 28.0 * number
        loses, unknown, gains = (each.flow.of_kind(kind) * scale for kind in (Kind.LOSES, Kind.UNKNOWN, Kind.GAINS))
        add(plot, _text(_LABELS - 10, top + 15, _cut(each.name), "end"))
        sign = -1 if lost and gained else 1  # to the left only where something goes to the right
        add(plot, _span(middle, sign * loses, top, Kind.LOSES.value))
        add(plot, _span(middle + sign * loses, sign * unknown, top, Kind.UNKNOWN.value))
        add(plot, _span(middle, gains, top, Kind.GAINS.value))
        if gains:
            add(plot, _text(middle + gains + 6, top + 15, f"+{each.flow.of_kind(Kind.GAINS):,}", "start"))
        if loses + unknown:
            end = middle + sign * (loses + unknown + 6)
            rows = each.flow.of_kind(Kind.LOSES, Kind.UNKNOWN)
            add(plot, _text(end, top + 15, f"−{rows:,}", "end" if sign < 0 else "start"))
    return plot


def near_plot(near: Sequence[NearMisses], identity: str) -> Element:
    """Draw who just fails to the left of each threshold, and who just passes to the right."""
    pairs = [(each, each.after) for each in near if each.after is not None]
    most = max((max(close.just_fails, close.just_passes) for _, close in pairs), default=0) or 1
    said = "; ".join(
        f"{each.requirement} {each.comparison} {values(close.thresholds)}: {close.just_fails:,} just fail, "
        f"{close.would_turn:,} of them by it alone, {close.just_passes:,} just pass"
        for each, close in pairs
    )
    plot = _plot(identity, 44.0 * len(pairs) + 26, "Who stands close to each threshold", said)
    middle, room = WIDTH / 2 + 40, WIDTH / 2 - 140
    add(plot, _text(middle - 12, 14, "just fail", "end", "dim"), _text(middle + 12, 14, "just pass", "start", "dim"))
    for number, (each, close) in enumerate(pairs):
        top = 26 + 44.0 * number
        label = f"{each.requirement} {_SIGNS.get(each.comparison, each.comparison)} {values(close.thresholds)}"
        fails, alone, passes = (rows / most * room for rows in (close.just_fails, close.would_turn, close.just_passes))
        add(plot, _text(middle, top + 10, label, "middle", "mono"))
        add(
            plot,
            _bar(middle - fails, top + 15, fails, 16, "loses part"),
            _bar(middle - alone, top + 15, alone, 16, "loses"),
        )
        add(plot, _bar(middle, top + 15, passes, 16, "gains"))
        ends = {"x1": middle, "x2": middle, "y1": top + 13, "y2": top + 33}
        add(plot, tag("line", attributes=ends, class_="axis"))
        add(plot, _text(middle - fails - 6, top + 28, _just(close), "end"))
        add(plot, _text(middle + passes + 6, top + 28, f"{close.just_passes:,}", "start"))
    return plot


@dataclass(frozen=True, slots=True)
class _Axes:
    """Where a line's points are."""

    low: int
    high: int
    most: float

    def x(self, at: int) -> float:
        return _CLIFF_LEFT + (at - self.low) / max(self.high - self.low, 1) * (_CLIFF_WIDTH - _CLIFF_LEFT - 14)

    def y(self, share_: float) -> float:
        return _CLIFF_BASE - share_ / (self.most or 1) * (_CLIFF_BASE - 26)


def cliff_plot(cliff: Cliff, identity: str) -> Element:
    """Draw the share that is met as a parameter moves: where it is now, and its largest step."""
    shares = [point.met / max(cliff.rows, 1) for point in cliff.points]
    axes = _Axes(cliff.points[0].at, cliff.points[-1].at, max(shares) * 1.08)
    first, last = cliff.points[0].values[0].text, cliff.points[-1].values[0].text
    said = f"From {first} to {last} the share goes from {_share(shares[0])} to {_share(shares[-1])}."
    plot = _plot(identity, _CLIFF_HEIGHT, f"{cliff.title}: the share that is met", said, _CLIFF_WIDTH)
    base = {"x1": _CLIFF_LEFT, "x2": _CLIFF_WIDTH - 14, "y1": _CLIFF_BASE, "y2": _CLIFF_BASE}
    add(plot, tag("line", attributes=base, class_="axis"))
    places = [(axes.x(point.at), axes.y(share_)) for point, share_ in zip(cliff.points, shares, strict=True)]
    path = " L ".join(f"{x:.1f} {y:.1f}" for x, y in places)
    area = f"M {places[0][0]:.1f} {_CLIFF_BASE} L {path} L {places[-1][0]:.1f} {_CLIFF_BASE} Z"
    add(
        plot,
        tag("path", attributes={"d": area}, class_="area"),
        tag("path", attributes={"d": f"M {path}"}, class_="line"),
    )
    if cliff.jump is not None:
        (x1, y1), (x2, y2) = places[cliff.jump.start], places[cliff.jump.end]
        kind = "gains" if cliff.jump.rows > 0 else "loses"
        add(plot, tag("line", attributes={"x1": x1, "y1": y1, "x2": x2, "y2": y2}, class_=f"jump {kind}"))
    for (x, y), point in zip(places, cliff.points, strict=True):
        if point.now:
            add(plot, tag("line", attributes={"x1": x, "x2": x, "y1": 20.0, "y2": _CLIFF_BASE}, class_="now"))
            add(plot, tag("circle", attributes={"cx": x, "cy": y, "r": 5}, class_="now"))
            anchor = "start" if x < _CLIFF_WIDTH / 3 else "end" if x > _CLIFF_WIDTH * 2 / 3 else "middle"
            add(plot, _text(x, 14, f"now {point.values[0].text}", anchor, "strong"))
    add(plot, _text(_CLIFF_LEFT, _CLIFF_BASE + 18, first, "start", "dim"))
    add(plot, _text(_CLIFF_WIDTH - 14, _CLIFF_BASE + 18, last, "end", "dim"))
    add(plot, _text(_CLIFF_LEFT - 6, axes.y(max(shares)) + 4, _share(max(shares)), "end", "dim"))
    add(plot, _text(_CLIFF_LEFT - 6, _CLIFF_BASE + 4, "0 %", "end", "dim"))
    return plot


def jump_words(cliff: Cliff) -> str:
    """Say which step is the largest, and what it does."""
    if cliff.jump is None:
        return "no value of it makes a difference"
    start, end = (cliff.points[place].values[0].text for place in (cliff.jump.start, cliff.jump.end))
    return f"largest step: {between(start, '→', end)}, {signed(cliff.jump.rows)}"


def _just(close: Close) -> str:
    return f"{close.just_fails:,}" + (f" ({close.would_turn:,} by it alone)" if close.would_turn else "")


def _share(value: float) -> str:
    return share(round(value * _FINE), _FINE)


def _stack(counts: Sequence[tuple[str, int]], scale: float, top: float) -> Iterator[tuple[str, tuple[float, int]]]:
    """Give each outcome that there is its place on a side of the flow, and its rows."""
    y = top
    for outcome, rows in counts:
        if rows:
            yield outcome, (y, rows)
            y += rows * scale + _GAP


def _ribbon(each: Transition, left: float, right: float, size: float) -> Element:
    a, b = _FLOW_LEFT, _FLOW_RIGHT
    middle, size = (a + b) / 2, max(size, 0.8)
    path = (
        f"M {a} {left:.1f} C {middle} {left:.1f} {middle} {right:.1f} {b} {right:.1f} "
        f"L {b} {right + size:.1f} C {middle} {right + size:.1f} {middle} {left + size:.1f} {a} {left + size:.1f} Z"
    )
    return tag("path", attributes={"d": path}, class_=f"ribbon {each.kind.value}")


def _plot(identity: str, height: float, title: str, said: str, width: float = WIDTH) -> Element:
    return tag(
        "svg",
        tag("title", title, attributes={"id": f"{identity}-title"}),
        tag("desc", said, attributes={"id": f"{identity}-desc"}),
        attributes={
            "viewBox": f"0 0 {width:g} {height:g}",
            "role": "img",
            "aria-labelledby": f"{identity}-title {identity}-desc",
        },
    )


def _bar(x: float, y: float, width: float, height: float, class_: str) -> Element:
    return tag("rect", attributes={"x": x, "y": y, "width": max(width, 0.0), "height": height}, class_=class_)


def _span(start: float, size: float, y: float, class_: str) -> Element:
    """Draw a bar from a place to the right, or to the left when its size is negative."""
    return _bar(min(start, start + size), y, abs(size), 20.0, class_)


def _text(x: float, y: float, text: str, anchor: str, class_: str = "") -> Element:
    return tag("text", text, attributes={"x": x, "y": y, "text-anchor": anchor}, class_=class_)


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_LETTERS else f"{text[: _MOST_LETTERS - 1]}…"


_SIGNS = {">=": "≥", "<=": "≤"}
_LABELS, _MOST_LETTERS, _CHARACTER, _LEAST_LABEL = 200.0, 24, 7.2, 60.0
_MOST_BARS = 15
_GAP = 10.0
_FLOW_LEFT, _FLOW_RIGHT = 220.0, 540.0
_CLIFF_WIDTH, _CLIFF_HEIGHT, _CLIFF_LEFT, _CLIFF_BASE = 360.0, 190.0, 52.0, 160.0
_FINE = 1_000_000
