"""What a folder comes to: checked policies by program, region and interval, with all that they stand on.

Reads: policy files of one program, a scope.
Gives: `Compiled`; `compose_program`, the timelines of a program; `with_files`, what they would be with other files.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from policyengine.frontend.check import Scope
from policyengine.frontend.compose import compose
from policyengine.frontend.resolve import Timeline, resolve
from policyengine.frontend.vocabulary import units_of
from policyengine.model.authored import DefinitionEntry, ParameterEntry, PolicyFile, PolicySet, Program
from policyengine.model.checked import CheckedPolicy, FactDeclaration
from policyengine.model.diagnostic import Diagnostic, Severity, has_errors, in_order
from policyengine.model.invariants import Invariant
from policyengine.model.regions import RegionTree
from policyengine.model.resolved import Gap, ResolvedPolicy

Intervals = tuple[CheckedPolicy | Gap, ...]


@dataclass(frozen=True, slots=True)
class Compiled:
    """Everything a user's question needs, frozen.

    `timelines` holds, by program, the intervals of each region that has files of its own.
    """

    authored: PolicySet
    tree: RegionTree
    vocabulary: Mapping[str, FactDeclaration]
    programs: Mapping[str, Program]
    timelines: Mapping[str, Mapping[str, Intervals]]
    invariants: Mapping[str, tuple[Invariant, ...]] = field(default_factory=dict)


def with_files(
    compiled: Compiled, program: str, files: Sequence[PolicyFile]
) -> tuple[Mapping[str, Intervals], tuple[Diagnostic, ...]]:
    """Give the timelines that a program would have with other policy files."""
    scope = Scope(compiled.vocabulary, compiled.tree, units_of(compiled.authored.facts))
    timelines, found = compose_program(compiled.programs[program], files, scope)
    return timelines, in_order(found)


def compose_program(
    program: Program, files: Sequence[PolicyFile], scope: Scope
) -> tuple[Mapping[str, Intervals], Sequence[Diagnostic]]:
    """Resolve and compose one program: its timelines by region, and what is wrong, as found."""
    problems: list[Diagnostic] = []
    timelines = resolve(program, files, scope.regions, problems)
    used: set[tuple[str, int, int]] = set()
    found: dict[str, Intervals] = {}
    for region, timeline in timelines.items():
        intervals: list[CheckedPolicy | Gap] = []
        for interval in timeline:
            if isinstance(interval, Gap):
                intervals.append(interval)
                continue
            result = compose(interval, program.checks, scope, problems)
            used |= result.used
            intervals.append(result.policy)
        found[region] = tuple(intervals)
    if not has_errors(problems):  # a mistake may be all that keeps a name from being used
        problems.extend(_unused(timelines, used))
    return found, problems


def _unused(timelines: Mapping[str, Timeline], used: set[tuple[str, int, int]]) -> list[Diagnostic]:
    """Warn of parameters and definitions that win their id and are used in no interval."""
    policies = [i for timeline in timelines.values() for i in timeline if isinstance(i, ResolvedPolicy)]
    entries: list[ParameterEntry | DefinitionEntry] = []
    for policy in policies:
        entries += (winner.entry for winner in policy.parameters.values())
        entries += (winner.entry for winner in policy.definitions.values())
    return [
        Diagnostic("unused", f"`{entry.id}` is used by nothing", entry.span, severity=Severity.WARNING)
        for entry in entries
        if entry.span.key not in used
    ]
