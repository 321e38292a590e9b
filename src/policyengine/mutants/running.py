"""The cases, run against rules with one thing otherwise.

Reads: `Policies`, with the cases that stand beside them.
Gives: `mutate`, a `MutationReport`: what became of every mutant, and for one that no case notices a case that would.
Raises: `NotHeld` when cases fail before anything is changed.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from policyengine.cases import CaseResult, run_case, run_cases
from policyengine.compiled import Compiled, Intervals, with_files
from policyengine.decide import Policies
from policyengine.frontend.check import Scope
from policyengine.frontend.vocabulary import units_of
from policyengine.model.authored import PolicyFile
from policyengine.model.checked import CheckedPolicy
from policyengine.model.diagnostic import Diagnostic, Severity, has_errors
from policyengine.model.errors import PolicyEngineError
from policyengine.model.resolved import Gap
from policyengine.mutants.changes import Mutant, changes
from policyengine.prove.killing import NotDecided, difference

Progress = Callable[[float], None]
"""Told how much is done, from 0 to 1."""


class NotHeld(PolicyEngineError):  # noqa: N818 -- it says what is wrong
    """Some cases fail as the rules are: they can tell nothing of others."""


class Verdict(Enum):
    """What became of a mutant."""

    KILLED = "killed"
    """A case fails."""
    EQUIVALENT = "equivalent"
    """It means the same for everyone, everywhere: no case could notice it."""
    STILLBORN = "stillborn"
    """It is a mistake, which `check` reports."""
    SURVIVED = "survived"
    """No case fails, and somebody fares otherwise."""
    NOT_DECIDED = "not decided"
    """No case fails, and whether it means the same was not decided."""


@dataclass(frozen=True, slots=True)
class Fate:
    """A mutant, and what became of it.

    `said` is the title of the case that failed, the mistake, why it was not decided, or a case that would fail.
    """

    program: str
    mutant: Mutant
    verdict: Verdict
    said: str = ""


@dataclass(frozen=True, slots=True)
class MutationReport:
    """What became of every mutant, in the order of programs and files."""

    fates: tuple[Fate, ...]

    @property
    def held(self) -> bool:
        """Whether the cases notice every change that means something."""
        return not self.of(Verdict.SURVIVED) and not self.of(Verdict.NOT_DECIDED)

    def of(self, verdict: Verdict) -> tuple[Fate, ...]:
        """Give those of one kind."""
        return tuple(fate for fate in self.fates if fate.verdict is verdict)


def mutate(policies: Policies, within: Path | None = None, *, progress: Progress = lambda _: None) -> MutationReport:
    """Change one thing at a time in the programs of some cases, and run these cases: all, or those below a path.

    Raises `NotHeld`.
    """
    results = run_cases(policies, within)
    failed = sum(not result.held for result in results)
    if failed:
        raise NotHeld(f"{failed} of {len(results)} cases fail as the rules are: mend these first")
    compiled = policies.compiled
    listed = [_Program(compiled, name, _of(results, name)) for name in compiled.programs if _of(results, name)]
    mutants = [(program, mutant) for program in listed for mutant in program.mutants()]
    fates = []
    for number, (program, mutant) in enumerate(mutants, 1):
        fates.append(program.fate(mutant))
        progress(number / len(mutants))
    return MutationReport(tuple(fates))


def _of(results: Sequence[CaseResult], program: str) -> list[CaseResult]:
    return [result for result in results if result.file.program.text == program]


class _Program:
    """One program, alone; its cases, those that failed last coming first."""

    def __init__(self, compiled: Compiled, name: str, cases: Iterable[CaseResult]) -> None:
        self.name = name
        self.files = tuple(file for file in compiled.authored.files if file.program.text == name)
        self.compiled = replace(compiled, programs={name: compiled.programs[name]})
        self.policies = self._with(compiled.timelines[name])
        self.cases = deque(cases)

    def _with(self, timelines: Mapping[str, Intervals]) -> Policies:
        return Policies(replace(self.compiled, timelines={self.name: timelines}))

    def mutants(self) -> Iterator[Mutant]:
        compiled = self.compiled
        scope = Scope(compiled.vocabulary, compiled.tree, units_of(compiled.authored.facts))
        for file in self.files:
            if not file.draft:
                yield from changes(file, scope)

    def fate(self, mutant: Mutant) -> Fate:
        timelines, problems = self._timelines(mutant.file)
        if has_errors(problems):
            first = next(problem for problem in problems if problem.severity is Severity.ERROR)
            return Fate(self.name, mutant, Verdict.STILLBORN, f"{first.code}: {first.message}")
        if _meanings(timelines) == _meanings(self.compiled.timelines[self.name]):
            return Fate(self.name, mutant, Verdict.EQUIVALENT)
        other = self._with(timelines)
        killer = next((case for case in self.cases if not _holds(other, case)), None)
        if killer is not None:
            self.cases.remove(killer)
            self.cases.appendleft(killer)
            return Fate(self.name, mutant, Verdict.KILLED, killer.title)
        return self._unnoticed(mutant, other)

    def _timelines(self, changed: PolicyFile) -> tuple[Mapping[str, Intervals], Sequence[Diagnostic]]:
        """Compose the regions that a file is about, and those below them; the others stay as they are."""
        known, chain = self.compiled.timelines[self.name], self.compiled.tree.chain
        below = [region for region in known if changed.region.text in chain(region)]
        layers = {layer for region in below for layer in chain(region)}
        files = [
            changed if file.source is changed.source else file for file in self.files if file.region.text in layers
        ]
        made, problems = with_files(self.compiled, self.name, files)
        return {region: made[region] if region in below else timeline for region, timeline in known.items()}, problems

    def _unnoticed(self, mutant: Mutant, other: Policies) -> Fate:
        try:
            found = difference(self.policies, other, self.name)
        except NotDecided as refusal:
            return Fate(self.name, mutant, Verdict.NOT_DECIDED, str(refusal))
        if found is None:
            return Fate(self.name, mutant, Verdict.EQUIVALENT)
        file = next(file for file in self.files if file.source is mutant.file.source)
        entry = f"{mutant.about} of {file.region} {file.effective}"
        title = f"Notices a change of {entry}: {mutant.says.replace('`', '')}"
        return Fate(self.name, mutant, Verdict.SURVIVED, found.case(title))


def _holds(policies: Policies, case: CaseResult) -> bool:
    return run_case(policies, case.file, case.case, case.region).held


def _meanings(timelines: Mapping[str, Intervals]) -> object:
    """Give what all intervals mean, without words: what is alike in this is alike for everyone."""
    return {region: [_meaning(each) for each in timeline] for region, timeline in timelines.items()}


def _meaning(interval: CheckedPolicy | Gap) -> object:
    checks = interval.checks if isinstance(interval, CheckedPolicy) else {}
    return (interval.start, interval.end, {name: check.digest for name, check in checks.items()})
