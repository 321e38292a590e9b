"""A decision: the outcome at once; findings, words, missing facts, values and advice when they are read.

Reads: the outcomes of clauses and the facts that were read, as `decide` left them.
Gives: `Decision`, its dictionary (`schemas/decision.schema.json`) and its text.
"""

import datetime
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from policyengine.advise import advice, first_day_met
from policyengine.missing import hanging_on, missing
from policyengine.model import checked, types
from policyengine.model.checked import Check, Requirement, Texts
from policyengine.model.decision import (
    Alternative,
    Finding,
    Missing,
    NamedResult,
    Obligation,
    Outcome,
    PolicyIdentity,
    Words,
)
from policyengine.model.errors import PolicyEngineError
from policyengine.model.operators import TODAY
from policyengine.model.values import Raw, literal, to_python
from policyengine.targets import prose
from policyengine.targets.interpreter import Environment, Given, evaluate

if TYPE_CHECKING:
    from policyengine.decide import Bound, Plan, Policies, Result


@dataclass(frozen=True, slots=True)
class Undecided:
    """Why no policy was asked: none is in force (`NOT_OFFERED`), or a fact that would choose one is unknown."""

    plan: "Plan"
    outcome: Outcome
    missing: tuple[Missing, ...]
    identity: PolicyIdentity
    summary: Texts | None


