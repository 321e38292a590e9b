"""HTML and SVG as trees: whatever a text holds, it is text.

Gives: `tag` makes an element, `written` writes a page.
Never: joins strings to markup.
"""

from collections.abc import Mapping
from xml.etree.ElementTree import Element, tostring

from policyengine.report.page import harmless

Attributes = Mapping[str, str | int | float]


def tag(name: str, *children: Element | str, attributes: Attributes | None = None, class_: str = "") -> Element:
    """Make an element with what is in it.

    >>> tostring(tag("p", "a < b", tag("b", "!"), class_="x"), "unicode")
    '<p class="x">a &lt; b<b>!</b></p>'
    """
    made = Element(name, {"class": class_} if class_ else {})
    for key, value in (attributes or {}).items():
        made.set(key, _number(value) if isinstance(value, float) else harmless(str(value)))
    add(made, *children)
    return made


def add(parent: Element, *children: Element | str) -> None:
    """Put more into an element, behind what is in it."""
    for child in children:
        if isinstance(child, Element):
            parent.append(child)
        elif len(parent):
            parent[-1].tail = (parent[-1].tail or "") + harmless(child)
        else:
            parent.text = (parent.text or "") + harmless(child)


def written(page: Element) -> str:
    """Write a whole page."""
    return "<!doctype html>\n" + tostring(page, "unicode", method="html") + "\n"


def style(text: str) -> Element:
    """Make the element for a style sheet of ours."""
    made = Element("style")
    made.text = text
    return made


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
