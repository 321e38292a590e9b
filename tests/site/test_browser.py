"""The site as its readers meet it, in a real browser: the form decides as Python does, and nothing leaves the page."""

import datetime
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, Locator, Route

from browsing import DESKTOP, PHONE, ROOT, SCREENSHOTS, Tab, answer, chromium, findings, outcome, question, tab
from building import built, project, shipped
from hostile_policies import hostile_policies
from policyengine.decision import Decision
from policyengine.model import types
from policyengine.model.decision import Outcome
from policyengine.report.wording import day as written_day
from policyengine.site.form.texts import texts
from questions import shipped as policies

ON = datetime.date(2024, 6, 1)
EXAMPLES = [
    ("south-africa-eligible", "series", "eligibility"),
    ("korea-18", "series", "eligibility"),
    ("indonesia", "series", "eligibility"),
    ("900-followers-with-link", "series", "eligibility"),
    ("minor", "series", "eligibility"),
    ("missing-facts", "series", "eligibility"),
    ("series-over-limits", "series", "limits"),
    ("effect", "effect-creator-rewards", "effect"),
]
"""What `make demo` decides."""

KINDS = {
    "home": "",
    "programs": "programs/",
    "program": "programs/series/",
    "place": "programs/series/KR/",
    "regions": "regions/",
    "region": "regions/ID/",
    "compare": "compare/",
    "changes": "changes/",
    "facts": "facts/",
    "sources": "sources/",
    "diagnostics": "diagnostics/",
    "diagnostic": "diagnostics/unknown-fact/",
    "data": "data/",
    "file": "policies/series/world/2024-05-01/",
    "language": "language/",
}
"""A page of each kind that both languages have."""
ENGLISH_ONLY = {"files": "files/", "api": "api/", "changelog": "changelog/", "not-found": "404.html"}

LANGUAGES = ("en", "id")
each_language = pytest.mark.parametrize("language", LANGUAGES)
each_width = pytest.mark.parametrize("width", [DESKTOP, PHONE])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def site() -> Path:
    return shipped().site.folder


def home(language: str) -> str:
    return "" if language == "en" else f"{language}/"


def example(name: str) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads((ROOT / "examples" / f"{name}.json").read_text("utf-8"))
    return facts


def ask(opened: Tab, page: str, language: str, on: datetime.date) -> None:
    """Open a page with a form, and pick the day."""
    opened.open(f"{home(language)}{page}")
    opened.page.locator("[data-on]").fill(on.isoformat())


# the form decides as Python does


@each_language
@pytest.mark.parametrize(("name", "program", "check"), EXAMPLES, ids=[name for name, _, _ in EXAMPLES])
def test_the_form_decides_for_every_example_as_python_does(
    browser: Browser, site: Path, name: str, program: str, check: str, language: str
) -> None:
    facts = example(name)
    decision = policies().decide(program, facts, check=check, on=ON)

    with tab(browser, site) as opened:
        ask(opened, f"programs/{program}/", language, ON)
        answer(opened, facts, language)

        card = opened.page.locator(f'article[data-check="{program}/{check}"]')
        assert outcome(opened, f"{program}/{check}") == decision.outcome.value
        assert findings(opened, f"{program}/{check}") == {one.id: one.outcome.value for one in decision.requirements}
        assert card.locator(".pe-reads").inner_text().lower() == decision.reads(language).lower()
        assert _shown(card.locator(".pe-met-on").all_inner_texts(), decision, language)
        owed = [each.words[language] for each in decision.obligations]
        assert card.locator("[data-obligation]").all_inner_texts() == owed
        assert _values(card.locator("[data-value]").all_inner_texts(), decision, language)
        _distances_agree(opened, decision, f"{program}/{check}", language)
        assert opened.problems(".pe-check") == []


def _shown(met_on: list[str], decision: Decision, language: str) -> bool:
    """Say whether the day on which it turns met by itself is shown, and none when there is none."""
    if decision.met_on is None:
        return met_on == []
    (text,) = met_on
    return written_day(decision.met_on, policies().words[language]) in text


