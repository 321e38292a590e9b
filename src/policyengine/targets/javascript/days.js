/**
 * An expression over a range of days: what it may be on any of them, and the first day on which it is met.
 *
 * The facts stay as they are; `today` is a range, and the ranges of numbers follow from it. Every result encloses the
 * values on each of the days, and on a single day it is exactly that.
 * Reads: the facts as given, without derived ones: those change with the day.
 * Gives: `firstDay`, and the algebra `overDays`.
 */

import { membership, own, strictOperators } from "./runtime.js";

/**
 * Find the first of the days from `low` to `high` on which an expression is met; null when it is on none.
 *
 * `derivations` maps derived facts to their expressions.
 */
export function firstDay(expression, given, low, high) {
  const possible = expression(overDays(given, [low, high]));
  if (!isTrue(possible)) return null;
  if (!isFalse(possible) && !possible.unknown) return low;
  if (low === high) return null;
  const middle = Math.floor((low + high) / 2);
  return firstDay(expression, given, low, middle) ?? firstDay(expression, given, middle + 1, high);
}

/**
 * Give the algebra. What a value may be is `{range, texts, unknown}`.
 *
 * Numbers and truths (0 and 1) are a range `[low, high]`, texts are listed; the range is null and the list empty when
 * the value is surely unknown.
 */
export function overDays({ facts, derivations, parents }, days) {
  const overItems = (path, each) => {
    const records = own(facts, path);
    return records === null ? UNKNOWN : each(records);
  };
  const algebra = {
    ...STRICT,
    constant: exactly,
    fact: (path) => {
      const given = exactly(own(facts, path));
      if (!derivations.has(path)) return given;
      const derived = derivations.get(path)(algebra);
      // what was given stands on the days on which nothing is derived
      return derived.unknown ? either({ ...derived, unknown: false }, given) : derived;
    },
    item: (record, field) => exactly(own(record, field)),
    today: () => ({ range: days, texts: [], unknown: false }),
    inRegions: (region, list) => {
      const seen = region.texts.map((text) => membership(parents, text, list));
      return truth(seen.includes(true), seen.includes(false), region.unknown || seen.includes(null));
    },
    all,
    any,
    choose: (condition, then, otherwise) => {
      const start = condition.unknown ? UNKNOWN : NOTHING;
      const taken = isTrue(condition) ? either(start, then) : start;
      return isFalse(condition) ? either(taken, otherwise) : taken;
    },
    every: (path, body) => overItems(path, (records) => all(records.map(body))),
    some: (path, body) => overItems(path, (records) => any(records.map(body))),
    count: (path) => overItems(path, (records) => exactly(records.length)),
    countWhere: (path, where) => overItems(path, (records) => counted(records.map(where))),
    fold: (aggregate, path, term, where = () => exactly(true)) =>
      overItems(path, (records) => folded(aggregate, records.map(term), records.map(where))),
  };
  return algebra;
}

const NOTHING = { range: null, texts: [], unknown: false };
const UNKNOWN = { range: null, texts: [], unknown: true };

function exactly(value) {
  if (value === null) return UNKNOWN;
  if (typeof value === "string") return { range: null, texts: [value], unknown: false };
  return { range: [Number(value), Number(value)], texts: [], unknown: false };
}

function isKnown({ range, texts }) {
  return range !== null || texts.length > 0;
}

function isTrue({ range }) {
  return range !== null && range[1] === 1;
}

function isFalse({ range }) {
  return range !== null && range[0] === 0;
}

function either(one, other) {
  const ranges = [one.range, other.range].filter((range) => range !== null);
  return {
    range: ranges.length > 0 ? ends(ranges.flat()) : null,
    texts: [...new Set([...one.texts, ...other.texts])],
    unknown: one.unknown || other.unknown,
  };
}

function truth(mayBeTrue, mayBeFalse, unknown) {
  const range = mayBeTrue || mayBeFalse ? [Number(!mayBeFalse), Number(mayBeTrue)] : null;
  return { range, texts: [], unknown };
}

function all(parts) {
  const unknown = parts.some((part) => part.unknown) && parts.every((part) => isTrue(part) || part.unknown);
  return truth(parts.every(isTrue), parts.some(isFalse), unknown);
}

