// One stream of hints for a browser, shared by its tabs: whoever holds the lock reads it and passes
// every word on. Words are dispatched as "live:word" with { name, data }:
//
// alive    the database is listened to: what was read since the last change is true now
// hint     rows of these topics changed
// stale    nobody listens to the database; reload: somebody does again
// down     there is no stream
//
// A stream keeps no login alive and says nothing but this; pages read again by themselves.

import { ask, pageOf } from "./asking.js";

const SILENT_MS = 35_000; // heartbeats come every 15 s
const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;

const { stream, session, streamName } = document.body.dataset;
const name = `callcenter-live:${streamName ?? pageOf}`;
const channel = stream && "BroadcastChannel" in window ? new BroadcastChannel(name) : null;

let last = { name: "down", data: "" };
let heardAt = 0;
let isLeader = false;

export const isLive = () => last.name === "alive" && Date.now() - heardAt < SILENT_MS;

function hear(word) {
  heardAt = Date.now();
  if (word.name === "stale" || word.name === "down") last = word;
  else last = { name: "alive", data: "" };
  document.dispatchEvent(new CustomEvent("live:word", { detail: word }));
}

function tell(word) {
  channel.postMessage(word);
  hear(word);
}

function wordOf(text) {
  const word = { name: "", data: "" };
  for (const line of text.split("\n")) {
    const [field, value] = line.split(/: ?(.*)/s);
    if (field === "event") word.name = value;
    else if (field === "data") word.data = value;
  }
  return word;
}

// The status of the answer; 0 when there was none, or when the stream had begun and is over.
async function read() {
  const abort = new AbortController();
  let watchdog = 0;
  const feed = () => {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => abort.abort(), SILENT_MS);
  };
  window.addEventListener("pagehide", () => abort.abort(), { once: true });
  feed();
  try {
    const address = pageOf === "" ? stream : `${stream}?of=${encodeURIComponent(pageOf)}`;
    const answer = await fetch(address, { credentials: "include", cache: "no-store", signal: abort.signal });
    if (!answer.ok) return answer.status;
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return 0;
      feed();
      const parts = (rest + value).split("\n\n");
      rest = parts.pop();
      for (const word of parts.map(wordOf)) if (word.name !== "" && word.name !== "again") tell(word);
    }
  } catch {
    return 0;
  } finally {
    clearTimeout(watchdog);
  }
}

const pause = (ms) => new Promise((go) => setTimeout(go, ms * (0.5 + Math.random())));

// Reads for ever; the further apart, the more often it was in vain.
async function lead() {
  isLeader = true;
  for (let vain = 0; ; ) {
    const began = Date.now();
    const status = await read();
    tell({ name: "down", data: "" });
    if (status === 401 && session) await ask("GET", session, { background: true }).catch(() => null);
    const isRefused = status >= 400 && status < 500;
    vain = isRefused ? vain + 4 : Date.now() - began > LONGEST_MS ? 0 : vain + 1;
    await pause(Math.min(FIRST_MS * 2 ** Math.min(vain - 1, 10), LONGEST_MS));
  }
}

if (channel !== null) {
  channel.addEventListener("message", ({ data }) => {
    if (data !== "well?") hear(data);
    else if (isLeader) channel.postMessage(last);
  });
  channel.postMessage("well?");
  if (navigator.locks) navigator.locks.request(name, lead);
}
