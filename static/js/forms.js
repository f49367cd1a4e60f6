// What every form gets: one effect per press, no text lost, refusals shown where they belong.
// All of it is comfort: without script the forms work the same way.

const FALLBACK_MS = 20_000; // a plain answer that never comes, such as a download
const waiting = new WeakMap(); // form -> what its pressed button was like before

const isWriting = (form) => form instanceof HTMLFormElement && form.method === "post";

// One effect per press -------------------------------------------------------

function hold(form, button) {
  const before = { button, timer: setTimeout(() => release(form), FALLBACK_MS) };
  waiting.set(form, before);
  if (!(button instanceof HTMLButtonElement)) return;
  before.nodes = [...button.childNodes];
  button.style.minInlineSize = `${button.getBoundingClientRect().width}px`;
  button.setAttribute("aria-disabled", "true");
  button.setAttribute("aria-busy", "true");
  button.replaceChildren(document.body.dataset.busy ?? "…");
}

export function release(form) {
  const before = waiting.get(form);
  if (before === undefined) return;
  waiting.delete(form);
  clearTimeout(before.timer);
  if (before.nodes === undefined) return;
  before.button.replaceChildren(...before.nodes);
  before.button.style.minInlineSize = "";
  before.button.removeAttribute("aria-disabled");
  before.button.removeAttribute("aria-busy");
}

// Before htmx or the browser sees it: a second submit of a form under way goes nowhere.
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (!isWriting(form)) return;
    if (waiting.has(form)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    hold(form, event.submitter ?? form.querySelector("button[type='submit'], button:not([type])"));
  },
  true,
);

// A part of a form may ask for something meanwhile, such as how a word is understood.
const isAnswerTo = (form, event) => form !== null && event.detail.requestConfig?.verb !== "get";

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt.closest("form");
  if (isAnswerTo(form, event)) release(form);
});

// Back brings the page from memory as it was left: with its buttons still waiting.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.forms) release(form);
});

// No text lost ---------------------------------------------------------------

const isKept = (form) => isWriting(form) && form.closest(".gate, .who, [data-dirty='off']") === null;

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form && isKept(form)) form.dataset.dirty = "yes";
});

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt.closest("form");
  const { status } = event.detail.xhr; // an answer that leads elsewhere is not called successful
  if (isAnswerTo(form, event) && status >= 200 && status < 400) delete form.dataset.dirty;
});

window.addEventListener("beforeunload", (event) => {
  const unsaved = [...document.forms].some(
    (form) => form.dataset.dirty === "yes" && form.dataset.safe !== "yes" && !waiting.has(form),
  );
  if (unsaved) event.preventDefault();
});

// Refusals -------------------------------------------------------------------

// The first wrong field, else the words of the refusal, gets the focus; a form that was refused
// still holds text that is nowhere else.
function showRefusal(place) {
  const wrong = place.querySelector("[aria-invalid='true']");
  const words = place.querySelector("[role='alert']");
  for (const form of [place.closest("form"), ...place.querySelectorAll("form")])
    if (form && isKept(form) && (wrong?.form === form || words)) form.dataset.dirty = "yes";
  if (words && !wrong) words.tabIndex = -1;
  (wrong ?? words)?.focus();
}

const isBackground = (event) => event.detail.requestConfig?.headers?.["X-Background"] === "1";

// A swap that took the focused element away leaves the focus in the new part, not nowhere.
function keepFocus(place) {
  if (document.activeElement !== document.body) return;
  if (!place.hasAttribute("tabindex")) place.tabIndex = -1;
  (place.querySelector("[autofocus]") ?? place).focus({ preventScroll: true });
}

document.addEventListener("htmx:afterSettle", (event) => {
  const place = event.detail.elt;
  if ([409, 422].includes(event.detail.xhr?.status)) showRefusal(place);
  else if (event.detail.requestConfig?.verb !== "get" && !isBackground(event)) keepFocus(place);
  const words = [place, ...place.querySelectorAll("[role='status']")]
    .filter((element) => element.getAttribute("role") === "status")
    .map((element) => element.textContent.trim().replace(/\s+/g, " "))
    .filter((said) => said !== "");
  if (words.length > 0) announce(words.join(". "));
});

// A live region that arrives with its words is often not read; one that was there is.
export function announce(words) {
  const region = document.getElementById("announce");
  if (region !== null && region.textContent !== words) region.textContent = words;
}

const refused = document.querySelector(".main, .gate");
if (refused?.querySelector("[aria-invalid='true']")) showRefusal(refused);
