"""The words of the form: they are those of decisions, the same keys in each language, and harmless as a module."""

import datetime
import re
import shutil
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

import policyengine
from form_folder import HOSTILE, NO_URLS, call, hostile_policies, write_form
from policyengine.decide import Policies
from policyengine.decision import Decision
from policyengine.model.checked import Kind
from policyengine.report.decision_note import note
from policyengine.report.decision_text import plain_text
from policyengine.report.wording import held, wording
from policyengine.site.form import Urls, form_scripts, form_styles, words_module
from policyengine.site.form.script import module
from policyengine.site.form.texts import texts
from policyengine.site.form.words import words_data
from policyengine.targets.javascript import numbered, scripts

LANGUAGES = ("en", "id")
TEXTS = Path("src/policyengine/site/form/texts")
each_language = pytest.mark.parametrize("language", LANGUAGES)


@cache
def shipped() -> Policies:
    return policyengine.load("policies")


@cache
def assets() -> Path:
    return write_form(Path(mkdtemp()), shipped())


@cache
def said(language: str) -> Mapping[str, Any]:
    return words_data(shipped(), language, NO_URLS)


# our own texts


@pytest.mark.parametrize("file", sorted(TEXTS.glob("*.toml")), ids=lambda file: file.stem)
def test_every_language_has_the_same_texts_with_the_same_braces(file: Path) -> None:
    english, other = (tomllib.loads(one.read_text("utf-8")) for one in (TEXTS / "en.toml", file))

    assert other.keys() == english.keys()
    assert {name: _braces(text) for name, text in other.items()} == {
        name: _braces(text) for name, text in english.items()
    }
    assert all(text.strip() for text in other.values())


def test_a_language_without_texts_has_the_english_ones() -> None:
    assert texts("xx") == texts("en")


def test_every_text_is_used() -> None:
    code = "\n".join(form_scripts().values())
    by_outcome = {"met", "unmet", "unknown", "lifted"}  # picked by what a requirement is

    unused = [name for name in texts("en") if not re.search(rf"texts\.{name}\b", code)]

    assert set(unused) <= by_outcome


# the module


@each_language
def test_the_module_is_ascii_without_a_way_out_of_a_script_element(language: str) -> None:
    text = words_module(shipped(), language, NO_URLS)

    assert text.isascii()
    assert "<" not in text


@each_language
def test_hostile_words_arrive_as_they_were_written(language: str, tmp_path: Path) -> None:
    policies = hostile_policies(tmp_path)
    folder = write_form(tmp_path, policies)
    check = policies.compiled.programs["series"].checks[0]
    title, outcome = check.title.get(language), check.reads["met"].get(language)

    [got] = call(folder, language, [("decided", "same", {"words": True})])

    assert got == words_data(policies, language, NO_URLS)
    assert got["programs"]["series"]["checks"]["eligibility"]["title"] == title
    assert got["programs"]["series"]["checks"]["eligibility"]["reads"]["met"] == outcome
    assert any(worse in f"{title}{outcome}" for worse in HOSTILE)


def test_a_long_text_that_is_said_often_stands_in_the_module_once() -> None:
    text = module("words", {"a": "x" * 40, "b": ["x" * 40, "short", "short"]})

    assert text.count("x" * 40) == 1
    assert text.count("short") == 2


def test_pages_and_versions_lead_where_they_are_said_to_be() -> None:
    urls = Urls({"series": "en/series/"}, {("series", 1): "en/series/2023-06-06/"})

    series = words_data(shipped(), "en", urls)["programs"]["series"]

    assert series["url"] == "en/series/"
    assert [version["url"] for version in series["versions"]][:3] == [None, "en/series/2023-06-06/", None]


# as decisions say it


@each_language
def test_versions_are_numbered_as_the_engine_numbers_intervals(language: str) -> None:
    words = shipped().words[language]

    for program, timelines in shipped().compiled.timelines.items():
        versions = said(language)["programs"][program]["versions"]
        expected = [held(one.start, one.end, words, versioned=True) for one in numbered(timelines)]
        assert [version["since"] for version in versions] == expected


@each_language
def test_requirements_obligations_and_values_have_the_words_of_decisions(language: str) -> None:
    compared = 0
    for index, decision in _decisions():
        version = said(language)["programs"][decision.program]["versions"][index]["checks"][decision.check]
        assert list(version["requirements"]) == [finding.id for finding in decision.requirements]
        page = " ".join(plain_text(decision, language, width=10_000).split())
        for finding in decision.requirements:
            says = version["requirements"][finding.id]
            assert says["text"] == finding.words[language]
            assert says["text"] in page
            assert (finding.kind is Kind.ANY_OF) == ("aside" in says)
            compared += 1
        assert list(version["values"]) == list(decision.values)
        assert [one["title"] for one in version["values"].values()] == [
            result.title[language] for result in decision.values.values()
        ]
    assert compared > 100


