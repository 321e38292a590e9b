"""Creators as an author would choose them: as few facts as possible away from a typical one, values at the boundary.

Reads: claims for which there is a creator.
Gives: `simplest`, a model of the same claims; `typical`, someone who passes, with the least of everything.
"""

from collections.abc import Iterator, Mapping, Sequence

from policyengine.model import checked, types
from policyengine.model.checked import Expr, FactDeclaration
from policyengine.model.values import Raw
from policyengine.prove.asking import Asked, Claim
from policyengine.targets.smt import Model, Slot

Told = Mapping[Slot, Raw | None]


def typical(asked: Asked, *claims: Claim) -> Model | None:
    """Give someone for whom all claims hold, everything known, with the least of everything; None when nobody is."""
    found = asked.find(*claims)
    return simplest(asked, claims, found, {}) if isinstance(found, Model) else None


def simplest(asked: Asked, claims: Sequence[Claim], found: Model, like: Told, on: int | None = None) -> Model:
    """Give someone for whom all claims hold, who differs from another one in as little as possible.

    Each slot is tried in turn: what the other one tells, then what lies at a boundary. The day is the first possible.
    """
    search = _Search(asked, claims, found, like)
    search.day(on)
    order = search.order()
    search.keep([slot for slot in order if slot in like])
    for slot in order:
        if slot not in search.settled:
            search.settle(slot)
    asked.confirm(search.found, claims)
    return search.found


class _Search:
    """The claims, what is settled, and the last creator that was found for them."""

    def __init__(self, asked: Asked, claims: Sequence[Claim], found: Model, like: Told) -> None:
        self.asked, self.found, self.like = asked, found, like
        self.conditions = [claim.condition for claim in claims]
        self.settled: set[Slot] = set()
        self.thresholds = thresholds(asked.expressions, asked.scope.vocabulary)
        vocabulary = asked.scope.vocabulary
        self.inputs = {path for declared in vocabulary.values() for path in declared.inputs}

    def day(self, on: int | None) -> None:
        days = [] if on is None else [on]
        for day in [*days, *(box.first.toordinal() for box in self.asked.where.boxes)]:
            if self.attempt(self.asked.problem.on(day)):
                return
        self.conditions.append(self.asked.problem.on(self.found.today))

    def order(self) -> list[Slot]:
        """Give the slots: where one lives, yes and no, then the rest as declared; inputs of derived facts last."""

        def rank(slot: Slot) -> tuple[int, bool, bool, int, int]:
            boolean = isinstance(slot.declaration(self.asked.scope.vocabulary).type, types.Boolean)
            first = slot.path != self.asked.where.region_by
            # fewer kinds of records before how many there are of those that stay
            return (first, slot.path in self.inputs, not boolean, -1 if slot.kind is None else 0, -(slot.kind or 0))

        return sorted(self.asked.problem.slots(), key=rank)

    def keep(self, slots: Sequence[Slot]) -> None:
        """Keep what the other one tells in as many slots as possible: all at once, else in halves."""
        if not slots:
            return
        if self.attempt(*(self.asked.problem.told(slot, self.like[slot]) for slot in slots)):
            self.settled.update(slots)
        elif len(slots) > 1:
            half = len(slots) // 2
            self.keep(slots[:half])
            self.keep(slots[half:])

    def settle(self, slot: Slot) -> None:
        """Give a slot the first of its candidates that is possible; else as little as possible."""
        current, problem = self.found.told[0].get(slot), self.asked.problem
        self.settled.add(slot)
        for candidate in self.candidates(slot):
            if candidate == current or self.attempt(problem.told(slot, candidate)):
                if candidate == current:
                    self.conditions.append(problem.told(slot, candidate))
                return
        if isinstance(current, int) and not isinstance(current, bool):
            self.approach(slot, current)
        self.conditions.append(problem.told(slot, self.found.told[0].get(slot)))

    def approach(self, slot: Slot, current: int) -> None:
        """Come as near to the other one's number, or to the least, as possible."""
        wanted = self.like.get(slot)
        declared = slot.declaration(self.asked.scope.vocabulary)
        if isinstance(wanted, bool) or not isinstance(wanted, int):
            wanted = 0 if slot.number or declared.range is None else declared.range.low
            if isinstance(declared.type, types.Date):
                wanted = self.found.today
        if self.attempt(self.asked.problem.told(slot, wanted)):
            return
        apart, near = wanted, current
        while abs(near - apart) > 1:
            middle = (near + apart) // 2
            nearer = (middle, near - 1) if near > apart else (near + 1, middle)
            if self.possible(self.asked.problem.told_between(slot, *nearer)):
                told = self.found.told[0][slot]
                assert isinstance(told, int)
                near = told
            else:
                apart = middle

    def candidates(self, slot: Slot) -> Iterator[Raw | None]:
        declared = slot.declaration(self.asked.scope.vocabulary)
        if slot.path == self.asked.where.version_by:
            yield from (box.first.toordinal() for box in self.asked.where.boxes)
        if slot.path in self.inputs and slot.kind is None:
            yield None
        if slot.number:
            yield from (0,) if slot.kind else (1, 0)
            return
        match declared.type:
            case types.Records():
                yield True
            case types.Boolean():
                yield from (False, True)
            case types.Choice(values):
                yield from values
            case types.Region():
                yield from self.regions()
            case _:
                yield from self.near(slot, declared)

    def regions(self) -> Iterator[str]:
        """Give some regions: of all there are, the first that differ in what the expressions say of them."""
        regions = (region for box in self.asked.where.boxes for region in sorted(box.regions, key=_countries_first))
        memberships = list(dict.fromkeys(_memberships(self.asked.expressions)))
        seen: set[tuple[bool | None, ...]] = set()
        for region in dict.fromkeys(regions):
            place = tuple(dict(truth).get(region) for truth in memberships)
            if place not in seen:
                seen.add(place)
                yield region

    def near(self, slot: Slot, declared: FactDeclaration) -> Sequence[int]:
        """Give the numbers at either side of each that a slot is compared with: nearest first, or least first."""
        name = slot.path if slot.field is None else f"{slot.path}.{slot.field}"
        step = step_of(declared)
        numbers = {number + by for number in self.thresholds.get(name, ()) for by in (-step, 0, step)}
        possible = [number for number in numbers if declared.range is None or declared.range.holds(number)]
        wanted = self.like.get(slot)
        if isinstance(wanted, int):
            return sorted(possible, key=lambda number: (abs(number - wanted), number))
        return sorted(possible)

    def attempt(self, *conditions: object) -> bool:
        """Take some conditions in, when somebody is left."""
        if not self.possible(*conditions):
            return False
        self.conditions += conditions
        return True

    def possible(self, *conditions: object) -> bool:
        timeout = round(self.asked.timeout * 1_000)
        answer = self.asked.problem.solve(*self.conditions, *conditions, timeout_ms=timeout)
        if isinstance(answer, Model):
            self.found = answer
        return isinstance(answer, Model)


