// My work refreshes itself while it is looked at: without a login kept alive by that (the request
// says X-Background), without taking the focus, the cursor or the scroll from anybody. Its age is
// shown, and says so when a refresh does not come.

const EVERY_MS = 25_000;
const AGE_EVERY_MS = 5_000;
const STALE_MS = 75_000;

const zone = () => document.querySelector("[data-work]");
const linkOf = (row) => row?.querySelector("a[href]")?.getAttribute("href") ?? null;
let kept = null;

function refresh() {
  if (document.visibilityState === "visible" && zone() !== null) htmx.trigger(zone(), "refresh");
}

// Two rows may lead to the same call, so a row is known by its link and which of those it is.
function placeOf(row) {
  if (row === null) return null;
  const same = [...zone().querySelectorAll("li")].filter((one) => linkOf(one) === linkOf(row));
  return { link: linkOf(row), which: same.indexOf(row) };
}

function rowAt(place) {
  const same = [...zone().querySelectorAll("li")].filter((one) => linkOf(one) === place?.link);
  return same[place?.which] ?? same[0] ?? null;
}

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target !== zone()) return;
  const focused = document.activeElement.closest("[data-work]") === null ? null : document.activeElement;
  kept = {
    cursor: placeOf(zone().querySelector(".cursor")),
    focus: placeOf(focused?.closest("li") ?? null),
    hadFocus: focused !== null,
    heading: focused?.closest("h2") ? focused.getAttribute("href") : null,
    scroll: zone().scrollTop,
  };
});

document.addEventListener("htmx:afterSwap", () => {
  if (kept === null || zone() === null) return;
  const before = kept;
  kept = null;
  rowAt(before.cursor)?.classList.add("cursor");
  zone().scrollTop = before.scroll;
  if (before.hadFocus) {
    const heading = before.heading && zone().querySelector(`h2 a[href='${CSS.escape(before.heading)}']`);
    const link = rowAt(before.focus)?.querySelector("a[href]");
    (link ?? heading ?? zone()).focus({ preventScroll: true });
  }
  age();
});

function age() {
  const shown = zone()?.querySelector("[data-age]");
  if (!shown) return;
  const old = Date.now() - Date.parse(shown.dataset.age);
  const isStale = old > STALE_MS;
  const [words, n] = isStale
    ? [shown.dataset.stale, Math.floor(old / 60_000)]
    : [shown.dataset.words, Math.max(0, Math.floor(old / 1000))];
  shown.textContent = words.replace("{n}", n);
  shown.classList.toggle("stale", isStale);
}

setInterval(refresh, EVERY_MS);
setInterval(age, AGE_EVERY_MS);
document.addEventListener("visibilitychange", refresh);
age();
