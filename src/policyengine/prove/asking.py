"""Questions about a check: which creators there could be, at the places where it stands.

Reads: meanings, or any expressions; z3's answers.
Gives: `Asked`, whose claims are conditions that the interpreter can confirm; its answers are creators, or nobody.
Never: shows a creator that the interpreter has not confirmed.
"""

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from typing import Any

from policyengine.compiled import Compiled
from policyengine.frontend.vocabulary import facts_read
from policyengine.model.checked import Expr, Fact, FactDeclaration
from policyengine.model.ranges import Range
from policyengine.model.regions import RegionTree
from policyengine.model.values import Raw
from policyengine.plan import FIRST, LAST
from policyengine.prove.ledger import digest
from policyengine.prove.places import Place
from policyengine.targets.interpreter import Environment, Given, evaluate
from policyengine.targets.smt import Model, Problem, Slot, Undecided, Unsat, both, completed, either, opposite, same

TIMEOUT = 5
"""Seconds that one question may take."""
Evaluated = Callable[[Expr, int], Raw | None]
"""What the interpreter makes of an expression, with the facts of a caller."""
Condition = Any
"""A condition of the solver's."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A condition, and the same in the meaning."""

    condition: Condition
    holds: Callable[[Evaluated], bool]


@dataclass(frozen=True, slots=True)
class Box:
    """Some regions on some days, both included."""

    regions: frozenset[str]
    first: datetime.date
    last: datetime.date

    def nearest(self, day: int) -> int:
        """Give the day of these that is nearest to one."""
        return max(self.first.toordinal(), min(self.last.toordinal(), day))


@dataclass(frozen=True, slots=True)
class Scope:
    """What all questions about some policies share."""

    vocabulary: Mapping[str, FactDeclaration]
    tree: RegionTree
    digest: str
    """Names all of it: what expressions mean hangs on it, too."""

    @classmethod
    def of(cls, compiled: Compiled) -> "Scope":
        """Take it from compiled policies."""
        return cls(compiled.vocabulary, compiled.tree, digest([compiled.vocabulary, compiled.tree.parents]))


@dataclass(frozen=True, slots=True)
class Where:
    """The places of a question: boxes of regions and version days, and the facts that choose them."""

    region_by: str
    version_by: str | None
    boxes: tuple[Box, ...]

    @classmethod
    def of(cls, region_by: str, version_by: str | None, places: Iterable[Place]) -> "Where":
        """Join the places that have the same days."""
        found: dict[tuple[datetime.date, datetime.date], set[str]] = {}
        for place in places:
            found.setdefault((place.first, place.last), set()).update(place.regions)
        return cls(
            region_by, version_by, tuple(Box(frozenset(regions), *days) for days, regions in sorted(found.items()))
        )

    def within(
        self, regions: frozenset[str] | None, first: datetime.date | None, last: datetime.date | None
    ) -> "Where":
        """Leave out regions and days that are not spoken of."""
        cut = (
            Box(
                box.regions if regions is None else box.regions & regions,
                box.first if first is None else max(box.first, first),
                box.last if last is None else min(box.last, last),
            )
            for box in self.boxes
        )
        return Where(
            self.region_by, self.version_by, tuple(box for box in cut if box.regions and box.first <= box.last)
        )


