"""The fixed words of the docs site, in each language: one TOML file a language, the same keys in all.

Gives: `texts`; a language without a file has the English ones.
Never: holds a word of a policy; those are the author's.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

ENGLISH = "en"


@cache
def texts(language: str) -> Mapping[str, Any]:
    """Give the words of a language, by page and name."""
    folder = files(__name__)
    file = folder.joinpath(f"{language}.toml")
    found = file if file.is_file() else folder.joinpath(f"{ENGLISH}.toml")
    return tomllib.loads(found.read_text("utf-8"))
