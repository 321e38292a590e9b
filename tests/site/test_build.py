"""The shipped site, as `mkdocs build --strict` makes it: what it links to, and that it says what the policies say."""

import datetime
import json
import re
import subprocess
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from urllib.parse import urljoin
from xml.etree import ElementTree

import pytest

import policyengine
from building import ROOT, TODAY, Node, Site, led_to, links, shipped, squeezed
from policyengine.decide import Policies
from policyengine.model.checked import CheckedPolicy, SourceNote
from policyengine.report.policy_data import policy_data
from policyengine.report.timeline_data import timeline_data

HOMES = {"en": "", "id": "id/"}
each_language = pytest.mark.parametrize("language", HOMES)
PROGRAMS = ("series", "creator-rewards", "effect-creator-rewards")
each_program = pytest.mark.parametrize("program", PROGRAMS)
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def site() -> Site:
    assert shipped().run.code == 0, shipped().run.output
    return shipped().site


@cache
def policies() -> Policies:
    return policyengine.load("policies")


def language_of(address: str) -> str:
    return "id" if address.startswith("id/") else "en"


# the build


def test_a_strict_build_passes_without_a_warning() -> None:
    assert shipped().run.code == 0
    assert shipped().run.complaints == []


def test_a_build_writes_nothing_into_the_sources(site: Site) -> None:
    assert site.pages
    assert shipped().sources_before == shipped().sources_after


def test_no_generated_page_is_committed(site: Site) -> None:
    listed = subprocess.run(["git", "ls-files", "docs"], cwd=ROOT, capture_output=True, text=True, check=True)
    written = {path.removeprefix("docs/").removesuffix(".md") for path in listed.stdout.splitlines()}
    generated = {address.rstrip("/") for address in site.pages if 'class="pe-page' in site.pages[address]}

    assert generated
    assert not generated & {path.removesuffix("/index").removesuffix("index") for path in written}


# links


def test_every_link_within_the_site_leads_to_a_page_and_to_an_anchor_of_it(site: Site) -> None:
    broken = [
        (address, link.written)
        for address, found in site.heads.items()
        for link in links(address, found)
        if link.address is not None and led_to(site, link) is None
    ]

    assert not broken, broken[:20]


def test_pages_of_files_have_an_anchor_for_every_line_and_histories_one_for_every_version(site: Site) -> None:
    lines = (ROOT / "policies/series/world/2024-05-01.yaml").read_text("utf-8").count("\n")
    versions = [interval.start for interval in policies().timeline("series", region="KR")]

    for home in HOMES.values():
        assert {f"L-{n + 1}" for n in range(lines)} <= set(site.anchors[f"{home}policies/series/world/2024-05-01/"])
        assert {f"v-{day}" for day in versions} <= set(site.anchors[f"{home}programs/series/KR/"])


def test_the_links_of_the_form_lead_to_pages_and_versions(site: Site) -> None:
    for language, home in HOMES.items():
        words = site.text(f"assets/policyengine/words/{language}.js")
        urls = re.findall(r'"url":"([^"]+)"', words)

        assert len(urls) > len(PROGRAMS)
        for url in urls:
            address, _, anchor = url.partition("#")
            assert address.startswith(f"{home}programs/"), url
            assert not anchor or anchor in site.anchors[address], url


def test_nothing_is_loaded_from_elsewhere(site: Site) -> None:
    for address, found in site.heads.items():
        outside = [link for link in links(address, found) if link.address is None and link.tag != "a"]
        assert not outside, (address, outside)
    for path in site.files:
        if path.endswith(".css"):
            urls = re.findall(r"(?:url\(|@import)\s*[\"']?([^\"')]+)", site.text(path))
            assert not [
                url
                for url in urls
                if urljoin("https://site.invalid/", url)[:21] != "https://site.invalid/" and not url.startswith("data:")
            ], path


