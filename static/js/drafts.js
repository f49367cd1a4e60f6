// Words that are typed and not saved: on the server within two seconds, until then encrypted in
// this browser. Any <form data-draft="KEY"> is kept and given back; the server's copy is the truth.
//
// Each opening of a form is a writer of its own; its saves carry a growing number, so that a late
// one changes nothing. When the form is sent, the field `draft` tells the server which draft goes
// with it, in the same transaction. When the place of an open form changes, its words move with it.

import { ask, pageOf } from "./asking.js";
import { alike, entriesOf, putBack } from "./draft-fields.js";
import { hushNotice, quoteOf, sayNotice, sayState } from "./draft-words.js";
import { sendLate } from "./late.js";
import * as tail from "./tail.js";

const QUIET_MS = 700; // after the last key
const LONGEST_MS = 1_500; // after the first one, however fast somebody types
const TAIL_MS = 120;
const AGAIN_MS = 2_000; // after a save that found nobody

const states = new Map(); // draft key -> what is known of the form that is open for it
let putting = false; // fields change because words are put back, not because somebody types

const address = (key, query = "") => `${document.body.dataset.drafts}${encodeURIComponent(key)}/${query}`;
const openedBy = (state) => `${state.writer}.${state.seen}`;
const isOpen = (state) => states.get(state.key) === state && state.form.isConnected;

function newState(form) {
  return {
    form,
    key: form.dataset.draft,
    writer: crypto.randomUUID(),
    seq: 0,
    seen: 0, // the last revision that this form has shown or made
    blank: entriesOf(form), // the form as it was opened
    kept: null, // the entries that the server has, null for none
    missing: [], // entries whose fields are not there yet
    touched: false,
    movedFrom: "",
    since: 0, // when the first key was pressed that no save has seen
    last: [], // the entries when the form was taken away by a swap
    isAsking: false,
    isSending: false, // the form itself is on its way
    isQueued: false, // the form itself waits for the connection
    failed: false,
  };
}

const nowIn = (state) => [...entriesOf(state.form), ...state.missing];
const isBlank = (state, entries) => alike(entries, state.blank);
const isUnsaved = (state) => {
  const entries = nowIn(state);
  return state.kept === null ? state.touched && !isBlank(state, entries) : !alike(entries, state.kept);
};

// The hidden field by which the server knows what goes with the form.
function sign(state) {
  let field = state.form.querySelector("input[type='hidden'][name='draft']");
  if (field === null) {
    field = Object.assign(document.createElement("input"), { type: "hidden", name: "draft" });
    state.form.append(field);
  }
  field.value = `${openedBy(state)}.${state.key}`;
}

// A draft that is safe on the server needs no question when the page is left.
function settle(state, name, time = "") {
  state.failed = name === "offline" || name === "failed";
  if (state.failed || state.isQueued) delete state.form.dataset.safe;
  else state.form.dataset.safe = "yes";
  sign(state);
  sayState(state.form, state.isQueued ? "queued" : name, time);
}

// Keeping --------------------------------------------------------------------

// What is encrypted in this browser: the words, and the whole form when it waits to be sent.
function recordOf(state) {
  const { key, seq, movedFrom, queued } = state;
  return { key, opened: openedBy(state), seq: seq + 1, movedFrom, data: nowIn(state), queued };
}

function changed(state) {
  state.touched = true;
  state.since ||= Date.now();
  if (!state.failed) settle(state, isUnsaved(state) ? "pending" : "");
  clearTimeout(state.tailTimer);
  state.tailTimer = setTimeout(() => isUnsaved(state) && tail.keep(state.writer, recordOf(state)), TAIL_MS);
  clearTimeout(state.timer);
  const left = state.since + LONGEST_MS - Date.now();
  state.timer = setTimeout(() => save(state), Math.max(0, Math.min(QUIET_MS, left)));
}

function bodyOf(state, data) {
  state.seq += 1;
  const { seq, movedFrom, settles } = state;
  return JSON.stringify({ opened: openedBy(state), seq, data, moved_from: movedFrom, settles: settles === true });
}

