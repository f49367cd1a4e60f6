// The list of calls: rows are picked by x, ranges by Shift+x or Shift and a click; what is new is
// counted now and then, and shown only when somebody asks for it.

import { isField, isText, nameOf, putCursor, singlesAreOff } from "./keys.js";
import { announce } from "./forms.js";

const EVERY_MS = 20_000;

const rowsPlace = () => document.getElementById("rows");
const boxes = () => [...document.querySelectorAll("#rows [data-rows] [name='call']")];
const picked = () => boxes().filter((box) => box.checked);

let anchor = null; // the row from which a range begins

// Picking --------------------------------------------------------------------

function pick(box, isChecked) {
  box.checked = isChecked;
}

function pickTo(box, isChecked) {
  const all = boxes();
  const from = Math.max(all.indexOf(anchor), 0);
  const to = all.indexOf(box);
  for (const one of all.slice(Math.min(from, to), Math.max(from, to) + 1)) pick(one, isChecked);
}

function tell() {
  const count = picked().length;
  const bar = document.querySelector("[data-picked]");
  const all = document.querySelector("[data-pick-all]");
  if (all !== null) {
    all.hidden = false;
    all.checked = count > 0 && count === boxes().length;
    all.indeterminate = count > 0 && !all.checked;
  }
  if (bar === null) return;
  bar.dataset.words ??= bar.textContent;
  bar.textContent = count > 0 ? `${bar.dataset.words}: ${count}` : bar.dataset.words;
  return count;
}

function clear() {
  for (const box of boxes()) pick(box, false);
  anchor = null;
  tell();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || isText(event) || document.querySelector("dialog[open]") !== null) return;
  const name = nameOf(event);
  if (name === "Escape" && picked().length > 0 && !isField(event.target)) {
    event.preventDefault();
    return clear();
  }
  if (!["x", "Shift+x"].includes(name) || isField(event.target) || singlesAreOff()) return;
  const box = boxInCursor();
  if (box === null) return;
  event.preventDefault();
  if (name === "x") pick(box, !box.checked);
  else pickTo(box, true);
  anchor = box;
  tell();
  announce(document.querySelector("[data-picked]").textContent);
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-pick-none]")) return clear();
  if (event.target.matches("[data-pick-all]")) {
    for (const box of boxes()) pick(box, event.target.checked);
    return tell();
  }
  if (!event.target.matches("#rows [data-rows] [name='call']")) return;
  if (event.shiftKey) pickTo(event.target, event.target.checked);
  anchor = event.target;
  tell();
});

// Rows that come again keep their ticks, but for those that an act has just dealt with, and the
// cursor; when an act took its row away, the next one has it.
let kept = new Set();
let keptCursor = null;

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target?.id !== "rows") return;
  const isAct = event.detail.requestConfig.verb === "post";
  kept = new Set(isAct ? [] : picked().map(callOf));
  const box = boxInCursor();
  keptCursor = box && { call: callOf(box), at: isAct ? boxes().indexOf(box) : -1 };
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.elt.id !== "rows") return;
  for (const box of boxes()) if (kept.has(callOf(box))) pick(box, true);
  kept = new Set();
  anchor = null;
  tell();
  if (keptCursor !== null) cursorAgain(keptCursor);
  keptCursor = null;
});

// The cursor ------------------------------------------------------------------

const callOf = (box) => box.value.split(".")[0];
const boxInCursor = () => document.querySelector("#rows [data-rows] > .cursor [name='call']");

function cursorAgain({ call, at }) {
  const all = boxes();
  const box = all.find((one) => callOf(one) === call) ?? all[Math.min(at, all.length - 1)];
  const focused = document.activeElement;
  const isBusy = focused !== document.body && focused?.id !== "rows";
  if (box === undefined) return;
  if (isBusy) markCursor(box.closest("tr"));
  else putCursor(box.closest("tr"));
}

function markCursor(row) {
  row.classList.add("cursor");
  showRowBar();
}

// Its row can be commented, moved, taken and promised without being picked.
function showRowBar() {
  const bar = document.querySelector("[data-row-bar]");
  const box = boxInCursor();
  if (bar === null || box === null) return;
  const { pathname } = new URL(box.closest("tr").querySelector("a[href]").href);
  bar.elements.namedItem("call").value = box.value;
  bar.querySelector("[data-row-said]").textContent = `#${callOf(box)}`;
  for (const link of bar.querySelectorAll("[data-row-go]")) link.href = pathname + link.hash;
  bar.hidden = false;
}

document.addEventListener("callcenter:cursor", showRowBar);

// Whoever comes back from a call stands where that call is.
const CURSOR = "callcenter.list-cursor";

window.addEventListener("pagehide", () => {
  const box = boxInCursor();
  if (box !== null) sessionStorage.setItem(CURSOR, callOf(box));
});

