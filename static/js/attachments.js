// Files by drop, paste, choice or photograph: sent one after the other, each with a key of its own,
// so that a file whose answer was lost is sent again and attached once. Nothing that was chosen is
// dropped silently: what could not be sent stays in the list with the reason, and leaving the page
// asks first. A call that is not saved yet keeps its files on the server and names them in
// [data-files-tokens]; saving waits for those that are under way.
//
// [data-files data-url data-max]   where files go (one at a time, answered by JSON), bytes at most
// [data-files-queue]               the list of what is under way; its lines outlive swaps
// template[data-file-line]         one line of it, with all words

import { announce } from "./forms.js";

const AGAIN_MS = 15_000; // until a lost connection is tried again without being asked
const lines = []; // {file, key, form, url, line, state: "waits" | "goes" | "stays" | "kept", token}
const held = []; // saves that wait for files
let serial = 0;
let changed = false; // something was attached that the page does not show yet

const place = () => document.querySelector("[data-files]");
const words = (name) => place()?.dataset[name] ?? "";
const keyOf = () => place()?.closest("form").elements.key.value;
const tokens = () => document.querySelector("[data-files-tokens]");
const isHere = (entry) => place()?.dataset.url === entry.url && (!tokens() || keyOf() === entry.form);

// A picture from the clipboard has no name of its own; the time tells pictures apart.
function named(file) {
  if (file.name && file.name !== "image.png") return file;
  const local = new Date(Date.now() - new Date().getTimezoneOffset() * 60_000);
  const [day, time] = local.toISOString().split(/[T.]/);
  const ending = file.type.split("/")[1] ?? "png";
  return new File([file], `pasted ${day} ${time.replaceAll(":", ".")}.${ending}`, { type: file.type });
}

function begin(entry, name) {
  const made = document.querySelector("template[data-file-line]").content.firstElementChild;
  entry.line = made.cloneNode(true);
  entry.line.querySelector("[data-name]").textContent = name;
  entry.line.querySelector("progress").setAttribute("aria-label", name);
  entry.line.querySelector("[data-again]").addEventListener("click", () => again(entry));
  entry.line.querySelector("[data-drop]").addEventListener("click", () => drop(entry));
  lines.push(entry);
  document.querySelector("[data-files-queue]").append(entry.line);
}

function show(entry, said, state = entry.state) {
  entry.state = state;
  entry.line.querySelector("[data-said]").textContent = said;
  entry.line.querySelector("[data-again]").hidden = state !== "stays" || entry.isTooLarge;
  entry.line.querySelector("progress").hidden = state === "stays" || state === "kept";
  entry.line.classList.toggle("late", state === "stays");
}

function add(files) {
  for (const file of [...files].map(named)) {
    const key = `${keyOf()}.${(serial += 1)}`;
    const isTooLarge = file.size > Number(words("max"));
    const entry = { file, key, form: keyOf(), url: words("url"), isTooLarge };
    begin(entry, file.name);
    show(entry, words(isTooLarge ? "large" : "waits"), isTooLarge ? "stays" : "waits");
  }
  next();
}

function again(entry) {
  entry.isLost = false;
  show(entry, words("waits"), "waits");
  next();
}

function drop(entry) {
  const near = entry.line.nextElementSibling ?? entry.line.previousElementSibling;
  entry.request?.abort();
  forget(entry);
  if (entry.state === "kept") {
    write(entry.url, "DELETE", entry.token);
    name(tokens().value.split(" ").filter((token) => token !== entry.token));
  }
  (near?.querySelector("[data-drop]") ?? document.querySelector("[data-files-input]"))?.focus();
  next();
}

function forget(entry) {
  entry.line.remove();
  lines.splice(lines.indexOf(entry), 1);
}

// Sending --------------------------------------------------------------------

function next() {
  if (lines.some((entry) => entry.state === "goes")) return;
  const entry = lines.find((one) => one.state === "waits");
  if (entry === undefined) return finish();
  const body = new FormData();
  body.append("key", entry.key);
  body.append("files", entry.file, entry.file.name);
  show(entry, "", "goes");
  const request = write(entry.url, "POST", "", body);
  entry.request = request;
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable || entry.state !== "goes") return;
    entry.line.querySelector("progress").value = event.loaded / event.total;
    show(entry, `${Math.floor((100 * event.loaded) / event.total)} %`);
  });
  request.addEventListener("load", () => answered(entry, request.status, request.response));
  request.addEventListener("error", () => lost(entry));
}

function write(url, method, below = "", body = null) {
  const request = new XMLHttpRequest(); // fetch tells nothing of its progress
  request.open(method, below === "" ? url : `${url}${below}/`);
  request.setRequestHeader("X-CSRFToken", document.querySelector("[name='csrfmiddlewaretoken']").value);
  request.setRequestHeader("Accept", "application/json");
  request.responseType = "json";
  request.send(body);
  return request;
}

