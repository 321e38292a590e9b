"""Checked expressions as Python expressions, in three truth values; None is unknown.

`plain` code assumes that all its variables are known. `kleene` code tests them first, and is needed only where an
operator is not strict.
"""

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count, repeat
from math import prod
from typing import assert_never

from policyengine.model import calendar, checked
from policyengine.model.operators import Aggregate, Comparison, Quantifier
from policyengine.model.types import Records
from policyengine.model.values import Raw
from policyengine.targets.python import syntax

Compiled = Callable[[Mapping[str, object], int], Raw | None]
TODAY = "today"
_LONG = 20
"""Chains beyond this become calls: Python's compiler recurses over nested operators."""

_COMPARISONS: dict[Comparison, type[ast.cmpop]] = {
    Comparison.LESS: ast.Lt,
    Comparison.AT_MOST: ast.LtE,
    Comparison.EQUAL: ast.Eq,
    Comparison.NOT_EQUAL: ast.NotEq,
    Comparison.AT_LEAST: ast.GtE,
    Comparison.GREATER: ast.Gt,
}


def compile_expression(expr: checked.Expr, facts: Mapping[str, checked.FactDeclaration]) -> Compiled:
    """Compile one expression to a function of facts by path (as the interpreter takes them) and the day's ordinal."""
    code = Code()
    result = code.kleene(expr)
    body = [
        *(syntax.assign(scalar(path), _fetched(path)) for path in code.scalars),
        *(_columns(path, fields, facts[path]) for path, fields in code.lists.items()),
        ast.Return(result),
    ]
    made: Compiled = syntax.function("compiled", ["facts", TODAY], body, code.namespace)
    return made


def _fetched(path: str) -> ast.expr:
    return syntax.method(syntax.name("facts"), "get", syntax.constant(path))


def _columns(path: str, fields: Mapping[str, None], declaration: checked.FactDeclaration) -> ast.stmt:
    """Turn a list of records into its length and a column for each field that is read."""
    assert isinstance(declaration.type, Records)
    names = [length(path), *(column(path, field) for field in fields)]
    target = ast.Tuple([ast.Name(name, syntax.STORE) for name in names], syntax.STORE)
    wanted = syntax.tuple_of([syntax.constant(field) for field in fields])
    return ast.Assign([target], syntax.call("_split", _fetched(path), wanted))


def split(records: Sequence[Mapping[str, Raw | None]] | None, fields: Sequence[str]) -> tuple[object, ...]:
    """Give a list's length and a column for each field; all None for an unknown list."""
    if records is None:
        return (None,) * (1 + len(fields))
    return (len(records), *([record.get(field) for record in records] for field in fields))


def scalar(path: str) -> str:
    """Name the variable of a scalar fact; the prefix keeps facts apart from what generated code needs."""
    return "f_" + path.replace(".", "__")


def length(path: str) -> str:
    """Name the variable of a list's length."""
    return "n_" + path.replace(".", "__")


def column(path: str, field_name: str) -> str:
    """Name the variable of one field of a list."""
    return f"c_{path.replace('.', '__')}__{field_name}"


def _total(terms: list[int | None]) -> int | None:
    return None if None in terms else sum(terms)  # type: ignore[arg-type]


def _least(terms: list[int | None]) -> int | None:
    return None if not terms or None in terms else min(terms)  # type: ignore[type-var]


def _greatest(terms: list[int | None]) -> int | None:
    return None if not terms or None in terms else max(terms)  # type: ignore[type-var]


def _kept(terms: list[int | None], keep: list[bool]) -> list[int | None]:
    return [term for term, kept in zip(terms, keep, strict=True) if kept]


_FOLDS = {Aggregate.SUM: "_total", Aggregate.MIN: "_least", Aggregate.MAX: "_greatest"}
_HELPERS: dict[str, object] = {
    "_total": _total,
    "_least": _least,
    "_greatest": _greatest,
    "_kept": _kept,
    "_split": split,
    "_dict_get": dict.get,
    "_repeat": repeat,
    "_prod": prod,
    "_add_months": calendar.add_months,
    "_years_between": calendar.years_between,
}


