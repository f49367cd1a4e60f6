// Signing out ends the key that unsent words are encrypted with: who has some is asked first, and
// nothing of them stays in this browser (B-24).

import { flush, hasUnsent } from "./drafts.js";
import { release } from "./forms.js";
import * as tail from "./tail.js";

const PATIENCE_MS = 1_500;

const dialog = document.getElementById("leave");
const isSignOut = (form) => form.action === new URL(document.body.dataset.signOut ?? "", window.location).href;

function go(form) {
  for (const other of document.forms) delete other.dataset.dirty;
  tail.wipe();
  form.submit();
}

document.addEventListener(
  "submit",
  async (event) => {
    const form = event.target;
    if (dialog === null || !isSignOut(form)) return;
    if (!hasUnsent() && tail.isEmpty()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
    await Promise.race([flush(), patience]);
    if (!hasUnsent()) return go(form);
    dialog.returnValue = "";
    dialog.showModal();
    dialog.addEventListener("close", () => (dialog.returnValue === "go" ? go(form) : release(form)), { once: true });
  },
  true,
);
