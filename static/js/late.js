// What an earlier page of this login could not send: forms that waited for the connection, then
// words that the server does not have. Sent once when the next page opens.

import { ask } from "./asking.js";
import { announce } from "./forms.js";
import * as tail from "./tail.js";

// Only addresses of this site: a record that says otherwise is not ours.
const isOurs = (action) => typeof action === "string" && /^\/(?!\/)/.test(action);

function say(name, link) {
  const found = document.querySelector(`template[data-notice='${name}']`);
  if (found === null) return;
  const notice = found.content.firstElementChild.cloneNode(true);
  const anchor = notice.querySelector("a");
  if (link) anchor.href = link;
  else anchor?.remove();
  notice.querySelector("[data-close]").addEventListener("click", () => notice.remove());
  document.body.append(notice);
  announce(notice.querySelector("span").textContent.trim().replace(/\s+/g, " "));
}

// The form as it was sent, with its key: it has its effect once. False when nobody answered.
async function sendForm(id, { action, entries }) {
  if (!isOurs(action)) return tail.drop(id);
  const body = new URLSearchParams(entries);
  const answer = await ask("POST", action, { body, background: true, wait: 20_000 });
  if (answer.status === 401 || answer.status >= 500) return false;
  if (answer.ok) {
    tail.drop(id);
    say("sent-late", answer.headers.get("HX-Redirect") ?? action.replace(/[a-z]+\/$/, ""));
  } else {
    say("refused-late", "");
  }
  return true;
}

async function sendWords(id, { key, opened, seq, data, movedFrom }) {
  if (!key) return tail.drop(id);
  const body = JSON.stringify({ opened, seq, data, moved_from: movedFrom ?? "" });
  const url = `${document.body.dataset.drafts}${encodeURIComponent(key)}/`;
  const answer = await ask("PUT", url, { body, background: true });
  if (answer.status < 500 && answer.status !== 401) tail.drop(id);
}

// Whether there was something; `isHere` says which records belong to forms of this very page.
export async function sendLate(isHere) {
  const records = (await tail.all()).filter(([id]) => !isHere(id));
  for (const [id, record] of records) {
    try {
      // Refused: the words go on as a draft, to be looked at.
      const isAnswered = record.queued ? await sendForm(id, record.queued) : true;
      const isLeft = (await tail.all()).some(([other]) => other === id);
      if (isAnswered && isLeft) await sendWords(id, record);
    } catch {
      return false; // no connection again: the next page tries
    }
  }
  return records.length > 0;
}
