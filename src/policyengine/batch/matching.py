"""Which column of a table is which fact: by the caller's word, by a fact's path, or by its bare name.

Reads: the names and types of columns, the facts that some checks read.
Gives: `Match`es; an exception that names the fact for what is ambiguous or not there.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from policyengine.model.checked import FactDeclaration
from policyengine.model.diagnostic import did_you_mean
from policyengine.model.errors import InvalidFact, InvalidTable, UnknownName
from policyengine.targets.sql import ColumnType, fields_of

Schema = Mapping[str, ColumnType]
"""The type of each column, by its name."""


@dataclass(frozen=True, slots=True)
class Match:
    """A fact's column: its name, and inside a struct the field's; `str` writes it as people do."""

    place: tuple[str, ...]
    type: ColumnType

    def __str__(self) -> str:
        return ".".join(self.place)


def matched(
    schema: Schema,
    wanted: Mapping[str, FactDeclaration],
    declared: Mapping[str, FactDeclaration],
    told: Mapping[str, str],
    *,
    ignore_extras: bool,
) -> dict[str, Match]:
    """Find the columns of the `wanted` facts; `told` says of some facts, by path, which column they have.

    Without a word, `creator.followers` is found in a column of that name, in `creator_followers`, in the field
    `followers` of a struct `creator`, and in a column `followers`, unless another wanted fact has that bare name.

    Raises `UnknownName` for facts and columns that do not exist; `InvalidFact` for a fact that two columns could be,
    and, unless `ignore_extras`, for a field of an entity's struct that is no fact.
    """
    for path in told:
        if path not in declared:
            raise UnknownName("fact", path, did_you_mean(path, declared))
        _told(schema, told[path])
    if not ignore_extras:
        _refuse_undeclared(schema, declared)
    bare = [path.partition(".")[2] for path in wanted]
    found: dict[str, Match] = {}
    for path in wanted:
        if path in told:
            found[path] = _told(schema, told[path])
            continue
        entity, _, fact = path.partition(".")
        places = [(path,), (f"{entity}_{fact}",), (entity, fact), *([(fact,)] if bare.count(fact) == 1 else [])]
        here = [Match(place, type_) for place in places if (type_ := _type(schema, place)) is not None]
        if len(here) > 1:
            listed = " and ".join(f"`{match}`" for match in here)
            raise InvalidFact(path, f"{listed} could be its column", help="say which one in the map of columns")
        found.update((path, match) for match in here)
    return found


def refuse_alike(names: Iterable[str]) -> None:
    """Refuse columns whose names differ by capitals at most: engines take one for the other, or rename it."""
    seen = list(names)
    small = Counter(name.casefold() for name in seen)
    for name in seen:
        if small[name.casefold()] > 1:
            raise InvalidTable(f"several columns are called `{name}`, but for capitals", "names that tell them apart")


def fact_like(schema: Schema, declared: Mapping[str, FactDeclaration]) -> frozenset[str]:
    """Give the columns that are called as some declared fact would be, whether a check reads it or not."""
    names = set(declared)
    for path in declared:
        entity, _, fact = path.partition(".")
        names |= {f"{entity}_{fact}", entity, fact}
    return frozenset(names & schema.keys())


def _told(schema: Schema, name: str) -> Match:
    places = [(name,), tuple(name.split("."))]
    match = next((Match(place, type_) for place in places if (type_ := _type(schema, place)) is not None), None)
    if match is None:
        raise UnknownName("column", name, did_you_mean(name, schema) or f"there are {_listed(schema)}")
    return match


def _type(schema: Schema, place: tuple[str, ...]) -> ColumnType | None:
    """Give the type of a column or of a struct's field, None when there is none."""
    type_ = schema.get(place[0])
    for field in place[1:]:
        fields = {} if type_ is None else fields_of(type_) or {}
        type_ = fields.get(field)
        if type_ is not None and [each.casefold() for each in fields].count(field.casefold()) > 1:
            # an engine would read the first of them
            raise InvalidFact(".".join(place), f"several fields are called `{field}`, but for capitals")
    return type_


def _refuse_undeclared(schema: Schema, declared: Mapping[str, FactDeclaration]) -> None:
    """Refuse a misspelt field in the struct of an entity: it would be read as unknown."""
    for entity in {path.partition(".")[0] for path in declared} & schema.keys():
        facts = list(_facts_of(entity, declared))
        for field in fields_of(schema[entity]) or {}:
            if field not in facts:
                near = did_you_mean(field, facts)
                one_of = None if near else f"one of {', '.join(facts)}"
                raise InvalidFact(f"{entity}.{field}", "no such fact is declared", one_of, near)


def _facts_of(entity: str, declared: Mapping[str, FactDeclaration]) -> Iterator[str]:
    for path in declared:
        owner, _, fact = path.partition(".")
        if owner == entity:
            yield fact


def _listed(names: Sequence[str] | Mapping[str, object]) -> str:
    shown = [f"`{name}`" for name in names]
    return ", ".join(shown[:12]) + (f" and {len(shown) - 12} more" if len(shown) > 12 else "")
