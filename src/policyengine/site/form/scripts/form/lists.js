/**
 * A list of records as rows: added one by one, by Enter in the last field of a row, or by pasting several lines.
 *
 * Gives: `makeList`, which is used like a control (`controls.js`); its `raw` is an array of records, and null when
 * nobody has said anything: that there are none is an answer of its own.
 * Never: makes a row again that is there, so the keyboard stays where it is.
 */

import { button, element, newId, unseen } from "./elements.js";
import { fitUnit, makeControl, makeUnitSelect } from "./controls.js";
import { makeMessage } from "./messages.js";
import { fill, value, whole } from "./writing.js";

/** Make the rows of a list fact; `changed` is called when rows come or go. */
export function makeList(fact, words, changed) {
  const { texts } = words;
  const fields = Object.entries(fact.fields);
  const unitSelects = new Map(fields.map(([name, field]) => [name, unitSelect(field)]));
  const rows = [];
  const list = element("ol", { class: "pe-rows" });
  const note = element("p", { class: "pe-hint", id: newId("note"), "aria-live": "polite" });
  const addLabel = element("span", { dir: "auto" });
  const add = button({ class: "pe-button pe-add", "aria-describedby": note.id }, addLabel, () => added(rows.length));
  const none = element("input", { type: "checkbox", id: newId("none"), class: "pe-check-box" });
  none.addEventListener("change", renumber);
  for (const select of unitSelects.values()) select?.addEventListener("change", recheck);
  renumber();
  return {
    element: element(
      "div",
      { class: "pe-list" },
      head(),
      list,
      element(
        "div",
        { class: "pe-list-foot" },
        add,
        element("label", { class: "pe-none", for: none.id }, none, texts.none),
      ),
      note,
    ),
    get inputs() {
      return [...rows.flatMap((row) => row.inputs), add, none];
    },
    read,
    show,
    isEmpty: () => rows.length === 0 && !none.checked,
  };

  function read() {
    if (none.checked) return { raw: [], problem: null };
    const records = rows.map((row) => row.read());
    return { raw: rows.length === 0 ? null : records, problem: null };
  }

  function show(raw) {
    for (const row of rows.splice(0)) row.element.remove();
    none.checked = raw !== null && raw.length === 0;
    for (const [name, field] of fields) {
      const known = (raw ?? []).map((record) => record[name]).filter((one) => one !== null);
      fitUnit(unitSelects.get(name), field, known);
    }
    for (const record of raw ?? []) insertRow(rows.length).show(record);
    renumber();
  }

  function recheck() {
    for (const row of rows) row.check();
  }

  /** Name the fields, and let a unit be picked for all rows. */
  function head() {
    const shown = fields.map(([name, field]) =>
      element(
        "div",
        { class: "pe-list-field" },
        element("span", { dir: "auto" }, field.question),
        unitSelects.get(name),
      ),
    );
    return element("div", { class: "pe-list-head" }, shown, element("p", { class: "pe-hint" }, texts.list_help));
  }

  function unitSelect(field) {
    return makeUnitSelect(field, words, fill(texts.field_unit, { field: field.question }));
  }

  function added(index) {
    if (rows.length >= fact.most) return;
    const row = insertRow(index);
    renumber();
    row.focus();
    changed();
  }

  function insertRow(index) {
    none.checked = false;
    const row = makeRow(fact, words, unitSelects);
    rows.splice(index, 0, row);
    list.insertBefore(row.element, list.children[index] ?? null);
    row.remove.addEventListener("click", () => removeRow(row));
    row.element.addEventListener("keydown", (event) => entered(event, row));
    row.element.addEventListener("paste", (event) => pasted(event, row));
    return row;
  }

  function removeRow(row) {
    const index = rows.indexOf(row);
    rows.splice(index, 1);
    row.element.remove();
    renumber();
    (rows[index]?.remove ?? rows.at(-1)?.remove ?? add).focus();
    changed();
  }

  /** Say of every row which it is, and whether there is room for more. */
  function renumber() {
    rows.forEach((row, index) => row.number(index + 1));
    list.hidden = none.checked || rows.length === 0;
    const isFull = rows.length >= fact.most;
    add.disabled = isFull;
    addLabel.textContent = fill(texts.add, { item: fact.item, number: whole(rows.length + 1, words) });
    note.textContent = isFull ? fill(texts.full, { most: most() }) : "";
  }

  function most() {
    return value(fact.most, { kind: "number", scale: 0, unit: fact.type.unit, percent: false }, words);
  }

  function entered(event, row) {
    const isLast = event.target === row.inputs.at(-1) && event.target.tagName === "INPUT";
    if (event.key !== "Enter" || !isLast || event.isComposing) return;
    event.preventDefault();
    added(rows.indexOf(row) + 1);
  }

  /** Put the first of several pasted lines here, the others into rows below; columns are split at tabs. */
  function pasted(event, row) {
    const lines = (event.clipboardData?.getData("text") ?? "").split(/\r?\n/).filter((line) => line.trim() !== "");
    if (lines.length < 2 || event.target.tagName !== "INPUT") return;
    event.preventDefault();
    const first = rows.indexOf(row);
    const room = fact.most - rows.length + 1;
    const taken = lines.slice(0, room);
    const filled = taken.map((line, index) => {
      const target = index === 0 ? row : insertRow(first + index);
      target.type(line.split("\t"));
      return target;
    });
    renumber();
    filled.at(-1).focus();
    const number = whole(lines.length - taken.length, words);
    if (lines.length > taken.length) note.textContent = fill(texts.too_many, { most: most(), number });
    changed();
  }
}

