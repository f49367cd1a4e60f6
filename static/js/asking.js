// Requests of our own scripts: with the token of the login of now, and the name of the one whose
// page this is, so that a page of somebody who left never acts for whoever came after.

export const pageOf = document.body.dataset.pageOf ?? "";

const headersNow = () => JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");

// A login of its own has a token of its own: every form of the page gets it.
export function renewToken(token) {
  const headers = { ...headersNow(), "x-csrftoken": token };
  document.body.setAttribute("hx-headers", JSON.stringify(headers));
  for (const field of document.querySelectorAll("input[name='csrfmiddlewaretoken']")) field.value = token;
}

// The answer to a request. Throws TypeError or a DOMException when none comes. An answer that the
// login is over is told to the page ("session:over"). `background` keeps no login alive (B-42).
export async function ask(method, url, { body, background = false, keepalive = false, wait = 8_000 } = {}) {
  const answer = await once(method, url, { body, background, keepalive, wait });
  if (answer.status === 403 && !keepalive) {
    const parsed = new DOMParser().parseFromString(await answer.clone().text(), "text/html");
    const token = parsed.querySelector("[data-token]")?.dataset.token;
    if (token) {
      renewToken(token);
      return once(method, url, { body, background, keepalive, wait });
    }
  }
  if (answer.status === 401) document.dispatchEvent(new CustomEvent("session:over"));
  return answer;
}

function once(method, url, { body, background, keepalive, wait }) {
  const headers = { ...headersNow(), "HX-Request": "true", "HX-Current-URL": window.location.href };
  if (background) headers["X-Background"] = "1";
  if (typeof body === "string") headers["Content-Type"] = "application/json";
  const signal = keepalive ? undefined : AbortSignal.timeout(wait);
  return fetch(url, { method, body, headers, keepalive, signal, credentials: "same-origin", redirect: "error" });
}

// htmx sends one request at a time for an element, and of those that wait only the last. Each asker
// has a lane of its own, an element outside forms, so that none drops what another one asked.
export function askInto(lane, verb, url, context) {
  const found = document.querySelector(`[data-lane='${lane}']`);
  const source = found ?? Object.assign(document.createElement("i"), { hidden: true });
  source.dataset.lane = lane;
  if (found === null) document.body.append(source);
  window.htmx.ajax(verb, url, { target: source, ...context, source });
}
