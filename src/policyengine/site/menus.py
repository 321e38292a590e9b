"""The menus: of each language, the pages of the policies, then those written by hand.

Reads: `View`s, the `nav` of `mkdocs.yml`.
Gives: `menu`, as plain titles with paths in the sources; a title leads to a path, or to titles below it; `paths`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from policyengine.site.view import View


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a menu: a page (`path` within the sources), or a title with lines below it."""

    title: str | None
    path: str | None = None
    below: tuple["Entry", ...] = ()


def menu(
    view: View, home: str, written: Sequence[Any], titles: Mapping[str, str], exists: Callable[[str], bool]
) -> tuple[Entry, ...]:
    """Lay out a language's menu.

    A page written by hand stands in the language's own folder when it is there, else in the first language's; its
    titles are looked up in `titles`.
    """
    return (*_generated(view, home), *_written(written, home, titles, exists))


def paths(lines: Iterable[Entry]) -> set[str]:
    """Give the paths of all pages of a menu."""
    found: set[str] = set()
    for line in lines:
        found |= paths(line.below) if line.path is None else {line.path}
    return found


def _generated(view: View, home: str) -> Iterator[Entry]:
    nav = view.texts["nav"]
    programs = [Entry(view.program(name), f"{home}programs/{name}/index.md") for name in view.book.programs]
    yield Entry(nav["home"], f"{home}index.md")
    yield Entry(nav["programs"], below=(Entry(nav["programs"], f"{home}programs/index.md"), *programs))
    for name in ("regions", "compare", "changes"):
        yield Entry(nav[name], f"{home}{name}/index.md")
    reference = ("facts", "sources", "diagnostics", "data")
    yield Entry(nav["reference"], below=tuple(Entry(nav[name], f"{home}{name}/index.md") for name in reference))


def _written(
    found: Sequence[Any], home: str, titles: Mapping[str, str], exists: Callable[[str], bool]
) -> Iterator[Entry]:
    """Read a `nav` as MkDocs does: paths, and titles of one path or of several lines."""
    for item in found:
        for title, value in item.items() if isinstance(item, dict) else ((None, item),):
            shown = titles.get(title, title) if title is not None else None
            if isinstance(value, list):
                yield Entry(shown, below=tuple(_written(value, home, titles, exists)))
            else:
                own = f"{home}{value}"
                yield Entry(shown, own if exists(own) else value)
