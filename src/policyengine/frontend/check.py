"""Expressions: from a syntax tree to a checked one. Names, types, units, scales, ranges.

Reads: `syntax.Expr` and a `Scope`.
Gives: `Typed`; a mistake gives one diagnostic and poison, which agrees with everything.
Never: looks at regions' layers or days: the scope holds what is in force.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import partial
from typing import assert_never

from policyengine.frontend import arithmetic
from policyengine.frontend.arithmetic import POISON, TRUTH, Refusal, Typed
from policyengine.model import calendar, checked, syntax, types
from policyengine.model.diagnostic import Diagnostic, Note, did_you_mean
from policyengine.model.operators import FUNCTIONS, RESERVED, TODAY, Aggregate
from policyengine.model.ranges import LIMIT, Range
from policyengine.model.regions import RegionTree, is_group
from policyengine.model.span import Span

MAX_DEPTH = 250
"""How deep a checked tree may nest once definitions are written out: every pass recurses over it."""
MAX_NODES = 20_000
"""How large a checked tree may grow once definitions are written out."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What names mean: facts by path, the winning parameters and definitions, the tree of regions, the units."""

    facts: Mapping[str, checked.FactDeclaration]
    regions: RegionTree
    units: frozenset[str]
    parameters: Mapping[str, checked.Parameter] = field(default_factory=dict)
    definitions: Mapping[str, syntax.Expr] = field(default_factory=dict)

    @property
    def entities(self) -> frozenset[str]:
        """The first words of facts."""
        return frozenset(path.partition(".")[0] for path in self.facts)

    def nearest_fact(self, path: str) -> tuple[str | None, tuple[Note, ...]]:
        """Give help and notes with the fact that was meant: of a near name, or of the same name elsewhere."""
        entity, _, name = path.partition(".")
        own = {known.partition(".")[2]: known for known in self.facts if known.startswith(f"{entity}.")}
        near = [own[other] for other in get_close_matches(name, own, n=1)]
        same = [known for known in self.facts if known.partition(".")[2] == name]
        if not near + same:
            return None, ()
        meant = (near + same)[0]
        return f"did you mean `{meant}`?", (Note(f"`{meant}` is declared here", self.facts[meant].span),)


def check_expression(expr: syntax.Expr, scope: Scope, problems: list[Diagnostic]) -> Typed:
    """Check one expression; the result is poisoned when it has a mistake."""
    return Checker(scope, problems).check(expr)


@dataclass(frozen=True, slots=True)
class Checker:
    """One scope's checks; definitions are checked once and remembered."""

    scope: Scope
    problems: list[Diagnostic]
    used: set[str] = field(default_factory=set)
    """The parameters and definitions that were looked up."""
    _done: dict[str, Typed] = field(default_factory=dict)
    _open: list[str] = field(default_factory=list)

    def check(self, expr: syntax.Expr) -> Typed:
        """Check an expression and how large it has become."""
        return self._sized(_Body(self, {}).check(expr), expr.span)

    def check_truth(self, expr: syntax.Expr) -> Typed:
        """Check an expression that must be a yes or no."""
        typed = self.check(expr)
        if not typed.poisoned and not isinstance(typed.type, types.Boolean):
            message = f"a requirement is a yes or no, and this is {typed.type}"
            self.problems.append(Diagnostic("not-a-question", message, expr.span, help="compare it with something"))
            return POISON
        return typed

    def definition(self, name: str, span: Span) -> Typed:
        """Give a definition's expression, checked at its first use."""
        self.used.add(name)
        if name in self._open:
            chain = " → ".join([*self._open[self._open.index(name) :], name])
            self.problems.append(Diagnostic("cyclic-definition", f"`{name}` needs itself: {chain}", span))
            return POISON
        if name not in self._done:
            self._open.append(name)
            # INVARIANT: a definition never sees the bound names of the place that uses it
            self._done[name] = self.check(self.scope.definitions[name])
            self._open.pop()
        return self._done[name]

    def _sized(self, typed: Typed, span: Span) -> Typed:
        depth, nodes = _measure(typed.expr)
        if depth <= MAX_DEPTH and nodes <= MAX_NODES:
            return typed
        levels, parts = f"nests more than {MAX_DEPTH} levels deep", f"has more than {MAX_NODES:_} parts"
        message = f"with its definitions written out this {levels if depth > MAX_DEPTH else parts}"
        self.problems.append(Diagnostic("too-deep", message, span, help="say it with fewer definitions in definitions"))
        return POISON


