"""What may be given: each fact as a value and whether it is known, lists as kinds of records and how many of each.

Reads: declarations.
Gives: `Facts`, whose terms stand for all that a caller may give and the door lets in.
Never: knows expressions; what is derived is for `expressions`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import assert_never

import z3

from policyengine.model import types
from policyengine.model.calendar import FIRST_PROVED_DAY, LAST_PROVED_DAY
from policyengine.model.checked import FactDeclaration
from policyengine.model.ranges import Range
from policyengine.model.values import Raw
from policyengine.targets.smt.ground import Ground
from policyengine.targets.smt.kinds import Kinds
from policyengine.targets.smt.terms import CannotProve, Term, Truth, Value, among, constant, value

Record = Mapping[str, Raw | None]
Given = Raw | Sequence[Record] | None


@dataclass(frozen=True, slots=True)
class Kind:
    """Records that are alike: how many there are, and the fields that anything reads."""

    number: z3.ArithRef
    there: z3.BoolRef
    make: Callable[[str], Term]
    fields: dict[str, Term] = field(default_factory=dict)

    def field(self, name: str) -> Term:
        """Give a field of these records."""
        if name not in self.fields:
            self.fields[name] = self.make(name)
        return self.fields[name]


@dataclass(frozen=True, slots=True)
class Listed:
    """A list: whether it is known, and its kinds; the first are the most."""

    known: z3.BoolRef
    kinds: tuple[Kind, ...]
    size: Value
    single: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that one caller may give, as terms that are made when something reads them."""

    ground: Ground
    vocabulary: Mapping[str, FactDeclaration]
    kinds: Mapping[str, Kinds]
    whose: str = ""
    scalars: dict[str, Term] = field(default_factory=dict)
    lists: dict[str, Listed] = field(default_factory=dict)

    def scalar(self, path: str) -> Term:
        """Give a fact as it is given."""
        if path not in self.scalars:
            self.scalars[path] = self._new(self.vocabulary[path], self.whose + path)
        return self.scalars[path]

    def listed(self, path: str) -> Listed:
        """Give a list."""
        if path not in self.lists:
            self.lists[path] = self._list(path)
        return self.lists[path]

    def _new(self, declaration: FactDeclaration, name: str) -> Term:
        ground = self.ground
        if isinstance(declaration.type, types.Boolean):
            true, false = ground.new_truth(f"{name} is true"), ground.new_truth(f"{name} is false")
            ground.define(z3.Or(z3.Not(true), z3.Not(false)))
            return Truth(true, false)
        known = ground.new_truth(f"{name} is known")
        match declaration.type:
            case types.Text():
                return Value(ground.new_number(name), known, None)
            case types.Choice(allowed):
                code = ground.new_number(name)
                ground.define(among(code, (ground.texts.code(text) for text in allowed), ground))
                return Value(code, known, None)
            case types.Region():
                return Value(ground.between(name, 0, len(ground.regions) - 1), known, None)
            case types.Records() | types.Poison():
                raise CannotProve(f"`{declaration.path}` as a value")
            case types.Number() | types.Money() | types.Date():
                range_ = _range(declaration)
                return value(ground.between(name, range_.low, range_.high), known, range_, ground)
            case types.Duration() | types.Period():
                range_, step = _range(declaration), declaration.unit_size
                steps = ground.between(f"{name} in {declaration.unit}", -(-range_.low // step), range_.high // step)
                return value(step * steps if step != 1 else steps, known, range_, ground)
            case _:
                assert_never(declaration.type)

    def _list(self, path: str) -> Listed:
        declaration, kinds, ground = self.vocabulary[path], self.kinds[path], self.ground
        items, name = declaration.records.max_items, self.whose + path
        fields = {field.path: field for field in declaration.fields}
        found: list[Kind] = []
        for index in range(1, kinds.number + 1):
            number = ground.between(f"{name} of kind {index}", 0, 1 if kinds.single else items)

            def make(field: str, index: int = index) -> Term:
                return self._new(fields[field], f"{name}.{field} of kind {index}")

            if found:
                ground.define(found[-1].number >= number)  # all orders of kinds are alike
            found.append(Kind(number, number > 0, make))
        total = z3.Sum([kind.number for kind in found]) if found else ground.number(0)
        if not kinds.single:
            ground.define(total <= items)
        known = ground.new_truth(f"{name} is known")
        return Listed(known, tuple(found), Value(total, known, Range(0, items)), kinds.single)


def code(raw: Raw, type_: types.Type, ground: Ground) -> Value:
    """Give a known value underneath as a term; no truths."""
    match raw, type_:
        case str(), types.Region():
            return Value(ground.number(ground.regions.code(raw)), ground.truth(value=True), None)
        case str(), _:
            return Value(ground.number(ground.texts.code(raw)), ground.truth(value=True), None)
        case _:
            return constant(int(raw), ground)


def _range(declaration: FactDeclaration) -> Range:
    """Give what a caller may give, as the door has it."""
    if declaration.range is not None:
        return declaration.range
    if isinstance(declaration.type, types.Date):
        return Range(FIRST_PROVED_DAY, LAST_PROVED_DAY)
    raise CannotProve(f"`{declaration.path}` without a range")
