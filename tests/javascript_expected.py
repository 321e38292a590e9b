"""What JavaScript must say of a decision: what Python's says, with raw values in the place of words. Not a test."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from unittest import mock

from policyengine import advise
from policyengine.decide import Policies
from policyengine.decision import Decision, facts_in
from policyengine.model import checked, types
from policyengine.model.checked import FactDeclaration
from policyengine.model.decision import Change, Outcome
from policyengine.model.operators import TODAY
from policyengine.model.ranges import LIMIT
from policyengine.model.resolved import Gap
from policyengine.model.values import Raw
from policyengine.plan import Bound, Undecided, timeline_of
from policyengine.targets.interpreter import Environment, evaluate
from policyengine.targets.javascript import numbered

Vocabulary = Mapping[str, FactDeclaration]


def decision(decision: Decision, policies: Policies) -> dict[str, Any]:
    """Give a decision as `decide.js` does; changes as `comparable` gives them."""
    basis = decision.basis
    return {
        "outcome": decision.outcome.value,
        "region": decision.region,
        "interval": _interval(decision, policies),
        "gap": _gap(decision, policies),
        "requirements": list(_requirements(decision, policies)),
        "because": list(decision.because()),
        "obligations": [obligation.id for obligation in decision.obligations],
        "missing": [{"fact": one.fact, "inputs": list(one.inputs)} for one in decision.missing],
        "values": [
            {"id": value.id, "raw": evaluate(value.expression, decision.given)}
            for value in (basis.check.values if isinstance(basis, Bound) else ())
        ],
        "metOn": decision.met_on and decision.met_on.toordinal(),
    }


def _interval(decision: Decision, policies: Policies) -> dict[str, Any] | None:
    start = decision.policy.start
    if start is None or decision.region is None:
        return None
    timeline = timeline_of(policies.compiled, decision.program, decision.region)
    interval = next(interval for interval in timeline if interval.start == start)
    places = numbered(policies.compiled.timelines[decision.program])
    index = next(number for number, each in enumerate(places) if each is interval)
    return {"index": index, "start": start.toordinal(), "end": interval.end and interval.end.toordinal()}


def _gap(decision: Decision, policies: Policies) -> str | None:
    if decision.outcome is not Outcome.NOT_OFFERED:
        return None
    assert decision.region is not None
    timeline = timeline_of(policies.compiled, decision.program, decision.region)
    if decision.policy.start is None:
        return "not_yet" if timeline else "no_rules"
    interval = next(interval for interval in timeline if interval.start == decision.policy.start)
    return "withdrawn" if isinstance(interval, Gap) else "no_check"


def _requirements(decision: Decision, policies: Policies) -> Iterator[dict[str, Any]]:
    basis, known = decision.basis, decision.given
    for finding in decision.requirements:
        assert not isinstance(basis, Undecided)
        clause = basis.check.requirement(finding.id).clause
        expr = basis.check.clauses[clause].expression if clause is not None else None
        unmet = expr is not None and finding.outcome is Outcome.UNMET
        yield {
            "id": finding.id,
            "kind": finding.kind.value,
            "parent": finding.parent,
            "outcome": finding.outcome.value,
            "waivedUntil": finding.waiver and finding.waiver.until.toordinal(),
            "given": {path: _given(path, known) for path in (facts_in(expr) if expr is not None else ())},
            "changes": changes(expr, known, policies.compiled.vocabulary) if expr is not None and unmet else [],
        }


def _given(path: str, known: Environment) -> object:
    raw = known.today if path == TODAY else known.facts.get(path)
    return list(raw) if isinstance(raw, tuple) else raw


# changes


@dataclass(frozen=True)
class Step:
    """A change: its quantities as exact numbers, whatever scale they have."""

    kind: str
    fact: str | None
    amount: Fraction | None = None
    values: tuple[object, ...] | None = None


def changes(expr: checked.Expr, given: Environment, vocabulary: Vocabulary) -> list[Step]:
    """List what Python's advice takes toward a met expression, before it is put into words."""
    with _raw_words():
        steps = advise._Steps("", given, {"raw": None}, vocabulary)  # type: ignore[dict-item]
        return [_sayable(change, vocabulary) for change in steps.toward(expr, wanted=True)]


def comparable(found: Iterable[Mapping[str, Any]], vocabulary: Vocabulary) -> list[Step]:
    """Give changes of `distance.js` as Python's are given."""
    return [_step(change, vocabulary) for change in found]


def _step(change: Mapping[str, Any], vocabulary: Vocabulary) -> Step:
    kind, fact, amount, values = (change[name] for name in ("kind", "fact", "amount", "values"))
    if kind == "said":
        return Step("said", fact)
    type_ = _type(fact, vocabulary)
    return Step(
        kind,
        fact,
        None if amount is None else _fraction(amount, type_),
        None if values is None else tuple(_measure(value, type_) for value in values),
    )


@dataclass(frozen=True)
class _Raw:
    """What stands in the place of words: the kind of a change, and its values underneath."""

    kind: str
    raw: Raw | tuple[Raw, ...]
    type: types.Type


class _RawWords:
    """Stands in for prose."""

    more = staticmethod(lambda distance, type_, _words, _path: _Raw("more", distance, type_))
    fewer = staticmethod(lambda distance, type_, _words, _path: _Raw("less", distance, type_))
    becomes = staticmethod(lambda _path, value, type_, _words: _Raw("become", value, type_))
    avoids = staticmethod(lambda _path, value, type_, _words: _Raw("avoid", value, type_))
    phrase = staticmethod(lambda _expr, _words: None)
    about_item = staticmethod(lambda _items, _number, raw, _words: raw)


@contextmanager
def _raw_words() -> Iterator[None]:
    with mock.patch.object(advise, "prose", _RawWords):
        yield


def _sayable(change: Change, vocabulary: Vocabulary) -> Step:
    """Give a change as JavaScript does: "said" what its whole numbers cannot say."""
    raw: Any = change.words["raw"]
    if raw is None:
        return Step("said", change.fact)
    assert change.fact is not None
    if raw.kind in ("more", "less"):
        exact = isinstance(raw.raw, int) and raw.raw <= LIMIT
        return Step(raw.kind, change.fact, _fraction(raw.raw, raw.type)) if exact else Step("said", None)
    values = raw.raw if isinstance(raw.raw, tuple) else (raw.raw,)
    measured = tuple(_measure(value, raw.type) for value in values)
    # a whole number of followers is never 2.5
    smallest = _fraction(1, _type(change.fact, vocabulary))
    numbers = [value for value in measured if isinstance(value, Fraction)]
    reached = all((number / smallest).denominator == 1 for number in numbers)
    return Step(raw.kind, change.fact, None, measured) if reached else Step("said", None)


def _type(fact: str, vocabulary: Vocabulary) -> types.Type:
    path, *rest = re.split(r"\[\d+\]\.", fact)
    declared = vocabulary[path]
    if rest:
        return next(field.type for field in declared.fields if field.path == rest[0])
    return types.Number() if isinstance(declared.type, types.Records) else declared.type


def _measure(raw: Raw, type_: types.Type) -> object:
    return _fraction(raw, type_) if isinstance(raw, int) and not isinstance(raw, bool) else raw


def _fraction(raw: int, type_: types.Type) -> Fraction:
    return Fraction(raw, 10**type_.scale) if isinstance(type_, types.Number | types.Money) else Fraction(raw)
