// Parts of a page that stay true by themselves.
//
// <section id="now" data-live="phone_calls agents" data-live-url="/live/">
//
// data-live            topics whose hints make it read its part again, 300 ms after the first one
// data-live-url        where the part is; without it the element gets the event "refresh" instead
// data-live-wait       milliseconds to wait after a hint, if not 300
// data-live-gap        milliseconds between two readings, if not 1500, however many hints come
// data-live-every      seconds between two readings while no hints come, if not 10
// data-live-safety     seconds between two readings while hints come, if not 60
// data-live-limit      seconds after which it is stale, if not 40; without a stream at most 15
// data-live-empty      read the part at once: the page came without it
// data-live-now        the server's time when the part was written: clocks inside go by it
// inside: data-live-age (with data-words, data-stale) shows the age; data-live-silence is shown when
// it is stale; <span data-live-since="ISO time"> counts up.
//
// Nothing is swapped below somebody's hands: a part in which a field has the focus, a row is chosen,
// or a menu is open, waits. All of it is background: no login is kept alive (B-42).

import { askInto } from "./asking.js";
import { isField } from "./keys.js";
import { isLive } from "./stream.js";

const WAIT_MS = 300;
const GAP_MS = 1_500;
const LIMIT_S = 40;
const LIMIT_ALONE_S = 15;
const SPREAD_MS = 1_000; // all browsers learn at once that the stream is lost, or is back
const SAFETY_S = 60; // between two readings while hints come: a clock needs no hint
const TICK_MS = 1_000;

const parts = new Map(); // id -> { confirmed, asked, isWanted, isAsking, timer, isStale, ahead }
let isLost = true; // nobody says what changes: at the start, and when the stream says so

const elements = () => [...document.querySelectorAll("[data-live]")];
const number = (text, otherwise) => (text === undefined ? otherwise : Number(text));

function partOf(element) {
  if (!parts.has(element.id))
    parts.set(element.id, {
      confirmed: Date.now(),
      asked: Date.now() - Math.random() * 2_000,
      isWanted: false,
      isAsking: false,
      timer: 0,
      isStale: false,
      ahead: aheadOf(element),
    });
  return parts.get(element.id);
}

// By how much the clock of this machine is ahead of the server's.
const aheadOf = (element) => (element.dataset.liveNow ? Date.now() - Date.parse(element.dataset.liveNow) : 0);

function isBusy(element) {
  const focused = document.activeElement;
  return (
    (element.contains(focused) && isField(focused)) ||
    element.querySelector("details[open], form[data-dirty='yes'], input[type='checkbox']:checked") !== null
  );
}

function want(element, wait) {
  const part = partOf(element);
  part.isWanted = true;
  if (part.timer !== 0) return;
  const gap = part.asked + number(element.dataset.liveGap, GAP_MS) - Date.now();
  part.timer = setTimeout(() => {
    part.timer = 0;
    read(element.id);
  }, Math.max(wait, gap));
}

function read(id) {
  const element = document.getElementById(id);
  if (element === null || document.visibilityState !== "visible") return;
  const part = partOf(element);
  if (part.isAsking || isBusy(element)) return; // the ticks come back to it
  part.asked = Date.now();
  part.isWanted = false;
  const url = element.dataset.liveUrl;
  if (url === undefined) {
    window.htmx.trigger(element, "refresh");
    return;
  }
  part.isAsking = true;
  const headers = { "X-Background": "1" };
  askInto(`live-${id}`, "GET", url, { target: `#${id}`, swap: "outerHTML", headers });
}

// Answers ------------------------------------------------------------------------

// What had the focus in the part has it again, as far as it is still there.
let held = null;

function placeOf(focused) {
  if (focused.id) return `#${CSS.escape(focused.id)}`;
  const href = focused.getAttribute("href");
  return href === null ? null : `a[href="${CSS.escape(href)}"]`;
}

const idOf = (event) => /^live-(.+)$/.exec(event.detail.elt?.dataset?.lane ?? "")?.[1];

