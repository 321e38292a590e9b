"""A policy and what it would be with one thing otherwise: whether anybody fares otherwise, and who.

Reads: places, policies composed anew.
Gives: `Otherwise`, which asks about two meanings once, wherever they stand against each other alike.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from policyengine.compiled import Compiled
from policyengine.model import checked
from policyengine.model.checked import CheckedPolicy, Expr
from policyengine.plan import FIRST, LAST
from policyengine.prove.asking import TIMEOUT, Common, Scope
from policyengine.prove.comparing import Cell, Pair
from policyengine.prove.differences import Comparison, expressions_of
from policyengine.prove.ledger import Ledger, digest
from policyengine.prove.nearby import Parted, parting
from policyengine.prove.places import Place
from policyengine.targets.smt import CannotProve, Model, Undecided, Unsat

Does = bool | str
"""Whether something does anything: yes, no, or why that was not decided."""


@dataclass(slots=True)
class Otherwise:
    """Compares policies of one program with what they would be."""

    compiled: Compiled
    program: str
    ledger: Ledger
    timeout: float = TIMEOUT
    passing: Mapping[str, Sequence[Model]] = field(default_factory=dict)
    """Some who pass, by check: those near them often show a difference at once."""
    scope: Scope = field(init=False)
    _found: dict[str, list[Model]] = field(default_factory=dict)
    """Those for whom the solver showed a difference, the last one first: they often show the next."""
    _common: dict[str, Common] = field(default_factory=dict)
    _known: dict[str, Does] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.scope = Scope.of(self.compiled)

    def pairs(self, place: Place, other: CheckedPolicy) -> Iterator[Pair]:
        """Give the checks that another policy would have with another meaning."""
        cell = Cell(place.regions, place.first, place.last, place.policy, other)
        for entry in self.compiled.programs[self.program].checks:
            before, after = place.policy.checks.get(entry.name), other.checks.get(entry.name)
            if (before and before.digest) != (after and after.digest):
                yield _on_any_day(Pair(entry, before, after, (cell,)))

    def differ(self, place: Place, other: CheckedPolicy) -> Does:
        """Say whether anybody would fare otherwise with another policy."""
        why: str | None = None
        for pair in self.pairs(place, other):
            does = True if pair.before is None or pair.after is None else self._differ(pair)
            if does is True:
                return True
            why = does if isinstance(does, str) else why
        return why if why is not None else False

    def _differ(self, pair: Pair) -> Does:
        key = self.name(pair)
        if key not in self._known:
            self._known[key] = self._asked(pair, key)
        return self._known[key]

    def _asked(self, pair: Pair, key: str) -> Does:
        answer = self.ledger.answer(key)
        if answer is None:
            comparison = Comparison(pair, self.scope, self.timeout, self.common(pair))
            if comparison.one_form():
                return False
            if next(self.near(comparison), None) is not None:
                return True
            try:
                found = comparison.differs()
            except CannotProve as refusal:
                return f"there is no exact term for {refusal}"
            self.ledger.keep(key, found)
            if isinstance(found, Model):
                self.learn(pair, found)
            if isinstance(found, Undecided):
                return f"in {self.timeout:g} s"
            answer = found if isinstance(found, Unsat) else True
        if isinstance(answer, Unsat):
            return False if answer.proved else f"beyond {dict(answer.up_to)} records"
        return True

    def near(self, comparison: Comparison) -> Iterator[Parted]:
        """Give some whom a comparison's checks treat otherwise, near those who pass; it may have others."""
        pair = comparison.pair
        known = [*self._found.get(pair.entry.name, ()), *self.passing.get(pair.entry.name, ())]
        return parting(*comparison.sides, known, pair.where, self.scope)

    def common(self, pair: Pair) -> Common:
        """Give the problem that all comparisons of one check share."""
        return self._common.setdefault(pair.entry.name, Common(self.scope, self.timeout))

    def learn(self, pair: Pair, found: Model) -> None:
        """Keep someone for whom a difference showed."""
        self._found.setdefault(pair.entry.name, []).insert(0, found)

    def name(self, pair: Pair) -> str:
        """Name a comparison: regions of which all expressions say the same are alike, and days that nothing reads."""
        assert pair.before is not None
        assert pair.after is not None
        expressions = _expressions(pair)
        memberships = [truth for expr in expressions for truth in _memberships(expr)]
        regions = [region for cell in pair.cells for region in cell.regions]
        kinds = sorted({"".join(str(truth[region])[0] for truth in memberships) for region in regions})
        days = [(cell.first, cell.last) for cell in pair.cells]
        meanings = (pair.before.digest, pair.after.digest)
        return digest(["differ", self.scope.digest, pair.entry.name, *meanings, kinds, days])


def _on_any_day(pair: Pair) -> Pair:
    """Ask on all days when no expression reads the day, or the fact that picks the version.

    Derived facts may: whatever they are on one day, they may be on another. So many places ask the same, and what is
    nobody's on any day is nobody's on these.
    """
    if any(_reads_day(expr, pair.by_fact) for expr in _expressions(pair)):
        return pair
    return replace(pair, cells=tuple(replace(cell, first=FIRST, last=LAST) for cell in pair.cells))


def _expressions(pair: Pair) -> list[Expr]:
    return [expr for check in (pair.before, pair.after) if check is not None for expr in expressions_of(check)]


def _reads_day(expr: Expr, by_fact: str | None) -> bool:
    match expr:
        case checked.Today() | checked.YearsSince():
            return True
        case checked.Fact(path):
            return path == by_fact
        case _:
            return any(_reads_day(child, by_fact) for child in checked.children(expr))


def _memberships(expr: Expr) -> Iterator[Mapping[str, bool | None]]:
    if isinstance(expr, checked.InRegions):
        yield expr.truth
    for child in checked.children(expr):
        yield from _memberships(child)
