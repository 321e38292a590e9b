"""The list of regions, and a region with all programs."""

from collections.abc import Iterator, Mapping
from typing import Any

from policyengine.model.checked import CheckedPolicy
from policyengine.site.history import differences, versions
from policyengine.site.pages.page import Page
from policyengine.site.parts import ChangeLine
from policyengine.site.standing import standings
from policyengine.site.view import View


def region_pages(view: View) -> Iterator[Page]:
    """Give the list of regions, and a page for each one that any program names."""
    yield Page(
        "regions/",
        view.texts["regions"]["title"],
        "regions.html",
        lambda: _list(view),
        view.texts["regions"]["lead"],
        without=("navigation", "toc"),
    )
    for region in view.book.named:
        yield _region_page(view, region)


def _list(view: View) -> Mapping[str, Any]:
    regions = [region for region in view.book.policies.compiled.tree.parents if region != view.book.root]
    rows = sorted(((view.region(region), region) for region in regions), key=lambda row: row[0])
    named = [row for row in rows if row[1] in view.book.named]
    others = [(region, name) for name, region in rows if region not in view.book.named]
    return {
        "programs": [(name, view.program(name)) for name in view.book.programs],
        "named": [(region, name, _cells(view, region)) for name, region in named],
        "others": others,
        # nothing names any of them, so that what holds for one holds for all
        "elsewhere": _cells(view, others[0][0]) if others else [],
        "region_facts": list(dict.fromkeys(c.region_by.text for p in view.book.programs.values() for c in p.checks)),
    }


def _cells(view: View, region: str) -> list[dict[str, Any]]:
    return [_cell(view, program, region) for program in view.book.programs]


def _cell(view: View, program: str, region: str) -> dict[str, Any]:
    """Say of a program in a region, in a word or two, what is known."""
    now = view.book.now(program, region)
    if not isinstance(now, CheckedPolicy):
        return {"kind": "none", "own": False}
    kinds = [standing.kind for standing in standings(view, program, region)]
    kind = next((kind for kind in ("out", "unknown", "in") if kind in kinds), "anywhere")
    return {"kind": kind, "own": region in view.book.layered(program)}


def _region_page(view: View, region: str) -> Page:
    name = view.region(region)

    def fill() -> Mapping[str, Any]:
        book = view.book
        return {
            "region": region,
            "region_name": name,
            "checks": [f"{key}/{program.checks[0].name}" for key, program in book.programs.items()],
            "programs": [_program(view, program, region) for program in book.programs],
        }

    return Page(
        f"regions/{region}/",
        name,
        "region.html",
        fill,
        view.texts["region"]["lead"].format(region=name),
        ("navigation",),
    )


def _differs(view: View, program: str, policy: CheckedPolicy | None) -> tuple[ChangeLine, ...]:
    """Say what the region has instead of what holds in the world."""
    wide = view.book.now(program, view.book.root)
    return differences(view, wide, policy) if policy is not None and isinstance(wide, CheckedPolicy) else ()


def _program(view: View, program: str, region: str) -> dict[str, Any]:
    book = view.book
    now = book.now(program, region)
    policy = now if isinstance(now, CheckedPolicy) else None
    numbers = view.numbers(policy, view.chain(program, region, book.today)) if policy is not None else ()
    return {
        "name": program,
        "title": view.program(program),
        "days": view.days(policy) if policy is not None else None,
        "withdrawn": view.text(now.file.summary) if now is not None and not isinstance(now, CheckedPolicy) else None,
        "standings": standings(view, program, region),
        "differs": _differs(view, program, policy),
        "coming": [version for version in versions(view, program, region) if version.state == "coming"],
        "numbers": [number for number in numbers if not number.regions],
        "page": f"programs/{program}/{region}/",
    }
