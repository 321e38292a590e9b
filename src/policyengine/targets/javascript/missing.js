/**
 * Which facts still matter to an expression: down through its unknown parts only.
 *
 * Reads: facts by path, derived ones filled in, the day, the tree of regions.
 * Gives: `unknownFacts`, an algebra whose every result is a value and the unknown facts that it hangs on.
 */

import { all, any, choose, countKept, folded, membership, own, strictOperators, strictly } from "./runtime.js";

/** Give the algebra: results are `{value, facts}`, `facts` paths and names such as `series.videos[2].length`. */
export function unknownFacts({ facts, today, parents }) {
  const overItems = (path, each) => {
    const records = own(facts, path);
    if (records === null) return unknown([path]);
    return each(records.map((record, index) => ({ record, name: `${path}[${index}]` })));
  };
  const joined = (join) => (parts) => hanging(join(parts.map(value)), parts);
  const quantified = (join) => (path, body) => overItems(path, (items) => joined(join)(items.map(body)));
  return {
    ...STRICT,
    constant: known,
    fact: (path) => named(own(facts, path), path),
    item: ({ record, name }, field) => named(own(record, field), `${name}.${field}`),
    today: () => known(today),
    inRegions: (region, list) =>
      hanging(region.value === null ? null : membership(parents, region.value, list), [region]),
    all: joined(all),
    any: joined(any),
    choose: (condition, then, otherwise) => choose(condition.value, then, otherwise) ?? condition,
    every: quantified(all),
    some: quantified(any),
    count: (path) => overItems(path, (items) => known(items.length)),
    countWhere: quantified(countKept),
    fold: (aggregate, path, term, where = () => known(true)) =>
      overItems(path, (items) => {
        const kept = items.map(where);
        const terms = items.map(term);
        // an item's term matters when it is kept; while that is unknown, what decides it
        const parts = kept.map((keep, index) => choose(keep.value, terms[index], known(null)) ?? keep);
        return hanging(folded(aggregate, terms.map(value), kept.map(value)), parts);
      }),
  };
}

const STRICT = strictOperators((operands, operator) => hanging(strictly(operands.map(value), operator), operands));

function value(result) {
  return result.value;
}

function known(value) {
  return { value, facts: [] };
}

function unknown(facts) {
  return { value: null, facts };
}

function named(value, name) {
  return value === null ? unknown([name]) : known(value);
}

function hanging(value, parts) {
  return value === null ? unknown(parts.flatMap((part) => part.facts)) : known(value);
}
