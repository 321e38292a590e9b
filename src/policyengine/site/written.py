"""Pages written by hand: what is generated is put into them, and links that leave the pages become plain text.

Gives: `prepared`.
"""

import posixpath
import re
from collections.abc import Callable

from policyengine.site.operators import MARKER, operator_table

_LINK = re.compile(r"\[([^\]\[]+)\]\(([^)#\s:]+)(#[^)\s]*)?\)")
_CODE = re.compile(r"(^```.*?^```$)", re.DOTALL | re.MULTILINE)
_MODULES = re.compile(r"<!-- modules: (begin|end) -->\n")


def prepared(markdown: str, uri: str, language: str, outside: Callable[[str], bool]) -> str:
    """Prepare a page's Markdown for the site.

    `uri` is its path in the sources; `outside` says whether a path from their folder is a file of the project that is
    no page. Links to anything else stay, so that MkDocs tells those that lead nowhere.
    """

    def linked(link: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(uri), link[2]))
        return link[1] if target.startswith("..") and outside(target) else link[0]

    parts = _CODE.split(_MODULES.sub("", markdown))
    text = "".join(part if number % 2 else _LINK.sub(linked, part) for number, part in enumerate(parts))
    return text.replace(MARKER, operator_table(language))
