// Histograms of every layer, and the first layer's weights as pictures.
import { $, colour, make, say } from "../dom.js";
import { number } from "../format.js";
import { diverging, signedBytes } from "../pixels.js";

let latest = null;
window.addEventListener("themechange", () => latest && showLayers(latest));

export function showLayers(state) {
  latest = state;
  const box = $("histograms");
  if (box.childElementCount !== 2 * state.layers.length || box.querySelector("p")) {
    box.replaceChildren(...state.layers.flatMap(() => [figure(), figure()]));
  }
  state.layers.forEach((layer, i) => {
    fill(box.children[2 * i], `${i + 1}: ${layer.name}`, "weights", layer.weights, "plus");
    fill(box.children[2 * i + 1], "its gradients", "gradients", layer.gradients, "minus");
  });
  showUnits(state.pictures);
}

function figure() {
  return make("figure", {}, make("h3"), make("canvas", { role: "img" }), make("figcaption", { className: "number" }));
}

function fill(box, title, what, histogram, tint) {
  const [heading, canvas, caption] = box.children;
  say(heading, title);
  if (!histogram) {
    say(caption, "none before the first step");
    return;
  }
  const text = `±${number(histogram.limit, 3)}, mean ${number(histogram.mean, 2)}, deviation ${number(histogram.deviation, 3)}`;
  say(caption, text);
  canvas.setAttribute("aria-label", `Histogram of the ${what}: ${text}`);
  bars(canvas, histogram.counts, colour(tint));
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
  const pixels = signedBytes(pictures.pixels);
  const shown = pixels.length / size;
  say($("units-about"), `${shown < pictures.units ? `${shown} of ` : ""}${pictures.units} units; blue +, orange −, at most ±${number(pictures.limit, 3)}`);
  while (box.childElementCount > shown) {
    box.lastElementChild.remove();
  }
  while (box.childElementCount < shown) {
    const unit = box.childElementCount;
    box.append(make("canvas", { className: "pixels", role: "img", "aria-label": `Weights of unit ${unit + 1}` }));
  }
  [...box.children].forEach((canvas, i) => diverging(canvas, pictures.width, pictures.height, pixels, 127, i * size));
}
