// Callbacks: what opens takes the focus, and one of mine that falls due is told, if asked for.

// What opens takes the focus ---------------------------------------------------

document.addEventListener(
  "toggle",
  (event) => {
    if (event.target.matches("details[data-focus-first][open]"))
      event.target.querySelector("[data-first]")?.focus();
  },
  true,
);

document.addEventListener("htmx:afterSettle", (event) => {
  const place = event.detail.elt;
  if (place.id === "opened" || place.closest("#opened")) {
    if (place.querySelector("[aria-invalid='true']") === null) place.querySelector("[data-first]")?.focus();
  }
});

// One of the two says when: words undo a quick choice, a quick choice empties the words.
document.addEventListener("input", (event) => {
  const fields = event.target.closest(".promise");
  if (fields === null) return;
  const words = fields.querySelector("[name='due']");
  if (event.target === words && words.value.trim() !== "") {
    fields.querySelector("[name='due_quick'][value='']").checked = true;
  } else if (event.target.name === "due_quick") {
    words.value = "";
  }
});

// Told by the browser ----------------------------------------------------------

const WISH = "callcenter.notify-callbacks";
const TOLD = "callcenter.callbacks-told";
const EVERY_MS = 15_000;
const FRESH_MS = 10 * 60_000; // what is late for longer was seen, or will be, in the list

const canTell = () => "Notification" in window && Notification.permission === "granted";
const wishesIt = () => localStorage.getItem(WISH) === "yes";

function show() {
  const part = document.querySelector("[data-notify]");
  if (part === null) return;
  const said = part.querySelector("[data-notify-said]");
  const button = part.querySelector("[data-notify-ask]");
  const isBlocked = !("Notification" in window) || Notification.permission === "denied";
  const isOn = canTell() && wishesIt();
  said.textContent = isBlocked ? said.dataset.blocked : isOn ? said.dataset.on : said.dataset.off;
  button.hidden = isBlocked || isOn;
  part.hidden = false;
}

document.addEventListener("click", async (event) => {
  if (event.target.closest("[data-notify-ask]") === null) return;
  if (Notification.permission === "default") await Notification.requestPermission();
  if (canTell()) localStorage.setItem(WISH, "yes");
  show();
});

// Each once, in whichever tab sees it first; the words are those of the row.
function tell() {
  if (!canTell() || !wishesIt()) return;
  const told = JSON.parse(localStorage.getItem(TOLD) ?? "[]");
  const now = Date.now();
  for (const row of document.querySelectorAll("[data-callback-due]")) {
    const due = Date.parse(row.dataset.callbackDue);
    const name = `${row.dataset.callback} ${due}`;
    if (due > now || now - due > FRESH_MS || told.includes(name)) continue;
    told.push(name);
    const place = row.querySelector("[data-place]");
    const notice = new Notification(place.textContent.trim(), { tag: name });
    notice.addEventListener("click", () => {
      window.focus();
      place.closest("a")?.click();
    });
  }
  localStorage.setItem(TOLD, JSON.stringify(told.slice(-50)));
}

show();
setInterval(tell, EVERY_MS);
