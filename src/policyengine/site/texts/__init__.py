"""The fixed words of the docs site, in each language: one TOML file a language, the same keys in all.

Gives: `texts`, by page and name.
Never: holds a word of a policy; those are the author's.
"""

from collections.abc import Mapping
from typing import Any

from policyengine.site.words import words


def texts(language: str) -> Mapping[str, Any]:
    """Give the words of a language."""
    return words(__name__, language)