def _values(shown: list[str], decision: Decision, language: str) -> bool:
    values = list(decision.values.values())
    return len(shown) == len(values) and all(
        value.words[language] in text for text, value in zip(shown, values, strict=True) if value.words
    )


def _distances_agree(opened: Tab, decision: Decision, check: str, language: str) -> None:
    """Every distance that Python gives for one requirement stands under it."""
    for alternative in decision.advice:
        for change in alternative.changes:
            if change.kind.value in ("more", "less") and "[" not in (change.fact or "["):
                under = f'article[data-check="{check}"] [data-requirement="{change.requirement}"] .pe-distance'
                shown = " ".join(opened.page.locator(under).all_inner_texts())
                assert change.words[language].rpartition(": ")[2] in shown


@each_language
def test_another_day_picks_the_version_that_holds_then(browser: Browser, site: Path, language: str) -> None:
    facts = example("south-africa-eligible")
    facts["creator"]["account_type"] = "business"  # may join since 1 May 2024
    days = [datetime.date(2024, 5, 1), datetime.date(2023, 6, 5), datetime.date(2023, 1, 1)]
    expected = [policies().decide("series", facts, check="eligibility", on=on) for on in days]

    with tab(browser, site) as opened:
        ask(opened, "programs/series/", language, days[0])
        answer(opened, facts, language)
        shown = []
        for on in days:
            opened.page.locator("[data-on]").fill(on.isoformat())
            opened.settle()
            shown.append((outcome(opened, "series/eligibility"), findings(opened, "series/eligibility")))

    assert shown == [(one.outcome.value, {f.id: f.outcome.value for f in one.requirements}) for one in expected]
    assert [one.outcome for one in expected] == [Outcome.MET, Outcome.UNMET, Outcome.NOT_OFFERED]


@each_language
def test_the_home_page_says_which_programs_one_can_join(browser: Browser, site: Path, language: str) -> None:
    facts = example("indonesia")

    with tab(browser, site) as opened:
        ask(opened, "", language, ON)
        answer(opened, facts, language)
        asked = opened.page.locator("article[data-check]").evaluate_all("all => all.map(({dataset}) => dataset.check)")
        shown = {check: outcome(opened, check) for check in asked}

    named = {f"{name}/{p.checks[0].name}": (name, p.checks[0].name) for name, p in policies().compiled.programs.items()}
    decided = {key: policies().decide(name, facts, check=check, on=ON) for key, (name, check) in named.items()}
    assert shown == {key: decision.outcome.value for key, decision in decided.items()}


def test_only_facts_that_still_matter_are_asked_most_useful_first(browser: Browser, site: Path) -> None:
    with tab(browser, site) as opened:
        ask(opened, "programs/creator-rewards/", "en", ON)
        answer(opened, {"creator": {"region": "ID"}}, "en")

        folded = opened.page.locator("details.pe-others [data-fact]").evaluate_all(
            "all => all.map((o) => o.dataset.fact)"
        )
        decision = policies().decide("creator-rewards", {"creator": {"region": "ID"}}, check="eligibility", on=ON)

        assert decision.outcome is Outcome.UNMET
        assert "creator.followers" in folded
        assert outcome(opened, "creator-rewards/eligibility") == "unmet"


# what a reader does


def test_the_keyboard_alone_answers_everything(browser: Browser, site: Path) -> None:
    facts = example("south-africa-eligible")
    given = {f"creator.{name}": value for name, value in facts["creator"].items()}
    del given["creator.sold_elsewhere"]  # with enough followers it no longer matters, and is not asked

    with tab(browser, site) as opened:
        ask(opened, "programs/series/", "en", ON)
        opened.page.locator("[data-on]").focus()
        for _ in range(120):
            opened.page.keyboard.press("Tab")
            path = opened.page.evaluate("document.activeElement.closest('[data-fact]')?.dataset.fact ?? null")
            if path in given and _typed_by_keyboard(opened, path, given[path]):
                del given[path]
                opened.settle()
            if not given:
                break

        assert given == {}
        assert outcome(opened, "series/eligibility") == "met"


