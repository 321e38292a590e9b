"""The diagnostics: a list of all codes, and a page for each."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from policyengine.model.diagnostic import CODES
from policyengine.site.diagnostics import Example, Explanation, explanations, message
from policyengine.site.pages.page import Page
from policyengine.site.view import View


def diagnostic_pages(view: View) -> Iterator[Page]:
    """Give the list, and a page for each code."""
    texts, explained = view.texts["diagnostics"], explanations(view.language)
    listed = [explained[code] for code in CODES]
    yield Page("diagnostics/", texts["title"], "diagnostics.html", lambda: {"listed": listed}, texts["lead"], reads=())
    for explanation in listed:
        yield _page(explanation)


def _page(explanation: Explanation) -> Page:
    def fill() -> Mapping[str, Any]:
        return {
            "explanation": explanation,
            "examples": [(example, _printed(example)) for example in explanation.examples],
        }

    return Page(
        f"diagnostics/{explanation.code}/", explanation.code, "diagnostic.html", fill, explanation.title, reads=()
    )


@cache
def _printed(example: Example) -> str:
    """Give the message, which is the same in every language and at every rebuild."""
    return message(example)
