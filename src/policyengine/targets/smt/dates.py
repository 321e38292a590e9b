"""The calendar of the model as z3 terms: a date as its number, and as year, month and day where one is asked.

Nothing divides: a year is 400 a + 100 b + 4 c + e + 1, and everything else is sums and cases. Of each two dates it is
said besides that they have one order, by number and by year, month, day. It follows, but z3 takes seconds to see it.
Reads: values that are dates and periods.
Gives: `add_months`, `years_since`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate

import z3

from policyengine.model import calendar
from policyengine.model.ranges import Range
from policyengine.targets.smt.ground import Ground
from policyengine.targets.smt.terms import CannotProve, Value, both, chosen, either, value

_MOST_DATES = 32
"""Of more dates than these, the order is not said in pairs."""
_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_BEFORE = (0, *accumulate(_LENGTHS))


@dataclass(frozen=True, slots=True)
class _Day:
    """A date by its number, and by year, month and day."""

    number: z3.ArithRef
    year: z3.ArithRef
    month: z3.ArithRef
    day: z3.ArithRef
    known: z3.BoolRef


@dataclass(frozen=True, slots=True)
class _Year:
    """The number of the day before its first one, and whether it has a 29 February."""

    before: z3.ArithRef
    leap: z3.BoolRef


@dataclass(frozen=True, slots=True)
class Dates:
    """The dates of one problem that are told by year, month and day."""

    ground: Ground
    _days: list[_Day] = field(default_factory=list)
    _constants: dict[int, _Day] = field(default_factory=dict)
    _ordered: set[tuple[int, int]] = field(default_factory=set)

    def mention(self, day: int) -> None:
        """Take in a constant: its order among the dates will be said."""
        if calendar.FIRST_DAY <= day <= calendar.LAST_DAY:
            self._constants.setdefault(day, self._constant(day))

    def add_months(self, start: Value, months: Value) -> Value:
        """Add a period to a date; a day that the month lacks becomes the 1st of the next month."""
        corners = [(d, m) for d in _ends(start.numbers) for m in _ends(months.numbers)]
        if any(calendar.leaves(day, added) for day, added in corners):
            raise CannotProve("a date that leaves the calendar")
        range_ = start.numbers.add_months(months.numbers)
        known = both(start.known, months.known)
        if range_.single:
            return value(start.term, known, range_, self.ground)
        terms = (start.term, months.term, known)
        later = self.ground.once(("add months",), terms, lambda: self._later(start, months, known, range_))
        return Value(later, known, range_)

    def years_since(self, start: Value, today: Value) -> Value:
        """Count birthdays, in months."""
        range_, known = start.numbers.years_until(today.numbers), both(start.known, today.known)
        if range_.single:
            return value(start.term, known, range_, self.ground)
        terms = (start.term, today.term, known)
        years = self.ground.once(("years",), terms, lambda: self._years(start, today, known, range_))
        return Value(12 * years, known, range_)

    def say_order(self) -> None:
        """Say the order of each two dates, of those that are new."""
        days = self._days[:_MOST_DATES]
        constants = list(self._constants.values())[:_MOST_DATES] if days else []
        for index, left in enumerate(days):
            for right in (*days[index + 1 :], *constants):
                key = (left.number.get_id(), right.number.get_id())
                if key not in self._ordered:
                    self._ordered.add(key)
                    self.ground.define_known(
                        both(left.known, right.known),
                        (left.number < right.number) == _before(left, right),
                        (left.number == right.number) == _same(left, right),
                    )

    def _later(self, start: Value, months: Value, known: z3.BoolRef, range_: Range) -> z3.ArithRef:
        day = self._day(start)
        years = _years(range_)
        if months.numbers.single and months.numbers.low % 12 == 0:
            year, month = day.year + months.numbers.low // 12, day.month
        else:
            year = self.ground.between("year of a date and a period", years.low, years.high)
            month = self.ground.between("month of a date and a period", 1, 12)
            self.ground.define_known(known, 12 * year + month == 12 * day.year + day.month + months.term)
        in_year = self._year(year, years, known)
        length = self._length(month, in_year)
        later = self.ground.between("date and a period", range_.low, range_.high)
        beyond = day.day > length
        within = chosen(beyond, length + 1, day.day)
        self.ground.define_known(known, later == in_year.before + self._days_before(month, in_year) + within)
        one = self.ground.number(1)
        # December has 31 days, so that the next month is of the same year
        parts = _Day(later, year, chosen(beyond, month + 1, month), chosen(beyond, one, day.day), known)
        self.ground.once(("day",), (later, known), lambda: self._kept(parts))
        return later

    def _years(self, start: Value, today: Value, known: z3.BoolRef, range_: Range) -> z3.ArithRef:
        born, now = self._day(start), self._day(today)
        ahead = either(now.month < born.month, both(now.month == born.month, now.day < born.day))
        years = self.ground.between("years since a date", range_.low // 12, range_.high // 12)
        one, none = self.ground.number(1), self.ground.number(0)
        self.ground.define_known(known, years == now.year - born.year - chosen(ahead, one, none))
        return years

    def _day(self, day: Value) -> _Day:
        if day.numbers.single:
            return self._constant(day.numbers.low)
        return self.ground.once(("day",), (day.term, day.known), lambda: self._kept(self._told(day)))

    def _kept(self, day: _Day) -> _Day:
        self._days.append(day)
        return day

    def _told(self, day: Value) -> _Day:
        range_ = _years(day.numbers)
        year = self.ground.between("year", range_.low, range_.high)
        month = self.ground.between("month", 1, 12)
        number = self.ground.between("day of the month", 1, 31)
        in_year = self._year(year, range_, day.known)
        self.ground.define_known(
            day.known,
            number <= self._length(month, in_year),
            day.term == in_year.before + self._days_before(month, in_year) + number,
        )
        return _Day(day.term, year, month, number, day.known)

    def _constant(self, day: int) -> _Day:
        read = date.fromordinal(day)
        number, year, month, in_month = (self.ground.number(part) for part in (day, read.year, read.month, read.day))
        return _Day(number, year, month, in_month, self.ground.truth(value=True))

    def _year(self, year: z3.ArithRef, range_: Range, known: z3.BoolRef) -> _Year:
        return self.ground.once(("year",), (year, known), lambda: self._told_year(year, range_, known))

    def _told_year(self, year: z3.ArithRef, range_: Range, known: z3.BoolRef) -> _Year:
        low, high = (range_.low - 1) // 400, (range_.high - 1) // 400
        four_hundreds = self.ground.between("years / 400", low, high)
        hundreds = self.ground.between("hundreds of years", 0, 3)
        fours = self.ground.between("fours of years", 0, 24)
        ones = self.ground.between("ones of years", 0, 3)
        self.ground.define_known(known, year == 400 * four_hundreds + 100 * hundreds + 4 * fours + ones + 1)
        days = 146_097 * four_hundreds + 36_524 * hundreds + 1_461 * fours + 365 * ones
        return _Year(days, both(ones == 3, either(fours != 24, hundreds == 3)))

    def _length(self, month: z3.ArithRef, year: _Year) -> z3.ArithRef:
        lengths = [self.ground.number(length) for length in _LENGTHS]
        lengths[1] = chosen(year.leap, self.ground.number(29), lengths[1])
        return self._by_month(month, lengths)

    def _days_before(self, month: z3.ArithRef, year: _Year) -> z3.ArithRef:
        one, none = self.ground.number(1), self.ground.number(0)
        before = self._by_month(month, [self.ground.number(days) for days in _BEFORE[:12]])
        return before + chosen(both(year.leap, month > 2), one, none)

    def _by_month(self, month: z3.ArithRef, terms: Sequence[z3.ArithRef]) -> z3.ArithRef:
        *others, found = terms
        for number, term in reversed(list(enumerate(others, start=1))):
            found = chosen(month == number, term, found)
        return found


def _before(left: _Day, right: _Day) -> z3.BoolRef:
    in_month = both(left.month == right.month, left.day < right.day)
    in_year = both(left.year == right.year, either(left.month < right.month, in_month))
    return either(left.year < right.year, in_year)


def _same(left: _Day, right: _Day) -> z3.BoolRef:
    return both(left.year == right.year, left.month == right.month, left.day == right.day)


def _years(days: Range) -> Range:
    return days.map(lambda day: date.fromordinal(day).year)


def _ends(range_: Range) -> tuple[int, int]:
    return range_.low, range_.high
