// The number in the log form: Enter asks whose it is and goes to the first answer, where a digit
// picks somebody and r remembers; it never sends the form.

let asked = false;

const first = () => document.querySelector("#whose [data-key]");

document.addEventListener("keydown", (event) => {
  if (event.target.id !== "phone" || event.key !== "Enter" || event.isComposing) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  asked = true;
  event.target.dataset.askedFor = event.target.value;
  event.target.dispatchEvent(new Event("whose", { bubbles: true }));
});
// Leaving the field for the answer must not ask once more: that answer would take the place of the
// first one under the key that is being pressed.
document.addEventListener("htmx:confirm", (event) => {
  const { target, detail } = event;
  const leaves = target.id === "phone" && detail.triggeringEvent?.type === "change";
  if (leaves && target.value === target.dataset.askedFor) event.preventDefault();
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id !== "whose") return;
  if (asked) first()?.focus();
  asked = false;
});
