// The centre of the desk holds one call; what is chosen elsewhere takes its place without a page
// change. A call in which somebody wrote is left as a page is left: its words are kept then.

import { draftOf } from "./drafts.js";

const centre = () => document.getElementById("centre");

// Whether there are words in the centre that are not saved as a call.
export function isBegun() {
  const forms = [...(centre()?.querySelectorAll("form") ?? [])];
  return forms.some((form) => form.dataset.dirty === "yes" || draftOf(form)?.touched === true);
}

document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt, target, requestConfig, pathInfo } = event.detail;
  if (requestConfig.verb !== "get" || target !== centre() || centre().contains(elt) || !isBegun()) return;
  event.preventDefault();
  window.location.assign(pathInfo.finalRequestPath);
});

// Which row of my work is the call in the centre.
function mark(path) {
  for (const row of document.querySelectorAll("#work .item")) {
    if (row.getAttribute("href") === path) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
}

document.addEventListener("htmx:pushedIntoHistory", (event) => mark(event.detail.path));
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id === "work") mark(window.location.pathname);
});
