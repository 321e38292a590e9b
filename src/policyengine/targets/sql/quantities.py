"""Numbers in columns as whole numbers underneath: exact, in range, in steps of what was declared.

Gives: `Quantity`, which reads exact numbers, literals of the language in texts, and binary fractions by their text;
and the tests that readings are made of.
Never: rounds, or casts a text before a pattern has accepted it.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from sqlglot import exp

from policyengine.model import types, values
from policyengine.model.checked import FactDeclaration
from policyengine.model.ranges import LIMIT, Range
from policyengine.targets.sql.column_types import Kind
from policyengine.targets.sql.trees import NUMBER, TEXT, both, logic, number, text_literal, times, truth, unknown

Fit = tuple[exp.Expr | None, exp.Expr]
"""When a column holds a value (None: always), and which it is then."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The least and the greatest value that a column has: whole numbers as they stand there, days as ordinals."""

    low: int | None
    high: int | None

    def narrowed(self, other: "Bounds | None") -> "Bounds":
        """Give what both promise."""
        if other is None:
            return self
        lows = [low for low in (self.low, other.low) if low is not None]
        highs = [high for high in (self.high, other.high) if high is not None]
        return Bounds(max(lows, default=None), min(highs, default=None))


@dataclass(frozen=True, slots=True)
class Quantity:
    """How a number in a column becomes a whole number underneath.

    The number may have `places` decimals, and is then so many steps; one step is `size` underneath; of the steps only
    multiples of `every` will do. `range` is underneath.
    """

    places: int
    size: int
    range: Range
    every: int = 1

    @classmethod
    def of(cls, declaration: FactDeclaration) -> "Quantity":
        """Give what a number in the declared unit may be; time comes in whole units."""
        # what declares no range is proved nowhere, and is at least exact
        range_ = declaration.range or Range(-LIMIT, LIMIT)
        if isinstance(declaration.type, types.Duration | types.Period):
            return cls(0, declaration.unit_size, range_)
        places = len(str(declaration.unit_size)) - 1
        assert declaration.unit_size == 10**places, "one of a unit that has decimals is a power of ten underneath"
        return cls(places, 1, range_)

    @property
    def plain(self) -> bool:
        """Whether a number is underneath what it is."""
        return self.places == 0 and self.size == 1

    def exactly(self, column: exp.Expr, places: int, possible: Bounds, *, wide: bool = False) -> Fit:
        """Read an exact number with so many decimal places; `wide` says that it is a BIGINT already."""
        allowed = self._allowed(places)
        if allowed is None:
            return truth(value=False), unknown(NUMBER)
        fits = within(column, allowed, possible, lambda steps: _decimal(steps, places, possible))
        if isinstance(fits, exp.Boolean):
            return fits, unknown(NUMBER)
        if _is_needlessly_wide(places, possible, allowed):
            # tried, because an engine may ask the next test of what has failed the range already
            column, possible = tried(column.copy(), _decimal_type(_NARROW, places)), digits_of(_NARROW)
        if places > self.places or self.every > 1:
            divisor = _decimal(self.every * 10 ** (places - self.places), places, possible)
            step = exp.Mod(this=column.copy(), expression=divisor)
            # a type without a whole part holds no 1 to divide by
            only_zero = self.places == 0 and possible.high is not None and possible.high < 10**places
            tested = column.copy() if only_zero else step
            fits = both_hold(fits, both(exp.EQ, tested, _decimal(0, places, possible)))
        return fits, self._underneath(column, places, possible, wide=wide)

    def _allowed(self, places: int) -> Range | None:
        """Give the range in the last of so many decimal places; None when nothing there is within it."""
        one, here = self.size * 10**self.places, 10**places
        low, high = -(-self.range.low * here // one), self.range.high * here // one
        return Range(low, high) if low <= high else None

    def _underneath(self, column: exp.Expr, places: int, possible: Bounds, *, wide: bool) -> exp.Expr:
        tree = column.copy()
        kept = min(places, self.places)
        if kept:  # moving the point
            if kept < places or possible.high is None or possible.high >= 10 ** (_NARROW - self.places):
                # not `exp.cast`: for sqlglot all decimals are of one type, and a cast between them is left out
                tree = exp.Cast(this=tree, to=exp.DataType.build(self._movable(kept)))
            return exp.cast(times(tree, number(10**self.places)), NUMBER)
        whole = tree if wide else exp.cast(tree, NUMBER)
        factor = self.size * 10**self.places
        return whole if factor == 1 else times(whole, number(factor))

    def _movable(self, places: int) -> str:
        """Give a type that holds what fits with so many places, and whose product by our places overflows nowhere.

        A product is as wide as both factors, but what is 64 bits wide stays so in DuckDB, where overflow raises.
        """
        greatest = max(abs(self.range.low), abs(self.range.high))
        digits = max(len(str(greatest // (10 ** (self.places - places) * self.size))), places)
        return _decimal_type(digits if digits + self.places <= _NARROW else digits + _NARROW, places)

    def written(self, text: exp.Expr) -> Fit:
        """As `exactly`, of a text that a pattern has accepted; too many digits are NULL, which is no fit."""
        if self.places == 0:
            return self.exactly(tried(text, NUMBER), 0, WHOLE[Kind.BIGINT], wide=True)
        return self.exactly(tried(text, _decimal_type(_NARROW, self.places)), self.places, digits_of(_NARROW))

    def shortest(self, column: exp.Expr, type_: exp.DataType) -> Fit:
        """As `exactly`, of a binary fraction: what its text says with our places is that very fraction again.

        That is refused of which two numbers with our places could be meant: Java before 19 often writes a longer text
        than the shortest, and others than Python would then be read.
        """
        exact = tried(exp.cast(column.copy(), TEXT), _decimal_type(_NARROW, self.places))
        again = tried(exp.cast(exact.copy(), TEXT), type_)
        told = self.size * 2 ** (FLOATS[type_.this] - (self.places > 0))
        low, high = max(self.range.low, -told), min(self.range.high, told)
        if low > high:
            return truth(value=False), unknown(NUMBER)
        fits, value = replace(self, range=Range(low, high)).exactly(exact, self.places, digits_of(_NARROW))
        return both_hold(both(exp.EQ, again, column.copy()), fits), value


def literals(declaration: FactDeclaration, quantity: Quantity, column: exp.Expr) -> Iterator[Fit]:
    """Read a text as a literal of the language; its plainest form, which is most common and cheapest, comes first."""
    fraction = f"([.][0-9]{{1,{quantity.places}}}0*)?" if quantity.places else ""
    yield _branch(column, f"-?{_PLAIN}{fraction}", quantity.written(column.copy()))
    time = isinstance(declaration.type, types.Duration | types.Period)
    if not quantity.places and not time:
        fraction = "([.]0+)?"
    read = f"^[-0-9_{'.' if quantity.places else ''}]+"
    digits = exp.RegexpExtract(this=column.copy(), expression=text_literal(read), group=number(0))
    bare = exp.Replace(this=digits, expression=text_literal("_"), replacement=text_literal(""))
    for unit, counted in _units(declaration, quantity):
        yield _branch(column, f"-?({_GROUPED}|{_PLAIN}){fraction}{unit}", counted.written(bare.copy()))
    if time:  # the language has no fractions of time, but 60.0 is the number 60 wherever it comes from
        yield _branch(column, f"-?{_PLAIN}[.]0+", quantity.written(bare.copy()))


def _units(declaration: FactDeclaration, quantity: Quantity) -> Iterator[tuple[str, Quantity]]:
    """Give patterns of what may stand behind a number, and how such numbers are read: the declared unit first."""
    unit = declaration.unit
    if isinstance(declaration.type, types.Duration | types.Period):
        sizes = types.SECONDS if isinstance(declaration.type, types.Duration) else types.MONTHS
        own = types.time_unit(unit or "")
        for word, size in sorted(sizes.items(), key=lambda each: each[0] != own):
            every = max(declaration.unit_size // size, 1)
            suffix = f"( +{word}s?)" + ("?" if word == own else "")
            yield suffix, Quantity(0, size, quantity.range, every)
    elif unit == "%":
        yield "%?", quantity
    else:
        yield (f"( +{unit})?" if unit and _UNIT.fullmatch(unit) else ""), quantity


def _branch(column: exp.Expr, pattern: str, read: Fit) -> Fit:
    fits, value = read
    return both_hold(matches(column, pattern), fits), value


def within(column: exp.Expr, range_: Range, possible: Bounds, literal: Callable[[int], exp.Expr]) -> exp.Expr | None:
    """Test for a range, as far as what is possible leaves it: None is always. A literal is one that the type holds."""
    low = possible.low is None or possible.low < range_.low
    high = possible.high is None or possible.high > range_.high
    if (possible.high is not None and possible.high < range_.low) or (
        possible.low is not None and possible.low > range_.high
    ):
        return truth(value=False)
    if low and high:
        return exp.Between(this=column.copy(), low=literal(range_.low), high=literal(range_.high))
    if low:
        return both(exp.GTE, column.copy(), literal(range_.low))
    return both(exp.LTE, column.copy(), literal(range_.high)) if high else None


def _is_needlessly_wide(places: int, possible: Bounds, allowed: Range) -> bool:
    """Say whether a decimal is wide, and what fits is not: arithmetic on it takes DuckDB ten times as long."""
    most = 10**_NARROW
    wide = possible.high is not None and possible.high >= most
    return wide and 0 < places <= _NARROW and -most < allowed.low <= allowed.high < most


def _decimal(steps: int, places: int, possible: Bounds) -> exp.Expr:
    """Write a number that a column holds.

    DuckDB makes a literal of 39 digits a binary fraction, and so a remainder whose operands no one type holds; Spark
    drops the last digit to compare with a whole 0.
    """
    if places == 0:
        return number(steps)
    written = f"{values.decimal(abs(steps), places):f}"
    digits = _NARROW if possible.high is None else len(str(possible.high))
    if digits > _NARROW:
        signed = f"-{written}" if steps < 0 else written
        return exp.cast(exp.Literal.string(signed), _decimal_type(digits, places))
    return exp.Neg(this=exp.Literal.number(written)) if steps < 0 else exp.Literal.number(written)


def both_hold(test: exp.Expr | None, other: exp.Expr | None) -> exp.Expr | None:
    """Join tests by AND; None always holds."""
    tests = [each for each in (test, other) if each is not None]
    return logic(exp.And, tests) if tests else None


def matches(column: exp.Expr, pattern: str) -> exp.Expr:
    r"""Test a whole text. In Java `$` stands before a last newline too, `\z` at the end only."""
    return exp.RegexpLike(this=column.copy(), expression=text_literal(f"^({pattern})\\z"))


def tried(tree: exp.Expr, type_: str | exp.DataType) -> exp.Expr:
    """Cast, or NULL; without `safe` sqlglot writes a plain cast for Spark."""
    return exp.TryCast(this=tree, to=exp.DataType.build(type_), safe=True)


def _decimal_type(digits: int, places: int) -> str:
    return f"DECIMAL({digits}, {places})"


def digits_of(count: int) -> Bounds:
    """Give the whole numbers of so many digits."""
    return Bounds(1 - 10**count, 10**count - 1)


def _signed(bits: int) -> Bounds:
    return Bounds(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def _unsigned(bits: int) -> Bounds:
    return Bounds(0, 2**bits - 1)


FLOATS = {Kind.FLOAT: 24, Kind.DOUBLE: 53}
"""Types of binary fractions, and how many bits their digits have."""
WHOLE = {
    Kind.TINYINT: _signed(8),
    Kind.SMALLINT: _signed(16),
    Kind.INT: _signed(32),
    Kind.BIGINT: _signed(64),
    Kind.INT128: _signed(128),
    Kind.UTINYINT: _unsigned(8),
    Kind.USMALLINT: _unsigned(16),
    Kind.UINT: _unsigned(32),
    Kind.UBIGINT: _unsigned(64),
    Kind.UINT128: _unsigned(128),
    Kind.BIGNUM: Bounds(None, None),
}
"""Types of whole numbers, and what they can hold."""
_NARROW = 18
"""The digits of a decimal that DuckDB keeps in 64 bits."""
_PLAIN = "(0|[1-9][0-9]*)"
_GROUPED = "[0-9]{1,3}(_[0-9]{3})+"
_UNIT = re.compile(r"[a-z][a-z0-9_]*|[A-Z]{3}")
