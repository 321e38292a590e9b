"""A table's columns as facts: read by their types, and filled in with what holds for all rows.

Reads: where the columns of facts are, and their types.
Gives: `Read`s for `statements.Source`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlglot import exp

from policyengine.model import types
from policyengine.model.checked import FactDeclaration
from policyengine.model.values import Raw
from policyengine.targets.sql.columns import Names
from policyengine.targets.sql.expressions import constant
from policyengine.targets.sql.printing import Dialect
from policyengine.targets.sql.reading import Bounds, Read, read_column
from policyengine.targets.sql.trees import (
    among,
    both,
    choice,
    column,
    function,
    inside,
    is_known,
    logic,
    name,
    number,
    opposite,
    text_literal,
    truth,
)

ColumnType = exp.DataType


def fields_of(type_: ColumnType) -> Mapping[str, ColumnType] | None:
    """Give the fields of a struct by name, None for another type."""
    if type_.this is not exp.DType.STRUCT:
        return None
    return {field.name: field.args["kind"] for field in type_.expressions if isinstance(field, exp.ColumnDef)}


def read_place(
    declaration: FactDeclaration,
    place: Sequence[str],
    type_: ColumnType,
    *,
    dialect: Dialect,
    names: Sequence[str],
    floats: bool = False,
    bounds: Bounds | None = None,
    ignore_extras: bool = False,
    regions: Sequence[str] = (),
) -> Read:
    """Read a fact from a column, or from a field of a struct; `names` are those of the table's columns.

    Of `regions` must be each that stands there; when there are none, a join with the rules sees to it.

    Raises `InvalidFact` for a type that cannot hold the fact.
    """
    tree = inside(place)
    taken = Names({each.casefold() for each in names})
    read = read_column(
        declaration,
        tree,
        type_,
        dialect=dialect,
        floats=floats,
        names=taken,
        bounds=bounds,
        ignore_extras=ignore_extras,
    )
    elsewhere = _elsewhere(declaration, tree, read, regions, taken) if regions else None
    if elsewhere is None:
        return read
    refused = elsewhere if read.refused is None else logic(exp.Or, [read.refused, elsewhere])
    return replace(read, value=choice((opposite(elsewhere.copy()), read.value)), refused=refused, plain=None)


def _elsewhere(
    declaration: FactDeclaration, tree: exp.Expr, read: Read, regions: Sequence[str], names: Names
) -> exp.Expr | None:
    """Test that a region, or one in a list's items, is none of some; None for facts that hold none."""
    codes = [text_literal(region) for region in regions]
    match declaration.type:
        case types.Region():
            test = opposite(among(read.value.copy(), codes))
        case types.Records():
            item = column(names.fresh("item"))
            places = [
                exp.Dot(this=item.copy(), expression=name(field.path))
                for field in declaration.fields
                if isinstance(field.type, types.Region) and field.path in read.fields
            ]
            if not places:
                return None
            wrong = logic(exp.Or, [opposite(among(place, [code.copy() for code in codes])) for place in places])
            found = exp.ArrayFilter(this=tree.copy(), expression=function(item.name, wrong))
            test = both(exp.GT, exp.ArraySize(this=found), number(0))
        case _:
            return None
    return exp.Coalesce(this=test, expressions=[truth(value=False)])


def fixed(value: Raw, type_: types.Type) -> Read:
    """Give a fact that is the same in all rows."""
    return Read(constant(value, type_), None)


def filled_in(read: Read, value: Raw, type_: types.Type) -> Read:
    """Fill in what a column leaves unknown; a row that says otherwise is refused."""
    given = constant(value, type_)
    differs = logic(exp.And, [is_known(read.value.copy()), both(exp.NEQ, read.value.copy(), given)])
    refused = differs if read.refused is None else logic(exp.Or, [read.refused, differs])
    return replace(
        read, value=exp.Coalesce(this=read.value, expressions=[given.copy()]), refused=refused, plain=None, day=None
    )
