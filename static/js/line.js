// Who is on the line and for how long: the call that is being logged in the centre, in the top bar.
// Its clock starts with `n`, or else with the form; it goes on when another place is chosen, and in
// the same tab after a reload. It is put into the record by a press of its button, never by itself.

const KEPT = "callcenter.began"; // draft key -> when its call began, in this tab
const FORGET_MS = 2 * 3_600_000;
const EVERY_MS = 1_000;
const N_MS = 90_000; // so long after `n` a form still belongs to it

let pressed = null;
let draft = null; // of the call in the centre
let began = null;

const form = () => document.querySelector("#centre #call");

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
  } catch {
    return {};
  }
}

function keep(change) {
  const all = kept();
  change(all);
  for (const [key, at] of Object.entries(all)) if (Date.now() - at > FORGET_MS) delete all[key];
  sessionStorage.setItem(KEPT, JSON.stringify(all));
}

// "2:14", "1:02:09"
function clock(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (n) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

function callerOf(call) {
  const chosen = call.querySelector("[name='resident']:checked");
  const named = chosen?.value ? chosen.closest("label").textContent : call.querySelector("#call_from").value;
  const place = call.querySelector("#place h1").textContent;
  return [named.trim(), place.trim()].filter((word) => word !== "").join(", ");
}

function begin(call) {
  const key = call.dataset.draft;
  if (key === draft) return;
  const isSameCall = draft !== null && call.dataset.line === "yes";
  call.dataset.line = "yes";
  const before = isSameCall ? began : kept()[key];
  const byKey = pressed !== null && Date.now() - pressed < N_MS ? pressed : null;
  began = before ?? byKey ?? Date.now();
  keep((all) => {
    if (isSameCall) delete all[draft];
    all[key] = began;
  });
  draft = key;
  pressed = null;
}

function tick() {
  const call = form();
  const line = document.getElementById("line");
  const state = document.getElementById("state");
  if (line === null || state === null) return;
  const isOn = call !== null;
  line.hidden = !isOn;
  document.getElementById("where").hidden = isOn;
  const since = isOn ? began : Date.parse(state.dataset.since);
  const [word, time] = [state.querySelector("[data-state-word]"), state.querySelector("[data-state-time]")];
  word.dataset.own ??= word.textContent;
  word.textContent = isOn ? state.dataset.onCall : word.dataset.own;
  time.textContent = clock(Date.now() - since);
  state.classList.toggle("on-call", isOn);
  if (!isOn) return;
  line.querySelector("[data-line-time]").textContent = time.textContent;
  line.querySelector("[data-line-caller]").textContent = callerOf(call);
  const take = call.querySelector("[data-line-take]");
  take.hidden = false;
  take.textContent = time.textContent;
}

function look() {
  const call = form();
  if (call !== null) begin(call);
  else {
    const isSaved = document.querySelector("#centre > .notice.saved") !== null;
    if (draft !== null && isSaved) keep((all) => delete all[draft]);
    [draft, began] = [null, null];
  }
  tick();
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-focus-onebox='new']") !== null) pressed = Date.now();
  const take = event.target.closest("[data-line-take]");
  if (take === null) return;
  const duration = form().querySelector("#duration");
  duration.value = take.textContent;
  duration.focus();
  duration.dispatchEvent(new Event("input", { bubbles: true }));
});
document.addEventListener("desk:next", () => (pressed = Date.now()));
document.addEventListener("input", (event) => event.target.closest?.("#call") && tick());
document.addEventListener("htmx:afterSettle", look);
setInterval(() => document.visibilityState === "visible" && tick(), EVERY_MS);
look();