async function save(state, { background = false } = {}) {
  if (!isOpen(state) || state.isSending || state.isQueued || state.isLoading) return;
  if (state.isAsking) {
    state.isLate = true;
    return;
  }
  clearTimeout(state.timer);
  if (!isUnsaved(state) && !state.movedFrom && !state.settles) return calm(state);
  const data = nowIn(state);
  if (isBlank(state, data) && !state.movedFrom) return discard(state);
  state.since = 0;
  state.isAsking = true;
  try {
    const answer = await ask("PUT", address(state.key), { body: bodyOf(state, data), background });
    if (answer.status === 401) settle(state, "offline");
    else if (answer.status >= 500) missed(state, data);
    else if (!answer.ok) settle(state, "failed");
    else taken(state, data, await answer.json());
  } catch {
    missed(state, data);
  }
  state.isAsking = false;
  if (state.isLate) {
    state.isLate = false;
    save(state);
  }
}

function calm(state) {
  state.since = 0;
  clearTimeout(state.tailTimer);
  tail.drop(state.writer);
}

function taken(state, data, said) {
  if (!isOpen(state) || state.isSending || state.isQueued) return;
  if (said.over) {
    // Saved or discarded elsewhere, and somebody goes on typing here: words of their own.
    tail.drop(state.writer);
    Object.assign(state, { writer: crypto.randomUUID(), seq: 0, seen: said.revision, kept: null });
    sign(state);
    state.isLate = true;
    return;
  }
  const last = state.kept;
  Object.assign(state, { seen: said.revision, kept: data, movedFrom: "", settles: false });
  settle(state, isUnsaved(state) ? "pending" : "saved", said.saved);
  if (!isUnsaved(state)) calm(state);
  else changed(state);
  if (said.displaced.length === 0) return;
  if (alike(said.displaced, last) || alike(said.displaced, data)) settleOther(state);
  else offerOther(state, said.displaced);
}

async function missed(state, data) {
  if (!isOpen(state)) return;
  const isKept = await tail.keep(state.writer, recordOf(state));
  if (isOpen(state) && !state.isSending) settle(state, isKept ? "offline" : "failed");
  clearTimeout(state.timer);
  state.timer = setTimeout(() => save(state, { background: true }), AGAIN_MS);
}

async function discard(state) {
  const query = `?opened=${encodeURIComponent(openedBy(state))}`;
  try {
    const answer = await ask("DELETE", address(state.key, query));
    if (!answer.ok) return;
  } catch {
    return missed(state, nowIn(state));
  }
  calm(state);
  Object.assign(state, { writer: crypto.randomUUID(), seq: 0, kept: null, seen: state.seen + 1 });
  settle(state, "");
}

// Giving back ----------------------------------------------------------------

function put(state, entries) {
  putting = true;
  state.missing = putBack(state.form, entries);
  putting = false;
  state.touched = true;
  state.form.closest("details:not([open])")?.setAttribute("open", "");
}

function giveBack(state, kept) {
  put(state, kept.data);
  Object.assign(state, { seen: kept.revision, kept: nowIn(state) });
  settle(state, "saved", kept.saved);
  adopt(state);
  const undo = () => empty(state);
  sayNotice(state.form, "restored", { time: kept.saved, acts: { discard: undo } });
  if (kept.displaced.length > 0) offerOther(state, kept.displaced);
}

// From now on the words are this form's, so that they move and go with it.
function adopt(state) {
  state.kept = null;
  save(state);
}

function empty(state) {
  put(state, state.blank);
  state.missing = [];
  discard(state);
}

// Words of an earlier call that may be about something else: nothing is put back unasked.
function offer(state, kept) {
  const acts = {
    go: () => {
      const typed = isUnsaved(state) ? nowIn(state) : null;
      put(state, kept.data);
      Object.assign(state, { seen: Math.max(state.seen, kept.revision), kept: null, settles: true });
      if (typed) offerOther(state, typed);
      save(state);
    },
    discard: () => {
      if (state.kept === null) Object.assign(state, { seen: kept.revision });
      if (isUnsaved(state) || state.kept !== null) settleOther(state);
      else discard(state);
    },
  };
  sayNotice(state.form, "offered", { time: kept.saved, quote: quoteOf(state.form, kept.data), acts });
}

