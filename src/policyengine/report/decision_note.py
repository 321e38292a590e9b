"""What else a reader of a decision should know: why nothing is offered, why more facts would not help.

Reads: a `Decision`.
Gives: `note`, one text in each language; `clause_notes`, what of it belongs to one clause.
"""

from collections.abc import Iterator

from policyengine.decision import Decision
from policyengine.model import checked
from policyengine.model.decision import Outcome, Words
from policyengine.model.resolved import Gap
from policyengine.plan import Undecided, timeline_of
from policyengine.report.availability import is_wider, listed, withdrawn
from policyengine.report.wording import day, wording
from policyengine.targets import prose
from policyengine.targets.interpreter import evaluate


def note(decision: Decision) -> Words:
    """Give the note in each language; empty when there is nothing to add."""
    found = {code: " ".join(_sentences(decision, words)) for code, words in decision.basis.plan.shared.words.items()}
    return {code: text for code, text in found.items() if text}


def basis_notes(decision: Decision, words: prose.Words) -> tuple[str, ...]:
    """Say why no policy was asked."""
    basis = decision.basis
    if not isinstance(basis, Undecided):
        return ()
    if decision.outcome is Outcome.UNKNOWN:
        return (wording(words.language.code).chooses_rules,)
    return tuple(_not_offered(decision, words))


def clause_notes(decision: Decision, requirement: str, words: prose.Words) -> tuple[str, ...]:
    """Say of an unknown leaf requirement which lists of regions cannot tell, whatever else is given."""
    basis = decision.basis
    assert not isinstance(basis, Undecided)
    clause = next(clause for clause in basis.check.clauses if clause.id == requirement)
    found = []
    for node in _walk(clause.expression):
        if isinstance(node, checked.InRegions) and isinstance(node.operand, checked.Fact):
            region = evaluate(node.operand, decision.given)
            if isinstance(region, str) and node.truth[region] is None:
                found.append(_cannot_tell(decision, node, region, words))
    return tuple(dict.fromkeys(found))


def _sentences(decision: Decision, words: prose.Words) -> Iterator[str]:
    basis = decision.basis
    if isinstance(basis, Undecided):
        yield from basis_notes(decision, words)
    elif decision.outcome is Outcome.UNKNOWN:
        for requirement in decision.because():
            yield from clause_notes(decision, requirement, words)


def _cannot_tell(decision: Decision, node: checked.InRegions, region: str, words: prose.Words) -> str:
    ours, name = wording(words.language.code), words.region(region)
    if is_wider(region, node, decision.basis.plan.shared.compiled.tree):
        return ours.too_wide.format(region=name)
    basis = decision.basis
    assert not isinstance(basis, Undecided)
    # INVARIANT: only a parameter's list can be open, and a closed one knows every region but those too wide.
    parameter = basis.policy.parameters[node.parameter or ""]
    names = listed(node, parameter, words)
    if parameter.size is None:
        return ours.open_list.format(region=name, names=names)
    return ours.open_list_of.format(region=name, names=names, size=parameter.size)


def _not_offered(decision: Decision, words: prose.Words) -> Iterator[str]:
    ours, region = wording(words.language.code), decision.region
    assert region is not None
    start = decision.policy.start
    if start is None:
        intervals = decision.basis.plan.timelines[region]
        if intervals:
            yield ours.not_yet.format(start=day(intervals[-1][0], words))
        else:
            yield ours.no_rules.format(region=words.region(region))
        return
    timeline = timeline_of(decision.basis.plan.shared.compiled, decision.program, region)
    gap = next(interval for interval in timeline if interval.start == start)
    if not isinstance(gap, Gap):
        yield ours.no_check.format(start=day(start, words))
        return
    yield from withdrawn(gap, timeline, words)


def _walk(expr: checked.Expr) -> Iterator[checked.Expr]:
    yield expr
    for child in checked.children(expr):
        yield from _walk(child)
