// The network: units as small pictures of the plane, edges with their weights or, backward, their gradients.
import { $, colour, draw, make, oncePerFrame, rgb, say } from "../dom.js";
import { signed } from "../format.js";
import { mix, paint, signedBytes } from "../pixels.js";

// With more edges between two layers than this, numbers show only where somebody points.
const mostNumbers = 16;
const rowHeight = 72;

export class Diagram {
  constructor(setup, backward) {
    Object.assign(this, { setup, backward, state: null, lit: null, columns: [] });
    this.box = $("diagram");
    this.show = oncePerFrame(() => this.update());
    window.addEventListener("themechange", () => this.show());
  }

  /** Lays out units and edges anew. */
  build() {
    const { settings, classes } = this.setup;
    const sizes = [settings.features.length, ...settings.hidden, classes];
    const height = rowHeight * Math.max(...sizes);
    this.box.style.height = `${height}px`;
    this.place = (layer, unit) => ({
      x: 6 + (88 * layer) / (sizes.length - 1),
      y: (100 * (unit + 0.5 + (Math.max(...sizes) - sizes[layer]) / 2)) / Math.max(...sizes),
    });
    this.columns = sizes.map((size, layer) => Array.from({ length: size }, (_, unit) => this.unit(layer, unit, sizes)));
    this.lines = draw("svg", { viewBox: "0 0 100 100", preserveAspectRatio: "none", "aria-hidden": "true" });
    this.labels = draw("svg", { "aria-hidden": "true" });
    this.edges = sizes.slice(1).map((outputs, layer) => Array.from({ length: sizes[layer] * outputs }, (_, i) =>
      this.edge(layer, Math.floor(i / outputs), i % outputs, sizes[layer])));
    this.box.replaceChildren(this.lines, ...this.columns.flat().map((unit) => unit.button), this.labels);
    this.buildLayersBar(sizes);
    this.show();
  }

  unit(layer, unit, sizes) {
    const canvas = make("canvas", { width: this.setup.grid, height: this.setup.grid });
    const caption = make("span");
    const name = layer === 0 ? `input ${this.setup.settings.features[unit]}`
      : layer === sizes.length - 1 ? `class ${unit + 1}` : `layer ${layer}, unit ${unit + 1}`;
    const button = make("button", { type: "button", className: "unit", "aria-label": name }, canvas, caption);
    const { x, y } = this.place(layer, unit);
    button.style.left = `${x}%`;
    button.style.top = `${y}%`;
    const light = (isLit) => () => this.light(isLit ? { layer, unit } : null);
    button.addEventListener("pointerenter", light(true));
    button.addEventListener("pointerleave", light(false));
    button.addEventListener("focus", light(true));
    button.addEventListener("blur", light(false));
    if (layer === 0) {
      this.paintInput(canvas, unit);
    }
    return { button, canvas, caption, name };
  }

  edge(layer, from, to, inputs) {
    const [a, b] = [this.place(layer, from), this.place(layer + 1, to)];
    const middle = (a.x + b.x) / 2;
    const d = `M${a.x} ${a.y} C${middle} ${a.y} ${middle} ${b.y} ${b.x} ${b.y}`;
    const line = draw("path", { d, class: "edge", "vector-effect": "non-scaling-stroke" });
    const hit = draw("path", { d, class: "hit", "vector-effect": "non-scaling-stroke" });
    hit.addEventListener("pointerenter", () => this.light({ layer, from, to }));
    hit.addEventListener("pointerleave", () => this.light(null));
    this.lines.append(line, hit);
    // Each unit's numbers stand at a place of their own on the way, or those of crossing edges would cover each other.
    const t = inputs > 1 ? 0.4 + (0.34 * from) / (inputs - 1) : 0.55;
    const on = (p, q, r, s) => (1 - t) ** 3 * p + 3 * (1 - t) ** 2 * t * q + 3 * (1 - t) * t ** 2 * r + t ** 3 * s;
    const label = draw("text", { x: `${on(a.x, middle, middle, b.x)}%`, y: `${on(a.y, a.y, b.y, b.y)}%` });
    this.labels.append(label);
    return { line, label, from, to };
  }

  buildLayersBar(sizes) {
    const { setup } = this;
    const small = (text, title, work) => {
      const button = make("button", { type: "button", "aria-label": title, title }, text);
      button.addEventListener("click", work);
      return button;
    };
    const columns = sizes.map((size, layer) => {
      const isHidden = layer > 0 && layer < sizes.length - 1;
      const title = layer === 0 ? "input" : isHidden ? `${size} unit${size > 1 ? "s" : ""}` : "classes";
      const buttons = isHidden
        ? [small("−", `One unit less in layer ${layer}`, () => setup.addUnit(layer - 1, -1)), small("+", `One unit more in layer ${layer}`, () => setup.addUnit(layer - 1, 1))]
        : [];
      const column = make("div", {}, make("span", {}, title), make("div", { className: "row" }, ...buttons));
      column.style.left = `${this.place(layer, 0).x}%`;
      return column;
    });
    $("layers-bar").replaceChildren(...columns);
  }

  light(what) {
    this.lit = what;
    this.show();
  }

  /** Numbers of the edges between two layers: weights or, in the backward view, gradients; null before they are known. */
  numbers(layer) {
    if (this.backward.isOn) {
      return this.backward.trace?.layers[layer]?.dw ?? null;
    }
    return this.state.layers[layer]?.weights ?? null;
  }

