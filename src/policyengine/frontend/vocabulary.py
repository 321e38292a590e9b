"""Declared facts: from what the author wrote to types, ranges and derivations.

Reads: `FactFile`s.
Gives: `FactDeclaration` by path, derived ones after the facts they read.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from policyengine.frontend import arithmetic
from policyengine.frontend.arithmetic import Refusal
from policyengine.frontend.check import Scope, check_expression
from policyengine.model import calendar, checked, syntax, types
from policyengine.model.authored import FactEntry, FactFile
from policyengine.model.diagnostic import Diagnostic, did_you_mean
from policyengine.model.ranges import Range
from policyengine.model.regions import RegionTree
from policyengine.model.span import Span

Vocabulary = Mapping[str, checked.FactDeclaration]


def declare(
    files: Iterable[FactFile], tree: RegionTree, units: frozenset[str], problems: list[Diagnostic]
) -> Vocabulary:
    """Declare every fact; one with a mistake has the poison type, so that its uses stay silent."""
    given: dict[str, checked.FactDeclaration] = {}
    derived: dict[str, FactEntry] = {}
    known_units = units | units_of(files)
    for file in files:
        for entry in file.facts:
            path = f"{file.entity}.{entry.name}"
            given[path] = _declaration(path, entry, Scope({}, tree, known_units), problems)
            if entry.derived is not None:
                derived[path] = entry
    return _with_derivations(given, derived, Scope(given, tree, known_units), problems)


def units_of(files: Iterable[FactFile]) -> frozenset[str]:
    """Collect the units of count that facts and their fields declare."""
    entries = [entry for file in files for fact in file.facts for entry in (fact, *fact.fields)]
    return frozenset(
        entry.unit.text for entry in entries if entry.unit is not None and types.time_unit(entry.unit.text) is None
    )


def _declaration(path: str, entry: FactEntry, scope: Scope, problems: list[Diagnostic]) -> checked.FactDeclaration:
    type_, unit, size = _type(entry, problems)
    before = len(problems)
    range_ = _range(entry, type_, scope, problems)
    fields = tuple(_declaration(field.name, field, scope, problems) for field in entry.fields)
    if isinstance(type_, types.Records):
        type_ = replace(type_, fields=tuple((field.path, field.type) for field in fields))
    elif len(problems) > before:  # nothing can be proved without a range
        type_ = types.Poison()
    return checked.FactDeclaration(
        path,
        type_,
        entry.span,
        range=range_,
        proved=range_ if range_ is not None else _whole_range(type_),
        unit=unit,
        unit_size=size,
        fields=fields,
        question=entry.question,
        privacy=entry.privacy,
        words=entry.values or {},
    )


def _type(entry: FactEntry, problems: list[Diagnostic]) -> tuple[types.Type, str | None, int]:
    """Give a fact's type, the unit that a caller's plain number is in, and that unit's size underneath."""
    unit = entry.unit.text if entry.unit else None
    match entry.type.text:
        case "boolean":
            return types.Boolean(), None, 1
        case "integer":
            return types.Number(0, unit), unit, 1
        case "decimal":
            return types.Number(entry.places or 0, unit), unit, 10 ** (entry.places or 0)
        case "percent":
            places = entry.places or 0
            return types.Number(places + 2, percent=True), "%", 10**places
        case "money":
            return _money(entry, problems)
        case "duration":
            return _duration(entry, problems)
        case "period":
            return _period(entry, problems)
        case "date":
            return types.Date(), None, 1
        case "text":
            return types.Text(), None, 1
        case "choice":
            return types.Choice(tuple(entry.values or ())), None, 1
        case "region":
            return types.Region(), None, 1
        case "list":
            return types.Records((), unit, entry.max_items or 0), None, 1
        case other:
            raise AssertionError(f"the schema lets no type `{other}` through")


_Typed = tuple[types.Type, str | None, int]
_POISON: _Typed = (types.Poison(), None, 1)


