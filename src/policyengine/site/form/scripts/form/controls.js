/**
 * What is typed or picked for one value: a field for each type of fact.
 *
 * Gives: `makeControl`, and `makeTruth` for a yes or no: `{element, inputs, read, show, isEmpty}`; `read` gives
 * `{raw, problem}`, `show` puts a raw value in (null: nothing), `inputs` are what the keyboard reaches. Also
 * `makeUnitSelect` and `fitUnit`, for a unit that several fields share.
 * Never: throws away what was typed; what will not do stays where it is.
 */

import { toIso } from "../calendar.js";
import { element, newId } from "./elements.js";
import { readTyped, sizeOf, unitsOf } from "./reading.js";
import { typed, unitWord } from "./writing.js";

/** Make the control of a fact; `unit` is the select of its unit where that stands elsewhere. */
export function makeControl(fact, words, id, unit = null) {
  const attributes = { id };
  switch (fact.type.kind) {
    case "region":
      return select(attributes, regionOptions(words), words);
    case "choice":
      return select(attributes, fact.type.values, words);
    case "boolean":
      return select(
        attributes,
        [
          ["true", words.texts.yes],
          ["false", words.texts.no],
        ],
        words,
        READ_TRUTH,
      );
    case "date":
      return day(attributes, fact, words);
    case "text":
      return text(attributes, fact, words);
    default:
      return quantity(attributes, fact, words, unit);
  }
}

/** Make the radio buttons of a yes or no, which may also be left open. */
export function makeTruth(words) {
  const name = newId("truth");
  const radios = [
    ["true", words.texts.yes],
    ["false", words.texts.no],
    ["", words.texts.not_answered],
  ].map(([value, label]) => {
    const input = element("input", { type: "radio", name, value, class: "pe-radio", checked: value === "" });
    return { input, label: element("label", { class: "pe-segment" }, input, element("span", {}, label)) };
  });
  const inputs = radios.map(({ input }) => input);
  const picked = () => inputs.find((input) => input.checked).value;
  return {
    element: element(
      "div",
      { class: "pe-segments" },
      radios.map(({ label }) => label),
    ),
    inputs,
    read: () => ({ raw: READ_TRUTH.fromText(picked()), problem: null }),
    show: (raw) => {
      for (const input of inputs) input.checked = input.value === (raw === null ? "" : String(raw));
    },
    isEmpty: () => picked() === "",
  };
}

/** Make the select of a quantity's unit; null when there is only one. */
export function makeUnitSelect(fact, words, label) {
  const units = unitsOf(fact);
  if (units.length < 2) return null;
  const options = units.map((unit) => element("option", { value: unit }, unitWord(unit, false, words)));
  return element("select", { class: "pe-input pe-units", "aria-label": label }, options);
}

/** Pick the coarsest unit in which values come out whole. */
export function fitUnit(unitSelect, fact, raws) {
  const fits = (unit) => raws.every((raw) => raw % sizeOf(fact, unit) === 0);
  const known = raws.some((raw) => raw !== 0);
  if (unitSelect !== null && known) unitSelect.value = unitsOf(fact).findLast(fits);
}

function quantity(attributes, fact, words, outside) {
  const own = outside === null ? makeUnitSelect(fact, words, words.texts.unit) : null;
  const unitSelect = outside ?? own;
  const unit = () => unitSelect?.value ?? fact.unit;
  const sign = outside !== null || own !== null || fact.unit === null ? null : suffix(fact, words);
  const isWhole = fact.size === 1 || fact.type.kind === "duration" || fact.type.kind === "period";
  const input = typedInput({
    ...attributes,
    inputmode: fact.range[0] < 0 ? "text" : isWhole ? "numeric" : "decimal",
    "aria-describedby": sign?.id ?? null,
  });
  return {
    element: element("div", { class: "pe-control" }, input, sign, own),
    inputs: own === null ? [input] : [input, own],
    read: () => readTyped(input.value, fact, unit(), words),
    show: (raw) => {
      if (own !== null && raw !== null) fitUnit(own, fact, [raw]);
      input.value = raw === null ? "" : typed(raw, fact, sizeOf(fact, unit()), words);
    },
    isEmpty: () => input.value.trim() === "",
  };
}

function suffix(fact, words) {
  const unit = fact.unit === "%" ? "%" : unitWord(fact.unit, false, words);
  return element("span", { class: "pe-unit", id: newId("unit"), dir: "auto" }, unit);
}

function day(attributes, fact, words) {
  const [low, high] = fact.range;
  const input = element("input", { ...attributes, type: "date", class: "pe-input", min: toIso(low), max: toIso(high) });
  return {
    element: element("div", { class: "pe-control" }, input),
    inputs: [input],
    // a day that is typed in part has no value yet
    read: () => readTyped(input.validity.badInput ? "?" : input.value, fact, null, words),
    show: (raw) => {
      input.value = raw === null ? "" : toIso(raw);
    },
    isEmpty: () => input.value === "" && !input.validity.badInput,
  };
}

function text(attributes, fact, words) {
  const input = typedInput({ ...attributes, dir: "auto" });
  return {
    element: element("div", { class: "pe-control" }, input),
    inputs: [input],
    read: () => readTyped(input.value, fact, null, words),
    show: (raw) => {
      input.value = raw ?? "";
    },
    isEmpty: () => input.value === "",
  };
}

function typedInput(attributes) {
  return element("input", { type: "text", class: "pe-input", autocomplete: "off", spellcheck: "false", ...attributes });
}

function select(attributes, known, words, { fromText, toText } = READ_TEXT) {
  const options = [...known];
  const offered = options.map(([value, label]) => element("option", { value, dir: "auto" }, label));
  const nothing = element("option", { value: "" }, words.texts.pick);
  const input = element("select", { ...attributes, class: "pe-input pe-select" }, nothing, offered);
  const index = () => input.selectedIndex - 1;
  return {
    element: element("div", { class: "pe-control" }, input),
    inputs: [input],
    read: () => ({ raw: index() < 0 ? null : fromText(options[index()][0]), problem: null }),
    show: (raw) => {
      if (raw !== null) offer(raw);
      input.selectedIndex = raw === null ? 0 : options.findIndex(([value]) => value === toText(raw)) + 1;
    },
    isEmpty: () => index() < 0,
  };

  /** Add a region that is not offered, such as a group that a page is about. */
  function offer(raw) {
    if (options.some(([value]) => value === toText(raw)) || !Object.hasOwn(words.regions, raw)) return;
    options.push([raw, words.regions[raw].name]);
    input.append(element("option", { value: raw, dir: "auto" }, words.regions[raw].name));
  }
}

/** List the regions that people live in, by name, parts of a country behind it. */
function regionOptions({ regions, language }) {
  const collator = new Intl.Collator(language.code);
  const isPart = ({ partOf }) => partOf !== null && !regions[partOf].group;
  const nameOf = (region) => (isPart(region) ? `${regions[region.partOf].name} – ${region.name}` : region.name);
  const found = Object.entries(regions).filter(([, region]) => !region.group);
  const named = found.map(([code, region]) => [code, nameOf(region)]);
  return named.sort(([, one], [, other]) => collator.compare(one, other));
}

const READ_TEXT = { fromText: (text) => text, toText: (raw) => raw };
const READ_TRUTH = { fromText: (text) => (text === "" ? null : text === "true"), toText: String };
