// What each layer gave, a cell for each unit; pointing at a cell reads it.
import { $, make, say } from "../dom.js";
import { number, signed } from "../format.js";
import { diverging, signedBytes } from "../pixels.js";

const mostColumns = 100;
const cell = 12;

export function showActivations(layers) {
  $("activations").replaceChildren(...layers.map((layer, i) => {
    const values = signedBytes(layer.values.bytes);
    const columns = Math.min(values.length, mostColumns);
    const rows = Math.ceil(values.length / columns);
    const padded = new Int8Array(rows * columns);
    padded.set(values);
    const canvas = make("canvas", { className: "pixels", role: "img", "aria-label": `Activations of layer ${i + 1}` });
    diverging(canvas, columns, rows, padded, 127);
    // Cells of the same size in every layer, as far as there is room.
    canvas.style.width = `min(100%, ${cell * columns}px)`;
    const title = `${i + 1}: ${layer.name}, at most ±${number(layer.values.limit, 3)}`;
    const caption = make("figcaption", { className: "number" }, title);
    canvas.addEventListener("pointermove", (event) => {
      const at = (share, count) => Math.max(0, Math.min(count - 1, Math.floor(share * count)));
      const unit = at(event.offsetY / canvas.clientHeight, rows) * columns + at(event.offsetX / canvas.clientWidth, columns);
      say(caption, unit < values.length
        ? `${title}; unit ${unit + 1}: ${signed((layer.values.limit * values[unit]) / 127, 2)}` : title);
    });
    canvas.addEventListener("pointerleave", () => say(caption, title));
    return make("figure", {}, caption, canvas);
  }));
}
