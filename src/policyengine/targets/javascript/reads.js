/**
 * Which facts an expression reads, in the order it is written.
 *
 * Gives: `factsIn`. `today` is among them; of a list its path.
 */

import { strictOperators } from "./runtime.js";

/** List what an expression, given as a function of an algebra, reads; each fact once. */
export function factsIn(expression) {
  const found = new Set();
  const read = (path) => void found.add(path);
  const nothing = () => undefined;
  const list = (path, ...bodies) => {
    read(path);
    for (const body of bodies) body();
  };
  expression({
    ...strictOperators(nothing),
    constant: nothing,
    fact: read,
    item: nothing,
    today: () => read("today"),
    clause: nothing,
    inRegions: nothing,
    all: nothing,
    any: nothing,
    choose: nothing,
    every: list,
    some: list,
    count: list,
    countWhere: list,
    fold: (_, path, term, where = nothing) => list(path, term, where),
  });
  return [...found];
}
