"""Pages of the last build that nothing has changed for: `mkdocs serve` copies them instead of making them again.

Gives: `Keeper`, which lives through all rebuilds; it holds finished pages, and what search found in them.
`CompiledTemplates` holds the theme's templates, which MkDocs compiles anew for every build.
"""

import json
from collections.abc import Hashable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2.bccache import Bucket, BytecodeCache

from policyengine.site.search import INDEX


@dataclass
class Keeper:
    """Finished pages by their path in the site, each with all that it was made from."""

    _made: dict[str, tuple[Hashable, str]] = field(default_factory=dict)
    _kept: set[str] = field(default_factory=set)
    """The pages that this build copies."""
    _found: list[dict[str, Any]] = field(default_factory=list)
    """The entries of the last build's search index."""

    def start(self) -> None:
        """Begin a build."""
        self._kept = set()

    def page(self, url: str, made_from: Hashable) -> str | None:
        """Give a page of the last build, if it was made from the same; None when it must be made."""
        before, html = self._made.get(url, (None, ""))
        if before != made_from:
            return None
        self._kept.add(url)
        return html

    def keep(self, url: str, made_from: Hashable, html: str) -> None:
        """Remember a page that was made."""
        self._made[url] = (made_from, html)

    def complete_search(self, site: Path) -> None:
        """Put what search found in the copied pages back into the index: it has only seen the pages that were made."""
        path = site / INDEX
        if not path.is_file():
            return
        index = json.loads(path.read_text("utf-8"))
        index["docs"] += [entry for entry in self._found if entry["location"].partition("#")[0] in self._kept]
        self._found = index["docs"]
        path.write_text(json.dumps(index, separators=(",", ":")), "utf-8")


class CompiledTemplates(BytecodeCache):
    """Templates by a key that tells their names and texts apart."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill a bucket, if its template was compiled before."""
        if bucket.key in self._compiled:
            bucket.bytecode_from_string(self._compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Remember a compiled template."""
        self._compiled[bucket.key] = bucket.bytecode_to_string()
