// How long the telephone of somebody rings by now; amber when it should be somebody else's turn.

function tick() {
  for (const timer of document.querySelectorAll("#chain .timer[data-since]")) {
    const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(timer.dataset.since)) / 1000));
    timer.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    timer.classList.toggle("over", seconds >= Number(timer.dataset.limit));
  }
}

setInterval(tick, 1_000);
document.addEventListener("htmx:afterSettle", tick);
tick();
