"""The files of the policies, line by line: what every number and rule links to."""

from collections.abc import Iterator, Mapping
from typing import Any

from policyengine.model.span import Source
from policyengine.site.highlight import highlighted
from policyengine.site.pages.page import Page
from policyengine.site.view import View


def file_path(path: str) -> str:
    """Give the path of the page that shows a file: `policies/series/world/2024-05-01/`."""
    return f"policies/{path.removesuffix('.yaml')}/"


def file_pages(view: View) -> Iterator[Page]:
    """Give a page for each file that a value may come from."""
    for path, source in view.book.sources.items():
        yield _page(view, path, source)


def _page(view: View, path: str, source: Source) -> Page:
    def fill() -> Mapping[str, Any]:
        file = view.book.files.get(source.path)
        texts = view.texts["file"]
        effective = None
        if file is not None:
            effective = texts["effective"].format(day=view.day(file.effective), region=view.region(file.region.text))
        return {"path": path, "lines": highlighted(source.text), "effective": effective}

    folder = path.partition("/")[0]
    reads = (folder,) if folder in view.book.programs else ()
    return Page(file_path(path), path, "file.html", fill, without=("navigation", "toc"), unsearched=True, reads=reads)