if (performance.getEntriesByType("navigation")[0]?.type === "back_forward") {
  const call = sessionStorage.getItem(CURSOR);
  if (call !== null) cursorAgain({ call, at: -1 });
}

// Enter in a field of the bar presses the button of its own panel, not the first one of the form.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || isText(event) || nameOf(event) !== "Enter") return;
  const panel = event.target.matches("#bulk .panel input") ? event.target.closest(".panel") : null;
  const button = panel?.querySelector("button[type='submit']");
  if (!button) return;
  event.preventDefault();
  button.click();
});

// A field that begins with a usual answer is overwritten by typing.
document.addEventListener("focusin", (event) => {
  if (event.target.matches("input[data-select]")) event.target.select();
});

// What is new ----------------------------------------------------------------

function isFresh(isTrue) {
  const age = document.querySelector("#rows .age");
  const time = age?.querySelector("time");
  age?.classList.toggle("stale", !isTrue);
  if (isTrue && time) time.dateTime = new Date().toISOString();
}

async function look() {
  const place = document.getElementById("newer");
  const url = place?.dataset.newer;
  if (!url || document.hidden) return;
  try {
    const answer = await fetch(url, { headers: { "HX-Request": "true", "X-Background": "1" } });
    if (!answer.ok || answer.redirected || !place.isConnected) return isFresh(false);
    isFresh(true);
    if (answer.status === 204) return;
    const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
    place.replaceChildren(...parsed.body.children);
    window.htmx.process(place);
  } catch {
    isFresh(false);
  }
}

if (rowsPlace() !== null) {
  tell();
  setInterval(look, EVERY_MS);
  document.addEventListener("visibilitychange", look);
}

// Tools -----------------------------------------------------------------------

// A file of the picked rows: sent as a plain form, because htmx would read it into the page.
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-plain]");
  if (button === null) return;
  event.preventDefault();
  const form = Object.assign(document.createElement("form"), { method: "post", hidden: true });
  form.action = button.formAction;
  for (const [name, value] of new FormData(button.form))
    if (["csrfmiddlewaretoken", "call"].includes(name))
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  form.dataset.dirty = "off";
  document.body.append(form);
  HTMLFormElement.prototype.submit.call(form);
  form.remove();
});

// Columns are put in order by a button that moves one up.
function showUps() {
  for (const up of document.querySelectorAll("[data-column] [data-up]"))
    up.hidden = up.closest("[data-column]").previousElementSibling?.matches("[data-column]") !== true;
}

document.addEventListener("click", (event) => {
  const up = event.target.closest("[data-up]");
  if (up === null) return;
  const column = up.closest("[data-column]");
  column.previousElementSibling.before(column);
  showUps();
  (up.hidden ? column.querySelector("input") : up).focus();
  announce(up.getAttribute("aria-label"));
});

// The menu of views opens on its first view; arrows walk it. A click elsewhere closes a menu.
document.addEventListener(
  "toggle",
  (event) => {
    if (event.target.matches?.(".menu.down") && event.target.open) {
      showUps();
      event.target.querySelector(".view-line a, .panel input:not([type='hidden'])")?.focus();
    }
  },
  true,
);

document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const menu = event.target.closest?.(".menu.down");
  if (step === undefined || !menu || !event.target.matches(".view-line a")) return;
  const links = [...menu.querySelectorAll(".view-line a")];
  links[links.indexOf(event.target) + step]?.focus();
  event.preventDefault();
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("#rows details.menu[open]"))
    if (!menu.contains(event.target) && event.target.isConnected) menu.open = false;
});

document.addEventListener("change", (event) => {
  if (event.target.closest("[data-densities]")) document.documentElement.dataset.density = event.target.value;
});

// Counts that were asked for by rows that are gone meanwhile go nowhere. Their target is the head,
// which stays when the rows or the whole body are replaced: an event at what is gone reaches nobody.
document.addEventListener("htmx:beforeSwap", (event) => {
  const asked = event.detail.requestConfig?.elt;
  if (!asked?.matches("[data-view-counts]")) return;
  if (!asked.isConnected) event.detail.shouldSwap = false;
  // A view may have gone since its calls were counted.
  const counts = new DOMParser().parseFromString(event.detail.serverResponse, "text/html");
  for (const count of counts.querySelectorAll("[hx-swap-oob]"))
    if (document.getElementById(count.id) === null) count.remove();
  event.detail.serverResponse = counts.body.innerHTML;
});

// Which view at the left the rows are of, when other filters brought them.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id !== "rows") return;
  const { view } = document.getElementById("rows")?.dataset ?? {};
  if (view === undefined) return;
  for (const link of document.querySelectorAll("nav.zone a.view"))
    if (view !== "" && link.getAttribute("href") === view) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
});
