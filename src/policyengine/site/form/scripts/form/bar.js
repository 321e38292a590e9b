/**
 * The outcomes in short, at the lower edge of a narrow screen: a way from the questions to the result.
 *
 * Gives: `makeBar`: `{element, show}`.
 */

import { button, element, unseen } from "./elements.js";
import { capitalised, mark } from "./results.js";

/** Make the bar; it leads to the results, and is not seen from `end` on, the last part of the questions. */
export function makeBar(words, results, end) {
  const outcomes = element("span", { class: "pe-bar-outcomes" });
  const bar = button(
    { class: "pe-bar" },
    [
      outcomes,
      element("span", { class: "pe-bar-way", "aria-hidden": "true" }, "↓"),
      unseen(` ${words.texts.to_result}`),
    ],
    () => {
      results.scrollIntoView({ block: "start" });
      results.focus({ preventScroll: true });
    },
  );
  const seen = ([{ isIntersecting, boundingClientRect }]) => {
    bar.dataset.atEnd = String(isIntersecting || boundingClientRect.top < 0);
  };
  new IntersectionObserver(seen).observe(end);
  return { element: element("div", { class: "pe-bar-place" }, bar), show };

  /** Show every outcome; of many, how many there are of each. */
  function show(all) {
    outcomes.replaceChildren(...(all.length > MOST ? counted(all) : all.map(one)));
  }

  function one({ outcome, reads, title }) {
    const name = unseen(`${title}: `, { dir: "auto" });
    return shown(outcome, [name, element("span", { dir: "auto" }, capitalised(reads, words))]);
  }

  function counted(all) {
    const groups = ["met", "unknown", "unmet", "not_offered"].map((outcome) =>
      all.filter((each) => each.outcome === outcome),
    );
    return groups
      .filter((group) => group.length > 0)
      .map((group) => {
        const [{ outcome, reads }] = group;
        const names = unseen(`: ${group.map((each) => each.program).join(", ")}`, { dir: "auto" });
        return shown(outcome, [element("span", { dir: "auto" }, `${group.length} ${reads}`), names]);
      });
  }
}

function shown(outcome, texts) {
  return element("span", { class: "pe-bar-outcome", "data-outcome": outcome }, mark(outcome), texts);
}

const MOST = 2;
