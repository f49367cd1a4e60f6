// `::word` in a note or comment: a small list below the field, Enter or Tab inserts, Esc leaves.
//
// The server says what there is for this place and fills in its fields; here it is only text.
// Nothing is inserted without Enter, Tab or a click, and the browser's own undo takes it back.

const TYPED = /(?:^|[\s(])::([a-z0-9_-]{0,30})$/i;
const FRESH_MS = 20_000;
const MOST = 8;

let open = null; // { field, start, list, found, at }
let known = { url: "", at: 0, words: Promise.resolve([]) };

const isText = (element) =>
  element instanceof HTMLTextAreaElement && element.dataset.snippets !== "off" && !element.readOnly;

// Where the words are for: the call of the page, or the place of the form.
function urlOf(field) {
  const about = new URLSearchParams();
  const form = field.form;
  const call = /\/calls\/(\d+)\//.exec(form?.getAttribute("action") ?? "");
  if (call) about.set("call", call[1]);
  else
    for (const [name, value] of form ? new FormData(form) : [])
      if (["property", "unit", "resident", "reasons"].includes(name) && value !== "") about.append(name, value);
  return `${document.body.dataset.snippets}?${about}`;
}

function wordsFor(field) {
  const url = urlOf(field);
  if (known.url !== url || Date.now() - known.at > FRESH_MS) {
    const words = fetch(url)
      .then((answer) => (answer.ok ? answer.json() : { snippets: [] }))
      .then((said) => said.snippets)
      .catch(() => []);
    known = { url, at: Date.now(), words };
  }
  return known.words;
}

function fitting(words, typed) {
  const begins = words.filter((one) => one.word.startsWith(typed));
  const has = words.filter((one) => !one.word.startsWith(typed) && one.word.includes(typed));
  return [...begins, ...has].slice(0, MOST);
}

async function look(field) {
  const typed = TYPED.exec(field.value.slice(0, field.selectionStart));
  if (typed === null || field.selectionStart !== field.selectionEnd) return close();
  const word = typed[1].toLowerCase();
  const found = fitting(await wordsFor(field), word);
  const now = TYPED.exec(field.value.slice(0, field.selectionStart));
  if (now === null || now[1].toLowerCase() !== word || document.activeElement !== field) return;
  if (found.length === 0) return close();
  show(field, found, field.selectionStart - typed[1].length - 2);
}

function show(field, found, start) {
  close();
  const list = Object.assign(document.createElement("ul"), { id: "snippet-words", className: "snippet-words" });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", document.body.dataset.snippetsLabel);
  found.forEach((one, place) => {
    const row = document.createElement("li");
    row.id = `snippet-word-${place}`;
    row.setAttribute("role", "option");
    row.append(
      Object.assign(document.createElement("b"), { textContent: `::${one.word}` }),
      Object.assign(document.createElement("span"), { className: "cut", dir: "auto", textContent: one.text }),
    );
    row.addEventListener("mousedown", (event) => {
      event.preventDefault();
      insert(place);
    });
    list.append(row);
  });
  field.after(list);
  field.setAttribute("aria-controls", list.id);
  field.setAttribute("aria-autocomplete", "list");
  open = { field, start, list, found, at: 0 };
  mark(0);
}

function mark(place) {
  open.at = (place + open.found.length) % open.found.length;
  [...open.list.children].forEach((row, n) => row.setAttribute("aria-selected", String(n === open.at)));
  open.field.setAttribute("aria-activedescendant", `snippet-word-${open.at}`);
  open.list.children[open.at].scrollIntoView({ block: "nearest" });
}

function close() {
  if (open === null) return;
  open.list.remove();
  for (const name of ["aria-controls", "aria-autocomplete", "aria-activedescendant"]) open.field.removeAttribute(name);
  open = null;
}

// Somebody whom the house does not know by name is called what the form says.
function filled(text, field) {
  const name = field.form?.elements.call_from?.value?.trim();
  return name ? text.replaceAll("{resident}", () => name) : text;
}

function put(field, start, end, text) {
  field.focus();
  field.setSelectionRange(start, end);
  // The only way that the browser's undo takes back; setRangeText where it is gone.
  if (document.execCommand("insertText", false, text)) return;
  field.setRangeText(text, start, end, "end");
  field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText", data: text }));
}

function insert(place) {
  const { field, start, found } = open;
  const end = field.selectionStart;
  close();
  put(field, start, end, filled(found[place].text, field));
}

document.addEventListener("input", (event) => {
  if (isText(event.target) && !event.isComposing) look(event.target);
});
document.addEventListener("compositionend", (event) => {
  if (isText(event.target)) look(event.target);
});
document.addEventListener("focusout", (event) => {
  if (open !== null && event.target === open.field) close();
});

function onKey(event) {
  if (open === null || event.target !== open.field || event.isComposing || event.keyCode === 229) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") mark(open.at + (event.key === "ArrowDown" ? 1 : -1));
  else if (event.key === "Enter" || event.key === "Tab") insert(open.at);
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

document.addEventListener("keydown", onKey, true); // before the keys of the page