document.addEventListener("htmx:beforeSwap", (event) => {
  const id = /^live-(.+)$/.exec(event.detail.requestConfig?.elt?.dataset?.lane ?? "")?.[1];
  const element = id && document.getElementById(id);
  if (!element) return;
  if (isBusy(element)) {
    event.detail.shouldSwap = false; // somebody began meanwhile
    partOf(element).isWanted = true;
  }
  const focused = document.activeElement;
  held = element.contains(focused) && focused !== element ? { id, place: placeOf(focused) } : null;
});

document.addEventListener("htmx:afterSwap", () => {
  if (held === null) return;
  const element = document.getElementById(held.id);
  const again = held.place && element?.querySelector(held.place);
  held = null;
  if (again) again.focus({ preventScroll: true });
});

document.addEventListener("htmx:afterRequest", (event) => {
  const id = idOf(event);
  const part = id && parts.get(id);
  if (!part) return;
  part.isAsking = false;
  const { status } = event.detail.xhr;
  if (status >= 200 && status < 300) {
    part.confirmed = part.asked;
    const element = document.getElementById(id);
    if (element !== null && status !== 204) part.ahead = aheadOf(element);
  } else {
    part.isWanted = true;
    if (status === 401) document.dispatchEvent(new CustomEvent("session:over"));
  }
  show();
});

// Words of the stream ----------------------------------------------------------------

function onHint(topics) {
  for (const element of elements())
    if (element.dataset.live.split(" ").some((topic) => topics.includes(topic)))
      want(element, number(element.dataset.liveWait, WAIT_MS) * (1 + Math.random() / 3));
}

document.addEventListener("live:word", ({ detail: { name, data } }) => {
  const wasLost = isLost;
  isLost = name === "stale" || name === "down";
  if (name === "hint") onHint(data.split(" "));
  else if (name === "reload" || wasLost !== isLost)
    for (const element of elements()) want(element, Math.random() * SPREAD_MS);
  else if (name === "alive")
    for (const part of parts.values()) if (!part.isWanted && !part.isAsking) part.confirmed = Date.now();
  show();
});

// Ages ---------------------------------------------------------------------------

const two = (n) => String(n).padStart(2, "0");
const clockOf = (ms) => {
  const at = new Date(ms);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
};

function counted(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

function say(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

function showOne(element) {
  if (element.dataset.liveUrl === undefined) return; // it says so itself
  const part = partOf(element);
  const old = Date.now() - part.confirmed;
  const limit = number(element.dataset.liveLimit, LIMIT_S);
  part.isStale = old > 1000 * (isLive() ? limit : Math.min(limit, LIMIT_ALONE_S));
  element.classList.toggle("stale-area", part.isStale);
  for (const age of element.querySelectorAll("[data-live-age]")) {
    age.classList.toggle("stale", part.isStale);
    const words = part.isStale ? age.dataset.stale : age.dataset.words;
    say(age, words.replace("{t}", clockOf(part.confirmed)).replace("{n}", Math.floor(old / 1000)));
  }
  for (const silence of element.querySelectorAll("[data-live-silence]")) silence.hidden = !part.isStale;
  const now = Date.now() - part.ahead;
  for (const clock of element.querySelectorAll("[data-live-since]")) {
    // a clock that goes on over old data would say what nobody knows
    if (!part.isStale) say(clock, counted(now - Date.parse(clock.dataset.liveSince)));
  }
}

function show() {
  for (const element of elements()) showOne(element);
}

function tick() {
  if (document.visibilityState !== "visible") return;
  for (const element of elements()) {
    const part = partOf(element);
    const isOwn = element.dataset.liveUrl === undefined; // it knows when to read by itself
    const every = isOwn ? Infinity : 1000 * (isLive() ? number(element.dataset.liveSafety, SAFETY_S) : number(element.dataset.liveEvery, 10));
    const since = Date.now() - part.asked;
    if (part.timer === 0 && ((part.isWanted && since > TICK_MS) || since > every)) read(element.id);
  }
  show();
}

function begin() {
  for (const element of elements()) {
    partOf(element);
    if (element.dataset.liveEmpty !== undefined) read(element.id);
  }
}

setInterval(tick, TICK_MS);
document.addEventListener("visibilitychange", tick);
begin();
