"""Whether a region is on the lists of a program: in, out, or not known, in words that cannot be misread.

Reads: a `View`, a program, a region.
Gives: `standings`, one for each list that a rule in force asks about the creator's region.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from policyengine.model import checked
from policyengine.model.checked import CheckedPolicy, Parameter
from policyengine.report.availability import is_wider, listed
from policyengine.site.view import View


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a region stands: `kind` is `in`, `out` or `unknown`; `why` explains what is not known."""

    kind: str
    title: str
    sentence: str
    why: str | None = None


def standings(view: View, program: str, region: str) -> tuple[Standing, ...]:
    """Give where a region stands today, each list once."""
    now = view.book.now(program, region)
    if not isinstance(now, CheckedPolicy):
        return ()
    region_facts = {check.region_by.text for check in view.book.programs[program].checks}
    nodes = {
        node.parameter: node
        for check in now.checks.values()
        for clause in check.clauses
        for node in _lists(clause.expression)
        if isinstance(node.operand, checked.Fact) and node.operand.path in region_facts
    }
    return tuple(_standing(view, now.parameters[name], node, region) for name, node in nodes.items() if name)


def _lists(expr: checked.Expr) -> Iterator[checked.InRegions]:
    if isinstance(expr, checked.InRegions):
        yield expr
    for child in checked.children(expr):
        yield from _lists(child)


def _standing(view: View, parameter: Parameter, node: checked.InRegions, region: str) -> Standing:
    texts, name = view.texts["standing"], view.region(region)
    program = _program(view, parameter)
    title = view.parameter(program, parameter.id) or parameter.id
    truth = node.truth[region]
    if truth is not None:
        kind = "in" if truth else "out"
        return Standing(kind, title, texts[kind].format(region=name))
    if is_wider(region, node, view.book.policies.compiled.tree):
        return Standing("unknown", title, texts["wide"].format(region=name))
    names = listed(node, parameter, view.words)
    why = texts["unknown_why_no_size"] if parameter.size is None else texts["unknown_why"]
    size = parameter.size if parameter.size is not None else ""
    return Standing(
        "unknown",
        title,
        texts["unknown"].format(region=name),
        why.format(region=name, names=names, size=size),
    )


def _program(view: View, parameter: Parameter) -> str:
    return view.book.files[parameter.origin.path].program.text
