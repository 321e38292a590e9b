"""A feed of policy changes, in Atom (RFC 4287).

Reads: a `View`, the address of the site when it is known.
Gives: `feed`.
"""

import re
import uuid
from collections.abc import Mapping
from xml.etree import ElementTree

from policyengine.site.history import events
from policyengine.site.parts import Event
from policyengine.site.view import View

_ATOM = "http://www.w3.org/2005/Atom"
_MOST = 50


def feed(view: View, site_url: str, home: str, urls: Mapping[str, str]) -> str:
    """Write the latest changes; `home` is the language's root within the site, `urls` are the pages' addresses by path.

    Without the address of the site, links are relative to the feed.

    Ids are name-based (RFC 4122): an entry keeps its own whatever the site's address is.
    """

    def address(path: str) -> str:
        return site_url + urls[path] if site_url else urls[path].removeprefix(home)

    found = events(view)[:_MOST]
    root = ElementTree.Element("feed", {"xmlns": _ATOM, "xml:lang": view.language})
    _add(root, "title", view.texts["changes"]["title"])
    _add(root, "id", _id(f"feed/{view.language}"))
    _add(root, "updated", _time(found[0]) if found else "1970-01-01T00:00:00Z")
    ElementTree.SubElement(root, "link", {"rel": "alternate", "href": address("changes/")})
    author = ElementTree.SubElement(root, "author")
    _add(author, "name", "policyengine")
    for event in found:
        entry = ElementTree.SubElement(root, "entry")
        _add(entry, "title", _title(event))
        _add(entry, "id", _id(event.place.path))
        _add(entry, "updated", _time(event))
        _add(entry, "summary", event.summary)
        page = f"programs/{event.program}/" + (f"{event.region}/" if event.narrower else "")
        href = f"{address(page)}#v-{event.day.isoformat()}"
        ElementTree.SubElement(entry, "link", {"rel": "alternate", "href": href})
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _title(event: Event) -> str:
    return f"{event.program_title} · {event.region_name} · {event.day_words}"


def _time(event: Event) -> str:
    return f"{event.day.isoformat()}T00:00:00Z"


def _id(name: str) -> str:
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'policyengine/{name}')}"


def _add(parent: ElementTree.Element, tag: str, text: str) -> None:
    # XML 1.0 cannot hold these characters, not even escaped
    ElementTree.SubElement(parent, tag).text = _REFUSED.sub("", text)


_REFUSED = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
