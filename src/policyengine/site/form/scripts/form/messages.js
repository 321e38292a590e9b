/**
 * What is wrong with a field, or remarkable, said beside it and to screen readers.
 *
 * Gives: `makeMessage` and `makeHint`: `{element, say}`; `say(null)` takes it away.
 */

import { element, newId } from "./elements.js";

/** Make the place of a message about some fields. */
export function makeMessage(inputs) {
  const message = element("p", { class: "pe-wrong", id: newId("wrong"), dir: "auto" });
  const say = (problem) => {
    if (message.textContent === (problem ?? "")) return;
    message.textContent = problem ?? "";
    for (const input of inputs) {
      if (problem === null) input.removeAttribute("aria-invalid");
      else input.setAttribute("aria-invalid", "true");
      describe(input, message.id, problem !== null);
    }
  };
  return { element: message, say };
}

/** Make the place of a hint about a field whose answer will do. */
export function makeHint(inputs) {
  const id = newId("hint");
  const hint = element("p", { class: "pe-hint", id, dir: "auto", "aria-live": "polite", "data-hint": true });
  const say = (text) => {
    if (hint.textContent === (text ?? "")) return;
    hint.textContent = text ?? "";
    for (const input of inputs) describe(input, hint.id, text !== null);
  };
  return { element: hint, say };
}

function describe(input, id, isShown) {
  const others = (input.getAttribute("aria-describedby") ?? "").split(" ").filter((one) => one !== "" && one !== id);
  const described = isShown ? [...others, id] : others;
  if (described.length > 0) input.setAttribute("aria-describedby", described.join(" "));
  else input.removeAttribute("aria-describedby");
}