/** Make one row: `number` says which it is, `type` puts texts into its fields as if they were typed. */
function makeRow(fact, words, unitSelects) {
  const parts = Object.entries(fact.fields).map(([name, field]) =>
    makePart(fact, name, field, words, unitSelects.get(name)),
  );
  const position = element("span", { class: "pe-row-number", dir: "auto" });
  const removeLabel = unseen("", { dir: "auto" });
  const remove = button(
    { class: "pe-icon-button" },
    [element("span", { "aria-hidden": "true" }, "×"), removeLabel],
    () => {},
  );
  return {
    element: element(
      "li",
      { class: "pe-row" },
      position,
      parts.map((part) => part.element),
      remove,
    ),
    remove,
    inputs: parts.flatMap((part) => part.control.inputs),
    focus: () => parts[0].control.inputs[0].focus(),
    read: () => Object.fromEntries(parts.map((part) => [part.name, part.read()])),
    check: () => parts.forEach((part) => part.check()),
    show: (record) => parts.forEach((part) => part.control.show(record[part.name])),
    number: (index) => {
      const which = { item: fact.item, number: whole(index, words) };
      position.textContent = fill(words.texts.item, which);
      removeLabel.textContent = fill(words.texts.remove, which);
      for (const part of parts) part.label.textContent = `${fill(words.texts.item, which)}: ${part.question}`;
    },
    type: (texts) => parts.forEach((part, index) => index < texts.length && part.type(texts[index].trim())),
  };
}

/** Make one field of a row, with its own message. */
function makePart(fact, name, field, words, unitSelect) {
  const id = newId("field");
  const control = makeControl(field, words, id, unitSelect);
  const [input] = control.inputs;
  const message = makeMessage([input]);
  const label = element("label", { class: "pe-unseen", for: id, dir: "auto" });
  const check = () => message.say(control.read().problem);
  input.addEventListener("change", check);
  return {
    name,
    control,
    label,
    check,
    question: field.question,
    element: element("div", { class: "pe-row-field", "data-field": name }, label, control.element, message.element),
    read: () => {
      const { raw, problem } = control.read();
      if (problem === null) message.say(null); // what is wrong is said when the field is left
      return raw;
    },
    type: (text) => {
      if (input.tagName === "INPUT") input.value = text;
      check();
    },
  };
}
