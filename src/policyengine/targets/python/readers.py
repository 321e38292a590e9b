"""A whole check as one Python function: it reads and checks a caller's facts, then asks every clause.

Reading is generated code too: a value that is plainly right (an int within its range, a declared choice) is taken at
a glance; anything else goes to the door, which takes it or refuses it with the fact's name.
"""

import ast
import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from policyengine.model import calendar, checked, types
from policyengine.model.checked import Check, FactDeclaration
from policyengine.model.ranges import Range
from policyengine.targets.python import syntax
from policyengine.targets.python.expressions import TODAY, Code, column, length, scalar

CheckFunction = Callable[[Mapping[str, Any], datetime.date, bool], tuple[int, tuple[object, ...]]]
"""Facts, the day, whether to ignore extras → the clauses' outcomes in one number, and the facts that were read.

Of clause i, bit 2i is set when it is unmet, bit 2i + 1 when it is unknown. The facts stand in the order of
`Check.facts`: a raw value, or for a list (its length, a column for each field), or None.
"""


@dataclass(frozen=True, slots=True)
class DoorReaders:
    """What the door does for generated code, which cannot import it.

    `value` reads one value that is not None. `record` gives an entity's facts as a dict. `extras` refuses what is
    undeclared or unreadable. `contradiction` makes the exception for a derived fact that disagrees with its inputs.
    """

    value: Callable[[FactDeclaration, Any], Any]
    record: Callable[[str, Any], dict[str, Any]]
    extras: Callable[[Mapping[str, Any], bool], None]
    contradiction: Callable[[FactDeclaration, Mapping[str, Any], Any], Exception]


def compile_check(check: Check, door: DoorReaders) -> CheckFunction:
    """Compile a check; the function raises what the door raises."""
    code = Code()
    clauses = [statement for index, clause in enumerate(check.clauses) for statement in _clause(code, index, clause)]
    reader = _Reader(code, check.facts, door)
    body = [
        *reader.entities(),
        *reader.derivations(),
        syntax.assign("outcomes", syntax.constant(0)),
        *clauses,
        ast.Return(syntax.tuple_of([syntax.name("outcomes"), reader.snapshot()])),
    ]
    if code.reads_today:
        body.insert(0, syntax.assign(TODAY, syntax.method(syntax.name("on"), "toordinal")))
    made = syntax.function("decide", ["facts", "on", "ignore_extras"], body, code.namespace)
    return made  # type: ignore[return-value]


def _clause(code: Code, index: int, clause: checked.Clause) -> Sequence[ast.stmt]:
    """Set the clause's bit when it is unmet, the other one when it is unknown."""
    unmet, unknown = ([_set_bit(2 * index)], [_set_bit(2 * index + 1)])
    variables = code.strict(clause.expression)
    if variables is None:
        fast = _bounds_of_column(code, clause.expression)
        general: list[ast.stmt] = [
            syntax.assign("truth", code.kleene(clause.expression)),
            ast.If(
                syntax.is_none(syntax.name("truth")),
                unknown,
                [ast.If(syntax.negate(syntax.name("truth")), unmet, [])],
            ),
        ]
        if fast is None:
            return general
        known, holds = fast
        return [ast.If(known, [ast.If(syntax.negate(holds), unmet, [])], general)]
    failing = [ast.If(syntax.negate(code.plain(clause.expression)), unmet, [])]
    if not variables:
        return failing
    tests = [syntax.is_none(syntax.name(variable)) for variable in variables]
    return [ast.If(syntax.either(tests), unknown, failing)]  # type: ignore[arg-type]


def _set_bit(bit: int) -> ast.stmt:
    return ast.AugAssign(ast.Name("outcomes", syntax.STORE), ast.BitOr(), syntax.constant(1 << bit))


def _bounds_of_column(code: Code, expr: checked.Expr) -> tuple[ast.expr, ast.expr] | None:
    """`every x in list satisfies low <= x.field <= high` needs only the least and greatest of the column.

    The reader has both when it could read the whole column at a glance; else they are None.
    """
    if not isinstance(expr, checked.Quantified) or expr.quantifier.value != "every":
        return None
    links = expr.body.operands if isinstance(expr.body, checked.And) else (expr.body,)
    fields = {item.field for link in links for item in checked.children(link) if isinstance(item, checked.Item)}
    if len(fields) != 1 or not all(_bounds_an_item(link) for link in links):
        return None
    name = fields.pop()
    low, high = least(expr.items, name), greatest(expr.items, name)
    tests = []
    for link in links:
        assert isinstance(link, checked.Compare)
        item_left = isinstance(link.left, checked.Item)
        operator = link.operator if item_left else link.operator.flipped
        bound = link.right if item_left else link.left
        extreme = low if operator.value.startswith(">") else high
        tests.append(code.applied(checked.Compare(operator, link.left, link.right), [syntax.name(extreme), code.plain(bound)]))
    return syntax.compare(syntax.name(low), ast.IsNot(), syntax.NONE), syntax.both(tests)


