// The reasons of a call by typing: the first letter of a mnemonic shows the leaves of its family,
// the whole one selects itself at once (no mnemonic begins with another), a blank before a word
// searches names, Enter takes the first that is left, Backspace gives the last one back, arrows
// walk the reasons. What the place or direction does not offer waits below "all". Tab leaves the picker with one press. The
// chosen stand first, in order, and so they are sent. Without script the same checkboxes are
// there.

const ARROWS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

function complain(picker, isOn) {
  const input = picker.querySelector("[data-picker-input]");
  const words = picker.querySelector("[data-unread]");
  words.hidden = !isOn;
  input.removeAttribute("aria-invalid");
  if (isOn) {
    input.setAttribute("aria-invalid", "true");
    picker.querySelector("[data-picker-said]").textContent = words.textContent.trim();
    input.focus();
  }
}

// Words that choose no reason would be lost by saving, or were meant for somewhere else, as when a
// call that rings opened under somebody's fingers: the form waits. Before anybody else sees it.
window.addEventListener(
  "submit",
  (event) => {
    const picker = event.target.querySelector?.("[data-picker]") ?? null;
    if (picker === null || picker.querySelector("[data-picker-input]").value.trim() === "") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    complain(picker, true);
  },
  true,
);

function startPicker(picker) {
  const input = picker.querySelector("[data-picker-input]");
  const chosen = picker.querySelector("[data-chosen]");
  const rest = picker.querySelector("[data-chips]");
  const all = picker.querySelector("[data-all]");
  const none = picker.querySelector("[data-none]");
  const said = picker.querySelector("[data-picker-said]");
  const home = new Map(); // chip -> where it stood before it was chosen
  const chips = () => [...picker.querySelectorAll("[data-mnemonic]")];
  const boxOf = (chip) => chip.querySelector("input");

  input.hidden = false;
  for (const stop of picker.querySelectorAll("[data-mnemonic] input, summary")) stop.tabIndex = -1;

  function place(chip) {
    if (boxOf(chip).checked) {
      if (chip.parentElement === chosen) return;
      home.set(chip, { parent: chip.parentElement, next: chip.nextElementSibling });
      chosen.insertBefore(chip, input);
    } else if (chip.parentElement === chosen) {
      const before = home.get(chip) ?? { parent: rest, next: rest.firstElementChild };
      before.parent.insertBefore(chip, before.next?.parentElement === before.parent ? before.next : null);
    }
    said.textContent = [...chosen.querySelectorAll("[data-mnemonic]")]
      .map((one) => one.textContent.trim().replace(/\s+/g, " "))
      .join(", ");
  }

  function choose(chip) {
    boxOf(chip).checked = true;
    boxOf(chip).dispatchEvent(new Event("input", { bubbles: true }));
    place(chip);
    input.value = "";
    filter();
    input.focus();
  }

  const isFamily = (text) => text.length === 1 && chips().some((chip) => chip.dataset.mnemonic.startsWith(text));

  function fits(chip, text) {
    if (!text.startsWith(" ") && chip.dataset.mnemonic.startsWith(text)) return true;
    return !isFamily(text) && chip.dataset.name.includes(text.trim());
  }

  // Likely ones that the direction of the call does not offer are below "all", as far as one sees.
  function isOffered(chip) {
    const way = new FormData(picker.closest("form")).get("direction");
    return all.open || way === null || chip.parentElement !== rest || chip.dataset.offered.split(" ").includes(way);
  }

  function filter() {
    const text = input.value.toLowerCase();
    const free = chips().filter((chip) => !boxOf(chip).checked);
    const isTyped = text.trim() !== "";
    all.classList.toggle("searching", isTyped);
    if (isTyped) all.open = true;
    else if (all.dataset.byHand !== "yes") all.open = false;
    for (const chip of free) chip.hidden = isTyped ? !fits(chip, text) : !isOffered(chip);
    const left = free.filter((chip) => !chip.hidden);
    if (isFamily(text)) {
      const family = picker.querySelector(`[data-family="${text}"]`)?.getAttribute("aria-label") ?? "";
      said.textContent = `${family}: ${left.map((chip) => `${chip.dataset.mnemonic} ${chip.dataset.name}`).join(", ")}`;
    }
    none.hidden = left.length > 0;
    if (!isTyped) complain(picker, false);
    return left;
  }

  input.addEventListener("input", (event) => {
    event.stopPropagation(); // looking for a reason changes nothing in the call yet
    const text = input.value.toLowerCase();
    const exact = chips().find((chip) => chip.dataset.mnemonic === text && text !== "");
    if (exact) choose(exact);
    else filter();
  });
  // Along the field and all that can be chosen, in the order in which they stand.
  function walk(event, step) {
    const stops = [...picker.querySelectorAll("[data-picker-input], [data-mnemonic] input, summary")];
    const seen = stops.filter((stop) => stop.parentElement.checkVisibility());
    seen[seen.indexOf(event.target) + step]?.focus();
    event.preventDefault();
  }

  picker.addEventListener("keydown", (event) => {
    if (event.target === input || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key in ARROWS) walk(event, ARROWS[event.key]);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") return walk(event, 1);
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      const left = filter();
      if (input.value.trim() !== "" && left.length > 0) choose(left[0]);
    } else if (event.key === "Backspace" && input.value === "") {
      const last = [...chosen.querySelectorAll("[data-mnemonic]")].at(-1);
      if (last === undefined) return;
      boxOf(last).checked = false;
      boxOf(last).dispatchEvent(new Event("input", { bubbles: true }));
      place(last);
    } else if (event.key === "Escape" && input.value !== "") {
      event.preventDefault();
      event.stopPropagation();
      input.value = "";
      filter();
    }
  });
  // What the one box understood of the line: reasons by their ids, beside those chosen before.
  picker.addEventListener("choose-reasons", (event) => {
    for (const chip of chips())
      if (event.detail.includes(boxOf(chip).value) && !boxOf(chip).checked) choose(chip);
  });
  all.querySelector("summary").addEventListener("click", () => {
    all.dataset.byHand = all.open ? "no" : "yes";
  });
  all.addEventListener("toggle", filter);
  picker.addEventListener("offer", filter);
  picker.addEventListener("change", (event) => {
    const chip = event.target.closest("[data-mnemonic]");
    if (chip === null) return;
    place(chip);
    if (boxOf(chip).checked) boxOf(chip).focus();
  });
}