def _typed_by_keyboard(opened: Tab, path: str, value: Any) -> bool:
    """Answer with keys alone; False on a field that only is on the way."""
    keyboard = opened.page.keyboard
    kind = opened.page.evaluate("[document.activeElement.tagName, document.activeElement.type].join(' ')")
    declared = policies().compiled.vocabulary[path]
    match declared.type, kind:
        case types.Region() | types.Choice(), "SELECT select-one":
            words = policies().words["en"]
            keyboard.type(words.region(value) if isinstance(declared.type, types.Region) else str(value))
        case types.Boolean(), "INPUT radio":
            # the three buttons are one stop; "Not answered" is picked, "Yes" comes after it, "No" before
            keyboard.press("ArrowRight" if value else "ArrowLeft")
        case types.Date(), "INPUT date":
            year, month, day = str(value).split("-")
            keyboard.type(f"{month}{day}{year}")
        case _, "INPUT text":
            keyboard.type(str(value))
        case _:
            return False
    return True


def test_outcomes_are_spoken_once_they_change(browser: Browser, site: Path) -> None:
    with tab(browser, site) as opened:
        ask(opened, "programs/series/", "en", ON)
        spoken = opened.page.locator("[data-spoken]")
        assert spoken.get_attribute("role") == "status"

        answer(opened, {"creator": {"region": "ZA", "birth_date": "2008-02-29"}}, "en")

        assert "Not eligible" in spoken.inner_text() or "not eligible" in spoken.inner_text()


def test_what_will_not_do_is_named_and_kept(browser: Browser, site: Path) -> None:
    with tab(browser, site) as opened:
        ask(opened, "programs/series/", "id", ON)
        answer(opened, {"creator": {"region": "ZA"}}, "id")
        asked = question(opened, "creator.followers")
        assert asked is not None
        field = asked.locator("input")
        field.fill("banyak")
        field.press("Tab")
        opened.settle()

        assert field.input_value() == "banyak"
        assert field.get_attribute("aria-invalid") == "true"
        described = (field.get_attribute("aria-describedby") or "").split()
        shown = [opened.page.locator(f"#{each}").inner_text() for each in described]
        assert any("10.000.000.000" in text for text in shown), shown
        assert outcome(opened, "series/eligibility") == "unknown"
        assert opened.problems(".pe-check") == []


@each_language
def test_a_link_holds_the_public_answers_and_fills_the_form(browser: Browser, site: Path, language: str) -> None:
    facts = example("900-followers-with-link")

    with tab(browser, site) as opened:
        ask(opened, "programs/series/", language, ON)
        answer(opened, facts, language)
        opened.page.locator("[data-share]").click()
        link = opened.page.locator(".pe-link").input_value()
        left_out = opened.page.locator("[data-left-out]").inner_text()

    fragment = unquote(link.partition("#")[2])
    private = [path for path, fact in policies().compiled.vocabulary.items() if fact.privacy.value == "private"]
    assert "creator.followers=900" in fragment
    assert f"on={ON}" in fragment
    assert not [path for path in private if path in fragment]
    asked = policies().compiled.vocabulary["creator.birth_date"].question
    assert asked is not None
    assert (asked.get(language) or "?") in left_out

    with tab(browser, site) as opened:
        opened.page.goto(link.replace(link.partition("programs/")[0], opened.root + home(language)))
        opened.page.locator(".pe-check [data-on]").wait_for()
        opened.settle()
        public = {"creator": {k: v for k, v in facts["creator"].items() if f"creator.{k}" not in private}}
        decision = policies().decide("series", public, check="eligibility", on=ON)

        assert opened.page.locator("[data-on]").input_value() == ON.isoformat()
        assert findings(opened, "series/eligibility") == {one.id: one.outcome.value for one in decision.requirements}


