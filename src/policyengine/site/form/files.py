"""The files that every page with a form shares: scripts and styles, as they stand beside this module.

Gives: `form_scripts` and `form_styles`, by the path that each has beside the programs' modules.
"""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable


def form_scripts() -> Mapping[str, str]:
    """Give the form's ES modules: `check-yourself.js`, which a page loads, and what it imports."""
    return _texts("scripts", ".js")


def form_styles() -> Mapping[str, str]:
    """Give the form's style sheet."""
    return _texts("styles", ".css")


def _texts(folder: str, ending: str) -> Mapping[str, str]:
    found = _walk(files("policyengine.site.form").joinpath(folder), "")
    return {path: file.read_text("utf-8") for path, file in sorted(found) if path.endswith(ending)}


def _walk(folder: Traversable, before: str) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        path = f"{before}{entry.name}"
        if entry.is_dir():
            yield from _walk(entry, f"{path}/")
        else:
            yield path, entry
