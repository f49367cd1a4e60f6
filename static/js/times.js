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

// "in 8 min", "now", "12 min late"; what is far, or late by days, keeps the server's words.
function left(moment, now) {
  const minutes = Math.floor((now - moment) / 60_000);
  if (minutes >= 2 * 24 * 60) return null;
  if (minutes >= 60) return words.late.h.replace("{n}", Math.floor(minutes / 60));
  if (minutes >= 1) return words.late.min.replace("{n}", minutes);
  if (moment - now < 60_000) return words.late.now;
  return relative(moment, now);
}

// Urgency belongs to the clock: amber before red, or amber when late for a calm one.
function urge(clock, moment, now) {
  const isLate = moment <= now;
  const isCalm = clock.dataset.clock === "calm";
  clock.classList.toggle("late", isLate && !isCalm);
  clock.classList.toggle("soon", isCalm ? isLate : !isLate && moment - now <= 30 * 60_000);
}

function refresh() {
  const now = Date.now();
  for (const time of document.querySelectorAll("time[data-left]")) {
    const said = left(Date.parse(time.dateTime), now);
    if (said !== null && said !== time.textContent) time.textContent = said;
    const clock = time.closest("[data-clock]");
    if (clock !== null) urge(clock, Date.parse(time.dateTime), now);
  }
  for (const time of document.querySelectorAll("time[data-relative]")) {
    const said = relative(Date.parse(time.dateTime), now);
    if (said !== null && said !== time.textContent) time.textContent = said;
  }
}

if (words !== null) {
  setInterval(refresh, EVERY_MS);
  document.addEventListener("visibilitychange", refresh);
}

// Paper says when it was printed, on the clock of the machine that printed it.
window.addEventListener("beforeprint", () => {
  const now = new Date();
  for (const time of document.querySelectorAll("time[data-printed]")) {
    time.dateTime = now.toISOString();
    time.textContent = now.toLocaleString(document.documentElement.lang, { timeZoneName: "short" });
  }
});