// Another tab's words for the same: neither of the two texts is destroyed unasked.
function offerOther(state, other) {
  const acts = {
    use: () => {
      const mine = nowIn(state);
      put(state, other);
      state.settles = true;
      save(state);
      offerOther(state, mine);
    },
    keep: () => settleOther(state),
  };
  sayNotice(state.form, "other", { quote: quoteOf(state.form, other), acts });
}

function settleOther(state) {
  state.settles = true;
  save(state);
}

// Opening --------------------------------------------------------------------

async function load(opened) {
  const asked = new URLSearchParams(opened.map((state) => ["for", state.key]));
  for (const state of opened) state.isLoading = true;
  let said = null;
  try {
    const answer = await ask("GET", `${document.body.dataset.drafts}?${asked}`, { background: true });
    if (answer.ok) said = await answer.json();
  } catch {
    // nobody there: asked again below
  }
  if (said === null) return setTimeout(() => load(opened.filter(isOpen)), AGAIN_MS);
  if (!tail.canKeep()) {
    await tail.useKey(said.key);
    if (await sendLate((id) => [...states.values()].some((state) => state.writer === id))) return load(opened);
  }
  for (const state of opened.filter(isOpen)) {
    state.isLoading = false;
    const kept = said.drafts[state.key];
    if (kept === undefined) settle(state, isUnsaved(state) ? "pending" : "");
    else if (isUnsaved(state) || state.key === "new") offer(state, kept);
    else giveBack(state, kept);
    if (isUnsaved(state)) changed(state);
  }
}

// Forms come with the page and with every swap. One that took the place of another for the same
// key, refused or beside an act of another form, goes on where that one was.
function look() {
  for (const state of [...states.values()])
    if (state.form.isConnected && state.form.dataset.draft !== state.key) move(state);
  const opened = [];
  for (const form of document.querySelectorAll("form[data-draft]")) {
    const known = states.get(form.dataset.draft);
    if (known?.form === form) {
      known.missing = known.missing.length > 0 ? fill(known) : [];
    } else if (known !== undefined && goesOn(known, form)) {
      known.form = form;
      settle(known, isUnsaved(known) ? "pending" : "");
      if (isUnsaved(known)) changed(known);
    } else if (known === undefined || !known.form.isConnected) {
      const state = newState(form);
      states.set(state.key, state);
      state.touched = form.querySelector("[aria-invalid='true']") !== null;
      if (state.touched) state.blank = [];
      sign(state);
      opened.push(state);
    }
  }
  if (opened.length > 0) load(opened);
}

// Whether this form is the one of before, drawn anew: it says the same, or it was refused. Any other
// form of the same key is opened, and gets from the server what was kept for it.
const goesOn = (state, form) =>
  !state.form.isConnected && (state.isRefused || alike(entriesOf(form), state.last));

// A form that is about to go, because another call is opened in its place: its last words first.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, elt, xhr } = event.detail;
  for (const state of states.values()) {
    if (!target?.contains(state.form)) continue;
    state.last = nowIn(state);
    state.isRefused = elt === state.form && [409, 422].includes(xhr.status);
    if (!state.isSending && !state.isQueued && isUnsaved(state)) part(state);
  }
});

async function part(state) {
  const data = nowIn(state);
  const record = recordOf(state);
  try {
    const answer = await ask("PUT", address(state.key), { body: bodyOf(state, data) });
    if (answer.status < 500 && answer.status !== 401) return tail.drop(state.writer);
  } catch {
    // kept below
  }
  await tail.keep(state.writer, record);
  setTimeout(sendParted, AGAIN_MS);
}

async function sendParted() {
  await sendLate((id) => [...states.values()].some((state) => isOpen(state) && state.writer === id));
  const here = [...states.values()].filter(isOpen).map((state) => state.writer);
  if ((await tail.all()).some(([id]) => !here.includes(id))) setTimeout(sendParted, AGAIN_MS);
}

// Fields that came later, such as the questions of a reason, get what was kept for them.
function fill(state) {
  putting = true;
  const left = putBack(state.form, nowIn(state));
  putting = false;
  return left;
}

