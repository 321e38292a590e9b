"""Regions side by side: which numbers differ, on a day."""

from collections.abc import Mapping
from typing import Any

from policyengine.model.checked import CheckedPolicy, Parameter
from policyengine.site.book import Interval
from policyengine.site.pages.page import Page
from policyengine.site.view import View


def compare_page(view: View) -> Page:
    """Compare the regions that have rules of their own, for every program; a script shows other days."""
    texts = view.texts["compare"]
    return Page(
        "compare/", texts["title"], "compare.html", lambda: _fill(view), texts["lead"], without=("navigation", "toc")
    )


def _fill(view: View) -> Mapping[str, Any]:
    programs = [_program(view, program) for program in view.book.programs]
    return {"programs": programs, "day": view.book.today, "history": {one["name"]: one["history"] for one in programs}}


def _program(view: View, program: str) -> dict[str, Any]:
    regions = view.book.layered(program)
    columns = list(
        dict.fromkeys(
            name
            for region in regions
            for interval in reversed(view.book.timeline(program, region))  # what holds last stands first
            if isinstance(interval, CheckedPolicy)
            for name in interval.parameters
        )
    )
    names = [(region, view.region(region)) for region in regions]
    history = {
        region: [_values(view, interval, columns) for interval in view.book.timeline(program, region)]
        for region in regions
    }
    held = {region: _held(history[region], view.book.today.isoformat()) for region in regions}
    return {
        "name": program,
        "title": view.program(program),
        "columns": [(name, view.parameter(program, name) or name) for name in columns],
        "regions": names,
        "root": view.book.root,
        "held": held,
        "shown": _shown(list(held.values()), len(columns)),
        "history": {"root": view.book.root, "regions": history},
    }


def _shown(rows: list[list[list[str] | None] | None], columns: int) -> list[bool]:
    """Say which columns have a value in any row; where nothing is offered at all, the first one says so."""
    offered = [row for row in rows if row is not None]
    if not offered:
        return [column == 0 for column in range(columns)]
    return [any(row[column] is not None for row in offered) for column in range(columns)]


def _values(view: View, interval: Interval, columns: list[str]) -> dict[str, Any]:
    """Write the values of an interval, each with what tells it from others that read the same: `53 regions`."""
    policy = interval if isinstance(interval, CheckedPolicy) else None
    values = [
        _value(view, policy.parameters[name]) if policy is not None and name in policy.parameters else None
        for name in columns
    ]
    return {
        "start": interval.start.isoformat(),
        "end": interval.end.isoformat() if interval.end is not None else None,
        "values": values if policy is not None else None,
    }


def _value(view: View, parameter: Parameter) -> list[str]:
    listed = ", ".join(sorted(map(str, parameter.raw))) if isinstance(parameter.raw, tuple) else ""
    return [view.value(parameter), listed]


def _held(history: list[dict[str, Any]], day: str) -> list[list[str] | None] | None:
    """Give the values that hold on a day, as year-month-day; None when nothing is offered."""
    return next(
        (one["values"] for one in history if one["start"] <= day and (one["end"] is None or day < one["end"])), None
    )