def test_a_link_cannot_give_private_or_wrong_answers(browser: Browser, site: Path) -> None:
    with tab(browser, site) as opened:
        opened.open("programs/series/#creator.region=ZA&creator.birth_date=1990-01-01&creator.followers=-5&x=<b>")
        opened.settle()

        assert findings(opened, "series/eligibility")["adult"] == "unknown"
        assert findings(opened, "series/eligibility")["followers"] == "unknown"
        assert opened.page.locator(".pe-ignored").count() == 1


@pytest.mark.parametrize("day", ["1899-12-31", "2200-01-01", "0001-01-01", "9999-12-31"])
def test_a_link_with_a_day_that_will_not_do_opens_without_it(browser: Browser, site: Path, day: str) -> None:
    link = f"programs/series/#on={day}&creator.region=KR"
    with tab(browser, site) as opened:
        opened.open(link)
        today = opened.page.locator("[data-on]").input_value()
        assert "As of" in opened.page.locator(".pe-ignored").inner_text()
        assert findings(opened, "series/eligibility")["residence"] == "met"

        opened.page.locator("[data-start-over]").click()
        opened.page.evaluate("hash => { location.hash = hash; }", link.partition("#")[2])
        opened.settle()

        assert opened.page.locator("[data-on]").input_value() == today
        assert "As of" in opened.page.locator(".pe-ignored").inner_text()
        assert findings(opened, "series/eligibility")["residence"] == "met"


def test_a_form_that_cannot_decide_says_so_and_recovers(browser: Browser, site: Path) -> None:
    def broken(route: Route) -> None:
        throws = """if (facts["creator.region"] === "KR") throw new Error("broken");"""
        start = "export function decide(program, checkName, facts, on) {"
        text = route.fetch().text()
        assert start in text
        route.fulfill(body=text.replace(start, start + throws), content_type="text/javascript")

    with tab(browser, site) as opened:
        opened.page.route("**/decide.js", broken)
        opened.open("programs/series/#creator.region=KR")
        opened.settle()
        failed = opened.page.locator(".pe-failed")
        assert "broken" in failed.inner_text()
        assert not opened.page.locator("article[data-check]").first.is_visible()
        assert any("broken" in text for text in opened.complaints)
        opened.complaints.clear()

        answer(opened, {"creator": {"region": "ZA"}}, "en")

        assert failed.inner_text() == ""
        assert findings(opened, "series/eligibility")["residence"] == "met"


@each_language
def test_a_day_after_the_day_is_hinted_at(browser: Browser, site: Path, language: str) -> None:
    hint = texts(language)["after_day"]
    with tab(browser, site) as opened:
        ask(opened, "programs/series/", language, ON)
        answer(opened, {"creator": {"region": "ZA", "birth_date": "2030-01-01"}}, language)
        asked = question(opened, "creator.birth_date")
        assert asked is not None
        assert asked.locator("[data-hint]").inner_text() == hint
        assert findings(opened, "series/eligibility")["adult"] == "unmet"
        assert asked.locator("input").get_attribute("aria-invalid") is None
        described = asked.locator("input").get_attribute("aria-describedby") or "?"
        assert opened.page.locator(f"#{described}").inner_text() == hint
        assert opened.problems(".pe-check") == []

        asked.locator("input").fill("2024-06-01")
        opened.settle()

        assert asked.locator("[data-hint]").inner_text() == ""


def test_the_comparison_shows_the_day_that_is_picked(browser: Browser, site: Path) -> None:
    def korea(on: str) -> str:
        opened.page.locator("#pe-compare-day").fill(on)
        row = opened.page.locator('table[data-program="series"] tr[data-region="KR"]')
        return row.locator("td.pe-differs").all_inner_texts()[0] if row.locator("td.pe-differs").count() else ""

    with tab(browser, site) as opened:
        opened.open("compare/")

        assert korea("2024-06-01").startswith("19 years")
        assert korea("2024-04-30") == ""
        assert korea("2020-01-01") == ""
        table = opened.page.locator('table[data-program="series"]')
        assert "not offered" in table.inner_text()


