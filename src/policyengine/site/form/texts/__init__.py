"""What the form says by itself, in each language: one TOML file a language, the same keys in all.

Gives: `texts`; a language without a file has the English ones.
Never: repeats a word of `report.wording`, or holds one of a policy.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

ENGLISH = "en"


@cache
def texts(language: str) -> Mapping[str, str]:
    """Give the texts of a language by name; braces are filled in the page."""
    folder = files(__name__)
    file = folder.joinpath(f"{language}.toml")
    found = file if file.is_file() else folder.joinpath(f"{ENGLISH}.toml")
    return tomllib.loads(found.read_text("utf-8"))
