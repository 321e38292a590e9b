// Calls functions of the form's modules: one run of Node for a whole test. Not a test.
// Reads from standard input {assets, language, calls: [[module, function, ...arguments]]}; an argument
// {"fact": "series.videos.length"} is that fact's declaration, {"words": true} the words, {"set": […]} a set,
// {"map": […]} a map. Writes what they give; what is undefined as "refused", maps as pairs. The functions of the module
// "decided" decide first, and tell what the form then says.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { assets, language, calls } = JSON.parse(readFileSync(0, "utf-8"));
const load = (path) => import(pathToFileURL(`${assets}/${path}`).href);
const { words } = await load(`words/${language}.js`);
const [{ decide }, findings] = [await load("decide.js"), await load("form/findings.js")];
const answers = [];
for (const [path, name, ...given] of calls) {
  const module = path === "decided" ? { said, notes, same: (given) => given } : await load(path);
  answers.push(plain(await module[name](...given.map(argument))));
}
process.stdout.write(JSON.stringify(answers));

/** Say what stands under each requirement: notes, what was given, distances. */
async function said(program, check, facts, on) {
  const { decision, version } = await decided(program, check, facts, on);
  const lines = decision.requirements.map((finding) => {
    const says = version.requirements[finding.id];
    const given = findings.givenOf(finding, decision.missing, words);
    const distances = findings.distancesOf(finding, says, words);
    return [finding.id, [...findings.notesOf(finding, says, words), given ?? "", ...distances].filter((line) => line !== "")];
  });
  return Object.fromEntries(lines.filter(([, texts]) => texts.length > 0));
}

/** Say why nothing was decided, or why lists of regions cannot tell. */
async function notes(program, check, facts, on) {
  const { decision, version } = await decided(program, check, facts, on);
  const open = decision.requirements.filter(({ id }) => decision.outcome === "unknown" && decision.because.includes(id));
  const lists = open.flatMap((finding) => findings.notesOf(finding, version.requirements[finding.id], words));
  return [...findings.undecided(decision, words.programs[program], words), ...lists].join(" ");
}

async function decided(program, check, facts, on) {
  const decision = decide((await load(`programs/${program}.js`)).program, check, facts, on);
  const version = decision.interval && words.programs[program].versions[decision.interval.index].checks?.[check];
  return { decision, version };
}

function argument(given) {
  if (given === null || typeof given !== "object" || Array.isArray(given)) return given;
  if ("words" in given) return words;
  if ("facts" in given) return words.facts;
  if ("fact" in given) return fact(given.fact);
  if ("set" in given) return new Set(given.set);
  if ("map" in given) return new Map(given.map);
  return given;
}

function fact(path) {
  if (Object.hasOwn(words.facts, path)) return words.facts[path];
  const [, list, field] = /^(.+)\.([^.]+)$/.exec(path);
  return words.facts[list].fields[field];
}

function plain(value) {
  if (value instanceof Set) return [...value];
  if (value === undefined) return "refused";
  if (value instanceof Map) return [...value].map(plain);
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object") return Object.is(value, -0) ? "minus zero" : value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
}
