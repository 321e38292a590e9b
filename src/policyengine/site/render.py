"""Pages become HTML. Jinja's home: every text is escaped by its environment, not by whoever writes a template.

Reads: a `Page`, its `View`, where other pages are.
Gives: `render`: the HTML, and its headings for a table of contents.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import jinja2
from markupsafe import Markup

from policyengine.site.links import Links
from policyengine.site.pages.files import file_path
from policyengine.site.pages.page import Page
from policyengine.site.parts import Place
from policyengine.site.view import View


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading that a page has: 2 or 3 deep, its anchor, its text."""

    level: int
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A page as HTML, with its headings."""

    html: str
    headings: tuple[Heading, ...]


@dataclass(slots=True)
class _Headings:
    """Writes headings, and remembers them."""

    found: list[Heading] = field(default_factory=list)

    def __call__(self, level: int, anchor: str, text: str) -> Markup:
        self.found.append(Heading(level, anchor, text))
        return Markup('<h{0} id="{1}">{2}</h{0}>').format(level, anchor, text)


def render(page: Page, view: View, links: Links) -> Rendered:
    """Fill a page's template."""
    headings = _Headings()
    html = (
        _environment()
        .get_template(page.template)
        .render(
            page=page,
            t=view.texts,
            ours=view.ours,
            v=view,
            language=view.language,
            link=links.page,
            asset=links.asset,
            feed=links.beside_home("feed.xml"),
            place=lambda place: _place(place, links),
            heading=headings,
            **page.fill(),
        )
    )
    return Rendered(html, tuple(headings.found))


def _place(place: Place, links: Links) -> str:
    """Give the address of a line of a policy file."""
    return f"{links.page(file_path(place.path))}#L-{place.line}"


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("policyengine.site"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["code"] = _code
    environment.filters["script_json"] = _script_json
    return environment


def _code(text: str) -> Markup:
    """Show what stands in backticks as code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return Markup.escape(text)
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if number % 2 else Markup.escape(part)
        for number, part in enumerate(parts)
    )


def _script_json(data: Mapping[str, Any]) -> Markup:
    """Write data as JSON that may stand inside a script element."""
    return jinja2.utils.htmlsafe_json_dumps(data)
