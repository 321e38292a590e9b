/**
 * A question: what is asked, where it is answered, what is wrong with the answer, and what may be answered instead.
 *
 * Gives: `makeQuestion`: `{path, element, read, show, isEmpty, focus, offer, hint}`.
 */

import { makeControl, makeTruth } from "./controls.js";
import { authored, button, element, newId, unseen } from "./elements.js";
import { makeList } from "./lists.js";
import { makeHint, makeMessage } from "./messages.js";
import { fill } from "./writing.js";

/** Make the question of a fact; `changed(isSettled)` is called when its answer may have changed. */
export function makeQuestion(fact, words, changed) {
  const id = newId("field");
  const control = makeAnswer(fact, words, id, changed);
  const isGroup = fact.type.kind === "boolean" || fact.type.kind === "list";
  const label = [authored("span", { class: "pe-question-text" }, fact.question), fact.private ? privacy(words) : null];
  const swap = element("p", { class: "pe-swap", hidden: true });
  const message = makeMessage(isGroup ? [] : control.inputs.slice(0, 1));
  const hint = makeHint(isGroup ? [] : control.inputs.slice(0, 1));
  const content = [control.element, message.element, hint.element, swap];
  const made = element(
    isGroup ? "fieldset" : "div",
    { class: "pe-question", "data-fact": fact.path },
    isGroup ? element("legend", { class: "pe-label" }, label) : element("label", { class: "pe-label", for: id }, label),
    content,
  );
  let offered = "";
  made.addEventListener("input", () => settle(false));
  made.addEventListener("change", () => settle(true));
  return {
    path: fact.path,
    element: made,
    read: () => control.read().raw,
    show: (raw) => {
      control.show(raw);
      say(true);
    },
    isEmpty: () => control.isEmpty(),
    focus: () => control.inputs.find((input) => input.type !== "radio" || input.checked).focus(),
    offer,
    /** Remark on an answer that will do; null takes that back. */
    hint: hint.say,
  };

  function settle(isSettled) {
    say(isSettled);
    changed(isSettled);
  }

  /** Say what is wrong: while somebody types only that nothing is any more. */
  function say(isSettled) {
    const problem = control.read().problem;
    if (isSettled || problem === null) message.say(problem);
    made.dataset.state = control.isEmpty() ? "empty" : problem === null ? "known" : "wrong";
  }

  /** Offer to answer other facts instead of this one; an empty list takes that back. */
  function offer(others, onSwap) {
    const paths = others.map((other) => other.path).join(" ");
    if (paths === offered) return;
    offered = paths;
    swap.hidden = others.length === 0;
    swap.replaceChildren(
      ...others.map((other) =>
        button(
          { class: "pe-link-button", dir: "auto", "data-instead": other.path },
          fill(words.texts.instead, { question: other.question }),
          () => onSwap(other),
        ),
      ),
    );
  }
}

function makeAnswer(fact, words, id, changed) {
  if (fact.type.kind === "boolean") return makeTruth(words);
  if (fact.type.kind === "list") return makeList(fact, words, () => changed(true));
  return makeControl(fact, words, id);
}

function privacy({ texts }) {
  return element("span", { class: "pe-private" }, texts.private, unseen(` ${texts.private_help}`));
}
