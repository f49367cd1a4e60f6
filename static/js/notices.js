// When an answer does not come, or is no answer: say so, and touch nothing that was typed.
// The words are <template data-notice="..."> in base.html, so that they are translated.

import { renewToken } from "./asking.js";

let shown = null;

function say(content) {
  shown?.remove();
  shown = content;
  if (content.dataset.token) renewToken(content.dataset.token);
  document.body.append(content);
  content.querySelector("[data-close]")?.addEventListener("click", hush);
}

function hush() {
  shown?.remove();
  shown = null;
}

function sayPrepared(name) {
  const prepared = document.querySelector(`template[data-notice='${name}']`);
  if (prepared !== null) say(prepared.content.firstElementChild.cloneNode(true));
}

// The server's own words, when it sent them as the small part that it makes for htmx.
function wordsOf(xhr) {
  if (!(xhr.getResponseHeader("content-type") ?? "").startsWith("text/html")) return null;
  const parsed = new DOMParser().parseFromString(xhr.responseText, "text/html");
  return parsed.querySelector("[data-refusal]");
}

const isSignIn = (xhr) =>
  xhr.responseURL !== "" && new URL(xhr.responseURL).pathname === document.body.dataset.signIn;

// A form that offline.js sends again by itself says so.
const isQueued = (element) => element.matches?.("form[data-draft], form[data-queue]") && document.getElementById("lock") !== null;

// What the page asked by itself is not missed by anybody: it says itself how old it is.
const isBackground = ({ detail }) => detail.requestConfig?.headers?.["X-Background"] === "1" && !isQueued(detail.elt);

for (const name of ["htmx:sendError", "htmx:timeout"])
  document.addEventListener(name, (event) => !isBackground(event) && sayPrepared(isQueued(event.detail.elt) ? "queued" : "lost"));

// A session that is over: the page locks in place (lock.js). Without that, stay with text on the
// page, else go where the server says.
document.addEventListener("htmx:beforeOnLoad", (event) => {
  const { xhr } = event.detail;
  if (xhr.status === 401 && document.getElementById("lock") !== null) {
    event.preventDefault();
    document.dispatchEvent(new CustomEvent("session:over"));
    return;
  }
  const leads = xhr.getResponseHeader("HX-Redirect") !== null;
  const unsaved = document.querySelector("form[data-dirty='yes']") !== null;
  if (xhr.status !== 401 || (leads && !unsaved)) return;
  event.preventDefault();
  sayPrepared("over");
});

document.addEventListener("htmx:responseError", (event) => {
  if (isBackground(event)) return;
  const { xhr } = event.detail;
  const words = wordsOf(xhr);
  if (words !== null) say(document.importNode(words, true));
  else sayPrepared("failed");
});

// Neither the sign-in page of a session that is over nor a refusal that no view placed may be
// swapped over a form.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  const words = [409, 422].includes(xhr.status) ? wordsOf(xhr) : null;
  const isOver = isSignIn(xhr) && document.querySelector(".gate") === null;
  if (isOver && document.getElementById("lock") !== null) document.dispatchEvent(new CustomEvent("session:over"));
  else if (isOver) sayPrepared("over");
  else if (words !== null) say(document.importNode(words, true));
  else return xhr.status < 400 && !isBackground(event) ? hush() : undefined;
  event.preventDefault();
});

window.addEventListener("online", hush);
document.addEventListener("session:again", hush);