class Decision(tuple):  # type: ignore[type-arg]
    """The answer to one check for one creator on one day.

    Cheap to make: what explains it is worked out when it is read. `str()` prints it in the first language.
    """

    # A tuple inside, because nothing of several parts is quicker to make: the check bound to its policy, the result
    # shared by all with the same outcomes, the facts that were read, the facts as given, the day, the region.
    __slots__ = ()

    __eq__ = object.__eq__
    __ne__ = object.__ne__
    __hash__ = object.__hash__

    # what was asked

    @property
    def _plan(self) -> "Plan":
        return self[0].plan

    @property
    def _policies(self) -> "Policies":
        return self._plan.policies

    @property
    def program(self) -> str:
        """The program's name."""
        return self._plan.program.name

    @property
    def check(self) -> str:
        """The check's name."""
        return self._plan.check.name

    @property
    def region(self) -> str | None:
        """The creator's region, None when it is unknown."""
        return self[5]

    @property
    def on(self) -> datetime.date:
        """The decision's day."""
        return self[4]

    # the answer

    @property
    def outcome(self) -> Outcome:
        """Met, unmet, unknown or not offered."""
        result = self[1]
        if result is not None:
            return result.outcome
        undecided = self[0]
        assert isinstance(undecided, Undecided)
        return undecided.outcome

    def reads(self, language: str | None = None) -> str:
        """Say the outcome as people read it: `eligible`."""
        return _text(self._plan.check.reads.get(self.outcome.value), self._language(language)) or self.outcome.value

    @property
    def policy(self) -> PolicyIdentity:
        """The files and the digest of what decided."""
        bound = self[0]
        if isinstance(bound, Undecided):
            return bound.identity
        return PolicyIdentity(bound.policy.files, bound.check.digest, bound.policy.start, bound.policy.end)

    # why

    @property
    def requirements(self) -> tuple[Finding, ...]:
        """The findings, in the author's order, a group before its children."""
        check, given = self._check, self._given
        return () if check is None else tuple(self._finding(check, r, given) for r in check.requirements)

    def because(self) -> tuple[str, ...]:
        """Name the leaves that the outcome hangs on, in the author's order."""
        check = self._check
        if check is None or self.outcome is Outcome.NOT_OFFERED:
            return ()
        truth = {Outcome.MET: True, Outcome.UNMET: False, Outcome.UNKNOWN: None}[self.outcome]
        return tuple(check.clauses[index].id for index in hanging_on(check, truth, self._given))

    @property
    def obligations(self) -> tuple[Obligation, ...]:
        """What the creator must do along with it: owed only when the check is met."""
        check = self._check
        if check is None or self.outcome is not Outcome.MET:
            return ()
        owed = _owed(check, self._given)
        return tuple(Obligation(r.id, self._filled(r.obliges)) for r in owed if r.obliges is not None)

    @property
    def missing(self) -> tuple[Missing, ...]:
        """The facts that still matter to an unknown check, most useful first."""
        bound = self[0]
        if isinstance(bound, Undecided):
            return bound.missing
        return missing(bound.check, self._given) if self.outcome is Outcome.UNKNOWN else ()

    @property
    def values(self) -> Mapping[str, NamedResult]:
        """The check's named values, whatever the outcome."""
        check = self._check
        return {} if check is None else {value.id: self._value(value) for value in check.values}

    @property
    def advice(self) -> tuple[Alternative, ...]:
        """What would turn an unmet or unknown check met: the fewest changes first, then those that time makes."""
        check = self._check
        if check is None or self.outcome is Outcome.MET:
            return ()
        fixed, vocabulary = self._fixed, self._policies.compiled.vocabulary
        last = self[0].last_day(self.on)  # type: ignore[union-attr]  # a check has a policy

        def first_met(expr: checked.Expr) -> datetime.date | None:
            return first_day_met(expr, vocabulary, fixed, self.on, last)

        return advice(check, self._given, self._policies.words, first_met)

    @property
    def met_on(self) -> datetime.date | None:
        """The first day after `on` on which the check turns met by the passing of time alone, within 100 years.

        Facts stay as they were given, unknown ones unknown; scheduled versions and ends of waivers count. None when
        it is met already or never turns met.
        """
        if self.outcome is Outcome.MET or self.region is None:
            return None
        return self._plan.first_day_met(self._fixed, self.on, self.region)

    # as data and as text

    def to_dict(self) -> dict[str, Any]:
        """Give everything as plain data: `schemas/decision.schema.json`."""
        from policyengine.decision_data import to_dict  # noqa: PLC0415 -- it imports this module

        return to_dict(self)

    def to_json(self, *, indent: int | None = None) -> str:
        """Give everything as JSON text."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=indent)

    def text(self, language: str | None = None) -> str:
        """Print the decision as plain text in a language (the first one when None)."""
        from policyengine.decision_text import plain_text  # noqa: PLC0415 -- it imports this module

        return plain_text(self, self._language(language))

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<Decision {self.program} {self.check} {self.region} {self.on}: {self.outcome.value}>"

    # inside

    @property
    def _check(self) -> Check | None:
        bound = self[0]
        return None if isinstance(bound, Undecided) else bound.check

    def _language(self, language: str | None) -> str:
        known = self._policies.words
        if language is None:
            return next(iter(known))
        if language not in known:
            raise PolicyEngineError(f"the policies have no language `{language}`; they have {', '.join(known)}")
        return language

    @property
    def _given(self) -> Environment:
        """The facts that the check read, derived ones filled in, and the clauses' outcomes."""
        bound, result, known, _, on, _ = self
        if isinstance(bound, Undecided):
            return Environment({}, on.toordinal())
        assert result is not None
        facts = {path: _records(fact, raw) for (path, fact), raw in zip(bound.check.facts.items(), known, strict=True)}
        return Environment(facts, on.toordinal(), result.truths)

    @property
    def _fixed(self) -> Mapping[str, Given]:
        """The facts as they were given, without derived ones: those change with the day.

        They are read again: other versions read other facts. Raises `PolicyEngineError` if they were changed since.
        """
        bound, _, known, facts, on, _ = self
        if not isinstance(bound, Undecided):
            assert bound.function is not None
            if bound.function(facts, on, True)[1] != known:  # noqa: FBT003 -- what was ignored was ignored
                raise PolicyEngineError("the facts were changed after the decision was made; decide again")
        return self._policies.door.read_given(facts, ignore_extras=True)

    def _finding(self, check: Check, requirement: Requirement, given: Environment) -> Finding:
        truth = evaluate(requirement.expression, given)
        assert truth is None or isinstance(truth, bool)
        needed, paths = ", ".join(requirement.children), ()
        if requirement.clause is not None:
            needed = check.clauses[requirement.clause].source
            paths = tuple(facts_in(check.clauses[requirement.clause].expression))
        words = self._filled(requirement.says)
        unsaid = [code for code in self._policies.words if code not in words]
        if unsaid:
            meaning = checked.with_clauses(requirement.expression, check.clauses)
            words = {**words, **{code: prose.sentence(meaning, self._policies.words[code]) for code in unsaid}}
        return Finding(
            requirement.id,
            requirement.kind,
            requirement.parent,
            Outcome.of(truth),
            words,
            needed,
            {path: self._shown(check, path, given) for path in paths},
            requirement.waiver,
            requirement.origin,
        )

    def _shown(self, check: Check, path: str, given: Environment) -> str | None:
        if path == TODAY:
            return self.on.isoformat()
        raw = given.facts.get(path)
        if raw is None:
            return None
        if isinstance(raw, Sequence) and not isinstance(raw, str):
            return f"{len(raw)} {check.facts[path].records.unit or 'items'}"
        assert isinstance(raw, bool | int | str)
        return literal(raw, check.facts[path].type)

    def _filled(self, texts: Texts | None) -> Words:
        bound = self[0]
        if texts is None or isinstance(bound, Undecided):
            return {}
        parameters = bound.policy.parameters
        words = self._policies.words
        return {code: prose.fill(text, parameters, words[code]) for code, text in texts.entries if code in words}

    def _value(self, value: checked.NamedValue) -> NamedResult:
        raw = evaluate(value.expression, self._given)
        title = dict(value.title.entries) if value.title else {}
        if raw is None:
            return NamedResult(value.id, None, None, value.type, {}, title)
        words = {code: prose.value(raw, value.type, w) for code, w in self._policies.words.items()}
        return NamedResult(value.id, to_python(raw, value.type), literal(raw, value.type), value.type, words, title)


