"""An impact as one page of HTML that needs nothing else: no script, no font, no other file, no network.

Reads: an `Impact`.
Gives: `impact_page`, the text; `write_page`, which leaves the old file in place until the new one is whole.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from xml.etree.ElementTree import Element

from policyengine.impact.figures import (
    OUTCOMES,
    Cause,
    CheckImpact,
    Cliff,
    Impact,
    Kind,
    RegionFlow,
    RulesInForce,
)
from policyengine.report import impact_plots as plots
from policyengine.report.impact_words import (
    KINDS,
    OFFERING,
    changed_kinds,
    explained,
    outcome_words,
    people_words,
    share,
    side_words,
    values,
)
from policyengine.report.markup import add, style, tag, written


def write_page(impact: Impact, path: Path) -> None:
    """Write the page aside, and then move it to its place; raises `OSError`."""
    aside = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        aside.write_text(impact_page(impact), "utf-8")
        aside.replace(path)
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)


def impact_page(impact: Impact) -> str:
    """Give the page."""
    title = f"{impact.title}: what the change does"
    css = files("policyengine.report").joinpath("impact.css").read_text("utf-8")
    head = tag(
        "head",
        tag("meta", attributes={"charset": "utf-8"}),
        tag("meta", attributes={"name": "viewport", "content": "width=device-width, initial-scale=1"}),
        tag("meta", attributes={"name": "generator", "content": "policyengine impact"}),
        tag("title", title),
        style(css),
    )
    main = tag("main")
    for number, measured in enumerate(impact.checks):
        add(main, *_check(impact, measured, f"check-{number}", first=number == 0))
    if impact.left_out:
        add(main, tag("h2", "Not measured"))
        add(main, tag("ul", *(tag("li", tag("code", e.check), f": {e.because}") for e in impact.left_out)))
    add(main, *_reading(impact))
    body = tag("body", _header(impact, title), main, _footer(impact))
    return written(tag("html", head, body, attributes={"lang": "en"}))


def _header(impact: Impact, title: str) -> Element:
    sides = tag(
        "div",
        tag("div", tag("b", "Before"), tag("span", side_words(impact.before)), class_="card"),
        tag("span", "→", attributes={"aria-hidden": "true"}, class_="arrow"),
        tag("div", tag("b", "After"), tag("span", side_words(impact.after)), class_="card"),
        class_="sides",
    )
    found = tag(
        "header", tag("h1", title), sides, tag("p", tag("b", "People: "), people_words(impact), class_="people")
    )
    if impact.population.synthetic:
        add(found, tag("p", impact.population.synthetic, class_="synthetic"))
    return found


def _footer(impact: Impact) -> Element:
    return tag(
        "footer",
        f"Made by policyengine impact. The people are those of {impact.population.name} as of {impact.on}, with both "
        "rules: that they grow older is no change of rules.",
    )


def _check(impact: Impact, measured: CheckImpact, identity: str, *, first: bool) -> Iterator[Element]:
    yield tag("h2", measured.title, " ", tag("code", measured.check, class_="dim"), class_="first" if first else "")
    if measured.by_fact is not None:
        yield tag("p", "The version goes by ", tag("code", measured.by_fact), " on both sides, not by the day.")
    if measured.missing:
        yield tag("p", "Unknown in all rows, as the table has no column for them: ", *_codes(measured.missing))
    yield _tiles(measured)
    yield tag("h3", "Outcomes")
    yield _figure(plots.outcomes_plot(measured, f"{identity}-outcomes"), wide=True)
    if measured.flow.changed:
        yield tag("h4", f"Those {measured.flow.changed:,} whose outcome changes")
        yield _figure(plots.flow_plot(measured, f"{identity}-flow"), wide=True)
    yield _scroll(_matrix(measured))
    yield from _causes(measured, identity)
    yield from _regions(measured, identity)
    yield from _near(measured, identity)
    yield from _cliffs(measured, identity)
    yield from _unreadable(measured)
    yield from _identity(impact, measured)


def _tiles(measured: CheckImpact) -> Element:
    tiles = [
        tag(
            "div",
            tag("strong", f"{measured.flow.of_kind(kind):,}"),
            tag("b", KINDS[kind]),
            tag(
                "div",
                f"{share(measured.flow.of_kind(kind), measured.flow.rows)}: {explained(measured, kind)}",
                class_="note",
            ),
            class_=f"tile {kind.value}",
        )
        for kind in changed_kinds(measured)
    ]
    return tag("div", *tiles, class_="tiles")


def _matrix(measured: CheckImpact) -> Element:
    flow = measured.flow
    there = [each for each in OUTCOMES if flow.before(each) or flow.after(each)]
    rows = {(each.before, each.after): each.rows for each in flow.transitions}
    head = tag("tr", tag("th", "before ↓, after →", attributes={"scope": "col"}))
    add(head, *(_head(outcome_words(measured, each)) for each in there), _head("before, in all"))
    body = []
    for before in there:
        line = tag("tr", tag("th", outcome_words(measured, before), attributes={"scope": "row"}))
        for after in there:
            moved = before != after and rows.get((before, after))
            add(line, tag("td", f"{rows.get((before, after), 0):,}", class_=f"number {'moved' if moved else 'same'}"))
        add(line, _number(flow.before(before)))
        body.append(line)
    last = tag("tr", tag("th", "after, in all", attributes={"scope": "row"}))
    add(last, *(_number(flow.after(each)) for each in there), _number(flow.rows))
    return tag("table", tag("thead", head), tag("tbody", *body, last))


def _causes(measured: CheckImpact, identity: str) -> Iterator[Element]:
    kinds = [kind for kind in changed_kinds(measured) if measured.flow.of_kind(kind)]
    if not kinds:
        return
    yield tag("h3", "What makes the difference")
    yield tag(
        "p",
        "A row counts for every requirement that made its outcome another one; the full part of a bar is rows to which "
        "no other requirement did. Each plot has its own scale.",
        class_="note",
    )
    for kind in kinds:
        yield tag("h4", f"Those who {KINDS[kind]}: {measured.flow.of_kind(kind):,}")
        yield _figure(plots.causes_plot(measured, kind, f"{identity}-{kind.value}"), wide=True)
    causes = [cause for kind in kinds for cause in measured.causes_of(kind)]
    said = {cause.requirement: cause for cause in causes if cause.requirement is not None}
    yield tag("ul", *(_said(cause) for cause in said.values()), class_="said")
    head = ("change", "requirement", "rows", "it alone", "most of them in")
    lines = [
        (KINDS[each.kind], each.requirement or OFFERING, each.rows, each.alone, _most_in(measured, each))
        for each in causes
    ]
    yield _details("The numbers", _table(head, lines))


def _most_in(measured: CheckImpact, cause: Cause) -> str:
    names = {region.region: region.name for region in measured.regions}
    shown = [f"{names.get(region, region or '')} {rows:,}" for region, rows in cause.regions[:3]]
    return ", ".join(shown) + (f" and {len(cause.regions) - 3} more" if len(cause.regions) > 3 else "")


def _said(cause: Cause) -> Element:
    line = tag("li", tag("code", cause.requirement or ""), " ")
    if cause.where:
        add(line, tag("span", f"in {cause.where}: ", class_="dim"))
    if cause.before == cause.after:
        add(line, cause.after or "")
    elif cause.before is None:
        add(line, tag("span", "new: ", class_="dim"), tag("ins", cause.after or ""))
    elif cause.after is None:
        add(line, tag("span", "gone: ", class_="dim"), tag("del", cause.before))
    else:
        add(line, tag("del", cause.before), " → ", tag("ins", cause.after))
    return line


def _regions(measured: CheckImpact, identity: str) -> Iterator[Element]:
    changed = [region for region in measured.regions if region.flow.changed]
    if not changed:
        return
    felt = [region for region in changed if region.flow.felt]
    yield tag("h3", "By region")
    if felt:
        yield tag("p", _key("loses", "lose"), _key("becomes_unknown", "become unknown"), _key("gains", "gain"))
        yield _figure(plots.regions_plot(felt, f"{identity}-regions"), wide=True)
    kinds = [kind for kind in changed_kinds(measured) if measured.flow.of_kind(kind)]
    head = ("region", "code", *(KINDS[kind] for kind in kinds), "rows")
    yield _details(f"All {len(changed):,} regions where something changes", _table(head, _region_lines(changed, kinds)))


def _region_lines(regions: Iterable[RegionFlow], kinds: Sequence[Kind]) -> Iterator[Sequence[str | int]]:
    for each in regions:
        yield (each.name, each.region or "", *(each.flow.of_kind(kind) for kind in kinds), each.flow.rows)


def _near(measured: CheckImpact, identity: str) -> Iterator[Element]:
    near = [each for each in measured.near_misses if each.after is not None]
    if not near:
        return
    yield tag("h3", "Near misses")
    yield tag(
        "p",
        "Who stands within 10 % of a threshold, rounded down to whole steps, and within one step at least. The full "
        f"part on the left is rows that would turn “{outcome_words(measured, 'met')}” if they passed: nothing else "
        "stands in their way.",
        class_="note",
    )
    yield _figure(plots.near_plot(near, f"{identity}-near"), wide=True)
    lines = []
    for each in measured.near_misses:
        for name, close in (("before", each.before), ("after", each.after)):
            if close is not None:
                lines.append(
                    (
                        each.requirement,
                        name,
                        f"{each.comparison} {values(close.thresholds)}",
                        f"± {values(close.margins)}",
                        close.just_fails,
                        close.would_turn,
                        close.just_passes,
                        close.fails,
                        close.passes,
                    )
                )
    head = ("requirement", "rules", "asks for", "margin", "just fail", "it alone", "just pass", "fail", "pass")
    yield _details("The numbers, before and after", _table(head, lines))


def _cliffs(measured: CheckImpact, identity: str) -> Iterator[Element]:
    if not measured.cliffs:
        return
    yield tag("h3", "Cliffs")
    yield tag(
        "p",
        f"The share that is “{outcome_words(measured, 'met')}” by the rules after, as one number moves and all else "
        "stays: every region’s own value moves alike. The thick stretch is the largest step.",
        class_="note",
    )
    yield tag(
        "div",
        *(
            tag(
                "figure",
                tag("figcaption", tag("b", each.title), tag("span", plots.jump_words(each), class_="note")),
                plots.cliff_plot(each, f"{identity}-cliff-{number}"),
                _details("The numbers", _points(measured, each)),
            )
            for number, each in enumerate(measured.cliffs)
        ),
        class_="cliffs",
    )


def _points(measured: CheckImpact, cliff: Cliff) -> Element:
    head = (cliff.parameter, *(outcome_words(measured, each) for each in ("met", "unmet", "unknown")))
    return _table(
        head,
        [
            (values(point.values) + (" ← now" if point.now else ""), point.met, point.unmet, point.unknown)
            for point in cliff.points
        ],
    )


def _unreadable(measured: CheckImpact) -> Iterator[Element]:
    if measured.unreadable:
        yield tag("h3", "Rows that cannot be read")
        yield tag("p", "They hold what a fact cannot be, and count nowhere else.", class_="note")
        lines = [(each.side, each.fact, each.rows) for each in measured.unreadable]
        yield _scroll(_table(("rules", "first fact that is wrong", "rows"), lines))


def _identity(impact: Impact, measured: CheckImpact) -> Iterator[Element]:
    yield tag("h3", "Which rules, which columns")
    for side, rules in ((impact.before, measured.before), (impact.after, measured.after)):
        name = "Before" if rules is measured.before else "After"
        yield tag("h4", f"{name}: {side_words(side)}")
        head = ("region", "policy files", "digest")
        yield (
            _scroll(_table(head, [_rules_line(each) for each in rules]))
            if rules
            else tag("p", "No rules: not offered.")
        )
    lines = [(fact, column) for fact, column in measured.columns.items()]
    yield _details("Which column holds which fact", _table(("fact", "column"), lines))


def _rules_line(rules: RulesInForce) -> Sequence[str]:
    return rules.region, " + ".join(rules.files), (rules.digest or "")[:12]


def _reading(impact: Impact) -> Iterator[Element]:
    yield tag("h2", "How to read this")
    for text in (*_LIMITS, f"Both rules see the people as of {impact.on}."):
        yield tag("p", text)


# pieces


def _table(head: Sequence[str], lines: Iterable[Sequence[str | int]]) -> Element:
    """Make a table; numbers stand to the right."""
    body = list(lines)
    numbers = {place for line in body for place, cell in enumerate(line) if isinstance(cell, int)}
    titles = (_head(each, number=place in numbers) for place, each in enumerate(head))
    rows = (tag("tr", *(_cell(cell, place) for place, cell in enumerate(line))) for line in body)
    return tag("table", tag("thead", tag("tr", *titles)), tag("tbody", *rows))


def _cell(cell: str | int, place: int) -> Element:
    if isinstance(cell, int):
        return _number(cell)
    return tag("th", cell, attributes={"scope": "row"}) if place == 0 else tag("td", cell)


def _head(text: str, *, number: bool = True) -> Element:
    return tag("th", text, attributes={"scope": "col"}, class_="number" if number else "")


def _number(number: int) -> Element:
    return tag("td", f"{number:,}", class_="number")


def _details(summary: str, content: Element) -> Element:
    return tag("details", tag("summary", summary), _scroll(content))


def _scroll(content: Element) -> Element:
    return tag("div", content, class_="scroll", attributes={"tabindex": 0, "role": "group", "aria-label": "table"})


def _figure(plot: Element, *, wide: bool) -> Element:
    if not wide:
        return tag("figure", plot)
    return tag("figure", plot, attributes={"tabindex": 0}, class_="wide")


def _key(kind: str, text: str) -> Element:
    square = tag("rect", attributes={"width": 12, "height": 12}, class_=kind)
    shown = tag("svg", square, attributes={"viewBox": "0 0 12 12", "aria-hidden": "true"})
    return tag("span", shown, text, class_="key")


def _codes(names: Sequence[str]) -> Iterator[Element | str]:
    for number, name in enumerate(names):
        yield from ([", "] if number else [])
        yield tag("code", name)


_LIMITS = (
    (
        "These are counts of the rows given, by exact rules. They say what the rules make of these people as they are, "
        "not what people will do: who changes how they act is not in here."
    ),
    (
        "Unknown is an outcome of its own: a fact that is missing, or a list that is not known in full, is not a no. "
        "Rows are not compared with each other: somebody who is in the table twice counts twice."
    ),
)
