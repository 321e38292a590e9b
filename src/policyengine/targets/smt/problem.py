"""Questions to z3: whether some conditions may hold together, for any facts on any of some days.

Reads: the expressions that will be asked, declarations, the tree of regions, a day or a range of days.
Gives: `Problem`; its terms are conditions, and `solve` answers them. One solver is kept for all questions.
"""

from collections.abc import Iterable, Mapping, Sequence

import z3

from policyengine.model.checked import Expr
from policyengine.model.ranges import Range
from policyengine.model.regions import RegionTree
from policyengine.model.values import Raw
from policyengine.targets.smt.answers import Answer, Model, Undecided, Unsat, Vocabulary, given_in
from policyengine.targets.smt.conditions import grown, pinned
from policyengine.targets.smt.dates import Dates
from policyengine.targets.smt.expressions import Terms
from policyengine.targets.smt.facts import Facts, Given, code
from policyengine.targets.smt.ground import Ground, RegionCodes, TextCodes
from policyengine.targets.smt.kinds import kinds_needed
from policyengine.targets.smt.slots import Slot, alike, below, read_slot, slots, told, told_between
from policyengine.targets.smt.terms import CannotProve, Truth, Value, among, both

TIMEOUT = 5_000
"""Milliseconds that a question may take, unless it says otherwise."""


