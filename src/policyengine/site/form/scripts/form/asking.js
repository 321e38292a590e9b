/**
 * Which facts to ask for: those that still matter, the most useful first, and never a fact beside its inputs.
 *
 * Reads: the facts' declarations, what checks read, which derived facts a reader answers by themselves.
 * Gives: `toAsk`, `instead`, `factOf`; `datesAhead`, the answers that make a derived fact negative.
 */

/** List the facts to ask for when `paths` are wanted: in the place of a derived one stand the facts it is made from. */
export function toAsk(paths, facts, themselves) {
  const asked = paths.flatMap((path) => {
    const fact = facts[factOf(path)];
    return fact.inputs.length === 0 || themselves.has(fact.path) ? [fact.path] : toAsk(fact.inputs, facts, themselves);
  });
  return [...new Set(asked)];
}

/**
 * Map each derived fact that may be answered itself to the facts that would then not be asked for.
 *
 * Only where nothing else reads these, so that no answer can contradict another.
 */
export function instead(reads, facts) {
  const inputs = new Map(reads.map((path) => [path, toAsk([path], facts, new Set())]));
  const isFree = (path) => (input) => reads.every((other) => other === path || !inputs.get(other).includes(input));
  const derived = reads.filter((path) => facts[path].inputs.length > 0 && inputs.get(path).every(isFree(path)));
  return new Map(derived.map((path) => [path, inputs.get(path)]));
}

/** List the dates after the day `on` from which decisions derived something negative, such as an age. */
export function datesAhead(decisions, answers, on, facts) {
  const findings = decisions.flatMap(({ requirements }) => requirements);
  const given = findings.flatMap((finding) => Object.entries(finding.given));
  const negative = given.filter(([path, raw]) => facts[path]?.inputs.length > 0 && raw < 0).map(([path]) => path);
  const inputs = toAsk(negative, facts, new Set());
  return inputs.filter((path) => facts[path].type.kind === "date" && answers.get(path) > on);
}

/** Give the fact that a path is of: the list of `series.videos[2].length`. */
export function factOf(path) {
  return path.split("[")[0];
}
