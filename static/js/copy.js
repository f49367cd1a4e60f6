// Buttons that copy a text of the page: shown only where the browser lets a page copy.

if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (button === null) return;
  const from = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(from.value ?? from.textContent);
  } catch {
    return; // the browser said no; the text can still be marked and copied by hand
  }
  const words = button.querySelector("[data-copied]");
  const before = words.textContent;
  words.textContent = words.dataset.copied;
  document.getElementById("announce").textContent = words.dataset.copied;
  setTimeout(() => {
    words.textContent = before;
  }, 3_000);
});