@dataclass
class Code:
    """One function's code as it is written: fresh names, its constants, and the facts it turned out to read."""

    namespace: dict[str, object] = field(default_factory=lambda: dict(_HELPERS))
    scalars: dict[str, None] = field(default_factory=dict)
    lists: dict[str, dict[str, None]] = field(default_factory=dict)
    today: ast.expr = field(default_factory=lambda: syntax.name(TODAY))
    """The decision's day as an ordinal."""
    _fresh: count = field(default_factory=count)  # type: ignore[type-arg]
    _bound: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)
    """Of each bound name in scope: the list, and the variables of its fields."""

    def fresh(self, prefix: str = "t") -> str:
        """Give a name that nothing else has."""
        return f"{prefix}{next(self._fresh)}"

    def keep(self, value: object) -> ast.expr:
        """Give a name for an object that code refers to."""
        title = self.fresh("k")
        self.namespace[title] = value
        return syntax.name(title)

    def kleene(self, expr: checked.Expr) -> ast.expr:
        """Write code for any expression: its value, or None."""
        variables = self.strict(expr)
        if variables is not None:
            tests = [syntax.is_none(syntax.name(variable)) for variable in variables]
            return syntax.when(syntax.either(tests), syntax.NONE, self.plain(expr)) if tests else self.plain(expr)
        match expr:
            case checked.And(operands):
                return self.joined([self.kleene(operand) for operand in operands], decides=False)
            case checked.Or(operands):
                return self.joined([self.kleene(operand) for operand in operands], decides=True)
            case checked.If(condition, then, otherwise):
                test = self.fresh()
                chosen = syntax.when(syntax.name(test), self.kleene(then), self.kleene(otherwise))
                return syntax.when(syntax.is_none(syntax.bind(test, self.kleene(condition))), syntax.NONE, chosen)
            case checked.InRegions(operand, truth=truth):
                # unknown regions are in the table too
                return syntax.item(self.keep(dict(truth) | {None: None}), self.kleene(operand))
            case checked.Quantified() | checked.CountWhere() | checked.Fold():
                return self.over_items(expr)
            case _:
                return self.guarded(expr)

    def joined(self, parts: list[ast.expr], *, decides: bool) -> ast.expr:
        """Kleene's `and` (False decides) or `or` (True decides) of values that may be None.

        All parts are evaluated: they have no effects, and a tuple's containment test beats nested conditions.
        """
        return self.decided(syntax.tuple_of(parts), decides=decides)

    def decided(self, truths: ast.expr, *, decides: bool) -> ast.expr:
        """Join a tuple or list of truths: the value that decides, else unknown, else the other one."""
        held = self.fresh()
        found = syntax.compare(syntax.constant(decides), ast.In(), syntax.bind(held, truths))
        unknown = syntax.compare(syntax.NONE, ast.In(), syntax.name(held))
        rest = syntax.when(unknown, syntax.NONE, syntax.constant(not decides))
        return syntax.when(found, syntax.constant(decides), rest)

    def guarded(self, expr: checked.Expr) -> ast.expr:
        """Write a strict operator over operands of which some are not: test each, then apply."""
        tests: list[ast.expr] = []
        values: list[ast.expr] = []
        for child in checked.children(expr):
            variables = self.strict(child)
            if variables is None:
                held = self.fresh()
                tests.append(syntax.is_none(syntax.bind(held, self.kleene(child))))
                values.append(syntax.name(held))
            else:
                tests.extend(syntax.is_none(syntax.name(variable)) for variable in variables)
                values.append(self.plain(child))
        return syntax.when(syntax.either(tests), syntax.NONE, self.applied(expr, values))

    def strict(self, expr: checked.Expr) -> tuple[str, ...] | None:
        """Give the variables whose being known makes the value known; None when the form is not strict.

        `and` and `or` count as strict when all operands need the same variables: then they are unknown together.
        """
        match expr:
            case checked.Literal() | checked.Today():
                return ()
            case checked.Fact(path):
                self.scalars[path] = None
                return (scalar(path),)
            case checked.Item(variable, name):
                return (self.item(variable, name),)
            case checked.Count(items):
                self.lists.setdefault(items, {})
                return (length(items),)
            case checked.And(operands) | checked.Or(operands):
                needs = [self.strict(operand) for operand in operands]
                same = needs[0] is not None and all(n is not None and set(n) == set(needs[0]) for n in needs)
                return needs[0] if same else None
            case checked.InRegions(operand, truth=truth):
                return None if None in truth.values() else self.strict(operand)
            case checked.If() | checked.Quantified() | checked.CountWhere() | checked.Fold() | checked.ClauseRef():
                return None
            case _:
                return self._strict_operands(expr)

    def _strict_operands(self, expr: checked.Expr) -> tuple[str, ...] | None:
        found: dict[str, None] = {}
        for child in checked.children(expr):
            variables = self.strict(child)
            if variables is None:
                return None
            found.update(dict.fromkeys(variables))
        return tuple(found)

    def plain(self, expr: checked.Expr) -> ast.expr:
        """Write code for a strict expression whose variables are all known."""
        return self.applied(expr, [self.plain(child) for child in checked.children(expr)])

    def applied(self, expr: checked.Expr, values: Sequence[ast.expr]) -> ast.expr:
        """Apply an expression's own operator to the code of its operands, all known."""
        match expr:
            case checked.Literal(value):
                return syntax.constant(value)
            case checked.Fact(path):
                return syntax.name(scalar(path))
            case checked.Item(variable, name):
                return syntax.name(self.item(variable, name))
            case checked.Count(items):
                return syntax.name(length(items))
            case checked.Today():
                return self.today
            case checked.Compare(operator):
                return syntax.compare(values[0], _COMPARISONS[operator](), values[1])
            case checked.Within(values=members):
                return syntax.compare(values[0], ast.In(), self.members(members))
            case checked.InRegions(truth=truth):
                members = tuple(sorted(region for region, inside in truth.items() if inside))
                return syntax.compare(values[0], ast.In(), self.members(members))
            case checked.And():
                return syntax.both(list(values))
            case checked.Or():
                return syntax.either(list(values))
            case checked.Not():
                return syntax.negate(values[0])
            case checked.Add():
                return _chain(values, ast.Add(), "sum")
            case checked.Multiply():
                return _chain(values, ast.Mult(), "_prod")
            case checked.Negate():
                return ast.UnaryOp(ast.USub(), values[0])
            case checked.Scale(factor=factor):
                return ast.BinOp(values[0], ast.Mult(), syntax.constant(factor))
            case checked.Days(operand):
                if isinstance(operand, checked.Literal):
                    return syntax.constant(int(operand.value) // calendar.SECONDS_PER_DAY)
                return ast.BinOp(values[0], ast.FloorDiv(), syntax.constant(calendar.SECONDS_PER_DAY))
            case checked.AddMonths():
                return syntax.call("_add_months", *values)
            case checked.YearsSince():
                return syntax.call("_years_between", values[0], self.today)
            case checked.FullSteps(step=step):
                positive = syntax.call("max", values[0], syntax.constant(0))
                return ast.BinOp(positive, ast.FloorDiv(), syntax.constant(step))
            case checked.Extreme(aggregate):
                return syntax.call(aggregate.value, *values)
            case checked.If() | checked.Quantified() | checked.CountWhere() | checked.Fold() | checked.ClauseRef():
                raise AssertionError(expr)
            case _:
                assert_never(expr)

    def members(self, values: Sequence[Raw]) -> ast.expr:
        """Write a set of constants; Python keeps such a display as one frozenset."""
        if not values:
            return self.keep(frozenset())
        return ast.Set([syntax.constant(value) for value in values])

    def item(self, variable: str, name: str) -> str:
        """Give the variable of a bound item's field."""
        path, fields = self._bound[variable]
        self.lists[path][name] = None
        return fields.setdefault(name, self.fresh("i"))

    def over_items(self, expr: checked.Quantified | checked.CountWhere | checked.Fold) -> ast.expr:
        """Write a loop over a list's columns; an unknown list is unknown."""
        unknown = syntax.is_none(syntax.name(length(expr.items)))
        match expr:
            case checked.Quantified(quantifier, variable, items, body):
                truths = self.each(body, variable, items)
                result = self.decided(truths, decides=quantifier is Quantifier.SOME)
            case checked.CountWhere(variable, items, where):
                held = self.fresh()
                kept = syntax.bind(held, self.each(where, variable, items))
                counted = syntax.call("sum", syntax.name(held))
                return syntax.when(syntax.either([unknown, _holds_none(kept)]), syntax.NONE, counted)
            case checked.Fold(aggregate, term, variable, items, None):
                result = syntax.call(_FOLDS[aggregate], self.each(term, variable, items))
            case checked.Fold(aggregate, term, variable, items, where):
                assert where is not None
                held = self.fresh()
                kept = syntax.bind(held, self.each(where, variable, items))
                terms = syntax.call("_kept", self.each(term, variable, items), syntax.name(held))
                folded = syntax.call(_FOLDS[aggregate], terms)
                return syntax.when(syntax.either([unknown, _holds_none(kept)]), syntax.NONE, folded)
            case _:
                assert_never(expr)
        return syntax.when(unknown, syntax.NONE, result)

    def each(self, body: checked.Expr, variable: str, items: str) -> ast.expr:
        """`[body for fields in columns]`."""
        self.lists.setdefault(items, {})
        self._bound[variable] = (items, {})
        element = self.kleene(body)
        fields = self._bound.pop(variable)[1]
        columns = [syntax.name(column(items, name)) for name in fields]
        if not fields:
            source = syntax.call("range", syntax.name(length(items)))
            target: ast.expr = ast.Name("_", syntax.STORE)
        elif len(fields) == 1:
            source, target = columns[0], ast.Name(next(iter(fields.values())), syntax.STORE)
        else:
            source = syntax.call("zip", *columns)
            target = ast.Tuple([ast.Name(name, syntax.STORE) for name in fields.values()], syntax.STORE)
        return ast.ListComp(element, [ast.comprehension(target, source, [], 0)])


def _chain(values: Sequence[ast.expr], operator: ast.operator, function: str) -> ast.expr:
    if len(values) > _LONG:
        return syntax.call(function, syntax.tuple_of(values))
    result = values[0]
    for value in values[1:]:
        result = ast.BinOp(result, operator, value)
    return result


def _holds_none(values: ast.expr) -> ast.expr:
    return syntax.compare(syntax.NONE, ast.In(), values)