def _money(entry: FactEntry, problems: list[Diagnostic]) -> _Typed:
    assert entry.currency is not None
    currency = entry.currency.text
    places = types.currency_places(currency)
    if places is None:
        problems.append(Diagnostic("unknown-currency", f"no currency has the code `{currency}`", entry.currency.span))
        return _POISON
    scale = places if entry.places is None else entry.places
    return types.Money(currency, scale), currency, 10**scale


def _duration(entry: FactEntry, problems: list[Diagnostic]) -> _Typed:
    word, span = (entry.unit.text, entry.unit.span) if entry.unit else ("seconds", entry.span)
    size = types.SECONDS.get(types.time_unit(word) or "")
    if size is None:
        message = f"a duration is in seconds, minutes, hours, days or weeks, not in `{word}`"
        problems.append(
            Diagnostic("unknown-unit", message, span, help=did_you_mean(word, [f"{u}s" for u in types.SECONDS]))
        )
        return _POISON
    return types.Duration(whole_days=size % types.SECONDS["day"] == 0), word, size


def _period(entry: FactEntry, problems: list[Diagnostic]) -> _Typed:
    word, span = (entry.unit.text, entry.unit.span) if entry.unit else ("months", entry.span)
    size = types.MONTHS.get(types.time_unit(word) or "")
    if size is None:
        problems.append(Diagnostic("unknown-unit", f"a period is in months or years, not in `{word}`", span))
        return _POISON
    return types.Period(), word, size


def _range(entry: FactEntry, type_: types.Type, scope: Scope, problems: list[Diagnostic]) -> Range | None:
    if entry.range is None:
        if isinstance(type_, arithmetic.Quantity):
            help_ = "declare `range: [lowest, highest]`: the checker proves with it that numbers stay exact"
            problems.append(Diagnostic("missing-range", f"`{entry.name}` declares no range", entry.span, help=help_))
        return None
    if isinstance(type_, types.Poison):
        return None
    ends = [_end(literal, type_, scope, problems) for literal in entry.range]
    if not all(isinstance(end, int) for end in ends):
        return None
    low, high = (int(end) for end in ends if end is not None)
    span = entry.range[0].span.to(entry.range[1].span)
    if low > high:
        problems.append(Diagnostic("bad-range", "the range is empty: its ends stand the wrong way round", span))
        return None
    if not Range(low, high).safe:
        problems.append(Diagnostic("number-range", "the range reaches beyond 2^53 − 1", span))
        return None
    return Range(low, high)


def _end(literal: syntax.Expr, type_: types.Type, scope: Scope, problems: list[Diagnostic]) -> int | None:
    """Read one end of a range in the fact's own type; None after a mistake."""
    found: list[Diagnostic] = []
    typed = check_expression(literal, scope, found)
    if any(problem.code in ("unknown-fact", "unknown-name") for problem in found):
        message = f"`{literal}` is not a literal, and the ends of a range are"
        found = [Diagnostic("bad-range", message, literal.span)]
    problems.extend(found)
    if typed.poisoned:
        return None
    assert isinstance(type_, arithmetic.Quantity | types.Date), "the schema lets no other type have a range"
    try:
        (aligned, _), common = arithmetic.align([typed, arithmetic.literal(0, type_)])
    except Refusal as refusal:
        message = f"the fact is {type_}, and this end of its range is {typed.type}"
        problems.append(Diagnostic("bad-range", message, literal.span, help=refusal.help))
        return None
    if getattr(common, "scale", 0) != getattr(type_, "scale", 0):
        problems.append(Diagnostic("bad-range", "the range has more decimal places than the fact", literal.span))
        return None
    assert isinstance(aligned.expr, checked.Literal)
    return int(aligned.expr.value)


def _whole_range(type_: types.Type) -> Range | None:
    match type_:
        case types.Boolean():
            return arithmetic.TRUTH
        case types.Date():
            return Range(calendar.FIRST_PROVED_DAY, calendar.LAST_PROVED_DAY)
        case _:
            return None


