"""A creator who tells two versions of a program apart, as a case that the first of them passes.

Reads: the timelines of both versions.
Gives: `difference`: a `Difference`, or None when both mean the same everywhere.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from policyengine.decide import Policies
from policyengine.model.checked import Check
from policyengine.model.decision import Outcome
from policyengine.model.errors import PolicyEngineError
from policyengine.model.values import literal
from policyengine.prove.asking import TIMEOUT, Asked, Scope
from policyengine.prove.case_text import case_text
from policyengine.prove.comparing import Pair, cells, layered, pairs
from policyengine.prove.differences import Comparison, Direction, expressions_of, owed
from policyengine.prove.folding import whole
from policyengine.prove.witnesses import simplest, typical
from policyengine.targets.smt import CannotProve, Model, Undecided, Unsat


class NotDecided(PolicyEngineError):  # noqa: N818 -- it says what happened
    """Whether there is a difference was not decided."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Someone whom two versions treat otherwise; `asked` has the first version's check at work."""

    pair: Pair
    check: Check | None
    asked: Asked
    model: Model
    direction: Direction

    def case(self, title: str = "Tells them apart") -> str:
        """Write the case that the first version passes."""
        check, name = self.check, self.pair.entry.name
        meaning = self.asked.meaning(self.model)
        expect: dict[str, Any] = {}
        if check is None:
            expect[name] = Outcome.NOT_OFFERED.value
        else:
            found = meaning(whole(check), 0)
            assert found is None or isinstance(found, bool)
            expect[name] = Outcome.of(found).value
            if self.direction == "values":
                known = {value.id: (meaning(value.expression, 0), value.type) for value in check.values}
                expect["values"] = {id_: literal(raw, type_) for id_, (raw, type_) in known.items() if raw is not None}
            if self.direction == "obligations":
                names = [each.id for each in check.requirements if each.obliges is not None]
                expect["obligations"] = [each for each in names if owed(self.asked, check, each).holds(meaning)]
        facts, vocabulary = self.model.facts(), self.asked.scope.vocabulary
        day = datetime.date.fromordinal(self.model.today)
        return case_text(title, facts, day, expect, vocabulary, self.pair.entry.region_by.text)


def difference(before: Policies, after: Policies, program: str, timeout: float = TIMEOUT) -> Difference | None:
    """Find someone whom the policies of two compilations treat otherwise; raises `NotDecided`.

    `timeout` is what one question may take, in seconds.
    """
    compiled, scope = before.compiled, Scope.of(before.compiled)
    sides = [layered(compiled.tree, each.compiled.timelines[program]) for each in (before, after)]
    listed = list(cells(compiled.tree.parents, *sides))
    undecided: str | None = None
    for entry in compiled.programs[program].checks:
        for pair in pairs(entry, listed):
            try:
                found = _apart(pair, scope, timeout)
            except (CannotProve, NotDecided) as refusal:
                undecided = str(refusal)
                continue
            if found is not None:
                return found
    if undecided is not None:
        raise NotDecided(undecided)
    return None


def _apart(pair: Pair, scope: Scope, timeout: float) -> Difference | None:
    checks = [check for check in (pair.before, pair.after) if check is not None]
    if len(checks) == 1:
        asked = Asked(scope, pair.where, expressions_of(checks[0]), timeout=timeout)
        someone = _anyone(asked, checks)
        return Difference(pair, pair.before, asked, someone, "otherwise")
    comparison = Comparison(pair, scope, timeout)
    for direction, claim in comparison.claims():
        found = comparison.simplest(claim)
        if isinstance(found, Undecided):
            raise NotDecided(f"in {timeout:g} s")
        if isinstance(found, Unsat) and not found.proved:
            raise NotDecided(f"beyond {dict(found.up_to)} records")
        if isinstance(found, Model):
            return Difference(pair, comparison.sides[0], comparison.asked(), found, direction)
    return None


def _anyone(asked: Asked, checks: Sequence[Check]) -> Model:
    """Give someone who passes where the program is offered on one side alone, or else anyone."""
    passes = typical(asked, asked.here(), asked.is_(whole(checks[0]), True))
    if passes is not None:
        return passes
    found = asked.find(asked.here())
    if not isinstance(found, Model):
        raise NotDecided(f"in {asked.timeout:g} s")
    return simplest(asked, [asked.here()], found, {})
