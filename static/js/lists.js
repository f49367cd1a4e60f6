// The list of calls: rows are picked by x, ranges by Shift+x or Shift and a click; what is new is
// counted now and then, and shown only when somebody asks for it.

import { isField, isText, nameOf, singlesAreOff } from "./keys.js";
import { announce } from "./forms.js";

const EVERY_MS = 20_000;

const rowsPlace = () => document.getElementById("rows");
const boxes = () => [...document.querySelectorAll("#rows [name='call']")];
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
  const box = document.querySelector("[data-rows] > .cursor [name='call']");
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
  if (!event.target.matches("#rows [name='call']")) return;
  if (event.shiftKey) pickTo(event.target, event.target.checked);
  anchor = event.target;
  tell();
});

// Rows that come again keep their ticks, but for those that an act has just dealt with.
let kept = new Set();

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target?.id !== "rows") return;
  const isAct = event.detail.requestConfig.verb === "post";
  kept = new Set(isAct ? [] : picked().map((box) => box.value.split(".")[0]));
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.elt.id !== "rows") return;
  for (const box of boxes()) if (kept.has(box.value.split(".")[0])) pick(box, true);
  kept = new Set();
  anchor = null;
  tell();
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