  update() {
    const { state, setup } = this;
    if (!state || state.number !== setup.number || !this.edges) {
      return;
    }
    const [plus, minus] = [colour("plus"), colour("minus")];
    this.edges.forEach((edges, layer) => {
      const values = this.numbers(layer);
      const largest = Math.max(1e-12, ...(values ?? []).map(Math.abs));
      const isStage = this.backward.isLit(layer);
      edges.forEach((edge, i) => this.showEdge(edge, values?.[i], largest, { plus, minus, layer, isStage, isMany: edges.length > mostNumbers }));
    });
    this.columns.forEach((column, layer) => column.forEach((unit, i) => this.showUnit(unit, layer, i)));
    this.describe();
  }

  showEdge({ line, label, from, to }, value, largest, { plus, minus, layer, isStage, isMany }) {
    const lit = this.lit;
    const isLit = lit && (lit.from !== undefined
      ? lit.layer === layer && lit.from === from && lit.to === to
      : (lit.layer === layer && lit.unit === from) || (lit.layer === layer + 1 && lit.unit === to));
    const share = value === undefined ? 0 : Math.abs(value) / largest;
    line.style.stroke = value < 0 ? minus : plus;
    line.style.strokeWidth = `${0.6 + 5 * share}px`;
    line.style.opacity = String(value === undefined ? 0.15 : 0.35 + 0.65 * share);
    const isDim = (lit && !isLit) || (this.backward.isOn && !isStage && !isLit);
    line.classList.toggle("dim", Boolean(isDim));
    const isRead = value !== undefined && !(lit && !isLit) && (isLit || !isMany) && (isLit || !this.backward.isOn || isStage);
    say(label, isRead ? signed(value, this.backward.isOn ? 4 : 2) : "");
  }

  showUnit(unit, layer, i) {
    const isOutput = layer === this.columns.length - 1;
    if (layer > 0 && !isOutput) {
      const surface = this.state.surfaces[layer - 1]?.units[i];
      if (surface) {
        this.paintSurface(unit.canvas, signedBytes(surface.bytes));
      }
    } else if (isOutput) {
      this.paintClass(unit.canvas, i);
    }
    say(unit.caption, this.caption(layer, i));
    const lit = this.lit;
    unit.button.classList.toggle("lit", Boolean(lit && lit.layer === layer && lit.unit === i) || this.backward.isUnitLit(layer));
  }

  /** Forward the bias, backward the gradient before the activation. */
  caption(layer, i) {
    if (this.backward.isOn && this.backward.trace) {
      const { layers } = this.backward.trace;
      return layer === 0 ? `x ${signed(layers[0].x[i], 2)}` : `dz ${signed(layers[layer - 1].dz[i], 4)}`;
    }
    return layer === 0 ? this.setup.settings.features[i] : `b ${signed(this.state.layers[layer - 1]?.bias[i] ?? 0, 2)}`;
  }

  describe() {
    const lit = this.lit;
    if (!lit) {
      return;
    }
    const { columns } = this;
    if (lit.from !== undefined) {
      const value = this.numbers(lit.layer)?.[lit.from * columns[lit.layer + 1].length + lit.to];
      const name = this.backward.isOn ? "gradient dw" : "weight w";
      say($("about-node"), `From ${columns[lit.layer][lit.from].name} to ${columns[lit.layer + 1][lit.to].name}: ${name} = ${value === undefined ? "–" : signed(value, 6)}`);
      return;
    }
    say($("about-node"), `${columns[lit.layer][lit.unit].name}: ${this.story(lit)}`);
  }

  story({ layer, unit }) {
    if (layer === 0) {
      return "what the network is given of a point.";
    }
    const width = this.columns[layer].length;
    const weights = this.state.layers[layer - 1];
    const terms = this.columns[layer - 1].map((from, i) => `${signed(weights.weights[i * width + unit])}·${layer === 1 ? this.setup.settings.features[i] : `y${i + 1}`}`);
    const isOutput = layer === this.columns.length - 1;
    return `${isOutput ? "score" : `${this.setup.settings.activation}(`}${isOutput ? " = " : ""}${terms.join(" ")} ${signed(weights.bias[unit])}${isOutput ? "" : ")"}`;
  }

  paintSurface(canvas, values) {
    const [plus, minus, zero] = [rgb("plus"), rgb("minus"), rgb("card")];
    paint(canvas, this.setup.grid, this.setup.grid, (i) => mix(zero, values[i] < 0 ? minus : plus, Math.abs(values[i]) / 127));
  }

  paintInput(canvas, unit) {
    const { grid, edge } = this.setup;
    const functions = { x: (x) => x, y: (_, y) => y, "x²": (x) => x * x, "y²": (_, y) => y * y, "x·y": (x, y) => x * y };
    const feature = functions[this.setup.settings.features[unit]];
    const at = (i) => edge * ((2 * i + 1) / grid - 1);
    this.paintSurface(canvas, Array.from({ length: grid * grid }, (_, i) => (127 * feature(at(i % grid), -at(Math.floor(i / grid)))) / edge));
  }

  paintClass(canvas, label) {
    const winners = atob(this.state.winners);
    const certainty = atob(this.state.certainty);
    const [tint, zero] = [rgb(`c${label}`), rgb("card")];
    paint(canvas, this.setup.grid, this.setup.grid, (i) => mix(zero, tint, winners.charCodeAt(i) === label ? certainty.charCodeAt(i) / 255 : 0.03));
  }
}