@each_language
def test_notes_are_those_of_decisions(language: str) -> None:
    """Why nothing is offered, and why a list of regions cannot tell."""
    asked, expected = [], []
    for program, plan in shipped().compiled.programs.items():
        for check in plan.checks:
            for region in ("ID", "KR", "US", "world", None):
                for day in ("2020-01-01", "2023-04-01", "2024-06-01", "2026-01-01"):
                    on = datetime.date.fromisoformat(day)
                    facts: dict[str, Any] = {"creator": {"region": region}, "effect": {"published": on}}
                    decision = shipped().decide(program, facts, check=check.name, on=on)
                    given = {"creator.region": region, "effect.published": on.toordinal()}
                    asked.append((program, check.name, given, on.toordinal()))
                    expected.append(note(decision).get(language, "") if decision.outcome != "unmet" else "")
                    if region is None:
                        assert expected[-1] == wording(language).chooses_rules
                        expected[-1] = CHOOSES[language]

    got = call(assets(), language, [("decided", "notes", *one) for one in asked])

    assert got == expected
    assert len({text for text in got if text}) > 5


CHOOSES = {
    "en": "Which rules apply depends on: Where do you live?",
    "id": "Aturan mana yang berlaku bergantung pada: Di mana Anda tinggal?",
}
"""Decisions speak of "the answer"; the form names the question."""


def test_what_an_author_did_not_say_in_a_language_is_said_in_another(tmp_path: Path) -> None:
    policies = shipped_without(tmp_path, "id")
    english, other = (words_data(policies, language, NO_URLS) for language in LANGUAGES)

    assert other["facts"]["creator.region"]["question"] == "Where do you live?"
    series, its = english["programs"]["series"], other["programs"]["series"]
    assert its["title"] == series["title"]
    assert its["checks"] == series["checks"]
    assert its["grants"] == series["grants"]
    for version, same in zip(series["versions"], its["versions"], strict=True):
        for name, rules in version.get("checks", {}).items():
            said = same["checks"][name]
            assert [one.get("obliges") for one in said["requirements"].values()] == [
                one.get("obliges") for one in rules["requirements"].values()
            ]
            assert [one["title"] for one in said["values"].values()] == [
                one["title"] for one in rules["values"].values()
            ]


def shipped_without(folder: Path, language: str) -> Policies:
    """Load the shipped policies without any author's text in a language that they declare."""
    target = folder / "policies"
    shutil.copytree("policies", target)
    (target / "published.lock").unlink()
    file = target / "languages.yaml"
    file.write_text(file.read_text("utf-8").replace("required: [en, id]", "required: [en]"), "utf-8")
    for file in (*target.glob("facts/*.yaml"), *target.glob("*/program.yaml"), *target.glob("*/*/*.yaml")):
        text = re.sub(rf"^ +{language}: .*\n", "", file.read_text("utf-8"), flags=re.MULTILINE)
        file.write_text(re.sub(rf", {language}: [^,}}]+(?=\}})", "", text), "utf-8")
    return policyengine.load(target)


# what pages load


def test_no_module_of_the_form_has_the_name_of_one_of_the_engine() -> None:
    assert not form_scripts().keys() & scripts().keys()


@pytest.mark.parametrize("name", sorted(form_scripts()))
def test_a_script_writes_text_and_reaches_for_nothing(name: str) -> None:
    text = form_scripts()[name]
    code = re.sub(r"/\*.*?\*/|(?<!:)//[^\n]*", "", text, flags=re.DOTALL)

    assert not re.findall(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextual|\beval\b", code
    )
    assert not re.findall(r"\bfetch\b|XMLHttpRequest|sendBeacon|WebSocket|EventSource|cookie|Storage|indexedDB", code)
    assert not re.findall(r"https?://", code)
    assert text.startswith("/**\n * ")
    assert text.count("\n") < 400


def test_the_style_sheet_reaches_for_nothing_and_keeps_to_the_form() -> None:
    [text] = form_styles().values()
    selectors = re.findall(r"^([^@\s{}/*][^{}]*)\{", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL), re.MULTILINE)

    assert not re.findall(r"url\(|@import|@font-face", text)
    assert len(selectors) > 50
    assert all(".pe-check" in selector for many in selectors for selector in _selectors(many))


def _selectors(many: str) -> Iterator[str]:
    """Split a list of selectors at the commas that stand in no brackets."""
    depth, found = 0, ""
    for character in many:
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            yield found
            found = ""
        else:
            found += character
    yield found


def _braces(text: str) -> set[str]:
    return set(re.findall(r"\{[a-z_]+\}", text))


def _decisions() -> Iterator[tuple[int, Decision]]:
    """Decide nothing known but the region, in each version of each program, with the version's number."""
    for program, timelines in shipped().compiled.timelines.items():
        regions = [region for region, timeline in timelines.items() for _ in timeline]
        for index, (region, interval) in enumerate(zip(regions, numbered(timelines), strict=True)):
            where = "ZA" if region == "world" else region
            on = interval.start
            for check in shipped().compiled.programs[program].checks:
                facts = {"creator": {"region": where}, "effect": {"published": on}}
                decision = shipped().decide(program, facts, check=check.name, on=on)
                if decision.outcome != "not_offered":
                    yield index, decision
