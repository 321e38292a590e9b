/**
 * START HERE. A decision: one check of a program, for one creator on one day, with its reasons.
 *
 * Reads: a program's module; facts by path, underneath: whole numbers, days as ordinals, lists as arrays of records.
 * Gives: `decide`, `factsRead`; what outcomes and changes are in words is for others to say.
 * Never: reads the clock, or fetches anything.
 */

import { FIRST_PROVED_DAY, LAST_PROVED_DAY } from "./calendar.js";
import { changesToward } from "./distance.js";
import { unknownFacts } from "./missing.js";
import { factsIn } from "./reads.js";
import { own, values } from "./runtime.js";
import { inForce, metOn } from "./timeline.js";

/** A fact that will not do, named in `fact`. */
export class InvalidFact extends Error {
  constructor(fact, problem) {
    super(`${fact}: ${problem}`);
    this.name = "InvalidFact";
    this.fact = fact;
  }
}

/**
 * Decide one check; an absent or null fact is unknown. Throws `InvalidFact`.
 *
 * Gives `{outcome, region, interval, gap, requirements, because, obligations, missing, values, metOn}`: `outcome` is
 * "met", "unmet", "unknown" or "not_offered"; `interval` is `{index, start, end}`; see `timeline.js` for `gap`,
 * `distance.js` for `changes`.
 */
export function decide(program, checkName, facts, on) {
  if (!program.checks.has(checkName)) throw new RangeError(`${program.name} has no check ${checkName}`);
  if (!(Number.isInteger(on) && FIRST_PROVED_DAY <= on && on <= LAST_PROVED_DAY)) {
    throw new InvalidFact("today", "no day for which one may decide");
  }
  const { regionBy } = program.checks.get(checkName);
  const region = own(facts, regionBy);
  if (region !== null && !program.parents.has(region)) throw new InvalidFact(regionBy, "no region of the tree");
  const given = { facts: complete(program, facts, on), today: on, parents: program.parents, steps: program.steps };
  const basis = inForce(program, checkName, facts, on);
  const answer = basis.edition === null ? undecided(basis) : decided(program, basis.edition, given);
  const { index, start, end } = basis.interval ?? {};
  return {
    ...answer,
    region,
    interval: basis.interval === null ? null : { index, start, end },
    gap: basis.gap,
    metOn: answer.outcome === "met" || region === null ? null : metOn(program, checkName, facts, on),
  };
}

/**
 * List the facts that a check may read, those that choose the policy among them, inputs of derived ones first.
 *
 * In the interval with an index, or, without one, in any region and version.
 */
export function factsRead(program, checkName, index = null) {
  const { regionBy, versionBy } = program.checks.get(checkName);
  const intervals = [...program.timelines.values()].flat();
  const editions = (index === null ? intervals : [intervals[index]])
    .map(({ checks }) => checks?.get(checkName))
    .filter((edition) => edition !== undefined);
  const expressions = [...new Set(editions)].flatMap(expressionsOf);
  const found = new Set();
  const add = (path) => {
    for (const input of program.derived.get(path)?.inputs ?? []) add(input);
    found.add(path);
  };
  const read = expressions.flatMap(factsIn).filter((path) => path !== "today");
  for (const path of [regionBy, ...(versionBy === null ? [] : [versionBy]), ...read]) add(path);
  return [...found];
}

/** Fill in derived facts; one that is given together with its inputs must agree with them. */
function complete(program, facts, on) {
  const known = { ...facts };
  for (const [path, { expression }] of program.derived) {
    const derived = expression(values({ facts: known, today: on, parents: program.parents }));
    const given = own(known, path);
    if (derived !== null && given !== null && given !== derived) {
      throw new InvalidFact(path, `${given} was given, but the facts it is derived from make it ${derived}`);
    }
    known[path] = derived ?? given;
  }
  return known;
}

function undecided({ gap, missing }) {
  return {
    outcome: gap === null ? "unknown" : "not_offered",
    requirements: [],
    because: [],
    obligations: [],
    missing: missing === null ? [] : [{ fact: missing, inputs: [] }],
    values: [],
  };
}

function decided(program, edition, given) {
  const clauses = edition.clauses.map((clause) => clause(values(given)));
  const o = values({ ...given, clauses });
  const truth = edition.expression(o);
  const truths = new Map(edition.requirements.map(({ id, expression }) => [id, expression(o)]));
  const because = hangingOn(edition, truths, truth);
  return {
    outcome: outcomeOf(truth),
    requirements: edition.requirements.map((requirement) => finding(edition, requirement, truths, given)),
    because: because.map(({ id }) => id),
    obligations: truth === true ? owed(edition, truths).map(({ id }) => id) : [],
    missing: truth === null ? missing(program, because.map(({ clause }) => edition.clauses[clause]), given) : [],
    values: edition.values.map(({ id, expression }) => ({ id, raw: expression(o) })),
  };
}

function outcomeOf(truth) {
  return truth === null ? "unknown" : truth ? "met" : "unmet";
}

function finding({ clauses }, { id, kind, parent, clause, waivedUntil }, truths, given) {
  const outcome = outcomeOf(truths.get(id));
  const isLeaf = clause !== null;
  const reads = isLeaf ? factsIn(clauses[clause]) : [];
  return {
    id,
    kind,
    parent,
    outcome,
    waivedUntil,
    given: Object.fromEntries(reads.map((path) => [path, path === "today" ? given.today : own(given.facts, path)])),
    changes: isLeaf && outcome === "unmet" ? changesToward(clauses[clause], given) : [],
  };
}

/** Give the leaves with an outcome that a check with that outcome hangs on: down through such parts only. */
function hangingOn(edition, truths, truth) {
  return childrenOf(edition, null).flatMap(function leaves(requirement) {
    if (requirement.waivedUntil !== null || truths.get(requirement.id) !== truth) return [];
    return requirement.clause === null ? childrenOf(edition, requirement.id).flatMap(leaves) : [requirement];
  });
}

/** List the met requirements that oblige to something: of an `any_of` its first met one; waived ones owe nothing. */
function owed(edition, truths) {
  const isMet = ({ id }) => truths.get(id) === true;
  const isWaived = ({ waivedUntil }) => waivedUntil !== null;
  return childrenOf(edition, null).flatMap(function owing(requirement) {
    if (isWaived(requirement) || !isMet(requirement)) return [];
    const children = childrenOf(edition, requirement.id);
    const first = children.findIndex((child) => isWaived(child) || isMet(child));
    const counting = requirement.kind === "any_of" ? children.slice(first, first + 1) : children;
    return [...(requirement.obliges ? [requirement] : []), ...counting.flatMap(owing)];
  });
}

function childrenOf({ requirements }, id) {
  return requirements.filter(({ parent }) => parent === id);
}

/** List the facts that unknown clauses hang on, those that most of them read first, then as the author wrote. */
function missing(program, clauses, given) {
  const reads = clauses.flatMap((clause) => [...new Set(clause(unknownFacts(given)).facts)]);
  const counts = new Map();
  for (const path of reads) counts.set(path, (counts.get(path) ?? 0) + 1);
  const inputs = (path) => program.derived.get(path)?.inputs ?? [];
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .map(([path]) => ({ fact: path, inputs: inputs(path).filter((name) => own(given.facts, name) === null) }));
}

function expressionsOf({ clauses, values: named }) {
  return [...clauses, ...named.map(({ expression }) => expression)];
}
