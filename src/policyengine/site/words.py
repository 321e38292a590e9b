"""Words that are ours, from TOML files beside a package: one file a language.

Gives: `words`; a language without a file has the English ones.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

ENGLISH = "en"


@cache
def words(package: str, language: str) -> Mapping[str, Any]:
    """Read a language's file, found by its name in the folder of the package: no language names a file elsewhere."""
    found = {file.name: file for file in files(package).iterdir() if file.name.endswith(".toml")}
    return tomllib.loads(found.get(f"{language}.toml", found[f"{ENGLISH}.toml"]).read_text("utf-8"))
