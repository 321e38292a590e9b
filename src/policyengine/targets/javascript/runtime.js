/**
 * The meaning of a check's functions: values of an expression, as the reference interpreter gives them.
 *
 * The program's module writes an expression once, as a function of an algebra `o` and constants `p`:
 * `(o, p) => o.atLeast(o.fact("creator.age"), o.constant(p[0]))`. What it gives depends on the algebra. This one
 * gives values; others give the facts that are missing, what may be on a range of days, distances, names of facts.
 * Reads: facts by path, the day as an ordinal, the tree of regions.
 * Gives: `values`, and what all algebras share. `null` is unknown; every quantity is a whole number.
 * Never: rounds, compares texts but for equality, or asks what `Date` thinks.
 */

import { SECONDS_PER_DAY, addMonths, yearsBetween } from "./calendar.js";

/** Give the algebra of values: facts by path, derived ones filled in; `clauses` are the outcomes of a check's. */
export function values({ facts, today, parents, clauses = [] }) {
  const overItems = (path, each) => {
    const records = own(facts, path);
    return records === null ? null : each(records);
  };
  return {
    ...STRICT,
    constant: (value) => value,
    fact: (path) => own(facts, path),
    item: own,
    today: () => today,
    clause: (index) => clauses[index],
    inRegions: (region, list) => (region === null ? null : membership(parents, region, list)),
    all,
    any,
    choose,
    every: (path, body) => overItems(path, (records) => all(records.map(body))),
    some: (path, body) => overItems(path, (records) => any(records.map(body))),
    count: (path) => overItems(path, (records) => records.length),
    countWhere: (path, where) => overItems(path, (records) => countKept(records.map(where))),
    fold: (aggregate, path, term, where = () => true) =>
      overItems(path, (records) => folded(aggregate, records.map(term), records.map(where))),
  };
}

/**
 * Make an algebra's strict operators, which are unknown when an operand is.
 *
 * `make(operands, operator, name, constant)` gives the result; `operator` takes a list of known values.
 */
export function strictOperators(make) {
  const made = {};
  for (const [name, operator] of Object.entries(OF_OPERANDS)) {
    made[name] = (...operands) => make(operands, (known) => operator(...known), name);
  }
  for (const [name, operator] of Object.entries(OF_MANY)) {
    made[name] = (operands) => make(operands, operator, name);
  }
  for (const [name, operator] of Object.entries(WITH_CONSTANT)) {
    made[name] = (operand, constant) => make([operand], ([known]) => operator(known, constant), name, constant);
  }
  return made;
}

/** Apply an operator to known values; unknown when one is not. */
export function strictly(operands, operator) {
  return operands.includes(null) ? null : operator(operands);
}

/** Kleene's conjunction. */
export function all(truths) {
  return truths.includes(false) ? false : truths.includes(null) ? null : true;
}

/** Kleene's disjunction. */
export function any(truths) {
  return truths.includes(true) ? true : truths.includes(null) ? null : false;
}

/** Unknown when the condition is; only the taken branch counts. */
export function choose(condition, then, otherwise) {
  return condition === null ? null : condition ? then : otherwise;
}

/** Count the items that pass a filter; unknown when it is for any of them. */
export function countKept(kept) {
  return kept.includes(null) ? null : kept.filter((keep) => keep).length;
}

/** Fold the terms of kept items; the least and the greatest of none are unknown. */
export function folded(aggregate, terms, kept) {
  if (kept.includes(null)) return null;
  const chosen = terms.filter((_, index) => kept[index]);
  return chosen.length === 0 && aggregate !== "sum" ? null : strictly(chosen, OF_MANY[aggregate]);
}

/**
 * Say whether a region is in a list of nodes, which has it or an ancestor of it.
 *
 * Unknown (null) for a region wider than a listed one, and for any that is not listed in an open list.
 */
export function membership(parents, region, { members, open }) {
  if (chain(parents, region).some((node) => members.includes(node))) return true;
  return open || members.some((member) => chain(parents, member).includes(region)) ? null : false;
}

/** Give a region's layers, itself first, the root last. */
export function chain(parents, region) {
  const layers = [];
  for (let node = region; node !== null; node = parents.get(node) ?? null) layers.push(node);
  return layers;
}

/** Read a fact or a field; what is absent or null is unknown, and so is every field of a null item. */
export function own(record, name) {
  // not `record[name]` alone: every object has a `constructor`, which may also be the name of a fact
  return record !== null && Object.hasOwn(record, name) ? (record[name] ?? null) : null;
}

/** The comparisons of two known values. */
export const COMPARISONS = {
  less: (a, b) => a < b,
  atMost: (a, b) => a <= b,
  equal: (a, b) => a === b,
  notEqual: (a, b) => a !== b,
  atLeast: (a, b) => a >= b,
  greater: (a, b) => a > b,
};

// Zero has a sign here; `0 - a` and `+ 0` take it off, so that nobody sees -0.
// Quotients of whole numbers below 2^53 never round up to the next one, so `floor` is exact.

const OF_OPERANDS = {
  ...COMPARISONS,
  not: (a) => !a,
  negate: (a) => 0 - a,
  days: (seconds) => Math.floor(seconds / SECONDS_PER_DAY),
  addMonths,
  yearsSince: (today, date) => yearsBetween(date, today),
};
const OF_MANY = {
  sum: (numbers) => numbers.reduce((a, b) => a + b, 0),
  product: (numbers) => numbers.reduce((a, b) => a * b) + 0,
  least: (numbers) => numbers.reduce((a, b) => Math.min(a, b)),
  greatest: (numbers) => numbers.reduce((a, b) => Math.max(a, b)),
};
const WITH_CONSTANT = {
  within: (a, members) => members.includes(a),
  scale: (a, factor) => a * factor,
  fullSteps: (a, step) => Math.floor(Math.max(a, 0) / step),
};
const STRICT = strictOperators(strictly);
