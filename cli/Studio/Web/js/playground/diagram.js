// The network: units as small pictures of the plane, edges with their weights or, backward, their gradients.
import { $, colour, draw, make, oncePerFrame, say } from "../dom.js";
import { precise, signed } from "../format.js";
import { bytes, signedBytes } from "../pixels.js";
import { placeLabels } from "./labels.js";
import { read } from "./reading.js";
import { paintClass, paintFeature, paintSurface } from "./surfaces.js";

const rowHeight = 72;
// Gradients are longer than weights. Columns closer than the least leave no room for numbers: then the diagram scrolls.
const numberSizes = { forward: { width: 36, leastColumn: 84 }, backward: { width: 56, leastColumn: 112 } };

export class Diagram {
  constructor(setup, backward) {
    Object.assign(this, { setup, backward, state: null, lit: null, columns: [] });
    this.box = $("diagram");
    this.show = oncePerFrame(() => this.update());
    window.addEventListener("themechange", () => this.themeChanged());
    new ResizeObserver(() => this.placeNumbers()).observe(this.box);
  }

  /** Lays out units and edges anew. */
  build() {
    const { settings, classes } = this.setup;
    const sizes = [settings.features.length, ...settings.hidden, classes];
    const most = Math.max(...sizes);
    this.box.style.height = `${rowHeight * most}px`;
    this.place = (layer, unit) => ({
      x: 8 + (84 * layer) / (sizes.length - 1),
      y: (100 * (unit + 0.5 + (most - sizes[layer]) / 2)) / most,
    });
    this.columns = sizes.map((size, layer) => Array.from({ length: size }, (_, unit) => this.unit(layer, unit, sizes)));
    this.lines = draw("svg", { viewBox: "0 0 100 100", preserveAspectRatio: "none", "aria-hidden": "true" });
    this.labels = draw("svg", { "aria-hidden": "true" });
    this.edges = sizes.slice(1).map((outputs, layer) => Array.from({ length: sizes[layer] * outputs }, (_, i) =>
      this.edge(layer, Math.floor(i / outputs), i % outputs)));
    this.box.replaceChildren(this.lines, ...this.columns.flat().map((unit) => unit.button), this.labels);
    this.buildLayersBar(sizes);
    this.placeNumbers();
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
      paintFeature(canvas, this.setup, this.setup.settings.features[unit]);
    }
    return { button, canvas, caption, name };
  }

  edge(layer, from, to) {
    const [a, b] = [this.place(layer, from), this.place(layer + 1, to)];
    const middle = (a.x + b.x) / 2;
    const d = `M${a.x} ${a.y} C${middle} ${a.y} ${middle} ${b.y} ${b.x} ${b.y}`;
    const line = draw("path", { d, class: "edge", "vector-effect": "non-scaling-stroke" });
    const hit = draw("path", { d, class: "hit", "vector-effect": "non-scaling-stroke" });
    hit.addEventListener("pointerenter", () => this.light({ layer, from, to }));
    hit.addEventListener("pointerleave", () => this.light(null));
    this.lines.append(line, hit);
    const label = this.labels.appendChild(draw("text"));
    return { line, label, from, to, a, b };
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
      const buttons = isHidden ? [
        small("−", `One unit less in layer ${layer}`, () => setup.addUnit(layer - 1, -1)),
        small("+", `One unit more in layer ${layer}`, () => setup.addUnit(layer - 1, 1)),
      ] : [];
      const column = make("div", {}, make("span", {}, title), make("div", { className: "row" }, ...buttons));
      column.style.left = `${this.place(layer, 0).x}%`;
      return column;
    });
    $("layers-bar").replaceChildren(...columns);
  }

  /** Where the diagram is wider than the page, brings a layer's edges into sight. */
  reveal(layer) {
    const scroller = this.box.parentElement;
    const middle = (this.place(layer, 0).x + this.place(layer + 1, 0).x) / 2;
    scroller.scrollTo({ left: (middle * this.box.clientWidth) / 100 - scroller.clientWidth / 2 });
  }

  light(what) {
    this.lit = what;
    this.show();
  }

  /** Finds a place for every edge's number. */
  placeNumbers() {
    const size = this.backward.isOn ? numberSizes.backward : numberSizes.forward;
    $("layers-bar").style.minWidth = this.box.style.minWidth = `${size.leastColumn * (this.columns.length - 1) + 60}px`;
    const { clientWidth: width, clientHeight: height } = this.box;
    if (!this.edges || width === 0) {
      return;
    }
    const pixels = ({ x, y }) => ({ x: (x * width) / 100, y: (y * height) / 100 });
    for (const edges of this.edges) {
      const spots = placeLabels(edges.map(({ a, b }) => ({ a: pixels(a), b: pixels(b) })), size.width);
      edges.forEach((edge, i) => {
        edge.hasRoom = spots[i].isFree;
        edge.label.setAttribute("x", spots[i].x);
        edge.label.setAttribute("y", spots[i].y);
      });
    }
    this.show();
  }

  /** Numbers of the edges between two layers: weights or, in the backward view, gradients; null before they are known. */
  numbers(layer) {
    return this.backward.isOn ? this.backward.numbers(layer) : this.state.layers[layer]?.weights ?? null;
  }

  update() {
    const { state, setup } = this;
    if (!state || state.number !== setup.number || !this.edges) {
      return;
    }
    const tints = { plus: colour("plus"), minus: colour("minus") };
    this.edges.forEach((edges, layer) => {
      const values = this.numbers(layer);
      const largest = Math.max(1e-12, ...(values ?? []).map(Math.abs));
      edges.forEach((edge, i) => this.showEdge(edge, layer, values?.[i], largest, tints));
    });
    const [winners, certainty] = [bytes(state.winners), bytes(state.certainty)];
    this.columns.forEach((column, layer) => column.forEach((unit, i) => this.showUnit(unit, layer, i, winners, certainty)));
    if (this.lit) {
      say($("about-node"), read(this, this.lit));
    }
  }

  showEdge({ line, label, from, to, hasRoom }, layer, value, largest, tints) {
    const { lit, backward } = this;
    const isLit = lit && (lit.from !== undefined
      ? lit.layer === layer && lit.from === from && lit.to === to
      : (lit.layer === layer && lit.unit === from) || (lit.layer === layer + 1 && lit.unit === to));
    const isStage = backward.isLit(layer);
    const share = value === undefined ? 0 : Math.abs(value) / largest;
    line.style.stroke = value < 0 ? tints.minus : tints.plus;
    line.style.strokeWidth = `${0.6 + 5 * share}px`;
    line.style.opacity = String(value === undefined ? 0.15 : 0.35 + 0.65 * share);
    line.classList.toggle("dim", Boolean((lit && !isLit) || (!isStage && !isLit)));
    line.classList.toggle("flow", isStage && backward.isFlow());
    const isRead = value !== undefined && (lit ? isLit : hasRoom && isStage);
    say(label, isRead ? (backward.isOn ? precise(value) : signed(value, 2)) : "");
  }

  showUnit(unit, layer, i, winners, certainty) {
    const { grid } = this.setup;
    if (layer === this.columns.length - 1) {
      paintClass(unit.canvas, grid, i, winners, certainty);
    } else if (layer > 0 && this.state.surfaces[layer - 1]) {
      paintSurface(unit.canvas, grid, signedBytes(this.state.surfaces[layer - 1].units[i].bytes));
    }
    say(unit.caption, this.caption(layer, i));
    const { lit } = this;
    unit.button.classList.toggle("lit", Boolean(lit && lit.layer === layer && lit.unit === i) || this.backward.isUnitLit(layer));
  }

  /** Forward the bias, backward the gradient before the activation. */
  caption(layer, i) {
    const { setup, backward } = this;
    if (backward.isOn && backward.trace) {
      const { layers } = backward.trace;
      return layer === 0 ? `${setup.settings.features[i]} ${signed(layers[0].x[i], 2)}` : backward.unitCaption(layer, i);
    }
    return layer === 0 ? setup.settings.features[i] : `b ${signed(this.state.layers[layer - 1]?.bias[i] ?? 0, 2)}`;
  }

  themeChanged() {
    this.columns[0]?.forEach((unit, i) => paintFeature(unit.canvas, this.setup, this.setup.settings.features[i]));
    this.show();
  }
}
