"""The rules of a check as a table: which policy decides a row, by its region and day, and with which constants.

Reads: `Route`s, which lead regions and days to checks.
Gives: `Rules`: expressions that all policies share, and a row for each policy with what differs.
Never: writes SQL; `statements` does.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from policyengine.model import calendar, checked, types
from policyengine.model.checked import Check, Expr
from policyengine.model.lifting import Constant, filled, lifted
from policyengine.model.rewriting import with_children
from policyengine.model.values import Raw
from policyengine.targets.sql.columns import Names
from policyengine.targets.sql.trees import storage

RESERVED = ("region", "regions", "since", "until", "policy", "invalid")
"""Columns that a table of rules has besides its slots, and one of the table that it is joined with."""


@dataclass(frozen=True, slots=True)
class Route:
    """What decides some regions on the days `[since, until)` (ordinals; None has no end): a check, or none."""

    regions: Sequence[str]
    check: Check | None
    since: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """A column of constants. Expressions read it as a fact of its own, whose path is `path`."""

    name: str
    type: types.Type
    days: bool = False
    """Whether all its constants are dates of the calendar, which a DATE can hold."""

    @property
    def path(self) -> str:
        """The path: no fact's, as it has a blank."""
        return f"{_RULE} {self.name}"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table: regions that are decided alike; `cells` are its constants by slot, None is unknown.

    `digest` is None where no policy is in force.
    """

    regions: Sequence[str]
    since: int | None
    until: int | None
    digest: str | None
    cells: Mapping[str, Raw | None]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a row: one expression, or by the number in the slot `variant` one of several.

    Where the slot holds none of them, nothing is asked. `checks` are those that ask each, for words.
    """

    expressions: Sequence[Expr]
    variant: Slot | None
    checks: Sequence[Check]

    def by_rules(self) -> bool:
        """Say whether the answer goes by a row's rules, and not by its facts alone."""
        return self.variant is not None or any(_reads_slot(expr) for expr in self.expressions)


@dataclass(frozen=True, slots=True)
class Rules:
    """A check over all its regions and days.

    `clauses` are the leaf requirements of all policies, by id, in the author's order; those of a check's outcome are
    over them, by their place (`ClauseRef`). `values` are by name and kind: see `kind`.
    """

    clauses: Mapping[str, Asked]
    outcome: Asked
    values: Mapping[tuple[str, str], Asked]
    slots: Sequence[Slot]
    rows: Sequence[Row]

    def by_day(self) -> bool:
        """Say whether the day decides which row it is."""
        return any(row.since is not None or row.until is not None for row in self.rows)


def make_rules(routes: Sequence[Route], region_fact: str, prepare: Callable[[Expr], Expr]) -> Rules:
    """Make the rules of a check; `prepare` is done to every expression over facts first.

    Policies that differ only in constants share expressions; equal constants stay where they are.
    """
    places = [(route, region) for route in routes for region in route.regions]
    by_digest = {route.check.digest: route.check for route in routes if route.check is not None}
    checks = list(by_digest.values())
    table = _Table(places, by_digest)
    order = {name: place for place, name in enumerate(_in_order([[c.id for c in check.clauses] for check in checks]))}

    def over_facts(expr: Expr) -> tuple[Expr, Sequence[Constant]]:
        return lifted(prepare(expr), region_fact)

    clauses = {
        name: table.asked(name, {check.digest: over_facts(clause.expression) for check in checks
                                 for clause in check.clauses if clause.id == name})
        for name in order
    }  # fmt: skip
    outcome = table.asked("outcome", {check.digest: (_over_ids(check, order), ()) for check in checks})
    kinds = sorted({(v.id, kind(v.type)) for check in checks for v in check.values})
    values = {
        (name, kind_): table.asked(name, {check.digest: over_facts(value.expression) for check in checks
                                          for value in check.values if (value.id, kind(value.type)) == (name, kind_)})
        for name, kind_ in kinds
    }  # fmt: skip
    return Rules(clauses, outcome, values, table.slots(), tuple(table.rows()))


def kind(type_: types.Type) -> str:
    """Name what may stand in one column: amounts of one currency, numbers, days."""
    if isinstance(type_, types.Number) and type_.percent:
        return "percent"
    return type_.currency if isinstance(type_, types.Money) else type(type_).__name__.lower()


@dataclass
class _Column:
    """A slot as it is filled: cells by place; a place without a cell does not ask."""

    name: str
    wanted: str
    type: types.Type
    cells: dict[int, Raw | None]

    def holds_days(self) -> bool:
        """Say whether all cells are dates of the calendar."""
        return isinstance(self.type, types.Date) and all(
            cell is None or calendar.FIRST_DAY <= int(cell) <= calendar.LAST_DAY for cell in self.cells.values()
        )

    def takes(self, wanted: str, type_: types.Type, cells: Mapping[int, Raw | None]) -> bool:
        """Say whether cells are those of this column, or fit in: of the same name, where this one has none."""
        if storage(self.type) != storage(type_) or (self.wanted != wanted and self.cells.keys() != cells.keys()):
            return False
        return all(place not in self.cells or _same(self.cells[place], cell) for place, cell in cells.items())


