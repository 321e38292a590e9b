"""Small projects, built with the real command: mistakes end a strict build, coming changes show, other themes work."""

import datetime
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest
from mkdocs.config import load_config
from mkdocs.structure.files import File, Files

import policyengine
from building import BASE, TODAY, Site, built, led_to, links, mkdocs, project, temporary, tree
from policyengine.site.book import Book
from policyengine.site.pages import pages
from policyengine.site.plugin.page import PolicyPage
from policyengine.site.view import View

KOREA = "series/KR/2024-05-01.yaml"
KOREAN = (BASE / KOREA).read_text("utf-8")
WORLD = (BASE / "series/world/2023-06-06.yaml").read_text("utf-8")


# mistakes


def test_an_error_is_told_with_its_place_and_leaves_the_last_site_alone(tmp_path: Path) -> None:
    folder = project(tmp_path / "project")
    built(folder)
    before = contents(folder / "site")
    (folder / "policies" / KOREA).write_text(KOREAN.replace("source: help_page", "source: helppage"), "utf-8")

    for strict in ((), ("--strict",)):
        run = mkdocs(folder, "build", *strict)

        assert run.code == 1
        assert "policies/series/KR/2024-05-01.yaml:14:13: error[unknown-source]: no source `helppage`" in run.output
        assert "see diagnostics/unknown-source/" in run.output
        assert "Traceback" not in run.output
        assert contents(folder / "site") == before