def _with_derivations(
    given: Mapping[str, checked.FactDeclaration],
    derived: Mapping[str, FactEntry],
    scope: Scope,
    problems: list[Diagnostic],
) -> Vocabulary:
    """Check derivations, each after those it reads: its range is theirs."""
    finished: dict[str, checked.FactDeclaration] = {path: d for path, d in given.items() if path not in derived}
    waiting = dict(derived)
    inputs = {path: set(_derivation(given[path], entry, scope, []).inputs) for path, entry in derived.items()}
    while waiting:
        ready = [path for path in waiting if not inputs[path] & waiting.keys()]
        for path in ready:
            known = replace(scope, facts={**given, **finished})
            finished[path] = _derivation(given[path], waiting[path], known, problems)
        if not ready:
            cycle = _cycle(inputs, list(waiting))
            problems.append(_derived_from_itself(cycle, waiting[cycle[0]]))
            finished.update((path, given[path]) for path in cycle)
        waiting = {path: entry for path, entry in waiting.items() if path not in finished}
    return {path: finished[path] for path in sorted(finished, key=list(given).index)}


def _cycle(inputs: Mapping[str, set[str]], waiting: Sequence[str]) -> list[str]:
    """Give facts each of which reads the next, and the last the first; from the one that was declared first."""
    walked = [waiting[0]]
    while walked[-1] not in walked[:-1]:
        walked.append(next(path for path in waiting if path in inputs[walked[-1]]))
    cycle = walked[walked.index(walked[-1]) : -1]
    first = cycle.index(min(cycle, key=waiting.index))
    return cycle[first:] + cycle[:first]


def _derived_from_itself(cycle: Sequence[str], first: FactEntry) -> Diagnostic:
    assert first.derived is not None
    message = f"`{cycle[0]}` is derived from itself: {' → '.join([*cycle, cycle[0]])}"
    return Diagnostic("cyclic-definition", message, first.derived.span)


def _derivation(
    declaration: checked.FactDeclaration,
    entry: FactEntry,
    scope: Scope,
    problems: list[Diagnostic],
) -> checked.FactDeclaration:
    assert entry.derived is not None
    found: list[Diagnostic] = []
    typed = check_expression(entry.derived, scope, found)
    help_ = "a fact is derived from facts: parameters and definitions belong to policies"
    problems.extend(replace(p, help=p.help or help_) if p.code == "unknown-name" else p for p in found)
    if typed.poisoned or isinstance(declaration.type, types.Poison):
        return declaration
    span = entry.derived.span
    itself = arithmetic.Typed(checked.Fact("", declaration.type), declaration.type, declaration.proved)
    try:
        (value, _), common = arithmetic.align([typed, itself])
    except Refusal as refusal:
        problems.append(_another_type(declaration, typed, span, refusal))
        return declaration
    if common != declaration.type:
        problems.append(_another_type(declaration, typed, span))
        return declaration
    proved = value.range.join(declaration.proved) if value.range and declaration.proved else None
    return replace(declaration, derived=value.expr, inputs=tuple(facts_read(value.expr)), proved=proved)


def _another_type(
    declaration: checked.FactDeclaration, typed: arithmetic.Typed, span: Span, refusal: Refusal | None = None
) -> Diagnostic:
    message = f"the derivation gives {typed.type}, and `{declaration.path}` is {declaration.type}"
    code, help_ = (refusal.code, refusal.help) if refusal else ("type-mismatch", None)
    return Diagnostic(code, message, span, help=help_)


def facts_read(*exprs: checked.Expr) -> Sequence[str]:
    """List the facts that expressions read directly, lists included, each once, in the order they are written."""
    found: dict[str, None] = {}
    for expr in exprs:
        _collect(expr, found)
    return list(found)


def _collect(expr: checked.Expr, found: dict[str, None]) -> None:
    match expr:
        case checked.Fact(path):
            found[path] = None
        case checked.Quantified() | checked.Count() | checked.CountWhere() | checked.Fold():
            found[expr.items] = None
        case _:
            pass
    for child in checked.children(expr):
        _collect(child, found)
