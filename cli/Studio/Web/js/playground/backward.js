// The backward view: one point's gradient flows from the loss to the inputs, stage by stage, with the engine's own numbers.
import { attempt, post } from "../api.js";
import { $, make, say } from "../dom.js";
import { count, number, percent, signed } from "../format.js";

const refreshEvery = 200;

export class Backward {
  constructor() {
    Object.assign(this, { isOn: false, point: null, trace: null, stage: 0, asked: 0, onchange: () => {} });
    $("earlier").addEventListener("click", () => this.go(-1));
    $("later").addEventListener("click", () => this.go(1));
  }

  follow(setup) {
    this.setup = setup;
    this.trace = null;
    if (!this.point || this.point[2] >= setup.classes) {
      this.point = setup.train[0] ?? null;
    }
  }

  turn(isOn) {
    this.isOn = isOn;
    $("back").hidden = !isOn;
    if (isOn) {
      this.ask();
    }
    this.onchange();
  }

  /** Follows the nearest of the points. */
  choose(x, y) {
    const distance = (point) => (point[0] - x) ** 2 + (point[1] - y) ** 2;
    this.point = [...this.setup.train, ...this.setup.test].reduce((a, b) => (distance(b) < distance(a) ? b : a));
    this.stage = 0;
    this.ask();
  }

  /** The weights have moved on: so have the gradients. */
  refresh(state) {
    const now = performance.now();
    if (this.isOn && (!state.isRunning || now - this.asked > refreshEvery) && this.trace?.step !== state.step) {
      this.ask();
    }
  }

  async ask() {
    if (!this.point) {
      return;
    }
    this.asked = performance.now();
    const [x, y, label] = this.point;
    const trace = await attempt(() => post("/api/playground/trace", { x, y, label }));
    if (trace) {
      this.trace = trace;
      this.show();
      this.onchange();
    }
  }

  /** Stages: the loss, then for each layer from the last its dz, its dw and db, and its dx. */
  stages() {
    const last = this.trace.layers.length - 1;
    const stages = [{ kind: "loss", layer: last }];
    for (let layer = last; layer >= 0; layer--) {
      stages.push({ kind: layer === last ? "scores" : "dz", layer }, { kind: "dw", layer });
      if (layer > 0) {
        stages.push({ kind: "dx", layer });
      }
    }
    return stages;
  }

  go(step) {
    if (this.trace) {
      this.stage = Math.max(0, Math.min(this.stages().length - 1, this.stage + step));
      this.show();
      this.onchange();
    }
  }

  current() {
    return this.isOn && this.trace ? this.stages()[this.stage] : null;
  }

  /** Whether the edges behind a layer belong to the stage. */
  isLit(layer) {
    const current = this.current();
    return !current || ((current.kind === "dw" || current.kind === "dx") && current.layer === layer);
  }

  /** Whether a column of units belongs to the stage; column 0 is the input. */
  isUnitLit(column) {
    const current = this.current();
    return Boolean(current) && ((["loss", "scores", "dz"].includes(current.kind) && current.layer + 1 === column)
      || (current.kind === "dx" && current.layer === column));
  }

  show() {
    const stages = this.stages();
    this.stage = Math.min(this.stage, stages.length - 1);
    const { kind, layer } = stages[this.stage];
    const { trace } = this;
    say($("back-about"), `point (${trace.x.toFixed(2)}, ${trace.y.toFixed(2)}) of class ${trace.label + 1}, after step ${count(trace.step)}`);
    say($("stage-count"), `${this.stage + 1} of ${stages.length}`);
    $("earlier").disabled = this.stage === 0;
    $("later").disabled = this.stage === stages.length - 1;
    $("stage").replaceChildren(...this[kind](trace.layers[layer], layer + 1, trace));
  }

  loss(layer, place, trace) {
    const p = trace.probabilities[trace.label];
    return [
      title("The loss"),
      equation(`L = −ln p = −ln ${number(p)} = ${number(trace.loss)}`),
      note(`The softmax of the scores ${layer.y.map((score) => signed(score)).join(", ")} gives class ${trace.label + 1} a probability of ${percent(p, 2)}. The gradient begins here.`),
    ];
  }

  scores(layer, place, trace) {
    return [
      title(`Layer ${place}: the scores' gradient`),
      equation("dz = p − target"),
      note("Softmax and logarithm together differentiate to something this simple: by how much each probability is too high."),
      table(["class", "p", "target", "dz"], trace.probabilities.map((p, i) =>
        [String(i + 1), number(p), i === trace.label ? "1" : "0", signed(layer.dz[i], 5)])),
    ];
  }

  dz(layer, place) {
    const slopes = { tanh: ["1 − y²", (y) => 1 - y * y], sigmoid: ["y·(1 − y)", (y) => y * (1 - y)], relu: ["1 where y > 0, else 0", (y) => (y > 0 ? 1 : 0)] };
    const [words, slope] = slopes[layer.activation];
    return [
      title(`Layer ${place}: through the activation`),
      equation(`forward y = ${layer.activation}(z), so dz = dy · (${words})`),
      table(["unit", "z", "y", "slope", "dy", "dz"], layer.dz.map((dz, i) =>
        [String(i + 1), signed(layer.z[i], 4), signed(layer.y[i], 4), number(slope(layer.y[i])), signed(layer.dy[i], 5), signed(dz, 5)])),
    ];
  }

  dw(layer, place) {
    const outputs = layer.dz.length;
    return [
      title(`Layer ${place}: its weights`),
      equation("forward z = x·W + b, so dw[p, j] = x[p] · dz[j] and db[j] = dz[j]"),
      table(["x", ...layer.dz.map((dz, j) => `· dz${j + 1} ${signed(dz, 4)}`)], [
        ...layer.x.map((x, p) => [`x${p + 1} ${signed(x, 4)}`, ...layer.dz.map((_, j) => signed(layer.dw[p * outputs + j], 5))]),
        ["db", ...layer.dz.map((dz) => signed(dz, 5))],
      ]),
    ];
  }

  dx(layer, place) {
    const outputs = layer.dz.length;
    return [
      title(`Layer ${place}: back to what came in`),
      equation("forward z = x·W + b, so dx[p] = Σ over j of dz[j] · w[p, j]"),
      note("Every edge carries the gradient of its end back to its beginning; what comes back is the dy of the layer before."),
      table(["input", ...layer.dz.map((_, j) => `dz${j + 1} · w`), "dx"], layer.x.map((_, p) =>
        [`x${p + 1}`, ...layer.dz.map((dz, j) => this.term(layer, p, j, outputs)), signed(layer.dx[p], 5)])),
    ];
  }

  term(layer, p, j, outputs) {
    return `${signed(layer.dz[j], 4)} · ${signed(layer.w[p * outputs + j], 3)}`;
  }
}

const title = (text) => make("h3", {}, text);
const equation = (text) => make("p", { className: "equation mono" }, text);
const note = (text) => make("p", { className: "small soft" }, text);

function table(head, rows) {
  const row = (cells, tag) => make("tr", {}, ...cells.map((cell) => make(tag, {}, cell)));
  return make("div", { className: "wide" }, make("table", {}, make("thead", {}, row(head, "th")), make("tbody", {}, ...rows.map((cells) => row(cells, "td")))));
}
