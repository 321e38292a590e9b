"""The door: a caller's facts become whole numbers, or an exception that names the fact.

This is the meaning of reading facts; the readers that `targets.python` generates hand every value to it that they do
not read at a glance.
Reads: nested mappings, or JSON text.
Gives: raw values by path, derived facts filled in; `InvalidFact`.
"""

import datetime
import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from policyengine.model import calendar, types, values
from policyengine.model.checked import FactDeclaration, inputs_first
from policyengine.model.diagnostic import did_you_mean
from policyengine.model.errors import InvalidFact
from policyengine.model.ranges import Range
from policyengine.model.regions import RegionTree
from policyengine.model.values import Raw, literal
from policyengine.targets.interpreter import Environment, Given, evaluate

Vocabulary = Mapping[str, FactDeclaration]
_NUMBER = re.compile(r"(-?)([0-9]{1,3}(?:_[0-9]{3})+|0|[1-9][0-9]*)(\.[0-9]+)?(?:(%)| +([a-z][a-z0-9_]*|[A-Z]{3}))?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_Number = tuple[Decimal, str | None]


def as_mapping(facts: Mapping[str, Any] | str | bytes) -> Mapping[str, Any]:
    """Give a caller's facts as a mapping; JSON text is read, its numbers exactly."""
    if isinstance(facts, str | bytes):
        return _from_json(facts)
    if not isinstance(facts, Mapping):
        raise InvalidFact("facts", f"{_shown(facts)} is not a mapping", "entities with their facts, or JSON text")
    return facts


def _from_json(text: str | bytes) -> Mapping[str, Any]:
    def refuse_repeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            names = [name for name, _ in pairs]
            repeated = next(name for name in names if names.count(name) > 1)
            raise InvalidFact(repeated, "the name stands twice in one object")
        return found

    def refuse_constant(name: str) -> None:
        raise InvalidFact("facts", f"{name} is not a number")

    # a byte order mark says how the text is written, not what it says
    unmarked = text.removeprefix("\ufeff") if isinstance(text, str) else text.removeprefix(b"\xef\xbb\xbf")
    try:
        read = json.loads(
            unmarked, parse_float=Decimal, object_pairs_hook=refuse_repeated, parse_constant=refuse_constant
        )
    except (ArithmeticError, ValueError, RecursionError) as error:
        if isinstance(error, InvalidFact):
            raise
        raise InvalidFact("facts", f"the text is not JSON: {error}") from None
    if not isinstance(read, dict):
        raise InvalidFact("facts", f"{_shown(read)} is not an object", "entities with their facts")
    return read


class Door:
    """Reads facts of one vocabulary. Immutable once made; safe to share between threads."""

    def __init__(self, vocabulary: Vocabulary, tree: RegionTree) -> None:
        self.vocabulary = vocabulary
        self.tree = tree
        self.entities: dict[str, dict[str, FactDeclaration]] = {}
        for path, declaration in vocabulary.items():
            entity, _, name = path.partition(".")
            self.entities.setdefault(entity, {})[name] = declaration
        self._derived = inputs_first(vocabulary)

    def read(self, facts: Mapping[str, Any], today: int, *, ignore_extras: bool = False) -> dict[str, Given]:
        """Read every fact, fill in derived ones, and refuse contradictions."""
        return self.complete(self.read_given(facts, ignore_extras=ignore_extras), today)

    def read_given(
        self,
        facts: Mapping[str, Any],
        *,
        ignore_extras: bool = False,
        known: frozenset[str] = frozenset(),
    ) -> dict[str, Given]:
        """Read every fact that is given but for `known` ones; absent and null ones are left out."""
        given: dict[str, Given] = {}
        for entity, record in facts.items():
            declared = self.entities.get(entity)
            if declared is None:
                if ignore_extras:
                    continue
                raise _undeclared(str(entity), "entity", entity, self.entities)
            for name, value in self.record(entity, record).items():
                if name not in declared:
                    if ignore_extras:
                        continue
                    raise _undeclared(f"{entity}.{name}", "fact", name, declared)
                path = declared[name].path
                if path not in known and (read := self.value(declared[name], value)) is not None:
                    given[path] = read
        return given

    def record(self, entity: str, record: object) -> Mapping[str, Any]:
        """Give an entity's facts as a mapping; null has none."""
        if record is None:
            return {}
        if not isinstance(record, Mapping):
            raise InvalidFact(entity, f"{_shown(record)} is not a mapping", f"the facts of `{entity}` by name")
        return record

    def extras(self, known: frozenset[str], facts: Mapping[str, Any], ignore_extras: bool, on: datetime.date) -> None:  # noqa: FBT001
        """Refuse what is wrong among facts that a check does not read; `known` are those it has read."""
        given = self.read_given(facts, ignore_extras=ignore_extras, known=known)
        if any(self.vocabulary[path].derived is not None for path in given):
            self.read(facts, on.toordinal(), ignore_extras=ignore_extras)

    def complete(self, given: dict[str, Given], today: int) -> dict[str, Given]:
        """Fill in derived facts; one given together with its inputs must agree with them."""
        for declaration in self._derived:
            assert declaration.derived is not None
            path, derived = declaration.path, evaluate(declaration.derived, Environment(given, today))
            if path not in given and derived is not None:
                given[path] = derived
            elif derived is not None and given.get(path) != derived:
                raise self.contradiction(declaration, given, derived)
        return given

    def contradiction(self, declaration: FactDeclaration, given: Mapping[str, Given], derived: Raw) -> InvalidFact:
        """Name a derived fact that disagrees with its inputs, and both values."""
        stated = given[declaration.path]
        assert isinstance(stated, bool | int | str)
        inputs = " and ".join(
            f"{path} {literal(raw, self.vocabulary[path].type)}"
            for path in declaration.inputs
            if isinstance(raw := given.get(path), bool | int | str)
        )
        ours, theirs = literal(stated, declaration.type), literal(derived, declaration.type)
        return InvalidFact(
            declaration.path,
            f"{ours} was given, but {inputs} makes it {theirs}",
            "facts that agree: give one of them, or both consistently",
        )

    def value(self, declaration: FactDeclaration, value: Any, name: str | None = None) -> Given:
        """Read one fact; None is unknown. `name` is what messages call it (`series.videos[2].length`)."""
        called = name or declaration.path
        if value is None:
            return None
        if isinstance(declaration.type, types.Records):
            return self._records(declaration, value, called)
        return self._scalar(declaration, value, called)

    def _records(self, declaration: FactDeclaration, value: Any, name: str) -> tuple[Mapping[str, Raw | None], ...]:
        if not isinstance(value, Sequence) or isinstance(value, str | bytes):
            raise InvalidFact(name, f"{_shown(value)} is not a list", expected(declaration))
        if len(value) > declaration.records.max_items:
            raise InvalidFact(name, f"{len(value):_} items are too many", expected(declaration))
        fields = {field.path: field for field in declaration.fields}
        return tuple(self._item(fields, item, f"{name}[{index}]") for index, item in enumerate(value))

    def _item(self, fields: Mapping[str, FactDeclaration], item: Any, name: str) -> Mapping[str, Raw | None]:
        if item is None:
            return dict.fromkeys(fields)
        if not isinstance(item, Mapping):
            raise InvalidFact(name, f"{_shown(item)} is not a mapping", f"fields {', '.join(fields)}")
        for field in item:
            if field not in fields:
                raise _undeclared(f"{name}.{field}", "field", field, fields)
        return {
            field: None if item.get(field) is None else self._scalar(entry, item[field], f"{name}.{field}")
            for field, entry in fields.items()
        }

    def _scalar(self, declaration: FactDeclaration, value: Any, name: str) -> Raw:
        match declaration.type:
            case types.Boolean() if isinstance(value, bool):
                return value
            case types.Text() if isinstance(value, str):
                return str(value)
            case types.Choice(allowed) if isinstance(value, str):
                if value in allowed:
                    return str(value)
                help_ = did_you_mean(value, allowed)
                raise _refusal(declaration, value, name, "will not do" + (f"; {help_}" if help_ else ""))
            case types.Region() if isinstance(value, str) and value in self.tree:
                return str(value)
            case types.Date():
                return _day(declaration, value, name)
            case types.Number() | types.Money() | types.Duration() | types.Period():
                return _quantity(declaration, value, name)
            case _:
                raise _refusal(declaration, value, name)


def _undeclared(fact: str, what: str, name: object, declared: Mapping[str, object]) -> InvalidFact:
    near = did_you_mean(str(name), declared)
    return InvalidFact(fact, f"no such {what} is declared", None if near else f"one of {', '.join(declared)}", near)


def _refusal(declaration: FactDeclaration, value: object, name: str, problem: str = "will not do") -> InvalidFact:
    return InvalidFact(name, f"{_shown(value)} {problem}", expected(declaration))


def _day(declaration: FactDeclaration, value: Any, name: str) -> int:
    day = value
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            day = datetime.date.fromisoformat(value)
        except ValueError:
            raise _refusal(declaration, value, name) from None
    if not isinstance(day, datetime.date) or isinstance(day, datetime.datetime):
        raise _refusal(declaration, value, name)
    if not _proved(declaration).holds(day.toordinal()):
        raise InvalidFact(name, f"{day} is out of range", expected(declaration))
    return day.toordinal()


def _quantity(declaration: FactDeclaration, value: Any, name: str) -> int:
    found = _read_number(declaration, value)
    if found is None:
        raise _refusal(declaration, value, name)
    number, unit = found
    size = _unit_size(declaration, unit)
    if size is None:
        raise _refusal(declaration, value, name, "has another unit")
    if number and number.adjusted() > _MOST_DIGITS:  # before it is written out: 1e999999999 is a short text
        raise _refusal(declaration, value, name, "is out of range")
    if number and number.adjusted() < -_MOST_DIGITS:
        raise _refusal(declaration, value, name, "is finer than declared")
    raw = Fraction(number) * size
    if raw.denominator != 1 or (_steps(declaration) and int(raw) % declaration.unit_size):
        raise _refusal(declaration, value, name, "is finer than declared")
    if declaration.range is not None and not declaration.range.holds(int(raw)):
        raise _refusal(declaration, value, name, "is out of range")
    return int(raw)


_MOST_DIGITS = 30


def _steps(declaration: FactDeclaration) -> bool:
    """Say whether a quantity of time must be a whole number of its declared unit."""
    return isinstance(declaration.type, types.Duration | types.Period)


def _read_number(declaration: FactDeclaration, value: Any) -> _Number | None:
    """Read a finite number and its unit (None is the declared unit); None for what is no such number."""
    match value:
        case bool():
            return None
        case int():
            return Decimal(value), None
        case float() | Decimal():
            # not `repr`: a float of another kind, such as numpy's, shows its kind as well
            number = Decimal(float.__repr__(value)) if isinstance(value, float) else value
            return (number, None) if number.is_finite() else None
        case str():
            return _read_text(declaration, value)
        case datetime.timedelta() if isinstance(declaration.type, types.Duration):
            return values.decimal(value // datetime.timedelta(microseconds=1), 6), "seconds"
        case values.Period() if isinstance(declaration.type, types.Period):
            return Decimal(value.months), "months"
        case values.Money(Decimal() as amount, currency) if isinstance(declaration.type, types.Money):
            return (amount, currency) if amount.is_finite() else None
        case _:
            return None


def _read_text(declaration: FactDeclaration, text: str) -> _Number | None:
    """Read a literal of the language; money, time and percents name their unit in it."""
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    sign, whole, fraction, percent, unit = match.groups()
    named = percent or unit
    if named is None and (declaration.unit == "%" or not isinstance(declaration.type, types.Number)):
        return None
    if fraction and _steps(declaration):  # the language has whole numbers of time units only
        return None
    return Decimal(sign + whole.replace("_", "") + (fraction or "")), named


def _unit_size(declaration: FactDeclaration, unit: str | None) -> int | None:
    """Give how much one of a unit is underneath; None for a unit that does not fit."""
    if unit is None or unit == declaration.unit:
        return declaration.unit_size
    word = types.time_unit(unit)
    if isinstance(declaration.type, types.Duration):
        return types.SECONDS.get(word or "")
    if isinstance(declaration.type, types.Period):
        return types.MONTHS.get(word or "")
    return None


def _proved(declaration: FactDeclaration) -> Range:
    return declaration.range or Range(calendar.FIRST_PROVED_DAY, calendar.LAST_PROVED_DAY)


def expected(declaration: FactDeclaration) -> str:
    """Say what a fact may be, for a caller.

    >>> from policyengine.model.span import Source
    >>> span = Source("facts", "").whole()
    >>> expected(FactDeclaration("f.n", types.Number(unit="videos"), span, Range(0, 80), unit="videos"))
    'a whole number of videos from 0 to 80'
    """
    within = _bounds(declaration)
    match declaration.type:
        case types.Boolean():
            return "true or false"
        case types.Text():
            return "a text"
        case types.Choice(allowed):
            return f"one of {', '.join(allowed)}"
        case types.Region():
            return "a region of the tree, such as ID"
        case types.Date():
            return f"a date such as 2023-06-06{within}"
        case types.Money(currency, scale):
            return f"an amount in {currency} with at most {scale} decimal places{within}"
        case types.Number(scale, unit, percent) if percent and unit is None:
            return f"a percentage with at most {scale - 2} decimal places{within}"
        case types.Number(0, unit):
            return f"a whole number{f' of {unit}' if unit else ''}{within}"
        case types.Number(scale, unit):
            return f"a number{f' of {unit}' if unit else ''} with at most {scale} decimal places{within}"
        case types.Duration() | types.Period():
            return f"a whole number of {declaration.unit}{within}, or a text such as `30 {declaration.unit}`"
        case types.Records():
            return f"a list of at most {declaration.records.max_items:_} records"
        case types.Poison():
            raise AssertionError(declaration)


def _bounds(declaration: FactDeclaration) -> str:
    if isinstance(declaration.type, types.Date):
        range_ = _proved(declaration)
    elif declaration.range is None:
        return ""
    else:
        range_ = declaration.range
    if _steps(declaration):
        return f" from {range_.low // declaration.unit_size:_} to {range_.high // declaration.unit_size:_}"
    low, high = (literal(end, declaration.type) for end in (range_.low, range_.high))
    unit = f" {declaration.unit}" if declaration.unit else ""
    if isinstance(declaration.type, types.Number):
        low, high = low.removesuffix(unit), high.removesuffix(unit)
    return f" from {low} to {high}"


def _shown(value: object) -> str:
    try:
        match value:
            case str():
                text = f'"{value[:60]}"'
            case Decimal() | datetime.date():
                text = str(value)
            case _:
                text = repr(value)
    except (ValueError, RecursionError):  # Python writes no int of thousands of digits, and no endless nesting
        text = f"this {type(value).__name__}"
    text = text.encode(errors="backslashreplace").decode()
    return text if len(text) <= 60 else text[:57] + "…"
