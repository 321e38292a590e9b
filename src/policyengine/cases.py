"""The authors' examples, run: whether every case comes out as its author says.

Reads: `Policies`, with the cases that stand beside them.
Gives: a `CaseResult` for each case and region; what did not hold as diagnostics at the author's own words.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from policyengine.decide import Policies
from policyengine.decision import Decision
from policyengine.fact_files import fact_problem
from policyengine.frontend.check import Scope, check_expression
from policyengine.frontend.layout import REQUIRED
from policyengine.frontend.parse import parse
from policyengine.frontend.vocabulary import units_of
from policyengine.model import checked, types
from policyengine.model.authored import Case, CaseFile, Name
from policyengine.model.decision import NamedResult, Outcome
from policyengine.model.diagnostic import Diagnostic, Note
from policyengine.model.errors import InvalidFact
from policyengine.model.span import Span
from policyengine.model.values import Value, to_python


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case in one of its regions (None: as its facts say), and what did not hold."""

    file: CaseFile
    case: Case
    region: str | None
    problems: tuple[Diagnostic, ...]

    @property
    def held(self) -> bool:
        """Whether everything came out as expected."""
        return not self.problems

    @property
    def title(self) -> str:
        """The author's sentence; with the region, if the case has several."""
        return titled(self.case, self.region)


def titled(case: Case, region: str | None) -> str:
    """Name a case in one of its regions."""
    return f"{case.name} [{region}]" if len(case.regions) > 1 else case.name


def policies_folder(path: Path) -> Path:
    """Give the folder of policies that a path is, or lies in; the path itself when there is none."""
    absolute = path.absolute()
    for folder in (absolute, *absolute.parents):
        if all((folder / name).is_file() for name in REQUIRED):
            return path if folder == absolute else folder
    return path


def run_cases(policies: Policies, within: Path | None = None) -> tuple[CaseResult, ...]:
    """Run every case, or those of the files at or below a path, in the order of their files."""
    files = [file for file in policies.compiled.authored.cases if within is None or _lies(file, within)]
    return tuple(
        run_case(policies, file, case, region) for file in files for case in file.cases for region in regions_of(case)
    )


def regions_of(case: Case) -> tuple[str | None, ...]:
    """Give the regions that a case is run for; None where its facts say it all."""
    return tuple(name.text for name in case.regions) or (None,)


def run_case(policies: Policies, file: CaseFile, case: Case, region: str | None) -> CaseResult:
    """Run one case in one of its regions."""
    return CaseResult(file, case, region, tuple(_Run(policies, file, case, region).problems()))


def decisions_of(policies: Policies, file: CaseFile, case: Case, region: str | None) -> list[Decision]:
    """Decide every check that a case names, in one of its regions; raises `InvalidFact`."""
    program = file.program.text
    return [policies.decide(program, case.facts, check=check, on=case.on, region=region) for check in case.outcomes]


def _lies(file: CaseFile, within: Path) -> bool:
    return Path(file.source.path).absolute().is_relative_to(within.absolute())


