/**
 * What would turn a requirement met: by how much a fact must move, or what it must become.
 *
 * Reads: facts by path, derived ones filled in, the day, the tree of regions, the smallest steps of facts of time.
 * Gives: `changesToward`: `{fact, kind, amount, values}` each. `kind` is "more" or "less" (by `amount`, a whole number
 * underneath in the fact's own type; of dates, days), "become" or "avoid" (`values`), or "said": no distance can be
 * given, so the requirement itself is what to say, of the item `fact` if it is one.
 */

import {
  COMPARISONS, all, any, choose, countKept, folded, membership, own, strictOperators, strictly,
} from "./runtime.js";

/** List the changes that make an expression true; none when it is. */
export function changesToward(expression, given) {
  return toward(expression(distances(given)), true);
}

// A result is `{value, steps, side, isConstant}`: `steps(wanted)` lists what makes the value `wanted`; `side` is what
// a side of a comparison measures, `{path, isFact, factor, step}`: a scaled fact moves by `factor * step` underneath.

/** Give the algebra. */
function distances({ facts, today, parents, steps }) {
  const stepOf = (path) => steps.get(path) ?? 1;
  const overItems = (path, each) => {
    const records = own(facts, path);
    if (records === null) return said(null);
    return each(records.map((record, index) => ({ record, path, name: `${path}[${index}]` })));
  };
  const listed = (join) => (path, body) =>
    overItems(path, (items) => said(join(items.map(body).map(({ value }) => value))));
  return {
    ...STRICT,
    constant: (value) => ({ ...said(value), isConstant: true }),
    fact: (path) => ({
      ...said(own(facts, path)),
      steps: (wanted) => [become(path, [wanted])],
      side: { path, isFact: true, factor: 1, step: stepOf(path) },
    }),
    item: ({ record, path, name }, field) => ({
      ...said(own(record, field)),
      side: { path: `${name}.${field}`, isFact: false, factor: 1, step: stepOf(`${path}.${field}`) },
    }),
    today: () => said(today),
    inRegions: (region, list) =>
      member(region, region.value === null ? null : membership(parents, region.value, list), list.members),
    all: (parts) => joined(all, parts, true),
    any: (parts) => joined(any, parts, false),
    choose: (condition, then, otherwise) => said(choose(condition.value, then.value, otherwise.value)),
    every: (path, body) =>
      overItems(path, (items) => {
        const parts = items.map(body);
        const failing = () =>
          parts.flatMap((part, index) => (part.value === false ? aboutItem(toward(part, true), items[index]) : []));
        return {
          ...said(all(parts.map(({ value }) => value))),
          steps: (wanted) => (wanted ? failing() : [SAID]),
        };
      }),
    some: listed(any),
    count: (path) => ({
      ...overItems(path, (items) => said(items.length)),
      side: { path, isFact: false, factor: 1, step: 1 },
    }),
    countWhere: listed(countKept),
    fold: (aggregate, path, term, where = () => said(true)) =>
      overItems(path, (items) => {
        const [terms, kept] = [term, where].map((each) => items.map(each).map(({ value }) => value));
        return said(folded(aggregate, terms, kept));
      }),
  };
}

const SAID = { fact: null, kind: "said", amount: null, values: null };
const FLIPPED = {
  less: "greater", atMost: "atLeast", equal: "equal", notEqual: "notEqual", atLeast: "atMost", greater: "less",
};
const OPPOSITE = {
  less: "atLeast", atMost: "greater", equal: "notEqual", notEqual: "equal", atLeast: "less", greater: "atMost",
};

const STRICT = strictOperators((operands, operator, name, constant) => {
  const result = said(strictly(operands.map(({ value }) => value), operator));
  const [operand] = operands;
  if (Object.hasOwn(COMPARISONS, name)) return { ...result, steps: (wanted) => [compared(name, operands, wanted)] };
  if (name === "not") return { ...result, steps: (wanted) => toward(operand, !wanted) };
  if (name === "within") return member(operand, result.value, constant);
  if (name === "scale" && operand.side !== null) {
    return { ...result, side: { ...operand.side, factor: operand.side.factor * constant } };
  }
  return result;
});

function toward(result, wanted) {
  return result.value === wanted ? [] : result.steps(wanted);
}

function said(value) {
  return { value, steps: () => [SAID], side: null, isConstant: false };
}

function become(fact, values, wanted = true) {
  return { fact, kind: wanted ? "become" : "avoid", amount: null, values };
}

/** Membership of a fact itself in constants: it must become one of them. */
function member({ side }, value, members) {
  const isFact = side !== null && side.isFact && side.factor === 1;
  return isFact ? { ...said(value), steps: (wanted) => [become(side.path, members, wanted)] } : said(value);
}

function joined(join, parts, needsAll) {
  const steps = (wanted) => {
    const options = parts.map((part) => toward(part, wanted));
    if (needsAll === wanted) return options.flat();
    const open = options.filter((option) => option.length > 0);
    return open.reduce((best, option) => (option.length < best.length ? option : best), open[0] ?? []);
  };
  return { ...said(join(parts.map(({ value }) => value))), steps };
}

function aboutItem(changes, { name }) {
  return changes.map((change) => (change.fact === null ? { ...change, fact: name } : change));
}

function compared(written, [left, right], wanted) {
  // a constant stays where it is: the other side moves
  if (left.isConstant && !right.isConstant) return compared(FLIPPED[written], [right, left], wanted);
  const name = wanted ? written : OPPOSITE[written];
  if (left.value === null || right.value === null || left.side === null) return SAID;
  const { path, isFact, factor, step } = left.side;
  if (name === "equal" || name === "notEqual") {
    const value = factor === 1 ? right.value : right.value / factor;
    // a whole number of followers is never 2.5, which no change can say
    const fits = typeof value !== "number" || Number.isInteger(value);
    return isFact && right.isConstant && fits ? become(path, [value], name === "equal") : SAID;
  }
  const strict = name === "less" || name === "greater";
  const upward = name === "atLeast" || name === "greater";
  const distance = Math.abs(right.value - left.value) + Number(strict);
  const least = factor * step;
  // between two numbers that are exact there may lie a distance that is not
  if (!Number.isSafeInteger(distance + least)) return SAID;
  return { fact: path, kind: upward ? "more" : "less", amount: Math.ceil(distance / least) * step, values: null };
}
