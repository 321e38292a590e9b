"""The calendar that all targets share: days as numbers, whole years, dates plus months.

Days are proleptic Gregorian ordinals: 0001-01-01 is 1, as in `date.toordinal`. Periods are months.
No target trusts a built-in of its own: engines clamp 29 February to 28, this calendar goes on to 1 March.
"""

from datetime import date

SECONDS_PER_DAY = 86_400
FIRST_DAY = date(1, 1, 1).toordinal()
LAST_DAY = date(9999, 12, 31).toordinal()
FIRST_PROVED_DAY = date(1900, 1, 1).toordinal()
"""`today`, and date facts without a range, lie between these two for the range proof, and are refused outside."""
LAST_PROVED_DAY = date(2199, 12, 31).toordinal()

_FEBRUARY = 2
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def add_months(day: int, months: int) -> int:
    """Add a period to a date; a day that the month lacks becomes the 1st of the next month.

    Years before 1 or after 9999 stop at the first or the last day: the checker proves that a policy never gets there,
    and only range arithmetic asks.

    >>> date.fromordinal(add_months(date(2004, 2, 29).toordinal(), 12)).isoformat()
    '2005-03-01'
    >>> date.fromordinal(add_months(date(2024, 1, 31).toordinal(), 1)).isoformat()
    '2024-03-01'
    """
    start = date.fromordinal(day)
    index = start.year * 12 + start.month - 1 + months
    year, month = index // 12, index % 12 + 1
    if year < 1:
        return FIRST_DAY
    if year > 9999:
        return LAST_DAY
    if start.day <= days_in_month(year, month):
        return date(year, month, start.day).toordinal()
    return date(year, month, days_in_month(year, month)).toordinal() + 1


def leaves(day: int, months: int) -> bool:
    """Say whether a date plus a period lies outside 0001-01-01 … 9999-12-31.

    >>> leaves(LAST_DAY, 0), leaves(LAST_DAY, 1), leaves(date(9999, 12, 30).toordinal(), -12 * 9999)
    (False, True, True)
    """
    start = date.fromordinal(day)
    return not 12 <= start.year * 12 + start.month - 1 + months <= 12 * 9999 + 11


def days_in_month(year: int, month: int) -> int:
    """Count the days of a month in the Gregorian calendar."""
    leap = month == _FEBRUARY and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return _DAYS[month - 1] + leap


def years_between(start: int, end: int) -> int:
    """Count the birthdays from `start` to `end`, in months (12 a year); negative when `end` is before `start`.

    >>> years_between(date(2004, 2, 29).toordinal(), date(2005, 2, 28).toordinal())
    0
    >>> years_between(date(2004, 2, 29).toordinal(), date(2005, 3, 1).toordinal())
    12
    """
    born, now = date.fromordinal(start), date.fromordinal(end)
    years = now.year - born.year - ((now.month, now.day) < (born.month, born.day))
    return 12 * years
