"""Which requirements made a difference: down through the parts that an outcome hangs on, where the sides differ.

Reads: a check of each side, and the outcomes of its clauses.
Gives: ids of requirements.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from policyengine.model.checked import Check, Requirement
from policyengine.model.decision import Outcome
from policyengine.targets.interpreter import Environment, evaluate

Truth = bool | None


class _Absent(Enum):
    """What a requirement is where a side does not have it, or lifts it."""

    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Answered:
    """A side's check with the outcomes of its clauses; without a check the program is not offered, or cannot tell."""

    outcome: str
    check: Check | None
    truths: Sequence[Truth] = ()


def difference(before: Answered, after: Answered) -> tuple[str, ...]:
    """Give the requirements that made an outcome another one; none where a side has no check.

    An outcome that got worse is looked into after the change, one that got better before it: what fails, or is not
    known, is what decides. Of what it hangs on, those leaves made the difference that are otherwise on the other side.
    Where a group's outcome is another one and all of its leaves that it hangs on are as they were, it is those that it
    hangs on over there; where these are too, the group itself did, by how it is made.
    """
    if before.check is None or after.check is None:
        return ()
    worse = _RANK[after.outcome] < _RANK[before.outcome]
    looked, other = (after, before) if worse else (before, after)
    assert looked.check is not None
    truth = {Outcome.MET.value: True, Outcome.UNMET.value: False}.get(looked.outcome)
    mine, theirs = _truths(looked), _truths(other)
    found = dict.fromkeys(_differing(looked.check, None, truth, mine, theirs, other.check))
    return tuple(found) or tuple(_hanging(looked.check, None, truth, mine))


def _truths(answered: Answered) -> Mapping[str, Truth | _Absent]:
    """Give the outcome of each requirement that counts: one that a waiver lifts does not, nor does what is in it."""
    assert answered.check is not None
    given = Environment({}, 0, tuple(answered.truths))
    found: dict[str, Truth | _Absent] = {}
    for requirement in answered.check.requirements:  # a group before its children
        lifted = requirement.waiver is not None or found.get(requirement.parent or "") is _Absent.ABSENT
        truth = evaluate(requirement.expression, given)
        assert truth is None or isinstance(truth, bool)
        found[requirement.id] = _Absent.ABSENT if lifted else truth
    return found


def _differing(
    check: Check,
    parent: str | None,
    truth: Truth,
    mine: Mapping[str, Truth | _Absent],
    theirs: Mapping[str, Truth | _Absent],
    other: Check | None,
) -> Iterator[str]:
    """Give what differs below a requirement; with the `other` check, what turned a group over there as well."""
    for requirement in _with_truth(check, parent, truth, mine):
        there = theirs.get(requirement.id, _Absent.ABSENT)
        inside = list(_differing(check, requirement.id, truth, mine, theirs, other))
        if inside or there is mine[requirement.id]:
            yield from inside
            continue
        turned: list[str] = []
        if other is not None and requirement.clause is None and not isinstance(there, _Absent):
            turned = list(_differing(other, requirement.id, there, theirs, mine, None))
        yield from turned or [requirement.id]


def _hanging(check: Check, parent: str | None, truth: Truth, mine: Mapping[str, Truth | _Absent]) -> Iterator[str]:
    for requirement in _with_truth(check, parent, truth, mine):
        if requirement.clause is not None:
            yield requirement.id
        yield from _hanging(check, requirement.id, truth, mine)


def _with_truth(
    check: Check, parent: str | None, truth: Truth, mine: Mapping[str, Truth | _Absent]
) -> Iterator[Requirement]:
    for requirement in check.requirements:
        if requirement.parent == parent and mine[requirement.id] is truth:
            yield requirement


_RANK = {Outcome.NOT_OFFERED.value: 0, Outcome.UNMET.value: 1, Outcome.UNKNOWN.value: 2, Outcome.MET.value: 3}
"""Outcomes from the worst to the best."""
