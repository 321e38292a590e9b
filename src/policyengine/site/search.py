"""Search in one language: the index that MkDocs' search wrote is split, so that each language finds its own pages.

Reads and writes: `search/search_index.json` of a site that was built.
"""

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

INDEX = "search/search_index.json"


def split_by_language(site: Path, homes: Iterable[str]) -> None:
    """Give each language's root (`id/`; "" for the first) an index of its own, with places from that root.

    The search of other themes than Material's has scripts beside its index; they are copied along.
    """
    path = site / INDEX
    if not path.is_file():
        return
    index = json.loads(path.read_text("utf-8"))
    others = [home for home in homes if home]
    for home in others:
        own = [_from(home, entry) for entry in index["docs"] if entry["location"].startswith(home)]
        shutil.copytree(path.parent, site / home / "search", dirs_exist_ok=True)
        _write(site / home / INDEX, {**index, "docs": own})
    _write(path, {**index, "docs": [e for e in index["docs"] if not e["location"].startswith(tuple(others))]})


def _from(home: str, entry: dict[str, Any]) -> dict[str, Any]:
    return {**entry, "location": entry["location"].removeprefix(home)}


def _write(path: Path, index: dict[str, Any]) -> None:
    # a prebuilt index counts its documents, and those are fewer now
    path.write_text(json.dumps({k: v for k, v in index.items() if k != "index"}, separators=(",", ":")), "utf-8")
