/**
 * The link to the answers, and starting over.
 *
 * Gives: `makeSharing`: `{notice, element, ignored}`; `ignored` says in `notice` what a link held that cannot be used
 * here.
 * Never: needs the clipboard. Without it the link is there to be copied by hand.
 */

import { authored, button, element, newId } from "./elements.js";
import { fill } from "./writing.js";

/** Make the buttons; `link()` gives `{url, leftOut}`, the questions that are not in it. */
export function makeSharing(words, link, startOver) {
  const { texts } = words;
  const id = newId("link");
  const field = element("input", { id, class: "pe-input pe-link", type: "text", readonly: true });
  const label = element("label", { for: id, class: "pe-link-label" }, texts.link);
  const result = element("p", { class: "pe-hint", role: "status" });
  const leftOut = element("p", { class: "pe-hint", dir: "auto", "data-left-out": true, hidden: true });
  const shown = element("div", { class: "pe-shared", hidden: true }, label, field, result, leftOut);
  const ignored = authored("p", { class: "pe-ignored", role: "status", hidden: true }, "");
  const share = button({ class: "pe-button", "data-share": true }, texts.share, copy);
  const again = button({ class: "pe-button pe-quiet", "data-start-over": true }, texts.start_over, () => {
    shown.hidden = true;
    startOver();
  });
  return {
    notice: ignored,
    element: element("div", { class: "pe-share" }, element("div", { class: "pe-buttons" }, share, again), shown),
    ignored: (names) => {
      ignored.hidden = names.length === 0;
      ignored.textContent = names.length === 0 ? "" : fill(texts.ignored, { names: names.join(", ") });
    },
  };

  async function copy() {
    const { url, leftOut: questions } = link();
    field.value = url;
    shown.hidden = false;
    leftOut.hidden = questions.length === 0;
    leftOut.textContent = questions.length === 0 ? "" : fill(texts.left_out, { questions: questions.join(" · ") });
    field.select();
    result.textContent = (await isCopied(url)) ? texts.copied : texts.copy_yourself;
  }
}

async function isCopied(url) {
  try {
    await navigator.clipboard.writeText(url);
    return true;
  } catch {
    return false; // not allowed, or no such thing outside https
  }
}
