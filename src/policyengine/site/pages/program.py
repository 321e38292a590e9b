"""A program everywhere, and a program in one region."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from policyengine.model.checked import CheckedPolicy, Parameter
from policyengine.model.operators import TODAY
from policyengine.site.book import Interval
from policyengine.site.history import scale, versions
from policyengine.site.pages.page import Page
from policyengine.site.parts import Citation, Number, Rule
from policyengine.site.standing import standings
from policyengine.site.view import View

_WITHOUT = ("navigation",)
"""A form needs the room."""


def program_pages(view: View) -> Iterator[Page]:
    """Give a page for each program, and one for each region that any program names."""
    for name in view.book.programs:
        yield _program_page(view, name)
        for region in view.book.named:
            yield _place_page(view, name, region)


def _program_page(view: View, name: str) -> Page:
    program = view.book.programs[name]

    def fill() -> Mapping[str, Any]:
        root = view.book.root
        own = [region for region in view.book.layered(name) if region != root]
        return {
            **_in_force(view, name, root),
            "program": name,
            "about": view.text(program.about),
            "grants": view.text(program.grants),
            "checks": _checks(view, name),
            "versioned": list(_versioned(view, name)),
            "differing": _differing(view, name, own),
            "own": [(region, view.region(region)) for region in own],
            "data": f"data/{name}/{root}",
        }

    return Page(
        f"programs/{name}/",
        view.program(name),
        "program.html",
        fill,
        view.text(program.about) or "",
        _WITHOUT,
        reads=(name,),
    )


def _place_page(view: View, name: str, region: str) -> Page:
    title = view.texts["place"]["title"].format(program=view.program(name), region=view.region(region))

    def fill() -> Mapping[str, Any]:
        tree, own = view.book.policies.compiled.tree, view.book.layered(name)
        layered = [layer for layer in tree.chain(region) if layer in own]
        found = _in_force(view, name, region)
        return {
            **found,
            "program": name,
            "region": region,
            "region_name": view.region(region),
            "has_own": region in own,
            "wider": view.region(layered[-1]) if layered else view.region(view.book.root),
            "checks": _checks(view, name),
            "versioned": list(_versioned(view, name)),
            "standings": standings(view, name, region),
            "coming": [version for version in found["versions"] if version.state == "coming"],
            "data": f"data/{name}/{layered[-1] if layered else view.book.root}",
        }

    return Page(
        f"programs/{name}/{region}/", title, "place.html", fill, without=_WITHOUT, unsearched=True, reads=(name,)
    )


def _in_force(view: View, name: str, region: str) -> dict[str, Any]:
    """Give what holds today, and how it came to be."""
    now = view.book.now(name, region)
    policy = now if isinstance(now, CheckedPolicy) else None
    chain = view.chain(name, region, view.book.today) if policy is not None else ()
    numbers = view.numbers(policy, chain) if policy is not None else ()
    rules = view.checks(policy, chain) if policy is not None else ()
    history = versions(view, name, region)
    return {
        "now": None if now is None else view.days(now),
        "offered": policy is not None,
        "withdrawn": _withdrawn(view, now),
        "numbers": numbers,
        "rules": rules,
        "citations": _cited(numbers, [rule for check in rules for rule in check.rules]),
        "versions": history,
        "scale": scale(view, name, region),
    }


def _withdrawn(view: View, now: Interval | None) -> str | None:
    """Give what the author says of a withdrawal that holds today."""
    if now is None or isinstance(now, CheckedPolicy):
        return None
    return view.text(now.file.summary) or view.ours.withdrawn.format(start=view.day(now.file.effective))


def _checks(view: View, name: str) -> list[str]:
    return [f"{name}/{check.name}" for check in view.book.programs[name].checks]


def _versioned(view: View, name: str) -> Iterator[str]:
    """Say of the checks that go by another day than today which fact chooses their version."""
    for check in view.book.programs[name].checks:
        if check.version_by.text != TODAY:
            fact = view.book.policies.compiled.vocabulary[check.version_by.text]
            question = view.text(fact.question) or fact.path
            title = view.text(check.title) or check.name
            yield str(view.texts["program"]["version_by"]).format(check=title, fact=question)


def _differing(view: View, name: str, own: Sequence[str]) -> Mapping[str, list[tuple[str, str, str]]]:
    """Give the regions in which a parameter has another value today: code, name, value; by parameter."""
    wide = view.book.now(name, view.book.root)
    found: dict[str, list[tuple[str, str, str]]] = {}
    for region in own:
        narrow = view.book.now(name, region)
        if not isinstance(narrow, CheckedPolicy):
            continue
        base: Mapping[str, Parameter] = wide.parameters if isinstance(wide, CheckedPolicy) else {}
        for parameter in narrow.parameters.values():
            if parameter.id not in base or base[parameter.id].raw != parameter.raw:
                found.setdefault(parameter.id, []).append((region, view.region(region), view.value(parameter)))
    return found


def _cited(numbers: Sequence[Number], rules: Sequence[Rule]) -> tuple[Citation, ...]:
    """Give every source that numbers and rules cite, each once, in the order they are cited."""
    found: dict[str, Citation] = {}
    for number in numbers:
        for citation in (*number.citations, *(dispute.citation for dispute in number.disputes)):
            found.setdefault(citation.anchor, citation)
    todo = list(rules)
    while todo:
        rule = todo.pop(0)
        for citation in rule.citations:
            found.setdefault(citation.anchor, citation)
        todo = [*rule.children, *todo]
    return tuple(found.values())
