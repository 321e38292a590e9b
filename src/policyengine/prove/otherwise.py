"""A policy and what it would be with one thing otherwise: whether anybody fares otherwise, and who.

Reads: places, policies composed anew.
Gives: `Otherwise`, which asks about two meanings once, wherever they stand against each other alike.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from policyengine.model import checked
from policyengine.model.checked import CheckedPolicy, Expr
from policyengine.pipeline import Compiled
from policyengine.prove.asking import TIMEOUT, Scope, reads
from policyengine.prove.comparing import Cell, Pair
from policyengine.prove.differences import Comparison, expressions_of
from policyengine.prove.ledger import Ledger, digest
from policyengine.prove.places import Place
from policyengine.targets.smt import CannotProve, Undecided, Unsat

Does = bool | str
"""Whether something does anything: yes, no, or why that was not decided."""


@dataclass(slots=True)
class Otherwise:
    """Compares policies of one program with what they would be."""

    compiled: Compiled
    program: str
    ledger: Ledger
    timeout: float = TIMEOUT
    scope: Scope = field(init=False)
    _known: dict[str, Does] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.scope = Scope.of(self.compiled)

    def pairs(self, place: Place, other: CheckedPolicy) -> Iterator[Pair]:
        """Give the checks that another policy would have with another meaning."""
        cell = Cell(place.regions, place.first, place.last, place.policy, other)
        for entry in self.compiled.programs[self.program].checks:
            before, after = place.policy.checks.get(entry.name), other.checks.get(entry.name)
            if (before and before.digest) != (after and after.digest):
                yield Pair(entry, before, after, (cell,))

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
            try:
                found = Comparison(pair, self.scope, self.timeout).differs()
            except CannotProve as refusal:
                return f"there is no exact term for {refusal}"
            self.ledger.keep(key, found)
            if isinstance(found, Undecided):
                return f"in {self.timeout:g} s"
            answer = found if isinstance(found, Unsat) else True
        if isinstance(answer, Unsat):
            return False if answer.proved else f"beyond {dict(answer.up_to)} records"
        return True

    def name(self, pair: Pair) -> str:
        """Name a comparison: regions of which all expressions say the same are alike, and days when none is read."""
        assert pair.before is not None
        assert pair.after is not None
        expressions = [expr for check in (pair.before, pair.after) for expr in expressions_of(check)]
        memberships = [truth for expr in expressions for truth in _memberships(expr)]
        regions = [region for cell in pair.cells for region in cell.regions]
        kinds = sorted({"".join(str(truth[region])[0] for truth in memberships) for region in regions})
        reading = pair.by_fact is not None or self._reads_days(expressions)
        days = [(cell.first, cell.last) for cell in pair.cells] if reading else []
        meanings = (pair.before.digest, pair.after.digest)
        return digest(["differ", self.scope.digest, pair.entry.name, *meanings, kinds, days])

    def _reads_days(self, expressions: Sequence[Expr]) -> bool:
        vocabulary = self.scope.vocabulary
        derived = (vocabulary[path].derived for path in reads(expressions, vocabulary))
        return any(_today(expr) for expr in (*expressions, *(expr for expr in derived if expr is not None)))


def _memberships(expr: Expr) -> Iterator[Mapping[str, bool | None]]:
    if isinstance(expr, checked.InRegions):
        yield expr.truth
    for child in checked.children(expr):
        yield from _memberships(child)


def _today(expr: Expr) -> bool:
    return isinstance(expr, checked.Today | checked.YearsSince) or any(_today(c) for c in checked.children(expr))
