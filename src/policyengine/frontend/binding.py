"""Binding requirements: whenever a narrower check is met, the wider region's requirement is met too, the same day.

Reads: the timelines of one program's regions; the files they come from, to show a place.
Gives: `bonds`, each with what a narrower policy owes a wider one, and `doubts`, those that shapes do not show.
The proof here is by the shape of expressions: quick and sound, and content to doubt what it cannot see. `prove` settles
the doubts for all facts.
"""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from policyengine.model import checked
from policyengine.model.authored import PolicyFile
from policyengine.model.checked import Check, CheckedPolicy, Kind, Requirement
from policyengine.model.diagnostic import Diagnostic, Note
from policyengine.model.operators import Comparison
from policyengine.model.regions import RegionTree
from policyengine.model.resolved import Gap
from policyengine.model.span import Span
from policyengine.model.types import Poison

Timelines = Mapping[str, tuple[CheckedPolicy | Gap, ...]]
Files = Mapping[str, PolicyFile]


@dataclass(frozen=True, slots=True)
class Bond:
    """What a narrower policy owes a wider one: a requirement of one check."""

    policy: CheckedPolicy
    wider: CheckedPolicy
    check: str
    requirement: Requirement

    @property
    def needed(self) -> checked.Expr:
        """The requirement over facts, with the wider parameters."""
        return checked.with_clauses(self.requirement.expression, self.wider.checks[self.check].clauses)

    @property
    def promised(self) -> checked.Expr:
        """The narrower check over facts."""
        ours = self.policy.checks[self.check]
        return checked.with_clauses(ours.expression, ours.clauses)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A bond that shapes do not show, and what an author is told of it when nothing else shows it either.

    `mistaken` when there is a mistake elsewhere in the narrower check: then nothing else can.
    """

    bond: Bond
    diagnostic: Diagnostic
    mistaken: bool


def misplaced(timelines: Timelines) -> Iterable[Diagnostic]:
    """Report binding requirements that another alternative may do instead of."""
    for timeline in timelines.values():
        for policy in _policies(timeline):
            yield from _misplaced(policy)


def bonds(timelines: Timelines, tree: RegionTree) -> Iterable[Bond]:
    """Give what each narrower policy owes the wider ones of its first day."""
    for region, timeline in timelines.items():
        above = [layer for layer in tree.chain(region)[:-1] if layer in timelines]
        for policy in _policies(timeline):
            for wider in (_on(timelines[layer], policy.start) for layer in above):
                if wider is not None:
                    yield from _owed(policy, wider)


def _owed(policy: CheckedPolicy, wider: CheckedPolicy) -> Iterable[Bond]:
    for name, check in wider.checks.items():
        for requirement in check.requirements:
            if name not in policy.checks or not requirement.binding or requirement.waiver is not None:
                continue
            if not _under_any_of(check, requirement):  # reported where it stands
                yield Bond(policy, wider, name, requirement)


def doubts(timelines: Timelines, tree: RegionTree, files: Iterable[PolicyFile]) -> Iterable[Doubt]:
    """Give the bonds that shapes do not show; where there was a mistake before, nothing is doubted."""
    by_path = {file.source.path: file for file in files}
    for bond in bonds(timelines, tree):
        ours = bond.policy.checks[bond.check]
        if implies(bond.promised, bond.needed):
            continue
        if not _mistaken(bond.needed) and not _mistaken(_counterpart(ours, bond.requirement)):
            yield Doubt(bond, _diagnostic(bond, by_path), _mistaken(bond.promised))


def _diagnostic(bond: Bond, files: Files) -> Diagnostic:
    own = [files[path] for path in bond.policy.files if path not in bond.wider.files]
    return Diagnostic(
        "loosened-binding",
        f"it cannot be shown that `{bond.policy.region}` keeps the binding requirement `{bond.requirement.id}`",
        _culprit(own, bond.wider.checks[bond.check], bond.requirement),
        help="a narrower region may only be stricter: keep the requirement, and make its bounds tighter",
        notes=(Note(f"binding in `{bond.wider.region}`", bond.requirement.origin.span),),
    )


def _policies(timeline: tuple[CheckedPolicy | Gap, ...]) -> Iterable[CheckedPolicy]:
    return (interval for interval in timeline if isinstance(interval, CheckedPolicy))


def _on(timeline: tuple[CheckedPolicy | Gap, ...], day: datetime.date) -> CheckedPolicy | None:
    # A narrower region's timeline is cut at every cut of its ancestors', so one day stands for its whole interval.
    found = (p for p in _policies(timeline) if p.start <= day and (p.end is None or day < p.end))
    return next(found, None)


def _misplaced(policy: CheckedPolicy) -> Iterable[Diagnostic]:
    for check in policy.checks.values():
        for requirement in check.requirements:
            if requirement.binding and _under_any_of(check, requirement):
                message = f"`{requirement.id}` cannot be binding inside `any_of`"
                help_ = "another alternative may do instead: make the whole group binding"
                yield Diagnostic("misplaced-binding", message, requirement.origin.span, help=help_)


def _under_any_of(check: Check, requirement: Requirement) -> bool:
    return any(check.requirement(group).kind is Kind.ANY_OF for group in _above(check, requirement))


def _counterpart(check: Check, requirement: Requirement) -> checked.Expr:
    """Give what a narrower check has under the requirement's id, or all of it."""
    same = (mine.expression for mine in check.requirements if mine.id == requirement.id)
    return checked.with_clauses(next(same, check.expression), check.clauses)