@dataclass
class _Table:
    """Rows and slots as they come together. A place is a region on the days of a route."""

    places: Sequence[tuple[Route, str]]
    checks: Mapping[str, Check]
    columns: list[_Column] = field(default_factory=list)
    names: Names = field(default_factory=lambda: Names(set(RESERVED)))

    def asked(self, name: str, by_check: Mapping[str, tuple[Expr, Sequence[Constant]]]) -> Asked:
        """Take in an expression of some checks, by their digests."""
        shapes = list(dict.fromkeys(shape for shape, _ in by_check.values()))
        number = {check: shapes.index(shape) for check, (shape, _) in by_check.items()}
        offered = {place: r.check.digest for place, (r, _) in enumerate(self.places) if r.check is not None}
        asking = {place: digest for place, digest in offered.items() if digest in number}
        variant = None
        if len(shapes) > 1 or len(asking) < len(offered):
            # of every place, so that no other slot's cells stand where nothing is asked
            numbers = {
                place: number[asking[place]] + 1 if place in asking else None for place in range(len(self.places))
            }
            variant = self.slot(f"{name}_rule", types.Number(), numbers)
        expressions = []
        for index, shape in enumerate(shapes):
            places = [place for place, check in asking.items() if number[check] == index]
            constants = {place: by_check[asking[place]][1] for place in places}
            expressions.append(filled(shape, self.fillings(name, constants)))
        first = {number[digest]: self.checks[digest] for digest in reversed(number)}
        return Asked(expressions, variant, [first[index] for index in range(len(shapes))])

    def fillings(
        self, name: str, constants: Mapping[int, Sequence[Constant]]
    ) -> Sequence[checked.Literal | checked.Fact]:
        """Give what stands in the place of each constant of a shape."""
        some = next(iter(constants.values()))
        found: list[checked.Literal | checked.Fact] = []
        for index, constant in enumerate(some):
            cells: dict[int, Raw | None] = {
                place: listed[index].of(self.places[place][1]) for place, listed in constants.items()
            }
            value, *others = dict.fromkeys((type(cell), cell) for cell in cells.values())
            if not others and value[1] is not None:
                found.append(checked.Literal(value[1], constant.type, constant.name or None))
            else:
                slot = self.slot(constant.name or name, constant.type, cells)
                found.append(checked.Fact(slot.path, constant.type))
        return found

    def slot(self, wanted: str, type_: types.Type, cells: Mapping[int, Raw | None]) -> Slot:
        """Give the slot for some cells: one that has them already, or a new one."""
        fitting = next((column for column in self.columns if column.takes(wanted, type_, cells)), None)
        if fitting is None:
            fitting = _Column(self.names.fresh(wanted), wanted, type_, {})
            self.columns.append(fitting)
        fitting.cells.update(cells)
        return Slot(fitting.name, fitting.type)

    def slots(self) -> Sequence[Slot]:
        """Give the slots, in the order in which they were asked for."""
        return [Slot(column.name, column.type, column.holds_days()) for column in self.columns]

    def rows(self) -> Iterable[Row]:
        """Give the rows; regions with the same constants on the same days share one."""
        together: dict[object, tuple[list[str], Route, Mapping[str, Raw | None]]] = {}
        for place, (route, region) in enumerate(self.places):
            cells: Mapping[str, Raw | None] = {each.name: each.cells.get(place) for each in self.columns}
            digest = None if route.check is None else route.check.digest
            key = (route.since, route.until, digest, tuple((type(cell), cell) for cell in cells.values()))
            together.setdefault(key, ([], route, cells))[0].append(region)
        for regions, route, cells in together.values():
            yield Row(regions, route.since, route.until, None if route.check is None else route.check.digest, cells)


def _reads_slot(expr: Expr) -> bool:
    if isinstance(expr, checked.Fact):
        return expr.path.startswith(f"{_RULE} ")
    return any(_reads_slot(part) for part in checked.children(expr))


def _over_ids(check: Check, order: Mapping[str, int]) -> Expr:
    """Give a check's expression over the clauses of all policies."""

    def renumbered(expr: Expr) -> Expr:
        if isinstance(expr, checked.ClauseRef):
            return checked.ClauseRef(order[check.clauses[expr.index].id])
        return with_children(expr, renumbered)

    return renumbered(check.expression)


def _in_order(lists: Iterable[Sequence[str]]) -> Sequence[str]:
    """Merge lists of ids: each new one stands behind the one it stood behind."""
    merged: list[str] = []
    for listed in lists:
        at = 0
        for name in listed:
            if name not in merged:
                merged.insert(at, name)
            at = merged.index(name) + 1
    return merged


def _same(one: Raw | None, other: Raw | None) -> bool:
    return type(one) is type(other) and one == other


_RULE = "rule"