def facts_in(expr: checked.Expr) -> Sequence[str]:
    """List what an expression reads, each once, in the order it is written; `today` too."""
    found: dict[str, None] = {}
    todo = [expr]
    while todo:
        node = todo.pop(0)
        match node:
            case checked.Fact(path) | checked.Count(path):
                found[path] = None
            case checked.Quantified(items=items) | checked.CountWhere(items=items) | checked.Fold(items=items):
                found[items] = None
            case checked.Today() | checked.YearsSince():
                found[TODAY] = None
        todo = [*checked.children(node), *todo]
    return list(found)


def _records(fact: checked.FactDeclaration, known: object) -> Given:
    """Turn a list's columns, as the compiled function gives them, into records again."""
    if known is None or not isinstance(fact.type, types.Records):
        return known  # type: ignore[return-value]
    assert isinstance(known, tuple)
    count, *columns = known
    names = [field.path for field in fact.fields]
    rows: list[tuple[Raw | None, ...]] = list(zip(*columns, strict=True)) if columns else [()] * count
    return tuple(dict(zip(names, row, strict=True)) for row in rows)


def _owed(check: Check, given: Environment) -> list[Requirement]:
    """Walk the met requirements: of an `any_of` its first met alternative only; waived ones owe nothing."""
    requirements = {requirement.id: requirement for requirement in check.requirements}
    owed: list[Requirement] = []

    def visit(requirement: Requirement) -> None:
        if requirement.waiver is not None or evaluate(requirement.expression, given) is not True:
            return
        owed.append(requirement)
        children = [requirements[name] for name in requirement.children]
        if requirement.kind is checked.Kind.ANY_OF:
            counting = (c for c in children if c.waiver is not None or evaluate(c.expression, given) is True)
            children = [first] if (first := next(counting, None)) is not None else []
        for child in children:
            visit(child)

    for requirement in check.requirements:
        if requirement.parent is None:
            visit(requirement)
    return owed


def _text(texts: Texts | None, language: str) -> str | None:
    return texts.get(language) if texts is not None else None
