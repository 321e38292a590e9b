"""The facts that rules ask, with the author's questions."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, assert_never

from policyengine.model import types
from policyengine.model.checked import CheckedPolicy, FactDeclaration, Privacy
from policyengine.site.pages.page import Page
from policyengine.site.view import View
from policyengine.targets import prose
from policyengine.targets.prose.numbers import decimal


def facts_page(view: View) -> Page:
    """List every declared fact, by entity."""
    texts = view.texts["facts"]
    return Page("facts/", texts["title"], "facts.html", lambda: {"entities": _entities(view)}, texts["lead"])


def _entities(view: View) -> list[tuple[str, list[dict[str, Any]]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    used = _used(view)
    for path, fact in view.book.policies.compiled.vocabulary.items():
        found.setdefault(path.partition(".")[0], []).append({**_fact(view, fact), "used": used.get(path, [])})
    return list(found.items())


def _used(view: View) -> Mapping[str, list[tuple[str, str, str]]]:
    """Give the checks in force anywhere today that read a fact: program, its title, the check's question."""
    found: dict[str, dict[tuple[str, str, str], None]] = {}
    for name, program in view.book.programs.items():
        titles = {check.name: view.text(check.title) or check.name for check in program.checks}
        for region in view.book.layered(name):
            now = view.book.now(name, region)
            checks = now.checks.values() if isinstance(now, CheckedPolicy) else ()
            for check in checks:
                entry = next(entry for entry in program.checks if entry.name == check.name)
                for path in (*check.facts, entry.region_by.text, entry.version_by.text):
                    found.setdefault(path, {})[name, view.program(name), titles[check.name]] = None
    return {path: list(checks) for path, checks in found.items()}


def _fact(view: View, fact: FactDeclaration) -> dict[str, Any]:
    return {
        "path": fact.path,
        "question": view.text(fact.question),
        "type": type_words(view, fact),
        "range": _range(view, fact),
        "private": fact.privacy is Privacy.PRIVATE,
        "derived": list(fact.inputs),
        "place": view.place(fact.span),
        "fields": [_fact(view, field) for field in fact.fields],
    }


def type_words(view: View, fact: FactDeclaration) -> str:
    """Say what kind of answer a fact takes."""
    texts = view.texts["facts"]
    match fact.type:
        case types.Number(percent=True):
            return str(texts["percent"])
        case types.Number(scale, unit) if scale or unit is None:
            return str(texts["decimal"]).format(places=scale) if scale else str(texts["number"])
        case types.Number(unit=unit):
            return str(texts["number_of"]).format(unit=view.words.unit(unit or "")[1])
        case types.Money(currency):
            return str(texts["money"]).format(currency=currency)
        case types.Duration() | types.Period():
            kind = "duration" if isinstance(fact.type, types.Duration) else "period"
            return str(texts[kind]).format(unit=view.words.unit(fact.unit or "")[1])
        case types.Choice(values):
            shown = [view.words.choice(value, fact.type, fact.path) for value in values]
            return str(texts["choice"]).format(choices=", ".join(shown))
        case types.Records(unit=unit, max_items=most):
            counted = f"{decimal(Decimal(most), view.words)} {view.words.unit(unit)[1] if unit else ''}".rstrip()
            return str(texts["list"]).format(number=counted)
        case types.Boolean() | types.Date() | types.Text() | types.Region():
            return str(texts[type(fact.type).__name__.lower()])
        case types.Poison():
            raise AssertionError(fact)
        case _:
            assert_never(fact.type)


def _range(view: View, fact: FactDeclaration) -> str | None:
    if fact.range is None or isinstance(fact.type, types.Records):
        return None
    low, high = (prose.value(end, fact.type, view.words) for end in (fact.range.low, fact.range.high))
    pattern = view.texts["facts"]["up_to" if fact.range.low == 0 else "from_to"]
    return str(pattern).format(low=low, high=high)