function startCall() {
  const picker = document.querySelector("#call [data-picker]:not([data-started])");
  if (picker === null) return;
  picker.dataset.started = "yes";
  startPicker(picker);
  const hasError = document.querySelector("#call [aria-invalid='true'], #call [role='alert']");
  const waits = picker.closest("form").dataset.waits !== undefined; // it opened by itself: pop.js
  if (!hasError && !waits) picker.querySelector("[data-picker-input]").focus();
}

// Typing a name says that it is somebody else; choosing a person makes the name unneeded.
document.addEventListener("input", (event) => {
  if (event.target.id !== "call_from") return;
  const other = document.querySelector("#call [name='resident'][value='']");
  if (other !== null && event.target.value.trim() !== "") other.checked = true;
});

document.addEventListener("htmx:afterSettle", startCall);

const offerAgain = () => document.querySelector("#call [data-picker]")?.dispatchEvent(new Event("offer"));

document.addEventListener("change", (event) => {
  if (event.target.name === "direction") offerAgain();
});
// What another place offers comes with its cards.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id !== "cards") return;
  for (const { dataset } of document.querySelectorAll("#cards [data-offer]")) {
    const ids = dataset.ids === "all" ? null : new Set(dataset.ids.split(" "));
    for (const chip of document.querySelectorAll("#call [data-mnemonic]")) {
      const ways = new Set(chip.dataset.offered.split(" "));
      if (ids === null || ids.has(chip.querySelector("input").value)) ways.add(dataset.offer);
      else ways.delete(dataset.offer);
      chip.dataset.offered = [...ways].join(" ");
    }
  }
  offerAgain();
});
// Another place was chosen for this call: go on where one was.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id !== "place") return;
  const place = document.getElementById("place");
  place.closest("form").dataset.draft = place.dataset.draftKey;
  const detail = (place.dataset.reasons ?? "").split(" ");
  document.querySelector("#call [data-picker]").dispatchEvent(new CustomEvent("choose-reasons", { detail }));
  document.querySelector("[data-picker-input]")?.focus();
});
startCall();
