"""Built sites in Debian's Chromium: what a page shows, says on its console, and asks of others. Not a test.

Every page is served from this machine, and whatever it asks of another host is remembered: `Tab.closed` fails on it.
"""

import functools
import http.server
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Dialog, Locator, Page, Request, sync_playwright

from policyengine.model import types
from policyengine.model.checked import FactDeclaration
from policyengine.site.form.texts import texts
from questions import shipped

CHROMIUM = "/usr/bin/chromium"
ROOT = Path(__file__).parent.parent
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
SCREENSHOTS = Path(__file__).parent / "screenshots"
_FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
DESKTOP, PHONE = 1440, 390


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run the browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@cache
def served(folder: Path) -> str:
    """Serve a folder on this machine for the rest of the run; give its address."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    handler = functools.partial(Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/"


@dataclass
class Tab:
    """A page of a served site, and all that it complained about or asked of others."""

    page: Page
    root: str
    complaints: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def open(self, address: str) -> None:
        """Go to a page, and wait until its form, if it has one, has asked its first question."""
        self.page.goto(self.root + address)
        if self.page.locator(".pe-check").count():
            self.page.locator(".pe-check [data-on]").first.wait_for()

    def settle(self) -> None:
        """Wait until typed text has counted, and outcomes were spoken."""
        self.page.wait_for_timeout(1_000)

    def problems(self, within: str | None = None) -> list[str]:
        """Give the violations that axe-core finds, with the elements they are in."""
        if not self.page.evaluate("typeof axe === 'object'"):
            self.page.evaluate(AXE.read_text("utf-8"))
        found = self.page.evaluate(
            "within => axe.run(within ?? document).then(({violations}) => violations.map("
            "({id, nodes}) => `${id}: ${nodes.map((node) => node.html.slice(0, 200)).join(' | ')}`))",
            within,
        )
        return [str(one) for one in found]

    def overflow(self) -> list[str]:
        """Give what is wider than the page, when the page can be scrolled sideways."""
        wide = self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        if not wide:
            return []
        found = self.page.evaluate(
            "[...document.querySelectorAll('*')].filter((one) => one.getBoundingClientRect().right > "
            "document.documentElement.clientWidth + 1).map((one) => one.outerHTML.slice(0, 120))"
        )
        return [str(one) for one in found] or ["something"]

    def closed(self) -> None:
        """Fail on whatever a reader would not want: messages on the console, requests to other hosts, cookies."""
        assert not self.complaints, self.complaints
        assert not self.foreign, self.foreign
        assert not self.page.context.cookies()


@contextmanager
def tab(browser: Browser, folder: Path, *, width: int = DESKTOP, dark: bool = False) -> Iterator[Tab]:
    """Open a tab on a site; at the end nothing may have been complained about, or asked of another host."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light", reduced_motion="reduce"
    )
    opened = Tab(context.new_page(), served(folder))

    def console(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            opened.complaints.append(f"{message.text} ({message.location})")

    def dialog(shown: Dialog) -> None:
        opened.complaints.append(shown.message)
        shown.dismiss()

    def request(asked: Request) -> None:
        if not asked.url.startswith((opened.root, "blob:", "data:")):
            opened.foreign.append(asked.url)

    opened.page.on("console", console)
    opened.page.on("pageerror", lambda error: opened.complaints.append(str(error)))
    opened.page.on("dialog", dialog)
    context.on("request", request)
    try:
        yield opened
        opened.closed()
    finally:
        context.close()


# the form


def answer(tab: Tab, facts: Mapping[str, Mapping[str, Any]], language: str) -> None:
    """Answer every fact that the form asks, folded or not, as a person types it; what it does not ask is left out."""
    given = {f"{entity}.{name}": value for entity, record in facts.items() for name, value in record.items()}
    for path, value in given.items():
        fact = shipped().compiled.vocabulary[path]
        tab.page.wait_for_timeout(200)  # the last answer counts, and may fold other questions
        asked = question(tab, path)
        if asked is not None:
            _answer(asked, fact, value, language)
    tab.settle()


def question(tab: Tab, path: str) -> Locator | None:
    """Find a question, unfolding the others if it is among them; None when the form does not ask it."""
    found = tab.page.locator(f'[data-fact="{path}"]')
    if found.count() == 0:
        return None
    others = tab.page.locator("details.pe-others")
    if not found.is_visible() and others.get_attribute("open") is None:
        others.locator("summary").click()
    return found


def _answer(asked: Locator, fact: FactDeclaration, value: Any, language: str) -> None:
    match fact.type:
        case types.Boolean():
            label = texts(language)["yes" if value else "no"]
            asked.get_by_role("radio", name=label, exact=True).check()
        case types.Region() | types.Choice():
            asked.locator("select").select_option(value)
        case types.Records():
            _answer_list(asked, fact, value, language)
        case _:
            asked.locator("input").fill(typed(value, language))


def _answer_list(asked: Locator, fact: FactDeclaration, records: list[dict[str, Any]], language: str) -> None:
    """Add the rows one by one, by the keyboard: Enter in a row adds the next."""
    (name,) = (each.path for each in fact.fields)
    asked.locator(".pe-add").click()
    for number, record in enumerate(records):
        field_ = asked.locator(f'.pe-row [data-field="{name}"] input').nth(number)
        field_.fill(typed(record[name], language))
        if number + 1 < len(records):
            field_.press("Enter")


def typed(value: Any, language: str) -> str:
    """Write a number as people of a language type it: `18,432` or `18.432`; a day as a date field takes it."""
    written = shipped().words[language].language
    if isinstance(value, int):
        return f"{value:,}".replace(",", written.thousands)
    text = str(value)
    number = text.removesuffix(" USD")
    return number.replace(".", written.decimal) if number != text else text


def outcome(tab: Tab, check: str) -> str | None:
    """Give the outcome that the form shows for a check, `series/eligibility`."""
    return tab.page.locator(f'article[data-check="{check}"]').get_attribute("data-outcome")


def findings(tab: Tab, check: str) -> dict[str, str]:
    """Give the outcome of each requirement that the form shows for a check."""
    found: dict[str, str] = tab.page.locator(f'article[data-check="{check}"] [data-requirement]').evaluate_all(
        "all => Object.fromEntries(all.map(({dataset}) => [dataset.requirement, dataset.outcome]))"
    )
    return found
