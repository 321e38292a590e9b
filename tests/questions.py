"""Questions to policies, and their slow answers: the door, one interval, the interpreter on each clause. Not a test."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

import callers
import policyengine
from callers import Caller
from drawing import Draw, pick, rarely
from policyengine.decide import Policies
from policyengine.decision import Decision
from policyengine.door import as_mapping
from policyengine.model.checked import Check, CheckedPolicy, Expr, Kind
from policyengine.model.decision import Outcome
from policyengine.model.values import literal
from policyengine.targets.interpreter import Environment, Given, evaluate


@cache
def shipped() -> Policies:
    """Load the shipped policies once."""
    return policyengine.load(Path(__file__).parents[1] / "policies")


@dataclass(frozen=True)
class Question:
    """What a caller asks: of the shipped policies, if of no others."""

    program: str
    check: str
    on: datetime.date
    facts: Any
    ignore_extras: bool = False
    policies: Policies = field(default_factory=shipped, repr=False)

    def decision(self) -> Decision:
        """Let the policies decide."""
        return self.policies.decide(
            self.program, self.facts, check=self.check, on=self.on, ignore_extras=self.ignore_extras
        )

    def known(self) -> dict[str, Given]:
        """Read the facts through the door."""
        facts = as_mapping(self.facts)
        return self.policies.door.read(facts, self.on.toordinal(), ignore_extras=self.ignore_extras)

    def asked(self, known: Mapping[str, Given]) -> Check | Outcome:
        """Find the check in force, or say why there is none."""
        entry = next(c for c in self.policies.compiled.programs[self.program].checks if c.name == self.check)
        region = known.get(entry.region_by.text)
        day = self.on.toordinal() if entry.version_by.text == "today" else known.get(entry.version_by.text)
        if region is None or day is None:
            return Outcome.UNKNOWN
        for interval in self.policies.timeline(self.program, region=str(region)):
            assert isinstance(day, int)
            begun, over = interval.start.toordinal() <= day, interval.end and interval.end.toordinal() <= day
            if begun and not over and isinstance(interval, CheckedPolicy) and self.check in interval.checks:
                return interval.checks[self.check]
        return Outcome.NOT_OFFERED


Answer = tuple[Outcome, dict[str, Outcome], dict[str, str | None]]
"""The outcome of a check, of each clause, and the values as literals."""


def decided(question: Question) -> Answer:
    """Answer as the engine does."""
    decision = question.decision()
    return (
        decision.outcome,
        {finding.id: finding.outcome for finding in decision.requirements if finding.kind is Kind.REQUIRE},
        {name: value.literal for name, value in decision.values.items()},
    )


def slowly(question: Question) -> Answer:
    """Answer as the design says it, without generated code."""
    known = question.known()
    check = question.asked(known)
    if isinstance(check, Outcome):
        return check, {}, {}
    environment = Environment(known, question.on.toordinal())
    truths = [_truth(clause.expression, environment) for clause in check.clauses]
    values = [(value, evaluate(value.expression, environment)) for value in check.values]
    return (
        Outcome.of(_truth(check.expression, replace(environment, clauses=truths))),
        {clause.id: Outcome.of(truth) for clause, truth in zip(check.clauses, truths, strict=True)},
        {value.id: None if raw is None else literal(raw, value.type) for value, raw in values},
    )


def _truth(expr: Expr, environment: Environment) -> bool | None:
    truth = evaluate(expr, environment)
    assert truth is None or isinstance(truth, bool)
    return truth


def asked(draw: Draw, *, whole: bool = False) -> Question:
    """Ask the shipped policies about a creator, near the days on which something changes.

    All that the check reads is known, with some other facts; if `whole`, all that is declared.
    """
    compiled, door = shipped().compiled, shipped().door
    program, check = pick(draw, [(p.name, c.name) for p in compiled.programs.values() for c in p.checks])
    cuts = [interval.start for timeline in compiled.timelines[program].values() for interval in timeline]
    cut = pick(draw, cuts)
    on = cut + datetime.timedelta(days=pick(draw, (0, -1, 1, 30, 400)))
    region = pick(draw, ("KR", "US", "ZA", "ID", "GB", "world"))
    policy = shipped().in_force(program, region=region, on=on).policy
    read = [] if policy is None or check not in policy.checks else [*policy.checks[check].facts]
    others = [pick(draw, list(door.vocabulary)) for _ in range(pick(draw, (0, 0, 1, 3)))]
    wanted = callers.everything(door.vocabulary, list(door.vocabulary) if whole else [*read, *others])
    facts = Caller(draw, door).known(wanted, on, derived=4)
    facts.setdefault("creator", {})["region"] = region
    if not rarely(draw, 3):
        facts.setdefault("effect", {})["published"] = cut
    return Question(program, check, on, facts)


@st.composite
def questions(draw: Draw, *, spoilt: bool = False) -> Question:
    """Ask about a creator of whom some facts are unknown, and one perhaps wrong."""
    question = asked(draw)
    facts = callers.without(question.facts, callers.forget(draw, question.facts) - {("creator", "region")})
    if not spoilt:
        return replace(question, facts=facts)
    return replace(question, facts=callers.spoilt(draw, facts), ignore_extras=rarely(draw, 6))