@pytest.mark.parametrize(("language", "word", "found"), [("en", "badge", "badge"), ("id", "lencana", "lencana")])
def test_search_finds_pages_of_its_own_language(
    browser: Browser, site: Path, language: str, word: str, found: str
) -> None:
    with tab(browser, site) as opened:
        opened.open(home(language))
        results = searched(opened, word)
        addresses = results.evaluate_all("all => all.map(({href}) => new URL(href).pathname)")
        assert addresses
        assert {address.startswith("/id/") for address in addresses} == {language == "id"}
        assert found in opened.page.locator(".md-search-result").inner_text().lower()


def searched(opened: Tab, word: str) -> Locator:
    """Search for a word; the index comes with the page."""
    opened.page.wait_for_load_state("networkidle")
    opened.page.locator(".md-search__input").click()
    opened.page.wait_for_timeout(500)
    opened.page.locator(".md-search__input").press_sequentially(word, delay=50)
    results = opened.page.locator(".md-search-result__link")
    results.first.wait_for()
    opened.page.wait_for_timeout(500)
    return results


@each_language
def test_the_language_switch_keeps_the_page(browser: Browser, site: Path, language: str) -> None:
    other = LANGUAGES[1 - LANGUAGES.index(language)]
    with tab(browser, site) as opened:
        opened.open(f"{home(language)}programs/series/KR/")
        opened.page.locator(".md-select").first.hover()
        opened.page.locator(f'.md-select__link[hreflang="{other}"]').click()
        opened.page.wait_for_url(f"**/{home(other)}programs/series/KR/")

        assert opened.page.locator("html").get_attribute("lang") == other
        opened.page.locator(".pe-check [data-on]").wait_for()


def test_there_is_no_bar_where_the_result_stands_beside_the_questions(browser: Browser, site: Path) -> None:
    with tab(browser, site) as opened:
        ask(opened, "programs/series/", "en", ON)
        answer(opened, {"creator": {"region": "ZA"}}, "en")

        assert not opened.page.locator(".pe-bar").is_visible()


def test_the_bar_of_a_phone_leads_to_the_result(browser: Browser, site: Path) -> None:
    with tab(browser, site, width=PHONE) as opened:
        ask(opened, "programs/series/", "en", ON)
        answer(opened, {"creator": {"region": "ZA"}}, "en")
        opened.page.locator("[data-on]").evaluate("(one) => one.scrollIntoView({block: 'center'})")
        opened.page.locator(".pe-bar").click()
        opened.page.wait_for_timeout(500)

        top = opened.page.locator("article[data-check]").first.evaluate("(one) => one.getBoundingClientRect().top")
        assert 0 <= top < 900


def test_the_bar_of_a_phone_covers_nothing_at_the_end_of_the_questions(browser: Browser, site: Path) -> None:
    with tab(browser, site, width=PHONE) as opened:
        ask(opened, "programs/series/", "en", ON)
        answer(opened, {"creator": {"region": "ZA"}}, "en")
        again = opened.page.locator("[data-start-over]")
        for block in ("end", "center"):
            again.evaluate("(one, block) => one.scrollIntoView({block})", block)
            opened.page.wait_for_timeout(200)

            assert not opened.page.locator(".pe-bar").is_visible()
            assert again.evaluate(UNCOVERED)

        opened.page.locator("[data-on]").focus()
        covered = []
        while not opened.page.evaluate("document.activeElement.matches('[data-start-over]')"):
            opened.page.keyboard.press("Tab")
            opened.page.wait_for_timeout(100)
            if not opened.page.evaluate(f"({UNCOVERED})(document.activeElement)"):
                covered.append(opened.page.evaluate("document.activeElement.outerHTML.slice(0, 100)"))
        assert covered == []


UNCOVERED = """(one) => {
  const { left, right, bottom } = one.getBoundingClientRect();
  return one.contains(document.elementFromPoint((left + right) / 2, bottom - 3));
}"""


