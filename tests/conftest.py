"""What tests share: golden files, and how hard hypothesis looks.

`--update-golden` rewrites `tests/golden`: read the difference. `--hypothesis-profile=fuzz` tries many more
examples, other ones each time.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

pytest_plugins = ["pytester"]

BUILDING = ("test_build", "test_projects", "test_hostile", "test_serve", "test_browser")
GOLDEN = Path(__file__).parent / "golden"

settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("fuzz", max_examples=5_000, deadline=None)
settings.load_profile("ci")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite the files of tests/golden")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what is quick first: then generated cases, Spark, what builds sites, the browser.

    Where several processes share the tests, a file stays in one, and so does all that asks Spark; the browser's tests,
    which take longest, are for two.
    """
    items.sort(key=_patience)
    for number, item in enumerate(items):
        name = "spark" if item.get_closest_marker("spark") else str(item.path)
        item.add_marker(pytest.mark.xdist_group(f"{name} {number % 2}" if _in_browser(item) else name))


def _patience(item: pytest.Item) -> int:
    if item.path.stem in BUILDING:
        return 3 + _in_browser(item)
    return next((patience for mark, patience in (("spark", 2), ("fuzz", 1)) if item.get_closest_marker(mark)), 0)


def _in_browser(item: pytest.Item) -> bool:
    return item.path.stem == "test_browser"


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with its golden file, or write that."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        assert path.exists(), f"{path} is missing: run pytest with --update-golden, and read it"
        assert text == path.read_text("utf-8"), "read the new text, then run pytest with --update-golden"

    return compare
