"""What the authors' cases see: each requirement met, unmet and unknown, in each policy of a region and interval.

Reads: `Policies`, with the cases that stand beside them.
Gives: `coverage`, a `Coverage`: how often each outcome was seen, and which were not, of those that there can be.
"""

import datetime
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from policyengine.cases import CaseResult, decisions_of
from policyengine.compiled import Compiled
from policyengine.decide import Policies
from policyengine.frontend.vocabulary import facts_read
from policyengine.model.authored import CheckEntry, Program
from policyengine.model.checked import Check, CheckedPolicy, Expr, Requirement, Today, children, with_clauses
from policyengine.model.decision import Outcome
from policyengine.model.errors import InvalidFact
from policyengine.plan import Bound
from policyengine.targets.interpreter import Environment, evaluate

OUTCOMES = (Outcome.MET, Outcome.UNMET, Outcome.UNKNOWN)
"""What a requirement may be."""


@dataclass(frozen=True, slots=True)
class RequirementCoverage:
    """How many runs of cases saw each outcome of a requirement, and the outcomes that there can be."""

    requirement: Requirement
    runs: Mapping[Outcome, int]
    possible: tuple[Outcome, ...]

    @property
    def unseen(self) -> tuple[Outcome, ...]:
        """The outcomes that no case saw."""
        return tuple(outcome for outcome in self.possible if not self.runs[outcome])


@dataclass(frozen=True, slots=True)
class CheckCoverage:
    """One check in the policy of one region and one interval of days."""

    policy: CheckedPolicy
    check: Check
    requirements: tuple[RequirementCoverage, ...]

    @property
    def seen(self) -> int:
        """How many outcomes were seen."""
        return self.of - sum(len(each.unseen) for each in self.requirements)

    @property
    def of(self) -> int:
        """How many there can be."""
        return sum(len(each.possible) for each in self.requirements)


@dataclass(frozen=True, slots=True)
class Coverage:
    """All checks of the programs of some cases: by program, check, region and interval."""

    checks: tuple[CheckCoverage, ...]

    @property
    def seen(self) -> int:
        """How many outcomes were seen."""
        return sum(each.seen for each in self.checks)

    @property
    def of(self) -> int:
        """How many there can be."""
        return sum(each.of for each in self.checks)


_Rules = tuple[tuple[str, ...], datetime.date]
"""The files of a policy, and its first day: of regions with the same there is one policy."""
_Seen = Counter[tuple[_Rules, str, str, Outcome]]
"""How often an outcome of a requirement was seen: by rules, check and requirement."""


def coverage(policies: Policies, results: Sequence[CaseResult]) -> Coverage:
    """Count what some runs of cases see. Those whose facts are refused see nothing."""
    seen: _Seen = Counter(each for result in results for each in _seen(policies, result))
    programs = {result.file.program.text for result in results}
    listed = [program for name, program in policies.compiled.programs.items() if name in programs]
    return Coverage(tuple(check for program in listed for check in _Program(policies.compiled, program).checks(seen)))


def _seen(policies: Policies, result: CaseResult) -> Iterator[tuple[_Rules, str, str, Outcome]]:
    with suppress(InvalidFact):
        for decision in decisions_of(policies, result.file, result.case, result.region):
            if isinstance(decision.basis, Bound):
                for finding in decision.requirements:
                    yield _rules(decision.basis.policy), decision.check, finding.id, finding.outcome


def _rules(policy: CheckedPolicy) -> _Rules:
    return policy.files, policy.start


class _Program:
    """The policies of one program, those of wider regions first, and the regions that each decides for."""

    def __init__(self, compiled: Compiled, program: Program) -> None:
        timelines, tree = compiled.timelines[program.name], compiled.tree
        below = tree.below(timelines)
        self.entries = program.checks
        self.policies: dict[_Rules, CheckedPolicy] = {}
        self.regions: dict[_Rules, tuple[str, ...]] = {}
        for region in sorted(timelines, key=lambda region: (len(tree.chain(region)), region)):
            for policy in timelines[region]:
                if isinstance(policy, CheckedPolicy):
                    rules = _rules(policy)
                    self.policies.setdefault(rules, policy)
                    self.regions[rules] = (*self.regions.get(rules, ()), *below[region])

    def checks(self, seen: _Seen) -> Iterator[CheckCoverage]:
        for entry in self.entries:
            for rules, policy in self.policies.items():
                check = policy.checks.get(entry.name)
                if check is not None:
                    covered = (self._covered(rules, entry, check, each, seen) for each in check.requirements)
                    yield CheckCoverage(policy, check, tuple(covered))

    def _covered(
        self, rules: _Rules, entry: CheckEntry, check: Check, requirement: Requirement, seen: _Seen
    ) -> RequirementCoverage:
        runs = {outcome: seen[rules, check.name, requirement.id, outcome] for outcome in OUTCOMES}
        possible = self._possible(rules, entry, with_clauses(requirement.expression, check.clauses))
        return RequirementCoverage(
            requirement, runs, tuple(each for each in OUTCOMES if each in possible or runs[each])
        )

    def _possible(self, rules: _Rules, entry: CheckEntry, expr: Expr) -> Collection[Outcome]:
        """Give the outcomes that there can be: all, unless only where one lives is asked, which is tried everywhere.

        What asks for the day may be met on one and unmet on another.
        """
        region_by = entry.region_by.text
        if set(facts_read(expr)) - {region_by}:
            return OUTCOMES
        day = rules[1].toordinal()
        found = (evaluate(expr, Environment({region_by: region}, day)) for region in self.regions[rules])
        daily = {Outcome.MET, Outcome.UNMET} if _asks_day(expr) else set()
        return daily | {Outcome.of(truth) for truth in found if truth is None or isinstance(truth, bool)}


def _asks_day(expr: Expr) -> bool:
    return isinstance(expr, Today) or any(_asks_day(child) for child in children(expr))
