"""People close to someone who passes: one fact of theirs moved to where two checks part.

Whoever is found fares otherwise by the interpreter itself, so that no solver is needed to show a difference; that there
is none, it cannot show.
Reads: two checks, someone who passes, the regions and days that are spoken of.
Gives: `parting`, those for whom the checks come out differently.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from policyengine.model import checked
from policyengine.model.checked import Check, Expr, FactDeclaration
from policyengine.prove.asking import Scope, Where, complete
from policyengine.prove.differences import changed
from policyengine.prove.folding import whole
from policyengine.prove.witnesses import step_of, thresholds
from policyengine.targets.interpreter import Environment, Given, evaluate
from policyengine.targets.smt import Model

_MOST_REGIONS = 3
"""Most policies of a narrower region decide for that one; of many regions, the solver finds one that shows it."""


@dataclass(frozen=True, slots=True)
class Parted:
    """Someone, and what each of two checks makes of them."""

    facts: Mapping[str, Given]
    before: bool | None
    after: bool | None


def parting(before: Check, after: Check, passing: Iterable[Model], where: Where, scope: Scope) -> Iterator[Parted]:
    """Try everyone who passes, and everyone one fact away from them, in each kind of region."""
    old, new = whole(before), whole(after)
    apart = changed(before, after)
    for someone in passing:
        for box in where.boxes:
            version = box.first.toordinal()
            day = box.nearest(someone.today) if where.version_by is None else someone.today
            for region in sorted(box.regions)[:_MOST_REGIONS]:
                here = {where.region_by: region} | ({} if where.version_by is None else {where.version_by: version})
                for facts in _moved({**someone.facts(), **here}, apart, scope.vocabulary):
                    known = Environment(complete(facts, day, scope.vocabulary), day)
                    outcomes = _truth(old, known), _truth(new, known)
                    if outcomes[0] is not outcomes[1]:
                        yield Parted(facts, *outcomes)


def _truth(expr: Expr, known: Environment) -> bool | None:
    found = evaluate(expr, known)
    assert found is None or isinstance(found, bool)
    return found


def _moved(
    facts: Mapping[str, Given], expressions: Sequence[Expr], vocabulary: Mapping[str, FactDeclaration]
) -> Iterator[Mapping[str, Given]]:
    """Give the facts, then with one at either side of each number that it is compared with, or of the other truth."""
    yield facts
    for path, numbers in thresholds(expressions, vocabulary).items():
        declared = vocabulary.get(path)
        if declared is None:  # a field of a list
            listed, _, name = path.rpartition(".")
            yield from _records(facts, listed, name, numbers, vocabulary[listed])
            continue
        others = {known: raw for known, raw in facts.items() if known not in declared.inputs}
        for number in numbers:
            for value in (number - step_of(declared), number, number + step_of(declared)):
                if declared.range is None or declared.range.holds(value):
                    yield {**others, path: value}
    for path in {each for expr in expressions for each in _truths(expr)}:
        yield from ({**facts, path: truth} for truth in (True, False))


def _records(
    facts: Mapping[str, Given], listed: str, name: str, numbers: Iterable[int], declaration: FactDeclaration
) -> Iterator[Mapping[str, Given]]:
    records = facts.get(listed)
    fields = {field.path: field for field in declaration.fields}
    if isinstance(records, Sequence) and not isinstance(records, str) and records:
        for number in numbers:
            for value in (number - step_of(fields[name]), number, number + step_of(fields[name])):
                allowed = fields[name].range
                if allowed is None or allowed.holds(value):
                    yield {**facts, listed: tuple({**record, name: value} for record in records)}


def _truths(expr: Expr) -> Iterator[str]:
    """Give the facts that are a yes or no by themselves."""
    match expr:
        case checked.Fact(path, type_) if type_ == checked.BOOLEAN:
            yield path
        case _:
            for child in checked.children(expr):
                yield from _truths(child)
