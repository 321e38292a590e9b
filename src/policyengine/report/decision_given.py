"""What was there: the facts that a requirement read, in words.

Reads: a `Decision` and one of its findings.
Gives: `given_words`: `given: 18 years`, `given: video 41: 25 minutes`, `not answered yet`.
"""

from collections.abc import Iterator, Mapping, Sequence

from policyengine.decision import Decision
from policyengine.model import checked, types
from policyengine.model.checked import FactDeclaration
from policyengine.model.decision import Finding, Outcome
from policyengine.model.operators import TODAY, Quantifier
from policyengine.plan import Undecided
from policyengine.report.wording import wording
from policyengine.targets import prose
from policyengine.targets.interpreter import Environment, Given, evaluate


def given_words(decision: Decision, finding: Finding, words: prose.Words) -> str:
    """Write what a leaf requirement read; of an `every` the items that fail it, or cannot be told."""
    ours = wording(words.language.code)
    basis = decision.basis
    assert not isinstance(basis, Undecided)
    index = basis.check.requirement(finding.id).clause
    assert index is not None
    expression = basis.check.clauses[index].expression
    facts, given = basis.check.facts, decision.given
    every = [node for node in _conjuncts(expression) if isinstance(node, checked.Quantified)]
    items = [text for node in every for text in _items(node, finding.outcome, facts, given, words)]
    if items:
        shown, more = items[:_MOST], len(items) - _MOST
        rest = [ours.more.format(number=more)] if more > 0 else []
        return ours.given.format(facts="; ".join([*shown, *rest]))
    paths = [path for path in finding.given if path != TODAY]
    if all(given.facts.get(path) is None for path in paths):
        return ours.not_given if paths else ""
    values = [_value(given.facts.get(path), facts[path], words) for path in paths]
    if len(paths) == 1:
        return ours.given.format(facts=values[0])
    named = (f"{prose.name(path, words)}: {value}" for path, value in zip(paths, values, strict=True))
    return ours.given.format(facts="; ".join(named))


def _conjuncts(expr: checked.Expr) -> Iterator[checked.Expr]:
    """Give the parts that must all hold; of quantifiers only `every` is one over its items."""
    match expr:
        case checked.And(operands):
            for operand in operands:
                yield from _conjuncts(operand)
        case checked.Quantified(quantifier=Quantifier.SOME):
            return
        case _:
            yield expr


def _items(
    every: checked.Quantified,
    outcome: Outcome,
    facts: Mapping[str, FactDeclaration],
    given: Environment,
    words: prose.Words,
) -> Iterator[str]:
    """Write the items that gave an `every` its outcome."""
    records = given.facts.get(every.items)
    if records is None:
        return
    assert isinstance(records, Sequence)
    fields = {field.path: field for field in facts[every.items].fields}
    read = [fields[name] for name in dict.fromkeys(_fields(every.body, every.variable))]
    for number, record in enumerate(records, start=1):
        assert isinstance(record, Mapping)
        inside = Environment(given.facts, given.today, given.clauses, {every.variable: record})
        truth = evaluate(every.body, inside)
        if Outcome.of(truth if truth is None else bool(truth)) is outcome:
            shown = [_value(record.get(field.path), field, words) for field in read]
            if len(shown) > 1:
                names = [prose.name(f"{every.items}.{field.path}", words) for field in read]
                shown = [f"{name}: {value}" for name, value in zip(names, shown, strict=True)]
            yield prose.about_item(every.items, number, ", ".join(shown), words)


def _fields(expr: checked.Expr, variable: str) -> Iterator[str]:
    if isinstance(expr, checked.Item) and expr.variable == variable:
        yield expr.field
    for child in checked.children(expr):
        yield from _fields(child, variable)


def _value(raw: Given, fact: FactDeclaration, words: prose.Words) -> str:
    if raw is None:
        return wording(words.language.code).not_given
    if isinstance(fact.type, types.Records):
        assert isinstance(raw, Sequence)
        return prose.value(len(raw), types.Number(unit=fact.type.unit), words)
    assert isinstance(raw, bool | int | str)
    return prose.value(raw, fact.type, words, fact.path)


_MOST = 3
