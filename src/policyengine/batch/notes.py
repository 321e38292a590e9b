"""Comments for a statement: what each requirement says, and where it stands.

Reads: a check over all regions and days.
Gives: a line for each requirement, in the first language.
"""

import datetime
from collections.abc import Iterator

from policyengine.plan import Bound, Plan


def notes(plan: Plan, day: datetime.date | None) -> dict[str, str]:
    """Write the comments of a check's leaf requirements, by id; with a day, of the policies that hold then.

    A requirement that stands in several files is said as its latest file says it, with the places of the others.
    """
    said: dict[str, str] = {}
    places: dict[str, dict[str, None]] = {}
    for bound in _bounds(plan, day):
        for requirement in bound.check.requirements:
            if requirement.clause is not None:
                span = requirement.origin.span
                said.setdefault(requirement.id, next(iter(bound.words(requirement).values())))
                places.setdefault(requirement.id, {})[f"{span.path}:{span.line}"] = None
    return {name: f"{text} {_listed(list(places[name]))}" for name, text in said.items()}


def _bounds(plan: Plan, day: datetime.date | None) -> Iterator[Bound]:
    """Give the policies of a check, the latest and the widest first, each once."""
    seen: set[int] = set()
    for timeline in plan.timelines.values():
        for start, bound in timeline:
            if isinstance(bound, Bound) and (day is None or start <= day) and id(bound.check) not in seen:
                seen.add(id(bound.check))
                yield bound
            if day is not None and start <= day:
                break


def _listed(places: list[str]) -> str:
    shown = places[:_MOST_PLACES]
    more = len(places) - len(shown)
    return f"[{', '.join(shown)}{f' and {more} more' if more else ''}]"


_MOST_PLACES = 4
