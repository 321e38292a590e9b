/**
 * START HERE. Fills every `section.pe-check` of a page with a form that is decided in the page.
 *
 * Reads: `data-checks` ("series/eligibility series/limits"), `data-language`, `data-region` (optional) and `data-mode`
 * ("programs": one folded result for each program).
 * Never: loads anything but the site's own modules beside this one; sends or stores nothing.
 */

import { element } from "./form/elements.js";
import { startForm } from "./form/form.js";

for (const section of document.querySelectorAll("section.pe-check")) start(section);

async function start(section) {
  const { checks, language, region = null, mode = null } = section.dataset;
  const ids = checks.split(" ").filter((id) => id !== "");
  try {
    const [words, modules] = await Promise.all([load(`words/${language}.js`), programsOf(ids)]);
    const found = ids.map((id) => checkOf(id, words.words, modules));
    if (!section.hasAttribute("aria-label")) section.setAttribute("aria-label", words.words.texts.title);
    startForm(section, found, words.words, { region, isProgramList: mode === "programs", root: ROOT });
  } catch (error) {
    section.append(element("p", { class: "pe-failed", role: "alert" }, `${error}`));
    throw error;
  }
}

function load(path) {
  return import(new URL(path, import.meta.url).href);
}

async function programsOf(ids) {
  const names = [...new Set(ids.map((id) => id.split("/")[0]))];
  const modules = await Promise.all(names.map((name) => load(`programs/${name}.js`)));
  return new Map(names.map((name, index) => [name, modules[index].program]));
}

/** Put together what is known of a check: its words and its program's, and the module that decides it. */
function checkOf(id, words, modules) {
  const [program, name] = id.split("/");
  return {
    id,
    name,
    module: modules.get(program),
    program: words.programs[program],
    ...words.programs[program].checks[name],
  };
}

/** The site's root: these files stand in `assets/policyengine/`. */
const ROOT = new URL("../../", import.meta.url);