def test_every_page_of_policies_forbids_to_load_anything_from_elsewhere(site: Site) -> None:
    for address, found in site.heads.items():
        told = [tag["content"] for _, tag in found if tag.get("http-equiv") == "Content-Security-Policy"]
        assert len(told) == 1, address
        assert "default-src 'self'" in told[0]
        assert "http" not in told[0]


def test_links_that_leave_the_site_are_addresses_of_sources_and_tell_nobody_whence(site: Site) -> None:
    cited = {
        source.url
        for timelines in policies().compiled.timelines.values()
        for timeline in timelines.values()
        for policy in timeline
        if isinstance(policy, CheckedPolicy)
        for source in sources(policy)
    }
    leaving = [
        (address, link)
        for address, found in site.heads.items()
        for link in links(address, found)
        if link.address is None
    ]

    assert {link.written for _, link in leaving} == cited - {None}
    assert {address for address, _ in leaving} == {"sources/", "id/sources/"}
    assert all({"noopener", "noreferrer"} <= set(link.attributes["rel"].split()) for _, link in leaving)


def sources(policy: CheckedPolicy) -> Iterator[SourceNote]:
    for parameter in policy.parameters.values():
        yield from parameter.origin.sources
        yield from (other.source for other in parameter.also_reported)
    for check in policy.checks.values():
        for requirement in check.requirements:
            yield from requirement.origin.sources
        for named in check.values:
            yield from named.origin.sources


def test_no_file_tells_on_which_machine_it_was_made(site: Site) -> None:
    texts = [path for path in site.files if path.endswith((".html", ".js", ".json", ".xml", ".css", ".map"))]

    assert [path for path in texts if f"{ROOT}/" in site.text(path) or f"{site.folder}" in site.text(path)] == []


def test_anchors_of_generated_pages_are_unique(site: Site) -> None:
    for address, html in site.pages.items():
        if 'class="pe-page' in html:
            found = Counter(tag["id"] for _, tag in site.heads[address] if "id" in tag)
            assert found.most_common(1)[0][1] == 1, (address, found.most_common(3))


# languages


def test_every_page_says_its_language(site: Site) -> None:
    for address, found in site.heads.items():
        assert [tag["lang"] for name, tag in found if name == "html"] == [language_of(address)], address


def test_both_languages_have_the_same_generated_pages(site: Site) -> None:
    generated = [address for address, html in site.pages.items() if 'class="pe-page' in html]
    english = {address for address in generated if not address.startswith("id/")}
    indonesian = {address.removeprefix("id/") for address in generated if address.startswith("id/")}

    assert english == indonesian
    assert len(english) > 250


def test_the_switch_leads_to_the_same_page_in_the_other_language_or_to_its_home_page(site: Site) -> None:
    for address, found in site.heads.items():
        if address == "404.html":
            continue
        plain = address.removeprefix("id/")
        here = {
            language: f"{home}{plain}" if f"{home}{plain}" in site.pages else home for language, home in HOMES.items()
        }
        for tag in ("a", "link"):
            switch = {
                link.attributes["hreflang"]: link.address
                for link in links(address, found)
                if link.tag == tag and "hreflang" in link.attributes
            }
            assert switch == here, (address, tag)


def test_only_pages_written_by_hand_lack_a_twin(site: Site) -> None:
    alone = {address for address in site.pages if f"id/{address}" not in site.pages and not address.startswith("id/")}
    by_hand = {f"{path.relative_to(ROOT / 'docs').with_suffix('')}/" for path in (ROOT / "docs").rglob("*.md")}

    assert alone <= by_hand | {"changelog/", "404.html"}


@each_language
def test_the_menu_of_a_language_stays_in_it_where_pages_exist(site: Site, language: str) -> None:
    home = HOMES[language]
    page = site.tree(f"{home}programs/series/")
    led = [
        link.address
        for nav in page.all("nav", "md-nav--primary")
        for link in links(f"{home}programs/series/", [(node.tag, node.attributes) for node in nav.all("a")])
        if not link.anchor
    ]
    twins = {address for address in led if address is not None and f"id/{address.removeprefix('id/')}" in site.pages}

    assert len(twins) > 8
    assert {language_of(address) for address in twins} == {language}


