// When an answer does not come, or is no answer: say so, and touch nothing that was typed.
// The words are <template data-notice="..."> in base.html, so that they are translated.

let shown = null;

function say(content) {
  shown?.remove();
  shown = content;
  if (content.dataset.token) renew(content.dataset.token);
  document.body.append(content);
  content.querySelector("[data-close]")?.addEventListener("click", hush);
}

// A form from before signing in again: the server sends a token of the session of now.
function renew(token) {
  document.body.setAttribute("hx-headers", JSON.stringify({ "x-csrftoken": token }));
  for (const field of document.querySelectorAll("input[name='csrfmiddlewaretoken']")) field.value = token;
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

document.addEventListener("htmx:sendError", () => sayPrepared("lost"));
document.addEventListener("htmx:timeout", () => sayPrepared("lost"));

// A session that is over: with text on the page stay, else go where the server says.
document.addEventListener("htmx:beforeOnLoad", (event) => {
  const { xhr } = event.detail;
  const leads = xhr.getResponseHeader("HX-Redirect") !== null;
  const unsaved = document.querySelector("form[data-dirty='yes']") !== null;
  if (xhr.status !== 401 || (leads && !unsaved)) return;
  event.preventDefault();
  sayPrepared("over");
});

document.addEventListener("htmx:responseError", (event) => {
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
  if (isSignIn(xhr) && document.querySelector(".gate") === null) sayPrepared("over");
  else if (words !== null) say(document.importNode(words, true));
  else return xhr.status < 400 ? hush() : undefined;
  event.preventDefault();
});

window.addEventListener("online", hush);