class Problem:
    """Some expressions, the facts that they read, and a day or days. Not for several threads at once.

    All expressions must be named when it is made: they say how many kinds of records a list needs; `kinds` may ask
    for more. `callers` is how many sets of facts are asked about together, say the same facts and one more. A problem
    has a context of its own, so that its answers are the same whatever was asked before; to share one saves 10 ms.
    """

    def __init__(
        self,
        expressions: Iterable[Expr],
        vocabulary: Vocabulary,
        regions: RegionTree,
        today: int | Range,
        *,
        callers: int = 1,
        kinds: Mapping[str, int] | None = None,
        context: z3.Context | None = None,
    ) -> None:
        try:
            self.expressions = frozenset(expressions)
            self._vocabulary = vocabulary
            self.kinds = kinds_needed(self.expressions, vocabulary, copies=callers, at_least=kinds)
        except RecursionError:
            raise CannotProve("an expression nested so deep") from None
        ground = Ground(context or z3.Context(), RegionCodes(regions), TextCodes())
        day = today if isinstance(today, Range) else Range(today, today)
        term = ground.number(day.low) if day.single else ground.between("today", day.low, day.high)
        self._today = Value(term, ground.truth(value=True), day)
        self._dates = Dates(ground)
        names = ["", *(f"caller {number}: " for number in range(2, callers + 1))]
        self.callers = tuple(
            Terms(Facts(ground, vocabulary, self.kinds, name), self._dates, self._today) for name in names
        )
        self._ground = ground
        self._solver = z3.Solver(ctx=ground.context)
        self._said = 0

    def add(self, expressions: Iterable[Expr]) -> bool:
        """Take more expressions, to be asked about by themselves; say whether the kinds of records suffice for them."""
        more = frozenset(expressions)
        needed = kinds_needed(more, self._vocabulary, copies=len(self.callers))
        for path, kinds in needed.items():
            own = self.kinds.get(path)
            if own is None or (own != kinds and not (own.exact and own.number >= kinds.number)):
                return False
        self.expressions |= more
        return True

    @property
    def bounds(self) -> dict[str, int]:
        """The lists of which only so many different records are looked at, where more might tell something else."""
        return {path: kinds.number for path, kinds in self.kinds.items() if not kinds.exact}

    def truth(self, expr: Expr, caller: int = 0) -> Truth:
        """Give the term of a yes-or-no expression; raises `CannotProve`."""
        assert expr in self.expressions, "a problem is made with all its expressions"
        return self.callers[caller].truth(expr)

    def value(self, expr: Expr, caller: int = 0) -> Value:
        """Give the term of any other expression; raises `CannotProve`."""
        assert expr in self.expressions, "a problem is made with all its expressions"
        return self.callers[caller].value(expr)

    def pinned(self, given: Mapping[str, Given], caller: int = 0) -> list[z3.BoolRef]:
        """Say that the facts are these; derived ones filled in. Ask for the terms before."""
        return pinned(self.callers[caller], given)

    def on(self, day: int) -> z3.BoolRef:
        """Say that the day is this one of those that the problem is about."""
        assert self._today.numbers.holds(day), "a day of the problem"
        return self._today.term == day

    def certain(self, *, value: bool) -> z3.BoolRef:
        """Say what always holds, or never."""
        return self._ground.truth(value=value)

    def within(self, days: Range) -> z3.BoolRef:
        """Say that the day is one of some."""
        if self._today.numbers.low >= days.low and self._today.numbers.high <= days.high:
            return self._ground.truth(value=True)
        return both(self._today.term >= days.low, self._today.term <= days.high)

    def among(self, path: str, values: Iterable[Raw], caller: int = 0) -> z3.BoolRef:
        """Say that a fact is given, and is one of some values underneath."""
        terms = self.callers[caller]
        declaration, term = terms.facts.vocabulary[path], terms.facts.scalar(path)
        assert isinstance(term, Value), "a truth is told by its slot"
        codes = [code(raw, declaration.type, self._ground).term.as_long() for raw in values]
        return both(term.known, among(term.term, codes, self._ground))

    def slots(self, caller: int = 0) -> tuple[Slot, ...]:
        """Give what may be told. Ask for the terms before."""
        return tuple(slots(self.callers[caller]))

    def told(self, slot: Slot, raw: Raw | None, caller: int = 0) -> z3.BoolRef:
        """Say that a slot has a value underneath; None is unknown."""
        return told(self.callers[caller], slot, raw)

    def told_between(self, slot: Slot, low: int, high: int, caller: int = 0) -> z3.BoolRef:
        """Say that a slot is known, and a number within bounds underneath."""
        return told_between(self.callers[caller], slot, low, high)

    def alike(self, slot: Slot, caller: int, other: int) -> z3.BoolRef:
        """Say that two callers tell the same, or neither tells it."""
        return alike(self.callers[caller], self.callers[other], slot)

    def risen(self, path: str, fewer: int = 0, more: int = 1) -> list[z3.BoolRef]:
        """Say that two callers tell the same, but for one fact, of which the second tells more."""
        left, right = self.callers[fewer], self.callers[more]
        kept = {slot: None for terms in (left, right) for slot in slots(terms) if slot.path != path}
        return [below(left, right, path), *(alike(left, right, slot) for slot in kept)]

    def grown(self, fewer: int = 0, more: int = 1) -> list[z3.BoolRef]:
        """Say that one caller gives all that another one gives, and perhaps more. Ask for the terms before."""
        return grown(self.callers[fewer], self.callers[more])

    def solve(self, *conditions: z3.BoolRef, timeout_ms: int = TIMEOUT) -> Answer:
        """Find facts for which all conditions hold. What takes too long is tried once more, in another way."""
        self._solver.add(self._new_definitions())
        self._solver.push()
        try:
            self._solver.add(*conditions)
            answer = self._asked(self._solver, timeout_ms)
            if isinstance(answer, Undecided):
                # a solver that is not kept has other ways, above all with products
                fresh = z3.Solver(ctx=self._ground.context)
                fresh.add(self._solver.assertions())
                answer = self._asked(fresh, timeout_ms)
            return answer
        finally:
            self._solver.pop()

    def _new_definitions(self) -> Sequence[z3.BoolRef]:
        self._dates.say_order()
        new = self._ground.definitions[self._said :]
        self._said += len(new)
        return new

    def _asked(self, solver: z3.Solver, timeout_ms: int) -> Answer:
        solver.set(timeout=timeout_ms)
        found = solver.check()
        if found == z3.sat:
            return self._model(solver.model())
        return Unsat(self.bounds) if found == z3.unsat else Undecided(solver.reason_unknown())

    def _model(self, model: z3.ModelRef) -> Model:
        def read(term: z3.ExprRef) -> z3.ExprRef:
            return model.eval(term, model_completion=True)

        each = tuple({slot: read_slot(terms, slot, read) for slot in slots(terms)} for terms in self.callers)
        callers = tuple(given_in(told, terms.facts) for told, terms in zip(each, self.callers, strict=True))
        return Model(read(self._today.term).as_long(), callers, each)