# what holds


@each_language
@each_program
def test_a_page_of_a_region_shows_what_is_in_force_there_from_which_layer_and_line(
    site: Site, program: str, language: str
) -> None:
    home = HOMES[language]
    shown = [address.split("/")[-2] for address in site.pages if address.startswith(f"{home}programs/{program}/")]
    regions = [region for region in shown if region != program]

    assert "KR" in regions
    for region in regions:
        rows = numbers(site.content(f"{home}programs/{program}/{region}/"))
        in_force = policies().in_force(program, region=region, on=TODAY)
        assert list(rows) == list(in_force.parameters)
        for name, held in in_force.parameters.items():
            row = rows[name]
            assert value(row) == squeezed(held.words(language))
            assert row.one(class_="pe-layer").text == policies().words[language].region(held.origin.region)
            path = held.origin.path.removesuffix(".yaml")
            assert place(row, f"{home}programs/{program}/{region}/") == f"{home}{path}/#L-{held.origin.span.line}"


@each_language
@each_program
def test_a_page_of_a_program_shows_what_is_in_force_in_the_world(site: Site, program: str, language: str) -> None:
    rows = numbers(site.content(f"{HOMES[language]}programs/{program}/"))
    in_force = policies().in_force(program, region="world", on=TODAY)

    assert {name: value(row) for name, row in rows.items()} == {
        name: squeezed(held.words(language)) for name, held in in_force.parameters.items()
    }


def numbers(content: Node) -> Mapping[str, Node]:
    rows = content.one("table", "pe-numbers").one("tbody").all("tr")
    return {row.attributes["id"].removeprefix("p-"): row for row in rows}


def value(row: Node) -> str:
    cell = row.one("td", "pe-num")
    return (cell.all("summary") or cell.all("span"))[0].text


def place(row: Node, here: str) -> str:
    return urljoin(f"https://site.invalid/{here}", row.one("a", "pe-place").attributes["href"])[21:]


def test_south_korea_asks_for_19_years_instead_of_18_and_says_where_that_stands(site: Site) -> None:
    row = numbers(site.content("programs/series/KR/"))["min_age"]
    path, _, anchor = place(row, "programs/series/KR/").partition("#L-")
    text = (ROOT / f"{path.rstrip('/')}.yaml").read_text("utf-8").splitlines()

    assert value(row) == "19 years"
    assert row.one(class_="pe-layer").text == "South Korea"
    assert row.one(class_="pe-instead").text == "instead of 18 years"
    assert path == "policies/series/KR/2024-05-01/"
    assert text[int(anchor) - 1 : int(anchor) + 1] == ["  min_age:", "    value: 19 years"]


def test_the_line_that_a_number_leads_to_shows_that_line_of_the_file(site: Site) -> None:
    file = site.content("policies/series/KR/2024-05-01/")
    text = (ROOT / "policies/series/KR/2024-05-01.yaml").read_text("utf-8")
    shown = "".join(piece for pre in file.all("pre") for piece in pre.pieces())

    assert re.sub(r"^ *[0-9]+", "", shown, flags=re.MULTILINE) == text
    assert [node.attributes["id"] for node in file.all("a") if "id" in node.attributes] == [
        f"L-{number}" for number in range(1, text.count("\n") + 1)
    ]


def test_the_page_of_a_program_names_the_regions_where_a_number_differs(site: Site) -> None:
    row = numbers(site.content("programs/series/"))["min_age"]

    assert value(row) == "18 years"
    assert [node.text for node in row.all(class_="pe-elsewhere")] == ["South Korea: 19 years"]


