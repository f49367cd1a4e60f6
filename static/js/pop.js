// The call that rings at my extension: it opens in the centre by itself when nothing is there and
// nobody types; else Enter outside fields, or Ctrl+. anywhere, takes it. It never takes the focus
// from anybody, and never a form in which somebody wrote. What opened by itself and was answered by
// somebody else goes by itself, as long as nobody wrote in it.

import { askInto } from "./asking.js";
import { isBegun } from "./desk-centre.js";
import { isField } from "./keys.js";

const QUIET_MS = 600; // since the last key or press of the mouse
const EVERY_MS = 300;
const PAUSE_MS = 250; // nobody answers to what came up less than this ago

let touched = 0;
let opened = null; // the call that was opened by itself
let before = null; // while it opens and for the pause after it: what stood there
const seen = new Set(); // calls that were offered, or opened, once
const told = new Set();

const centre = () => document.getElementById("centre");
const cards = () => [...document.querySelectorAll("#pop [data-pop]")];
const inCentre = () => centre()?.querySelector("input[name='phone_call']")?.value ?? null;

const isEmpty = () =>
  centre()?.querySelector(".zone-body.idle, .notice.saved") !== null && centre()?.querySelector("#call") === null;

// Somebody who has a field, a menu or a dialog open, or pressed something just now, is at work.
const isBusy = () =>
  isField(document.activeElement) || document.querySelector("dialog[open], details.who[open]") !== null;
const isAtWork = () => isBusy() || Date.now() - touched < QUIET_MS;

function open(card) {
  opened = card.dataset.pop;
  seen.add(opened);
  before = { call: opened, parts: [] };
  const headers = { "X-Background": "1" }; // nobody pressed anything: no login is kept alive
  askInto("pop", "GET", card.dataset.opens, { target: "#centre", swap: "outerHTML", headers });
}

function close() {
  opened = null;
  const home = document.querySelector(".brand").getAttribute("href");
  askInto("pop-over", "GET", home, { target: "#centre", swap: "outerHTML", headers: { "X-Background": "1" } });
  window.history.replaceState(window.history.state, "", home);
}

const isOpening = (event) => event.detail.requestConfig?.elt?.dataset?.lane === "pop";

function keepBefore() {
  const { pathname, search } = window.location;
  const parts = ["centre", "memory"].map((id) => document.getElementById(id));
  Object.assign(before, { parts, title: document.title, address: pathname + search });
}

function putBack() {
  const { parts, title, address } = before;
  [before, opened] = [null, null];
  if (parts.length === 0) return; // the form is still on its way: it is not let in
  for (const part of parts) {
    document.getElementById(part.id).replaceWith(part);
    window.htmx.process(part);
  }
  document.title = title;
  window.history.replaceState(window.history.state, "", address);
  show();
}

function takeFocus(form) {
  if (before === null || inCentre() !== before.call) return;
  before = null;
  delete form.dataset.waits;
  if (!isBusy()) form.querySelector("[data-picker-input]").focus();
}

// A card whose call stands in the centre already needs no second place.
function show() {
  const mine = inCentre();
  for (const card of cards()) card.hidden = card.dataset.pop === mine;
  const group = document.querySelector("#pop .work-group");
  if (group !== null) group.hidden = cards().every((card) => card.hidden);
}

function tell() {
  const region = document.getElementById("pop-told");
  for (const card of cards()) {
    if (told.has(card.dataset.pop) || region === null) continue;
    told.add(card.dataset.pop);
    if (card.dataset.rings === undefined) continue;
    const words = [...card.querySelectorAll("[data-pop-said], .sub")];
    region.textContent = words.map((part) => part.textContent.trim().replace(/\s+/g, " ")).join(", ");
  }
}

function touch() {
  touched = Date.now();
  if (before !== null) putBack();
}

function look() {
  if (document.getElementById("pop") === null || document.visibilityState !== "visible") return;
  if (inCentre() !== null) seen.add(inCentre()); // it was taken by a key, or by itself
  if (opened !== null && inCentre() === opened) {
    const card = cards().find((one) => one.dataset.pop === opened);
    if (card !== undefined && card.dataset.rings === undefined) opened = null; // answered here: it stays
    else if (card === undefined && !isBegun()) close();
  }
  const next = cards().find((card) => card.dataset.opens !== undefined && !seen.has(card.dataset.pop));
  if (next !== undefined && isEmpty() && !isBegun() && !isAtWork()) open(next);
  show();
}

document.addEventListener("htmx:beforeSwap", (event) => {
  if (!isOpening(event)) return;
  if (before === null) event.preventDefault();
  else keepBefore();
});
document.addEventListener("htmx:afterSwap", (event) => {
  const id = event.detail.target?.id;
  if (id === "centre" && before !== null) {
    const form = document.getElementById("call");
    if (!isOpening(event) || form === null) before = null; // somebody chose something else
    else {
      form.dataset.waits = "yes"; // desk-call.js leaves the focus where it is
      setTimeout(takeFocus, PAUSE_MS, form);
    }
  }
  if (id === "pop") tell();
  if (id === "pop" || id === "centre") look();
});
for (const name of ["keydown", "pointerdown"])
  document.addEventListener(name, (event) => event.isTrusted && touch(), true);
for (const name of ["input", "submit"]) // it is somebody's own now
  document.addEventListener(name, (event) => event.target.closest?.("#call") && (opened = null), true);
document.addEventListener("visibilitychange", look);
setInterval(look, EVERY_MS);
