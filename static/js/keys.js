// The keyboard map (users.md 6.3): an element with data-key is pressed by its key.
//
// data-key="c"            a single key, only outside fields
// data-key="g l"          two keys one after the other, only outside fields
// data-key="Enter"        only where nothing has the focus that Enter would press itself
// data-key="Mod+Enter"    Ctrl or Command with a key, also inside fields
// data-key="/, Mod+k"     either of them
// data-key-label="..."    what the sheet says when the element's own words are not enough
// data-then-focus="id"    what gets the focus once the key has pressed its element
// data-rows               rows below it are walked by j and k and opened by Enter
//
// <html data-single-keys="off"> leaves only the keys with a modifier (WCAG 2.1.4).

const SEQUENCE_MS = 1500;
const FIELDS = "input, textarea, select, [contenteditable=''], [contenteditable='true']";
const PRESSED_BY_ENTER = "a[href], button, summary, label, dialog, [role='option'], [role='combobox']";
const PRESSED_BY_CLICK = ["button", "checkbox", "color", "file", "image", "radio", "reset", "submit"];

let started = null; // the first key of a sequence, and when it was pressed

export const isField = (element) =>
  element instanceof Element &&
  element.closest(FIELDS) !== null &&
  !(element instanceof HTMLInputElement && PRESSED_BY_CLICK.includes(element.type));

// A letter while a character is composed, or one that AltGr or a dead key makes, is text.
export const isText = (event) =>
  event.isComposing ||
  event.keyCode === 229 ||
  ["Dead", "Process", "Unidentified"].includes(event.key) ||
  event.getModifierState("AltGraph");

// "c", "?", "Shift+x", "Mod+Enter", "Mod+Shift+Enter"; "" for what is no key of ours.
export function nameOf(event) {
  if (event.altKey || ["Control", "Shift", "Alt", "Meta"].includes(event.key)) return "";
  const modified = event.ctrlKey || event.metaKey;
  const isLetter = event.key.length === 1 && event.key.toLowerCase() !== event.key.toUpperCase();
  const key = isLetter ? event.key.toLowerCase() : event.key;
  const shifted = event.shiftKey && (isLetter || event.key.length > 1);
  return (modified ? "Mod+" : "") + (shifted ? "Shift+" : "") + key;
}

const keysOf = (element) => element.dataset.key.split(",").map((key) => key.trim());
const isSingle = (key) => !key.startsWith("Mod+");
export const singlesAreOff = () => document.documentElement.dataset.singleKeys === "off";
const topDialog = () => [...document.querySelectorAll("dialog[open]")].at(-1);

// The keys of a row are those of the row that j and k walked to.
const isInCursor = (element) =>
  element.closest("[data-rows] > *")?.classList.contains("cursor") ?? true;

// The menu of the bottom bar has what stands beside it on wider screens: its keys hold while it is
// closed, too.
const isSeen = (element) =>
  (element.closest("details.more") ?? element).checkVisibility({ visibilityProperty: true });

// The elements whose keys are valid now: visible, enabled, of the
// cursor's row, and in the dialog when one is open.
function pressable() {
  const place = topDialog() ?? document;
  return [...place.querySelectorAll("[data-key]")].filter(
    (element) =>
      isSeen(element) &&
      isInCursor(element) &&
      !element.matches(":disabled, [aria-disabled='true'], [inert] *"),
  );
}

function press(element) {
  if (isField(element)) {
    element.focus();
    element.select?.();
  } else {
    element.focus();
    element.click();
    document.getElementById(element.dataset.thenFocus)?.focus();
  }
}

// A single key is first of all what the page itself does with it, then the frame around it.
// Mod+Enter belongs to the form that one writes in; outside forms to the only one there is.
function bestOf(found, event, key) {
  if (isSingle(key)) return found.find((element) => element.closest("main")) ?? found[0];
  const form = event.target.closest?.("form");
  if (form === null || form === undefined || !key.endsWith("Enter"))
    return found.length === 1 || !key.endsWith("Enter") ? found[0] : undefined;
  return found.find((element) => element.form === form);
}

function withSequence(name, event) {
  const before = started;
  started = null;
  if (before !== null && event.timeStamp - before.at < SEQUENCE_MS) return `${before.key} ${name}`;
  const begins = pressable().some((element) =>
    keysOf(element).some((key) => key.startsWith(`${name} `)),
  );
  if (begins) started = { key: name, at: event.timeStamp };
  return name;
}

