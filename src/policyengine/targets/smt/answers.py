"""What a question may have as its answer: facts for which it holds, that there are none, or that nobody knows.

Gives: `Model`, `Unsat`, `Undecided`; facts of a model underneath, and as a caller gives them.
Never: shows a model that the interpreter has not confirmed: whoever shows one calls `confirmed` before.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from policyengine.model import types
from policyengine.model.checked import Expr, FactDeclaration, inputs_first
from policyengine.model.values import Raw, literal
from policyengine.targets.smt.facts import Facts, Given
from policyengine.targets.smt.slots import Slot

Evaluate = Callable[[Expr, Mapping[str, Given], int], Raw | None]
"""The meaning: an expression, facts with derived ones filled in, and a day give a value underneath."""
Vocabulary = Mapping[str, FactDeclaration]


@dataclass(frozen=True, slots=True)
class Model:
    """A day and facts for which all conditions hold; `callers` has the facts of each caller of the problem.

    `told` has the same facts slot by slot, and what is told of kinds that have no records.
    """

    today: int
    callers: tuple[Mapping[str, Given], ...]
    told: tuple[Mapping[Slot, Raw | None], ...] = ()

    def facts(self, caller: int = 0) -> Mapping[str, Given]:
        """Give what a caller gives, underneath; what is absent is unknown, and derived facts are not filled in."""
        return self.callers[caller]


@dataclass(frozen=True, slots=True)
class Unsat:
    """No facts make all conditions hold.

    `up_to` is empty when that is proved for all facts; else it has the lists for which only so many different
    records were looked at.
    """

    up_to: Mapping[str, int] = field(default_factory=dict)

    @property
    def proved(self) -> bool:
        """Whether it holds for all facts, without a bound."""
        return not self.up_to


@dataclass(frozen=True, slots=True)
class Undecided:
    """The time was over, or z3 gave up: nothing is said either way."""

    reason: str


Answer = Model | Unsat | Undecided


def given_in(told: Mapping[Slot, Raw | None], facts: Facts) -> dict[str, Given]:
    """Give the facts that are known of a model, underneath."""
    found: dict[str, Given] = {path: raw for path in facts.scalars if (raw := told[Slot(path)]) is not None}
    for path, listed in facts.lists.items():
        if told[Slot(path)] is None:
            continue
        records: list[Mapping[str, Raw | None]] = []
        for index in range(len(listed.kinds)):
            number = told[Slot(path, index)]
            assert isinstance(number, int)
            if number:
                fields = facts.vocabulary[path].fields
                record = {entry.path: told.get(Slot(path, index, entry.path)) for entry in fields}
                records += [record] * number
        found[path] = tuple(records)
    return found


def completed(given: Mapping[str, Given], today: int, vocabulary: Vocabulary, evaluate: Evaluate) -> dict[str, Given]:
    """Fill in derived facts, as the door does."""
    facts = dict(given)
    for declaration in inputs_first(vocabulary):
        assert declaration.derived is not None
        derived = evaluate(declaration.derived, facts, today)
        assert derived is None or facts.get(declaration.path, derived) == derived, f"{declaration.path} contradicts"
        if derived is not None:
            facts[declaration.path] = derived
    return facts


def confirmed(
    model: Model,
    wanted: Mapping[Expr, Raw | None],
    vocabulary: Vocabulary,
    evaluate: Evaluate,
    *,
    caller: int = 0,
) -> Model:
    """Give a model of which the meaning says the same; anything else is a mistake of this target.

    `wanted` is what expressions are said to be with the facts of a caller; None is unknown.
    """
    facts = completed(model.facts(caller), model.today, vocabulary, evaluate)
    for expr, value in wanted.items():
        found = evaluate(expr, facts, model.today)
        assert (found, type(found)) == (value, type(value)), f"{expr} is {found!r}, not {value!r}, with {facts}"
    return model


def to_caller(given: Mapping[str, Given], vocabulary: Vocabulary) -> dict[str, dict[str, Any]]:
    """Give facts as a caller hands them in: by entity, as JSON and YAML hold them, quantities with their unit.

    >>> from policyengine.model.span import Source
    >>> price = FactDeclaration("series.price", types.Money("USD", 2), Source("facts", "").whole(), unit="USD")
    >>> to_caller({"series.price": 18_999}, {"series.price": price})
    {'series': {'price': '189.99 USD'}}
    """
    facts: dict[str, dict[str, Any]] = {}
    for path, raw in given.items():
        entity, _, name = path.partition(".")
        facts.setdefault(entity, {})[name] = _handed_in(raw, vocabulary[path])
    return facts


def _handed_in(raw: Given, declaration: FactDeclaration) -> object:
    fields = {entry.path: entry for entry in declaration.fields}
    match raw, declaration.type:
        case (None | bool(), _) | (int(), types.Number(scale=0)) | (str(), _):
            return raw
        case int(), type_:
            return literal(raw, type_)
        case Sequence(), _:
            assert not isinstance(raw, str)
            return [
                {name: _handed_in(value, fields[name]) for name, value in record.items() if value is not None}
                for record in raw
            ]
        case _:
            raise AssertionError(raw)
