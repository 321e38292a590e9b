"""Which facts still matter: from an unknown check down through unknown parts only.

Reads: a check, the outcomes of its clauses, the facts that are known.
Gives: the facts to ask for, those that most unknown clauses read first, then as the author wrote.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from policyengine.model import checked
from policyengine.model.checked import Check, FactDeclaration
from policyengine.model.decision import Missing
from policyengine.targets.interpreter import Environment, Record, evaluate


def missing(check: Check, given: Environment) -> tuple[Missing, ...]:
    """List the facts that would help to decide an unknown check; `given.clauses` are the clauses' outcomes."""
    reads = [list(dict.fromkeys(unknown_facts(clause, given))) for clause in _unknown_clauses(check, given)]
    counts = Counter(path for paths in reads for path in paths)
    order = list(dict.fromkeys(path for paths in reads for path in paths))
    return tuple(_named(path, check.facts, given.facts) for path in sorted(order, key=lambda path: -counts[path]))


def _named(path: str, facts: Mapping[str, FactDeclaration], known: Mapping[str, object]) -> Missing:
    declaration = facts.get(path)
    inputs = declaration.inputs if declaration is not None else ()
    return Missing(path, tuple(name for name in inputs if known.get(name) is None))


def _unknown_clauses(check: Check, given: Environment) -> Iterable[checked.Expr]:
    """Give the unknown clauses that an unknown check hangs on, in the author's order."""
    return [check.clauses[index].expression for index in hanging_on(check, None, given)]


def hanging_on(check: Check, truth: bool | None, given: Environment) -> Sequence[int]:  # noqa: FBT001 -- Kleene's
    """Give the clauses with an outcome that a check with that outcome hangs on: down through such parts only."""
    requirements = {requirement.id: requirement for requirement in check.requirements}
    found: list[int] = []

    def visit(names: Iterable[str]) -> None:
        for requirement in (requirements[name] for name in names):
            if requirement.waiver is None and evaluate(requirement.expression, given) is truth:
                if requirement.clause is not None:
                    found.append(requirement.clause)
                visit(requirement.children)

    if evaluate(check.expression, given) is truth:
        visit(requirement.id for requirement in check.requirements if requirement.parent is None)
    return found


@dataclass(frozen=True, slots=True)
class _Place:
    """An environment, and what messages call the items of its bound names: `series.videos[2]`."""

    given: Environment
    names: Mapping[str, str] = field(default_factory=dict)

    def unknown(self, expr: checked.Expr) -> bool:
        return evaluate(expr, self.given) is None

    def inside(self, variable: str, items: str) -> "list[_Place]":
        """Give the places of a list's items."""
        records = self.given.facts.get(items)
        assert isinstance(records, Sequence)
        return [self.item(variable, record, f"{items}[{index}]") for index, record in enumerate(records)]  # type: ignore[arg-type]

    def item(self, variable: str, record: Record, name: str) -> "_Place":
        bound = replace(self.given, items={**self.given.items, variable: record})
        return _Place(bound, {**self.names, variable: name})


def unknown_facts(expr: checked.Expr, given: Environment) -> Iterable[str]:
    """Give the unknown facts that an unknown expression hangs on."""
    return _unknown(expr, _Place(given))


def _unknown(expr: checked.Expr, place: _Place) -> Iterable[str]:
    match expr:
        case _ if not place.unknown(expr):
            return
        case checked.Fact(path) | checked.Count(path):
            yield path
        case checked.Item(variable, name):
            yield f"{place.names[variable]}.{name}"
        case checked.If(condition, then, otherwise):
            if place.unknown(condition):
                yield from _unknown(condition, place)
            else:
                taken = then if evaluate(condition, place.given) else otherwise
                yield from _unknown(taken, place)
        case checked.Quantified(items=items) | checked.CountWhere(items=items) | checked.Fold(items=items):
            if place.given.facts.get(items) is None:
                yield items
            else:
                yield from _unknown_items(expr, place)
        case _:
            for child in checked.children(expr):
                yield from _unknown(child, place)


def _unknown_items(expr: checked.Quantified | checked.CountWhere | checked.Fold, place: _Place) -> Iterable[str]:
    for item in place.inside(expr.variable, expr.items):
        match expr:
            case checked.Quantified(body=body) | checked.CountWhere(where=body):
                yield from _unknown(body, item)
            case checked.Fold(term=term, where=where):
                if where is not None and item.unknown(where):
                    yield from _unknown(where, item)
                elif where is None or evaluate(where, item.given):
                    yield from _unknown(term, item)