def _measure(expr: checked.Expr) -> tuple[int, int]:
    """Give depth and size, without recursion; stops counting shortly after either is too much."""
    depth = nodes = 0
    level: list[checked.Expr] = [expr]
    while level and depth <= MAX_DEPTH and nodes <= MAX_NODES:
        depth, nodes = depth + 1, nodes + len(level)
        level = [child for node in level for child in checked.children(node)]
    return depth, nodes


@dataclass(frozen=True, slots=True)
class _Body:
    """An expression's inside: what the names bound by `every`, `count`, … stand for."""

    checker: Checker
    bound: Mapping[str, checked.FactDeclaration]

    @property
    def scope(self) -> Scope:
        return self.checker.scope

    def report(self, code: str, message: str, span: Span, help: str | None = None, *notes: Note) -> Typed:  # noqa: A002
        self.checker.problems.append(Diagnostic(code, message, span, help, notes))
        return POISON

    def attempt(self, span: Span, operation: Callable[[], Typed], *inputs: Typed) -> Typed:
        """Do an operation of `arithmetic`; a refusal becomes a diagnostic at `span`, poison stays silent."""
        if any(item.poisoned for item in inputs):
            return POISON
        try:
            return operation()
        except Refusal as refusal:
            return self.report(refusal.code, refusal.message, span, refusal.help)

    def check(self, expr: syntax.Expr) -> Typed:
        match expr:
            case syntax.Bare() | syntax.Percent() | syntax.Quantity() | syntax.Money() | syntax.Date():
                return self.number(expr)
            case syntax.Text(value):
                return arithmetic.literal(value, types.Choice((value,), bare=True))
            case syntax.Truth(value):
                return arithmetic.literal(value, checked.BOOLEAN)
            case syntax.Region(code):
                return self.region(code, expr.span)
            case syntax.Path():
                return self.path(expr)
            case syntax.List():
                help_ = "a list stands on the right of `in`"
                return self.report("wrong-operand", "a list is not a value", expr.span, help_)
            case syntax.Conditional(condition, then, otherwise):
                parts = [self.truth(condition), self.check(then), self.check(otherwise)]
                return self.attempt(expr.span, lambda: arithmetic.branches(*parts), *parts)
            case syntax.And(operands):
                return self.logic(operands, arithmetic.both)
            case syntax.Or(operands):
                return self.logic(operands, arithmetic.either)
            case syntax.Not(operand):
                inner = self.truth(operand)
                return self.attempt(expr.span, lambda: arithmetic.negation(inner), inner)
            case syntax.Compare():
                return self.comparison(expr)
            case syntax.Member():
                return self.member(expr)
            case syntax.Sum(first, rest):
                return self.sum(first, rest)
            case syntax.Product(factors):
                return self.product(factors)
            case syntax.Negative(operand):
                inner = self.check(operand)
                return self.attempt(expr.span, lambda: arithmetic.negative(inner), inner)
            case syntax.Quantified() | syntax.Count() | syntax.Fold():
                return self.over_items(expr)
            case syntax.Extreme():
                return self.extreme(expr)
            case syntax.Call():
                return self.call(expr)
            case _:
                assert_never(expr)

    # literals and names

    def number(self, expr: syntax.Bare | syntax.Percent | syntax.Quantity | syntax.Money | syntax.Date) -> Typed:
        match expr:
            case syntax.Bare(number):
                typed = arithmetic.literal(number.digits, types.Number(number.places, bare=True))
            case syntax.Percent(number):
                typed = arithmetic.literal(number.digits, types.Number(number.places + 2, percent=True, bare=True))
            case syntax.Quantity():
                typed = self.quantity(expr)
            case syntax.Money():
                typed = self.money(expr)
            case syntax.Date():
                if expr.day is None:
                    return self.report("bad-literal", f"the calendar has no {expr.text}", expr.span)
                typed = arithmetic.literal(expr.day.toordinal(), types.Date())
            case _:
                assert_never(expr)
        if typed.range is not None and not isinstance(expr, syntax.Date) and not typed.range.safe:
            help_ = f"numbers are exact up to {LIMIT:_}"
            return self.report("number-range", f"{expr} is beyond 2^53 − 1", expr.span, help_)
        return typed

    def quantity(self, expr: syntax.Quantity) -> Typed:
        unit = types.time_unit(expr.unit)
        if unit is None:
            if expr.unit not in self.scope.units:
                known = [*self.scope.units, *(f"{word}s" for word in (*types.SECONDS, *types.MONTHS))]
                return self.report(
                    "unknown-unit",
                    f"no unit named `{expr.unit}`",
                    expr.span,
                    did_you_mean(expr.unit, known) or "units are declared with the facts they count",
                )
            return arithmetic.literal(expr.number.digits, types.Number(expr.number.places, expr.unit))
        if expr.number.places:
            smaller = {"minute": "seconds", "hour": "minutes", "day": "hours", "week": "days", "year": "months"}
            help_ = f"say it in {smaller[unit]}" if unit in smaller else None
            return self.report("bad-literal", f"`{unit}` takes a whole number", expr.span, help_)
        if unit in types.MONTHS:
            return arithmetic.literal(expr.number.digits * types.MONTHS[unit], types.Period())
        seconds = expr.number.digits * types.SECONDS[unit]
        return arithmetic.literal(seconds, types.Duration(whole_days=seconds % calendar.SECONDS_PER_DAY == 0))

    def money(self, expr: syntax.Money) -> Typed:
        places = types.currency_places(expr.currency)
        if places is None:
            return self.report("unknown-currency", f"no currency has the code `{expr.currency}`", expr.span)
        if expr.number.places > places:
            return self.report("bad-literal", f"`{expr.currency}` has {places} decimal places", expr.span)
        return arithmetic.literal(
            expr.number.digits * 10 ** (places - expr.number.places),
            types.Money(expr.currency, places),
        )

    def region(self, code: str, span: Span) -> Typed:
        if code not in self.scope.regions:
            codes = [node for node in self.scope.regions.parents if not is_group(node)]
            return self.report("unknown-region", f"no region named `{code}`", span, did_you_mean(code, codes))
        return arithmetic.literal(code, types.Region())

    def path(self, expr: syntax.Path) -> Typed:
        first, *rest = expr.names
        if first in self.bound:
            return self.item(expr)
        if rest:
            return self.fact(expr)
        if first == TODAY:
            range_ = Range(calendar.FIRST_PROVED_DAY, calendar.LAST_PROVED_DAY)
            return Typed(checked.Today(), types.Date(), range_)
        if first in self.scope.parameters:
            self.checker.used.add(first)
            return self.parameter(self.scope.parameters[first], expr.span)
        if first in self.scope.definitions:
            return self.checker.definition(first, expr.span)
        return self.unknown_word(first, expr.span)

    def unknown_word(self, name: str, span: Span) -> Typed:
        if name in self.scope.regions and is_group(name):
            help_ = f"a group stands on the right of `in`: `creator.region in {name}`"
            return self.report("wrong-operand", f"the group `{name}` is not a value", span, help_)
        if name in self.scope.entities:
            help_ = f"name one of its facts: `{name}.…`"
            return self.report("wrong-operand", f"`{name}` is an entity, not a value", span, help_)
        if name in _choices(self.scope.facts.values()):
            help_ = f'a text stands in double quotes: `"{name}"`'
            return self.report("unknown-name", f"nothing is named `{name}`", span, help_)
        known = [*self.scope.parameters, *self.scope.definitions, *self.bound, TODAY]
        near, notes = self.scope.nearest_fact(f".{name}")
        near = near or did_you_mean(name, known)
        return self.report("unknown-name", f"nothing is named `{name}`", span, near, *notes)

    def parameter(self, parameter: checked.Parameter, span: Span) -> Typed:
        if isinstance(parameter.type, types.Poison):
            return POISON
        if isinstance(parameter.raw, tuple):
            help_ = f"ask whether something is `in {parameter.id}`"
            return self.report("wrong-operand", "a list is not a value", span, help_)
        return arithmetic.literal(parameter.raw, parameter.type, parameter.id)

    def fact(self, expr: syntax.Path) -> Typed:
        path = ".".join(expr.names)
        declaration = self.scope.facts.get(path)
        if declaration is None:
            help_, notes = self.scope.nearest_fact(path)
            help_ = help_ or did_you_mean(expr.names[-1], self.scope.parameters)
            return self.report("unknown-fact", f"no fact named `{path}`", expr.span, help_, *notes)
        return Typed(checked.Fact(path, declaration.type), declaration.type, declaration.proved)

    def item(self, expr: syntax.Path) -> Typed:
        variable, *rest = expr.names
        declaration = self.bound[variable]
        if isinstance(declaration.type, types.Poison):
            return POISON
        fields = {entry.path: entry for entry in declaration.fields}
        if len(rest) != 1:
            message = f"`{variable}` is one item of `{declaration.path}`, not a value"
            return self.report("wrong-operand", message, expr.span, f"name one of its fields: {_listed(fields)}")
        entry = fields.get(rest[0])
        if entry is None:
            message = f"items of `{declaration.path}` have no field `{rest[0]}`"
            help_ = did_you_mean(rest[0], fields) or f"they have {_listed(fields)}"
            return self.report("unknown-fact", message, expr.span, help_)
        if isinstance(entry.type, types.Poison):
            return POISON
        return Typed(checked.Item(variable, entry.path, entry.type), entry.type, entry.proved)

    # logic and comparison

    def truth(self, expr: syntax.Expr) -> Typed:
        typed = self.check(expr)
        if typed.poisoned or isinstance(typed.type, types.Boolean):
            return typed
        return self.report("wrong-operand", f"a yes or no is needed here, and this is {typed.type}", expr.span)

    def logic(self, operands: Sequence[syntax.Expr], join: Callable[[Sequence[Typed]], Typed]) -> Typed:
        parts = [self.truth(operand) for operand in operands]
        return POISON if any(part.poisoned for part in parts) else join(parts)

    def comparison(self, expr: syntax.Compare) -> Typed:
        symbols = {operator.value for operator in expr.operators}
        if len(expr.operators) > 1 and not (symbols <= {"<", "<="} or symbols <= {">", ">="}):
            help_ = "write each comparison and join them with `and`"
            return self.report("wrong-operand", "a chain of comparisons goes one way only", expr.span, help_)
        parts = [self.check(operand) for operand in expr.operands]
        links = []
        for index, operator in enumerate(expr.operators):
            left, right = parts[index], parts[index + 1]
            span = (
                expr.span if len(expr.operators) == 1 else expr.operands[index].span.to(expr.operands[index + 1].span)
            )
            links.append(self.attempt(span, partial(arithmetic.compare, operator, left, right), left, right))
        if any(link.poisoned for link in links):
            return POISON
        return links[0] if len(links) == 1 else arithmetic.both(links)

    # membership

    def member(self, expr: syntax.Member) -> Typed:
        operand = self.check(expr.operand)
        members = self.members(expr.members)
        if members is None or operand.poisoned:
            return POISON
        typed = self.attempt(expr.span, lambda: self.within(operand, members))
        if expr.negated and not typed.poisoned:
            return arithmetic.negation(typed)
        return typed

    def within(self, operand: Typed, members: "_Members") -> Typed:
        in_regions = isinstance(operand.type, types.Region)
        if in_regions != members.regions:
            kind = "regions" if members.regions else "values that are no regions"
            raise Refusal("type-mismatch", f"{operand.type} cannot be in a list of {kind}")
        if not in_regions:
            return arithmetic.within(operand, members.items, members.parameter)
        names = tuple(str(item.expr.value) for item in members.items if isinstance(item.expr, checked.Literal))
        truth = self.scope.regions.membership(names, open_=members.open)
        expr = checked.InRegions(operand.expr, names, members.open, truth, members.parameter)
        return Typed(expr, checked.BOOLEAN, TRUTH)

    def members(self, expr: syntax.Expr) -> "_Members | None":
        """Read the right side of `in`: constants, a list parameter or a group; None after a mistake."""
        if isinstance(expr, syntax.Path) and len(expr.names) == 1 and expr.names[0] not in self.bound:
            name = expr.names[0]
            parameter = self.scope.parameters.get(name)
            if parameter is not None:
                self.checker.used.add(name)
                return self.listed(parameter, expr.span)
            if name in self.scope.regions and is_group(name):
                return _Members((arithmetic.literal(name, types.Region()),), regions=True)
            if name not in self.scope.definitions:
                groups = [node for node in self.scope.regions.parents if is_group(node)]
                help_ = did_you_mean(name, [*self.scope.parameters, *groups])
                self.report("unknown-name", f"no list parameter or group is named `{name}`", expr.span, help_)
                return None
        if isinstance(expr, syntax.Path):
            help_ = "the right side is constants `[…]`, a list parameter or a group"
            self.report("not-constant", f"`{expr}` is not a list of constants", expr.span, help_)
            return None
        items = expr.items if isinstance(expr, syntax.List) else (expr,)
        typed = [self.constant(item) for item in items]
        if any(item.poisoned for item in typed):
            return None
        regions = {isinstance(item.type, types.Region) for item in typed}
        if len(regions) > 1:
            self.report("type-mismatch", "regions and other values stand in one list", expr.span)
            return None
        return _Members(tuple(typed), regions=regions == {True})

    def listed(self, parameter: checked.Parameter, span: Span) -> "_Members | None":
        if isinstance(parameter.type, types.Poison):
            return None
        if not isinstance(parameter.raw, tuple):
            help_ = f"write `== {parameter.id}`, or give it a list as its value"
            self.report("wrong-operand", f"the parameter `{parameter.id}` is one value, not a list", span, help_)
            return None
        items = tuple(arithmetic.literal(raw, parameter.type) for raw in parameter.raw)
        return _Members(items, isinstance(parameter.type, types.Region), bool(parameter.open), parameter.id)

    def constant(self, expr: syntax.Expr) -> Typed:
        if isinstance(expr, syntax.Path) and len(expr.names) == 1:
            name = expr.names[0]
            if name in self.scope.regions and is_group(name) and name not in self.scope.parameters:
                return arithmetic.literal(name, types.Region())
        typed = self.check(expr)
        if typed.poisoned or typed.constant:
            return typed
        return self.report("not-constant", "the right side of `in` holds constants only", expr.span)

    # arithmetic

    def sum(self, first: syntax.Expr, rest: Sequence[tuple[bool, syntax.Expr]]) -> Typed:
        total, start = self.check(first), first.span
        for minus, term in rest:
            operation = arithmetic.subtract if minus else arithmetic.add
            total = self.binary(operation, total, self.check(term), start.to(term.span))
        return total

    def product(self, factors: Sequence[syntax.Expr]) -> Typed:
        total, start = self.check(factors[0]), factors[0].span
        for factor in factors[1:]:
            total = self.binary(arithmetic.multiply, total, self.check(factor), start.to(factor.span))
        return total

    def binary(self, operation: Callable[[Typed, Typed], Typed], left: Typed, right: Typed, span: Span) -> Typed:
        return self.attempt(span, lambda: operation(left, right), left, right)

    def extreme(self, expr: syntax.Extreme) -> Typed:
        operands = [self.check(operand) for operand in expr.operands]
        if expr.function is Aggregate.SUM:
            help_ = "write `a + b`, or sum over a list: `sum(month.points for month in channel.months)`"
            return self.report("wrong-arguments", "`sum` adds over a list, not plain values", expr.span, help_)
        return self.attempt(expr.span, lambda: arithmetic.extreme(expr.function, operands), *operands)

    def call(self, expr: syntax.Call) -> Typed:
        arguments = [self.check(argument) for argument in expr.arguments]
        if expr.function not in FUNCTIONS:
            known = [*FUNCTIONS, "count", "sum", "min", "max"]
            near = did_you_mean(expr.function, known) or f"functions are {_listed(known)}"
            help_ = _INSTEAD.get(expr.function, near)
            return self.report("unknown-function", f"no function named `{expr.function}`", expr.span, help_)
        if len(arguments) != FUNCTIONS[expr.function]:
            wanted = "one argument" if FUNCTIONS[expr.function] == 1 else f"{FUNCTIONS[expr.function]} arguments"
            message = f"`{expr.function}` takes {wanted}, not {len(arguments)}"
            return self.report("wrong-arguments", message, expr.span)
        return self.attempt(expr.span, lambda: _FUNCTIONS[expr.function](*arguments), *arguments)

    # lists

    def over_items(self, expr: syntax.Quantified | syntax.Count | syntax.Fold) -> Typed:
        declaration = self.items(expr.items)
        if expr.name is None:
            return POISON if declaration is None else _count(declaration)
        if not self.name_fits(expr.name, expr.name_span):
            return POISON
        # an unknown list poisons its items, so that mistakes inside the body still come out
        items = declaration or checked.FactDeclaration(str(expr.items), types.Poison(), expr.span)
        inner = _Body(self.checker, {**self.bound, expr.name: items})
        match expr:
            case syntax.Quantified():
                body = inner.truth(expr.body)
                if body.poisoned or declaration is None:
                    return POISON
                quantified = checked.Quantified(expr.quantifier, expr.name, items.path, body.expr)
                return Typed(quantified, checked.BOOLEAN, TRUTH)
            case syntax.Count():
                assert expr.where is not None
                where = inner.truth(expr.where)
                if where.poisoned or declaration is None:
                    return POISON
                return _count(items, expr.name, where)
            case syntax.Fold():
                term = inner.check(expr.term)
                kept = inner.truth(expr.where) if expr.where is not None else None
                if declaration is None:
                    return POISON
                inputs = [term] if kept is None else [term, kept]
                name, most = expr.name, items.records.max_items
                fold = lambda: arithmetic.fold(expr.function, term, name, items.path, kept, most)  # noqa: E731
                return self.attempt(expr.span, fold, *inputs)
            case _:
                assert_never(expr)

    def items(self, path: syntax.Path) -> checked.FactDeclaration | None:
        name = ".".join(path.names)
        declaration = self.scope.facts.get(name)
        if declaration is None:
            lists = [known for known, entry in self.scope.facts.items() if isinstance(entry.type, types.Records)]
            self.report("unknown-fact", f"no list named `{name}`", path.span, did_you_mean(name, lists))
            return None
        if isinstance(declaration.type, types.Poison):
            return None
        if not isinstance(declaration.type, types.Records):
            note = Note(f"`{name}` is declared as {declaration.type}", declaration.span)
            self.report("wrong-operand", f"`{name}` is not a list", path.span, None, note)
            return None
        return declaration

    def name_fits(self, name: str, span: Span) -> bool:
        taken = {
            "a bound name": name in self.bound,
            "a parameter": name in self.scope.parameters,
            "a definition": name in self.scope.definitions,
        }
        if name in RESERVED or (name in self.scope.regions and is_group(name)):
            message = f"`{name}` already means something and cannot be a bound name"
            self.report("reserved-name", message, span, "choose another name")
            return False
        for what, clashes in taken.items():
            if clashes:
                self.report("name-clash", f"`{name}` is {what} already", span, "choose another name")
                return False
        return True


