/**
 * What people type, as whole numbers underneath; what will not do is said with what would.
 *
 * Reads: a text, a fact's declaration, the words of a language.
 * Gives: `readTyped`: `{raw, problem}`, both null for an empty text; `unitsOf`, the units that a field offers, and
 * `sizeOf`, how much one of them is; `within` and `isDecidable`, whether a raw value, or a day to decide on, will do;
 * `exactly`, a decimal number underneath.
 * Never: guesses. `1.000` is a thousand where a point groups digits, and refused for whole numbers where it does not.
 */

import { FIRST_PROVED_DAY, LAST_PROVED_DAY, fromIso } from "../calendar.js";
import { MONTHS, SECONDS, fill, typed, unitWord, value, whole } from "./writing.js";

/** Read a text that was typed for a fact; a number without a unit is in the unit that the field shows. */
export function readTyped(text, fact, unit, words) {
  const said = text.trim();
  if (said === "") return { raw: null, problem: null };
  if (fact.type.kind === "text") return { raw: text, problem: null };
  const raw = fact.type.kind === "date" ? fromIso(said) : quantity(said, fact, unit, words);
  if (raw !== null && within(raw, fact)) return { raw, problem: null };
  return { raw: null, problem: expected(fact, unit, words) };
}

/** Give the units in which a quantity of time may be typed, the declared one first; none for other facts. */
export function unitsOf(fact) {
  const sizes = sizesOf(fact);
  if (sizes === null) return [];
  const isWithinADay = fact.type.kind === "duration" && fact.size < SECONDS.day;
  const fits = (size) => size % fact.size === 0 && size <= fact.range[1] && !(isWithinADay && size >= SECONDS.day);
  const coarser = fact.type.kind === "period" || isWithinADay;
  const others = Object.keys(sizes).filter((unit) => coarser && sizes[unit] > fact.size && fits(sizes[unit]));
  return [fact.unit, ...others.map((unit) => `${unit}s`)];
}

/** Give how much one of a unit is underneath; without a unit, of the declared one. */
export function sizeOf(fact, unit) {
  return (unit !== null && sizesOf(fact)?.[unit.slice(0, -1)]) || fact.size;
}

/** Say whether a raw value lies in a fact's range. */
export function within(raw, { range }) {
  return range === null || (range[0] <= raw && raw <= range[1]);
}

/** Say whether one may decide as of a day; null is no day. */
export function isDecidable(day) {
  return day !== null && FIRST_PROVED_DAY <= day && day <= LAST_PROVED_DAY;
}

/** Give a decimal number of a unit underneath, where one is `size`; null when it is finer than that. */
export function exactly(integer, fraction, size) {
  const shift = 10n ** BigInt(fraction.length);
  const scaled = BigInt(integer + fraction) * BigInt(size);
  return scaled % shift === 0n ? Number(scaled / shift) : null;
}

/** Say what may be typed for a fact. */
function expected(fact, unit, words) {
  const { type, range } = fact;
  const { texts } = words;
  if (sizesOf(fact) !== null) {
    const size = sizeOf(fact, unit);
    const isEven = range.every((end) => end % size === 0);
    const [low, high] = range.map((end) => (isEven ? whole(end / size, words) : value(end, type, words)));
    return fill(texts.wrong_time, { unit: unitWord(unit, false, words), low, high });
  }
  if (type.kind === "money") return expectedMoney(fact, words);
  const bare = type.kind === "number" && !type.percent ? { ...type, unit: null } : type;
  const [low, high] = range.map((end) => value(end, bare, words));
  if (type.kind === "date") return fill(texts.wrong_day, { low, high });
  const places = Math.round(Math.log10(fact.size));
  if (places === 0) return fill(texts.wrong_whole, { low, high });
  return fill(texts.wrong_places, { low, high, places: whole(places, words), decimal: words.language.decimal });
}

function expectedMoney(fact, words) {
  const [low, high] = fact.range.map((end) => typed(end, fact, fact.size, words));
  const { currency } = fact.type;
  const places = Math.round(Math.log10(fact.size));
  if (places === 0) return fill(words.texts.wrong_whole_money, { currency, low, high });
  const { decimal } = words.language;
  return fill(words.texts.wrong_money, { currency, low, high, places: whole(places, words), decimal });
}

function quantity(text, fact, unit, words) {
  const found = text.length > LONGEST ? null : pattern(words.language).exec(text);
  if (found === null) return null;
  const [, sign, integer, fraction = "", word = null] = found;
  const named = word === null ? unit : namedUnit(word, fact, words);
  if (word !== null && named === null) return null;
  const isWhole = fact.size === 1 || sizesOf(fact) !== null;
  if (isWhole && fraction !== "") return null;
  const raw = exactly(integer.replace(/\D/g, ""), fraction, sizeOf(fact, named));
  return sign === "" || raw === null || raw === 0 ? raw : -raw;
}

/** Match a number as the language writes it, with or without its groups, and what stands behind it. */
function pattern({ thousands, decimal }) {
  const group = thousands.trim() === "" ? "[ \u00a0\u202f]" : escaped(thousands);
  const integer = `\\d{1,3}(?:${group}\\d{3})+|\\d+`;
  return new RegExp(`^([-−]?)(${integer})(?:${escaped(decimal)}(\\d+))?\\s*([^\\d\\s].*)?$`, "u");
}

/** Find which of a fact's units a word is, in either number; null for none of them. */
function namedUnit(word, fact, words) {
  const said = word.toLowerCase();
  const candidates = sizesOf(fact) === null ? [fact.unit].filter((unit) => unit !== null) : unitsOf(fact);
  const spellings = (unit) => [unit, unitWord(unit, true, words), unitWord(unit, false, words)];
  return candidates.find((unit) => spellings(unit).some((spelling) => spelling.toLowerCase() === said)) ?? null;
}

function sizesOf({ type }) {
  return type.kind === "duration" ? SECONDS : type.kind === "period" ? MONTHS : null;
}

function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

const LONGEST = 40;
