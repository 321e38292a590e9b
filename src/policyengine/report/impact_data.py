"""An impact as plain data, for JSON: every number that the page and the terminal show, and those that they leave out.

Reads: an `Impact`.
Gives: `impact_data`; docs/impact.md says what each key means.
"""

from collections.abc import Sequence
from typing import Any

from policyengine.impact.figures import (
    Cause,
    CheckImpact,
    Cliff,
    Close,
    Flow,
    Impact,
    Kind,
    NearMisses,
    Point,
    RulesInForce,
    SideNote,
    Worth,
)


def impact_data(impact: Impact) -> dict[str, Any]:
    """Give an impact as plain data."""
    return {
        "program": impact.program,
        "title": impact.title,
        "on": impact.on.isoformat(),
        "population": {
            "name": impact.population.name,
            "rows": impact.population.rows,
            "synthetic": impact.population.synthetic,
        },
        "before": _side(impact.before),
        "after": _side(impact.after),
        "checks": [_check(each) for each in impact.checks],
        "left_out": [{"check": each.check, "because": each.because} for each in impact.left_out],
    }


def _side(note: SideNote) -> dict[str, Any]:
    return {"kind": note.kind, "label": note.label, "folder": note.folder, "day": note.day.isoformat()}


def _check(measured: CheckImpact) -> dict[str, Any]:
    return {
        "check": measured.check,
        "title": measured.title,
        "reads": dict(measured.reads),
        "facts": dict(measured.columns),
        "missing": list(measured.missing),
        "version_by": measured.by_fact,
        "rules": {"before": _rules(measured.before), "after": _rules(measured.after)},
        **_flow(measured.flow),
        "regions": [{"region": each.region, "name": each.name, **_flow(each.flow)} for each in measured.regions],
        "causes": [_cause(each) for each in measured.causes],
        "unreadable": [{"side": each.side, "fact": each.fact, "rows": each.rows} for each in measured.unreadable],
        "near_misses": [_near(each) for each in measured.near_misses],
        "cliffs": [_cliff(each) for each in measured.cliffs],
    }


def _rules(listed: Sequence[RulesInForce]) -> list[dict[str, Any]]:
    return [{"region": each.region, "files": list(each.files), "digest": each.digest} for each in listed]


def _flow(flow: Flow) -> dict[str, Any]:
    return {
        "rows": flow.rows,
        "changes": {kind.value: flow.of_kind(kind) for kind in Kind},
        "outcomes": [{"before": each.before, "after": each.after, "rows": each.rows} for each in flow.transitions],
    }


def _cause(cause: Cause) -> dict[str, Any]:
    return {
        "change": cause.kind.value,
        "requirement": cause.requirement,
        "rows": cause.rows,
        "alone": cause.alone,
        "words": {"before": cause.before, "after": cause.after, "region": cause.where},
        "regions": [{"region": region, "rows": rows} for region, rows in cause.regions],
    }


def _near(near: NearMisses) -> dict[str, Any]:
    return {
        "requirement": near.requirement,
        "comparison": near.number,
        "operator": near.comparison,
        "parameter": near.parameter,
        "words": near.words,
        "before": _close(near.before),
        "after": _close(near.after),
    }


def _close(close: Close | None) -> dict[str, Any] | None:
    if close is None:
        return None
    return {
        "thresholds": _worths(close.thresholds),
        "margins": _worths(close.margins),
        "passes": close.passes,
        "fails": close.fails,
        "just_passes": close.just_passes,
        "just_fails": close.just_fails,
        "would_turn": close.would_turn,
    }


def _cliff(cliff: Cliff) -> dict[str, Any]:
    return {
        "parameter": cliff.parameter,
        "title": cliff.title,
        "rows": cliff.rows,
        "points": [_point(each) for each in cliff.points],
        "jump": None
        if cliff.jump is None
        else {"from": cliff.jump.start, "to": cliff.jump.end, "met": cliff.jump.rows},
    }


def _point(point: Point) -> dict[str, Any]:
    return {
        "moved": point.moved,
        "now": point.now,
        "values": _worths(point.values),
        "met": point.met,
        "unmet": point.unmet,
        "unknown": point.unknown,
    }


def _worths(listed: Sequence[Worth]) -> list[dict[str, Any]]:
    return [{"value": each.literal, "words": each.text, "regions": list(each.regions)} for each in listed]
