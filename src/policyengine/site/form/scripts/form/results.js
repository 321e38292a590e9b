/**
 * The result of one check: the outcome in the program's words, every requirement with what is there and what lacks.
 *
 * Reads: a decision of `decide`, the words of a language.
 * Gives: `makeResult`: `{element, show, spoken, brief}`: an element that stays, and shows one decision after another,
 * and what it says aloud and in short; `mark` and `capitalised`, for whoever else shows outcomes.
 */

import { authored, button, element, newId, unseen } from "./elements.js";
import { distancesOf, givenOf, notesOf, undecided } from "./findings.js";
import { fill, value } from "./writing.js";

/** Make the card of a check; a `folded` one shows its requirements when it is opened. */
export function makeResult(check, words, { isFolded, namesProgram, root, onNext }) {
  const heading = newId("result");
  const outcome = element("p", { class: "pe-outcome" });
  const head = element("div", { class: "pe-result-head" }, titles(check, heading, namesProgram || isFolded), outcome);
  const body = element("div", { class: "pe-result-body" });
  const inside = isFolded ? folded(head, body, check, words, root) : [head, body];
  const made = element(
    "article",
    { class: "pe-result", "data-check": check.id, "data-outcome": "unknown", "aria-labelledby": heading },
    inside,
  );
  let shown = null;
  let reads = "";
  return {
    element: made,
    show,
    spoken: () => fill(words.texts.spoken, { title: isFolded ? `${check.program.title}:` : check.title, reads }),
    /** The outcome in short, for a place with little room. */
    brief: () => ({ outcome: made.dataset.outcome, reads, title: check.title, program: check.program.title }),
  };

  function show(decision, next) {
    const state = JSON.stringify([decision, next?.path]);
    if (state === shown) return;
    shown = state;
    reads = check.reads[decision.outcome];
    made.dataset.outcome = decision.outcome;
    outcome.replaceChildren(mark(decision.outcome), authored("span", { class: "pe-reads" }, capitalised(reads, words)));
    body.replaceChildren(...parts(decision, check, words, { root, next, onNext }).filter((part) => part !== null));
  }
}

/** Start a sentence with a capital, as the language does. */
export function capitalised(text, { language }) {
  const [first = ""] = text;
  return first.toLocaleUpperCase(language.code) + text.slice(first.length);
}

/** Make the mark of an outcome; words beside it say the same. */
export function mark(outcome) {
  return element("span", { class: "pe-mark", "data-outcome": outcome, "aria-hidden": "true" }, MARKS[outcome]);
}

function titles({ title, program }, id, namesProgram) {
  return element(
    "h3",
    { class: "pe-result-title", id },
    namesProgram ? authored("span", { class: "pe-program" }, program.title) : null,
    authored("span", { class: "pe-question-of" }, title),
  );
}

function folded(head, body, { program }, words, root) {
  const fold = element("details", { class: "pe-fold" }, element("summary", { class: "pe-fold-head" }, head), body);
  if (program.url === null) return [fold];
  const label = fill(words.texts.program_page, { program: program.title });
  return [fold, authored("a", { class: "pe-page-link", href: new URL(program.url, root).href }, label)];
}

function parts(decision, check, words, { root, next, onNext }) {
  const { ours, texts } = words;
  const { grants, versions } = check.program;
  const version = decision.interval === null ? null : versions[decision.interval.index];
  const rules = version?.checks?.[check.name] ?? null;
  const isGranted = decision.outcome === "met" && check.joins && grants !== null;
  return [
    isGranted ? said("pe-grants", grants) : null,
    ...undecided(decision, check.program, words).map((text) => said("pe-note", text)),
    decision.metOn === null ? null : metOn(decision.metOn, check, words),
    rules === null ? null : since(version, decision, words, root),
    next === null ? null : openQuestion(next, texts, onNext),
    rules === null ? null : valuesOf(decision, rules, words),
    rules === null ? null : requirements(null, decision, rules, words, null),
    decision.obligations.length === 0 ? null : owed(decision.obligations, rules, ours),
  ];
}

function said(name, text) {
  return authored("p", { class: name }, text);
}

