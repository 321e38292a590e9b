"""Invariants, from entries to checked ones: names looked up, expressions checked over facts alone.

Reads: `PolicySet`, the scope of facts and regions, and the timelines of programs without a mistake.
Gives: `Invariant`s by program, and diagnostics; an invariant with a mistake is left out.
Never: asks whether one holds; the prover does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from policyengine.frontend.check import Scope, check_expression
from policyengine.frontend.reach import Timelines, reached, requirements
from policyengine.model import syntax, types
from policyengine.model.authored import CheckEntry, InvariantEntry, Name, PolicyFile, PolicySet, Said
from policyengine.model.diagnostic import Diagnostic, Note, Severity, did_you_mean
from policyengine.model.invariants import Invariant, Monotone, Statement
from policyengine.model.span import Span


def check_invariants(
    authored: PolicySet, scope: Scope, timelines: Mapping[str, Timelines], problems: list[Diagnostic]
) -> dict[str, tuple[Invariant, ...]]:
    """Check every invariant of every program that is declared.

    Of a program without `timelines`, no invariant is asked which versions it is about.
    """
    found: dict[str, tuple[Invariant, ...]] = {}
    for program in authored.programs:
        files = tuple(file for file in authored.files if file.program.text == program.name)
        named = _Named(
            program.name,
            {check.name: check for check in program.checks},
            {check.name: _requirements(check.name, files) for check in program.checks},
            frozenset(entry.id for file in files for entry in file.parameters)
            | frozenset(entry.id for file in files for entry in file.definitions),
            files,
            timelines.get(program.name),
        )
        entries = [e for file in authored.invariants if file.program.text == program.name for e in file.invariants]
        checked = [_Entry(entry, named, scope, problems).invariant() for entry in entries]
        found[program.name] = tuple(invariant for invariant in checked if invariant is not None)
    return found


def _requirements(check: str, files: Iterable[PolicyFile]) -> dict[str, Span]:
    """Give the ids that a check's requirements have in any version, drafts too, each with a place."""
    return {name: span for file in files for name, span in requirements(file.checks.get(check, ()))}


@dataclass(frozen=True, slots=True)
class _Named:
    """What the invariants of a program may name: checks, and requirements by check. `others` are not facts."""

    program: str
    checks: Mapping[str, CheckEntry]
    requirements: Mapping[str, Mapping[str, Span]]
    others: frozenset[str]
    files: tuple[PolicyFile, ...]
    timelines: Timelines | None


