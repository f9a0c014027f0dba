// What each stage of the backward view says: the forward line, what it differentiates to, and the engine's numbers in it.
import { make } from "../dom.js";
import { number, percent, precise, signed } from "../format.js";

const slopes = {
  tanh: ["1 − y²", (y) => 1 - y * y],
  sigmoid: ["y·(1 − y)", (y) => y * (1 - y)],
  relu: ["1 where y > 0, else 0", (y) => (y > 0 ? 1 : 0)],
};

/** By kind: functions of the layer's trace, its number from 1 on, and the whole trace. */
export const pages = {
  loss(layer, place, trace) {
    const p = trace.probabilities[trace.label];
    return [
      title("The loss"),
      equation(`L = −ln p = −ln ${number(p)} = ${number(trace.loss)}`),
      note(`The softmax of the scores ${layer.y.map((score) => signed(score)).join(", ")} gives class ${trace.label + 1} `
        + `a probability of ${percent(p, 2)}. The gradient begins here.`),
    ];
  },

  scores(layer, place, trace) {
    return [
      title(`Layer ${place}: the scores' gradient`),
      equation("dz = p − target"),
      note("Softmax and logarithm together differentiate to something this simple: by how much each probability is too high."),
      table(["class", "p", "target", "dz"], trace.probabilities.map((p, i) =>
        [String(i + 1), number(p), i === trace.label ? "1" : "0", precise(layer.dz[i])])),
    ];
  },

  dz(layer, place) {
    const [words, slope] = slopes[layer.activation];
    return [
      title(`Layer ${place}: through the activation`),
      equation(`forward y = ${layer.activation}(z), so dz = dy · (${words})`),
      table(["unit", "z", "y", "slope", "dy", "dz"], layer.dz.map((dz, i) => [String(i + 1), signed(layer.z[i], 4),
        signed(layer.y[i], 4), number(slope(layer.y[i])), precise(layer.dy[i]), precise(dz)])),
    ];
  },

  dw(layer, place) {
    const outputs = layer.dz.length;
    return [
      title(`Layer ${place}: its weights`),
      equation("forward z = x·W + b, so dw[p, j] = x[p] · dz[j] and db[j] = dz[j]"),
      table(["dw", ...layer.dz.map((dz, j) => `dz${j + 1} ${precise(dz)}`)], [
        ...layer.x.map((x, p) => [`x${p + 1} ${signed(x, 4)}`, ...layer.dz.map((_, j) => precise(layer.dw[p * outputs + j]))]),
        ["db", ...layer.dz.map(precise)],
      ]),
    ];
  },

  dx(layer, place) {
    const outputs = layer.dz.length;
    const term = (p, j) => `${precise(layer.dz[j])} · ${signed(layer.w[p * outputs + j])}`;
    return [
      title(`Layer ${place}: back to what came in`),
      equation("forward z = x·W + b, so dx[p] = Σ over j of dz[j] · w[p, j]"),
      note("Every edge carries the gradient of its end back to its beginning; what comes back is the dy of the layer before."),
      table(["to", ...layer.dz.map((_, j) => `dz${j + 1} · w`), "sum: dx"], layer.x.map((_, p) =>
        [`x${p + 1}`, ...layer.dz.map((_, j) => term(p, j)), precise(layer.dx[p])])),
    ];
  },
};

const title = (text) => make("h3", {}, text);
const equation = (text) => make("p", { className: "equation mono" }, text);
const note = (text) => make("p", { className: "small soft" }, text);

function table(head, rows) {
  const row = (cells, tag) => make("tr", {}, ...cells.map((cell) => make(tag, {}, cell)));
  return make("div", { className: "wide", tabIndex: 0, role: "group", "aria-label": "Numbers" }, make("table", {},
    make("thead", {}, row(head, "th")), make("tbody", {}, ...rows.map((cells) => row(cells, "td")))));
}
