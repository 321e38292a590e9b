"""Tables of made-up creators, and what `Policies.decide` says of each row: for tests of tables. Not a test.

Gives: `Table`, whose Arrow table any engine can hold; `drawn`, which makes one; `differences`, between an engine's rows
and the decisions one at a time. What a cell holds is what the caller hands to `decide`, except for texts: a plain
number in a column of texts is in the declared unit.
"""

import datetime
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import pyarrow as pa

from policyengine.batch import TableOptions, TablePlan
from policyengine.decide import Policies
from policyengine.decision import Decision
from policyengine.model import calendar, checked, types, values
from policyengine.model.checked import FactDeclaration
from policyengine.model.errors import InvalidFact
from policyengine.plan import Bound
from policyengine.targets.interpreter import evaluate
from reading_cases import _literal as as_the_door_takes_it

Cells = dict[str, Any]
"""What a row holds, by the path of the fact."""
Row = Mapping[str, Any]
"""A row of an answer, by the names of its columns."""
DAY = "day"
"""What the column of the decision's days is called."""
_BAD_TEXTS = ("1.6x", " 12 ", "012", "1e3", "", "NaN", "-", "12 parsecs", "true ", "TRUE", "2023-02-29", "2023-6-1")
_NATIVE, _TEXT, _FINER = "native", "text", "finer"


# columns


@dataclass(frozen=True)
class Column:
    """A column of a fact: how it is called in the table, and how its cells are written."""

    fact: FactDeclaration
    name: str
    form: str

    @property
    def path(self) -> str:
        return self.fact.path

    @property
    def type(self) -> pa.DataType:
        return _type(self.fact, self.form)

    def good(self, rng: random.Random, draw: Callable[[FactDeclaration], Any]) -> Any:
        """Give a cell that the door takes."""
        if isinstance(self.fact.type, types.Records):
            return [self._item(rng, draw) for _ in range(rng.choice((0, 1, 1, 2, 3, 5)))][: _most(self.fact)]
        return written(draw(self.fact), self.fact, self.form, rng)

    def bad(self, rng: random.Random, draw: Callable[[FactDeclaration], Any]) -> Any:
        """Give a cell that the door refuses, or at least may."""
        if isinstance(self.fact.type, types.Records):
            items = self.good(rng, draw) or [self._item(rng, draw)]
            if _most(self.fact) < 1_000 and rng.random() < 0.3:
                return [items[0]] * (_most(self.fact) + 1)
            spoilt = rng.choice(self.fact.fields)
            return [*items[:-1], {**(items[-1] or {}), spoilt.path: _bad(spoilt, self.form, rng)}][: _most(self.fact)]
        return _bad(self.fact, self.form, rng)

    def given(self, cell: Any) -> Any:
        """Give what `decide` is told for a cell."""
        if isinstance(self.fact.type, types.Records):
            fields = {each.path: each for each in self.fact.fields}
            return [
                item and {name: _told(fields[name], each, self.form) for name, each in item.items()} for item in cell
            ]
        return _told(self.fact, cell, self.form)

    def _item(self, rng: random.Random, draw: Callable[[FactDeclaration], Any]) -> dict[str, Any] | None:
        if rng.random() < 0.1:
            return None
        return {
            each.path: None if rng.random() < 0.08 else written(draw(each), each, self.form, rng)
            for each in self.fact.fields
        }


def _most(fact: FactDeclaration) -> int:
    return fact.records.max_items


def _type(fact: FactDeclaration, form: str) -> pa.DataType:
    match fact.type:
        case types.Records():
            return pa.list_(pa.struct([(each.path, _type(each, form)) for each in fact.fields]))
        case _ if form == _TEXT:
            return pa.string()
        case types.Boolean():
            return pa.bool_()
        case types.Date():
            return pa.date32()
        case types.Text() | types.Choice() | types.Region():
            return pa.string()
        case _:
            places = _places(fact) + (form == _FINER)
            return pa.decimal128(30, places) if places else pa.int64()


def _places(fact: FactDeclaration) -> int:
    """Count the decimal places of a number in the declared unit; time has none."""
    in_time = isinstance(fact.type, types.Duration | types.Period)
    return 0 if in_time else len(str(fact.unit_size)) - 1


