"""The words about each diagnostic, for policy authors: what is wrong, why it is refused, how to mend it.

Reads: `<language>.toml` beside this module; a language without such a file has the English words.
Gives: `explanations`, by code, in the order of `CODES`.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from policyengine.model.diagnostic import CODES, Severity
from policyengine.site.diagnostics.examples import Example, examples


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
    words = _words(language)
    return {
        code: Explanation(
            code,
            **words[code],
            severities=_SEVERITIES.get(code, (Severity.ERROR,)),
            examples=examples().get(code, ()),
        )
        for code in CODES
    }


def _words(language: str) -> dict[str, dict[str, str]]:
    """Read a language's file, found by its name in the folder: no language names a file elsewhere."""
    files = {path.stem: path for path in Path(__file__).parent.glob("*.toml") if path.stem != "examples"}
    return tomllib.loads(files.get(language, files["en"]).read_text("utf-8"))


_SEVERITIES = {
    "missing-translation": (Severity.WARNING,),
    "unused": (Severity.WARNING,),
    # never met is an error, always met a warning
    "unreachable": (Severity.ERROR, Severity.WARNING),
}
"""Those that are not errors always."""
