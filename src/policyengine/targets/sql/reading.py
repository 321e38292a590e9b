"""The door in SQL: what a table's column holds as a fact's values underneath, and what of it is refused.

Reads: a fact's declaration, a column and its type, as DuckDB or Spark says it.
Gives: `Read`: trees for the value and for the refusal, which mean what `door.Door.value` does; `InvalidFact` for a
column whose type cannot hold the fact at all.
Never: rounds, casts a text before a pattern has accepted it, writes what may raise in either engine, or asks whether a
region is in the tree: a join does that.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlglot import exp

from policyengine.model import calendar, types
from policyengine.model.checked import FactDeclaration
from policyengine.model.diagnostic import did_you_mean
from policyengine.model.errors import InvalidFact
from policyengine.model.ranges import Range
from policyengine.targets.sql.column_types import Kind, column_type, list_of, shown
from policyengine.targets.sql.columns import Names
from policyengine.targets.sql.days import ordinal
from policyengine.targets.sql.printing import Dialect
from policyengine.targets.sql.quantities import (
    FLOATS,
    WHOLE,
    Bounds,
    Fit,
    Quantity,
    both_hold,
    digits_of,
    literals,
    matches,
    tried,
    within,
)
from policyengine.targets.sql.trees import (
    TEXT,
    among,
    both,
    choice,
    function,
    is_known,
    is_unknown,
    logic,
    name,
    number,
    opposite,
    storage,
    text_literal,
    truth,
)
from policyengine.targets.sql.trees import column as named_column

__all__ = ["Bounds", "Read", "column_type", "read_column"]


@dataclass(frozen=True, slots=True)
class Read:
    """A fact as a column holds it.

    `value` is underneath (BIGINT, dates as ordinals, BOOLEAN, VARCHAR, a list of structs of such); NULL where the
    column is, and where it is refused. `refused` is never NULL; None means that nothing can be. `fields` are those that
    a list's items have. `as_is` says that the column itself holds the value wherever it is not refused. `plain` is the
    value without the test whether it is refused, where such a value does no harm as long as one only compares it.
    `day` is the value of a date as a DATE, if the column holds one; `plain_day` is to it what `plain` is to the value.
    """

    value: exp.Expr
    refused: exp.Expr | None
    fields: tuple[str, ...] = ()
    as_is: bool = False
    plain: exp.Expr | None = None
    day: exp.Expr | None = None
    plain_day: exp.Expr | None = None


def read_column(
    declaration: FactDeclaration,
    column: exp.Expr,
    type_: exp.DataType,
    *,
    dialect: Dialect,
    floats: bool = False,
    names: Names,
    bounds: Bounds | None = None,
    ignore_extras: bool = False,
) -> Read:
    """Read a fact from a column; raises `InvalidFact` for a type that cannot hold it.

    `column` is written more than once: a column or a field of one, no computation. `floats` reads binary fractions by
    their shortest text.

    >>> from policyengine.model.span import Source
    >>> fact = FactDeclaration("f.n", types.Number(), Source("facts", "").whole(), Range(0, 80))
    >>> bigint = column_type("BIGINT", Dialect.DUCKDB)
    >>> read = read_column(fact, named_column("n"), bigint, dialect=Dialect.DUCKDB, names=Names(set()))
    >>> print(read.value.sql("duckdb"))
    CASE WHEN "n" BETWEEN 0 AND 80 THEN "n" END
    """
    reader = _Reader(dialect, floats, names, ignore_extras)
    return reader.read(declaration, column, type_, declaration.path, bounds)


@dataclass(frozen=True, slots=True)
class _Reader:
    dialect: Dialect
    floats: bool
    names: Names
    ignore_extras: bool

    def read(
        self, declaration: FactDeclaration, column: exp.Expr, type_: exp.DataType, called: str, bounds: Bounds | None
    ) -> Read:
        """Read a fact or a field of a list's items; `called` is what messages call it."""
        if type_.this == Kind.NULL:
            return Read(exp.cast(exp.null(), _underneath(declaration)), None)
        match declaration.type:
            case types.Records():
                found = self._records(declaration, column, type_, called)
            case types.Boolean():
                found = _truth(column, type_)
            case types.Text() | types.Region():
                found = _text(column, type_)
            case types.Choice(allowed):
                found = _choice(allowed, column, type_)
            case types.Date():
                found = _day(declaration, column, type_, bounds)
            case _:
                found = self._quantity(declaration, column, type_, called, bounds)
        if found is None:
            raise self._refusal(declaration, type_, called)
        return found

    def _quantity(
        self, declaration: FactDeclaration, column: exp.Expr, type_: exp.DataType, called: str, bounds: Bounds | None
    ) -> Read | None:
        quantity = Quantity.of(declaration)
        if type_.this in WHOLE:
            wide = type_.this == Kind.BIGINT
            fits, value = quantity.exactly(column, 0, WHOLE[type_.this].narrowed(bounds), wide=wide)
            return _where(column, fits, value, as_is=wide and quantity.plain)
        if type_.this == Kind.DECIMAL:
            digits, places = (int(each.name) for each in type_.expressions)
            return _where(column, *quantity.exactly(column, places, digits_of(digits)))
        if type_.this in exp.DataType.TEXT_TYPES:
            return _parsed(column, literals(declaration, quantity, column))
        if type_.this not in FLOATS:
            return None
        if not self.floats:
            problem = f"a column of type {shown(type_, self.dialect)} holds binary fractions, and the fact is exact"
            raise InvalidFact(called, problem, _wanted(declaration), "`floats=True` reads them by their shortest text")
        return _parsed(column, [quantity.shortest(column, type_)])

    def _records(self, declaration: FactDeclaration, column: exp.Expr, type_: exp.DataType, called: str) -> Read | None:
        if type_.this != Kind.ARRAY:
            return None
        (inner,) = type_.expressions
        size = exp.ArraySize(this=column.copy())
        too_many: exp.Expr = both(exp.GT, size, number(declaration.records.max_items))
        if inner.this == Kind.NULL:
            items = exp.cast(column.copy(), _underneath(declaration))
            return _unless(_never_null(too_many), items, fields=tuple(field.path for field in declaration.fields))
        if inner.this != Kind.STRUCT:
            return None
        item = named_column(self.names.fresh("item"))
        fields = self._fields(declaration, item, inner, called)
        wrong = [read.refused for read in fields.values() if read.refused is not None]
        if wrong:
            found = exp.ArrayFilter(this=column.copy(), expression=function(item.name, logic(exp.Or, wrong)))
            too_many = logic(exp.Or, (too_many, both(exp.GT, exp.ArraySize(this=found), number(0))))
        as_is = all(read.as_is for read in fields.values())
        value = column.copy() if as_is else _each(column, item, fields)
        return _unless(_never_null(too_many), value, fields=tuple(fields), as_is=as_is)

    def _fields(
        self, declaration: FactDeclaration, item: exp.Column, struct: exp.DataType, called: str
    ) -> dict[str, Read]:
        """Read the fields that are declared and there."""
        there = {field.name: field.args["kind"] for field in struct.expressions}
        declared = {field.path: field for field in declaration.fields}
        for extra in there:
            if extra not in declared and not self.ignore_extras:
                near = did_you_mean(extra, declared)
                help_ = None if near else f"one of {', '.join(declared)}"
                raise InvalidFact(f"{called}.{extra}", "no such field is declared", help_, near)
        return {
            path: self.read(
                field,
                exp.Dot(this=item.copy(), expression=name(path)),
                there[path],
                f"{called}.{path}",
                None,
            )
            for path, field in declared.items()
            if path in there
        }

    def _refusal(self, declaration: FactDeclaration, type_: exp.DataType, called: str) -> InvalidFact:
        moment = isinstance(declaration.type, types.Date) and type_.this in exp.DataType.TEMPORAL_TYPES
        help_ = "cast it to a DATE" if moment else None
        problem = f"a column of type {shown(type_, self.dialect)} will not do"
        return InvalidFact(called, problem, _wanted(declaration), help_)