def step_of(declared: FactDeclaration) -> int:
    """Give the smallest step underneath in which a fact may be given."""
    return declared.unit_size if isinstance(declared.type, types.Duration | types.Period) else 1


def _countries_first(region: str) -> tuple[bool, int, str]:
    return not region[0].isupper(), len(region), region


def _memberships(expressions: Sequence[Expr]) -> Iterator[tuple[tuple[str, bool | None], ...]]:
    for expr in expressions:
        if isinstance(expr, checked.InRegions):
            yield tuple(expr.truth.items())
        yield from _memberships(checked.children(expr))


def thresholds(expressions: Sequence[Expr], vocabulary: Mapping[str, FactDeclaration]) -> Mapping[str, set[int]]:
    """Give the constants that each fact is compared with, and each field of the records of a list."""
    found: dict[str, set[int]] = {}

    def visit(expr: Expr, bound: Mapping[str, str]) -> None:
        if isinstance(expr, checked.Compare):
            for side, other in ((expr.left, expr.right), (expr.right, expr.left)):
                if isinstance(other, checked.Literal) and isinstance(other.value, int):
                    told, factor = _told(side, bound)
                    if told is not None:
                        found.setdefault(told, set()).add(other.value // factor)
        if isinstance(expr, checked.Quantified | checked.CountWhere | checked.Fold):
            bound = {**bound, expr.variable: expr.items}
        if isinstance(expr, checked.Fact) and (derived := vocabulary[expr.path].derived) is not None:
            visit(derived, {})
        for child in checked.children(expr):
            visit(child, bound)

    for expr in expressions:
        visit(expr, {})
    return found


def _told(expr: Expr, bound: Mapping[str, str], factor: int = 1) -> tuple[str | None, int]:
    match expr:
        case checked.Fact(path):
            return path, factor
        case checked.Item(variable, name):
            return f"{bound[variable]}.{name}", factor
        case checked.Scale(operand, by):
            return _told(operand, bound, factor * by)
        case _:
            return None, factor
