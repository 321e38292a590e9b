/**
 * What is wrong with a field, said beside it and to screen readers.
 *
 * Gives: `makeMessage`: `{element, say}`; `say(null)` takes it away.
 */

import { element, newId } from "./elements.js";

/** Make the place of a message about some fields. */
export function makeMessage(inputs) {
  const message = element("p", { class: "pe-wrong", id: newId("wrong"), dir: "auto" });
  const say = (problem) => {
    if (message.textContent === (problem ?? "")) return;
    message.textContent = problem ?? "";
    for (const input of inputs) mark(input, message.id, problem !== null);
  };
  return { element: message, say };
}

function mark(input, id, isWrong) {
  if (isWrong) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
  const others = (input.getAttribute("aria-describedby") ?? "").split(" ").filter((one) => one !== "" && one !== id);
  const described = isWrong ? [...others, id] : others;
  if (described.length > 0) input.setAttribute("aria-describedby", described.join(" "));
  else input.removeAttribute("aria-describedby");
}