@dataclass(frozen=True, slots=True)
class _Members:
    """The right side of `in`: constants, whether they are regions, and the list parameter they came from."""

    items: tuple[Typed, ...]
    regions: bool
    open: bool = False
    parameter: str | None = None


def _count(declaration: checked.FactDeclaration, name: str | None = None, where: Typed | None = None) -> Typed:
    kind = types.Number(unit=declaration.records.unit)
    range_ = Range(0, declaration.records.max_items)
    if name is None or where is None:
        return Typed(checked.Count(declaration.path, kind), kind, range_)
    return Typed(checked.CountWhere(name, declaration.path, where.expr, kind), kind, range_)


_FUNCTIONS: Mapping[str, Callable[..., Typed]] = {
    "years_since": arithmetic.years_since,
    "full_steps": arithmetic.full_steps,
}
_INSTEAD = {
    **dict.fromkeys(("round", "floor"), "nothing rounds by itself: `0.01 USD * full_steps(x, 0.01 USD)` rounds down"),
    **dict.fromkeys(("len", "length", "size"), "`count(…)` counts the items of a list"),
}
"""What to write for functions of other languages."""


def _choices(facts: Iterable[checked.FactDeclaration]) -> set[str]:
    """Collect the values of all choices, fields included."""
    declared = [entry.type for fact in facts for entry in (fact, *fact.fields)]
    return {value for type_ in declared if isinstance(type_, types.Choice) for value in type_.values}


def _listed(names: Sequence[str] | Mapping[str, object]) -> str:
    return ", ".join(f"`{name}`" for name in names)
