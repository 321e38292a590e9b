"""YAML with colours, as HTML. Pygments' home."""

from functools import lru_cache

from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexers.data import YamlLexer

_FORMATTER = HtmlFormatter(linenos="inline", lineanchors="L", anchorlinenos=True, cssclass="pe-file highlight")


@lru_cache(maxsize=1_000)
def highlighted(text: str) -> str:
    """Give a text as HTML, escaped; line 12 has the anchor `L-12`."""
    return highlight(text, YamlLexer(), _FORMATTER)
