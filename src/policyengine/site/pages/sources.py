"""The cited sources, each with what cites it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from policyengine.model.checked import CheckedPolicy, SourceNote
from policyengine.site.pages.page import Page
from policyengine.site.parts import Citation
from policyengine.site.view import View, anchor

_SUREST_FIRST = ("high", "medium", "low", "assumption")


@dataclass(frozen=True, slots=True)
class _Cited:
    citation: Citation
    notes: dict[str, None]
    uses: dict[tuple[str, str], dict[str, None]] = field(default_factory=dict)
    """By program and its title: what cites the source, each once."""


def sources_page(view: View) -> Page:
    """List every source that a version of any program cites, the surest first."""
    texts = view.texts["sources"]
    return Page("sources/", texts["title"], "sources.html", lambda: _fill(view), texts["lead"])


def _fill(view: View) -> Mapping[str, Any]:
    found: dict[str, _Cited] = {}
    for program, source, what in _uses(view):
        cited = found.setdefault(anchor(source), _Cited(view.citation(source), {}))
        if (note := view.text(source.note)) is not None:
            cited.notes[note] = None
        cited.uses.setdefault((program, view.program(program)), {})[what] = None
    ordered = sorted(found.values(), key=lambda one: (one.citation.publisher.casefold(), one.citation.title))
    return {
        "groups": [
            (certainty, view.ours.certainty[certainty], [one for one in ordered if one.citation.certainty == certainty])
            for certainty in _SUREST_FIRST
        ]
    }


def _uses(view: View) -> Iterator[tuple[str, SourceNote, str]]:
    """Give every citation of every version: the program, the source, what cites it."""
    other = view.texts["sources"]["disputes"]
    for program, timelines in view.book.policies.compiled.timelines.items():
        policies = [i for timeline in timelines.values() for i in timeline if isinstance(i, CheckedPolicy)]
        for policy in policies:
            for parameter in policy.parameters.values():
                title = view.parameter(program, parameter.id) or parameter.id
                for source in parameter.origin.sources:
                    yield program, source, title
                for reported in parameter.also_reported:
                    yield program, reported.source, f"{title} ({other})"
            for check in policy.checks.values():
                for requirement in check.requirements:
                    for source in requirement.origin.sources:
                        yield program, source, view.rule_words(policy, check, requirement).removesuffix(".")
                for value in check.values:
                    for source in value.origin.sources:
                        yield program, source, view.text(value.title) or value.id