def written(raw: Any, fact: FactDeclaration, form: str, rng: random.Random) -> Any:
    """Write a value underneath as a cell."""
    match fact.type:
        case types.Boolean():
            return raw if form != _TEXT else str(raw).lower()
        case types.Text() | types.Choice() | types.Region():
            return raw
        case types.Date():
            day = datetime.date.fromordinal(raw)
            return day if form != _TEXT else day.isoformat()
        case _:
            pass
    places = _places(fact)
    number = values.decimal(raw, places) if places else raw // fact.unit_size
    if form != _TEXT:
        return number
    if rng.random() < 0.4:
        return values.literal(raw, fact.type)
    return f"{number:_}" if rng.random() < 0.3 and not places else str(number)


def _bad(fact: FactDeclaration, form: str, rng: random.Random) -> Any:
    match fact.type:
        case types.Region():
            return rng.choice(("ZZ", "kr", "", "KR "))
        case types.Choice():
            return rng.choice(("gild", "Personal", "", "personal "))
        case types.Text():
            return None
        case types.Boolean():
            return rng.choice(_BAD_TEXTS) if form == _TEXT else None
        case types.Date():
            low, high = _days_of(fact)
            outside = [day for day in (low - 1, high + 1) if calendar.FIRST_DAY <= day <= calendar.LAST_DAY]
            return written(rng.choice(outside), fact, form, rng) if outside and rng.random() < 0.6 else (
                rng.choice(_BAD_TEXTS) if form == _TEXT else None
            )  # fmt: skip
        case _ if form == _TEXT and rng.random() < 0.6:
            return rng.choice(_BAD_TEXTS)
        case _ if form == _FINER and _places(fact):
            assert fact.range is not None
            return values.decimal(fact.range.low * 10 + 5, _places(fact) + 1)
        case _:
            assert fact.range is not None
            raw = rng.choice((fact.range.low - fact.unit_size, fact.range.high + fact.unit_size))
            return written(raw, fact, form, rng)


def _told(fact: FactDeclaration, cell: Any, form: str) -> Any:
    return as_the_door_takes_it(fact, cell) if form == _TEXT else cell


def _days_of(fact: FactDeclaration) -> tuple[int, int]:
    if fact.range is None:
        return calendar.FIRST_PROVED_DAY, calendar.LAST_PROVED_DAY
    return fact.range.low, fact.range.high


# tables