def _bounds_an_item(link: checked.Expr) -> bool:
    if not isinstance(link, checked.Compare) or not link.operator.ordered:
        return False
    kinds = {type(link.left), type(link.right)}
    return kinds == {checked.Item, checked.Literal}


def least(path: str, field: str) -> str:
    """Name the variable of a column's least value."""
    return f"low_{column(path, field)}"


def greatest(path: str, field: str) -> str:
    """Name the variable of a column's greatest value."""
    return f"high_{column(path, field)}"


@dataclass(frozen=True, slots=True)
class _Reader:
    """The part of the function that reads the facts of one check."""

    code: Code
    facts: Mapping[str, FactDeclaration]
    door: DoorReaders

    def entities(self) -> list[ast.stmt]:
        """Read each entity; a count that does not come out sends everything through the door."""
        names = list(dict.fromkeys(path.partition(".")[0] for path in self.facts))
        body: list[ast.stmt] = [
            syntax.assign("extra", syntax.compare(_size("facts"), ast.NotEq(), syntax.constant(len(names))))
        ]
        for entity in names:
            body += self.entity(entity)
        everything = syntax.call(self.code.keep(self.door.extras), syntax.name("facts"), syntax.name("ignore_extras"))
        body.append(ast.If(syntax.name("extra"), [ast.Expr(everything)], []))
        return body

    def entity(self, entity: str) -> list[ast.stmt]:
        mine = {path: fact for path, fact in self.facts.items() if path.startswith(f"{entity}.")}
        record = syntax.method(syntax.name("facts"), "get", syntax.constant(entity))
        is_dict = syntax.compare(syntax.call("type", syntax.name("record")), ast.Is(), syntax.name("dict"))
        through_door = syntax.call(self.code.keep(self.door.record), syntax.constant(entity), syntax.name("record"))
        body: list[ast.stmt] = [
            syntax.assign("record", record),
            ast.If(syntax.negate(is_dict), [syntax.assign("record", through_door)], []),
            syntax.assign("given", syntax.constant(len(mine))),
        ]
        for path, fact in mine.items():
            body += self.list_fact(path, fact) if isinstance(fact.type, types.Records) else self.scalar_fact(path, fact)
        # INVARIANT: as many known facts as the record has names, so none of its names is another
        differs = syntax.compare(_size("record"), ast.NotEq(), syntax.name("given"))
        body.append(ast.If(differs, [syntax.assign("extra", syntax.constant(True))], []))  # noqa: FBT003
        return body

    def scalar_fact(self, path: str, fact: FactDeclaration) -> list[ast.stmt]:
        variable = scalar(path)
        read = syntax.assign(variable, self.through_door(fact, variable))
        glance, convert = _glance(self.code, fact, syntax.name(variable))
        if convert is None:
            rest: ast.stmt = ast.If(syntax.negate(glance), [read], [])
        else:
            rest = ast.If(glance, [syntax.assign(variable, convert)], [read])
        return [
            syntax.assign(variable, _get(path)),
            ast.If(syntax.is_none(syntax.name(variable)), [_one_fewer()], [rest]),
        ]

    def through_door(self, fact: FactDeclaration, variable: str) -> ast.expr:
        return syntax.call(self.code.keep(partial(self.door.value, fact)), syntax.name(variable))

    def list_fact(self, path: str, fact: FactDeclaration) -> list[ast.stmt]:
        """Read a list into columns: at a glance where every field is a whole number, else through the door."""
        n = length(path)
        fields = [field.path for field in fact.fields]
        bounds = [name for field in fields for name in (least(path, field), greatest(path, field))]
        columns = [column(path, field) for field in fields]
        unknown: list[ast.stmt] = [syntax.assign(name, syntax.NONE) for name in (*bounds, *columns)]
        split = self.code.keep(partial(_columns, tuple(fields)))
        target = ast.Tuple([ast.Name(name, syntax.STORE) for name in (n, *columns)], syntax.STORE)
        through_door: ast.stmt = ast.Assign([target], syntax.call(split, self.through_door(fact, n)))
        known = [through_door]
        if all(_is_plain_number(field) for field in fact.fields):
            known = _columns_at_a_glance(path, fact, through_door)
        return [
            syntax.assign(n, _get(path)),
            *unknown,
            ast.If(syntax.is_none(syntax.name(n)), [_one_fewer()], known),
        ]

    def derivations(self) -> list[ast.stmt]:
        """Derive what was not given; what was must agree."""
        return [stmt for path, fact in self.facts.items() if fact.derived is not None for stmt in self.derive(path, fact)]

    def derive(self, path: str, fact: FactDeclaration) -> list[ast.stmt]:
        assert fact.derived is not None
        variable = scalar(path)
        derived = self.code.kleene(fact.derived)
        inputs = [syntax.name(scalar(p)) for p in fact.inputs if not isinstance(self.facts[p].type, types.Records)]
        some_input = syntax.either([syntax.compare(i, ast.IsNot(), syntax.NONE) for i in inputs] or [syntax.constant(True)])  # noqa: FBT003
        pairs = ast.Dict(
            [syntax.constant(p) for p in (*fact.inputs, path) if not isinstance(self.facts[p].type, types.Records)],
            [*inputs, syntax.name(variable)],
        )
        raised = syntax.call(
            self.code.keep(partial(self.door.contradiction, fact)), pairs, syntax.name("derived")
        )
        disagrees = syntax.both(
            [
                syntax.compare(syntax.name("derived"), ast.IsNot(), syntax.NONE),
                syntax.compare(syntax.name("derived"), ast.NotEq(), syntax.name(variable)),
            ]
        )
        compared: list[ast.stmt] = [
            syntax.assign("derived", derived),
            ast.If(disagrees, [ast.Raise(raised)], []),
        ]
        return [
            ast.If(
                syntax.is_none(syntax.name(variable)),
                [syntax.assign(variable, derived)],
                [ast.If(some_input, compared, [])],
            )
        ]

    def snapshot(self) -> ast.expr:
        """Give everything that was read, in the order of the check's facts."""
        parts = []
        for path, fact in self.facts.items():
            if isinstance(fact.type, types.Records):
                names = [length(path), *(column(path, field.path) for field in fact.fields)]
                whole = syntax.tuple_of([syntax.name(name) for name in names])
                parts.append(syntax.when(syntax.is_none(syntax.name(length(path))), syntax.NONE, whole))
            else:
                parts.append(syntax.name(scalar(path)))
        return syntax.tuple_of(parts)


