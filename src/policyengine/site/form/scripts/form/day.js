/**
 * The day as of which is decided: it picks the version of the rules.
 *
 * Gives: `makeDay`: `{element, read, show, focus}`. What is no such day is said, and the last one stays in force.
 * Never: gives a day for which one may not decide.
 */

import { FIRST_PROVED_DAY, LAST_PROVED_DAY, fromIso, toIso } from "../calendar.js";
import { element, newId } from "./elements.js";
import { makeMessage } from "./messages.js";
import { isDecidable } from "./reading.js";
import { fill, value } from "./writing.js";

/** Make the date picker. */
export function makeDay(words, today, changed) {
  const id = newId("day");
  const help = element("p", { class: "pe-hint", id: newId("help") }, words.texts.on_day_help);
  const input = element("input", {
    id,
    type: "date",
    class: "pe-input",
    min: toIso(FIRST_PROVED_DAY),
    max: toIso(LAST_PROVED_DAY),
    "aria-describedby": help.id,
    "data-on": true,
  });
  const message = makeMessage([input]);
  let day = today;
  show(today);
  input.addEventListener("input", () => take(false));
  input.addEventListener("change", () => take(true));
  return {
    element: element(
      "div",
      { class: "pe-day" },
      element("label", { class: "pe-label", for: id }, words.texts.on_day),
      element("div", { class: "pe-control" }, input),
      help,
      message.element,
    ),
    read: () => day,
    show,
    focus: () => input.focus(),
  };

  function show(ordinal) {
    if (!isDecidable(ordinal)) return;
    day = ordinal;
    input.value = toIso(ordinal);
    message.say(null);
  }

  function take(isSettled) {
    const typed = fromIso(input.value);
    const isDay = isDecidable(typed);
    if (isDay) day = typed;
    if (isDay || isSettled) message.say(isDay ? null : wrong());
    changed();
  }

  function wrong() {
    const [low, high, shown] = [FIRST_PROVED_DAY, LAST_PROVED_DAY, day].map((one) =>
      value(one, { kind: "date" }, words),
    );
    return fill(words.texts.on_day_wrong, { low, high, day: shown });
  }
}