function move(state) {
  hushNotice(state.form);
  states.delete(state.key);
  if (state.kept !== null) state.movedFrom ||= state.key;
  Object.assign(state, { key: state.form.dataset.draft, seen: 0 });
  states.set(state.key, state);
  if (!state.touched) state.blank = nowIn(state);
  sign(state);
  load([state]);
}

// Sending the form itself ----------------------------------------------------

const stateOf = (form) => [...states.values()].find((state) => state.form === form);

// htmx calls an answer that leads to another page neither successful nor failed.
export const isDone = (xhr) => xhr.status >= 200 && xhr.status < 400;

// Until the answer is here nothing is kept: a save could bring back what was just logged.
function sending(form) {
  const state = stateOf(form);
  if (state !== undefined) state.isSending = true;
}

document.addEventListener("submit", (event) => event.defaultPrevented || sending(event.target));
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.requestConfig?.verb === "post") sending(event.detail.elt);
});

document.addEventListener("htmx:afterRequest", (event) => {
  const state = stateOf(event.detail.elt);
  if (state === undefined || event.detail.requestConfig?.verb !== "post") return;
  state.isSending = false;
  if (isDone(event.detail.xhr)) over(state);
  else if (isUnsaved(state)) changed(state);
});

// The words are saved: the server has forgotten the draft with them.
function over(state) {
  clearTimeout(state.timer);
  clearTimeout(state.tailTimer);
  tail.drop(state.writer);
  hushNotice(state.form);
  states.delete(state.key);
}

// Leaving --------------------------------------------------------------------

function lastWords() {
  for (const state of states.values()) {
    if (!isOpen(state) || state.isSending || state.isQueued || !isUnsaved(state)) continue;
    const body = bodyOf(state, nowIn(state));
    ask("PUT", address(state.key), { body, keepalive: true }).catch(() => undefined);
  }
}

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") lastWords();
});
window.addEventListener("pagehide", lastWords);

// A form that waits for the connection (offline.js) ---------------------------

export function entriesToSend(form, submitter) {
  const entries = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken");
  return submitter?.name ? [...entries, [submitter.name, submitter.value]] : entries;
}

export function hold(state, queued) {
  Object.assign(state, { isQueued: true, queued });
  clearTimeout(state.timer);
  tail.keep(state.writer, recordOf(state));
  settle(state, "queued");
}

export function resume(state) {
  Object.assign(state, { isQueued: false, queued: undefined });
  if (isOpen(state)) changed(state);
}

// For others -----------------------------------------------------------------

export const draftOf = stateOf;

export const hasUnsent = () => [...states.values()].some((state) => state.isQueued || isUnsaved(state));

// Try once more to bring everything to the server; whether all of it is there.
export async function flush() {
  await Promise.all([...states.values()].map((state) => save(state)));
  return !hasUnsent();
}

// Signed in again, perhaps with another key: what is unsent is encrypted anew.
async function again() {
  tail.wipe();
  await tail.useKey("");
  const opened = [...states.values()].filter(isOpen);
  for (const state of opened) if (isUnsaved(state)) state.since ||= Date.now();
  load(opened.filter((state) => state.isLoading));
  const answer = await ask("GET", document.body.dataset.drafts, { background: true });
  if (answer.ok) await tail.useKey((await answer.json()).key);
  for (const state of opened) {
    if (state.isQueued) tail.keep(state.writer, recordOf(state));
    save(state);
  }
}

document.addEventListener("input", (event) => {
  const state = putting ? undefined : stateOf(event.target.form);
  if (state !== undefined) changed(state);
});
document.addEventListener("change", (event) => {
  const state = putting ? undefined : stateOf(event.target.form);
  if (state !== undefined) changed(state);
});

document.addEventListener("session:again", again);

if (pageOf === "") {
  tail.wipe(); // nobody is signed in: what is left here can never be read again
} else {
  document.addEventListener("htmx:afterSettle", look);
  window.addEventListener("online", () => states.forEach((state) => save(state, { background: true })));
  look();
  if (states.size === 0 && !tail.isEmpty()) load([]);
}