def _mistaken(expr: checked.Expr) -> bool:
    """Say whether a mistake was reported in an expression: then nothing can be shown of it."""
    if isinstance(expr, checked.Literal):
        return isinstance(expr.type, Poison)
    return any(_mistaken(child) for child in checked.children(expr))


def _culprit(own: Sequence[PolicyFile], check: Check, requirement: Requirement) -> Span:
    """Give what most likely loosened a requirement, in the narrowest file that has any such: waiver, entry, value."""
    family = {requirement.id, *_above(check, requirement), *_below(check, requirement)}
    values = set(_parameters(checked.with_clauses(requirement.expression, check.clauses)))
    for file in reversed(own):
        suspects = [
            *(waiver.span for waiver in file.waivers if waiver.id in family),
            *(entry.span for entry in file.checks.get(check.name, ()) if entry.id in family),
            *(entry.span for entry in file.parameters if entry.id in values),
            *(entry.span for entry in file.definitions),
        ]
        if suspects:
            return suspects[0]
    return own[-1].effective_span if own else requirement.origin.span


def _above(check: Check, requirement: Requirement) -> Iterable[str]:
    while requirement.parent is not None:
        requirement = check.requirement(requirement.parent)
        yield requirement.id


def _below(check: Check, requirement: Requirement) -> Iterable[str]:
    for child in requirement.children:
        yield child
        yield from _below(check, check.requirement(child))


def _parameters(expr: checked.Expr) -> Iterable[str]:
    if isinstance(expr, checked.Literal | checked.Within | checked.InRegions) and expr.parameter:
        yield expr.parameter
    for child in checked.children(expr):
        yield from _parameters(child)


def implies(a: checked.Expr, b: checked.Expr) -> bool:
    """Say whether `a` met makes `b` met, as far as their shapes show; False says only that they do not."""
    match a, b:
        case _, checked.Literal(True):
            return True
        case _, checked.And(operands):
            return all(implies(a, operand) for operand in operands)
        case checked.Or(operands), _:
            return all(implies(operand, b) for operand in operands)
        case _, checked.Or(operands) if any(implies(a, operand) for operand in operands):
            return True
        case checked.And(operands), _:
            return any(implies(operand, b) for operand in operands)
        case _ if a == b:
            return not isinstance(a, checked.InRegions) or _region_sets(a, b)
        case checked.Compare(), checked.Compare():
            return _bounds(a, b)
        case checked.Within(operand, values), checked.Within(other, wanted):
            return operand == other and set(values) <= set(wanted)
        case checked.InRegions(), checked.InRegions():
            return _region_sets(a, b)
        case checked.Quantified(variable=name), checked.Quantified(variable=other) if name == other:
            return a.quantifier is b.quantifier and a.items == b.items and implies(a.body, b.body)
        case _:
            return False


def _region_sets(a: checked.Expr, b: checked.Expr) -> bool:
    assert isinstance(a, checked.InRegions)
    assert isinstance(b, checked.InRegions)
    return a.operand == b.operand and all(b.truth[r] is True for r, truth in a.truth.items() if truth is True)


_LOWER = {Comparison.AT_LEAST: 0, Comparison.GREATER: 1}
_UPPER = {Comparison.AT_MOST: 0, Comparison.LESS: -1}


def _bounds(a: checked.Compare, b: checked.Compare) -> bool:
    """Compare two bounds of one value by constants: everything is a whole number, so `> n` is `>= n + 1`."""
    a, b = _constant_right(a), _constant_right(b)
    match a.right, b.right:
        case checked.Literal(int(ours)), checked.Literal(int(theirs)) if a.left == b.left:
            if a.operator is Comparison.EQUAL:
                return b.operator.holds(ours, theirs)
            if a.operator in _LOWER and b.operator in _LOWER:
                return ours + _LOWER[a.operator] >= theirs + _LOWER[b.operator]
            if a.operator in _UPPER and b.operator in _UPPER:
                return ours + _UPPER[a.operator] <= theirs + _UPPER[b.operator]
    return False


def _constant_right(compare: checked.Compare) -> checked.Compare:
    if isinstance(compare.left, checked.Literal):
        return checked.Compare(compare.operator.flipped, compare.right, compare.left)
    return compare