function onKey(event) {
  if (event.defaultPrevented || isText(event)) return;
  const name = nameOf(event);
  if (name === "") return;
  if (name === "Escape") return closeTop(event);
  if (isSingle(name) && (isField(event.target) || singlesAreOff())) return;
  if (name === "?") return openSheet(event);
  if (name === "Enter" && event.target.closest?.(PRESSED_BY_ENTER)) return;
  const key = isSingle(name) ? withSequence(name, event) : name;
  const found = pressable().filter((element) => keysOf(element).includes(key));
  const element = bestOf(found, event, key);
  if (element !== undefined && !event.repeat) {
    event.preventDefault();
    press(element);
  } else if (!key.includes(" ")) {
    walk(key, event);
  }
}

// Escape ---------------------------------------------------------------------

// One step out: a dialog closes itself; then an open menu, the drawer, at last the field is left.
// Nothing that was typed is touched: Chromium would empty a search field.
function closeTop(event) {
  if (topDialog() !== undefined) return;
  const focused = document.activeElement;
  const menu = focused.closest("details[open]") ?? [...document.querySelectorAll("details.who[open]")].at(-1);
  if (menu) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  } else if (document.querySelector(".zone.memory:target") !== null) {
    window.location.hash = "main";
  } else if (isField(focused)) {
    focused.blur();
  } else {
    return;
  }
  event.preventDefault();
}

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.who[open]"))
    if (!menu.contains(event.target)) menu.open = false;
});

// Rows -----------------------------------------------------------------------

// The row that the keys mean; it tells so by an event of its own.
export function putCursor(row) {
  row.classList.add("cursor");
  row.querySelector("a[href]").focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
  row.dispatchEvent(new CustomEvent("callcenter:cursor", { bubbles: true }));
}

function walk(key, event) {
  const rows = [...document.querySelectorAll("[data-rows] > *")].filter((row) => row.querySelector("a[href]"));
  const at = rows.findIndex((row) => row.classList.contains("cursor"));
  if (rows.length === 0 || topDialog() !== undefined) return;
  if (key === "j" || key === "k") {
    const next = at < 0 ? 0 : Math.min(Math.max(at + (key === "j" ? 1 : -1), 0), rows.length - 1);
    rows[at]?.classList.remove("cursor");
    putCursor(rows[next]);
    event.preventDefault();
  } else if (key === "Enter" && at >= 0 && event.target === document.body) {
    event.preventDefault();
    rows[at].querySelector("a[href]").click();
  }
}

// The sheet ------------------------------------------------------------------

function wordsOf(element) {
  const label = element.dataset.keyLabel ?? element.getAttribute("aria-label") ?? element.labels?.[0]?.textContent;
  if (label) return label.trim();
  const copy = element.cloneNode(true);
  for (const key of copy.querySelectorAll("kbd, svg")) key.remove();
  return copy.textContent.replace(/\s+/g, " ").trim();
}

function lineOf(words, keys) {
  const line = document.createElement("li");
  line.append(Object.assign(document.createElement("span"), { textContent: words }));
  const side = Object.assign(document.createElement("span"), { className: "nowrap" });
  for (const key of keys) {
    const shown = key.replace("Mod", "Ctrl");
    side.append(" ", Object.assign(document.createElement("kbd"), { className: "key", textContent: shown }));
  }
  line.append(side);
  return line;
}

function openSheet(event) {
  const sheet = document.getElementById("keys");
  if (sheet === null || sheet.open) return;
  event?.preventDefault();
  const lines = new Map();
  for (const element of pressable()) {
    const keys = keysOf(element).filter((key) => !singlesAreOff() || !isSingle(key));
    if (keys.length > 0 && !lines.has(keys[0])) lines.set(keys[0], lineOf(wordsOf(element), keys));
  }
  const list = sheet.querySelector("[data-keys-list]");
  for (const line of list.querySelectorAll("li:not([data-always])")) line.remove();
  for (const line of list.querySelectorAll("li[data-rows-key]"))
    line.hidden = document.querySelector("[data-rows]") === null || singlesAreOff();
  list.prepend(...lines.values());
  sheet.showModal();
}

document.addEventListener("keydown", onKey);
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-open-keys]")) openSheet();
});

// Arriving -------------------------------------------------------------------

// From a list one comes to a call with a key in the address, as if it were pressed on arriving.
// Only keys that open something are taken: an address must not act.
function arrive() {
  const asked = /^#key-([bcs])$/.exec(window.location.hash);
  if (asked === null) return;
  const { pathname, search } = window.location;
  window.history.replaceState(window.history.state, "", pathname + search);
  const element = pressable().find((one) => one.closest("main") && keysOf(one).includes(asked[1]));
  if (element !== undefined) press(element);
}

document.addEventListener("DOMContentLoaded", arrive); // after all modules
