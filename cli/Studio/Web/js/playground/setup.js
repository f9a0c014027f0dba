// What is learnt and how: the form on the left. Every change is sent to the server, whose setup all tabs show.
import { attempt, post, postBytes } from "../api.js";
import { $, colour, make, say } from "../dom.js";
import { features as known } from "./surfaces.js";

const patterns = ["circles", "spiral", "moons", "xor", "own"];
const features = Object.keys(known);
const mostLayers = 4;
const mostUnits = 8;
const mostClasses = 4;

export class Setup {
  constructor() {
    this.settings = null;
    this.brush = 0;
    this.buildPatterns();
    this.buildBrushes();
    this.buildFeatures();
    for (const id of ["activation", "optimizer", "rate", "batch", "seed"]) {
      $(id).addEventListener("change", () => this.change(this.read()));
    }
    $("noise").addEventListener("input", () => say($("noise-value"), $("noise").value));
    $("noise").addEventListener("change", () => this.change({ noise: Number($("noise").value) }));
    $("csv").addEventListener("change", () => this.readCsv($("csv").files[0]));
    $("more").addEventListener("click", () => this.addLayer(1));
    $("fewer").addEventListener("click", () => this.addLayer(-1));
    $("wipe").addEventListener("click", () => this.wipe());
  }

  follow(news) {
    const { number, settings, train, test, classes, grid, edge } = news;
    Object.assign(this, { number, settings, train, test, classes, grid, edge });
    this.draft = null;
    for (const id of ["activation", "optimizer", "rate", "batch", "seed"]) {
      this.select($(id), String(settings[id]));
    }
    $("noise").value = settings.noise;
    say($("noise-value"), String(settings.noise));
    $("more").disabled = settings.hidden.length >= mostLayers;
    $("fewer").disabled = settings.hidden.length === 0;
    $("noise").disabled = settings.data === "own";
    [...$("patterns").children].forEach((button, i) =>
      button.setAttribute("aria-checked", String(patterns[i] === settings.data)));
    [...$("features").children].forEach((label, i) => {
      label.firstChild.checked = settings.features.includes(features[i]);
    });
  }

  /** Shows a value that may be none of the list's own. */
  select(field, value) {
    if (field.options && ![...field.options].some((option) => option.value === value)) {
      field.append(make("option", {}, value));
    }
    field.value = value;
  }

  read() {
    return {
      activation: $("activation").value,
      optimizer: $("optimizer").value,
      rate: Number($("rate").value),
      batch: Number($("batch").value),
      seed: Number($("seed").value),
    };
  }

  /** Sends the settings with some of them changed. */
  change(some, points) {
    return attempt(() => post("/api/playground/change", { ...this.settings, ...some, ...(points ? { points } : {}) }));
  }

  addLayer(step) {
    const { hidden } = this.settings;
    const next = step > 0 ? [...hidden, hidden.at(-1) ?? 4] : hidden.slice(0, -1);
    this.change({ hidden: next });
  }

  addUnit(layer, step) {
    const hidden = [...this.settings.hidden];
    hidden[layer] = Math.min(mostUnits, Math.max(1, hidden[layer] + step));
    this.change({ hidden });
  }

  /** Adds a point of the brush's class. The first one turns a pattern into points of one's own. */
  addPoint(x, y) {
    this.draft = [...(this.draft ?? this.train), [x, y, this.brush]];
    if (this.isLearnable(this.draft)) {
      this.change({ data: "own" }, this.draft);
    } else {
      this.train = this.draft;
      this.test = [];
      say($("data-help"), "One class so far: choose another colour and add points of it; then the network can learn.");
    }
  }

  /** There is something to tell apart only with two classes. */
  isLearnable(points) {
    return new Set(points.map((point) => point[2])).size > 1;
  }

  wipe() {
    this.draft = [];
    this.train = [];
    this.test = [];
    say($("data-help"), "Click into the plane to add points; two classes are needed.");
    this.onwipe?.();
  }

  async readCsv(file) {
    if (!file) {
      return;
    }
    const answer = await attempt(async () => postBytes("/api/playground/csv", await file.arrayBuffer()));
    $("csv").value = "";
    if (answer) {
      await this.change({ data: "own" }, answer.points);
    }
  }

  buildPatterns() {
    $("patterns").append(...patterns.map((name) => {
      const canvas = make("canvas", { width: 88, height: 88 });
      const button = make("button", { type: "button", role: "radio", "aria-checked": "false" }, canvas, name);
      button.addEventListener("click", () => this.change({ data: name }));
      return button;
    }));
    const show = () => [...$("patterns").children].forEach((button, i) => preview(button.firstChild, patterns[i]));
    window.addEventListener("themechange", show);
    show();
  }

  buildBrushes() {
    $("brushes").append(...Array.from({ length: mostClasses }, (_, i) => {
      const dot = make("i");
      dot.style.background = `var(--c${i})`;
      const button = make("button",
        { type: "button", role: "radio", "aria-checked": String(i === 0), "aria-label": `Class ${i + 1}` }, dot);
      button.addEventListener("click", () => {
        this.brush = i;
        [...$("brushes").children].forEach((other, j) => other.setAttribute("aria-checked", String(i === j)));
      });
      return button;
    }));
  }

  buildFeatures() {
    $("features").append(...features.map((name) => {
      const box = make("input", { type: "checkbox" });
      box.addEventListener("change", () => {
        const chosen = [...$("features").children].flatMap((label, i) => (label.firstChild.checked ? [features[i]] : []));
        if (chosen.length === 0) {
          box.checked = true;
          return;
        }
        this.change({ features: chosen });
      });
      return make("label", { className: "check" }, box, name);
    }));
  }
}

/** A small picture of a pattern. */
function preview(canvas, name) {
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, 88, 88);
  const dot = (x, y, label) => {
    context.fillStyle = colour(`c${label}`);
    context.beginPath();
    context.arc(44 + 38 * x, 44 - 38 * y, 3.4, 0, 7);
    context.fill();
  };
  for (let i = 0; i < 36; i++) {
    const t = i / 36;
    const a = 2 * Math.PI * t * 3;
    if (name === "circles") {
      dot(0.3 * Math.cos(a) * (0.4 + t), 0.3 * Math.sin(a) * (0.4 + t), 0);
      dot(0.85 * Math.cos(a + t), 0.85 * Math.sin(a + t), 1);
    } else if (name === "spiral") {
      for (const label of [0, 1]) {
        const turn = 3.4 * Math.PI * t + label * Math.PI;
        dot((0.06 + 0.86 * t) * Math.sin(turn), (0.06 + 0.86 * t) * Math.cos(turn), label);
      }
    } else if (name === "moons") {
      dot(0.55 * Math.cos(Math.PI * t) - 0.25, 0.6 * Math.sin(Math.PI * t) - 0.12, 0);
      dot(0.25 - 0.55 * Math.cos(Math.PI * t), 0.12 - 0.6 * Math.sin(Math.PI * t), 1);
    } else if (name === "xor") {
      const [x, y] = [0.15 + 0.75 * ((i * 0.618) % 1), 0.15 + 0.75 * t];
      const sign = i % 2 ? 1 : -1;
      dot(sign * x, sign * y, 0);
      dot(sign * x, -sign * y, 1);
    } else if (i < 8) {
      const [x, y] = [[-0.6, 0.5], [-0.4, 0.1], [-0.7, -0.2], [-0.1, 0.6], [0.5, -0.5], [0.3, -0.1], [0.7, 0.2], [0.1, -0.7]][i];
      dot(x, y, i < 4 ? 0 : i < 6 ? 1 : 2);
    }
  }
}
