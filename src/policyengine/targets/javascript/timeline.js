/**
 * Which policy is in force for somebody on a day, and the first day on which one to come is met.
 *
 * Reads: a program's timelines, of each region its own or those of its nearest ancestor that has files.
 * Gives: `inForce`, `metOn`. Days are ordinals.
 */

import { LAST_PROVED_DAY, addMonths } from "./calendar.js";
import { firstDay } from "./days.js";
import { chain, own } from "./runtime.js";

/**
 * Find what decides a check: `{region, edition, interval, gap, missing}`.
 *
 * Without an edition, `missing` is the fact that would choose one, or `gap` says why there is none: "no_rules",
 * "not_yet", "withdrawn", "no_check".
 */
export function inForce(program, checkName, facts, on) {
  const { regionBy, versionBy } = program.checks.get(checkName);
  const region = own(facts, regionBy);
  const nothing = { region, edition: null, interval: null, gap: null, missing: null };
  if (region === null) return { ...nothing, missing: regionBy };
  const versionDay = versionBy === null ? on : own(facts, versionBy);
  if (versionDay === null) return { ...nothing, missing: versionBy };
  const timeline = timelineOf(program, region);
  const interval = latest(timeline, versionDay);
  if (interval === null) return { ...nothing, gap: timeline.length > 0 ? "not_yet" : "no_rules" };
  if (interval.checks === null) return { ...nothing, interval, gap: "withdrawn" };
  const edition = interval.checks.get(checkName) ?? null;
  return { ...nothing, edition, interval, gap: edition === null ? "no_check" : null };
}

/**
 * Find the first day after `on` on which a check turns met by the passing of time alone, within 100 years, or null.
 *
 * Facts stay as they were given; versions to come and ends of waivers count.
 */
export function metOn(program, checkName, facts, on) {
  const { regionBy, versionBy } = program.checks.get(checkName);
  const timeline = timelineOf(program, own(facts, regionBy));
  const last = Math.min(addMonths(on, 12 * HORIZON_YEARS), LAST_PROVED_DAY);
  let intervals = timeline;
  if (versionBy !== null) {
    // the version day does not move, so one policy decides on all days to come
    const versionDay = own(facts, versionBy);
    const interval = versionDay === null ? null : latest(timeline, versionDay);
    intervals = interval === null ? [] : [{ ...interval, start: on, end: null }];
  }
  const derivations = new Map([...program.derived].map(([path, { expression }]) => [path, expression]));
  const given = { facts, derivations, parents: program.parents };
  for (const { start, end, checks } of intervals) {
    const edition = checks?.get(checkName);
    const first = Math.max(start, on + 1);
    const until = end === null ? last : Math.min(end - 1, last);
    if (edition === undefined || first > until) continue;
    const found = firstDay((o) => edition.expression(withClauses(o, edition)), given, first, until);
    if (found !== null) return found;
  }
  return null;
}

const HORIZON_YEARS = 100;

/** Give a region's intervals, earliest first, without holes after the first. */
function timelineOf(program, region) {
  const nearest = chain(program.parents, region).find((layer) => program.timelines.has(layer));
  return nearest === undefined ? [] : program.timelines.get(nearest);
}

function latest(timeline, day) {
  return timeline.findLast(({ start }) => start <= day) ?? null;
}

/** Let an algebra read a check's clauses as the expressions that they are. */
function withClauses(o, { clauses }) {
  return { ...o, clause: (index) => clauses[index](o) };
}
