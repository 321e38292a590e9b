"""What there is for machines."""

from collections.abc import Mapping
from typing import Any

from policyengine.site.copies import copies
from policyengine.site.pages.page import Page
from policyengine.site.view import View


def data_page(view: View) -> Page:
    """List the JSON copies, the feeds and the modules."""
    texts = view.texts["data"]

    def fill() -> Mapping[str, Any]:
        programs = {name: view.program(name) for name in view.book.programs}
        return {
            "programs": [(title, _copies(view, name)) for name, title in programs.items()],
            "modules": [(title, f"assets/policyengine/programs/{name}.js") for name, title in programs.items()],
        }

    return Page("data/", texts["title"], "data.html", fill, texts["lead"])


def _copies(view: View, program: str) -> list[dict[str, Any]]:
    """Give of each region with files of its own the timeline, and the policy of each version by its first day."""
    found = copies(view.book)
    rows = []
    for region in view.book.layered(program):
        folder = f"data/{program}/{region}"
        starts = [interval.start for interval in view.book.timeline(program, region)]
        policies = [(view.day(start), f"{folder}/{start.isoformat()}.json") for start in starts]
        offered = [(day, name) for day, name in policies if name in found]
        rows.append({"region": view.region(region), "timeline": f"{folder}/timeline.json", "policies": offered})
    return rows