@dataclass(slots=True)
class Asked:
    """A problem over some expressions and places; what is asked of it is confirmed by the interpreter.

    The expressions must all be named when it is made. `region` fixes the region of each caller's facts no further:
    where policies of two regions are compared, their expressions have the regions written in.
    """

    scope: Scope
    where: Where
    expressions: Sequence[Expr]
    callers: int = 1
    timeout: float = TIMEOUT
    shared: InitVar[Problem | None] = None
    problem: Problem = field(init=False)
    _here: dict[tuple[Where, int], Claim] = field(default_factory=dict)

    def __post_init__(self, shared: Problem | None) -> None:
        days = self.where.boxes
        first = min((box.first for box in days), default=FIRST).toordinal()
        last = max((box.last for box in days), default=LAST).toordinal()
        if self.where.version_by is not None:
            first, last = FIRST.toordinal(), LAST.toordinal()
        self.problem = shared or Problem(
            self.expressions, self.scope.vocabulary, self.scope.tree, Range(first, last), callers=self.callers
        )
        for caller in range(self.callers):
            for expr in self.expressions:
                self.problem.callers[caller].term(expr)

    # claims

    def is_(self, expr: Expr, *outcomes: bool | None, caller: int = 0) -> Claim:
        """Claim that a truth is one of some: True, False, None for unknown."""
        truth = self.problem.truth(expr, caller)
        terms = {True: truth.true, False: truth.false, None: truth.unknown}
        return Claim(
            either(*(terms[outcome] for outcome in outcomes)),
            lambda meaning: meaning(expr, caller) in outcomes,
        )

    def equals(self, expr: Expr, number: int) -> Claim:
        """Claim that something is known, and a number underneath."""
        value = self.problem.value(expr)
        return Claim(both(value.known, value.term == number), lambda meaning: meaning(expr, 0) == number)

    def differ(self, left: Expr, right: Expr, *, caller: int = 0, other: int = 0) -> Claim:
        """Claim that two expressions of one type are not the same: other values, or one is unknown alone."""
        a, b = self.problem.callers[caller].term(left), self.problem.callers[other].term(right)
        alike = either(both(a.known, b.known, same(a, b)), both(opposite(a.known), opposite(b.known)))
        return Claim(opposite(alike), lambda meaning: meaning(left, caller) != meaning(right, other))

    def here(self, where: Where | None = None, caller: int = 0) -> Claim:
        """Claim that the region, and the day or the fact that picks the version, are of one of the places."""
        where = where or self.where
        if (where, caller) not in self._here:
            self._here[where, caller] = self._standing(where, caller)
        return self._here[where, caller]

    def _standing(self, where: Where, caller: int) -> Claim:
        problem, boxes = self.problem, []
        for box in where.boxes:
            days = Range(box.first.toordinal(), box.last.toordinal())
            if where.version_by is None:
                picked = problem.within(days)
            else:
                picked = problem.told_between(Slot(where.version_by), days.low, days.high, caller)
            boxes.append(both(problem.among(where.region_by, sorted(box.regions), caller), picked))
        return Claim(either(*boxes), lambda _: True)

    def known(self, path: str) -> Claim:
        """Claim that a scalar fact is given, or derived."""
        fact = Fact(path, self.scope.vocabulary[path].type)
        return Claim(self.problem.callers[0].fact(path).known, lambda meaning: meaning(fact, 0) is not None)

    def given(self, path: str) -> Claim:
        """Claim that every caller gives a number, and the same."""
        slot = Slot(path)
        known = self.scope.vocabulary[path].range
        assert known is not None
        told = [self.problem.told_between(slot, known.low, known.high, caller) for caller in range(self.callers)]
        alike = [self.problem.alike(slot, 0, caller) for caller in range(1, self.callers)]
        return Claim(both(*told, *alike), lambda _: True)

    def holds(self, claims: Iterable[Claim]) -> Claim:
        """Claim that one of some claims holds."""
        listed = tuple(claims)
        if not listed:
            return self.never()
        return Claim(
            either(*(claim.condition for claim in listed)),
            lambda meaning: any(claim.holds(meaning) for claim in listed),
        )

    def never(self) -> Claim:
        """Claim what holds of nobody."""
        return Claim(self.problem.certain(value=False), lambda _: False)

    def always(self) -> Claim:
        """Claim what holds of everybody."""
        return Claim(self.problem.certain(value=True), lambda _: True)

    def apart(self, left: Claim, right: Claim) -> Claim:
        """Claim that one of two claims holds, and not the other."""
        condition = either(
            both(left.condition, opposite(right.condition)), both(opposite(left.condition), right.condition)
        )
        return Claim(condition, lambda meaning: left.holds(meaning) != right.holds(meaning))

    def both(self, *claims: Claim) -> Claim:
        """Claim all of some claims."""
        condition = both(*(claim.condition for claim in claims))
        return Claim(condition, lambda meaning: all(claim.holds(meaning) for claim in claims))

    def forgotten(self, expr: Expr) -> Claim:
        """Claim that the first caller's value is known, and the second's is not, or is another."""
        known = self.problem.callers[0].term(expr).known
        differs = self.differ(expr, expr, caller=0, other=1)
        return Claim(
            both(known, differs.condition),
            lambda meaning: meaning(expr, 0) is not None and differs.holds(meaning),
        )

    def conditions(self, *conditions: Condition) -> Claim:
        """Claim what is said of slots alone, which nothing in the meaning corresponds to."""
        return Claim(both(self.problem.certain(value=True), *conditions), lambda _: True)

    def grown(self) -> Claim:
        """Claim that the second caller gives what the first gives, and perhaps more."""
        return Claim(both(*self.problem.grown()), lambda _: True)

    def risen(self, path: str) -> Claim:
        """Claim that both callers give the same, but for one fact, of which the second gives more."""
        return Claim(both(*self.problem.risen(path)), lambda _: True)

    # answers

    def find(self, *claims: Claim) -> Model | Unsat | Undecided:
        """Find creators for whom all claims hold; they are confirmed."""
        answer = self.problem.solve(*(claim.condition for claim in claims), timeout_ms=round(self.timeout * 1_000))
        if isinstance(answer, Model):
            self.confirm(answer, claims)
        return answer

    def confirm(self, model: Model, claims: Iterable[Claim]) -> None:
        """Let the interpreter say the same; anything else is a mistake of the target."""
        meaning = self.meaning(model)
        for claim in claims:
            assert claim.holds(meaning), f"the interpreter says otherwise of {model}"

    def meaning(self, model: Model) -> Evaluated:
        """Give what the interpreter makes of expressions, with the facts of each caller."""
        facts = [self.facts(model, caller) for caller in range(self.callers)]
        return lambda expr, caller: evaluate(expr, Environment(facts[caller], model.today))

    def facts(self, model: Model, caller: int = 0) -> Mapping[str, Given]:
        """Give the facts of a model, derived ones filled in."""
        return complete(model.facts(caller), model.today, self.scope.vocabulary)


