"""A decision: the outcome at once; findings, words, missing facts, values and advice when they are read.

Reads: the outcomes of clauses and the facts that were read, as `decide` left them.
Gives: `Decision`, its dictionary (`schemas/decision.schema.json`) and its text.
"""

import datetime
import json
from collections.abc import Mapping, Sequence
from typing import Any

from policyengine.advise import advice, first_day_met
from policyengine.missing import missing
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
)
from policyengine.model.errors import PolicyEngineError
from policyengine.model.operators import TODAY
from policyengine.model.values import Raw, literal, to_python
from policyengine.plan import Bound, Plan, Shared, Undecided
from policyengine.targets import prose
from policyengine.targets.interpreter import Environment, Given, evaluate


class Decision(tuple):  # type: ignore[type-arg]
    """The answer to one check for one creator on one day.

    Cheap to make: what explains it is worked out when it is read. `str()` prints it in the first language.
    """

    # A tuple inside, because nothing of several parts is quicker to make: the result, shared by all decisions with the
    # same outcomes; the check bound to its policy; the facts that were read; the facts as given; the day.
    # INVARIANT: the region is the first fact that was read: every check reads what chooses its policy first.
    __slots__ = ()

    __eq__ = object.__eq__
    __ne__ = object.__ne__
    __hash__ = object.__hash__

    # what was asked

    @property
    def _plan(self) -> Plan:
        plan: Plan = self[1].plan
        return plan

    @property
    def _shared(self) -> Shared:
        return self._plan.shared

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
        region: str | None = self[2][0]
        return region

    @property
    def on(self) -> datetime.date:
        """The decision's day."""
        day: datetime.date = self[4]
        return day

    # the answer

    @property
    def outcome(self) -> Outcome:
        """Met, unmet, unknown or not offered."""
        outcome: Outcome = self[0].outcome
        return outcome

    def reads(self, language: str | None = None) -> str:
        """Say the outcome as people read it: `eligible`."""
        return _text(self._plan.check.reads.get(self.outcome.value), self._language(language)) or self.outcome.value

    @property
    def policy(self) -> PolicyIdentity:
        """The files and the digest of what decided."""
        bound = self[1]
        if isinstance(bound, Undecided):
            return bound.identity
        return PolicyIdentity(bound.policy.files, bound.check.digest, bound.policy.start, bound.policy.end)

    @property
    def basis(self) -> Bound | Undecided:
        """What decided: the check in the policy that was in force, or why there is none."""
        basis: Bound | Undecided = self[1]
        return basis

    # why

    @property
    def given(self) -> Environment:
        """The facts that the check read, derived ones filled in, and the clauses' outcomes."""
        result, bound, known, _, on = self
        if isinstance(bound, Undecided):
            return Environment({}, on.toordinal())
        facts = {path: _records(fact, raw) for (path, fact), raw in zip(bound.check.facts.items(), known, strict=True)}
        return Environment(facts, on.toordinal(), result.truths)

    @property
    def requirements(self) -> tuple[Finding, ...]:
        """The findings, in the author's order, a group before its children."""
        bound, result = self[1], self[0]
        if isinstance(bound, Undecided):
            return ()
        given = self.given
        pairs = zip(bound.check.requirements, result.requirements, strict=True)
        return tuple(self._finding(bound, requirement, truth, given) for requirement, truth in pairs)

    def because(self) -> tuple[str, ...]:
        """Name the leaves that the outcome hangs on, in the author's order."""
        because: tuple[str, ...] = self[0].because
        return because

    @property
    def obligations(self) -> tuple[Obligation, ...]:
        """What the creator must do along with it: owed only when the check is met."""
        bound = self[1]
        if isinstance(bound, Undecided) or self.outcome is not Outcome.MET:
            return ()
        owed = _owed(bound.check, self[0].requirements)
        return tuple(Obligation(r.id, bound.filled(r.obliges)) for r in owed if r.obliges is not None)

    @property
    def missing(self) -> tuple[Missing, ...]:
        """The facts that still matter to an unknown check, most useful first."""
        bound = self[1]
        if isinstance(bound, Undecided):
            return bound.missing
        return missing(bound.check, self.given) if self.outcome is Outcome.UNKNOWN else ()

    @property
    def values(self) -> Mapping[str, NamedResult]:
        """The check's named values, whatever the outcome."""
        check = self._check
        return {} if check is None else {value.id: self._value(value) for value in check.values}

    @property
    def advice(self) -> tuple[Alternative, ...]:
        """What would turn the unmet parts met: the fewest changes first, then those that time makes.

        Unknown parts are not advised on: `requirements` says which they are.
        """
        check = self._check
        if check is None or self.outcome is Outcome.MET:
            return ()
        fixed, vocabulary = self._fixed, self._shared.compiled.vocabulary
        last = self[1].last_day(self.on)

        def first_met(expr: checked.Expr) -> datetime.date | None:
            return first_day_met(expr, vocabulary, fixed, self.on, last)

        return advice(check, self.given, self._shared.words, first_met)

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
        from policyengine.report.decision_data import to_dict

        return to_dict(self)

    def to_json(self, *, indent: int | None = None) -> str:
        """Give everything as JSON text."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=indent)

    def text(self, language: str | None = None) -> str:
        """Print the decision as plain text in a language (the first one when None)."""
        from policyengine.report.decision_text import plain_text

        return plain_text(self, self._language(language))

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<Decision {self.program} {self.check} {self.region} {self.on}: {self.outcome.value}>"

    # inside

    @property
    def _check(self) -> Check | None:
        bound = self[1]
        return None if isinstance(bound, Undecided) else bound.check

    def _language(self, language: str | None) -> str:
        known = self._shared.words
        if language is None:
            return next(iter(known))
        if language not in known:
            raise PolicyEngineError(f"the policies have no language `{language}`; they have {', '.join(known)}")
        return language

    @property
    def _fixed(self) -> Mapping[str, Given]:
        """The facts as they were given, without derived ones: those change with the day.

        They are read again: other versions read other facts. Raises `PolicyEngineError` if they were changed since.
        """
        _, bound, known, facts, on = self
        if not isinstance(bound, Undecided):
            assert bound.function is not None
            if bound.function(facts, on, True)[1] != known:  # noqa: FBT003 -- what was ignored was ignored
                raise PolicyEngineError("the facts were changed after the decision was made; decide again")
        return self._shared.door.read_given(facts, ignore_extras=True)

    def _finding(
        self,
        bound: Bound,
        requirement: Requirement,
        truth: bool | None,  # noqa: FBT001 -- Kleene's
        given: Environment,
    ) -> Finding:
        check = bound.check
        needed, paths = ", ".join(requirement.children), list[str]()
        if requirement.clause is not None:
            clause = check.clauses[requirement.clause]
            needed, paths = clause.source, facts_in(clause.expression)
        return Finding(
            requirement.id,
            requirement.kind,
            requirement.parent,
            Outcome.of(truth),
            bound.words(requirement),
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

    def _value(self, value: checked.NamedValue) -> NamedResult:
        raw = evaluate(value.expression, self.given)
        title = dict(value.title.entries) if value.title else {}
        if raw is None:
            return NamedResult(value.id, None, None, value.type, {}, title)
        words = {code: prose.value(raw, value.type, w) for code, w in self._shared.words.items()}
        return NamedResult(value.id, to_python(raw, value.type), literal(raw, value.type), value.type, words, title)


def facts_in(expr: checked.Expr) -> list[str]:
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
            case _:
                pass
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


def _owed(check: Check, truths: Sequence[bool | None]) -> list[Requirement]:
    """Walk the met requirements: of an `any_of` its first met alternative only; waived ones owe nothing."""
    outcomes = {requirement.id: truth for requirement, truth in zip(check.requirements, truths, strict=True)}
    owed: list[Requirement] = []

    def visit(requirement: Requirement) -> None:
        if requirement.waiver is not None or outcomes[requirement.id] is not True:
            return
        owed.append(requirement)
        children = [check.requirement(name) for name in requirement.children]
        if requirement.kind is checked.Kind.ANY_OF:
            counting = (c for c in children if c.waiver is not None or outcomes[c.id] is True)
            children = [first] if (first := next(counting, None)) is not None else []
        for child in children:
            visit(child)

    for requirement in check.requirements:
        if requirement.parent is None:
            visit(requirement)
    return owed


def _text(texts: Texts | None, language: str) -> str | None:
    return texts.get(language) if texts is not None else None