@pytest.mark.parametrize("width", [DESKTOP, 800, PHONE])
@pytest.mark.parametrize("address", ["", "programs/series/"])
def test_no_blank_space_stands_below_the_form(browser: Browser, site: Path, width: int, address: str) -> None:
    with tab(browser, site, width=width) as opened:
        opened.open(address)
        blank = opened.page.evaluate(
            """() => {
              const form = document.querySelector(".pe-check");
              const parts = [...form.querySelectorAll(".pe-result, .pe-share")];
              const end = Math.max(...parts.map((part) => part.getBoundingClientRect().bottom));
              let next = form.nextElementSibling;
              while (next.getBoundingClientRect().height === 0) next = next.nextElementSibling;
              return next.getBoundingClientRect().top - end;
            }"""
        )
        assert 0 < blank < 80


# every kind of page


@pytest.mark.parametrize(
    ("kind", "language", "width", "shade"),
    [(kind, "en", DESKTOP, "light") for kind in (*KINDS, *ENGLISH_ONLY)]
    + [(kind, "id", PHONE, "dark") for kind in KINDS]
    + [(kind, "en", DESKTOP, "dark") for kind in ENGLISH_ONLY],
)
def test_a_page_is_accessible_fits_its_window_and_is_kept_as_a_picture(
    browser: Browser, site: Path, kind: str, language: str, width: int, shade: str
) -> None:
    address = home(language) + {**KINDS, **ENGLISH_ONLY}[kind]
    with tab(browser, site, width=width, dark=shade == "dark") as opened:
        opened.open(address)
        opened.page.wait_for_timeout(300)
        SCREENSHOTS.mkdir(exist_ok=True)
        opened.page.screenshot(path=SCREENSHOTS / f"{kind}-{language}-{width}-{shade}.png", full_page=True)

        assert opened.problems() == []
        assert opened.overflow() == []


@each_width
@pytest.mark.parametrize("shade", ["light", "dark"])
def test_a_filled_form_is_accessible(browser: Browser, site: Path, width: int, shade: str) -> None:
    facts = {**example("minor"), "series": {"price": "249.99 USD", "videos": [{"length": 412}, {"length": 1500}]}}
    with tab(browser, site, width=width, dark=shade == "dark") as opened:
        ask(opened, "programs/series/", "en", ON)
        answer(opened, facts, "en")
        SCREENSHOTS.mkdir(exist_ok=True)
        opened.page.screenshot(path=SCREENSHOTS / f"form-filled-{shade}-{width}.png", full_page=True)

        assert opened.problems() == []
        assert opened.overflow() == []


# texts that attack


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(project(tmp_path_factory.mktemp("hostile"), hostile_policies(hostile=True))).folder


@each_language
@each_width
def test_texts_that_attack_are_shown_as_texts(browser: Browser, attacked: Path, language: str, width: int) -> None:
    with tab(browser, attacked, width=width) as opened:
        for address in ("", "programs/series/", "programs/series/KR/", "regions/KR/", "compare/", "facts/", "sources/"):
            opened.open(home(language) + address)
            opened.page.wait_for_timeout(200)
            shown = opened.page.locator("body").inner_text()

            assert "alert(1)" in shown, address
            assert opened.page.locator("img[src='x'], [onerror], [onload]").count() == 0
            assert (
                opened.page.locator("script:not([src]):not([type='application/json'])").evaluate_all(
                    "all => all.filter((one) => one.textContent.includes('alert')).length"
                )
                == 0
            )
            assert opened.overflow() == [], address


def test_texts_that_attack_are_harmless_in_search_and_in_the_form(browser: Browser, attacked: Path) -> None:
    with tab(browser, attacked) as opened:
        opened.open("programs/series/")
        for asked in opened.page.locator(".pe-check select").all():
            if asked.is_visible():
                asked.select_option(index=1)
        opened.settle()
        assert opened.problems(".pe-check") == []
        searched(opened, "T1")

        assert "alert(1)" in opened.page.locator(".md-search-result").inner_text()
        assert opened.page.locator(".md-search-result script, .md-search-result img").count() == 0
