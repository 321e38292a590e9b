"""Whether two checks mean the same for everyone, and if not, for whom they do not.

The same: the same outcome, the same values, the same obligations owed.
Reads: pairs of checks, and where they stand against each other.
Gives: `Comparison`, which asks in each direction, and gives creators.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal as OneOf

from policyengine.model import checked
from policyengine.model.checked import Check, Expr, Kind, Requirement, with_clauses
from policyengine.model.decision import Outcome
from policyengine.prove.asking import TIMEOUT, Asked, Claim, Common, Evaluated, Scope
from policyengine.prove.comparing import Pair
from policyengine.prove.folding import for_regions, whole
from policyengine.prove.witnesses import Told, simplest, typical
from policyengine.targets.smt import Model, Undecided, Unsat

Direction = OneOf["gains", "loses", "otherwise", "values", "obligations"]
"""Becomes met, is met no longer, unmet instead of unknown or the other way, other values, other obligations."""
DIRECTIONS: tuple[Direction, ...] = ("gains", "loses", "otherwise", "values", "obligations")


@dataclass(slots=True)
class Comparison:
    """Two checks over the same facts, at the places where they stand against each other; both are offered there."""

    pair: Pair
    scope: Scope
    timeout: float = TIMEOUT
    common: Common | None = None
    """A problem to share, where only whether they differ is asked."""
    _asked: list[Asked] = field(default_factory=list)
    _typical: list[Told] = field(default_factory=list)
    _sides: list[Check] = field(default_factory=list)

    @property
    def sides(self) -> tuple[Check, Check]:
        """The checks, for people of the regions that they are compared in."""
        if not self._sides:
            assert self.pair.before is not None
            assert self.pair.after is not None
            region_by = self.pair.entry.region_by.text
            regions = {region for cell in self.pair.cells for region in cell.regions}
            before, after = (for_regions(check, region_by, regions) for check in (self.pair.before, self.pair.after))
            self._sides += (before, _sharing(after, before))
        return self._sides[0], self._sides[1]

    def asked(self) -> Asked:
        """Give the problem; raises `CannotProve`."""
        if not self._asked:
            expressions = [expr for check in self.sides for expr in expressions_of(check)]
            where, scope = self.pair.where, self.scope
            shared = self.common and self.common.asked(where, expressions)
            self._asked.append(shared or Asked(scope, where, expressions, timeout=self.timeout))
        return self._asked[0]

    def differs(self) -> Model | Unsat | Undecided:
        """Find anyone for whom they are not the same, as they come."""
        if self.one_form():
            return Unsat()
        asked = self.asked()
        return asked.find(asked.here(), asked.holds(claim for _, claim in self.claims()))

    def one_form(self) -> bool:
        """Say whether nothing can differ, by the form of both alone."""
        before, after = self.sides
        obliging = any(each.obliges is not None for check in self.sides for each in check.requirements)
        return not obliging and _one_form(whole(before), whole(after)) and not before.values and not after.values

    def claims(self) -> Iterator[tuple[Direction, Claim]]:
        """Claim what may differ; what is the same by its form is left out."""
        yield from self.flips()
        asked, (before, after) = self.asked(), self.sides
        old, new = (whole(check) for check in self.sides)
        if not _one_form(old, new):
            yield (
                "otherwise",
                asked.both(asked.is_(old, False, None), asked.is_(new, False, None), asked.differ(old, new)),
            )
        values = list(self._values())
        if values:
            yield "values", asked.holds(values)
        owes = list(self._obligations(before, after))
        if owes:
            yield "obligations", asked.both(asked.is_(old, True), asked.is_(new, True), asked.holds(owes))

    def flips(self) -> Iterator[tuple[Direction, Claim]]:
        """Claim that somebody gains, or loses."""
        asked, (old, new) = self.asked(), (whole(check) for check in self.sides)
        if not _one_form(old, new):
            yield "gains", asked.both(asked.is_(old, False, None), asked.is_(new, True))
            yield "loses", asked.both(asked.is_(old, True), asked.is_(new, False, None))

    def _values(self) -> Iterator[Claim]:
        asked = self.asked()
        old, new = ({value.id: value for value in check.values} for check in self.sides)
        for name in dict.fromkeys([*new, *old]):
            if name not in old or name not in new or old[name].type != new[name].type:
                yield asked.always()
            elif not _one_form(old[name].expression, new[name].expression):
                yield asked.differ(old[name].expression, new[name].expression)

    def _obligations(self, before: Check, after: Check) -> Iterator[Claim]:
        old, new = ({r.id for r in check.requirements if r.obliges is not None} for check in self.sides)
        for name in sorted(old | new):
            owes = [
                owed(self.asked(), check, name) if name in names else self.asked().never()
                for check, names in ((before, old), (after, new))
            ]
            yield self.asked().apart(*owes)

    def simplest(self, claim: Claim, on: int | None = None) -> Model | Unsat | Undecided:
        """Give the creator who differs least from one who passes on both sides, or on either."""
        asked = self.asked()
        claimed = [asked.here(), claim]
        found = asked.find(*claimed)
        return simplest(asked, claimed, found, self.typical(), on) if isinstance(found, Model) else found

    def typical(self) -> Told:
        """Give someone who passes on both sides, or else on one; nobody in particular when nobody can."""
        if not self._typical:
            asked = self.asked()
            old, new = (asked.is_(whole(check), True) for check in self.sides)
            tries = (typical(asked, asked.here(), *claims) for claims in ((old, new), (old,), (new,)))
            found = next((each for each in tries if each is not None), None)
            self._typical.append({} if found is None else found.told[0])
        return self._typical[0]


def changed(before: Check | None, after: Check | None) -> list[Expr]:
    """Give the expressions of the clauses and values that one check has and the other has not."""
    old, new = (_named(check) for check in (before, after))
    return [
        each
        for one, other in ((new, old), (old, new))
        for name, each in one.items()
        if name not in other or not _one_form(other[name], each)
    ]


def _named(check: Check | None) -> dict[tuple[str, str], Expr]:
    if check is None:
        return {}
    clauses = {("clause", clause.id): clause.expression for clause in check.clauses}
    return clauses | {("value", value.id): value.expression for value in check.values}


def _sharing(check: Check, other: Check) -> Check:
    """Give a check with the very expressions of another where both have the same: a term is made of each but once."""
    known = {clause.id: clause.expression for clause in other.clauses}
    clauses = tuple(
        replace(each, expression=known[each.id])
        if each.id in known and _one_form(known[each.id], each.expression)
        else each
        for each in check.clauses
    )
    return replace(check, clauses=clauses)


def expressions_of(check: Check) -> Sequence[Expr]:
    """Give all of a check over facts: itself, its requirements, its values."""
    requirements = [with_clauses(each.expression, check.clauses) for each in check.requirements]
    return list(dict.fromkeys([whole(check), *requirements, *(value.expression for value in check.values)]))


def _one_form(old: Expr, new: Expr) -> bool:
    """Say whether two expressions are equal, with what they say of regions: an open list looks like a closed one."""
    return old == new and _regions(old) == _regions(new)


def _regions(expr: Expr) -> tuple[Mapping[str, bool | None], ...]:
    own = (expr.truth,) if isinstance(expr, checked.InRegions) else ()
    return (*own, *(truth for child in checked.children(expr) for truth in _regions(child)))


def owed(asked: Asked, check: Check, name: str) -> Claim:
    """Claim that an obligation is owed: see `Obligation`; of an `any_of`, by its first met alternative only."""
    path = _path(check, name)
    if any(requirement.waiver is not None for requirement in path):
        return asked.never()
    claims = [asked.is_(whole(check), True)]
    for requirement in path:
        claims.append(asked.is_(with_clauses(requirement.expression, check.clauses), True))
        for sibling in _before(check, requirement):
            if sibling.waiver is not None:
                return asked.never()
            claims.append(asked.is_(with_clauses(sibling.expression, check.clauses), False, None))
    return asked.both(*claims)


def _path(check: Check, name: str) -> list[Requirement]:
    """Give a requirement and the groups around it."""
    found = [check.requirement(name)]
    while found[-1].parent is not None:
        found.append(check.requirement(found[-1].parent))
    return found


def _before(check: Check, requirement: Requirement) -> Iterator[Requirement]:
    """Give the alternatives that come before one."""
    if requirement.parent is None or check.requirement(requirement.parent).kind is not Kind.ANY_OF:
        return
    for name in check.requirement(requirement.parent).children:
        if name == requirement.id:
            return
        yield check.requirement(name)


def outcomes(asked: Asked, model: Model, sides: Sequence[Check | None]) -> tuple[Outcome, ...]:
    """Give what the interpreter makes of a creator on each side."""
    meaning = asked.meaning(model)
    return tuple(Outcome.NOT_OFFERED if check is None else _outcome(meaning, check) for check in sides)


def _outcome(meaning: Evaluated, check: Check) -> Outcome:
    found = meaning(whole(check), 0)
    assert found is None or isinstance(found, bool)
    return Outcome.of(found)
