"""The fixed words of the site: the same in every language, each one used, and English where a language has none."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import policyengine
from policyengine.site import texts as package
from policyengine.site.texts import texts

SITE = Path(policyengine.__file__).parent / "site"
LANGUAGES = sorted(path.stem for path in Path(package.__file__).parent.glob("*.toml"))


def entries(language: str) -> dict[str, str]:
    return {f"{section}.{key}": text for section, pairs in texts(language).items() for key, text in pairs.items()}


def braces(text: str) -> list[str]:
    return sorted(re.findall(r"\{\w+\}", text))


def test_every_language_has_the_same_texts_with_the_same_braces() -> None:
    english = {name: braces(text) for name, text in entries("en").items()}

    for language in LANGUAGES:
        assert {name: braces(text) for name, text in entries(language).items()} == english


def test_every_text_is_used() -> None:
    written = "\n".join(path.read_text("utf-8") for path in used())
    looked_up = {
        "certainty",
        "history.now",
        "history.past",
        "history.coming",
        "standing.in",
        "standing.out",
        "facts.boolean",
    }
    looked_up |= {f"sources.certainty_{key}" for key in texts("en")["certainty"]}

    unused = [
        name
        for name in entries("en")
        if name not in looked_up
        and name.partition(".")[0] not in looked_up
        and not re.search(rf"""\.{name.partition(".")[2]}\b|["']{name.partition(".")[2]}["']""", written)
    ]
    assert unused == []


def used() -> Iterator[Path]:
    yield from SITE.glob("templates/*.html")
    yield from SITE.glob("*.py")
    yield from SITE.glob("pages/*.py")
    yield from SITE.glob("plugin/*.py")


def test_a_language_without_texts_has_the_english_ones() -> None:
    found: Any = texts("xx")

    assert found == texts("en")
