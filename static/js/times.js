// Keeps the words of <time data-relative> true while a page stays open, with the server's own
// words. From a day on the words are a date, which stays as it is.

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;
const EVERY_MS = 20_000;

const words = JSON.parse(document.body.dataset.times ?? "null");

function relative(moment, now) {
  const seconds = (now - moment) / 1000;
  const far = Math.abs(seconds);
  if (far < MINUTE) return words.now;
  if (far >= DAY) return null;
  const unit = far < HOUR ? "min" : "h";
  const count = Math.floor(far / (unit === "min" ? MINUTE : HOUR));
  return words[seconds > 0 ? "past" : "future"][unit].replace("{n}", count);
}

function refresh() {
  const now = Date.now();
  for (const time of document.querySelectorAll("time[data-relative]")) {
    const said = relative(Date.parse(time.dateTime), now);
    if (said !== null && said !== time.textContent) time.textContent = said;
  }
}

if (words !== null) {
  setInterval(refresh, EVERY_MS);
  document.addEventListener("visibilitychange", refresh);
}
