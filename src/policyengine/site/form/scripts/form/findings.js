/**
 * What is said under a requirement: what was there, how far it is from what is needed, why nobody can tell.
 *
 * Reads: a finding of `decide`, the requirement's words, the words of a language.
 * Gives: `notesOf`, `givenOf`, `distancesOf`, `undecided`: plain texts.
 */

import { own } from "../runtime.js";
import { factOf } from "./asking.js";
import { aboutItem, fewer, fill, joined, more, value, whole } from "./writing.js";

/** Say which lists of regions cannot tell, whatever else is answered. */
export function notesOf(finding, { lists = [] }, words) {
  const said = lists.map(({ fact, wide, open = null }) => {
    const region = own(finding.given, fact);
    if (region === null) return null;
    const name = words.regions[region].name;
    if (wide.includes(region)) return fill(words.ours.too_wide, { region: name });
    if (open === null || open.sure.includes(region)) return null;
    const pattern = open.size === null ? words.ours.open_list : words.ours.open_list_of;
    return fill(pattern, { region: name, names: open.names, size: open.size });
  });
  return [...new Set(said.filter((text) => text !== null))];
}

/** Say what was there: of a list the items that fail or are not known, else the answers that were read, if any. */
export function givenOf(finding, missing, words) {
  const { ours } = words;
  const open = finding.outcome === "unknown" ? openItems(finding, missing, words) : [];
  if (open.length > 0) return shortened(open, words).join("; ");
  const failing = failingItems(finding, words);
  if (failing.length > 0) return fill(ours.given, { facts: shortened(failing, words).join("; ") });
  const read = Object.entries(finding.given).filter(([path]) => Object.hasOwn(words.facts, path));
  if (read.every(([, raw]) => raw === null)) return null;
  const shown = read.map(([path, raw]) => answer(raw, words.facts[path], words));
  if (shown.length === 1) return fill(ours.given, { facts: shown[0] });
  return fill(ours.given, {
    facts: read.map(([path], index) => `${words.facts[path].name}: ${shown[index]}`).join("; "),
  });
}

/** Say how far the answers are from what is needed. */
export function distancesOf(finding, { needs = null }, words) {
  const isOnly = Object.keys(finding.given).filter((path) => Object.hasOwn(words.facts, path)).length === 1;
  const said = finding.changes.map((change) => {
    const phrase = distance(change, needs, isOnly, words);
    const item = change.fact === null ? null : itemOf(change.fact);
    return phrase === null || item === null ? phrase : aboutItem(words.facts[item.list], item.index + 1, phrase, words);
  });
  return shortened([...new Set(said.filter((text) => text !== null))], words);
}

/** Say why nothing was decided; nothing when something was. */
export function undecided(decision, program, words) {
  const { ours, regions } = words;
  if (decision.gap === null) return decision.interval === null ? [chooses(decision, words)] : [];
  const version = decision.interval === null ? null : program.versions[decision.interval.index];
  switch (decision.gap) {
    case "withdrawn":
      return version.withdrawn;
    case "no_check":
      return [fill(ours.no_check, { start: version.start })];
    case "not_yet":
      return [
        fill(ours.not_yet, { start: value(startIn(decision.region, program, regions), { kind: "date" }, words) }),
      ];
    default:
      return [fill(ours.no_rules, { region: regions[decision.region].name })];
  }
}

function chooses({ missing: [{ fact }] }, { facts, texts }) {
  return fill(texts.chooses_rules, { question: facts[factOf(fact)].question });
}

function startIn(region, { starts }, regions) {
  for (let node = region; node !== null; node = regions[node].partOf) {
    if (Object.hasOwn(starts, node)) return starts[node];
  }
  throw new RangeError(`no rules start in ${region}`);
}

function distance({ fact, kind, amount, values }, needs, isOnly, words) {
  const declared = fact === null ? null : declaration(fact, words);
  switch (kind) {
    case "more":
      return more(amount, measure(declared), words, isOnly ? null : declared);
    case "less":
      return fewer(amount, measure(declared), words, isOnly ? null : declared);
    case "become":
      return about(declared, becoming(values, declared, words), isOnly, words);
    case "avoid":
      return about(declared, fill(words.texts.avoided, { values: named(values, declared, words) }), isOnly, words);
    default:
      return needs === null ? null : fill(words.texts.needed, { values: needs });
  }
}

function about(declared, phrase, isOnly, words) {
  return isOnly ? phrase : fill(words.grammar.about, { subject: declared.name, phrase });
}

/** Say which values will do; regions too many to name are counted. */
function becoming(values, declared, words) {
  const isLong = declared.type.kind === "region" && values.length > MOST_NAMES;
  if (!isLong) return fill(words.texts.needed, { values: named(values, declared, words) });
  const counted = fill(words.grammar.regions, { number: whole(values.length, words) });
  return fill(words.texts.needed_one_of, { values: counted });
}

function named(values, declared, words) {
  return joined(
    values.map((raw) => value(raw, declared.type, words)),
    words,
    "or",
  );
}

/** Give what a distance of a fact is measured in: a list is counted. */
function measure({ type }) {
  return type.kind === "list" ? { kind: "number", scale: 0, unit: type.unit, percent: false } : type;
}

function answer(raw, fact, words) {
  if (raw === null) return words.ours.not_given;
  return value(fact.type.kind === "list" ? raw.length : raw, measure(fact), words);
}

function failingItems(finding, words) {
  const failing = finding.changes
    .map(({ fact }) => (fact === null ? null : itemOf(fact)))
    .filter((item) => item !== null);
  return itemTexts(failing, finding.given, words);
}

function openItems(finding, missing, words) {
  const open = missing.map(({ fact }) => itemOf(fact)).filter((item) => item !== null);
  return itemTexts(
    open.filter(({ list }) => own(finding.given, list) !== null),
    finding.given,
    words,
  );
}

/** Write what is known of items, each once. */
function itemTexts(items, given, words) {
  const texts = items.map(({ list, index, field }) => {
    const raw = field === null ? null : own(given[list][index], field);
    const { fields } = words.facts[list];
    const shown = field === null ? [] : [answer(raw, fields[field], words)];
    const several = Object.keys(fields).length > 1 ? shown.map((text) => `${fields[field].name}: ${text}`) : shown;
    return several.map((text) => aboutItem(words.facts[list], index + 1, text, words));
  });
  return [...new Set(texts.flat())];
}

/** Read the path of an item: `series.videos[2].length`; null for a fact that is no item. */
function itemOf(path) {
  const found = /^([^[]+)\[(\d+)\](?:\.(.+))?$/.exec(path);
  return found === null ? null : { list: found[1], index: Number(found[2]), field: found[3] ?? null };
}

function declaration(path, words) {
  const fact = words.facts[factOf(path)];
  const item = itemOf(path);
  return item === null || item.field === null ? fact : fact.fields[item.field];
}

function shortened(texts, words) {
  if (texts.length <= MOST_ITEMS) return texts;
  const number = whole(texts.length - MOST_ITEMS, words);
  return [...texts.slice(0, MOST_ITEMS), fill(words.ours.more, { number })];
}

const MOST_NAMES = 12;
const MOST_ITEMS = 3;
