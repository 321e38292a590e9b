/**
 * Elements of a page, made one by one.
 *
 * Gives: `element`, `authored`, `unseen`, `button`, `newId`.
 * Never: parses HTML. Authors' words become text and nothing else, in elements that turn by themselves to their
 * direction and keep it from what stands around them.
 */

/** Make an element; attributes that are null or false are left out, children that are null too. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null));
  return made;
}

/** Make an element that shows words of an author. */
export function authored(name, attributes, text) {
  return element(name, { ...attributes, dir: "auto" }, text);
}

/** Make words that only screen readers say. */
export function unseen(text, attributes = {}) {
  return element("span", { class: "pe-unseen", ...attributes }, text);
}

/** Make a button. */
export function button(attributes, children, onClick) {
  const made = element("button", { type: "button", ...attributes }, children);
  made.addEventListener("click", onClick);
  return made;
}

/** Give a new id for an element of this page. */
export function newId(name) {
  made += 1;
  return `pe-${name}-${made}`;
}

let made = 0;
