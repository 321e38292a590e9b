"""The policies for machines: every resolved policy and every timeline as JSON.

Reads: a `Book`.
Gives: `copies`, by path within the site; a copy is written out when it is asked for.
"""

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from policyengine.model.checked import CheckedPolicy
from policyengine.report.policy_data import policy_data
from policyengine.report.timeline_data import timeline_data
from policyengine.site.book import Book

INDEX = "data/index.json"


def copies(book: Book) -> Mapping[str, Callable[[], str]]:
    """Give what makes each file: `data/series/KR/2024-05-01.json`, `data/series/KR/timeline.json`, and an index."""
    found: dict[str, Callable[[], str]] = {}
    for program in book.programs:
        for region in book.layered(program):
            folder = f"data/{program}/{region}"
            found[f"{folder}/timeline.json"] = partial(_json, timeline_data, book.policies, program, region, book.today)
            for interval in book.timeline(program, region):
                if isinstance(interval, CheckedPolicy):
                    name = f"{folder}/{interval.start.isoformat()}.json"
                    found[name] = partial(_json, policy_data, book.policies, program, region, interval.start)
    listed = [name.removeprefix("data/") for name in found]
    return {**found, INDEX: partial(_json, _index, book.today.isoformat(), listed)}


def _index(day: str, listed: list[str]) -> dict[str, Any]:
    return {
        "made": day,
        "policies": [name for name in listed if not name.endswith("/timeline.json")],
        "timelines": [name for name in listed if name.endswith("/timeline.json")],
    }


def _json(data: Callable[..., dict[str, Any]], *arguments: object) -> str:
    return json.dumps(data(*arguments), ensure_ascii=False, indent=1) + "\n"
