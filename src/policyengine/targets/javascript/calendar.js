/**
 * The calendar that all targets share: days as numbers, whole years, dates plus months.
 *
 * Days are proleptic Gregorian ordinals: 0001-01-01 is 1. Periods are months.
 * Never: uses `Date`, which knows time zones and clamps 29 February to 28.
 */

/** The ordinals begin 306 days after 1 March of the year 0. */
const MARCH = 306;
const DAYS_OF_400_YEARS = 146_097;

export const SECONDS_PER_DAY = 86_400;
/** The days for which one may decide: 1900-01-01 to 2199-12-31. */
export const FIRST_PROVED_DAY = toOrdinal(1900, 1, 1);
export const LAST_PROVED_DAY = toOrdinal(2199, 12, 31);

/** Add a period to a date; a day that the month lacks becomes the 1st of the next month. */
export function addMonths(ordinal, months) {
  const [startYear, startMonth, day] = toDate(ordinal);
  const index = startYear * 12 + startMonth - 1 + months;
  const year = Math.floor(index / 12);
  const month = index - year * 12 + 1;
  if (year < 1) return toOrdinal(1, 1, 1);
  if (year > 9999) return toOrdinal(9999, 12, 31);
  const last = daysInMonth(year, month);
  return day <= last ? toOrdinal(year, month, day) : toOrdinal(year, month, last) + 1;
}

/** Count the birthdays from `start` to `end`, in months (12 a year); negative when `end` is before `start`. */
export function yearsBetween(start, end) {
  const [bornYear, bornMonth, bornDay] = toDate(start);
  const [year, month, day] = toDate(end);
  const early = month < bornMonth || (month === bornMonth && day < bornDay);
  return 12 * (year - bornYear - Number(early));
}

/** Write a day as ISO 8601 does: `2024-05-01`. */
export function toIso(ordinal) {
  const [year, month, day] = toDate(ordinal);
  const padded = (number, places) => String(number).padStart(places, "0");
  return `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`;
}

/** Read an ISO 8601 day; null when the text is none. */
export function fromIso(text) {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (parts === null) return null;
  const [year, month, day] = parts.slice(1).map(Number);
  const exists = year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
  return exists ? toOrdinal(year, month, day) : null;
}

function daysInMonth(year, month) {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  if (month === 2) return leap ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

// Both ways count from 1 March of the year 0, so that a leap day is the last day of its year.

function toOrdinal(year, month, day) {
  const years = month > 2 ? year : year - 1;
  const months = month > 2 ? month - 3 : month + 9;
  const leapDays = Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400);
  return years * 365 + leapDays + daysBefore(months) + day - MARCH;
}

function toDate(ordinal) {
  const days = ordinal - 1 + MARCH;
  const era = Math.floor(days / DAYS_OF_400_YEARS);
  const inEra = days - era * DAYS_OF_400_YEARS;
  // take off the leap days that are over: all years are then equally long
  const leapDays = Math.floor(inEra / 1_460) - Math.floor(inEra / 36_524) + Math.floor(inEra / 146_096);
  const yearOfEra = Math.floor((inEra - leapDays) / 365);
  const inYear = inEra - (yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const months = Math.floor((5 * inYear + 2) / 153);
  const month = months < 10 ? months + 3 : months - 9;
  return [yearOfEra + era * 400 + Number(month <= 2), month, inYear - daysBefore(months) + 1];
}

/** Count the days before a month, of a year that begins in March: five months have 153 days. */
function daysBefore(months) {
  return Math.floor((153 * months + 2) / 5);
}
