"""The home page, the list of programs, and the list of changes."""

from collections.abc import Mapping
from typing import Any

from policyengine.model.checked import CheckedPolicy
from policyengine.site.history import events
from policyengine.site.pages.page import Page
from policyengine.site.parts import Event
from policyengine.site.view import View

_LATELY = 6
"""How many changes the home page shows."""


def home_page(view: View) -> Page:
    """Show the programs, what changed lately, and which programs one can join."""

    def fill() -> Mapping[str, Any]:
        return {
            "programs": _programs(view),
            "checks": [f"{name}/{program.checks[0].name}" for name, program in view.book.programs.items()],
            "events": _lately(events(view)),
        }

    texts = view.texts["home"]
    return Page("", texts["title"], "home.html", fill, texts["lead"], without=("navigation", "toc"))


def _lately(found: tuple[Event, ...]) -> tuple[Event, ...]:
    """Give what comes next, and the latest changes of what holds."""
    coming = [event for event in found if event.coming]
    return (*coming[-_LATELY // 2 :], *(event for event in found if not event.coming))[:_LATELY]


def programs_page(view: View) -> Page:
    """List the programs."""
    return Page("programs/", view.texts["nav"]["programs"], "programs.html", lambda: {"programs": _programs(view)}, "")


def changes_page(view: View) -> Page:
    """List every policy file by the day it takes effect."""
    texts = view.texts["changes"]
    return Page(
        "changes/",
        texts["title"],
        "changes.html",
        lambda: {"events": events(view)},
        texts["lead"],
        without=("navigation", "toc"),
    )


def _programs(view: View) -> list[dict[str, Any]]:
    book = view.book
    found = []
    for name, program in book.programs.items():
        now = book.now(name, book.root)
        own = [view.region(region) for region in book.layered(name) if region != book.root]
        found.append(
            {
                "name": name,
                "title": view.program(name),
                "about": view.text(program.about),
                "days": view.days(now) if isinstance(now, CheckedPolicy) else None,
                "own": own,
            }
        )
    return found
