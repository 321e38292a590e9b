"""A meaning, or a family of them, under examination: its problem, what is claimed of it, and what is known already.

Reads: a family, statements of invariants, a ledger.
Gives: `Examined`, whose questions go to the solver only when the ledger has no answer.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from policyengine.model.checked import Expr
from policyengine.model.decision import Outcome
from policyengine.model.invariants import Statement
from policyengine.prove.asking import TIMEOUT, Asked, Claim, Scope, Where, complete
from policyengine.prove.families import Family
from policyengine.prove.ledger import Ledger, digest
from policyengine.prove.places import Meaning
from policyengine.prove.witnesses import Told, simplest, typical
from policyengine.targets.interpreter import Environment, evaluate
from policyengine.targets.smt import Model, Slot, Undecided, Unsat


@dataclass(frozen=True, slots=True)
class Question:
    """Whether there is somebody for whom some claims hold. `about` names it; `where` is no wider than the places."""

    about: tuple[object, ...]
    claims: Callable[[Asked], Sequence[Claim]]
    callers: int = 1
    where: Where | None = None
    besides: tuple[Expr, ...] = ()
    """Expressions that are not the check's: a problem is made anew for them."""


_OUTCOMES = {Outcome.MET: True, Outcome.UNMET: False, Outcome.UNKNOWN: None}


