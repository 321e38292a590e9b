"""A decision as plain data: `schemas/decision.schema.json`.

Reads: a `Decision`.
Gives: `to_dict`; values as literals of the language, texts in every language, days as ISO text.
"""

import datetime
from typing import Any, assert_never

from policyengine.decision import Decision
from policyengine.model import types
from policyengine.model.checked import Parameter, SourceNote, Texts, Waiver
from policyengine.model.decision import Alternative, Finding, NamedResult
from policyengine.model.values import literal
from policyengine.report.decision_note import note
from policyengine.report.decision_sources import parameters, sources


def to_dict(decision: Decision) -> dict[str, Any]:
    """Give everything that a decision has to say."""
    missing, policy = decision.missing, decision.policy
    found = {
        "program": decision.program,
        "check": decision.check,
        "region": decision.region,
        "on": decision.on.isoformat(),
        "outcome": decision.outcome.value,
        "reads": {code: decision.reads(code) for code in decision.basis.plan.shared.words},
        "requirements": [_finding(decision, finding) for finding in decision.requirements],
        "because": list(decision.because()),
        "obligations": [{"id": owed.id, "words": dict(owed.words)} for owed in decision.obligations],
        "missing": [fact.fact for fact in missing],
        "questions": {fact.fact: question for fact in missing if (question := _question(decision, fact.fact))},
        "values": [_value(result) for result in decision.values.values()],
        "advice": [_alternative(alternative) for alternative in decision.advice],
        "met_on": _day(decision.met_on),
        "policy": {
            "files": list(policy.files),
            "digest": policy.digest,
            "from": _day(policy.start),
            "until": _day(policy.end),
        },
    }
    return {**found, "note": dict(said)} if (said := note(decision)) else found


def source(cited: SourceNote) -> dict[str, Any]:
    """Give a cited source."""
    return {
        "id": cited.id,
        "title": cited.title,
        "publisher": cited.publisher,
        "url": cited.url,
        "published": cited.published,
        "certainty": cited.certainty,
        "note": texts(cited.note),
    }


def texts(said: Texts | None) -> dict[str, str] | None:
    """Give a text in each language; None when there is none."""
    return dict(said.entries) or None if said is not None else None


def waiver(lifted: Waiver | None) -> dict[str, Any] | None:
    """Give what lifts a requirement."""
    if lifted is None:
        return None
    return {"until": lifted.until.isoformat(), "because": dict(lifted.because.entries)}


def type_name(type_: types.Type) -> str:
    """Name a type as the fact files do: `money(USD)`, `integer(videos)`.

    >>> type_name(types.Money("USD", 2)), type_name(types.Number(2, percent=True)), type_name(types.Number(3))
    ('money(USD)', 'percent', 'decimal(3)')
    """
    match type_:
        case types.Number(percent=True):
            return "percent"
        case types.Number(scale, unit):
            kind = f"decimal({scale}" if scale else "integer("
            inner = ", " if scale and unit else ""
            return f"{kind}{inner}{unit or ''})".removesuffix("()")
        case types.Money(currency):
            return f"money({currency})"
        case types.Records():
            return "list"
        case (
            types.Boolean()
            | types.Duration()
            | types.Period()
            | types.Date()
            | types.Text()
            | types.Choice()
            | types.Region()
            | types.Poison()
        ):
            return type(type_).__name__.lower()
        case _:
            assert_never(type_)


def _finding(decision: Decision, finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.id,
        "outcome": finding.outcome.value,
        "kind": finding.kind.value,
        "parent": finding.parent,
        "words": dict(finding.words),
        "needed": finding.needed,
        "given": dict(finding.given),
        "parameters": [_parameter(parameter) for parameter in parameters(decision, finding)],
        "sources": [source(cited) for cited in sources(decision, finding)],
        "at": str(finding.origin.span),
        "region": finding.origin.region,
        "waived": waiver(finding.waiver),
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "id": parameter.id,
        "value": literal(parameter.raw, parameter.type),
        "at": str(parameter.origin.span),
        "region": parameter.origin.region,
    }


def _question(decision: Decision, fact: str) -> dict[str, str] | None:
    declared = next((words.fact(fact) for words in decision.basis.plan.shared.words.values()), None)
    return texts(declared.question) if declared is not None else None


def _value(result: NamedResult) -> dict[str, Any]:
    return {
        "id": result.id,
        "title": dict(result.title) or None,
        "value": result.literal,
        "words": dict(result.words) or None,
        "type": type_name(result.type),
    }


def _alternative(alternative: Alternative) -> dict[str, Any]:
    changes = [
        {
            "requirement": change.requirement,
            "fact": change.fact,
            "kind": change.kind.value,
            "amount": change.amount,
            "words": dict(change.words),
        }
        for change in alternative.changes
    ]
    return {"changes": changes, "by_time": alternative.by_time}


def _day(day: datetime.date | None) -> str | None:
    return None if day is None else day.isoformat()
