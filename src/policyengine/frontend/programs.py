"""What programs and cases refer to: facts that choose region and version, programs, checks, requirements, regions.

Reads: `PolicySet` and the scope of facts and regions.
Gives: diagnostics only.
"""

from collections.abc import Iterable, Mapping

from policyengine.frontend.check import Scope
from policyengine.model import types
from policyengine.model.authored import Case, CaseFile, CheckEntry, Name, PolicySet, RequirementEntry
from policyengine.model.diagnostic import Diagnostic, did_you_mean
from policyengine.model.operators import TODAY

OUTCOMES = ("met", "unmet", "unknown", "not_offered")


def check_programs(authored: PolicySet, scope: Scope, problems: list[Diagnostic]) -> None:
    """Look up every reference of programs, policy files and cases."""
    programs = {program.name: program for program in authored.programs}
    for program in authored.programs:
        for check in program.checks:
            _selectors(check, scope, problems)
    for file in authored.files:
        _known("unknown-program", "program", file.program, programs, problems)
    ids = _requirement_ids(authored)
    for cases in authored.cases:
        if _known("unknown-program", "program", cases.program, programs, problems):
            checks = [check.name for check in programs[cases.program.text].checks]
            _cases(cases, checks, ids, scope, problems)


def _selectors(check: CheckEntry, scope: Scope, problems: list[Diagnostic]) -> None:
    region, version = check.region_by, check.version_by
    by_region = scope.facts.get(region.text)
    if by_region is None or not isinstance(by_region.type, types.Region) or by_region.derived is not None:
        known = [path for path, fact in scope.facts.items() if isinstance(fact.type, types.Region)]
        message = f"`{region}` is no region fact that is given"
        problems.append(Diagnostic("not-a-region-fact", message, region.span, help=did_you_mean(region.text, known)))
    by_version = scope.facts.get(version.text)
    dated = by_version is not None and isinstance(by_version.type, types.Date) and by_version.derived is None
    if version.text != TODAY and not dated:
        known = [TODAY, *(path for path, fact in scope.facts.items() if isinstance(fact.type, types.Date))]
        message = f"`{version}` is neither today nor a date fact that is given"
        problems.append(Diagnostic("not-a-date-fact", message, version.span, help=did_you_mean(version.text, known)))


def _known(code: str, what: str, name: Name, known: Iterable[str], problems: list[Diagnostic]) -> bool:
    if name.text in known:
        return True
    problems.append(Diagnostic(code, f"no {what} named `{name}`", name.span, help=did_you_mean(name.text, known)))
    return False


def _requirement_ids(authored: PolicySet) -> Mapping[str, set[str]]:
    ids: dict[str, set[str]] = {}
    for file in authored.files:
        found = ids.setdefault(file.program.text, set())
        for entries in file.checks.values():
            found.update(_ids(entries))
    return ids


def _ids(entries: Iterable[RequirementEntry]) -> Iterable[str]:
    for entry in entries:
        yield entry.id
        yield from _ids(entry.children)


def _cases(
    file: CaseFile,
    checks: list[str],
    ids: Mapping[str, set[str]],
    scope: Scope,
    problems: list[Diagnostic],
) -> None:
    known_ids = ids.get(file.program.text, set())
    for case in file.cases:
        for region in case.regions:
            _known("unknown-region", "region", region, scope.regions.parents, problems)
        for check, outcome in case.outcomes.items():
            _known("unknown-check", "check", Name(check, outcome.span), checks, problems)
            _known("wrong-value", "outcome", outcome, OUTCOMES, problems)
        for name in (*(case.because or ()), *(case.obligations or ())):
            _known("unknown-requirement", "requirement", name, known_ids, problems)
        _missing_names(case, scope, problems)


def _missing_names(case: Case, scope: Scope, problems: list[Diagnostic]) -> None:
    for name in case.missing or ():
        # `series.videos[2].length` reads a field of an item
        path = name.text.partition("[")[0]
        _known("unknown-fact", "fact", Name(path, name.span), scope.facts, problems)