@dataclass(frozen=True, slots=True)
class _Entry:
    """One invariant under inspection."""

    entry: InvariantEntry
    named: _Named
    scope: Scope
    problems: list[Diagnostic]

    def invariant(self) -> Invariant | None:
        """Look up all it names; None when there is a mistake."""
        entry, before = self.entry, len(self.problems)
        self._unknown("unknown-check", "no check named `{}`", entry.check, self.named.checks)
        for region in entry.regions:
            self._unknown("unknown-region", "no region named `{}`", region, self.scope.regions.parents)
        self._days()
        about = len(self.problems) == before
        said = (entry.whenever, entry.always, entry.never)
        whenever, always, never = statements = [None if each is None else self._statement(each) for each in said]
        if about:
            self._versions([name for each in said if isinstance(each, tuple) for name, _ in each])
        monotone = self._monotone()
        if len(self.problems) > before:
            return None
        if statements.count(None) != said.count(None) or (always, never, monotone).count(None) != 2:
            return None  # it reads a fact with a mistake, which is reported where the fact is declared
        return Invariant(
            id=entry.id,
            program=self.named.program,
            check=entry.check.text,
            says=entry.says,
            regions=tuple(region.text for region in entry.regions),
            start=entry.start,
            end=entry.end,
            whenever=whenever,
            always=always,
            never=never,
            monotone=monotone,
            span=entry.span,
        )

    def _report(self, problem: Diagnostic) -> None:
        self.problems.append(problem)

    def _unknown(self, code: str, message: str, name: Name, known: Iterable[str]) -> None:
        if name.text not in known:
            self._report(Diagnostic(code, message.format(name), name.span, help=did_you_mean(name.text, known)))

    def _days(self) -> None:
        entry = self.entry
        if entry.start is None or entry.end is None or entry.start < entry.end:
            return
        assert entry.end_span is not None
        message = f"`until` is {entry.end}, and `from` is {entry.start}: there is no day between them"
        help_ = "`until` is the first day that the invariant is no longer about"
        self._report(Diagnostic("wrong-value", message, entry.end_span, help=help_))

    # the versions that it is about

    def _versions(self, names: Iterable[Name]) -> None:
        """Report what no version that the invariant is about has: of it nothing would be asked, and so all proved."""
        if self.named.timelines is None:
            return
        entry, check = self.entry, self.entry.check.text
        versions = reached(entry, self.named.timelines, self.named.files, self.scope.regions)
        if not versions:
            message = f"`{entry.id}` is about no version of `{check}`"
            warning = Severity.WARNING
            self._report(Diagnostic("unused", message, entry.span, help=_ABOUT, severity=warning))
            return
        places = self.named.requirements[check]
        known = {name.text: name for name in names if name.text in places and name.text != check}
        absent = [name for name in known.values() if not any(name.text in version for version in versions)]
        for name in absent:
            message = f"`{check}` has no requirement named `{name}` in any version that the invariant is about"
            notes = (Note(f"`{name}` is one here", places[name.text]),)
            self._report(Diagnostic("unknown-requirement", message, name.span, _ABOUT, notes))
        if not absent and not any(version.issuperset(known) for version in versions):
            listed = " and ".join(f"`{name}`" for name in known)
            message = f"no version that the invariant is about has {listed} at once"
            self._report(
                Diagnostic(
                    "unknown-requirement", message, entry.span, help="an invariant is asked of one version at a time"
                )
            )

    # statements

    def _statement(self, said: Said) -> Statement | None:
        if not isinstance(said, tuple):
            return self._expression(said)
        check = self.entry.check.text
        if check in self.named.checks:
            known = (check, *self.named.requirements[check])
            for name, _ in said:
                self._unknown("unknown-requirement", f"`{check}` has no requirement named `{{}}`", name, known)
        return {name.text: outcome for name, outcome in said}

    def _expression(self, said: syntax.Expr) -> Statement | None:
        found: list[Diagnostic] = []
        typed = check_expression(said, self.scope, found)
        self.problems.extend(map(self._over_facts, found))
        if typed.poisoned:
            return None
        if not isinstance(typed.type, types.Boolean):
            message = f"a statement is a yes or no, and this is {typed.type}"
            self._report(Diagnostic("not-a-question", message, said.span, help="compare it with something"))
            return None
        return typed.expr

    def _over_facts(self, problem: Diagnostic) -> Diagnostic:
        """Say of a parameter or a definition why it is not known here."""
        name = problem.span.text
        if problem.code != "unknown-name" or name not in self.named.others:
            return problem
        help_ = f"an invariant speaks of facts alone: write out what `{name}` stands for"
        return replace(problem, help=help_, notes=())

    # a fact of which more, or less, never hurts

    def _monotone(self) -> Monotone | None:
        name = self.entry.more_never_hurts or self.entry.less_never_hurts
        if name is None:
            return None
        fact = self.scope.facts.get(name.text)
        if fact is None:
            help_, notes = self.scope.nearest_fact(name.text)
            self._report(Diagnostic("unknown-fact", f"no fact named `{name}`", name.span, help_, notes))
            return None
        if isinstance(fact.type, types.Poison):
            return None
        check = self.named.checks.get(self.entry.check.text)
        message, help_ = None, "name a number, an amount, a duration, a period, a date, or a yes or no"
        if check is not None and name.text in (check.region_by.text, check.version_by.text):
            message, help_ = f"`{name}` chooses which rules are in force", "name a fact that the rules compare"
        elif not isinstance(fact.type, _ORDERED):
            kind = "a choice" if isinstance(fact.type, types.Choice) else fact.type
            message = f"`{name}` is {kind}: there is no more and no less of it"
        if message is not None:
            note = Note(f"`{name}` is declared here", fact.span)
            self._report(Diagnostic("wrong-operand", message, name.span, help_, (note,)))
            return None
        return Monotone(name.text, rising=self.entry.more_never_hurts is not None)


_ABOUT = "look at its `regions`, `from` and `until`"
_ORDERED = types.Number | types.Money | types.Duration | types.Period | types.Date | types.Boolean
"""The types of which there is more and less."""
