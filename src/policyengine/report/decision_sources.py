"""Where a finding comes from: the parameters that its requirement reads, with their places and sources.

Reads: a `Decision` and one of its findings.
Gives: `parameters`, `sources`.
"""

from collections.abc import Iterator

from policyengine.decision import Decision
from policyengine.model import checked
from policyengine.model.checked import Parameter, SourceNote
from policyengine.model.decision import Finding
from policyengine.plan import Undecided


def parameters(decision: Decision, finding: Finding) -> tuple[Parameter, ...]:
    """Give the parameters that a leaf requirement reads, as it is written; a group reads none itself."""
    basis = decision.basis
    assert not isinstance(basis, Undecided)
    index = basis.check.requirement(finding.id).clause
    if index is None:
        return ()
    names = dict.fromkeys(parameter_names(basis.check.clauses[index].expression))
    return tuple(basis.policy.parameters[name] for name in names)


def sources(decision: Decision, finding: Finding) -> tuple[SourceNote, ...]:
    """Give what a requirement cites, then what its parameters cite; each page once."""
    cited = [*finding.origin.sources, *(s for p in parameters(decision, finding) for s in p.origin.sources)]
    return tuple({(one.id, one.title, one.url): one for one in cited}.values())


def parameter_names(expr: checked.Expr) -> Iterator[str]:
    """Name the parameters that an expression was made with, in the order it is written."""
    if isinstance(expr, checked.Literal | checked.Within | checked.InRegions) and expr.parameter is not None:
        yield expr.parameter
    for child in checked.children(expr):
        yield from parameter_names(child)