def _size(variable: str) -> ast.expr:
    return syntax.call("len", syntax.name(variable))


def _get(path: str) -> ast.expr:
    return syntax.method(syntax.name("record"), "get", syntax.constant(path.partition(".")[2]))


def _one_fewer() -> ast.stmt:
    return ast.AugAssign(ast.Name("given", syntax.STORE), ast.Sub(), syntax.constant(1))


def _is(variable: ast.expr, kind: str) -> ast.expr:
    return syntax.compare(syntax.call("type", variable), ast.Is(), syntax.name(kind))


def _glance(code: Code, fact: FactDeclaration, value: ast.expr) -> tuple[ast.expr, ast.expr | None]:
    """Give the test that takes a value as it is, and how it is converted then (None: it is raw already)."""
    match fact.type:
        case types.Boolean():
            kinds = [syntax.compare(value, ast.Is(), syntax.constant(truth)) for truth in (True, False)]
            return syntax.either(kinds), None
        case types.Choice(allowed):
            known = code.members(allowed)
            return syntax.both([_is(value, "str"), syntax.compare(value, ast.In(), known)]), None
        case types.Text():
            return _is(value, "str"), None
        case types.Region():
            return syntax.constant(False), None  # noqa: FBT003 -- the tree is the door's
        case types.Date():
            range_ = fact.range or Range(calendar.FIRST_PROVED_DAY, calendar.LAST_PROVED_DAY)
            low, high = (code.keep(datetime.date.fromordinal(end)) for end in (range_.low, range_.high))
            code.namespace["_date"] = datetime.date
            return syntax.both([_is(value, "_date"), _between(low, value, high)]), syntax.method(value, "toordinal")
        case _:
            low_number, high_number = _whole_bounds(fact)
            whole = _between(syntax.constant(low_number), value, syntax.constant(high_number))
            times = ast.BinOp(value, ast.Mult(), syntax.constant(fact.unit_size))
            return syntax.both([_is(value, "int"), whole]), times if fact.unit_size != 1 else None


