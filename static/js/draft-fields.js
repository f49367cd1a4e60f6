// A form as a list of [name, value], and such a list put back into a form.

// What belongs to one opening of the form, or to the place: never kept, never put back.
const OWN = new Set(["csrfmiddlewaretoken", "key", "draft", "unit", "property", "next"]);

export function entriesOf(form) {
  return [...new FormData(form)]
    .filter(([name, value]) => typeof value === "string" && !OWN.has(name))
    .map(([name, value]) => [name, value.replaceAll("\0", "").toWellFormed()]);
}

export const alike = (one, other) => JSON.stringify(one) === JSON.stringify(other);

// Hidden fields are the server's: only what an editor had seen (so that a change of somebody else
// is noticed), and what asks for it by data-draft-keep, is put back.
const isOurs = (field) =>
  field.type !== "hidden" || field.name.startsWith("seen_") || "draftKeep" in field.dataset;

function tell(field) {
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

function check(field, checked) {
  if (field.checked === checked) return;
  field.checked = checked;
  tell(field);
}

function write(field, value) {
  if (field.value === value) return;
  field.value = value;
  if (field.type !== "hidden") tell(field);
}

// Put the entries into the form; those whose field is not there (yet) are given back. Boxes are
// checked in the order of the entries, because the first reason is the main one.
export function putBack(form, entries) {
  const focused = document.activeElement;
  const names = [...new Set(entries.map(([name]) => name))];
  const fields = (name) => [...form.elements].filter((field) => field.name === name && isOurs(field));
  const values = (name) => entries.filter(([other]) => other === name).map(([, value]) => value);
  const missing = [];
  for (const box of [...form.elements].filter((field) => field.type === "checkbox" && field.name))
    if (!values(box.name).includes(box.value)) check(box, false);
  for (const name of names) {
    const found = fields(name);
    if (found.length === 0) {
      const known = [...form.elements].some((field) => field.name === name);
      if (!known && !OWN.has(name)) missing.push(...values(name).map((value) => [name, value]));
    } else if (found[0].type === "checkbox") {
      for (const value of values(name)) {
        const box = found.find((one) => one.value === value);
        if (box) check(box, true);
        else missing.push([name, value]);
      }
    } else if (found[0].type === "select-multiple") {
      for (const option of found[0].options) option.selected = values(name).includes(option.value);
      tell(found[0]);
    } else if (found[0].type !== "radio") {
      found.slice(0, values(name).length).forEach((field, at) => write(field, values(name)[at]));
    }
  }
  // Last, because words in another field may have chosen one.
  for (const name of names)
    for (const radio of fields(name)) if (radio.type === "radio" && values(name).includes(radio.value)) check(radio, true);
  if (document.activeElement !== focused && focused?.isConnected) focused.focus({ preventScroll: true });
  return missing;
}
