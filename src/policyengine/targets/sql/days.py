"""Dates in SQL: days as ordinals, whole years, dates plus months, as `model/calendar.py` has them.

Of the engines' calendars only year, month and day of a DATE are used, and the day count between two: the tests hold
them against Python for every day from 0001 to 9999. Adding months is our own arithmetic, because engines clamp.
"""

import datetime

from sqlglot import exp

from policyengine.targets.sql.columns import Names
from policyengine.targets.sql.trees import (
    both,
    choice,
    minus,
    named,
    negated,
    number,
    plus,
    quotient,
    rest,
    times,
    wide,
)


def ordinal(date: exp.Expr) -> exp.Expr:
    """Give the ordinal of a DATE, as facts are read: 1 is 0001-01-01."""
    return plus(wide(exp.DateDiff(this=date, expression=_first_day())), number(1))


def add_months(day: exp.Expr, months: exp.Expr, names: Names) -> exp.Expr:
    """Add a period to a date; a day that the month lacks becomes the 1st of the next.

    Counted from the 1st of the month that is reached, a day that does not exist is one of the next month or later, so
    it is enough not to go past the 1st of that.
    """

    def moved(day: exp.Expr) -> exp.Expr:
        date = as_date(day)
        reached = plus(_month(date), months)
        return named(reached, lambda month: _least_of_month(month, exp.Day(this=date.copy())), names)

    return named(day, moved, names)


def years_since(day: exp.Expr, today: exp.Expr, names: Names) -> exp.Expr:
    """Count the birthdays from a day to today, in months."""

    def counted(day: exp.Expr) -> exp.Expr:
        born, now = as_date(day), as_date(today.copy())
        still_to_come = choice(
            (both(exp.LT, _in_year(now), _in_year(born)), number(1)),
            otherwise=number(0),
        )
        years = plus(exp.Year(this=now.copy()), negated(exp.Year(this=born.copy())), negated(still_to_come))
        return times(wide(years), number(12))

    return named(day, counted, names)


def as_date(day: exp.Expr) -> exp.Expr:
    """Give the DATE of an ordinal."""
    return plus(_first_day(), exp.cast(minus(day.copy(), number(1)), "INT"))


def _first_day() -> exp.Expr:
    return exp.cast(exp.Literal.string("0001-01-01"), "DATE")


def date_literal(day: int) -> exp.Expr:
    """Write the DATE of an ordinal that is known."""
    return exp.cast(exp.Literal.string(datetime.date.fromordinal(day).isoformat()), "DATE")


def _month(date: exp.Expr) -> exp.Expr:
    """Count the months from March of the year 0, which begins a cycle of the calendar, to a date."""
    years = times(wide(exp.Year(this=date.copy())), number(12))
    return plus(years, exp.Month(this=date.copy()), number(-3))


def _least_of_month(month: exp.Expr, day: exp.Expr) -> exp.Expr:
    counted = plus(_first_of(month), day, number(-1))
    # `ignore_nulls` is sqlglot's word for "as it is": both are NULL, or none
    return exp.Least(this=counted, expressions=[_first_of(plus(month.copy(), number(1)))], ignore_nulls=True)


def _first_of(month: exp.Expr) -> exp.Expr:
    """Give the ordinal of the 1st of a month. Years begin in March, so that the leap day is their last.

    1461 days are four years; of a hundred years three in four lack a leap day; 153 days are five months from March.
    """
    years = quotient(times(number(1461), quotient(month.copy(), 12)), 4)
    lacking = quotient(plus(times(number(3), quotient(month.copy(), 1200)), number(3)), 4)
    months = quotient(plus(times(number(153), rest(month.copy(), 12)), number(2)), 5)
    return plus(years, negated(lacking), months, number(-305))


def _in_year(date: exp.Expr) -> exp.Expr:
    return plus(times(exp.Month(this=date.copy()), number(100)), exp.Day(this=date.copy()))