# truths and texts


def _truth(column: exp.Expr, type_: exp.DataType) -> Read | None:
    if type_.this == Kind.BOOLEAN:
        return Read(column.copy(), None, as_is=True)
    if type_.this not in exp.DataType.TEXT_TYPES:
        return None
    spelled = [text_literal("true"), text_literal("false")]
    yes, no = (both(exp.EQ, column.copy(), each.copy()) for each in spelled)
    value = choice((yes, truth(value=True)), (no, truth(value=False)))
    return Read(value, _never_null(opposite(among(column.copy(), spelled))))


def _text(column: exp.Expr, type_: exp.DataType) -> Read | None:
    if type_.this == Kind.ENUM:
        return Read(exp.cast(column.copy(), TEXT), None)
    return Read(column.copy(), None, as_is=True) if type_.this in exp.DataType.TEXT_TYPES else None


def _choice(allowed: Sequence[str], column: exp.Expr, type_: exp.DataType) -> Read | None:
    text = _text(column, type_)
    if text is None or (type_.this == Kind.ENUM and {each.name for each in type_.expressions} <= set(allowed)):
        return text
    fits = among(text.value.copy(), [text_literal(each) for each in allowed])
    return _where(column, fits, text.value, as_is=text.as_is)


# days


def _day(declaration: FactDeclaration, column: exp.Expr, type_: exp.DataType, bounds: Bounds | None) -> Read | None:
    range_ = declaration.range or Range(calendar.FIRST_PROVED_DAY, calendar.LAST_PROVED_DAY)
    if type_.this == Kind.DATE:
        fits = within(column, range_, bounds or Bounds(None, None), _date)
        read = _where(column, fits, ordinal(column.copy()), plain=True)
        day = column.copy() if fits is None else choice((fits.copy(), column.copy()))
        return replace(read, day=day, plain_day=column.copy())
    if type_.this not in exp.DataType.TEXT_TYPES:
        return None
    day = tried(column.copy(), "DATE")
    fits = within(day, range_, Bounds(None, None), _date)
    return _parsed(column, [(both_hold(matches(column, "[0-9]{4}-[0-9]{2}-[0-9]{2}"), fits), ordinal(day))])


