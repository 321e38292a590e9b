"""Questions of one's own: whether a check always or never is so, and how two rules stand to each other.

Reads: `Policies`.
Gives: `always`, `never`, `equivalent`, `implies`, `disjoint`: a `Proof`, with who stands against it.
"""

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from policyengine.decide import Policies, day_to_decide
from policyengine.frontend.check import Scope as Names
from policyengine.frontend.check import check_expression
from policyengine.frontend.parse import parse_text
from policyengine.frontend.vocabulary import units_of
from policyengine.model import types
from policyengine.model.authored import CheckEntry
from policyengine.model.checked import BOOLEAN, Check, Clause, Expr, Literal
from policyengine.model.decision import Outcome
from policyengine.model.diagnostic import Diagnostic, did_you_mean
from policyengine.model.errors import InvalidQuestion
from policyengine.model.invariants import Invariant, Statement
from policyengine.model.operators import TODAY
from policyengine.model.rewriting import with_facts
from policyengine.model.span import Source
from policyengine.plan import FIRST, LAST
from policyengine.prove.answers import Standing, proof
from policyengine.prove.asking import TIMEOUT, Asked, Box, Claim, Scope, Where
from policyengine.prove.case_text import case_text
from policyengine.prove.differences import expressions_of
from policyengine.prove.examined import Examined
from policyengine.prove.families import families
from policyengine.prove.folding import whole
from policyengine.prove.ledger import Ledger
from policyengine.prove.places import meanings, timelines
from policyengine.prove.promises import broken
from policyengine.prove.proofs import Counterexample, Kind, Proof, Verdict
from policyengine.prove.witnesses import simplest
from policyengine.targets.smt import CannotProve, Model, Undecided, Unsat


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a region on a day: `Rules("KR", date(2024, 5, 1))`."""

    region: str
    on: datetime.date

    def __str__(self) -> str:
        return f"{self.region}@{self.on}"


def always(
    policies: Policies,
    program: str,
    check: str,
    statement: str | Mapping[str, str],
    *,
    whenever: str | Mapping[str, str] | None = None,
    timeout: float = TIMEOUT,
) -> Proof:
    """Ask whether something holds of everyone, in all regions and on all days, drafts included.

    A statement is an expression over facts, or outcomes of the check and its requirements by id. Raises
    `InvalidQuestion`, `UnknownName`.
    """
    return _asked(policies, program, check, "always", statement, whenever, timeout)


def never(
    policies: Policies,
    program: str,
    check: str,
    statement: str | Mapping[str, str],
    *,
    whenever: str | Mapping[str, str] | None = None,
    timeout: float = TIMEOUT,
) -> Proof:
    """Ask whether something holds of nobody; see `always`."""
    return _asked(policies, program, check, "never", statement, whenever, timeout)


def _asked(
    policies: Policies,
    program: str,
    check: str,
    kind: str,
    statement: str | Mapping[str, str],
    whenever: str | Mapping[str, str] | None,
    timeout: float,
) -> Proof:
    entry = policies.plan(program, check).check
    condition = None if whenever is None else _statement(policies, program, entry, whenever)
    said = _statement(policies, program, entry, statement)
    holds, fails = (said, None) if kind == "always" else (None, said)
    invariant = Invariant(kind, program, check, None, (), None, None, condition, holds, fails, None, _NOWHERE)
    standing, _ = timelines(policies.compiled, program)
    besides = [each for each in (condition, said) if each is not None and not isinstance(each, Mapping)]
    scope, ledger = Scope.of(policies.compiled), Ledger()
    alike = families(meanings(policies.compiled, entry, standing))
    examined = Standing(tuple((family, Examined.of(family, scope, ledger, besides, timeout)) for family in alike))
    words = statement if isinstance(statement, str) else _written(statement)
    limits = "" if whenever is None else f" whenever {whenever if isinstance(whenever, str) else _written(whenever)}"
    says = {"en": f"{kind} {words}{limits}"}
    return proof(examined, lambda each: broken(invariant, each), Kind.QUESTION, (program, check, kind), says)


def _statement(policies: Policies, program: str, entry: CheckEntry, said: str | Mapping[str, str]) -> Statement:
    if isinstance(said, Mapping):
        return {_id(policies, program, entry, name): _outcome(outcome) for name, outcome in said.items()}
    if _OUTCOMES.fullmatch(said):
        pairs = (part.split("=") for part in said.replace(" ", "").split(","))
        return _statement(policies, program, entry, dict(pairs))
    compiled, problems = policies.compiled, list[Diagnostic]()
    tree, wrong = parse_text(said)
    problems += wrong
    if tree is not None and not problems:
        names = Names(compiled.vocabulary, compiled.tree, units_of(compiled.authored.facts))
        typed = check_expression(tree, names, problems)
        if not problems and typed.type == BOOLEAN:
            return typed.expr
        if not problems:
            raise InvalidQuestion(f"`{said}` is {typed.type}, and not a yes or no")
    first = problems[0]
    raise InvalidQuestion(f"`{said}`: {first.message}{f' ({first.help})' if first.help else ''}")


def _id(policies: Policies, program: str, entry: CheckEntry, name: str) -> str:
    known = {entry.name}
    for timeline in policies.compiled.timelines[program].values():
        for each in timeline:
            check = getattr(each, "checks", {}).get(entry.name)
            known |= {requirement.id for requirement in check.requirements} if check is not None else set()
    if name not in known:
        help_ = did_you_mean(name, known)
        raise InvalidQuestion(f"`{entry.name}` has no requirement `{name}`{f'; {help_}' if help_ else ''}")
    return name


def _outcome(text: str) -> Outcome:
    if text not in ("met", "unmet", "unknown"):
        raise InvalidQuestion(f"`{text}` is no outcome; one is met, unmet or unknown")
    return Outcome(text)


def _written(statement: Mapping[str, str]) -> str:
    return ", ".join(f"{name} is {outcome}" for name, outcome in statement.items())


# two rules


def equivalent(
    policies: Policies, program: str, check: str, first: Rules, second: Rules, *, timeout: float = TIMEOUT
) -> Proof:
    """Ask whether a check comes out the same by two rules, whatever the facts.

    Everyone is looked at on one and the same day by both rules; in each, they live in its region. Raises
    `InvalidQuestion`, `UnknownName`.
    """
    return _Two.of(policies, program, check, first, second, timeout).proof(
        "equivalent", f"{first} and {second} come out the same", lambda asked, a, b: [asked.differ(a, b)]
    )


def implies(
    policies: Policies, program: str, check: str, first: Rules, second: Rules, *, timeout: float = TIMEOUT
) -> Proof:
    """Ask whether whoever passes by the first rules passes by the second: whether they are as strict. See above."""
    return _Two.of(policies, program, check, first, second, timeout).proof(
        "implies",
        f"whoever passes in {first} passes in {second}",
        lambda asked, a, b: [asked.is_(a, True), asked.is_(b, False, None)],
    )


def disjoint(
    policies: Policies, program: str, check: str, first: Rules, second: Rules, *, timeout: float = TIMEOUT
) -> Proof:
    """Ask whether nobody passes by both rules. See `equivalent`."""
    return _Two.of(policies, program, check, first, second, timeout).proof(
        "disjoint",
        f"nobody passes both in {first} and in {second}",
        lambda asked, a, b: [asked.is_(a, True), asked.is_(b, True)],
    )


_Claims = Callable[[Asked, Expr, Expr], Sequence[Claim]]


@dataclass(frozen=True, slots=True)
class _Two:
    """The checks of two rules, over the same facts but for the region."""

    scope: Scope
    program: str
    entry: CheckEntry
    rules: tuple[Rules, Rules]
    checks: tuple[Check, Check]
    timeout: float

    @classmethod
    def of(cls, policies: Policies, program: str, check: str, first: Rules, second: Rules, timeout: float) -> "_Two":
        entry = policies.plan(program, check).check
        found = tuple(_in_force(policies, program, check, rules) for rules in (first, second))
        scope = Scope.of(policies.compiled)
        if first.region != second.region:
            derived = [path for path, each in scope.vocabulary.items() if entry.region_by.text in each.inputs]
            if derived:
                raise InvalidQuestion(f"`{derived[0]}` is derived from the region: no exact term puts two beside it")
            found = tuple(
                in_region(each, entry, rules.region) for each, rules in zip(found, (first, second), strict=True)
            )
        return cls(scope, program, entry, (first, second), (found[0], found[1]), timeout)

    def proof(self, kind: str, says: str, claims: _Claims) -> Proof:
        names = (self.program, self.entry.name, kind)
        said = {"en": says}
        try:
            answer = self._answer(claims)
        except CannotProve as refusal:
            why = f"there is no exact term for {refusal}"
            return Proof(Kind.QUESTION, *names, said, Verdict.NOT_DECIDED, 2, why=why)
        match answer:
            case Unsat(bounds):
                return Proof(Kind.QUESTION, *names, said, Verdict.PROVED, 2, bounds)
            case Undecided():
                return Proof(Kind.QUESTION, *names, said, Verdict.NOT_DECIDED, 2, why=f"in {self.timeout:g} s")
            case asked, model:
                return Proof(Kind.QUESTION, *names, said, Verdict.REFUTED, 2, {}, (self._against(asked, model, kind),))

    def _answer(self, claims: _Claims) -> Unsat | Undecided | tuple[Asked, Model]:
        by_fact = None if self.entry.version_by.text == TODAY else self.entry.version_by.text
        first = self.rules[0]
        boxes = (Box(frozenset([first.region]), FIRST, LAST),)
        where = Where(self.entry.region_by.text, by_fact, boxes)
        expressions = [expr for check in self.checks for expr in expressions_of(check)]
        asked = Asked(self.scope, where, expressions, timeout=self.timeout)
        claimed = [asked.here(), *claims(asked, whole(self.checks[0]), whole(self.checks[1]))]
        found = asked.find(*claimed)
        if not isinstance(found, Model):
            return found
        return asked, simplest(asked, claimed, found, {}, self.rules[1].on.toordinal())

    def _against(self, asked: Asked, model: Model, kind: str) -> Counterexample:
        meaning, region_by = asked.meaning(model), self.entry.region_by.text
        cases = []
        for rules, check in zip(self.rules, self.checks, strict=True):
            truth = meaning(whole(check), 0)
            assert truth is None or isinstance(truth, bool)
            expect = {self.entry.name: Outcome.of(truth).value}
            facts = {**model.facts(), region_by: rules.region}
            cases.append(case_text(f"{kind}, {rules}", facts, rules.on, expect, self.scope.vocabulary, region_by))
        return Counterexample(f"{self.rules[0]} and {self.rules[1]}", "\n".join(cases))


def in_region(check: Check, entry: CheckEntry, region: str) -> Check:
    """Give a check as it is for people of one region: what it asks of the region is answered."""
    lives = {entry.region_by.text: Literal(region, types.Region())}
    clauses = tuple(Clause(each.id, with_facts(each.expression, lives), each.source) for each in check.clauses)
    values = tuple(replace(each, expression=with_facts(each.expression, lives)) for each in check.values)
    return replace(check, clauses=clauses, values=values)


def _in_force(policies: Policies, program: str, check: str, rules: Rules) -> Check:
    found = policies.in_force(program, region=rules.region, on=day_to_decide(rules.on)).policy
    if found is None or check not in found.checks:
        raise InvalidQuestion(f"`{program}` does not offer `{check}` in {rules.region} on {rules.on}")
    return found.checks[check]


_NOWHERE = Source("", "").whole()
_OUTCOMES = re.compile(r"\s*[a-z][a-z0-9_-]*\s*=\s*[a-z]+\s*(,\s*[a-z][a-z0-9_-]*\s*=\s*[a-z]+\s*)*")
