"""Pages written by hand: what is generated is put into them, and links that leave the pages become plain text.

Gives: `prepared`.
"""

import posixpath
import re
from collections.abc import Callable

from policyengine.site.operators import MARKER, operator_table

_LINK = re.compile(r"\[([^\]\[]+)\]\(([^)#\s:]+)(#[^)\s]*)?\)")
_MODULES = re.compile(r"<!-- modules: (begin|end) -->\n")


def prepared(markdown: str, uri: str, language: str, exists: Callable[[str], bool]) -> str:
    """Prepare a page's Markdown for the site; `uri` is its path in the sources, `exists` knows the others."""

    def linked(link: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(uri), link[2]))
        return link[0] if exists(target) or not target.startswith("..") else link[1]

    return _MODULES.sub("", _LINK.sub(linked, markdown)).replace(MARKER, operator_table(language))
