// A form that found no server waits in the page and is sent once the connection is back: the very
// form, with its key, so that it has its effect once however often it is sent (B-46). Until then
// it waits encrypted in this browser too, so that a reload loses nothing. Whoever goes on writing
// takes it back: nothing half-written is sent by itself.

import { ask } from "./asking.js";
import { draftOf, entriesToSend, hold, isDone, resume } from "./drafts.js";
import * as tail from "./tail.js";

const AGAIN_MS = 2_500;
const AWAY = [502, 503, 504]; // nobody behind the proxy, or no database: nothing has happened

const queue = new Map(); // form -> the button by which it was sent
let timer = null;

const waits = (form) => form instanceof HTMLFormElement && form.matches("[data-draft], [data-queue]");
const keyOf = (form) => form.elements.key?.value ?? "";

function put(form, submitter) {
  if (!keyOf(form)) return;
  queue.set(form, submitter);
  form.dataset.queued = "yes";
  const queued = { action: new URL(form.action).pathname, entries: entriesToSend(form, submitter) };
  const state = draftOf(form);
  if (state) hold(state, queued);
  else tail.keep(keyOf(form), { queued });
  wait();
}

function take(form) {
  if (!queue.delete(form)) return;
  delete form.dataset.queued;
  const state = draftOf(form);
  if (state) resume(state);
  else tail.drop(keyOf(form));
}

function wait() {
  clearTimeout(timer);
  timer = setTimeout(look, AGAIN_MS);
}

async function isBack() {
  try {
    const answer = await ask("GET", document.body.dataset.session, { background: true, wait: 4_000 });
    return answer.ok;
  } catch {
    return false;
  }
}

async function look() {
  clearTimeout(timer);
  for (const form of [...queue.keys()]) if (!form.isConnected) queue.delete(form);
  if (queue.size === 0) return;
  if (await isBack())
    for (const [form, submitter] of queue) form.requestSubmit(submitter?.isConnected ? submitter : undefined);
  wait();
}

document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.elt.dataset.queued === "yes") event.detail.headers["X-Background"] = "1";
});

for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"])
  document.addEventListener(name, (event) => {
    const form = event.detail.elt;
    const { xhr, requestConfig } = event.detail;
    if (!waits(form) || requestConfig?.verb !== "post") return;
    if (name === "htmx:responseError" && !AWAY.includes(xhr.status)) return;
    put(form, requestConfig.triggeringEvent?.submitter ?? queue.get(form) ?? null);
  });

document.addEventListener("htmx:afterRequest", (event) => {
  const { elt, xhr } = event.detail;
  if (queue.has(elt) && xhr.status !== 0 && !AWAY.includes(xhr.status) && xhr.status !== 401) {
    if (isDone(xhr)) tail.drop(keyOf(elt));
    take(elt);
  }
});

// Whoever types on takes the form back.
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (event.isTrusted && form && queue.has(form)) take(form);
});

window.addEventListener("online", look);
document.addEventListener("session:again", look);
