"""Outcomes before × after: both sides decide every row, and the rows are counted by what became of them.

Reads: the rules of both sides for one check, a population.
Gives: `Changes`: flows, causes, rows that cannot be read.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from policyengine.batch.matching import Schema
from policyengine.batch.plans import TablePlan
from policyengine.impact.causes import Answered, difference
from policyengine.impact.figures import INVALID, Flow, Kind, Unreadable
from policyengine.impact.population import Population, Progress
from policyengine.impact.rules import Rules
from policyengine.model.checked import Check
from policyengine.targets.sql.tallies import Key, beneath, renamed, text_column, together

Reason = tuple[Kind, str | None]
"""A kind of change, and the requirement that made it; None where the program is offered on one side only."""


@dataclass(slots=True)
class Changes:
    """The rows, counted. `regions` are without those that cannot be read."""

    flow: Counter[tuple[str, str]] = field(default_factory=Counter)
    regions: dict[str | None, Counter[tuple[str, str]]] = field(default_factory=lambda: defaultdict(Counter))
    reasons: dict[Reason, Counter[str | None]] = field(default_factory=lambda: defaultdict(Counter))
    alone: Counter[Reason] = field(default_factory=Counter)
    invalid: Counter[tuple[str, str]] = field(default_factory=Counter)

    def all(self) -> Flow:
        """Give the flow of all rows."""
        return Flow.of(self.flow)

    def unreadable(self) -> tuple[Unreadable, ...]:
        """Give the rows that cannot be read, by side and fact."""
        counted = ((side, fact, rows) for (side, fact), rows in self.invalid.items())
        return tuple(Unreadable(*each) for each in sorted(counted, key=lambda each: (each[0] != _BEFORE, -each[2])))


def changes(before: Rules, after: Rules, population: Population, progress: Progress) -> Changes:
    """Ask both sides about every row, in one statement, and count."""
    dry = population.plan(after)
    region = population.place(dry.facts[after.entry.region_by.text]) if after.entry.region_by.text in dry.facts else ()
    read = dict.fromkeys(population.place(shown)[0] for shown in dry.facts.values())
    first = population.plan(before, masks=True, keep=tuple(read))
    carried: dict[str, Sequence[str]] = {column: (column,) for column in read}
    kept = {_REGION: region, **_columns(_BEFORE, first)}
    schema: Schema = {column: population.schema[column] for column in read} | dict.fromkeys(kept, text_column())
    second = population.plan_over(_TABLE, schema, after, masks=True, keep=tuple(kept))
    below = renamed(first.statement.tree, carried | kept)
    columns = {name: (name,) for name in kept} | _columns(_AFTER, second)
    tree = renamed(beneath(below, second.statement.tree, _TABLE), columns)
    counting = _Counting(_Reader(_BEFORE, first, before), _Reader(_AFTER, second, after))
    for *found, rows in population.rows(together(tree, _KEYS), progress):
        counting.add(dict(zip(_KEYS, found, strict=True)), rows)
    return counting.changes


def _columns(side: str, plan: TablePlan) -> dict[str, Sequence[str]]:
    """Say where a plan's answers are, by names that no table has."""
    (asked,) = plan.checks.values()
    places = (INVALID, asked.outcome, asked.policy, asked.unmet, asked.unknown)
    return {_name(side, what): (place,) for what, place in zip(_ANSWERS, places, strict=True)}


def _name(side: str, what: str) -> str:
    return f"{side}: {what}"


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one side's answers."""

    side: str
    plan: TablePlan
    rules: Rules
    checks: Mapping[str, Check] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "checks", self.rules.by_digest())

    def of(self, found: Mapping[str, Any], what: str) -> Any:
        return found[_name(self.side, what)]

    def answered(self, found: Mapping[str, Any]) -> Answered:
        """Give the check that decided, and the outcomes of its clauses, which the masks hold."""
        outcome, digest = self.of(found, _OUTCOME), self.of(found, _POLICY)
        if digest is None:
            return Answered(outcome, None)
        (asked,) = self.plan.checks.values()
        check, bits = self.checks[digest], {name: bit for bit, name in enumerate(asked.requirements)}
        unmet, unknown = self.of(found, _UNMET) or 0, self.of(found, _UNKNOWN) or 0
        places = [bits[clause.id] for clause in check.clauses]
        return Answered(outcome, check, [None if unknown >> bit & 1 else not unmet >> bit & 1 for bit in places])


@dataclass(frozen=True, slots=True)
class _Counting:
    before: _Reader
    after: _Reader
    changes: Changes = field(default_factory=Changes)
    known: dict[tuple[Any, ...], Sequence[str]] = field(default_factory=dict)

    def add(self, found: Mapping[str, Any], rows: int) -> None:
        pair = self.before.of(found, _OUTCOME), self.after.of(found, _OUTCOME)
        kind, region = Kind.of(*pair), found[_REGION]
        self.changes.flow[pair] += rows
        for reader in (self.before, self.after):
            fact = reader.of(found, INVALID)
            if fact is not None:
                self.changes.invalid[reader.side, fact] += rows
        if kind is Kind.UNREADABLE:
            return
        self.changes.regions[region][pair] += rows
        if kind is Kind.SAME:
            return
        named: Sequence[str | None] = self.difference(found) or (None,)
        for requirement in named:
            self.changes.reasons[kind, requirement][region] += rows
        if len(named) == 1:
            self.changes.alone[kind, named[0]] += rows

    def difference(self, found: Mapping[str, Any]) -> Sequence[str]:
        """Find the requirements once for all regions that come out alike."""
        key = tuple(value for name, value in found.items() if name != _REGION)
        if key not in self.known:
            self.known[key] = difference(self.before.answered(found), self.after.answered(found))
        return self.known[key]


_BEFORE, _AFTER = "before", "after"
_OUTCOME, _POLICY, _UNMET, _UNKNOWN = "outcome", "policy", "unmet", "unknown"
_ANSWERS = (INVALID, _OUTCOME, _POLICY, _UNMET, _UNKNOWN)
_TABLE, _REGION = "decided before", "region: as the table says"
_OUTCOMES = (_name(_BEFORE, _OUTCOME), _name(_AFTER, _OUTCOME))
_REFUSED = (_name(_BEFORE, INVALID), _name(_AFTER, INVALID))
_KEYS = {_REGION: Key(_REGION, unknown=_REFUSED)} | {
    _name(side, what): Key(_name(side, what), differ=None if what in (INVALID, _OUTCOME) else _OUTCOMES)
    for side in (_BEFORE, _AFTER)
    for what in _ANSWERS
}
"""Rows that come out alike are counted together: why they do matters where something changed."""
