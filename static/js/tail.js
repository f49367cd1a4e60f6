// Words that the server does not have yet, kept in this browser: encrypted with a key that the
// server made for the login and that dies with it, so that nothing is readable here and nothing
// can be read after signing out (B-24). Without a key or without storage nothing is kept.

const PREFIX = "callcenter.tail.";

let key = null;
const turns = new Map(); // id -> the newest wish about it: an older one that comes late is void

const bytesOf = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
const textOf = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
const bound = (id) => new TextEncoder().encode(`${document.body.dataset.pageOf}/${id}`);

function turn(id) {
  const mine = (turns.get(id) ?? 0) + 1;
  turns.set(id, mine);
  return () => turns.get(id) === mine;
}

// The key of the login, in base64; "" for none. Scripts can use it but not read it back.
export async function useKey(base64) {
  key = null;
  if (base64 === "" || !window.crypto?.subtle) return;
  key = await crypto.subtle.importKey("raw", bytesOf(base64), "AES-GCM", false, ["encrypt", "decrypt"]);
}

export const canKeep = () => key !== null;

// Whether the record is in the storage now.
export async function keep(id, record) {
  const isNewest = turn(id);
  if (key === null) return false;
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const plain = new TextEncoder().encode(JSON.stringify(record));
  const secret = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: bound(id) }, key, plain);
  if (!isNewest()) return true;
  try {
    localStorage.setItem(PREFIX + id, `${textOf(iv)}.${textOf(new Uint8Array(secret))}`);
    return true;
  } catch {
    return false; // full, or not allowed
  }
}

export function drop(id) {
  turn(id);
  try {
    localStorage.removeItem(PREFIX + id);
  } catch {
    // nothing was kept then
  }
}

function ids() {
  try {
    return Object.keys(localStorage)
      .filter((name) => name.startsWith(PREFIX))
      .map((name) => name.slice(PREFIX.length));
  } catch {
    return [];
  }
}

// All records of this login as [id, record]; what another login left cannot be read and goes.
export async function all() {
  const found = [];
  if (key === null) return found;
  for (const id of ids()) {
    try {
      const [iv, secret] = localStorage.getItem(PREFIX + id).split(".").map(bytesOf);
      const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: bound(id) }, key, secret);
      found.push([id, JSON.parse(new TextDecoder().decode(plain))]);
    } catch {
      drop(id);
    }
  }
  return found;
}

export const isEmpty = () => ids().length === 0;

export function wipe() {
  for (const id of ids()) drop(id);
}
