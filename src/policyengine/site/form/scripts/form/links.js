/**
 * Answers in an address, behind its `#`: `on=2024-06-01&creator.region=ZA&series.videos=[{"length":60}]`.
 *
 * Values stand as callers of the engine write them. Private answers never get in, and are not taken from there either.
 * Reads: raw values by path, the facts' declarations.
 * Gives: `writeLink`, `readLink`; `readDoor` and `writeDoor` for one value.
 * Never: gives a day for which one may not decide.
 */

import { fromIso, toIso } from "../calendar.js";
import { own } from "../runtime.js";
import { exactly, isDecidable, within } from "./reading.js";
import { MONTHS, SECONDS } from "./writing.js";

/** Write what may be shared; `leftOut` are the facts that may not, or only in part. */
export function writeLink(on, answers, facts) {
  const parts = [["on", toIso(on)]];
  const leftOut = [];
  for (const [path, raw] of answers) {
    const fact = facts[path];
    const isHidden = fact.private || Object.values(fact.fields ?? {}).some((field) => field.private);
    if (isHidden) leftOut.push(path);
    if (!fact.private)
      parts.push([path, fact.type.kind === "list" ? writeList(raw, fact) : String(writeDoor(raw, fact))]);
  }
  return { fragment: parts.map((pair) => pair.map(encodeURIComponent).join("=")).join("&"), leftOut };
}

/** Read a fragment: the day (null when it has none), answers by path, and the names of what cannot be used. */
export function readLink(fragment, asked, facts, regions) {
  const found = { on: null, answers: new Map(), ignored: [] };
  for (const part of fragment.split("&").filter((text) => text !== "")) {
    const [name, text] = halves(part);
    if (name === null) {
      found.ignored.push(part);
    } else if (name === "on" && found.on === null && text !== null && isDecidable(fromIso(text))) {
      found.on = fromIso(text);
    } else {
      const isAsked = asked.has(name) && !facts[name].private && !found.answers.has(name);
      const raw = isAsked && text !== null ? readText(text, facts[name], regions) : undefined;
      if (raw === undefined) found.ignored.push(name);
      else found.answers.set(name, raw);
    }
  }
  return found;
}

/** Write a value as a caller of the engine does: a whole number, or a literal of the language. */
export function writeDoor(raw, { type, size }) {
  switch (type.kind) {
    case "date":
      return toIso(raw);
    case "number":
    case "money":
      return raw % size === 0 ? raw / size : literal(raw, type, size);
    case "duration":
    case "period":
      return raw / size;
    default:
      return raw;
  }
}

/** Read a value as the engine's door does, from text or from JSON; undefined for what that refuses. */
export function readDoor(given, fact, regions) {
  switch (fact.type.kind) {
    case "boolean":
      return typeof given === "boolean" ? given : undefined;
    case "text":
      return typeof given === "string" ? given : undefined;
    case "choice":
      return fact.type.values.some(([allowed]) => allowed === given) ? given : undefined;
    case "region":
      return own(regions, given) === null ? undefined : given;
    case "date":
      return inRange(typeof given === "string" ? fromIso(given) : null, fact);
    case "list":
      return readList(given, fact, regions);
    default:
      return inRange(typeof given === "boolean" ? null : quantity(given, fact), fact);
  }
}

/** Read what stands in an address: numbers, truth values and lists as in JSON, anything else as text. */
function readText(text, fact, regions) {
  const isJson = fact.type.kind === "boolean" || fact.type.kind === "list";
  if (isJson) return readDoor(parsed(text), fact, regions);
  const isNumber = fact.range !== null && JSON_NUMBER.test(text);
  return isNumber ? inRange(measured(text, null, fact), fact) : readDoor(text, fact, regions);
}

function halves(part) {
  try {
    const [, name, , text = null] = /^([^=]*)(=(.*))?$/s.exec(part).map((half) => half && decodeURIComponent(half));
    return [name, text];
  } catch {
    return [null, null]; // no text is encoded like this
  }
}

function inRange(raw, fact) {
  return raw !== null && within(raw, fact) ? raw : undefined;
}

function literal(raw, type, size) {
  const places = Math.round(Math.log10(size));
  const digits = String(Math.abs(raw)).padStart(places + 1, "0");
  const fraction = digits.slice(-places).replace(/0+$/, "");
  const number = `${raw < 0 ? "-" : ""}${digits.slice(0, -places)}.${fraction}`;
  return type.kind === "money" ? `${number} ${type.currency}` : type.percent ? `${number}%` : number;
}

/** Read a number in the declared unit, or a literal that names one; null for neither. */
function quantity(given, fact) {
  if (typeof given === "number") return measured(String(given), null, fact);
  const found = typeof given === "string" && given.length <= LONGEST ? LITERAL.exec(given) : null;
  if (found === null) return null;
  const [, number, fraction, percent, word] = found;
  const named = percent ?? word ?? null;
  const namesNone = named === null && (fact.type.kind !== "number" || fact.type.percent);
  return namesNone || (isTime(fact) && fraction !== undefined)
    ? null
    : measured(number.replaceAll("_", ""), named, fact);
}

/** Give a decimal number of a unit underneath (null: the declared one); null when it is finer than declared. */
function measured(number, unit, fact) {
  const size = unit === null || unit === fact.unit ? fact.size : isTime(fact) ? timeSize(unit, fact) : null;
  if (size === null || number.length > LONGEST || !JSON_NUMBER.test(number)) return null;
  const [integer, fraction = ""] = number.split(".");
  const raw = exactly(integer, fraction, size);
  return raw !== null && isTime(fact) && raw % fact.size !== 0 ? null : raw;
}

function isTime({ type }) {
  return type.kind === "duration" || type.kind === "period";
}

function timeSize(word, fact) {
  const unit = word.endsWith("s") ? word.slice(0, -1) : word;
  return own(fact.type.kind === "duration" ? SECONDS : MONTHS, unit);
}

function writeList(records, { fields }) {
  const shared = Object.values(fields).filter((field) => !field.private);
  const written = records.map((record) =>
    Object.fromEntries(
      shared
        .map((field) => [field, own(record, fieldName(field))])
        .filter(([, raw]) => raw !== null)
        .map(([field, raw]) => [fieldName(field), writeDoor(raw, field)]),
    ),
  );
  return JSON.stringify(written);
}

function readList(records, { fields, most }, regions) {
  if (!Array.isArray(records) || records.length > most) return undefined;
  const read = records.map((record) => readRecord(record, fields, regions));
  return read.includes(undefined) ? undefined : read;
}

function readRecord(record, fields, regions) {
  const found = Object.fromEntries(Object.keys(fields).map((name) => [name, null]));
  if (record === null) return found;
  if (typeof record !== "object" || Array.isArray(record)) return undefined;
  for (const [name, given] of Object.entries(record)) {
    if (!Object.hasOwn(fields, name) || fields[name].private) return undefined;
    const raw = given === null ? null : readDoor(given, fields[name], regions);
    if (raw === undefined) return undefined;
    found[name] = raw;
  }
  return found;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // no JSON
  }
}

function fieldName(field) {
  return field.path.split(".").at(-1);
}

const JSON_NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/;
const LITERAL = /^(-?(?:[0-9]{1,3}(?:_[0-9]{3})+|0|[1-9][0-9]*)(\.[0-9]+)?)(?:(%)| +([a-z][a-z0-9_]*|[A-Z]{3}))?$/;
const LONGEST = 40;
