"""A page of the site before it is HTML: where it stands, its title, its template, and what fills that.

Paths are the same in every language, and end with a slash: `programs/series/`; the home page is the empty path.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Page:
    """One page in one language; `fill` is called when the page is built.

    `about` describes it to search engines. `without` are the menus beside it that it needs the room of: `navigation`,
    `toc`. An `unsearched` page only repeats, for one region or as source, what other pages say. `reads` are the
    programs that the page speaks of, all of them when it is None.
    """

    path: str
    title: str
    template: str
    fill: Callable[[], Mapping[str, Any]]
    about: str = ""
    without: tuple[str, ...] = ()
    unsearched: bool = False
    reads: tuple[str, ...] | None = None
