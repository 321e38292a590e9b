"""Where pages and assets are, seen from one page.

Gives: `Links`; a page that does not exist is collected, and the reader's link leads to the home page.
"""

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Links:
    """Links from a page. `urls` are all pages' addresses within the site by path, `here` is the page's own address."""

    urls: Mapping[str, str]
    here: str
    broken: list[str] = field(default_factory=list)

    def page(self, path: str) -> str:
        """Give the address of a page of the same language, by its path."""
        if path not in self.urls:
            self.broken.append(path)
        return self.asset(self.urls.get(path, self.urls[""]))

    def beside_home(self, name: str) -> str:
        """Give the address of a file beside the language's home page."""
        return self.asset(posixpath.join(posixpath.dirname(self.urls[""]), name))

    def asset(self, url: str) -> str:
        """Give the address of anything within the site."""
        # at most as many steps up as the page is deep; never an absolute address, which would tie the site to a host
        return "../" * self.here.count("/") + url or "./"
