// Toasts go away by themselves after ten seconds of showing; not while somebody points at one or
// stands in it, but at the latest when its Undo would be refused. The focus goes back to where
// it was.

const SHOWN_MS = 10_000;
const AT_MOST_MS = 55_000;
const TICK_MS = 500;

const place = document.getElementById("toasts");
const ages = new WeakMap(); // toast -> how long it was shown in all, and unpaused
let before = null; // what had the focus before it came into a toast

const isPaused = () => place.matches(":hover") || place.contains(document.activeElement);

function close(toast) {
  const hadFocus = toast.contains(document.activeElement);
  toast.remove();
  if (hadFocus) leave();
}

function leave() {
  const back = before?.isConnected ? before : document.getElementById("main");
  back?.focus({ preventScroll: true });
}

function greet() {
  for (const toast of place.querySelectorAll("[data-toast]"))
    if (!ages.has(toast)) ages.set(toast, { all: 0, unpaused: 0 });
}

let ticked = Date.now();

function tick() {
  const passed = Date.now() - ticked;
  ticked += passed;
  for (const toast of place.querySelectorAll("[data-toast]")) {
    const age = ages.get(toast);
    age.all += passed;
    if (!isPaused()) age.unpaused += passed;
    if (age.unpaused >= SHOWN_MS || age.all >= AT_MOST_MS) close(toast);
  }
}

if (place !== null) {
  greet();
  new MutationObserver(greet).observe(place, { childList: true });
  setInterval(tick, TICK_MS);
  place.addEventListener("focusin", (event) => {
    if (event.relatedTarget !== null && !place.contains(event.relatedTarget)) before = event.relatedTarget;
  });
  place.addEventListener("click", (event) => {
    if (event.target.closest("[data-close]")) close(event.target.closest("[data-toast]"));
  });
  // Undone: htmx takes the toast away, and with it the focus.
  place.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status < 400 && event.detail.target?.contains(document.activeElement)) leave();
  });
}