function any(parts) {
  return not(all(parts.map(not)));
}

function not(part) {
  return truth(isFalse(part), isTrue(part), part.unknown);
}

// strict operators

const STRICT = strictOperators((parts, operator, name, constant) => {
  if (!parts.every(isKnown)) return UNKNOWN;
  const unknown = parts.some((part) => part.unknown);
  const ranges = parts.map((part) => part.range);
  if (ranges.includes(null)) {
    const truths = combinations(parts.map((part) => part.texts)).map(operator);
    return truth(truths.includes(true), truths.includes(false), unknown);
  }
  const enclose = Object.hasOwn(UNEVEN, name) ? UNEVEN[name] : corners;
  return { range: enclose(ranges, operator, constant), texts: [], unknown };
});

function combinations(options) {
  return options.reduce((rows, texts) => rows.flatMap((row) => texts.map((text) => [...row, text])), [[]]);
}

/** Enclose an operator that only rises or only falls with each of its operands: its extremes lie in the corners. */
function corners([first, ...rest], operator) {
  if (rest.length === 0) return ends(first.map((a) => operator([a])));
  return rest.reduce((left, right) => ends(left.flatMap((a) => right.map((b) => operator([a, b])))), first);
}

function ends(values) {
  const numbers = values.map(Number);
  return [numbers.reduce((a, b) => Math.min(a, b)), numbers.reduce((a, b) => Math.max(a, b))];
}

function equal([a, b]) {
  const meet = a[0] <= b[1] && b[0] <= a[1];
  const single = a[0] === a[1] && b[0] === b[1];
  return [Number(single && meet), Number(meet)];
}

function notEqual(ranges) {
  const [low, high] = equal(ranges);
  return [1 - high, 1 - low];
}

function within([range], _, members) {
  const links = members.map((member) => equal([range, [Number(member), Number(member)]]));
  return [Number(links.some(([low]) => low === 1)), Number(links.some(([, high]) => high === 1))];
}

/** The operators whose extremes do not lie in the corners. */
const UNEVEN = { equal, notEqual, within };

// lists

function counted(kept) {
  if (!kept.every(isKnown)) return UNKNOWN;
  const low = kept.filter((keep) => !isFalse(keep)).length;
  const high = kept.filter(isTrue).length;
  return { range: [low, high], texts: [], unknown: kept.some((keep) => keep.unknown) };
}

/** Fold terms of which some are surely kept, some perhaps. */
function folded(aggregate, allTerms, kept) {
  if (!kept.every(isKnown)) return UNKNOWN;
  const terms = allTerms.map((term, index) => [kept[index], term]).filter(([keep]) => isTrue(keep));
  const isSure = ([keep]) => !isFalse(keep) && !keep.unknown;
  const sure = terms.filter(isSure).map(([, term]) => term);
  if (!sure.every(isKnown)) return UNKNOWN;
  const always = sure.map((term) => term.range);
  const ranges = terms.map(([, term]) => term.range).filter((range) => range !== null);
  const unknown = kept.some((keep) => keep.unknown) || terms.some(([, term]) => term.unknown);
  if (aggregate === "sum") {
    const perhaps = terms.filter((pair) => !isSure(pair)).map(([, term]) => term.range);
    const parts = [...always, ...perhaps.filter((range) => range !== null).map((range) => ends([...range, 0]))];
    return { range: parts.reduce(([a, b], [low, high]) => [a + low, b + high], [0, 0]), texts: [], unknown };
  }
  if (ranges.length === 0) return UNKNOWN;
  if (always.length === 0) return { range: ends(ranges.flat()), texts: [], unknown: true };
  const pick = aggregate === "least" ? Math.min : Math.max;
  const picked = (ofRanges, end) => ofRanges.map((range) => range[end]).reduce((a, b) => pick(a, b));
  // a term that is perhaps kept may only push the result one way
  const range =
    aggregate === "least" ? [picked(ranges, 0), picked(always, 1)] : [picked(always, 0), picked(ranges, 1)];
  return { range, texts: [], unknown };
}