def _date(day: int) -> exp.Expr:
    return exp.cast(exp.Literal.string(date.fromordinal(day).isoformat()), "DATE")


# what a reading is made of


def _where(
    column: exp.Expr, fits: exp.Expr | None, value: exp.Expr, *, as_is: bool = False, plain: bool = False
) -> Read:
    """Read what fits; `fits` is NULL for NULL only, and None for a column whose every value fits."""
    if fits is None:
        return Read(value, None, as_is=as_is)
    unguarded = value.copy() if as_is or plain else None
    refused = is_known(column.copy()) if isinstance(fits, exp.Boolean) else _never_null(opposite(fits.copy()))
    return Read(choice((fits, value)), refused, as_is=as_is, plain=unguarded)


def _parsed(column: exp.Expr, branches: Iterable[Fit]) -> Read:
    """Read by the first branch that is true; a value that none reads is refused."""
    value = choice(*[(truth(value=True) if fits is None else fits, value) for fits, value in branches])
    return Read(value, both(exp.NEQ, is_unknown(column.copy()), is_unknown(value.copy())))


def _unless(refused: exp.Expr, value: exp.Expr, fields: tuple[str, ...], *, as_is: bool = False) -> Read:
    return Read(choice((opposite(refused.copy()), value)), refused, fields, as_is)


def _each(column: exp.Expr, item: exp.Column, fields: Mapping[str, Read]) -> exp.Expr:
    """Write the list with the fields read; a null item stays one."""
    read = [exp.PropertyEQ(this=name(path), expression=field.value) for path, field in fields.items()]
    body = choice((is_known(item.copy()), exp.Struct(expressions=read)))
    return exp.Transform(this=column.copy(), expression=function(item.name, body))


def _never_null(test: exp.Expr) -> exp.Expr:
    return exp.Coalesce(this=test, expressions=[truth(value=False)])


def _underneath(declaration: FactDeclaration) -> exp.DataType:
    """Give the type of a fact's value."""
    match declaration.type:
        case types.Records():
            fields = [exp.ColumnDef(this=name(each.path), kind=_underneath(each)) for each in declaration.fields]
            return list_of(exp.DataType(this=Kind.STRUCT, expressions=fields, nested=True))
        case type_:
            return exp.DataType.build(storage(type_))


def _wanted(declaration: FactDeclaration) -> str:
    """Say which columns would do."""
    match declaration.type:
        case types.Boolean():
            return "a BOOLEAN column, or texts `true` and `false`"
        case types.Text() | types.Choice() | types.Region():
            return "a column of texts"
        case types.Date():
            return "a DATE column, or texts such as `2023-06-06`"
        case types.Records():
            return f"a list of structs with fields {', '.join(field.path for field in declaration.fields)}"
        case types.Duration() | types.Period():
            return f"whole numbers of {declaration.unit}, or texts such as `30 {declaration.unit}`"
        case _:
            return "a column of whole numbers or DECIMALs, or texts that are such numbers"
