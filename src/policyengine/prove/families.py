"""Meanings that differ in numbers alone, asked at once: the numbers become facts that are always known.

What holds for all numbers between the least and the greatest holds for each meaning. What does not is asked of each.
Reads: meanings of one check.
Gives: `Family`; one of a single meaning is that meaning.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from policyengine.model import types
from policyengine.model.checked import Check, Clause, Expr, Fact, FactDeclaration, InRegions, Literal, NamedValue
from policyengine.model.lifting import Constant, filled, lifted
from policyengine.model.ranges import Range
from policyengine.model.span import Source
from policyengine.prove.places import Meaning


@dataclass(frozen=True, slots=True)
class Family:
    """A meaning whose `constants` stand for those of all `members`."""

    meaning: Meaning
    members: tuple[Meaning, ...]
    constants: Mapping[str, FactDeclaration]
    numbers: tuple[Mapping[str, int], ...]
    """What the constants are, member by member."""


def families(meanings: Sequence[Meaning]) -> tuple[Family, ...]:
    """Join the meanings that have one shape, in their order."""
    found: dict[tuple[object, ...], list[tuple[Meaning, list[tuple[Expr, Sequence[Constant]]]]]] = defaultdict(list)
    for meaning in meanings:
        check, region_by = meaning.check, meaning.entry.region_by.text
        expressions = [clause.expression for clause in check.clauses] + [value.expression for value in check.values]
        parts = [lifted(expression, region_by) for expression in expressions]
        found[_shape(check, parts)].append((meaning, parts))
    return tuple(_family(members) for members in found.values())


def _shape(check: Check, parts: Sequence[tuple[Expr, Sequence[Constant]]]) -> tuple[object, ...]:
    requirements = tuple((r.id, r.kind, r.parent, r.waiver is None, r.obliges is None) for r in check.requirements)
    names = tuple(clause.id for clause in check.clauses), tuple(value.id for value in check.values)
    fixed = tuple((shape, tuple(_kind(constant) for constant in constants)) for shape, constants in parts)
    return (check.expression, requirements, names, fixed)


def _kind(constant: Constant) -> object:
    """Give what all members have in common: the type of a number, and anything else as it is."""
    if constant.truth is not None:
        return tuple(constant.truth.items())
    return (constant.type, None if _number(constant) else constant.value)


def _number(constant: Constant) -> bool:
    return isinstance(constant.value, int) and not isinstance(constant.type, types.Boolean)


def _family(members: Sequence[tuple[Meaning, list[tuple[Expr, Sequence[Constant]]]]]) -> Family:
    first, parts = members[0]
    if len(members) == 1:
        return Family(first, (first,), {}, ({},))
    names: dict[tuple[int, ...], str] = {}
    constants: dict[str, FactDeclaration] = {}
    expressions: list[Expr] = []
    for number, (shape, own) in enumerate(parts):
        fillings: list[Expr] = []
        for place, constant in enumerate(own):
            if constant.truth is not None:
                region = Fact(first.entry.region_by.text, types.Region())
                fillings.append(InRegions(region, (), open=False, truth=constant.truth))
                continue
            values = tuple(other[number][1][place].value for _, other in members)
            assert constant.value is not None
            if len(set(values)) == 1 or not _number(constant):
                fillings.append(Literal(constant.value, constant.type))
                continue
            numbers = tuple(value for value in values if isinstance(value, int))
            path = names.setdefault(numbers, f"constant {len(names)}")
            range_ = Range(min(numbers), max(numbers))
            constants[path] = FactDeclaration(path, constant.type, _NOWHERE, range=range_, proved=range_)
            fillings.append(Fact(path, constant.type))
        expressions.append(filled(shape, fillings))
    check = _with(first.check, expressions)
    meanings = tuple(meaning for meaning, _ in members)
    places = tuple(place for meaning in meanings for place in meaning.places)
    known = tuple({path: row[member] for row, path in names.items()} for member in range(len(members)))
    return Family(replace(first, check=check, places=places), meanings, constants, known)


def _with(check: Check, expressions: Sequence[Expr]) -> Check:
    number = len(check.clauses)
    clauses = tuple(
        Clause(clause.id, expr, clause.source) for clause, expr in zip(check.clauses, expressions[:number], strict=True)
    )
    values: tuple[NamedValue, ...] = tuple(
        replace(value, expression=expr) for value, expr in zip(check.values, expressions[number:], strict=True)
    )
    return replace(check, clauses=clauses, values=values, digest="")


_NOWHERE = Source("", "").whole()
