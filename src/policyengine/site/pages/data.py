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
        files = list(copies(view.book))
        return {
            "timelines": [name for name in files if name.endswith("/timeline.json")],
            "policies": [name for name in files if name.count("/") == 3 and not name.endswith("/timeline.json")],
            "modules": [f"assets/policyengine/programs/{name}.js" for name in view.book.programs],
        }

    return Page("data/", texts["title"], "data.html", fill, texts["lead"])
