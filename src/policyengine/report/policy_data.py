"""What is in force in one region on one day, as plain data.

Reads: `Policies`, a program, a region, a day.
Gives: `policy_data`: parameters and requirements, each with its sources, its place and what it overrides.
"""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from policyengine.decide import Policies
from policyengine.model import checked
from policyengine.model.authored import PolicyFile, RequirementEntry
from policyengine.model.checked import Check, NamedValue, Origin, Parameter, Requirement
from policyengine.model.values import literal
from policyengine.report.decision_data import source, texts, type_name, waiver
from policyengine.report.layers import Layer, layers, needed, replaced_parameter, replaced_requirement
from policyengine.targets import prose


def policy_data(policies: Policies, program: str, region: str, on: datetime.date) -> dict[str, Any]:
    """Give everything that holds; raises `UnknownName`."""
    in_force = policies.in_force(program, region=region, on=on)
    interval, policy = in_force.interval, in_force.policy
    chain = layers(policies, program, region, on)
    checks = policy.checks.values() if policy is not None else ()
    return {
        "program": program,
        "region": region,
        "on": on.isoformat(),
        "offered": in_force.offered,
        "from": interval.start.isoformat() if interval is not None else None,
        "until": interval.end.isoformat() if interval is not None and interval.end is not None else None,
        "files": list(in_force.files),
        "parameters": [_parameter(policies, chain, parameter.parameter) for parameter in in_force.parameters.values()],
        "checks": [_check(policies, chain, check) for check in checks],
    }


def requirement_words(
    requirement: Requirement, check: Check, parameters: Mapping[str, Parameter], words: prose.Words
) -> str:
    """Say a requirement in a language: the author's words, or those that its expression makes."""
    said = requirement.says.get(words.language.code) if requirement.says is not None else None
    if said is not None:
        return prose.fill(said, parameters, words)
    return prose.sentence(checked.with_clauses(requirement.expression, check.clauses), words)


def requirement_source(policies: Policies, check: str, requirement: Requirement) -> str | None:
    """Give a leaf's expression with the names that its author used, in canonical form; None for a group."""
    if requirement.clause is None:
        return None
    file = _file(policies, requirement.origin)
    entries = (entry for top in file.checks.get(check, ()) for entry in _entries(top))
    return next(str(entry.require) for entry in entries if entry.id == requirement.id)


def value_source(policies: Policies, check: str, value: NamedValue) -> str:
    """Give a value's expression with the names that its author used, in canonical form."""
    file = _file(policies, value.origin)
    return next(str(entry.expression) for entry in file.values[check] if entry.id == value.id)


def _file(policies: Policies, origin: Origin) -> PolicyFile:
    return next(file for file in policies.compiled.authored.files if file.source.path == origin.path)


def _entries(entry: RequirementEntry) -> Iterator[RequirementEntry]:
    yield entry
    for child in entry.children:
        yield from _entries(child)


def _parameter(policies: Policies, chain: Sequence[Layer], parameter: Parameter) -> dict[str, Any]:
    wider = replaced_parameter(chain, parameter)
    return {
        "id": parameter.id,
        "value": literal(parameter.raw, parameter.type),
        "words": {code: prose.parameter(parameter, words) for code, words in policies.words.items()},
        "type": type_name(parameter.type),
        "open": parameter.open,
        "size": parameter.size,
        "note": texts(parameter.note),
        "also_reported": [
            {"value": literal(one.value, one.type), "source": source(one.source), "note": texts(one.note)}
            for one in parameter.also_reported
        ],
        "sources": [source(cited) for cited in parameter.origin.sources],
        "at": str(parameter.origin.span),
        "region": parameter.origin.region,
        "overrides": None if wider is None else {**_value(wider[1]), "region": wider[1].origin.region},
    }


def _value(parameter: Parameter) -> dict[str, Any]:
    return {"value": literal(parameter.raw, parameter.type), "at": str(parameter.origin.span)}


def _check(policies: Policies, chain: Sequence[Layer], check: Check) -> dict[str, Any]:
    return {
        "id": check.name,
        "digest": check.digest,
        "requirements": [_requirement(policies, chain, check, one) for one in check.requirements],
        "values": [
            {
                "id": value.id,
                "title": texts(value.title),
                "type": type_name(value.type),
                "written": value_source(policies, check.name, value),
                "sources": [source(cited) for cited in value.origin.sources],
                "at": str(value.origin.span),
                "region": value.origin.region,
            }
            for value in check.values
        ],
    }


def _requirement(policies: Policies, chain: Sequence[Layer], check: Check, requirement: Requirement) -> dict[str, Any]:
    parameters = chain[-1].policy.parameters
    wider = replaced_requirement(chain, check.name, requirement)
    return {
        "id": requirement.id,
        "kind": requirement.kind.value,
        "parent": requirement.parent,
        "words": {
            code: requirement_words(requirement, check, parameters, words) for code, words in policies.words.items()
        },
        "needed": needed(check, requirement),
        "written": requirement_source(policies, check.name, requirement),
        "obliges": texts(requirement.obliges),
        "binding": requirement.binding,
        "waived": waiver(requirement.waiver),
        "sources": [source(cited) for cited in requirement.origin.sources],
        "at": str(requirement.origin.span),
        "region": requirement.origin.region,
        "overrides": None if wider is None else {"needed": wider[1], "region": wider[0].region},
    }
