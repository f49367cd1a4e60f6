// When the login of this page ends, the page locks in place: a veil over everything, all text kept,
// opened again by the password of the one whose page it is (B-42). The page knows from the server
// when that will be; it asks before it locks, and nothing that it asks by itself keeps a login
// alive. Only real input does, told to the server about once a minute.

import { ask, pageOf, renewToken } from "./asking.js";
import { release } from "./forms.js";

const TELL_MS = 61_000;
const AGAIN_MS = 10_000;
const LOOK_MS = 15_000; // while it is locked: perhaps it was opened in another tab

const veil = document.getElementById("lock");
const { session, idle, left } = document.body.dataset;
let ends = Date.now() + Number(left) * 1_000;
let told = Date.now();
let touched = Date.now(); // the last real input here
let timer = null;
let isLocked = false;
let before = null; // what had the focus
let looked = Date.now(); // the page itself came with the answer

function plan(ms) {
  clearTimeout(timer);
  timer = setTimeout(look, Math.max(ms, 250));
}

function lock() {
  if (!isLocked) {
    isLocked = true;
    before = document.activeElement;
    document.documentElement.dataset.locked = "yes";
    veil.showModal();
    veil.querySelector("#lock-password").focus();
  }
  plan(LOOK_MS);
}

function showOther(isOther) {
  veil.querySelector("[data-lock-other]").hidden = !isOther;
  for (const part of veil.querySelectorAll("[data-lock-fields]")) part.hidden = isOther;
}

// What the server said of the login: { who, left, token }.
function learn(said) {
  if (said.token) renewToken(said.token);
  showOther(said.who !== "" && said.who !== pageOf);
  if (said.who !== pageOf) return lock();
  ends = Date.now() + said.left * 1_000;
  plan(said.left * 1_000 + 500);
  if (isLocked) open();
}

function open() {
  isLocked = false;
  delete document.documentElement.dataset.locked;
  veil.close();
  veil.querySelector("form").reset();
  veil.querySelector("[data-lock-code]").hidden = true;
  veil.querySelector("[data-lock-wrong]").textContent = "";
  if (before?.isConnected) before.focus({ preventScroll: true });
  document.dispatchEvent(new CustomEvent("session:again"));
}

async function look() {
  looked = Date.now();
  try {
    const answer = await ask("GET", session, { background: true });
    if (answer.ok || answer.status === 401) learn(await answer.json());
    else plan(AGAIN_MS);
  } catch {
    // Nobody to ask: who is at work goes on, and a page without anybody locks by itself.
    if (Date.now() - touched > Number(idle) * 1_000) lock();
    else plan(AGAIN_MS);
  }
}

async function tell() {
  told = Date.now();
  try {
    const answer = await ask("POST", session);
    if (answer.ok) learn(await answer.json());
  } catch {
    told -= TELL_MS / 2; // told again soon
  }
}

function onInput(event) {
  if (!event.isTrusted || isLocked) return;
  touched = Date.now();
  if (touched - told > TELL_MS) tell();
}

async function unlock(event) {
  event.preventDefault();
  const form = event.target;
  const wrong = form.querySelector("[data-lock-wrong]");
  const body = new URLSearchParams(new FormData(form));
  body.append("shown", window.location.pathname + window.location.search);
  wrong.textContent = "";
  try {
    const answer = await ask("POST", form.action, { body });
    const said = await answer.json();
    if (said.token) renewToken(said.token);
    if (said.lead) return window.location.assign(said.lead);
    if (answer.ok) return learn(said);
    wrong.textContent = said.error ?? "";
    const code = form.querySelector("[data-lock-code]");
    if (said.needs_code) code.hidden = false;
    const field = said.needs_code ? code.querySelector("input") : form.querySelector("#lock-password");
    field.focus();
    field.select();
  } catch {
    wrong.textContent = form.dataset.lost;
  } finally {
    release(form);
  }
}

if (veil !== null && pageOf !== "") {
  veil.addEventListener("cancel", (event) => event.preventDefault());
  veil.addEventListener("close", () => isLocked && veil.showModal());
  veil.querySelector("form").addEventListener("submit", unlock);
  document.addEventListener("session:over", lock);
  for (const name of ["keydown", "pointerdown"]) document.addEventListener(name, onInput, true);
  // A machine that slept, or another tab in which somebody else signed in meanwhile.
  const again = () => (isLocked || Date.now() >= ends || Date.now() - looked > AGAIN_MS) && look();
  for (const name of ["focus", "pageshow", "online"]) window.addEventListener(name, again);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && again());
  plan(ends - Date.now() + 500);
}
