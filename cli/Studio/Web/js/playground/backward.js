// The backward view: one point's gradient flows from the loss to the inputs, stage by stage, with the engine's own numbers.
import { attempt, post } from "../api.js";
import { $, say } from "../dom.js";
import { count, precise, signed } from "../format.js";
import { bytes } from "../pixels.js";
import { pages } from "./stages.js";

const refreshEvery = 200;

export class Backward {
  constructor() {
    Object.assign(this, { isOn: false, point: null, isChosen: false, trace: null, stage: 0, asked: 0 });
    Object.assign(this, { revealed: null, onchange: () => {}, onstage: () => {} });
    $("earlier").addEventListener("click", () => this.go(-1));
    $("later").addEventListener("click", () => this.go(1));
    $("worst").addEventListener("click", () => this.take(this.worst(), false));
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
    this.revealed = null;
    if (isOn) {
      // A point that the network gets right has next to no gradient: whoever has chosen none sees the most instructive one.
      this.point = this.isChosen ? this.point : this.worst() ?? this.point;
      this.ask();
    }
    this.onchange();
  }

  /** Follows the nearest of the points. */
  choose(x, y) {
    const distance = (point) => (point[0] - x) ** 2 + (point[1] - y) ** 2;
    this.take([...this.setup.train, ...this.setup.test].reduce((a, b) => (distance(b) < distance(a) ? b : a)), true);
  }

  take(point, isChosen) {
    Object.assign(this, { point, isChosen, stage: 0 });
    this.ask();
  }

  /** The point whose class the network thinks least likely, as far as the surface's grid tells. */
  worst() {
    const { setup, state } = this;
    if (!state || state.number !== setup.number) {
      return null;
    }
    const [winners, certainty] = [bytes(state.winners), bytes(state.certainty)];
    const index = (value) => {
      const cell = Math.floor((setup.grid * (value + setup.edge)) / (2 * setup.edge));
      return Math.max(0, Math.min(setup.grid - 1, cell));
    };
    const likely = ([x, y, label]) => {
      const cell = index(-y) * setup.grid + index(x);
      return winners[cell] === label ? certainty[cell] : 255 - certainty[cell];
    };
    return setup.train.reduce((a, b) => (likely(b) < likely(a) ? b : a));
  }

  /** The weights have moved on: so have the gradients. */
  refresh(state) {
    this.state = state;
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

  /** What edges carry: on the way back to a layer's inputs dz · w, else the gradient of their weight. */
  numbers(layer) {
    const trace = this.trace?.layers[layer];
    if (!trace) {
      return null;
    }
    const outputs = trace.dz.length;
    return this.isFlow() && this.current().layer === layer ? trace.w.map((w, i) => w * trace.dz[i % outputs]) : trace.dw;
  }

  /** Whether the gradient is on its way back along edges. */
  isFlow() {
    return this.current()?.kind === "dx";
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

  /** What has come back to a unit so far, its dy or its dz; before that what it gave. */
  unitCaption(column, i) {
    const { kind, layer } = this.current();
    const { y, dy, dz } = this.trace.layers[column - 1];
    if (kind === "loss" || column < layer || (column === layer && kind !== "dx")) {
      return `y ${signed(y[i], 2)}`;
    }
    return column === layer ? `dy ${precise(dy[i])}` : `dz ${precise(dz[i])}`;
  }

  show() {
    const stages = this.stages();
    this.stage = Math.min(this.stage, stages.length - 1);
    const { kind, layer } = stages[this.stage];
    const { x, y, label, step } = this.trace;
    say($("back-about"), `point (${x.toFixed(2)}, ${y.toFixed(2)}) of class ${label + 1}, after step ${count(step)}`);
    say($("stage-count"), `${this.stage + 1} of ${stages.length}`);
    $("earlier").disabled = this.stage === 0;
    $("later").disabled = this.stage === stages.length - 1;
    $("stage").replaceChildren(...pages[kind](this.trace.layers[layer], layer + 1, this.trace));
    if (this.revealed !== this.stage) {
      this.revealed = this.stage;
      this.onstage(layer);
    }
  }
}