@dataclass(frozen=True)
class Table:
    """A table, and how it is decided; `on` is one day, or DAY for a column of them."""

    policies: Policies = field(repr=False)
    program: str
    checks: Sequence[str]
    on: datetime.date | str
    options: TableOptions
    columns: Sequence[Column]
    rows: Sequence[Cells] = field(repr=False)
    days: Sequence[datetime.date | None] = field(repr=False)
    structs: bool = False

    def __str__(self) -> str:
        return f"{len(self.rows)} rows for {', '.join(self.checks)} on {self.on}, {self.options}"

    __repr__ = __str__

    @property
    def arrow(self) -> pa.Table:
        """The table: `id`, the day's column if there is one, and a column for each fact or a struct for each entity."""
        arrays: dict[str, pa.Array] = {"id": pa.array(range(len(self.rows)), pa.int64())}
        if isinstance(self.on, str):
            arrays[self.on] = pa.array(self.days, pa.date32())
        if not self.structs:
            for column in self.columns:
                arrays[column.name] = pa.array([row.get(column.path) for row in self.rows], column.type)
            return pa.table(arrays)
        entities: dict[str, list[Column]] = {}
        for column in self.columns:
            entities.setdefault(column.path.partition(".")[0], []).append(column)
        for entity, columns in entities.items():
            fields = [(column.path.partition(".")[2], column.type) for column in columns]
            cells = [
                {name: row.get(column.path) for column, (name, _) in zip(columns, fields, strict=True)}
                for row in self.rows
            ]
            arrays[entity] = pa.array(cells, pa.struct(fields))
        return pa.table(arrays)

    def ask(self, source: Any) -> Any:
        """Decide the table, as it is in some engine."""
        return self.policies.decide_table(self.program, source, on=self.on, **self.options)

    def plan(self, source: Any) -> TablePlan:
        """Plan it."""
        return self.policies.table_plan(self.program, source, on=self.on, **self.options)

    def facts(self, row: int, among: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """Give the facts of a row as `decide` takes them: those that have a column and are read."""
        facts: dict[str, dict[str, Any]] = {}
        for column in self.columns:
            cell = self.rows[row].get(column.path)
            if cell is not None and column.path in among:
                entity, _, name = column.path.partition(".")
                facts.setdefault(entity, {})[name] = column.given(cell)
        return facts


def differences(table: Table, plan: TablePlan, answers: Sequence[Row]) -> list[str]:
    """Compare an answer with the decisions one at a time, row by row."""
    assert [answer["id"] for answer in answers] == list(range(len(table.rows))), "rows are lost, or in another order"
    found = []
    for number, answer in enumerate(answers):
        facts = table.facts(number, plan.facts)
        day = table.days[number] if isinstance(table.on, str) else table.on
        found += [
            f"row {number}, {check}, {day}, {facts}, {table.options}: {difference}"
            for check in plan.checks
            for difference in _differences(table, plan, check, facts, day, answer)
        ]
    return found


def _differences(
    table: Table,
    plan: TablePlan,
    check: str,
    facts: Mapping[str, Mapping[str, Any]],
    day: datetime.date | None,
    answer: Row,
) -> Iterator[str]:
    columns = plan.checks[check]
    outcome, named = answer[columns.outcome], answer.get("invalid")
    policies, options = table.policies, table.options
    version = options.get("version") if policies.plan(table.program, check).version_fact is not None else None
    assert not isinstance(version, str)
    try:
        decision = policies.decide(
            table.program, facts, check=check, on=cast("datetime.date", day), region=options.get("region"),
            version=version,
        )  # fmt: skip
    except InvalidFact as refusal:
        bad = _bad_facts(table, plan, facts, day)
        if _path(refusal.fact) not in bad:
            yield f"decide refuses {refusal.fact}, and {bad} are bad"
        if outcome != "invalid" or named not in bad:
            yield f"{outcome} ({named}), and {bad} are bad: {refusal}"
        if any(answer.get(name) is not None for name in (columns.unmet, columns.unknown, columns.policy)):
            yield "an invalid row has findings"
        if any(answer[name] is not None for name in columns.values):
            yield "an invalid row has values"
        return
    if (outcome, named) != (decision.outcome.value, None):
        yield f"{outcome} ({named}) for {decision.outcome.value}"
        return
    if answer[columns.policy] != decision.policy.digest:
        yield f"policy {answer[columns.policy]} for {decision.policy.digest}"
    for name, truth in ((columns.unmet, False), (columns.unknown, None)):
        expected, got = clauses_of(decision, truth=truth), answer.get(name)
        if options.get("masks") and isinstance(got, int):
            got = [clause for bit, clause in enumerate(columns.requirements) if got >> bit & 1]
        if expected is not None:
            expected = sorted(expected, key=columns.requirements.index)
        if got != expected:
            yield f"{name}: {got} for {expected}"
    given = {name: answer[name] for name in columns.values if answer[name] is not None}
    expected_values = dict(_values(decision, check, columns.values))
    if _typed(given) != _typed(expected_values):
        yield f"values {given} for {expected_values}"


def _typed(cells: Mapping[str, Any]) -> dict[str, tuple[Any, bool]]:
    """Tell apart what Python thinks equal: 1 and True; a whole number may be a decimal."""
    return {name: (cell, isinstance(cell, bool)) for name, cell in cells.items() if not isinstance(cell, float)}


def clauses_of(decision: Decision, *, truth: bool | None) -> list[str] | None:
    """Name the leaf requirements with an outcome; None where no policy decided."""
    result, bound = decision[0], decision[1]
    if not isinstance(bound, Bound):
        return None
    return [clause.id for clause, found in zip(bound.check.clauses, result.truths, strict=True) if found is truth]


def _values(decision: Decision, check: str, columns: Sequence[str]) -> Iterator[tuple[str, Any]]:
    bound = decision[1]
    for value in bound.check.values if isinstance(bound, Bound) else ():
        raw = evaluate(value.expression, decision.given)
        if raw is not None:
            yield _value_column(check, value, columns), _shown(values.to_python(raw, value.type))


def _value_column(check: str, value: checked.NamedValue, columns: Sequence[str]) -> str:
    kinds = {types.Duration: "seconds", types.Period: "months"}
    kind = kinds.get(type(value.type), type(value.type).__name__.lower())
    kind = value.type.currency if isinstance(value.type, types.Money) else kind
    kind = "percent" if isinstance(value.type, types.Number) and value.type.percent else kind
    names = (f"{check}_{value.id}_{kind}", f"{check}_{value.id}")
    return next(name for name in names if name in columns)


def _shown(value: values.Value) -> Any:
    match value:
        case values.Money(amount):
            return amount
        case values.Period(months):
            return months
        case datetime.timedelta():
            return value // datetime.timedelta(seconds=1)
        case _:
            return value


def _bad_facts(
    table: Table, plan: TablePlan, facts: Mapping[str, Mapping[str, Any]], day: datetime.date | None
) -> set[str]:
    """Name every fact of a row that is refused for itself, or contradicts others."""
    policies, bad = table.policies, set[str]()
    door, options = policies.door, table.options
    if day is None or not calendar.FIRST_PROVED_DAY <= day.toordinal() <= calendar.LAST_PROVED_DAY:
        bad.add("today")
    read: dict[str, Any] = {}
    for entity, record in facts.items():
        for name, value in record.items():
            path = f"{entity}.{name}"
            try:
                read[path] = door.value(door.vocabulary[path], value)
            except InvalidFact:
                bad.add(path)
    for check in plan.checks:
        entry = policies.plan(table.program, check).check
        version = options.get("version")
        told = {entry.region_by.text: options.get("region")}
        if isinstance(version, datetime.date):
            told[entry.version_by.text] = version.toordinal()  # type: ignore[assignment]
        bad |= {path for path, value in told.items() if value is not None and read.get(path, value) != value}
        read |= {path: value for path, value in told.items() if value is not None and path in door.vocabulary}
    if day is not None:
        for fact in checked.inputs_first(door.vocabulary):
            assert fact.derived is not None
            derived = evaluate(fact.derived, checked_environment(read, day))
            if derived is not None and read.setdefault(fact.path, derived) != derived:
                bad.add(fact.path)
    return bad


def checked_environment(facts: Mapping[str, Any], day: datetime.date) -> Any:
    """Give what the interpreter asks."""
    from policyengine.targets.interpreter import Environment

    return Environment(facts, day.toordinal())


def _path(name: str) -> str:
    return name.partition("[")[0]


# drawing tables


@dataclass
class Drawing:
    """Draws tables for a check; `regions` are those that rows mostly have, `days` those that dates lie near."""

    rng: random.Random
    policies: Policies
    program: str
    regions: Sequence[str]
    days: Sequence[datetime.date]
    spoilt: float = 0.03
    unknown: float = 0.12

    def table(
        self, rows: int, on: datetime.date | str, options: TableOptions | None = None, *, everything: bool = False
    ) -> Table:
        """Draw a table that has columns for most facts, or for all."""
        rng, chosen = self.rng, options or {}
        asked = chosen.get("check") or self.policies.checks(self.program)
        checks = (asked,) if isinstance(asked, str) else tuple(asked)
        vocabulary, structs = self.policies.compiled.vocabulary, rng.random() < 0.2
        style = rng.choice(("{entity}.{fact}", "{entity}_{fact}"))
        columns = []
        for path in self.wanted(checks):
            if not everything and rng.random() < 0.1:
                continue
            entity, _, fact = path.partition(".")
            form = rng.choice((_NATIVE, _NATIVE, _NATIVE, _TEXT, _FINER))
            columns.append(Column(vocabulary[path], style.format(entity=entity, fact=fact), form))
        days = [self.day() if isinstance(on, str) else on for _ in range(rows)]
        cells = [self.row(columns, day) for day in days]
        return Table(self.policies, self.program, checks, on, chosen, columns, cells, days, structs)

    def wanted(self, checks: Sequence[str]) -> list[str]:
        """List what the checks read in any region on any day, with what derived facts are made from."""
        vocabulary = self.policies.compiled.vocabulary
        found: dict[str, None] = {}
        for name in checks:
            plan = self.policies.plan(self.program, name)
            found |= dict.fromkeys([plan.check.region_by.text])
            if plan.version_fact is not None:
                found[plan.check.version_by.text] = None
            for timeline in plan.timelines.values():
                for _, bound in timeline:
                    if isinstance(bound, Bound):
                        found |= dict.fromkeys(bound.check.facts)
        order = [fact.path for fact in checked.inputs_first(vocabulary)]
        return sorted(found, key=lambda path: vocabulary[path].derived is not None and order.index(path) + 1)

    def row(self, columns: Sequence[Column], day: datetime.date | None) -> Cells:
        rng, cells = self.rng, Cells()
        spoilt = rng.choice(columns).path if columns and rng.random() < self.spoilt * 3 else None
        for column in columns:
            if column.path == spoilt:
                cells[column.path] = column.bad(rng, self.raw)
            elif rng.random() < self.unknown:
                continue
            elif column.fact.derived is None:
                cells[column.path] = column.good(rng, self.raw)
            elif rng.random() < 0.5:
                derived = self.derived(columns, cells, column.fact, day)
                if derived is None or rng.random() < self.spoilt:
                    derived = self.raw(column.fact)
                cells[column.path] = written(derived, column.fact, column.form, rng)
        return cells

    def derived(self, columns: Sequence[Column], cells: Cells, fact: FactDeclaration, day: datetime.date | None) -> Any:
        """Work out a derived fact; None where it is unknown, or not in its range."""
        given: dict[str, dict[str, Any]] = {}
        for column in columns:
            if cells.get(column.path) is not None:
                entity, _, name = column.path.partition(".")
                given.setdefault(entity, {})[name] = column.given(cells[column.path])
        try:
            raw = self.policies.door.read(given, (day or self.days[0]).toordinal()).get(fact.path)
        except InvalidFact:
            return None
        return raw if fact.range is None or (isinstance(raw, int) and fact.range.holds(raw)) else None

    def day(self) -> datetime.date | None:
        """Draw a day near a change of the rules; now and then none, or one that nobody decides for."""
        if self.rng.random() < 0.04:
            return self.rng.choice((None, datetime.date(1899, 12, 31), datetime.date(2200, 1, 1)))
        return self.rng.choice(self.days) + datetime.timedelta(days=self.rng.choice((-1, 0, 0, 1, 30)))

    def raw(self, fact: FactDeclaration) -> Any:
        """Draw a value underneath, often at an end of its range or where rules change."""
        rng = self.rng
        match fact.type:
            case types.Boolean():
                return rng.random() < 0.6
            case types.Text():
                return rng.choice(("", "a", "A", "personal", "héé", "it's", 'a"b`c', "line\nbreak"))
            case types.Choice(allowed):
                return rng.choice(allowed)
            case types.Region():
                anywhere = list(self.policies.compiled.tree.parents)
                return rng.choice(self.regions) if rng.random() < 0.8 else rng.choice(anywhere)
            case types.Date():
                low, high = _days_of(fact)
                years = rng.choice((0, 0, 0, 1, 18, 19, 25))
                near = calendar.add_months(rng.choice(self.days).toordinal(), -12 * years) + rng.randint(-40, 40)
                return min(max(near if rng.random() < 0.9 else rng.randint(low, high), low), high)
            case _:
                return self.quantity(fact)

    def quantity(self, fact: FactDeclaration) -> int:
        assert fact.range is not None
        rng, low, high, size = self.rng, fact.range.low, fact.range.high, fact.unit_size
        numbers = (0, 1, 2, 3, 5, 10, 18, 19, 30, 100, 999, 1_000, 1_001, 10_000, 100_000, 12_345)
        raw = rng.choice((low, high, rng.randint(low, high), *(size * number for number in numbers)))
        raw = min(max(raw, low), high)
        return raw - raw % size if isinstance(fact.type, types.Duration | types.Period) else raw


def seeded(seed: int) -> random.Random:
    """Give a source of numbers that are the same each time."""
    return random.Random(seed)  # noqa: S311 -- no secrets
