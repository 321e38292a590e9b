"""What programs and cases refer to: facts that choose region and version, programs, checks, requirements, regions.

Reads: `PolicySet` and the scope of facts and regions.
Gives: diagnostics only.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from policyengine.frontend.check import Scope
from policyengine.model import types
from policyengine.model.authored import Case, CheckEntry, Name, PolicyFile, PolicySet, Program, RequirementEntry
from policyengine.model.diagnostic import Diagnostic, did_you_mean
from policyengine.model.operators import TODAY


def check_programs(authored: PolicySet, scope: Scope, problems: list[Diagnostic]) -> None:
    """Look up every reference of programs, policy files and cases."""
    programs = {program.name: program for program in authored.programs}
    for program in authored.programs:
        for check in program.checks:
            _selectors(check, scope, problems)
        problems.extend(_untitled(program, authored.files))
    problems.extend(_unknown_programs(authored, programs))
    declared = {program.name: _declared(program, authored.files) for program in authored.programs}
    for file in authored.cases:
        if file.program.text in programs:
            problems.extend(p for case in file.cases for p in _case(case, declared[file.program.text], scope))


def _unknown_programs(authored: PolicySet, programs: Iterable[str]) -> Iterable[Diagnostic]:
    """Report each folder without a program.yaml once, in its first file."""
    named = [file.program for file in authored.files]
    named += [file.program for file in authored.cases]
    named += [file.program for file in authored.invariants]
    for name in {name.text: name for name in reversed(named)}.values():
        if name.text not in programs:
            help_ = did_you_mean(name.text, programs) or f"describe it in `{name}/program.yaml`"
            yield Diagnostic("unknown-program", f"no program named `{name}`", name.span, help=help_)


def _untitled(program: Program, files: Iterable[PolicyFile]) -> Iterable[Diagnostic]:
    """Look up the parameters that a program has words for."""
    named = [entry.id for file in files if file.program.text == program.name for entry in file.parameters]
    for name, span in program.parameter_spans.items():
        if name not in named:
            help_ = did_you_mean(name, named) or "give it a value in a policy file, or leave its words out"
            yield Diagnostic("unknown-name", f"no parameter named `{name}`", span, help=help_)


def _selectors(check: CheckEntry, scope: Scope, problems: list[Diagnostic]) -> None:
    region, version = check.region_by, check.version_by
    given = {path: fact.type for path, fact in scope.facts.items() if fact.derived is None}
    regions = [path for path, type_ in given.items() if isinstance(type_, types.Region)]
    if region.text not in regions:
        message = f"`{region}` is not a region fact that is given"
        help_ = did_you_mean(region.text, regions) or f"such facts are {_listed(regions)}"
        problems.append(Diagnostic("not-a-region-fact", message, region.span, help=help_))
    days = [TODAY, *(path for path, type_ in given.items() if isinstance(type_, types.Date))]
    if version.text not in days:
        message = f"`{version}` is neither `{TODAY}` nor a date fact that is given"
        help_ = did_you_mean(version.text, days) or f"these are {_listed(days)}"
        problems.append(Diagnostic("not-a-date-fact", message, version.span, help=help_))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


@dataclass(frozen=True, slots=True)
class _Declared:
    """What the cases of a program may name."""

    checks: frozenset[str]
    requirements: frozenset[str]
    values: frozenset[str]


def _declared(program: Program, files: Iterable[PolicyFile]) -> _Declared:
    own = [file for file in files if file.program.text == program.name]
    requirements = [name for file in own for entries in file.checks.values() for name in _ids(entries)]
    values = [entry.id for file in own for entries in file.values.values() for entry in entries]
    checks = [check.name for check in program.checks]
    return _Declared(frozenset(checks), frozenset(requirements), frozenset(values))


def _ids(entries: Iterable[RequirementEntry]) -> Iterable[str]:
    for entry in entries:
        yield entry.id
        yield from _ids(entry.children)


def _case(case: Case, declared: _Declared, scope: Scope) -> Iterable[Diagnostic]:
    for region in case.regions:
        yield from _unknown("unknown-region", "region", region, scope.regions.parents)
    for check in case.outcomes:
        yield from _unknown("unknown-check", "check", Name(check, case.named[check]), declared.checks)
    for name in (*(case.because or ()), *(case.obligations or ())):
        yield from _unknown("unknown-requirement", "requirement", name, declared.requirements)
    for value in case.values or ():
        yield from _unknown("unknown-name", "value", Name(value, case.named[value]), declared.values)
    for fact in case.missing or ():
        yield from _unknown_fact(fact, scope)


def _unknown_fact(name: Name, scope: Scope) -> Iterable[Diagnostic]:
    """Look up a fact, or a field of an item: `series.videos[2].length`."""
    path, _, field = name.text.partition("[")
    fact = scope.facts.get(path)
    if fact is None:
        help_, notes = scope.nearest_fact(path)
        yield Diagnostic("unknown-fact", f"no fact named `{path}`", name.span, help_, notes)
    elif field:
        fields = [entry.path for entry in fact.fields]
        yield from _unknown("unknown-fact", f"field of `{path}`", Name(field.partition(".")[2], name.span), fields)


def _unknown(code: str, what: str, name: Name, known: Iterable[str]) -> Iterable[Diagnostic]:
    if name.text not in known:
        help_ = did_you_mean(name.text, known)
        yield Diagnostic(code, f"no {what} named `{name}`", name.span, help=help_)
