"""What changes from one policy to the next: parameters, requirements, waivers, obligations, values.

Reads: two `CheckedPolicy`s, or one and nothing.
Gives: `changes`, the parameters first, each in the author's order.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from policyengine.model.checked import Check, CheckedPolicy, NamedValue, Parameter, Texts, Waiver
from policyengine.model.resolved import Gap
from policyengine.report.decision_sources import parameter_names
from policyengine.report.layers import needed


@dataclass(frozen=True, slots=True)
class ParameterChange:
    """A parameter that is new (no `before`), gone (no `after`) or has another value."""

    id: str
    before: Parameter | None
    after: Parameter | None


@dataclass(frozen=True, slots=True)
class RequirementChange:
    """A requirement that is new, gone, or needs something else than before.

    Another value of a parameter that it reads is the parameter's change, not its own.
    """

    check: str
    id: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class WaiverChange:
    """A requirement of a check that is waived from now on, or no longer."""

    check: str
    id: str
    before: Waiver | None
    after: Waiver | None


@dataclass(frozen=True, slots=True)
class ObligationChange:
    """Of a requirement that stays: what one must do along with it is new, gone, or something else."""

    check: str
    id: str
    before: Texts | None
    after: Texts | None


@dataclass(frozen=True, slots=True)
class ValueChange:
    """A named value that is new, gone, or worked out in another way.

    Another value of a parameter that it reads is the parameter's change, not its own.
    """

    check: str
    id: str
    before: NamedValue | None
    after: NamedValue | None


Change = ParameterChange | RequirementChange | WaiverChange | ObligationChange | ValueChange


def steps(
    timeline: Iterable[CheckedPolicy | Gap],
) -> Iterator[tuple[CheckedPolicy | Gap, CheckedPolicy | None, tuple[Change, ...]]]:
    """Give each interval with the last one before it in which the program was offered, and what changed since that.

    A withdrawal changes everything, which need not be listed.
    """
    offered: CheckedPolicy | None = None
    for interval in timeline:
        if isinstance(interval, Gap):
            yield interval, offered, ()
        else:
            yield interval, offered, changes(offered, interval)
            offered = interval


def changes(before: CheckedPolicy | None, after: CheckedPolicy | None) -> tuple[Change, ...]:
    """List what changes; with nothing before, everything is new."""
    old, new = (policy.parameters if policy is not None else {} for policy in (before, after))
    changed = [
        ParameterChange(name, old.get(name), new.get(name))
        for name in _either(old, new)
        if not _same(old.get(name), new.get(name))
    ]
    told = {change.id for change in changed if change.before is not None and change.after is not None}
    checks = _checks(before), _checks(after)
    return (*changed, *_requirements(*checks, told), *_values(*checks, told))


def _checks(policy: CheckedPolicy | None) -> Mapping[str, Check]:
    return policy.checks if policy is not None else {}


def _requirements(old: Mapping[str, Check], new: Mapping[str, Check], told: set[str]) -> Iterator[Change]:
    for check in _either(old, new):
        before, after = _needs(old.get(check)), _needs(new.get(check))
        for name in _either(before, after):
            was, is_ = before.get(name), after.get(name)
            # A parameter's new value was told already; it changes what every reader of it needs.
            known = was is not None and is_ is not None and told & (was.reads & is_.reads)
            needs = tuple(side.needs if side is not None else None for side in (was, is_))
            if needs[0] != needs[1] and not known:
                yield RequirementChange(check, name, needs[0], needs[1])
        for name in _either(before, after):
            lifted, lifts = (side[name].waiver if name in side else None for side in (before, after))
            if (lifted and lifted.until) != (lifts and lifts.until):
                yield WaiverChange(check, name, lifted, lifts)
        for name in after:
            owed, owes = (side[name].obliges if name in side else None for side in (before, after))
            if name in before and owed != owes:
                yield ObligationChange(check, name, owed, owes)


def _values(old: Mapping[str, Check], new: Mapping[str, Check], told: set[str]) -> Iterator[Change]:
    for check in _either(old, new):
        before, after = ({v.id: v for v in side[check].values} if check in side else {} for side in (old, new))
        for name in _either(before, after):
            was, is_ = before.get(name), after.get(name)
            known = was is not None and is_ is not None and told & _reads(was) & _reads(is_)
            if (was and was.expression) != (is_ and is_.expression) and not known:
                yield ValueChange(check, name, was, is_)


def _reads(value: NamedValue) -> frozenset[str]:
    return frozenset(parameter_names(value.expression))


@dataclass(frozen=True, slots=True)
class _Needs:
    """What a requirement needs, the parameters it reads, what lifts it, and what it obliges to."""

    needs: str
    reads: frozenset[str]
    waiver: Waiver | None
    obliges: Texts | None


def _needs(check: Check | None) -> Mapping[str, _Needs]:
    if check is None:
        return {}
    found = {}
    for one in check.requirements:
        reads = parameter_names(check.clauses[one.clause].expression) if one.clause is not None else ()
        found[one.id] = _Needs(needed(check, one), frozenset(reads), one.waiver, one.obliges)
    return found


def _same(before: Parameter | None, after: Parameter | None) -> bool:
    if before is None or after is None:
        return before is after
    return (before.raw, before.type, before.open, before.size) == (
        after.raw,
        after.type,
        after.open,
        after.size,
    )


def _either(before: Iterable[str], after: Iterable[str]) -> Iterable[str]:
    """Give the names on either side: those that stay or come first, then those that go."""
    return dict.fromkeys([*after, *before])
