// Short words for what every page does with elements.

export const $ = (id) => document.getElementById(id);

/** Makes an element: make("p", { className: "note" }, "text", child, ...). */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-") || name === "role" || name === "for") {
      element.setAttribute(name, value);
    } else {
      element[name] = value;
    }
  }
  element.append(...children);
  return element;
}

/** Makes an element of a drawing. */
export function draw(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** Sets a text only when it changes, so that nothing is laid out for nothing. */
export function say(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

/** Tells that something went wrong; gone after a while or a click. */
export function notice(text) {
  const box = $("notices");
  for (const old of box.children) {
    if (old.dataset.text === text) {
      old.remove();
    }
  }
  const close = make("button", { type: "button", className: "quiet", "aria-label": "Dismiss" }, "×");
  const entry = make("div", { className: "notice" }, make("span", {}, text), close);
  entry.dataset.text = text;
  close.addEventListener("click", () => entry.remove());
  box.append(entry);
  setTimeout(() => entry.remove(), 9000);
}

/** Calls a function at most once a frame, however often it is asked for. */
export function oncePerFrame(work) {
  let waiting = false;
  return () => {
    if (!waiting) {
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        work();
      });
    }
  };
}

// Asking for computed styles makes the browser compute them: once for each theme is enough.
const colours = new Map();
window.addEventListener("themechange", () => colours.clear());

/** The value of one of the style sheet's colours. */
export function colour(name) {
  if (!colours.has(name)) {
    const probe = document.body.appendChild(make("i", { hidden: true }));
    probe.style.color = `var(--${name})`;
    colours.set(name, getComputedStyle(probe).color);
    probe.remove();
  }
  return colours.get(name);
}

/** A colour of the style sheet as [red, green, blue]. */
export function rgb(name) {
  return colour(name).match(/[\d.]+/g).slice(0, 3).map(Number);
}
