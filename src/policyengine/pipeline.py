"""READ FIRST. From a folder of YAML to checked policies: read, resolve, check, compose, in this order.

Reads: a folder.
Gives: `Compiled`, and every diagnostic of every pass at once, sorted.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from policyengine.frontend.binding import Doubt, doubts, misplaced
from policyengine.frontend.check import Scope
from policyengine.frontend.compose import compose
from policyengine.frontend.invariants import check_invariants
from policyengine.frontend.programs import check_programs
from policyengine.frontend.read import Known, read
from policyengine.frontend.resolve import Timeline, region_tree, resolve
from policyengine.frontend.vocabulary import declare, units_of
from policyengine.model.authored import DefinitionEntry, ParameterEntry, PolicyFile, PolicySet, Program
from policyengine.model.checked import CheckedPolicy, FactDeclaration
from policyengine.model.diagnostic import Diagnostic, Severity, in_order
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


def compile_folder(
    folder: Path, *, texts: Mapping[str, str] | None = None, known: Known | None = None
) -> tuple[Compiled | None, tuple[Diagnostic, ...]]:
    """Compile a folder of policies; the result is None when it holds nothing that could be used.

    With errors among the diagnostics the result is for looking at, not for deciding. `known` are files of an earlier
    call, which is added to: see `read`.
    """
    authored, found = read(folder, texts=texts, known=known)
    problems = list(found)
    if authored is None or has_errors(found):
        # A file that could not be read would echo through every later pass: its facts unknown, its entries gone.
        return None, found
    tree = region_tree(authored.regions, problems)
    if has_errors(problems):
        return None, in_order(problems)
    units = units_of(authored.facts)
    vocabulary = declare(authored.facts, tree, units, problems)
    scope = Scope(vocabulary, tree, units)
    check_programs(authored, scope, problems)
    timelines, whole = {}, {}
    for program in authored.programs:
        files = [file for file in authored.files if file.program.text == program.name]
        timelines[program.name], mistakes = _composed(program, files, scope)
        problems.extend(mistakes)
        if not has_errors(mistakes):  # a mistake may be all that keeps a version from having a requirement
            whole[program.name] = timelines[program.name]
    programs = {program.name: program for program in authored.programs}
    invariants = check_invariants(authored, scope, whole, problems)
    compiled = Compiled(authored, tree, vocabulary, programs, timelines, invariants)
    problems.extend(_loosened(compiled))
    return compiled, in_order(problems)


def _loosened(compiled: Compiled) -> Iterator[Diagnostic]:
    """Report binding requirements that a narrower region does not keep: by their shape, else by proof for all facts."""
    doubted: list[Doubt] = []
    for timelines in compiled.timelines.values():
        yield from misplaced(timelines)
        doubted += doubts(timelines, compiled.tree, compiled.authored.files)
    if not doubted:
        return
    try:
        from policyengine.prove.bindings import settled
    except ModuleNotFoundError:  # the extra `prove` is not installed: what cannot be shown is refused
        yield from (doubt.diagnostic for doubt in doubted)
    else:
        yield from settled(compiled, doubted)


def with_files(
    compiled: Compiled, program: str, files: Sequence[PolicyFile]
) -> tuple[Mapping[str, Intervals], tuple[Diagnostic, ...]]:
    """Give the timelines that a program would have with other policy files."""
    scope = Scope(compiled.vocabulary, compiled.tree, units_of(compiled.authored.facts))
    timelines, found = _composed(compiled.programs[program], files, scope)
    return timelines, in_order(found)


def _composed(
    program: Program, files: Sequence[PolicyFile], scope: Scope
) -> tuple[dict[str, Intervals], Sequence[Diagnostic]]:
    problems: list[Diagnostic] = []
    timelines = resolve(program, files, scope.regions, problems)
    used: set[tuple[str, int, int]] = set()
    composed: dict[str, Intervals] = {}
    for region, timeline in timelines.items():
        intervals: list[CheckedPolicy | Gap] = []
        for interval in timeline:
            if isinstance(interval, Gap):
                intervals.append(interval)
                continue
            result = compose(interval, program.checks, scope, problems)
            used |= result.used
            intervals.append(result.policy)
        composed[region] = tuple(intervals)
    if not has_errors(problems):  # a mistake may be all that keeps a name from being used
        problems.extend(_unused(timelines, used))
    return composed, problems


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


def strict(diagnostics: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """Turn warnings into errors."""
    return tuple(replace(diagnostic, severity=Severity.ERROR) for diagnostic in diagnostics)


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Say whether any diagnostic is an error."""
    return any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics)
