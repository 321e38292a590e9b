"""What authors write is text on every page, whatever it looks like: held against the same site with harmless texts.

Both sites have the same elements and attributes everywhere, and each text of the one is the other's with the attacks
in the place of harmless letters. So no text became markup, and none was lost or changed.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest

from building import BASE, Node, Site, built, differences, project, temporary, tree
from hostile_policies import ATTACKS, attacked, hostile_policies

THEMES = ("material", "mkdocs")
each_theme = pytest.mark.parametrize("theme", THEMES)
HOMES = ("", "id/")


@cache
def sites(theme: str) -> tuple[Site, Site]:
    """Build the harmless site and the attacked one."""
    folders = (temporary() / "project" for _ in range(2))
    harmless, hostile = (
        built(project(folder, hostile_policies(hostile=attack), theme=theme))
        for folder, attack in zip(folders, (False, True), strict=True)
    )
    return harmless, hostile


def page(html: str) -> Node:
    # an anchor that is made from a source's title and address is another one for other texts
    return tree(re.sub(r"source-[0-9a-f]{8}", "source-0", html))


@each_theme
def test_no_text_of_an_author_becomes_markup_or_changes_on_any_page(theme: str) -> None:
    harmless, hostile = sites(theme)

    assert set(harmless.pages) == set(hostile.pages)
    for address, html in harmless.pages.items():
        if "policies/" not in address:
            found = list(differences(page(html), page(hostile.pages[address]), attacked))
            assert not found, (address, found[:5])


@each_theme
def test_pages_of_files_show_them_letter_by_letter_and_hold_nothing_else(theme: str) -> None:
    _, hostile = sites(theme)
    files = {**base(), **hostile_policies(hostile=True)}
    shown = [address for address in hostile.pages if "policies/" in address]

    assert len(shown) == 2 * len(files)
    for address in shown:
        content = hostile.content(address)
        text = "".join(piece for pre in content.all("pre") for piece in pre.pieces())
        path = address.partition("policies/")[2].rstrip("/")
        assert re.sub(r"^ *[0-9]+", "", text, flags=re.MULTILINE) == files[f"{path}.yaml"]
        assert {node.tag for node in content} <= {"div", "h1", "code", "p", "pre", "span", "a"}


def base() -> Mapping[str, str]:
    """Read the files of the base folder that have a page."""
    paths = (path for path in BASE.rglob("*.yaml") if path.parent.name != "cases")
    return {path.relative_to(BASE).as_posix(): path.read_text("utf-8") for path in paths}


@each_theme
def test_no_page_has_a_script_but_those_of_the_site_nor_an_attribute_that_runs_one(theme: str) -> None:
    _, hostile = sites(theme)
    for address, tags in hostile.heads.items():
        assert not [tag for tag in tags if any(name.startswith("on") for name in tag[1])], address
        assert not [
            tag for tag in tags for value in tag[1].values() if value.strip().lower().startswith("javascript:")
        ], address
        scripts = [attributes for name, attributes in tags if name == "script"]
        assert not [one for one in scripts if any(urlsplit(one.get("src", ""))[:2])], address


def test_every_attack_stands_on_pages_in_titles_descriptions_menus_and_tables_of_contents() -> None:
    _, hostile = sites("material")
    trees = [hostile.tree(f"{home}{path}") for home in HOMES for path in ("programs/series/", "programs/series/KR/")]
    everything = "".join(
        hostile.content(address).text
        for address in hostile.pages
        if "policies/" not in address and 'class="pe-page' in hostile.pages[address]
    )

    assert all(attack in everything for attack in ATTACKS)
    for one in trees:
        assert re.search(r"T[0-9]+:.*:T", one.one("title").text)
    for one in trees[::2]:
        assert re.search(r"T[0-9]+:.*:T", one.one("meta", name="description").attributes["content"])
        assert [nav for nav in one.all("nav") if re.search(r"T[0-9]+:.*:T", nav.text)]


@each_theme
def test_search_holds_texts_of_authors_as_texts(theme: str) -> None:
    harmless, hostile = sites(theme)
    for home in HOMES:
        first, second = (
            json.loads(site.text(f"{home}search/search_index.json"))["docs"] for site in (harmless, hostile)
        )
        assert any("T" in entry["title"] for entry in first)
        for one, other in zip(first, second, strict=True):
            if theme == "material":  # its index holds HTML
                for name in ("title", "text"):
                    assert not list(differences(page(one[name]), page(other[name]), attacked)), other
            else:  # this theme escapes what it finds, titles once more than they need
                assert attacked(one["text"]) == other["text"] or one["location"].startswith(("compare/", "policies/"))
                assert attacked(one["title"]) == unescape(other["title"])


def test_feeds_hold_texts_of_authors_as_texts() -> None:
    for home in HOMES:
        first, second = (
            list(ElementTree.fromstring(site.text(f"{home}feed.xml")).iter())  # noqa: S314 -- we wrote it
            for site in sites("material")
        )
        assert [one.tag for one in first] == [one.tag for one in second]
        assert [attacked(one.text or "") for one in first] == [one.text or "" for one in second]
        assert any("<script>" in (one.text or "") for one in second)


def test_modules_of_texts_could_stand_inside_a_script_element() -> None:
    _, hostile = sites("material")
    modules = [path for path in hostile.files if re.search(r"assets/policyengine/(words|programs)/", path)]

    assert len(modules) == 3
    for path in modules:
        assert "<" not in hostile.text(path), path


def test_a_character_that_xml_cannot_hold_leaves_the_feed_well_formed(tmp_path: Path) -> None:
    text = (BASE / "series/KR/2024-05-01.yaml").read_text("utf-8")
    summary = 'summary: {en: "a\\uFFFEb\\x07c", id: x}'
    korea = re.sub("^summary:.*$", lambda _: summary, text, flags=re.MULTILINE)
    site = built(project(tmp_path / "project", {"series/KR/2024-05-01.yaml": korea}))

    feed = ElementTree.fromstring(site.text("feed.xml"))  # noqa: S314 -- we wrote it
    assert "abc" in [one.text for one in feed.iter()]