@dataclass(slots=True)
class Common:
    """One problem for many questions whose expressions are much alike, of which most terms are there already.

    Who is found depends on what was asked before; so it serves where only whether there is anybody matters.
    """

    scope: Scope
    timeout: float = TIMEOUT
    _problem: Problem | None = None

    def asked(self, where: Where, expressions: Sequence[Expr]) -> Asked:
        """Ask about some expressions, at some places; raises `CannotProve`."""
        if self._problem is None or not self._problem.add(expressions):
            days = Range(FIRST.toordinal(), LAST.toordinal())
            self._problem = Problem(expressions, self.scope.vocabulary, self.scope.tree, days)
        return Asked(self.scope, where, expressions, timeout=self.timeout, shared=self._problem)


def complete(given: Mapping[str, Given], today: int, vocabulary: Mapping[str, FactDeclaration]) -> Mapping[str, Given]:
    """Fill in derived facts, as the door does."""

    def meaning(expr: Expr, facts: Mapping[str, Given], today: int) -> Raw | None:
        return evaluate(expr, Environment(facts, today))

    return completed(given, today, vocabulary, meaning)


def reads(expressions: Iterable[Expr], vocabulary: Mapping[str, FactDeclaration]) -> frozenset[str]:
    """Give the facts and lists that expressions read, and those that these are derived from."""
    found: set[str] = set()
    todo = list(facts_read(*expressions))
    for path in todo:  # grows
        if path not in found:
            found.add(path)
            todo += vocabulary[path].inputs
    return frozenset(found)
