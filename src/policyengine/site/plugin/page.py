"""A page of the policies as MkDocs has pages: it renders itself, and its texts never pass through Markdown."""

import re
from collections.abc import Mapping, Sequence
from html import escape

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import get_plugin_logger
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page as SitePage
from mkdocs.structure.toc import AnchorLink, TableOfContents

from policyengine.site.links import Links
from policyengine.site.pages import Page
from policyengine.site.render import Heading, render
from policyengine.site.view import View

log = get_plugin_logger("policyengine")

_ANCHOR = re.compile(r' id="([^"]+)"')


class PolicyPage(SitePage):
    """A page whose content is a rendered template."""

    def __init__(self, page: Page, view: View, file: File, config: MkDocsConfig, urls: Mapping[str, str]) -> None:
        """Stand in a file's place; `urls` are the addresses of the language's pages, complete before it is rendered."""
        super().__init__(None, file, config)
        self._page = page
        self._view = view
        self._urls = urls

    def read_source(self, config: MkDocsConfig) -> None:  # noqa: ARG002 -- MkDocs' call
        """Set the title and the rest that a page of Markdown says at its top; themes put it into HTML as it is."""
        self.markdown = ""
        self.meta = {"title": escape(self._page.title)}
        if self._page.about:
            self.meta["description"] = escape(self._page.about)
        if self._page.without:
            self.meta["hide"] = list(self._page.without)
        if self._page.unsearched:
            self.meta["search"] = {"exclude": True}

    def render(self, config: MkDocsConfig, files: Files) -> None:  # noqa: ARG002 -- MkDocs' call
        """Fill the template; a link to a page that does not exist is a warning, and so ends a strict build."""
        links = Links(self._urls, self.url)
        rendered = render(self._page, self._view, links)
        for path in links.broken:
            log.warning("%s links to a page that does not exist: %s", self.file.src_uri, path)
        self.content = rendered.html
        self.toc = _toc(rendered.headings)
        self.present_anchor_ids = set(_ANCHOR.findall(rendered.html))


class _KeptFile(File):
    def is_documentation_page(self) -> bool:
        return False


def kept_file(config: MkDocsConfig, file: File, html: str) -> File:
    """Give the finished page of a file: it is written as it is, and links still find it by its path in the sources."""
    kept = _KeptFile.generated(config, file.src_uri, content=html, inclusion=file.inclusion)
    kept.dest_uri = file.dest_uri
    return kept


def _toc(headings: Sequence[Heading]) -> TableOfContents:
    """Make a table of contents: headings of level 3 below those of level 2."""
    found: list[AnchorLink] = []
    for heading in headings:
        link = AnchorLink(escape(heading.text), heading.anchor, heading.level)
        if heading.level > 2 and found:
            found[-1].children.append(link)
        else:
            found.append(link)
    return TableOfContents(found)
