/**
 * One form: answers, the day, and what the checks make of them.
 *
 * Reads: the checks with their programs' modules, the words of a language, the region that a page is about.
 * Gives: `startForm`, which fills an element and keeps it up to date.
 * Never: sends or stores an answer.
 */

import { FIRST_PROVED_DAY, LAST_PROVED_DAY, fromIso } from "../calendar.js";
import { decide } from "../decide.js";
import { datesAhead, factOf, instead, toAsk } from "./asking.js";
import { makeBar } from "./bar.js";
import { makeDay } from "./day.js";
import { element } from "./elements.js";
import { readLink, writeLink } from "./links.js";
import { makePlaces } from "./placing.js";
import { makeQuestion } from "./questions.js";
import { makeResult } from "./results.js";
import { makeSharing } from "./sharing.js";
import { fill } from "./writing.js";

/** Fill a section with the form of some checks: `[{id, name, program, module, …}]`. */
export function startForm(section, checks, words, { region, isProgramList, root }) {
  const { facts, texts } = words;
  const questions = new Map();
  const themselves = new Set();
  const directly = readAnywhere(checks);
  const alternatives = instead(directly, facts);
  const day = makeDay(words, todayHere(), update);
  const places = makePlaces(words);
  const sharing = makeSharing(words, link, startOver);
  const namesProgram = new Set(checks.map(({ program }) => program)).size > 1;
  const cards = checks.map((check) =>
    makeResult(check, words, { isFolded: isProgramList, namesProgram, root, onNext: goTo }),
  );
  const status = element("p", { class: "pe-unseen", role: "status", "aria-live": "polite", "data-spoken": true });
  const results = element(
    "div",
    { class: "pe-results" },
    cards.map((card) => card.element),
  );
  const failure = element("p", { class: "pe-failed", role: "alert" });
  const answered = element(
    "div",
    { class: "pe-answered", role: "region", "aria-label": texts.results, tabindex: "0" },
    failure,
    results,
    status,
  );
  const bar = makeBar(words, answered, sharing.element);
  let spoken = null;
  let speaking = null;
  let waiting = null;
  section.append(layout());
  section.addEventListener("focusout", () => changed(false));
  window.addEventListener("hashchange", openLink);
  preset();
  openLink();
  update();

  function layout() {
    return element(
      "div",
      { class: "pe-columns" },
      element(
        "div",
        { class: "pe-asked", role: "group", "aria-label": texts.questions },
        element("p", { class: "pe-hint pe-stays" }, texts.stays_here),
        sharing.notice,
        day.element,
        places.element,
        sharing.element,
      ),
      bar.element,
      answered,
    );
  }

  /** Decide again: at once when an answer is settled, and soon while somebody types. */
  function changed(isSettled) {
    clearTimeout(waiting);
    if (isSettled) update();
    else waiting = setTimeout(update, TYPING);
  }

  function update() {
    clearTimeout(waiting);
    // INVARIANT: no derived fact is given beside its inputs, so none can contradict them.
    const decisions = decided(Object.fromEntries(answersByPath()));
    const versions = decisions.map((decision, index) => versionOf(checks[index], decision));
    const needed = asked(decisions.flatMap((decision, index) => wanted(decision, versions[index])));
    const choosing = asked(checks.flatMap(choosers));
    const readable = asked([...checks.flatMap(choosers), ...versions.flatMap((version) => version?.reads ?? [])]);
    places.place({ choosing, needed, readable, all: [...questions.values()], hidden: hiddenQuestions() });
    offerAlternatives();
    hintAtDates(decisions);
    if (decisions.length > 0) tell(decisions, needed);
  }

  /** Decide every check; when that fails say so, show no result, and give none. */
  function decided(given) {
    let decisions = [];
    let problem = "";
    try {
      decisions = checks.map((check) => decide(check.module, check.name, given, day.read()));
    } catch (error) {
      reportError(error);
      problem = fill(texts.failed, { problem: `${error}` });
    }
    failure.textContent = problem;
    results.hidden = problem !== "";
    bar.element.hidden = problem !== "";
    return decisions;
  }

  /** Show the decisions, and which question comes next. */
  function tell(decisions, needed) {
    const next = needed.find((one) => one.isEmpty()) ?? null;
    const first = decisions.findIndex(({ outcome, missing }) => outcome === "unknown" && missing.length > 0);
    cards.forEach((card, index) =>
      card.show(decisions[index], index === first && next !== null ? facts[next.path] : null),
    );
    bar.show(cards.map((card) => card.brief()));
    speak();
  }

  /** List the facts that would help: those that an open check misses, then those that a value hangs on. */
  function wanted({ outcome, missing, values, requirements }, version) {
    const known = new Set(answersByPath().keys());
    const open = outcome === "unmet" ? [] : values.filter(({ raw }) => raw === null);
    const reads = requirements.length === 0 ? [] : open.flatMap(({ id }) => version.values[id].reads);
    return [...missing.map(({ fact }) => factOf(fact)), ...reads.filter((path) => !known.has(path))];
  }

  function asked(paths) {
    return toAsk([...new Set(paths)], facts, themselves).map(questionOf);
  }

  function questionOf(path) {
    if (!questions.has(path)) questions.set(path, makeQuestion(facts[path], words, changed));
    return questions.get(path);
  }

  /** The facts that are answered now, in the order of the vocabulary. */
  function answersByPath() {
    const hidden = hiddenQuestions();
    const shown = Object.keys(facts).filter((path) => questions.has(path) && !hidden.has(questions.get(path)));
    return new Map(shown.map((path) => [path, questions.get(path).read()]).filter(([, raw]) => raw !== null));
  }

  /** A derived fact and the facts it is made from are never asked for at once. */
  function hiddenQuestions() {
    const paths = [...alternatives].flatMap(([path, inputs]) => (themselves.has(path) ? inputs : [path]));
    return new Set(paths.filter((path) => questions.has(path)).map(questionOf));
  }

  function offerAlternatives() {
    for (const question of questions.values()) {
      const forms = [...alternatives].filter(([, inputs]) => inputs[0] === question.path).map(([path]) => facts[path]);
      const inputs = alternatives.get(question.path) ?? [];
      question.offer(inputs.length > 0 ? [facts[inputs[0]]] : forms, ({ path }) => swap(question.path, path));
    }
  }

  function hintAtDates(decisions) {
    const ahead = new Set(datesAhead(decisions, answersByPath(), day.read(), facts));
    for (const question of questions.values()) question.hint(ahead.has(question.path) ? texts.after_day : null);
  }

  function swap(from, to) {
    if (alternatives.has(to)) themselves.add(to);
    else themselves.delete(from);
    places.putFor(questionOf(to), questionOf(from));
    update();
    questionOf(to).focus();
  }

  function goTo(path) {
    const { element: place } = questionOf(path);
    place.scrollIntoView({ block: "center", behavior: isCalm() ? "auto" : "smooth" });
    questionOf(path).focus();
  }

  /** Let a screen reader say the outcomes, once they have come to rest. */
  function speak() {
    const said = cards.map((card) => card.spoken()).join(" ");
    if (said === spoken) return;
    const isFirst = spoken === null;
    spoken = said;
    clearTimeout(speaking);
    if (!isFirst) speaking = setTimeout(() => status.replaceChildren(spoken), REST);
  }

  function preset() {
    if (region === null) return;
    for (const { regionBy } of checks) questionOf(regionBy).show(region);
  }

  function link() {
    const { fragment, leftOut } = writeLink(day.read(), answersByPath(), facts);
    return { url: `${location.href.split("#")[0]}#${fragment}`, leftOut: leftOut.map((path) => facts[path].question) };
  }

  /** Take the answers of the address, if it holds any: an anchor of the page has no `=`. */
  function openLink() {
    if (!location.hash.includes("=")) return;
    const known = new Set([...toAsk(directly, facts, new Set()), ...alternatives.keys()]);
    const found = readLink(location.hash.slice(1), known, facts, words.regions);
    reset();
    if (found.on !== null) day.show(found.on);
    for (const [path, raw] of found.answers) {
      const inputs = alternatives.get(path) ?? [];
      if (inputs.length > 0 && !inputs.some((input) => found.answers.has(input))) themselves.add(path);
      questionOf(path).show(raw);
    }
    sharing.ignored([...new Set(found.ignored.map(repeatable))]);
    update();
  }

  /** Name what a link held: only what could be a fact is repeated, so that no link puts words into the page. */
  function repeatable(name) {
    if (name === "on") return texts.on_day;
    if (Object.hasOwn(facts, name)) return facts[name].question;
    return /^[a-z0-9_.]{1,60}$/.test(name) ? name : "…";
  }

  function reset() {
    themselves.clear();
    for (const question of questions.values()) question.show(null);
    sharing.ignored([]);
    day.show(todayHere());
    preset();
  }

  function startOver() {
    if (location.hash.includes("=")) history.replaceState(null, "", location.href.split("#")[0]);
    reset();
    update();
    day.focus();
  }
}

/** List what checks read in any version, but for the inputs of derived facts. */
function readAnywhere(checks) {
  const found = checks.flatMap((check) => [
    ...choosers(check),
    ...check.program.versions.flatMap(({ checks: rules = {} }) => rules[check.name]?.reads ?? []),
  ]);
  return [...new Set(found)];
}

/** Give the facts that choose a check's rules. */
function choosers({ regionBy, versionBy }) {
  return versionBy === null ? [regionBy] : [regionBy, versionBy];
}

function versionOf({ name, program }, { interval }) {
  return interval === null ? null : (program.versions[interval.index].checks?.[name] ?? null);
}

/** The day that it is where the reader is. */
function todayHere() {
  const now = new Date();
  const two = (number) => String(number).padStart(2, "0");
  const today = fromIso(`${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`);
  return Math.min(Math.max(today, FIRST_PROVED_DAY), LAST_PROVED_DAY);
}

function isCalm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** Milliseconds without a key after which an answer that is still typed counts, and an outcome is spoken. */
const TYPING = 150;
const REST = 700;
