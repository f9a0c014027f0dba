// Histograms of every layer, and the first layer's weights as pictures.
import { $, colour, make, say } from "../dom.js";
import { number, percent } from "../format.js";
import { diverging, signedBytes } from "../pixels.js";

let latest = null;
window.addEventListener("themechange", () => latest && showLayers(latest));

export function showLayers(state) {
  latest = state;
  const box = $("histograms");
  if (box.childElementCount !== state.layers.length || box.querySelector("p")) {
    box.replaceChildren(...state.layers.map(() => make("div", { className: "layer" }, make("h3"), figure(), figure())));
  }
  state.layers.forEach((layer, i) => {
    const [title, weights, gradients] = box.children[i].children;
    say(title, `${i + 1}: ${layer.name}${health(layer)}`);
    fill(weights, "weights", layer.weights, "plus");
    fill(gradients, "gradients", layer.gradients, "minus");
  });
  showUnits(state.pictures);
}

/** What is wrong with a layer's units, if anything is. */
function health(layer) {
  return [
    layer.deadUnits > 0 ? `; ${percent(layer.deadUnits)} of its units are dead` : "",
    layer.saturated > 0 ? `; ${percent(layer.saturated)} of its outputs saturated` : "",
  ].join("");
}

function figure() {
  return make("figure", {}, make("canvas", { role: "img" }), make("figcaption", { className: "number" }));
}

function fill(box, what, spread, tint) {
  const [canvas, caption] = box.children;
  const text = `${what} ${number(spread.min, 3)} to ${number(spread.max, 3)}, deviation ${number(spread.deviation, 3)}`;
  say(caption, text);
  canvas.setAttribute("aria-label", `Histogram: ${text}`);
  bars(canvas, spread.counts, colour(tint));
}

function bars(canvas, counts, fillStyle) {
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  canvas.width = width * devicePixelRatio;
  canvas.height = height * devicePixelRatio;
  const context = canvas.getContext("2d");
  context.scale(devicePixelRatio, devicePixelRatio);
  const largest = Math.max(...counts, 1);
  const step = width / counts.length;
  context.fillStyle = fillStyle;
  counts.forEach((value, i) => {
    // A bar that is not empty can be seen.
    const size = value ? Math.max(1.5, (value / largest) * (height - 4)) : 0;
    context.fillRect(i * step, height - 1 - size, Math.max(1, step - 1), size);
  });
  context.fillStyle = colour("line");
  context.fillRect(0, height - 1, width, 1);
}

function showUnits(pictures) {
  const box = $("units");
  if (!pictures) {
    say($("units-about"), "its inputs are no pictures");
    box.replaceChildren();
    return;
  }
  const size = pictures.height * pictures.width;
  const pixels = signedBytes(pictures.values.bytes);
  const { shown } = pictures;
  say($("units-about"), `${shown < pictures.units ? `${shown} of ` : ""}${pictures.units} units; `
    + `blue +, orange −, at most ±${number(pictures.values.limit, 3)}`);
  while (box.childElementCount > shown) {
    box.lastElementChild.remove();
  }
  while (box.childElementCount < shown) {
    const unit = box.childElementCount;
    box.append(make("canvas", { className: "pixels", role: "img", "aria-label": `Weights of unit ${unit + 1}` }));
  }
  [...box.children].forEach((canvas, i) => diverging(canvas, pictures.width, pictures.height, pixels, 127, i * size));
}