function metOn(day, check, words) {
  const { texts, ours } = words;
  const shown = value(day, { kind: "date" }, words);
  const turns = fill(ours.met_on, { day: shown, reads: check.reads.met });
  const sentences = check.joins
    ? [said("pe-met-on-day", fill(texts.qualify_on, { day: shown })), said("pe-hint", texts.by_time)]
    : [said("pe-met-on-day", turns)];
  return element("div", { class: "pe-met-on" }, sentences);
}

function since(version, { region }, words, root) {
  const text = capitalised(version.since, words);
  const shown = version.url === null ? text : element("a", { href: new URL(version.url, root).href }, text);
  return element(
    "p",
    { class: "pe-since" },
    authored("span", {}, words.regions[region].name),
    element("span", { dir: "auto" }, shown),
  );
}

function openQuestion(question, texts, onNext) {
  const label = fill(texts.next_question, { question: question.question });
  return element(
    "p",
    { class: "pe-next" },
    button({ class: "pe-link-button", dir: "auto", "data-next": question.path }, label, () => onNext(question.path)),
  );
}

function valuesOf(decision, rules, words) {
  const known = decision.values.filter(({ id }) => Object.hasOwn(rules.values, id));
  if (known.length === 0) return null;
  const rows = known.map(({ id, raw }) => {
    const { title, type } = rules.values[id];
    const shown = raw === null ? words.ours.not_known : value(raw, type, words);
    return element(
      "div",
      { class: "pe-value", "data-value": id },
      authored("dt", {}, title),
      authored("dd", { "data-known": String(raw !== null) }, shown),
    );
  });
  return element("dl", { class: "pe-values" }, rows);
}

function owed(ids, rules, ours) {
  const items = ids.map((id) =>
    authored("li", { class: "pe-obligation", "data-obligation": id }, rules.requirements[id].obliges ?? id),
  );
  return element(
    "div",
    { class: "pe-owed" },
    element("h4", { class: "pe-small-title" }, ours.owed),
    element("ul", { class: "pe-owed-list" }, items),
  );
}

/** List the requirements of a group (null: of the check); `group` is what became of it, null where all count. */
function requirements(parent, decision, rules, words, group) {
  const found = decision.requirements.filter((finding) => finding.parent === parent);
  if (found.length === 0) return null;
  const items = found.map((finding) => requirement(finding, decision, rules, words, group));
  return element("ul", { class: "pe-requirements" }, items);
}

function requirement(finding, decision, rules, words, group) {
  const says = rules.requirements[finding.id];
  const isLifted = finding.waivedUntil !== null;
  const state = isLifted ? "lifted" : finding.outcome;
  // what does not change its group's outcome stands aside
  const isAside = group !== null && (group.isAside || group.outcome !== finding.outcome);
  const aside = says.aside === undefined ? null : element("span", { class: "pe-aside" }, ` (${says.aside})`);
  return element(
    "li",
    {
      class: "pe-requirement",
      "data-requirement": finding.id,
      "data-outcome": finding.outcome,
      "data-waived": isLifted,
      "data-aside": isAside,
    },
    mark(state),
    element(
      "div",
      { class: "pe-requirement-text" },
      element("p", {}, unseen(`${words.texts[state]} `), authored("span", {}, says.text), aside),
      isLifted ? said("pe-detail", waived(finding, says, words)) : null,
      isLifted || isAside ? null : details(finding, decision, says, words),
      requirements(finding.id, decision, rules, words, { outcome: finding.outcome, isAside: isAside || isLifted }),
    ),
  );
}

function waived(finding, says, words) {
  const day = value(finding.waivedUntil, { kind: "date" }, words);
  return fill(words.ours.waived, { day, because: says.waived ?? "" });
}

function details(finding, { missing }, says, words) {
  if (finding.kind !== "require" || finding.outcome === "met") return null;
  const notes = finding.outcome === "unknown" ? notesOf(finding, says, words) : [];
  if (notes.length > 0) return notes.map((note) => said("pe-detail", note));
  const given = givenOf(finding, missing, words);
  return [
    given === null ? null : said("pe-detail", given),
    ...distancesOf(finding, says, words).map((text) => said("pe-distance", text)),
  ];
}

const MARKS = { met: "✓", unmet: "✗", unknown: "?", not_offered: "–", lifted: "○" };
