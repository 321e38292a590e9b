"""Menus as MkDocs has them: sections, pages and links, each knowing what it stands in."""

from collections.abc import Sequence
from html import escape
from urllib.parse import urlsplit

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort
from mkdocs.structure import StructureItem
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Link, Navigation, Section
from mkdocs.structure.pages import Page as SitePage

from policyengine.site.menus import Entry


def navigation(menu: Sequence[Entry], files: Files, config: MkDocsConfig, home: str) -> Navigation:
    """Lay out a language's menu; `home` is its folder. Raises `Abort` for a page that does not exist."""
    items = [_item(line, files, config, home) for line in menu]
    found = Navigation(items, _linked(items, None))
    # MkDocs knows only the first language's; a site's name leads to it
    found.homepage = next((page for page in found.pages if page.file.src_uri == f"{home}index.md"), found.homepage)
    return found


def _item(line: Entry, files: Files, config: MkDocsConfig, home: str) -> StructureItem:
    title = escape(line.title) if line.title is not None else None
    if line.path is None:
        return Section(title or "", [_item(one, files, config, home) for one in line.below])
    file = files.get_file_from_path(line.path)
    if file is None and any(urlsplit(line.path)[:2]):
        return Link(title or line.path, line.path)
    if file is None:
        raise Abort(f"`nav` names `{line.path}`, and there is no such page")
    if not line.path.startswith(home):  # a page of another language stands in that one's menu
        return Link(title or line.path, file.url)
    page = file.page or SitePage(title, file, config)
    if title is not None:
        page.title = title
    return page


def _linked(items: Sequence[StructureItem], parent: Section | None) -> list[SitePage]:
    """Tell every item what it stands in, and give the pages in their order."""
    found: list[SitePage] = []
    for item in items:
        item.parent = parent
        if isinstance(item, Section):
            found += _linked(item.children, item)
        elif isinstance(item, SitePage):
            found.append(item)
    return found