function answered(entry, status, answer) {
  if (status !== 200 || !answer?.done) {
    stay(entry, answer?.error ?? words("failed"));
  } else if (answer.token) {
    keep(entry, answer);
  } else {
    forget(entry);
    changed = true;
    announce(`${entry.file.name}: ${answer.done}`);
  }
  next();
}

function stay(entry, said) {
  show(entry, said, "stays");
  announce(`${entry.file.name}: ${said}`);
}

// The server may have it or not: the same key makes both right.
function lost(entry) {
  stay(entry, words("lost"));
  entry.isLost = true;
  setTimeout(() => entry.isLost && lines.includes(entry) && again(entry), AGAIN_MS);
  next();
}

// Once all are through, what waited for them goes on, and the call is shown again; not while
// another answer is on its way into it.
function finish() {
  for (const go of held.splice(0)) go();
  if (!changed) return;
  if (document.querySelector("#log .htmx-request, #log.htmx-request") !== null) {
    document.addEventListener("htmx:afterSettle", () => finish(), { once: true });
    return;
  }
  changed = false;
  window.htmx.trigger(document.body, "attached");
}

// A call that is not saved yet -----------------------------------------------

function keep(entry, answer) {
  if (!isHere(entry)) return forget(entry); // its form is gone; the drafts know nothing of it
  entry.token = answer.token;
  show(entry, answer.size, "kept");
  name([...tokens().value.split(" "), answer.token]);
  announce(`${answer.name}: ${answer.done}`);
}

function name(list) {
  tokens().value = list.filter((token) => token !== "").join(" ");
  tokens().dispatchEvent(new Event("input", { bubbles: true }));
}

// The lines of the files that the form names: after a refusal, or when a draft came back.
function restore() {
  const named = (tokens()?.value ?? "").split(" ").filter((token) => token !== "");
  for (const entry of lines.filter((one) => one.state === "kept" && !named.includes(one.token))) forget(entry);
  const unknown = named.filter((token) => !lines.some((entry) => entry.token === token));
  if (unknown.length === 0) return;
  const [url, form] = [words("url"), keyOf()];
  const request = write(`${url}?${new URLSearchParams(unknown.map((token) => ["token", token]))}`, "GET");
  request.addEventListener("load", () => {
    for (const { token, name: said, size } of request.response?.files ?? []) {
      const entry = { token, url, form, key: "" };
      if (!isHere(entry) || lines.some((one) => one.token === token)) continue;
      begin(entry, said);
      show(entry, size, "kept");
    }
  });
}

document.addEventListener("htmx:confirm", (event) => {
  const mine = lines.some((entry) => ["waits", "goes"].includes(entry.state) && isHere(entry));
  if (!mine || event.target !== tokens()?.form) return;
  event.preventDefault();
  held.push(() => event.detail.issueRequest(true));
});

document.addEventListener("input", (event) => {
  if (event.target === tokens()) restore();
});

// A swap takes the list away; what is under way moves to the list of the same call.
document.addEventListener("htmx:afterSettle", () => {
  const queue = document.querySelector("[data-files-queue]");
  for (const entry of lines) if (!entry.line.isConnected && isHere(entry)) queue.append(entry.line);
  restore();
});

restore();

// Ways in --------------------------------------------------------------------

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-files-input]")) return;
  add(event.target.files);
  event.target.value = "";
  event.stopPropagation();
});

const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

document.addEventListener("dragover", (event) => {
  if (place() === null || !hasFiles(event)) return;
  event.preventDefault();
  place().classList.add("over");
});

document.addEventListener("dragleave", (event) => {
  if (event.relatedTarget === null) place()?.classList.remove("over");
});

document.addEventListener("drop", (event) => {
  if (place() === null || !hasFiles(event)) return;
  event.preventDefault();
  place().classList.remove("over");
  add(event.dataTransfer.files);
});

// Text in a field stays text, also where an office program puts a picture of it beside it.
document.addEventListener("paste", (event) => {
  const { files, types } = event.clipboardData;
  if (place() === null || files.length === 0) return;
  const isField = event.target.closest("input, textarea, [contenteditable]") !== null;
  if (isField && types.includes("text/plain")) return;
  event.preventDefault();
  add(files);
});

window.addEventListener("online", () => {
  for (const entry of lines) if (entry.isLost) again(entry);
});

window.addEventListener("beforeunload", (event) => {
  if (lines.some((entry) => entry.state !== "kept")) event.preventDefault();
});

document.documentElement.classList.add("sends-files"); // hides what only plain forms need