@dataclass(slots=True)
class Examined:
    """One check, as it stands at some places. `besides` are expressions that questions speak of beside its own."""

    meaning: Meaning
    scope: Scope
    ledger: Ledger
    besides: tuple[Expr, ...] = ()
    constants: tuple[str, ...] = ()
    timeout: float = TIMEOUT
    digests: tuple[str, ...] = ()
    """Of the meanings that are asked as one."""
    _asked: dict[int, Asked] = field(default_factory=dict)
    _name: list[str] = field(default_factory=list)
    _members: "dict[str, Examined]" = field(default_factory=dict)
    _typical: list[Told | None] = field(default_factory=list)
    _passing: list[Model | None] = field(default_factory=list)

    @classmethod
    def of(
        cls, family: Family, scope: Scope, ledger: Ledger, besides: Iterable[Expr] = (), timeout: float = TIMEOUT
    ) -> "Examined":
        """Take a family as one: its constants are facts."""
        wider = replace(scope, vocabulary={**scope.vocabulary, **family.constants})
        digests = tuple(meaning.check.digest for meaning in family.members)
        return cls(family.meaning, wider, ledger, tuple(besides), tuple(family.constants), timeout, digests)

    def member(self, meaning: Meaning) -> "Examined":
        """Take one of a family."""
        digest_ = meaning.check.digest
        if digest_ not in self._members:
            vocabulary = {path: each for path, each in self.scope.vocabulary.items() if path not in self.constants}
            scope = replace(self.scope, vocabulary=vocabulary)
            alone = Examined(meaning, scope, self.ledger, self.besides, (), self.timeout, (digest_,))
            self._members[digest_] = alone
        return self._members[digest_]

    def where(self) -> Where:
        """Give all places."""
        return Where.of(self.meaning.entry.region_by.text, self.meaning.by_fact, self.meaning.places)

    def asked(self, callers: int = 1) -> Asked:
        """Give the problem; raises `CannotProve`."""
        if callers not in self._asked:
            self._asked[callers] = Asked(self.scope, self.where(), self._expressions(), callers, self.timeout)
        return self._asked[callers]

    def problem(self, question: Question) -> Asked:
        """Give the problem of a question; raises `CannotProve`."""
        if not question.besides:
            return self.asked(question.callers)
        expressions = (*self._expressions(), *question.besides)
        return Asked(self.scope, self.where(), expressions, question.callers, self.timeout)

    def _expressions(self) -> tuple[Expr, ...]:
        check = self.meaning.check
        own = [self.meaning.requirement(requirement.id) for requirement in check.requirements]
        values = [value.expression for value in check.values]
        return tuple(dict.fromkeys([self.meaning.expression, *own, *values, *self.besides]))

    def name(self, *question: object) -> str:
        """Name a question about this check at these places, in this vocabulary."""
        if not self._name:
            boxes = [(box.first, box.last, sorted(box.regions)) for box in self.where().boxes]
            self._name.append(digest([self.scope.digest, *self.digests, boxes, self.besides]))
        return digest([self._name[0], *question])

    def nobody(self, question: Question) -> Model | Unsat | Undecided | bool:
        """Ask whether nobody fits; True stands for somebody who was found before. Raises `CannotProve`."""
        key = self.name(*question.about)
        known = self.ledger.answer(key)
        if known is not None:
            return known
        asked = self.problem(question)
        answer = asked.find(*self.claimed(asked, question))
        self.ledger.keep(key, answer)
        return answer

    def claimed(self, asked: Asked, question: Question) -> list[Claim]:
        """Claim what a question does, about one of the places, and with constants that are what they are."""
        known = [asked.given(path) for path in self.constants]
        return [asked.here(question.where), *known, *question.claims(asked)]

    def nobody_of(
        self, meaning: Meaning, numbers: Mapping[str, int], question: Question, where: Where | None = None
    ) -> Model | Unsat | Undecided | bool:
        """Ask about one of the family, with the numbers that it has: one problem serves them all.

        The question is the family's; `where` is what it says of this one's places.
        """
        member = self.member(meaning)
        key = member.name(*question.about)
        known = self.ledger.answer(key)
        if known is not None:
            return known
        asked = self.problem(question)
        told = [
            asked.problem.told(Slot(path), number, caller)
            for path, number in numbers.items()
            for caller in range(question.callers)
        ]
        claimed = [asked.here(where or member.where()), asked.conditions(*told), *question.claims(asked)]
        answer = asked.find(*claimed)
        self.ledger.keep(key, answer)
        return answer

    def simplest(self, question: Question) -> Model | Unsat | Undecided:
        """Give the creator who differs least from a typical one, of those whom a question is about."""
        asked = self.problem(question)
        claimed = self.claimed(asked, question)
        found = asked.find(*claimed)
        if not isinstance(found, Model):
            return found
        return simplest(asked, claimed, found, self.typical() or {})

    def typical(self) -> Told | None:
        """Give someone who passes, with the least of everything; None when nobody can."""
        if not self._typical:
            asked = self.asked()
            known = [asked.given(path) for path in self.constants]
            found = typical(asked, asked.here(), *known, asked.is_(self.meaning.expression, True))
            self._typical.append(None if found is None else found.told[0])
        return self._typical[0]

    def passing(self) -> Model | None:
        """Give someone who passes with all constants at their least and at their greatest: most likely with any."""
        if not self._passing:
            self._passing.append(self._found_passing())
        return self._passing[0]

    def _found_passing(self) -> Model | None:
        asked = self.asked(2)
        problem = asked.problem
        ends = [self.scope.vocabulary[path].range for path in self.constants]
        told = [
            problem.told(Slot(path), range_.high if caller == 0 else range_.low, caller)
            for path, range_ in zip(self.constants, ends, strict=True)
            for caller in (0, 1)
            if range_ is not None
        ]
        others = [slot for slot in problem.slots() if slot.path not in self.constants]
        alike = [problem.alike(slot, 0, 1) for slot in others]
        both_ = [asked.is_(self.meaning.expression, True, caller=caller) for caller in (0, 1)]
        found = asked.find(asked.here(), asked.conditions(*told, *alike), *both_)
        return found if isinstance(found, Model) else None

    def passed_by(self, someone: Model) -> bool:
        """Say whether someone passes, in one of the regions and as early as may be in one of the places."""
        by_fact, region_by = self.meaning.by_fact, self.meaning.entry.region_by.text
        for box in self.where().boxes:
            version = box.first.toordinal()
            day = box.nearest(someone.today) if by_fact is None else someone.today
            for region in sorted(box.regions):
                given = {**someone.facts(), region_by: region} | ({} if by_fact is None else {by_fact: version})
                whole = Environment(complete(given, day, self.scope.vocabulary), day)
                if evaluate(self.meaning.expression, whole) is True:
                    return True
        return False

    # statements

    def says(self, statement: Statement) -> bool:
        """Whether this check has all that a statement speaks of."""
        if not isinstance(statement, Mapping):
            return True
        known = {self.meaning.check.name, *(requirement.id for requirement in self.meaning.check.requirements)}
        return known.issuperset(statement)

    def claims(self, asked: Asked, statement: Statement) -> list[Claim]:
        """Claim that a statement holds."""
        if not isinstance(statement, Mapping):
            return [asked.is_(statement, True)]
        return [asked.is_(self._named(name), _OUTCOMES[outcome]) for name, outcome in statement.items()]

    def denies(self, asked: Asked, statement: Statement) -> Claim:
        """Claim that a statement does not hold: one of its parts comes out otherwise."""
        if not isinstance(statement, Mapping):
            return asked.is_(statement, False, None)
        return asked.holds(
            asked.is_(self._named(name), *({True, False, None} - {_OUTCOMES[outcome]}))
            for name, outcome in statement.items()
        )

    def _named(self, name: str) -> Expr:
        if name in {requirement.id for requirement in self.meaning.check.requirements}:
            return self.meaning.requirement(name)
        return self.meaning.expression