def _between(low: ast.expr, value: ast.expr, high: ast.expr) -> ast.expr:
    return ast.Compare(low, [ast.LtE(), ast.LtE()], [value, high])


def _whole_bounds(fact: FactDeclaration) -> tuple[int, int]:
    """Give the declared range in whole numbers of the declared unit, rounded inwards."""
    assert fact.range is not None
    return -(-fact.range.low // fact.unit_size), fact.range.high // fact.unit_size


def _is_plain_number(field: FactDeclaration) -> bool:
    return field.unit_size == 1 and isinstance(field.type, types.Number | types.Money | types.Duration | types.Period)


def _columns(fields: Sequence[str], records: Sequence[Mapping[str, Any]]) -> tuple[object, ...]:
    return (len(records), *([record[field] for record in records] for field in fields))


def _columns_at_a_glance(path: str, fact: FactDeclaration, through_door: ast.stmt) -> list[ast.stmt]:
    """Read whole columns with the interpreter's own loops, and check them by their sum, least and greatest.

    An int column is one whose sum is an int and which holds no bool; a bool is 0 or 1, so a least value above 1
    rules it out without a look at each type. Every record has exactly the fields when all have them and the sizes
    add up. Anything else, or any error on the way, is read again through the door, which says what is wrong.
    """
    n, records = length(path), "records"
    read: list[ast.stmt] = [syntax.assign(n, _size(records))]
    tests = [syntax.compare(syntax.constant(0), ast.Lt(), syntax.name(n))]
    tests.append(syntax.compare(syntax.name(n), ast.LtE(), syntax.constant(fact.records.max_items)))
    sizes = syntax.call("sum", syntax.call("map", syntax.name("len"), syntax.name(records)))
    expected = ast.BinOp(syntax.name(n), ast.Mult(), syntax.constant(len(fact.fields)))
    tests.append(syntax.compare(sizes, ast.Eq(), expected))
    for field in fact.fields:
        values, low, high = column(path, field.path), least(path, field.path), greatest(path, field.path)
        element = syntax.item(syntax.name("item"), syntax.constant(field.path))
        loop = ast.comprehension(ast.Name("item", syntax.STORE), syntax.name(records), [], 0)
        read.append(syntax.assign(values, ast.ListComp(element, [loop])))
        assert field.range is not None
        bounds = [
            syntax.compare(syntax.constant(field.range.low), ast.LtE(), syntax.bind(low, syntax.call("min", syntax.name(values)))),
            syntax.compare(syntax.bind(high, syntax.call("max", syntax.name(values))), ast.LtE(), syntax.constant(field.range.high)),
        ]
        total = syntax.call("type", syntax.call("sum", syntax.name(values)))
        whole = syntax.compare(total, ast.Is(), syntax.name("int"))
        kinds = syntax.call("map", syntax.name("type"), syntax.name(values))
        no_bool = syntax.either(
            [
                syntax.compare(syntax.name(low), ast.Gt(), syntax.constant(1)),
                syntax.compare(syntax.name("bool"), ast.NotIn(), kinds),
            ]
        )
        tests += [*bounds, whole, no_bool]
    names = [name for field in fact.fields for name in (least(path, field.path), greatest(path, field.path))]
    again: list[ast.stmt] = [
        *(syntax.assign(name, syntax.NONE) for name in names),
        syntax.assign(n, syntax.name(records)),
        through_door,
    ]
    is_list = syntax.compare(syntax.call("type", syntax.name(records)), ast.Is(), syntax.name("list"))
    failed: ast.stmt = ast.Raise(syntax.name("ValueError"))
    attempt = [
        ast.If(syntax.negate(is_list), [failed], []),
        *read,
        ast.If(syntax.negate(syntax.both(tests)), [failed], []),
    ]
    # What is wrong is the door's to say: whatever a record, a key or a comparison raised, it is read again there.
    caught = ast.ExceptHandler(
        syntax.tuple_of([syntax.name(e) for e in ("ArithmeticError", "LookupError", "TypeError", "ValueError")]), None, again
    )
    return [syntax.assign(records, syntax.name(n)), ast.Try(attempt, [caught], [], [])]
