"""What must hold of every check: its author's invariants, and that one more fact never changes an answer.

Reads: checks under examination, invariants.
Gives: questions, to which nobody may fit.
"""

from collections.abc import Sequence

from policyengine.model.invariants import Invariant
from policyengine.model.regions import RegionTree
from policyengine.prove.asking import Asked, Claim
from policyengine.prove.examined import Examined, Question
from policyengine.prove.places import DAY


def broken(invariant: Invariant, examined: Examined) -> Question | None:
    """Ask for someone who stands against an invariant; None where it does not speak of the check."""
    said = [each for each in (invariant.whenever, invariant.always, invariant.never) if each is not None]
    last = None if invariant.end is None else invariant.end - DAY
    regions = _regions(invariant.regions, examined.scope.tree) if invariant.regions else None
    where = examined.where().within(regions, invariant.start, last)
    if not where.boxes or not all(examined.says(statement) for statement in said):
        return None
    about = (repr([*said, invariant.monotone]), invariant.regions, invariant.start, invariant.end)
    if invariant.monotone is not None:
        fact, rising = invariant.monotone.fact, invariant.monotone.rising

        def worse(asked: Asked) -> Sequence[Claim]:
            better, worse = (0, 1) if rising else (1, 0)
            expr = examined.meaning.expression
            return [asked.risen(fact), asked.is_(expr, True, caller=better), asked.is_(expr, False, None, caller=worse)]

        return Question(("monotone", *about), worse, 2, where)

    def against(asked: Asked) -> Sequence[Claim]:
        claims = [] if invariant.whenever is None else examined.claims(asked, invariant.whenever)
        if invariant.never is not None:
            return [*claims, *examined.claims(asked, invariant.never)]
        assert invariant.always is not None
        return [*claims, examined.denies(asked, invariant.always)]

    return Question(("invariant", *about), against, 1, where)


def changed_by_a_fact(examined: Examined) -> Question:
    """Ask for someone whose met or unmet, or known value, changes when one more fact is given (law 2 of the design)."""
    meaning = examined.meaning

    def changed(asked: Asked) -> Sequence[Claim]:
        expr = meaning.expression
        outcomes = [asked.both(asked.is_(expr, was), asked.is_(expr, not was, None, caller=1)) for was in (True, False)]
        values = [asked.forgotten(value.expression) for value in meaning.check.values]
        return [asked.grown(), asked.holds([*outcomes, *values])]

    return Question(("one more fact",), changed, 2)


def _regions(named: Sequence[str], tree: RegionTree) -> frozenset[str]:
    return frozenset(region for region in tree.parents if not set(named).isdisjoint(tree.chain(region)))