@dataclass(frozen=True, slots=True)
class _Run:
    """One case in one region."""

    policies: Policies
    file: CaseFile
    case: Case
    region: str | None

    @property
    def title(self) -> str:
        return titled(self.case, self.region)

    def problems(self) -> Iterator[Diagnostic]:
        try:
            decisions = decisions_of(self.policies, self.file, self.case, self.region)
        except InvalidFact as error:
            yield fact_problem(error, self.stretch(), self.case.span, f"`{self.title}`: ")
            return
        wrong = list(self.outcomes(decisions))
        # Another outcome has other reasons: they would say the same mistake again.
        yield from wrong or self.reasons(decisions)

    def outcomes(self, decisions: Sequence[Decision]) -> Iterator[Diagnostic]:
        for decision, expected in zip(decisions, self.case.outcomes.values(), strict=True):
            if decision.outcome.value != expected.text:
                message = f"`{decision.check}` is `{decision.outcome.value}`, not `{expected}`"
                yield self.failed(message, expected.span, decision)

    def reasons(self, decisions: Sequence[Decision]) -> Iterator[Diagnostic]:
        """Compare what is expected beside the outcomes; of several checks it is taken together."""
        case = self.case
        if case.because is not None:
            yield from self.because(case.because, decisions)
        if case.missing is not None:
            missing = [fact.fact for decision in decisions for fact in decision.missing]
            yield from self.exactly("missing", case.missing, missing)
        if case.obligations is not None:
            owed = [obligation.id for decision in decisions for obligation in decision.obligations]
            yield from self.exactly("obligations", case.obligations, owed)
        if case.values is not None:
            yield from self.values(case.values, decisions)
        if case.met_on is not None:
            for decision in decisions:
                if decision.met_on != case.met_on:
                    got = f"on {decision.met_on}" if decision.met_on else "on no day by time alone"
                    message = f"`{decision.check}` turns met {got}, not on {case.met_on}"
                    yield self.failed(message, case.span)

    def because(self, expected: Sequence[Name], decisions: Sequence[Decision]) -> Iterator[Diagnostic]:
        """Compare reasons: all of an unmet or unknown check's, some of a met one's."""
        leaves = {leaf: decision for decision in decisions for leaf in decision.because()}
        needed = [leaf for leaf, decision in leaves.items() if decision.outcome is not Outcome.MET]
        named = {name.text for name in expected}
        for name in expected:
            if name.text not in leaves:
                yield self.failed(f"it does not hang on `{name}`, but on {_listed(leaves)}", name.span)
        for leaf in needed:
            if leaf not in named:
                message = f"it hangs on `{leaf}` too, which `because` leaves out"
                yield self.failed(message, self.beside(expected), leaves[leaf])

    def exactly(self, what: str, expected: Sequence[Name], got: Sequence[str]) -> Iterator[Diagnostic]:
        names = [name.text for name in expected]
        surplus = [name for name in expected if name.text not in got]
        if set(names) != set(got):
            place = surplus[0].span if surplus else self.beside(expected)
            yield self.failed(f"`{what}` is {_listed(got)}, not {_listed(names)}", place)

    def values(self, expected: Mapping[str, Name], decisions: Sequence[Decision]) -> Iterator[Diagnostic]:
        got = {name: value for decision in decisions for name, value in decision.values.items()}
        for name, literal in expected.items():
            if name not in got:
                yield self.failed(f"there is no value `{name}`, but {_listed(got)}", literal.span)
                continue
            problems: list[Diagnostic] = []
            if not self.equal(literal, got[name], problems) and not problems:
                shown = f"`{got[name].literal}`" if got[name].literal is not None else "unknown"
                yield self.failed(f"`{name}` is {shown}, not `{literal}`", literal.span)
            yield from problems

    def equal(self, expected: Name, got: NamedResult, problems: list[Diagnostic]) -> bool:
        """Compare a literal as the author wrote it: `1400 USD` is `1_400.00 USD`."""
        if isinstance(got.type, types.Text | types.Choice | types.Region):
            return got.value == expected.text
        expr = parse(expected.span, problems)
        if expr is None:
            return False
        compiled = self.policies.compiled
        scope = Scope(compiled.vocabulary, compiled.tree, units_of(compiled.authored.facts))
        typed = check_expression(expr, scope, problems)
        if typed.poisoned or got.value is None or not isinstance(typed.expr, checked.Literal):
            return False
        return _measure(to_python(typed.expr.value, typed.type), typed.type) == _measure(got.value, got.type)

    def failed(self, message: str, span: Span, decision: Decision | None = None) -> Diagnostic:
        notes = tuple(_reasons(decision)) if decision is not None else ()
        return Diagnostic("case-failed", f"`{self.title}`: {message}", span, notes=notes)

    def beside(self, names: Sequence[Name]) -> Span:
        """Give the place of a list of names; an empty one has none of its own."""
        return names[0].span.to(names[-1].span) if names else self.case.span

    def stretch(self) -> Span:
        """Give the text of the case behind its name, up to the next case's."""
        start, source = self.case.span.end, self.file.source
        following = [case.span.start for case in self.file.cases if case.span.start > start]
        return Span(source, start, min(following, default=len(source.text)))


def _reasons(decision: Decision) -> Iterator[Note]:
    """Say what each leaf that an outcome hangs on needed, and what was there."""
    leaves = decision.because()
    for finding in decision.requirements:
        if finding.id in leaves and finding.outcome is not Outcome.MET:
            given = ", ".join(f"`{path}` is {value or 'not given'}" for path, value in finding.given.items())
            message = f"`{finding.id}` is {finding.outcome.value}: it needs `{finding.needed}`, and {given}"
            yield Note(message, finding.origin.span)


def _measure(value: Value, type_: types.Type) -> object:
    """Give a value as it compares: a percent is a decimal, and `840` stands for `840 videos`."""
    if isinstance(type_, types.Number):
        assert isinstance(value, int | Decimal)
        return Decimal(value).scaleb(-2 if type_.percent else 0)
    return value


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "empty"
