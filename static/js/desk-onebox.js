// The one box as an ARIA combobox: arrows move, Enter takes, Escape closes and keeps the text.
//
// htmx fetches the choices (templates/desk/search.html) and replaces #choices; here they are
// opened and walked. Nothing is taken without Enter or a click. Enter on choices that belong to
// older text waits for the new ones. Where a call is being logged, a choice changes the place of
// that call, a reason is added to it, and all that was typed stays.

import { askInto } from "./asking.js";
import { isBegun } from "./desk-centre.js";

const form = document.querySelector("form[data-onebox]");
const box = form?.querySelector("[role='combobox']");
const said = form?.querySelector("[data-onebox-said]");
const words = box?.placeholder;
let isNew = false; // the next choice is another call, not the place of the one that is open
let taking = false; // Enter was pressed before the choices for this text were here

const list = () => document.getElementById("choices");
const options = () => [...list().querySelectorAll("[role='option']")];
const active = () => list().querySelector("[aria-selected='true']");
const isFresh = () => (list().dataset.query ?? "") === box.value.slice(0, box.maxLength);
const isOpen = () => !list().hidden;
const hasPlace = () => document.getElementById("place") !== null && !isNew;

// Where a call is open, "/" asks for its place and "n" for another call: the box says which.
function aim(forNew) {
  isNew = forNew;
  box.placeholder = hasPlace() ? form.dataset.placeWords : words;
}

function open() {
  if (options().length === 0) return close();
  list().hidden = false;
  box.setAttribute("aria-expanded", "true");
  if (active() === null) mark(options()[0]);
}

function close() {
  list().hidden = true;
  box.setAttribute("aria-expanded", "false");
  box.removeAttribute("aria-activedescendant");
}

function mark(option) {
  active()?.setAttribute("aria-selected", "false");
  option.setAttribute("aria-selected", "true");
  box.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function move(step) {
  if (!isOpen()) return open();
  const all = options();
  const at = all.indexOf(active());
  mark(all[(at + step + all.length) % all.length]);
}

function take(option) {
  close();
  if (option.dataset.kind === "reason" && hasPlace()) addReasons(option);
  else show(option.href, option.dataset.kind);
}

function addReasons(option) {
  const detail = new URL(option.href).searchParams.getAll("reason");
  box.value = "";
  document.querySelector("#call [data-picker]").dispatchEvent(new CustomEvent("choose-reasons", { detail }));
}

// At the desk in its centre, for an open call as its place, elsewhere as a page.
function show(address, kind) {
  const target = hasPlace() ? "#place" : "#centre";
  const isPage = document.querySelector(target) === null || (target === "#centre" && isBegun());
  if (kind === "call" || isPage) {
    window.location.assign(address);
    return;
  }
  box.value = "";
  askInto("onebox", "GET", address, { target, swap: "outerHTML" });
}

function onEnter(event) {
  event.preventDefault();
  if (box.value.trim() === "") {
    if (!hasPlace()) show(document.querySelector("[data-new-call]").href);
    return;
  }
  if (event.shiftKey) return takeAsSaid();
  if (isFresh() && isOpen() && active() !== null) return take(active());
  if (isFresh() && options().length > 0) return open();
  taking = true; // the request for this text is on its way
}

// Nobody that the desk knows, whatever it found: the call is from what was typed.
function takeAsSaid() {
  const said = document.querySelector("[data-new-call]");
  close();
  show(`${said.href}?call_from=${encodeURIComponent(box.value.trim())}`);
}

function onKey(event) {
  if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    move(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter") {
    onEnter(event);
  } else if (event.key === "Escape" && isOpen()) {
    event.preventDefault();
    event.stopPropagation();
    close();
  } else if (event.key === "Tab") {
    close();
  }
}

function onChoices() {
  said.textContent = list().dataset.said ?? "";
  if (document.activeElement !== box) return;
  open();
  if (taking && isFresh() && active() !== null) {
    taking = false;
    take(active());
  }
}

function typeFor(aNewCall) {
  box.focus();
  box.select();
  aim(aNewCall);
}

function start() {
  box.addEventListener("keydown", onKey);
  box.addEventListener("input", () => {
    taking = taking && box.value !== "";
    if (box.value.trim() === "") close();
  });
  box.addEventListener("focus", () => {
    aim(false);
    if (box.value.trim() !== "" && isFresh()) open();
  });
  box.addEventListener("blur", close);
  // Pressing must not take the focus from the box before the click arrives.
  form.addEventListener("mousedown", (event) => {
    if (event.target.closest("#choices")) event.preventDefault();
  });
  form.addEventListener("click", (event) => {
    const option = event.target.closest("[role='option']");
    if (option === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    take(option);
  });
  box.addEventListener("htmx:afterSettle", onChoices);
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target?.id === "choices") onChoices();
  });
  // No answer for the choices: the page of links may still come.
  for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"])
    box.addEventListener(name, () => taking && form.submit());
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-focus-onebox]");
    if (link === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    typeFor(link.dataset.focusOnebox === "new");
  });
  document.addEventListener("desk:next", () => {
    box.value = "";
    typeFor(true);
  });
}

if (box) start();
