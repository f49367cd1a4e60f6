// What the desk has to say about the call in the form (templates/desk/_hints.html): asked for
// whenever the place or the reasons change, and its buttons save the form with what they say.
// An answer that is late for what stands in the form by now is asked for again.

import { askInto } from "./asking.js";

const WAIT_MS = 120;
const ASKED = ["property", "unit", "reasons"];
let timer;

function wanted(form) {
  const said = new FormData(form);
  const query = new URLSearchParams();
  for (const name of ASKED)
    for (const value of said.getAll(name)) if (value !== "") query.append(name, value);
  return query.toString();
}

function look() {
  const hints = document.querySelector("#call #hints");
  if (hints === null) return;
  const query = wanted(hints.closest("form"));
  if (query === hints.dataset.asked) return;
  hints.dataset.asked = query;
  clearTimeout(timer);
  timer = setTimeout(ask, WAIT_MS, query);
}

function ask(query) {
  const hints = document.querySelector("#call #hints");
  if (hints?.dataset.asked !== query) return;
  askInto("hints", "GET", `${hints.dataset.url}?${query}`, { target: "#hints", swap: "outerHTML" });
}

// A button of its own at the end of the form: were those of the hints submit buttons, Enter in a
// field would press the first of them.
function send(button) {
  const form = button.closest("form");
  let sender = form.querySelector("[data-hint-sender]");
  if (sender === null) {
    sender = document.createElement("button");
    sender.dataset.hintSender = "";
    sender.hidden = true;
    form.append(sender);
  }
  sender.name = button.dataset.send;
  sender.value = button.dataset.value;
  sender.click(); // htmx asks which button was clicked, not which one submits
}

for (const name of ["input", "change", "click", "keyup"])
  document.addEventListener(name, (event) => event.target.closest?.("#call") && setTimeout(look), true);
document.addEventListener("htmx:afterSettle", look);
document.addEventListener("click", (event) => {
  const button = event.target.closest("#hints [data-send]");
  if (button !== null) send(button);
});
look();
