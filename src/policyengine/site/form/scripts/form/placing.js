/**
 * Where questions stand: those that matter and those that were answered above, the rest folded away below.
 *
 * Gives: `makePlaces`: `{element, place, putFor}`.
 * Never: moves the question that somebody is at, or an answer to where it does not matter.
 */

import { element } from "./elements.js";
import { fill, whole } from "./writing.js";

/** Make the two lists of questions. */
export function makePlaces(words) {
  const above = element("div", { class: "pe-questions" });
  const title = element("summary", { class: "pe-others-title" });
  const below = element("div", { class: "pe-questions" });
  const others = element("details", { class: "pe-others", hidden: true }, title, below);
  const ranks = new Map();
  return { element: element("div", {}, above, others), place, putFor };

  /**
   * Put the questions where they belong. `choosing` are those that choose the rules, and come first; `needed` those
   * that still matter, most useful first; `readable` all that the rules may read; `all` those there are; `hidden`
   * those for which others stand.
   */
  function place({ choosing, needed, readable, all, hidden }) {
    const shown = [...new Set([...readable, ...all])].filter((question) => !hidden.has(question));
    const places = new Map(shown.map((question) => [question, placeOf(question, needed, readable)]));
    const at = (list, questions) => questions.filter((question) => places.get(question) === list);
    // a question keeps its rank, so that it comes back to where it was
    for (const question of at(above, [...choosing, ...needed, ...shown])) {
      if (!ranks.has(question)) ranks.set(question, ranks.size);
    }
    const byRank = (one, other) => ranks.get(one) - ranks.get(other);
    arrange(above, at(above, shown).sort(byRank));
    arrange(below, at(below, shown));
    others.hidden = below.children.length === 0;
    title.textContent = fill(words.texts.others, { number: whole(below.children.length, words) });
  }

  /** Put a question in the place of another. */
  function putFor(question, other) {
    if (ranks.has(other)) ranks.set(question, ranks.get(other));
  }

  function placeOf(question, needed, readable) {
    const { parentNode } = question.element;
    if (parentNode !== null && isFocused(question)) return parentNode;
    if (needed.includes(question)) return above;
    if (!question.isEmpty()) return parentNode ?? above;
    return readable.includes(question) ? below : null;
  }
}

function isFocused(question) {
  return question.element.contains(document.activeElement);
}

/** Put exactly these questions into a list; those that are in their order already are not touched. */
function arrange(list, questions) {
  const wanted = new Set(questions.map((question) => question.element));
  for (const child of [...list.children]) if (!wanted.has(child)) child.remove();
  let next = list.firstElementChild;
  for (const child of wanted) {
    if (child === next) next = next.nextElementSibling;
    else list.insertBefore(child, next);
  }
}
