"""Everything that is asked of policies: invariants, that more facts change nothing, bindings, what does nothing.

Reads: `Policies`.
Gives: `prove`, a `Report` over all programs, or some.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import count

from policyengine.compiled import Compiled
from policyengine.decide import Policies
from policyengine.frontend.binding import bonds, doubts
from policyengine.model.authored import CheckEntry
from policyengine.model.checked import Expr
from policyengine.model.diagnostic import Diagnostic, Note, in_order
from policyengine.model.invariants import Invariant
from policyengine.prove.answers import Standing, proof
from policyengine.prove.asking import TIMEOUT, Scope
from policyengine.prove.bindings import settled
from policyengine.prove.disputes import Disputes
from policyengine.prove.examined import Examined
from policyengine.prove.families import families
from policyengine.prove.idle import look
from policyengine.prove.ledger import Ledger
from policyengine.prove.lints import Looked, looked_at, nobody_passes
from policyengine.prove.otherwise import Otherwise
from policyengine.prove.places import Timelines, meanings, timelines
from policyengine.prove.promises import broken, changed_by_a_fact
from policyengine.prove.proofs import Kind, Proof, Report, Verdict
from policyengine.targets.smt import CannotProve, Model

Progress = Callable[[float], None]
"""Told how much is done, from 0 to 1."""


def prove(
    policies: Policies,
    programs: Sequence[str] = (),
    *,
    timeout: float = TIMEOUT,
    ledger: Ledger | None = None,
    progress: Progress = lambda _: None,
) -> Report:
    """Ask everything of some programs, or of all; `timeout` is what one question may take, in seconds.

    What is in force on any day, what is scheduled and, one at a time, every draft are looked at. Raises `UnknownName`.
    """
    ledger = ledger or Ledger()
    found = _Found()
    named = tuple(dict.fromkeys(programs)) or tuple(policies.compiled.programs)
    steps = sum(len(policies.checks(program)) + len(_BESIDES) for program in named)
    done = count(1)
    for program in named:
        for step in _Program(policies.compiled, program, ledger, timeout, found).steps():
            step()
            progress(next(done) / steps)
    return Report(tuple(found.proofs), in_order(found.problems), tuple(found.notes), ledger.asked, ledger.known)


@dataclass(slots=True)
class _Found:
    proofs: list[Proof] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


@dataclass(slots=True)
class _Program:
    """One program under examination."""

    compiled: Compiled
    program: str
    ledger: Ledger
    timeout: float
    found: _Found
    passing: dict[str, list[Model]] = field(default_factory=dict)
    """Some who pass, by check."""

    def steps(self) -> Iterator[Callable[[], None]]:
        """Give what is to be done, one thing after another."""
        standing, problems = timelines(self.compiled, self.program)
        self.found.problems += problems
        for entry in self.compiled.programs[self.program].checks:
            yield partial(self._check, entry, standing)
        for method in _BESIDES:
            yield partial(method, self, standing)

    def _idle(self, standing: Sequence[Timelines]) -> None:
        looked = Looked()
        look(self._otherwise(), standing, looked)
        self._lints("", "overrides", "Every override and every waiver changes something", looked)

    def _disputes(self, standing: Sequence[Timelines]) -> None:
        self.found.notes += Disputes(self._otherwise()).notes(standing[0])

    def _otherwise(self) -> Otherwise:
        return Otherwise(self.compiled, self.program, self.ledger, self.timeout, self.passing)

    def _check(self, entry: CheckEntry, standing: Sequence[Timelines]) -> None:
        about = [each for each in self.compiled.invariants.get(self.program, ()) if each.check == entry.name]
        besides = [statement for each in about for statement in _expressions(each)]
        scope = Scope.of(self.compiled)
        alike = families(meanings(self.compiled, entry, standing))
        if not alike:
            return
        examined = Standing(tuple((f, Examined.of(f, scope, self.ledger, besides, self.timeout)) for f in alike))
        names = self.program, entry.name
        says = {"en": "One more fact never changes a met, an unmet or a value"}
        law = proof(examined, changed_by_a_fact, Kind.MORE_FACTS, (*names, "more-facts"), says)
        self._take(law, None)
        for invariant in about:
            said = dict(invariant.says.entries) if invariant.says is not None else {}
            asked = proof(examined, partial(broken, invariant), Kind.INVARIANT, (*names, invariant.id), said)
            self._take(asked, invariant)
        self.passing[entry.name] = list(_passing(examined))
        looked = looked_at(examined)
        nobody_passes(examined, looked)
        self._lints(entry.name, "requirements", "Every requirement matters, and somebody can pass", looked)

    def _take(self, asked: Proof, invariant: Invariant | None) -> None:
        self.found.proofs.append(asked)
        if invariant is not None and asked.verdict is not Verdict.PROVED:
            self.found.problems.append(_broken(asked, invariant))

    def _lints(self, check: str, name: str, says: str, looked: Looked) -> None:
        self.found.problems += looked.problems
        verdict = Verdict.REFUTED if looked.problems else Verdict.PROVED
        if looked.entries:
            self.found.proofs.append(Proof(Kind.LINT, self.program, check, name, {"en": says}, verdict, looked.entries))

    def _bindings(self, standing: Sequence[Timelines]) -> None:
        asked, problems = 0, list[Diagnostic]()
        for each in standing:
            asked += sum(1 for _ in bonds(each.by_region, self.compiled.tree))
            doubted = doubts(each.by_region, self.compiled.tree, each.files)
            problems += settled(self.compiled, doubted, self.ledger, self.timeout)
        self.found.problems += problems
        if asked:
            verdict = Verdict.REFUTED if problems else Verdict.PROVED
            says = {"en": "No region loosens a binding requirement of a wider one"}
            self.found.proofs.append(Proof(Kind.BINDING, self.program, "", "bindings", says, verdict, asked))


_BESIDES = (_Program._bindings, _Program._idle, _Program._disputes)  # noqa: SLF001 -- its own


def _passing(examined: Standing) -> Iterator[Model]:
    for _, each in examined.families:
        try:
            someone = each.passing()
        except CannotProve:
            continue
        if someone is not None:
            yield someone


def _expressions(invariant: Invariant) -> Iterator[Expr]:
    for statement in (invariant.whenever, invariant.always, invariant.never):
        if statement is not None and not isinstance(statement, Mapping):
            yield statement


def _broken(asked: Proof, invariant: Invariant) -> Diagnostic:
    notes = [Note(f"somebody stands against it in {each.place}") for each in asked.counterexamples]
    if asked.verdict is Verdict.REFUTED:
        return Diagnostic("not-proved", f"`{invariant.id}` does not hold", invariant.span, notes=tuple(notes))
    return Diagnostic("not-proved", f"whether `{invariant.id}` holds was not decided {asked.why}", invariant.span)
