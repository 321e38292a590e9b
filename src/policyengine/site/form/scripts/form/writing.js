/**
 * Values and distances in words: whole numbers underneath, written as people of a language write them.
 *
 * Reads: raw values, their types, the words of a language.
 * Gives: `value`, `joined`, `more`, `fewer`, `aboutItem`, `whole`, as `targets/prose` in Python; `typed`, `unitWord`,
 * `SECONDS` and `MONTHS` for fields; `fill` for patterns.
 * Never: rounds a digit, or asks the browser how its language writes numbers.
 */

import { toIso } from "../calendar.js";
import { own } from "../runtime.js";

/** Fill the braces of one of our patterns; what is filled in is never looked at again. */
export function fill(pattern, parts) {
  return pattern.replace(/\{([a-z_]+)\}/g, (braces, name) =>
    Object.hasOwn(parts, name) ? String(parts[name]) : braces,
  );
}

/** Write a known scalar: `10,000 followers`, `1 minute 30 seconds`, `6 Juni 2023`. */
export function value(raw, type, words) {
  switch (type.kind) {
    case "boolean":
      return raw ? words.grammar.yes : words.grammar.no;
    case "text":
      return raw;
    case "choice":
      return type.values.find(([allowed]) => allowed === raw)?.[1] ?? raw;
    case "region":
      return own(words.regions, raw)?.name ?? raw;
    case "date":
      return date(raw, words);
    case "duration":
      return compound(raw, SECONDS, type.wholeDays ? ["day"] : ["day", "hour", "minute", "second"], words);
    case "period":
      return compound(raw, MONTHS, ["year", "month"], words);
    default: {
      const { number, unit } = amount(raw, type, words);
      return unit === "%" ? `${number}%` : spaced(number, unit);
    }
  }
}

/** Join phrases as the language joins a list with "and" or "or". */
export function joined(items, words, junction) {
  const [two, last] = junction === "and" ? words.grammar.conjunction : words.grammar.disjunction;
  if (items.length === 0) return words.grammar.nothing;
  if (items.length === 1) return items[0];
  if (items.length === 2) return items[0] + two + items[1];
  return items.slice(0, -1).join(", ") + last + items.at(-1);
}

/** Say that a value must grow: `9,100 more followers`; with a fact, whose name is `about`, it stands before. */
export function more(difference, type, words, fact = null) {
  return change(words.grammar.more, difference, type, words, fact);
}

/** Say that a value must fall: `2 fewer videos`. */
export function fewer(difference, type, words, fact = null) {
  return change(words.grammar.fewer, difference, type, words, fact);
}

/** Say of which item of a list, counted from 1, a phrase speaks: `video 3: 2 minutes less`. */
export function aboutItem(list, number, phrase, words) {
  return fill(words.grammar.aboutItem, { word: list.item, number: whole(number, words), phrase });
}

/** Write a whole number, grouped as the language groups: `10,000`. */
export function whole(number, words) {
  return written(parts(number, 0), words);
}

/** Write a quantity as it is typed into a field, in one of the units that the field has. */
export function typed(raw, fact, unitSize, words) {
  const { type } = fact;
  if (type.kind === "duration" || type.kind === "period") return whole(raw / unitSize, words);
  return amount(raw, type, words).number;
}

/** Give a number and its unit's word apart; the unit is "" for none and "%" for a percent. */
function amount(raw, type, words) {
  const { quantity, unit } = measured(raw, type);
  const number = written(quantity, words);
  if (unit === "" || unit === "%") return { number, unit };
  const isOne = quantity.integer === "1" && quantity.fraction === "";
  return { number, unit: unitWord(unit, isOne, words) };
}

/** Give the word of a unit: one that is not declared stands for itself. */
export function unitWord(unit, isOne, words) {
  const [singular, plural] = own(words.units, unit) ?? [unit, unit];
  return isOne ? singular : plural;
}

function measured(raw, type) {
  if (type.kind === "money") {
    const places = type.scale > 0 && raw % 10 ** type.scale === 0 ? 0 : type.places;
    return { quantity: trimmed(parts(raw, type.scale), places), unit: type.currency };
  }
  const scale = type.percent ? type.scale - 2 : type.scale;
  return { quantity: trimmed(parts(raw, scale), 0), unit: type.percent ? "%" : (type.unit ?? "") };
}

/** Split raw × 10^-scale into its sign, its whole digits and those behind the separator. */
function parts(raw, scale) {
  const digits = String(Math.abs(raw));
  const isNegative = raw < 0;
  if (scale <= 0) return { isNegative, integer: raw === 0 ? "0" : digits + "0".repeat(-scale), fraction: "" };
  const padded = digits.padStart(scale + 1, "0");
  return { isNegative, integer: padded.slice(0, -scale), fraction: padded.slice(-scale) };
}

function trimmed(quantity, places) {
  let { fraction } = quantity;
  while (fraction.length > places && fraction.endsWith("0")) fraction = fraction.slice(0, -1);
  return { ...quantity, fraction };
}

function written({ isNegative, integer, fraction }, words) {
  const { thousands, decimal } = words.language;
  const grouped = integer.replace(/\B(?=(?:\d{3})+$)/g, () => thousands);
  return (isNegative ? "-" : "") + grouped + (fraction === "" ? "" : decimal + fraction);
}

function compound(raw, sizes, units, words) {
  const found = [];
  let rest = Math.abs(raw);
  for (const unit of units) {
    const count = Math.floor(rest / sizes[unit]);
    rest -= count * sizes[unit];
    const isNothing = raw === 0 && unit === units.at(-1);
    if (count > 0 || isNothing) found.push(spaced(whole(count, words), unitWord(`${unit}s`, count === 1, words)));
  }
  return raw < 0 ? fill(words.grammar.minus, { value: found.join(" ") }) : found.join(" ");
}

function date(raw, words) {
  const [year, month, day] = toIso(raw).split("-").map(Number);
  return fill(words.language.date, { day, month: words.language.months[month - 1], year });
}

function change(patterns, difference, type, words, fact) {
  const kind = kindOf(type);
  const { number, unit } = distance(kind, difference, type, words);
  const phrase = fill(patterns[kind], { number, unit, amount: spaced(number, unit) });
  if (fact === null || (type.kind === "number" && fact.path.split(".").at(-1) === type.unit)) return phrase;
  return fill(words.grammar.about, { subject: fact.name, phrase });
}

/** Give a distance's number and unit; what is no single number and unit is all number. */
function distance(kind, difference, type, words) {
  if (kind === "percent") {
    const isOne = difference * 100 === 10 ** type.scale;
    return { number: amount(difference, type, words).number, unit: words.grammar.point[isOne ? 0 : 1] };
  }
  if (kind === "day") return { number: compound(difference * SECONDS.day, SECONDS, ["day"], words), unit: "" };
  if (type.kind === "number") return amount(difference, type, words);
  return { number: value(difference, type, words), unit: "" };
}

function kindOf({ kind, percent, unit }) {
  if (kind === "number") return percent ? "percent" : unit === null ? "number" : "count";
  return kind === "date" ? "day" : kind;
}

function spaced(number, unit) {
  return unit === "" ? number : `${number} ${unit}`;
}

/** Seconds of each unit of a duration. */
export const SECONDS = { second: 1, minute: 60, hour: 3_600, day: 86_400, week: 604_800 };
/** Months of each unit of a period. */
export const MONTHS = { month: 1, year: 12 };
