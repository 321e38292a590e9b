"""The pages of the site, in one language: which there are, and what each shows.

Reads: a `View`.
Gives: `pages`; a page is filled when it is built.
"""

from collections.abc import Iterator

from policyengine.site.pages.compare import compare_page
from policyengine.site.pages.data import data_page
from policyengine.site.pages.diagnostics import diagnostic_pages
from policyengine.site.pages.facts import facts_page
from policyengine.site.pages.files import file_pages
from policyengine.site.pages.home import changes_page, home_page, programs_page
from policyengine.site.pages.page import Page
from policyengine.site.pages.program import program_pages
from policyengine.site.pages.regions import region_pages
from policyengine.site.pages.sources import sources_page
from policyengine.site.view import View

__all__ = ["Page", "pages"]


def pages(view: View) -> Iterator[Page]:
    """Give every page of a language."""
    yield home_page(view)
    yield programs_page(view)
    yield from program_pages(view)
    yield from region_pages(view)
    yield compare_page(view)
    yield changes_page(view)
    yield facts_page(view)
    yield sources_page(view)
    yield from diagnostic_pages(view)
    yield data_page(view)
    yield from file_pages(view)
