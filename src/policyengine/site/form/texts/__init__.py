"""What the form says by itself, in each language: one TOML file a language, the same keys in all.

Gives: `texts`, by name; braces are filled in the page.
Never: repeats a word of `report.wording`, or holds one of a policy.
"""

from collections.abc import Mapping

from policyengine.site.words import words


def texts(language: str) -> Mapping[str, str]:
    """Give the texts of a language."""
    return words(__name__, language)