@each_language
@each_program
def test_what_other_sources_report_is_shown_as_a_dispute_with_how_sure_it_is(
    site: Site, program: str, language: str
) -> None:
    rows = numbers(site.content(f"{HOMES[language]}programs/{program}/"))
    policy = policies().in_force(program, region="world", on=TODAY).policy
    assert policy is not None
    for name, parameter in policy.parameters.items():
        disputes = rows[name].all(class_="pe-dispute")

        assert len(disputes) == len(parameter.also_reported), name
        for dispute, reported in zip(disputes, parameter.also_reported, strict=True):
            assert reported.source.publisher in dispute.text
            assert reported.note is None or squeezed(reported.note.get(language) or "") in dispute.text


def test_a_dispute_says_who_reports_what_instead(site: Site) -> None:
    row = numbers(site.content("programs/series/"))["max_price"]

    assert value(row) == "189.99 USD"
    assert row.one(class_="pe-dispute").text.startswith("Disputed. Technologue.id reports 190 USD instead (")
    assert "medium" in row.one(class_="pe-dispute").text


@each_program
def test_every_number_says_how_sure_it_is_and_which_source_it_has(site: Site, program: str) -> None:
    held = policies().in_force(program, region="world", on=TODAY).parameters
    for name, row in numbers(site.content(f"programs/{program}/")).items():
        sources = held[name].origin.sources
        shown = row.all("td")[-1].all(class_="pe-sure")

        assert {one.attributes["class"].split("--")[1] for one in shown} == {source.certainty for source in sources}
        assert all(one.text for one in shown)
        assert len(row.one(class_="pe-cites").all("a")) == len(sources)


def test_a_history_tells_changes_of_numbers_in_words(site: Site) -> None:
    versions = site.content("programs/effect-creator-rewards/").all("li", "pe-version")
    changes = {
        version.attributes["id"]: [change.text for change in version.all("li", "pe-change")] for version in versions
    }

    assert list(changes) == ["v-2024-07-01", "v-2024-03-12", "v-2023-10-11", "v-2023-05-16"]
    assert "Minimum videos per effect 500,000 videos → 200,000 videos" in changes["v-2023-10-11"]
    assert "Minimum age 18 years new" in changes["v-2024-07-01"]
    assert "Highest payout per effect 14,000 USD gone" in changes["v-2024-07-01"]
    assert changes["v-2023-05-16"] == []


def test_a_history_tells_changes_of_numbers_in_indonesian(site: Site) -> None:
    version = site.content("id/programs/effect-creator-rewards/").one("li", "pe-version", id="v-2023-10-11")

    assert "500.000 video → 200.000 video" in version.text


@each_language
@each_program
def test_a_history_has_every_version_with_its_files(site: Site, program: str, language: str) -> None:
    home = HOMES[language]
    for region in policies().compiled.timelines[program]:
        page = f"programs/{program}/" if region == "world" else f"programs/{program}/{region}/"
        versions = site.content(f"{home}{page}").all("li", "pe-version")
        timeline = policies().timeline(program, region=region)

        assert [one.attributes["id"] for one in versions] == [f"v-{i.start}" for i in reversed(timeline)]


# a list that does not name all


@pytest.mark.parametrize(
    ("language", "said", "claims"),
    [
        ("en", "It is not known whether Indonesia is on the list.", r"is (not )?on the list"),
        ("id", "Belum diketahui apakah Indonesia termasuk dalam daftar.", r"(tidak )?termasuk dalam daftar"),
    ],
)
@pytest.mark.parametrize("page", ["programs/series/ID/", "regions/ID/"])
def test_a_region_that_an_open_list_may_have_is_neither_in_nor_out(
    site: Site, page: str, language: str, said: str, claims: str
) -> None:
    content = site.content(f"{HOMES[language]}{page}")
    standings = [node for node in content.all(class_="pe-standing") if said in node.text]

    assert standings
    assert {tuple(node.attributes["class"].split()) for node in standings} == {("pe-standing", "pe-standing--unknown")}
    series = content.text if page.startswith("programs/") else content.section("series").text
    assert re.search(claims, series.replace(said, "")) is None
    assert "94" in series


