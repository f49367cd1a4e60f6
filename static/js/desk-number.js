// The number in the log form: Enter asks whose it is and goes to the first answer, where a digit
// picks somebody and r remembers; it never sends the form.

let asked = false;

const first = () => document.querySelector("#whose [data-key]");

document.addEventListener("keydown", (event) => {
  if (event.target.id !== "phone" || event.key !== "Enter" || event.isComposing) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  asked = true;
  event.target.dispatchEvent(new Event("whose", { bubbles: true }));
});
// Leaving the field for the answer asks once more, and that answer must not take the focus away.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.target.id === "whose") asked ||= document.activeElement.closest("#whose") !== null;
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id !== "whose") return;
  if (asked) first()?.focus();
  asked = false;
});
