// When an answer does not come, or is no answer: say so, and touch nothing that was typed.
// The words are <template data-notice="..."> in base.html, so that they are translated.

let shown = null;

function say(content) {
  shown?.remove();
  shown = content;
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

document.addEventListener("htmx:sendError", () => sayPrepared("lost"));
document.addEventListener("htmx:timeout", () => sayPrepared("lost"));

document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  const words = wordsOf(xhr);
  if (xhr.status === 401) sayPrepared("over");
  else if (words !== null) say(document.importNode(words, true));
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
