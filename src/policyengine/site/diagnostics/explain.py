"""The words about each diagnostic, for policy authors: what is wrong, why it is refused, how to mend it.

Reads: `texts/<language>.toml`; a language without such a file has the English words.
Gives: `explanations`, by code, in the order of `CODES`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from policyengine.model.diagnostic import CODES, Severity
from policyengine.site.diagnostics.examples import Example, examples
from policyengine.site.words import words


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a code is about. The texts are plain, but for words in backticks.

    `severities` are those it has by itself; under `--strict` every warning is an error.
    """

    code: str
    title: str
    means: str
    why: str
    mend: str
    severities: tuple[Severity, ...]
    examples: tuple[Example, ...]


@cache
def explanations(language: str) -> Mapping[str, Explanation]:
    """Explain every code in a language.

    >>> explanations("en")["unknown-fact"].title
    'No such fact is declared'
    """
    said = words("policyengine.site.diagnostics.texts", language)
    return {
        code: Explanation(
            code,
            **said[code],
            severities=_SEVERITIES.get(code, (Severity.ERROR,)),
            examples=examples().get(code, ()),
        )
        for code in CODES
    }


_SEVERITIES = {
    "missing-translation": (Severity.WARNING,),
    "unused": (Severity.WARNING,),
    # never met is an error, always met a warning
    "unreachable": (Severity.ERROR, Severity.WARNING),
}
"""Those that are not errors always."""
