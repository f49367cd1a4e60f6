// Tells every ten seconds that this call is open and what is typed in it, and shows who else is
// there. Only while the page is looked at; the request says X-Background, so no login is kept alive.

const EVERY_MS = 10_000;
const TYPING_MS = 8_000;

let typed = { what: "", at: -Infinity };

const whatOf = (field) =>
  ({ "comment-text": "comment", "notes-text": "notes" })[field.id] ?? "form";

document.addEventListener("input", (event) => {
  if (event.target.closest?.("#log") && !event.target.closest("[data-presence]"))
    typed = { what: whatOf(event.target), at: performance.now() };
});

function beat() {
  const form = document.querySelector("[data-presence]");
  if (form === null || document.visibilityState !== "visible") return;
  form.elements.typing.value = performance.now() - typed.at < TYPING_MS ? typed.what : "";
  htmx.trigger(form, "beat");
}

setInterval(beat, EVERY_MS);
document.addEventListener("visibilitychange", beat);
beat();