def contents(folder: Path) -> Mapping[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_all_errors_of_a_pass_come_out_together(tmp_path: Path) -> None:
    wrong = KOREAN.replace("source: help_page", "source: a").replace(
        "  help_page:\n", "  help_page:\n    colour: red\n"
    )
    run = mkdocs(project(tmp_path / "project", {KOREA: wrong}), "build")

    assert run.code == 1
    assert len(run.complaints) == len(re.findall(r"error\[", run.output)) > 0


def test_a_warning_ends_only_a_strict_build(tmp_path: Path) -> None:
    untranslated = re.sub(r"^summary: .*$", "summary: {en: A higher age.}", KOREAN, flags=re.MULTILINE)
    folder = project(tmp_path / "project", {KOREA: untranslated})
    loose, strict = mkdocs(folder, "build"), mkdocs(folder, "build", "--strict")

    assert (loose.code, strict.code) == (0, 1)
    for run in (loose, strict):
        assert "policies/series/KR/2024-05-01.yaml:5:1: warning[missing-translation]" in run.output
        assert "Traceback" not in run.output


@pytest.mark.parametrize("target", ["nowhere.md", "programs/series/XX/index.md", "../nowhere.md"])
def test_a_broken_link_of_a_page_written_by_hand_ends_a_strict_build(tmp_path: Path, target: str) -> None:
    folder = project(tmp_path / "project", docs={"more/by-hand.md": f"# By hand\n\n[gone](../{target})\n"})
    run = mkdocs(folder, "build", "--strict")

    assert run.code == 1
    assert target in run.output
    assert "Traceback" not in run.output


def test_a_link_of_a_page_written_by_hand_that_leaves_the_pages_is_plain_text(tmp_path: Path) -> None:
    text = "# By hand\n\nIn [the file](../policies/regions.yaml).\n"
    site = built(project(tmp_path / "project", docs={"by-hand.md": text}))

    assert "<p>In the file.</p>" in site.pages["by-hand/"]


def test_a_page_written_by_hand_may_link_to_generated_ones_and_to_their_anchors(tmp_path: Path) -> None:
    text = "# By hand\n\n[Korea](programs/series/KR/index.md#v-2024-05-01), [file](policies/regions/index.md#L-2)\n"
    options = "validation: {omitted_files: ignore, anchors: warn}"
    folder = project(tmp_path / "project", docs={"by-hand.md": text})
    config = folder / "mkdocs.yml"
    config.write_text(config.read_text("utf-8").replace("validation: {omitted_files: ignore}", options), "utf-8")
    site = built(folder)
    (folder / "docs" / "by-hand.md").write_text(text.replace("v-2024-05-01", "v-2024-05-02"), "utf-8")

    assert [led_to(site, link) for link in links("by-hand/", site.heads["by-hand/"])].count("programs/series/KR/")
    run = mkdocs(folder, "build", "--strict")
    assert run.code == 1
    assert "#v-2024-05-02" in run.output


def test_a_page_written_by_hand_cannot_silently_stand_where_a_generated_one_does(tmp_path: Path) -> None:
    folder = project(tmp_path / "project", docs={"programs/series/index.md": "# Mine\n"})
    run = mkdocs(folder, "build", "--strict")

    assert run.code == 1
    assert "programs/series/index.md" in run.complaints[0]


def test_a_published_file_that_was_changed_ends_every_build(tmp_path: Path) -> None:
    folder = project(tmp_path / "project")
    policyengine_command(folder, "lock")
    built(folder)
    (folder / "policies" / KOREA).write_text(KOREAN.replace("19 years", "20 years"), "utf-8")
    run = mkdocs(folder, "build")

    assert run.code == 1
    assert "error[published-changed]" in run.output
    assert "policies/series/KR/2024-05-01.yaml:" in run.output
    assert "Traceback" not in run.output


def policyengine_command(folder: Path, *arguments: str) -> None:
    command = [sys.executable, "-c", "from policyengine.cli import main; main()", *arguments]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize(
    ("was", "is_", "said"),
    [
        ("today: 2026-01-15", "today: soon", "`today` is `soon`, and no day"),
        ("today: 2026-01-15", "today: 2026-01-15 10:00:00", "and no day"),
        ("today: 2026-01-15", "today: 9999-12-31", "a day lies between 1900-01-01 and 2199-12-31"),
        ("policies: policies", "policies: policies, menus: {id: hello}", "`menus` maps a title to another for `id`"),
        ("policies: policies", "policies: nowhere", "there is no such folder"),
        ("policies: policies", "policies: policies, changelog: NEWS.md", "`changelog` names `NEWS.md`"),
        ("validation:", "nav: [{Gone: gone.md}]\nvalidation:", "`nav` names `gone.md`"),
    ],
)
def test_a_mistake_in_the_configuration_is_told_in_words(tmp_path: Path, was: str, is_: str, said: str) -> None:
    folder = project(tmp_path / "project")
    config = folder / "mkdocs.yml"
    config.write_text(config.read_text("utf-8").replace(was, is_), "utf-8")
    run = mkdocs(folder, "build")

    assert run.code == 1
    assert said in run.output
    assert "Traceback" not in run.output


def test_a_link_of_a_page_to_one_that_does_not_exist_is_a_warning_and_leads_home(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = project(tmp_path / "project")
    config = load_config(str(folder / "mkdocs.yml"))
    view = View(Book(policyengine.load(BASE), TODAY, str(BASE)), "en")
    page = next(page for page in pages(view) if page.path == "programs/")
    file = File("programs/index.md", None, config.site_dir, use_directory_urls=True)
    made = PolicyPage(page, view, file, config, {"": "./", "programs/": "programs/"})
    made.render(config, Files([file]))

    assert caplog.messages == ["policyengine: programs/index.md links to a page that does not exist: programs/series/"]
    # `--strict` counts what reaches this logger
    assert [(one.levelname, one.name.split(".")[0]) for one in caplog.records] == [("WARNING", "mkdocs")]
    assert tree(made.content or "").one("h2").one("a").attributes["href"] == ".././"


# the day, and what comes


COMING = {
    "series/world/2026-03-01.yaml": WORLD.replace("2023-06-06", "2026-03-01").replace("80 videos", "60 videos"),
    "series/KR/2026-02-01.yaml": KOREAN.replace("2024-05-01", "2026-02-01")
    + "waivers:\n  audience: {until: 2026-05-01, because: {en: A pilot., id: Uji coba.}}\n",
    "series/PH/2026-02-01.yaml": "program: series\nregion: PH\neffective: 2026-02-01\nwithdrawn: true\n"
    "summary: {en: Series pauses., id: Series dijeda.}\n",
    "series/US/2025-02-01.yaml": "program: series\nregion: US\neffective: 2025-02-01\nwithdrawn: true\n",
}


@cache
def coming(today: datetime.date = TODAY) -> Site:
    return built(project(temporary() / "project", COMING, today=today))


def test_a_page_of_a_region_says_what_changes_on_which_coming_day() -> None:
    korea = coming().content("programs/series/KR/")
    days = [link.text for link in korea.section("coming").all("a")]

    assert days == ["1 February 2026 – 28 February 2026", "1 March 2026 – 30 April 2026", "since 1 May 2026"]
    assert "waived until 1 May 2026: A pilot. new" in korea.section("coming").text
    assert "max_videos 80 videos → 60 videos" in korea.section("coming").text


def test_a_version_after_a_withdrawal_tells_what_changed_since_the_last_offer() -> None:
    back = "program: series\nregion: PH\neffective: 2026-04-01\nsummary: {en: Back., id: Kembali.}\n"
    site = built(project(temporary() / "project", {**COMING, "series/PH/2026-04-01.yaml": back}))
    again = site.content("programs/series/PH/").one("li", "pe-version", id="v-2026-04-01")

    assert [change.text for change in again.all("li", "pe-change")] == ["max_videos 80 videos → 60 videos"]


def test_lists_that_read_the_same_are_told_apart_by_their_regions() -> None:
    many = "AD AE AF AG AL AM AO AR AT AU AZ BA BB".split()
    regions = Path(BASE / "regions.yaml").read_text("utf-8")
    regions += "".join(f"  {code}: {{part_of: world, name: {{en: {code}, id: {code}}}}}\n" for code in [*many, "BD"])
    world = WORLD.replace("regions: [southeast_asia, KR]", f"regions: [{', '.join(many)}]").replace(
        "    open: true\n", ""
    )
    korean = KOREAN.replace(
        "parameters:\n",
        f"parameters:\n  available_regions: {{regions: [{', '.join([*many[1:], 'BD'])}], source: help_page}}\n",
    )
    texts = {"regions.yaml": regions, "series/world/2023-06-06.yaml": world, KOREA: korean}
    site = built(project(temporary() / "project", texts))
    row = site.content("compare/").one("table").one("tr", **{"data-region": "KR"})
    korea = site.content("regions/KR/").section("series").text

    assert [cell.text for cell in row.all("td", "pe-differs")] == [
        "19 years (differs from the world)",
        "13 regions (differs from the world)",
    ]
    assert "Added BD" in korea
    assert "Removed AD" in korea


def test_a_rule_names_the_layer_of_the_number_that_it_reads() -> None:
    page = coming().content("programs/series/KR/")
    card = next(one for one in page.all("li", "pe-rule") if "19 years" in one.text)
    badge = card.one("a", "pe-layer--own")

    assert badge.text == "South Korea: 19 years"
    assert (
        "/policies/series/KR/2026-02-01/#L-" in badge.attributes["href"] or "KR/2024-05-01" in badge.attributes["href"]
    )


def test_a_waiver_shows_when_it_begins_why_and_when_it_ends() -> None:
    versions = {one.attributes["id"]: one for one in coming().content("programs/series/KR/").all("li", "pe-version")}

    assert "starts later" in versions["v-2026-02-01"].text
    assert "waived until 1 May 2026: A pilot. new" in versions["v-2026-02-01"].text
    assert "waived until 1 May 2026: A pilot. gone" in versions["v-2026-05-01"].text
    assert "max_videos 80 videos → 60 videos" in versions["v-2026-03-01"].text


def test_a_withdrawal_shows_before_it_comes_and_when_it_holds() -> None:
    philippines = coming().content("programs/series/PH/")
    version = philippines.one("li", "pe-version", id="v-2026-02-01")
    after = coming(datetime.date(2026, 3, 15)).content("programs/series/PH/")

    assert "Series pauses." in philippines.section("coming").text
    assert philippines.one(class_="pe-status").text.startswith("In force")
    assert "not offered" in version.text
    assert after.one(class_="pe-status").text == "Not offered in Philippines today. Series pauses."
    assert not after.all("table", "pe-numbers")


def test_a_withdrawal_without_words_says_since_when_it_holds_whatever_changed_elsewhere_since() -> None:
    after = coming(datetime.date(2026, 3, 15)).content("programs/series/US/")

    assert "1 February 2025" in after.one(class_="pe-status").text


def test_today_of_the_configuration_decides_what_is_in_force() -> None:
    before, after = (coming(day).content("programs/series/") for day in (TODAY, datetime.date(2026, 3, 1)))

    assert before.one("tr", id="p-max_videos").one("td", "pe-num").text == "80 videos"
    assert after.one("tr", id="p-max_videos").one("td", "pe-num").text == "60 videos"
    assert "As of 15 January 2026" in before.text
    assert "As of 1 March 2026" in after.text
    assert json.loads(coming().text("data/index.json"))["made"] == "2026-01-15"


def test_before_the_first_version_pages_say_that_there_are_no_rules_yet() -> None:
    early = coming(datetime.date(2020, 1, 1))

    assert "There are no rules for this program yet." in early.content("programs/series/").text
    assert "No rules are in force in South Korea yet." in early.content("programs/series/KR/").text


# themes and addresses


@pytest.mark.parametrize(("theme", "directories"), [("material", False), ("mkdocs", True), ("mkdocs", False)])
def test_every_link_leads_somewhere_in_every_theme_and_with_every_kind_of_address(
    tmp_path: Path,
    theme: str,
    directories: bool,  # noqa: FBT001 -- a parameter
) -> None:
    options = "" if directories else "use_directory_urls: false"
    site = built(project(tmp_path / "project", COMING, theme=theme, options=options))
    for address, found in site.heads.items():
        within = [link for link in links(address, found) if link.address is not None]
        assert [link.written for link in within if led_to(site, link) is None] == [], address
        language = "id" if address.startswith("id/") else "en"
        assert [tag["lang"] for name, tag in found if name == "html"] == [language], address
        outside = [link for link in links(address, found) if link.address is None and link.tag != "a"]
        assert not outside, (address, outside)


def test_the_default_theme_searches_the_pages_of_the_language(tmp_path: Path) -> None:
    site = built(project(tmp_path / "project", theme="mkdocs"))
    for home in ("", "id/"):
        base = re.search(r'var base_url = "([^"]*)"', site.pages[f"{home}programs/series/"])
        index = json.loads(site.text(f"{home}search/search_index.json"))

        assert base is not None
        assert base[1].rstrip("/") == "../.."
        assert {f"{home}search/worker.js", f"{home}search/lunr.js"} <= site.files
        assert "programs/series/" in [entry["location"] for entry in index["docs"]]


def test_feeds_lead_to_the_address_of_the_site_when_it_is_known(tmp_path: Path) -> None:
    site = built(project(tmp_path / "project", options="site_url: https://example.org/policies/"))

    for home in ("", "id/"):
        hrefs = re.findall(r'href="([^"]*)"', site.text(f"{home}feed.xml"))
        assert hrefs[0] == f"https://example.org/policies/{home}changes/"
        assert all(href.startswith(f"https://example.org/policies/{home}programs/series/") for href in hrefs[1:])


def test_the_same_sources_give_the_same_site(tmp_path: Path) -> None:
    sites = [built(project(tmp_path / name / "project", COMING)) for name in ("one", "two")]

    assert sites[0].pages == sites[1].pages
    assert sites[0].files == sites[1].files


def test_the_menu_may_hold_links_that_leave_the_site(tmp_path: Path) -> None:
    site = built(project(tmp_path / "project", options="nav: [{Elsewhere: 'https://example.org/x'}]"))

    for address in ("", "id/programs/series/"):
        written = [link.written for link in links(address, site.heads[address])]
        assert "https://example.org/x" in written
