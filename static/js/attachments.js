// Files by drop, paste, choice or photograph: sent one after the other, each with a key of its own,
// so that a file whose answer was lost is sent again and attached once. Nothing that was chosen is
// dropped silently: what could not be sent stays in the list with the reason, and leaving the page
// asks first. Without script the form sends its files as a form does.
//
// <form data-files data-max="bytes">   the form; its action takes one file and answers JSON
// [data-files-queue]                   the list of what is under way; its lines outlive swaps
// template[data-file-line]             one line of it, with all words

import { announce } from "./forms.js";

const AGAIN_MS = 15_000; // until a lost connection is tried again without being asked
const lines = []; // {form, file, key, line, state: "waits" | "goes" | "stays", request}
let serial = 0;
let changed = false; // something was attached that the page does not show yet

const formOf = () => document.querySelector("form[data-files]");
const queueOf = () => document.querySelector("[data-files-queue]");

// A picture from the clipboard has no name of its own; the time tells pictures apart.
function named(file) {
  if (file.name && file.name !== "image.png") return file;
  const [day, time] = new Date(Date.now() - new Date().getTimezoneOffset() * 60_000).toISOString().split(/[T.]/);
  const ending = file.type.split("/")[1] ?? "png";
  return new File([file], `pasted ${day} ${time.replaceAll(":", ".")}.${ending}`, { type: file.type });
}

function lineFor(file) {
  const line = document.querySelector("template[data-file-line]").content.firstElementChild.cloneNode(true);
  line.querySelector("[data-name]").textContent = file.name;
  line.querySelector("progress").setAttribute("aria-label", file.name);
  queueOf().append(line);
  return line;
}

function say(entry, words, { stays = false } = {}) {
  entry.line.querySelector("[data-said]").textContent = words;
  entry.line.querySelector("[data-again]").hidden = !stays;
  entry.line.querySelector("progress").hidden = stays;
  entry.line.classList.toggle("late", stays);
}

export function add(files) {
  const form = formOf();
  if (form === null) return;
  for (const file of [...files].map(named)) {
    const entry = { file, key: `${form.elements.key.value}.${(serial += 1)}`, state: "waits", url: form.action };
    entry.line = lineFor(file);
    entry.line.querySelector("[data-again]").addEventListener("click", () => again(entry));
    entry.line.querySelector("[data-drop]").addEventListener("click", () => drop(entry));
    lines.push(entry);
    if (file.size > Number(form.dataset.max)) {
      entry.state = "stays";
      say(entry, form.dataset.large, { stays: true });
      entry.line.querySelector("[data-again]").hidden = true;
    } else say(entry, form.dataset.waits);
  }
  next();
}

function again(entry) {
  entry.state = "waits";
  entry.isLost = false;
  say(entry, formOf()?.dataset.waits ?? "");
  next();
}

function drop(entry) {
  const gone = entry.line.nextElementSibling ?? entry.line.previousElementSibling;
  entry.request?.abort();
  entry.line.remove();
  lines.splice(lines.indexOf(entry), 1);
  (gone?.querySelector("[data-drop]") ?? document.querySelector("[data-files-input]"))?.focus();
  next();
}

function next() {
  if (lines.some((entry) => entry.state === "goes")) return;
  const entry = lines.find((one) => one.state === "waits");
  if (entry === undefined) return finish();
  send(entry);
}

function send(entry) {
  const request = new XMLHttpRequest();
  const body = new FormData();
  const token = document.querySelector("input[name='csrfmiddlewaretoken']").value;
  body.append("key", entry.key);
  body.append("files", entry.file, entry.file.name);
  entry.state = "goes";
  entry.request = request;
  request.open("POST", entry.url);
  request.setRequestHeader("X-CSRFToken", token);
  request.setRequestHeader("Accept", "application/json");
  request.responseType = "json";
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    entry.line.querySelector("progress").value = event.loaded / event.total;
    say(entry, `${Math.floor((100 * event.loaded) / event.total)} %`);
  });
  request.addEventListener("load", () => answered(entry, request));
  request.addEventListener("error", () => lost(entry));
  request.send(body);
}

function answered(entry, request) {
  const answer = request.response;
  if (request.status === 200 && answer?.done) {
    lines.splice(lines.indexOf(entry), 1);
    entry.line.remove();
    changed = true;
    announce(`${entry.file.name}: ${answer.done}`);
  } else {
    stay(entry, answer?.error ?? formOf()?.dataset.failed ?? "");
  }
  next();
}

function stay(entry, words) {
  entry.state = "stays";
  say(entry, words, { stays: true });
  announce(`${entry.file.name}: ${words}`);
}

// The server may have it or not: the same key makes both right.
function lost(entry) {
  stay(entry, formOf()?.dataset.lost ?? "");
  entry.isLost = true;
  setTimeout(() => entry.isLost && lines.includes(entry) && again(entry), AGAIN_MS);
  next();
}

// Once all are through, the call is shown again; not while another answer is on its way into it.
function finish() {
  if (!changed) return;
  if (document.querySelector("#log .htmx-request, #log.htmx-request") !== null) {
    document.addEventListener("htmx:afterSettle", () => finish(), { once: true });
    return;
  }
  changed = false;
  window.htmx.trigger(document.body, "attached");
}

// A swap takes the list away; what is under way moves to the list of the same call.
document.addEventListener("htmx:afterSettle", () => {
  for (const entry of lines)
    if (!entry.line.isConnected && formOf()?.action === entry.url) queueOf().append(entry.line);
});

// Ways in --------------------------------------------------------------------

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-files-input]")) return;
  add(event.target.files);
  event.target.value = "";
  event.stopPropagation();
});

const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

document.addEventListener("dragover", (event) => {
  if (formOf() === null || !hasFiles(event)) return;
  event.preventDefault();
  formOf().classList.add("over");
});

document.addEventListener("dragleave", (event) => {
  if (event.relatedTarget === null) formOf()?.classList.remove("over");
});

document.addEventListener("drop", (event) => {
  if (formOf() === null || !hasFiles(event)) return;
  event.preventDefault();
  formOf().classList.remove("over");
  add(event.dataTransfer.files);
});

// Text in a field stays text, also where an office program puts a picture of it beside it.
document.addEventListener("paste", (event) => {
  const { files, types } = event.clipboardData;
  if (formOf() === null || files.length === 0) return;
  const isField = event.target.closest("input, textarea, [contenteditable]") !== null;
  if (isField && types.includes("text/plain")) return;
  event.preventDefault();
  add(files);
});

window.addEventListener("online", () => {
  for (const entry of lines) if (entry.isLost) again(entry);
});

window.addEventListener("beforeunload", (event) => {
  if (lines.length > 0) event.preventDefault();
});

document.documentElement.classList.add("sends-files"); // hides what only plain forms need
