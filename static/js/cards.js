// Decision cards: shown for the chosen reasons, answered by single keys, judged by the server.
//
// Enter in the empty reason field goes to the first question without an answer; a letter answers
// and goes on to the next, and after the last one to the note. Enter goes on from a number or a
// text, Backspace takes an answer back. Tab leaves the reason field for the note: a card never
// stands between a caller's words and the keyboard.

import { askInto } from "./asking.js";

const WAIT_MS = 400; // after the last character of a number or a text

const box = () => document.getElementById("cards");
const form = () => box()?.closest("form") ?? null;
const questions = () => [...(box() ?? document).querySelectorAll("[data-question]")];
const fieldsOf = (place) => [...place.querySelectorAll("input")];
const isOpen = (question) =>
  fieldsOf(question).every((field) => (field.type === "radio" ? !field.checked : field.value.trim() === ""));

// For which property and reasons the cards stand there. A verdict that is asked for meanwhile would
// take the place of a request for other cards: then both are asked for.
const wanted = (data) => JSON.stringify([data.get("property"), data.getAll("reasons")]);
let shown = null;

// Whether the cards of a verdict still stand there: the call may have been saved meanwhile.
const standsThere = (asked) => (box()?.children.length ?? 0) > 0 && shown === wanted(asked);

// What the server is asked about: the reasons in order, the property, the answers so far.
function valuesOf(place) {
  const values = {};
  for (const [name, value] of new FormData(place)) {
    if (name === "reasons") (values.reasons ??= []).push(value);
    else if (name === "property" || name === "csrfmiddlewaretoken" || name.startsWith("card-")) values[name] = value;
  }
  return values;
}

function ask({ isVerdict = false } = {}) {
  const place = form();
  if (place === null) return;
  const values = valuesOf(place);
  let how = { target: "#cards", swap: "innerHTML", values };
  if (isVerdict && shown === wanted(new FormData(place)))
    how = { swap: "none", values: { ...values, verdicts: "1" } };
  askInto("cards", "POST", box().dataset.cards, how);
}

// A card whose reason was taken back is not sent any more, also before its place is empty.
function dropTaken() {
  const chosen = new FormData(form()).getAll("reasons");
  for (const card of box().querySelectorAll("[data-card]"))
    for (const field of fieldsOf(card)) field.disabled = !chosen.includes(card.dataset.card);
}

// Answers that were given while new cards were on their way stand in the new ones.
let kept = [];

function keep() {
  kept = fieldsOf(box()).filter((field) => !field.disabled && (field.type !== "radio" || field.checked));
  kept = kept.map((field) => ({ name: field.name, value: field.value, isRadio: field.type === "radio" }));
}

function giveBack() {
  for (const { name, value, isRadio } of kept)
    for (const field of fieldsOf(box()).filter((one) => one.name === name)) {
      if (!isRadio) field.value = value;
      else if (field.value === value) field.checked = true;
    }
  kept = [];
}

function focusOn(question) {
  const fields = fieldsOf(question);
  const field = fields.find((one) => one.checked) ?? fields[0];
  field.focus();
  if (field.type !== "radio") field.select();
}

function goOn(question) {
  const all = questions();
  const next = all[all.indexOf(question) + 1];
  if (next !== undefined) focusOn(next);
  else document.querySelector("#notes, [data-after-cards]")?.focus();
}

function goToFirst() {
  const all = questions();
  const first = all.find(isOpen) ?? all[0];
  if (first === undefined) return false;
  focusOn(first);
  return true;
}

// Keys -----------------------------------------------------------------------

function onRadio(event, question) {
  const { key } = event;
  if (key === "Enter") return goOn(question);
  if (key === "Backspace" || key === "Delete") {
    for (const field of fieldsOf(question)) field.checked = false;
    return changed(question);
  }
  const letter = key.length === 1 ? key.toLowerCase() : "";
  const field = fieldsOf(question).find((one) => one.value === letter);
  if (field === undefined) return letter.trim() !== ""; // other letters mean nothing here
  if (!event.repeat) {
    field.checked = true;
    changed(question);
    goOn(question);
  }
}

function changed(question) {
  fieldsOf(question)[0].dispatchEvent(new Event("change", { bubbles: true }));
}

function onKey(event) {
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
  if (event.altKey || event.ctrlKey || event.metaKey || event.getModifierState("AltGraph")) return;
  const question = event.target.closest?.("[data-question]");
  if (question) {
    if (event.target.type === "radio") {
      if (onRadio(event, question) !== false && isOurs(event.key)) event.preventDefault();
    } else if (event.key === "Enter") {
      event.preventDefault();
      goOn(question);
    }
    return;
  }
  if (!event.target.matches?.("[data-picker-input]") || event.target.value !== "" || box() === null) return;
  if (event.key === "Enter" && goToFirst()) event.preventDefault();
  else if (event.key === "Tab" && !event.shiftKey && questions().length > 0) {
    event.preventDefault();
    document.getElementById("notes")?.focus();
  }
}

document.addEventListener("keydown", onKey, true); // before the keys of the page

const isOurs = (key) => ["Enter", "Backspace", "Delete"].includes(key) || (key.length === 1 && key !== " ");

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-answer]")) goToFirst();
});

// Questions ------------------------------------------------------------------

let later = 0;

function judgeSoon(wait) {
  clearTimeout(later);
  later = setTimeout(() => ask({ isVerdict: true }), wait);
}

for (const name of ["input", "change"])
  document.addEventListener(name, (event) => {
    if (form() === null || event.target.form !== form()) return;
    if (event.target.name === "reasons") {
      dropTaken();
      clearTimeout(later);
      later = setTimeout(ask, 0);
    } else if (event.target.closest("#cards")) judgeSoon(event.target.type === "radio" ? 0 : WAIT_MS);
  });

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target?.id === "cards" && box() !== null) keep();
  const asked = event.detail.requestConfig?.formData;
  if (asked?.has("verdicts") && !standsThere(asked)) event.detail.shouldSwap = false;
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id === "cards") {
    giveBack();
    shown = wanted(event.detail.requestConfig.formData);
  }
  if (event.detail.target?.id === "place") ask();
});

// Reasons that stood in the form from the start, or came back with a draft.
function askAtStart() {
  const place = form();
  if (place === null || box().dataset.started) return;
  box().dataset.started = "yes";
  shown = wanted(new FormData(place));
  if (box().children.length === 0 && new FormData(place).has("reasons")) ask();
}

document.addEventListener("htmx:afterSettle", askAtStart);
askAtStart();
