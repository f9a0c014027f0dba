// Talking to the server that sent this page, and to no other.
import { $, notice, say } from "./dom.js";

/** Sends a request; a refusal is thrown with the server's reason as its message. */
async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    throw error.name === "AbortError" ? error : new Error("the studio does not answer; is it still running?");
  }
  const answer = await response.json();
  if (!response.ok) {
    throw new Error(answer.error);
  }
  return answer;
}

export const get = (path) => ask(path);

export const post = (path, body = {}) => ask(path, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
});

export const postBytes = (path, bytes, signal) => ask(path, {
  method: "POST",
  headers: { "Content-Type": "application/octet-stream" },
  body: bytes,
  signal,
});

/** Runs something and shows its failure to the person. */
export async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    if (error.name !== "AbortError") {
      notice(error.message);
    }
    return null;
  }
}

const retryAfter = 2000;

/**
 * Follows a session: handlers are called with each topic's newest state. Browsers allow only six connections to a server, so a
 * tab that nobody sees gives its own back.
 */
export function follow(path, handlers) {
  let source = null;
  const open = () => {
    if (source || document.hidden) {
      return;
    }
    source = new EventSource(path);
    source.onopen = () => say($("link"), "");
    source.onerror = () => {
      say($("link"), "not connected; tries again");
      // Browsers try again by themselves, except after an answer that was a refusal.
      if (source?.readyState === EventSource.CLOSED) {
        source = null;
        setTimeout(open, retryAfter);
      }
    };
    for (const [topic, handle] of Object.entries(handlers)) {
      source.addEventListener(topic, (event) => handle(JSON.parse(event.data)));
    }
  };
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      source?.close();
      source = null;
    } else {
      open();
    }
  });
  open();
}
