// What drafts have to say: quietly beside the bar that saves, and as notices above the fields.
// The words are <template data-draft-words> in base.html, so that they are translated.

import { announce } from "./forms.js";

const templates = document.querySelector("template[data-draft-words]")?.content;

const wordsOf = (name) => templates?.querySelector(`[data-words='${name}']`)?.textContent.trim() ?? "";

function placeOf(form) {
  const known = form.querySelector("[data-draft-state]");
  if (known !== null) return known;
  const made = document.createElement("span");
  made.className = "draft-state small muted";
  made.dataset.draftState = "";
  const button = form.querySelector("button[type='submit'], button:not([type])");
  const bar = form.querySelector(".bar") ?? button?.parentElement ?? form;
  const last = [...bar.children].filter((child) => child.matches("button")).at(-1);
  if (last) last.after(made);
  else bar.append(made);
  return made;
}

// "saved" with a time, "pending", "offline", "queued", "failed", or "" for nothing. Only
// what somebody should know at once is announced.
export function sayState(form, name, time = "") {
  const place = placeOf(form);
  const words = name === "" ? "" : wordsOf(name).replace("{time}", time);
  if (place.textContent === words) return;
  place.textContent = words;
  place.dataset.draftState = name;
  if (["offline", "queued", "failed"].includes(name)) announce(words);
}

// A notice of this kind above the form's fields; `acts` are its buttons: name -> what to do. Pressing
// one takes the notice away. The words of a draft stand in it as text and nothing else.
export function sayNotice(form, kind, { time = "", quote = "", acts = {} } = {}) {
  hushNotice(form);
  const found = templates?.querySelector(`[data-notice-of='${kind}']`);
  if (!found) return;
  const notice = found.cloneNode(true);
  notice.dataset.draftNotice = form.dataset.draft;
  for (const place of notice.querySelectorAll("[data-time]")) place.textContent = time;
  for (const place of notice.querySelectorAll("[data-quote]")) place.textContent = quote;
  for (const button of notice.querySelectorAll("[data-act]")) {
    button.addEventListener("click", () => {
      const act = acts[button.dataset.act];
      hushNotice(form);
      act?.();
    });
  }
  const fields = form.querySelector(".zone-body");
  if (fields !== null) fields.prepend(notice);
  else form.before(notice);
}

export function hushNotice(form) {
  const selector = `[data-draft-notice='${CSS.escape(form.dataset.draft)}']`;
  for (const notice of document.querySelectorAll(selector)) notice.remove();
}

// The first words of a list of entries, to recognise it by: texts that somebody typed.
export function quoteOf(form, entries) {
  const isText = (name) => form.querySelector(`textarea[name='${CSS.escape(name)}'], input[type='text'][name='${CSS.escape(name)}']:not([hidden]), input:not([type])[name='${CSS.escape(name)}']`) !== null;
  const texts = entries.filter(([name, value]) => isText(name) && value.trim() !== "").map(([, value]) => value.trim());
  const all = texts.join(" · ");
  return all.length > 200 ? `${all.slice(0, 200)}…` : all;
}