def test_the_list_of_regions_says_not_known_for_an_open_list(site: Site) -> None:
    rows = {row.one("th").text: [cell.text for cell in row.all("td")] for row in site.content("regions/").all("tr")[1:]}
    column = list(policies().compiled.programs).index("series")

    assert rows["South Korea"][column].startswith("on the list")
    assert rows["United States"][column] == "not known"


# copies, feeds, search


def test_the_copies_are_what_the_command_line_gives(site: Site) -> None:
    index = json.loads(site.text("data/index.json"))

    assert index["made"] == TODAY.isoformat()
    for name in index["policies"]:
        program, region, file = name.split("/")
        day = datetime.date.fromisoformat(file.removesuffix(".json"))
        assert json.loads(site.text(f"data/{name}")) == policy_data(policies(), program, region, day)
    for name in index["timelines"]:
        program, region, _ = name.split("/")
        assert json.loads(site.text(f"data/{name}")) == timeline_data(policies(), program, region, TODAY)


def test_the_index_lists_every_copy(site: Site) -> None:
    index = json.loads(site.text("data/index.json"))
    copies = {path for path in site.files if path.startswith("data/") and path.endswith(".json")}

    assert {f"data/{name}" for name in (*index["policies"], *index["timelines"])} == copies - {"data/index.json"}
    assert {name.split("/")[0] for name in index["timelines"]} == set(PROGRAMS)


@each_language
def test_a_feed_is_well_formed_atom_and_its_links_lead_to_versions(site: Site, language: str) -> None:
    home = HOMES[language]
    feed = ElementTree.fromstring(site.text(f"{home}feed.xml"))  # noqa: S314 -- we wrote it
    entries = feed.findall(f"{ATOM}entry")

    assert feed.tag == f"{ATOM}feed"
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == language
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    assert len(entries) == len([file for file in policies().compiled.authored.files if not file.draft])
    for one in (feed, *entries):
        assert one.findtext(f"{ATOM}title")
        assert str(uuid.UUID(one.findtext(f"{ATOM}id"))) in (one.findtext(f"{ATOM}id") or "")
        assert datetime.datetime.fromisoformat(one.findtext(f"{ATOM}updated") or "").tzinfo is not None
        alternate = one.find(f"{ATOM}link")
        assert alternate is not None
        href = urljoin(f"https://site.invalid/{home}feed.xml", alternate.get("href"))
        address, _, anchor = href.removeprefix("https://site.invalid/").partition("#")
        assert not anchor or anchor in site.anchors[address], href
        assert address in site.pages, href
        assert language_of(address) == language
    ids = [one.findtext(f"{ATOM}id") for one in (feed, *entries)]
    assert len(set(ids)) == len(ids)


def test_ids_of_a_feed_do_not_depend_on_the_build(site: Site) -> None:
    here = ids(site.text("feed.xml"))

    assert here[0] == "urn:uuid:9562d25f-7cfb-58e1-b680-1234b3d2de02"
    assert len(here) == len(set(here))


def ids(feed: str) -> list[str | None]:
    root = ElementTree.fromstring(feed)  # noqa: S314 -- we wrote it
    return [one.findtext(f"{ATOM}id") for one in (root, *root.findall(f"{ATOM}entry"))]


@each_language
def test_each_language_searches_its_own_pages(site: Site, language: str) -> None:
    home = HOMES[language]
    found = [entry["location"] for entry in json.loads(site.text(f"{home}search/search_index.json"))["docs"]]

    assert len(found) > 200
    for location in found:
        address, _, anchor = location.partition("#")
        assert not location.startswith("id/")
        assert not anchor or anchor in site.anchors[f"{home}{address}"], location
        assert f"{home}{address}" in site.pages, location


def test_search_finds_the_rules_in_words(site: Site) -> None:
    for language, words in {"en": "You are at least 18 years old", "id": "Anda berusia minimal 18 tahun"}.items():
        index = json.loads(site.text(f"{HOMES[language]}search/search_index.json"))["docs"]

        assert any(words in entry["text"] for entry in index), language
