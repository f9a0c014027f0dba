// Everything that the network's answer shows.
import { $, make, oncePerFrame, say } from "../dom.js";
import { number, percent } from "../format.js";
import { bytes, diverging, grey, signedBytes } from "../pixels.js";

// Below this nobody should rely on the answer.
const sure = 0.5;

export class Answer {
  /** @param choose called with the class that a person asks about. */
  constructor(choose) {
    this.choose = choose;
    this.classes = [];
    this.last = null;
    this.showPictures = oncePerFrame(() => this.last && this.pictures(this.last));
    window.addEventListener("themechange", () => this.showPictures());
  }

  /** Follows the server's model. */
  follow(state, teach) {
    say($("network"), state.phase === "ready" ? state.network : state.message ?? "");
    say($("model-about"), [state.name, state.lessons ? `${state.lessons} lesson${state.lessons === 1 ? "" : "s"}` : ""].filter(Boolean).join(", "));
    say($("near-about"), state.pictures ? `out of ${state.pictures}` : "its training pictures are not on this machine");
    if (state.classes && state.classes.join() !== this.classes.join()) {
      this.classes = state.classes;
      this.build(teach);
    }
  }

  build(teach) {
    $("bars").replaceChildren(...this.classes.map((name, i) => {
      const bar = make("button", { type: "button", "aria-pressed": "false", title: `Why ${name}?` },
        make("span", {}, name), make("i", {}, make("b")), make("em", {}, "–"));
      bar.addEventListener("click", () => this.choose(i));
      return make("li", {}, bar);
    }));
    $("keys").replaceChildren(...this.classes.map((name, i) => {
      const key = make("button", { type: "button", "aria-label": `That was a ${name}` }, name);
      key.addEventListener("click", () => teach(i));
      return key;
    }));
  }

  /** The classes to weigh against each other when a person asks about one: that one and the likeliest other. */
  pair(asked) {
    if (asked === null || !this.last?.probabilities.length) {
      return null;
    }
    const order = this.order(this.last.probabilities).filter((i) => i !== asked);
    return [asked, order[0]];
  }

  order(probabilities) {
    return probabilities.map((_, i) => i).sort((a, b) => probabilities[b] - probabilities[a]);
  }

  clear() {
    this.last = null;
    say($("verdict"), "nothing yet");
    $("none").hidden = true;
    say($("doubt"), "");
    say($("how"), "");
    this.bars([]);
    for (const id of ["steps", "neighbours", "activations"]) {
      $(id).replaceChildren();
    }
    for (const id of ["ink-map", "gap-map"]) {
      $(id).width = $(id).height = 28;
    }
    say($("for"), "?");
    say($("against"), "?");
  }

  /** The bars at once; the pictures with the next frame. */
  show(result) {
    this.last = result;
    $("none").hidden = !result.whyNone;
    say($("none"), result.whyNone ?? "");
    this.bars(result.probabilities, result.for);
    const [best] = this.order(result.probabilities);
    say($("verdict"), result.whyNone ? "no digit" : `${this.classes[best]}, ${percent(result.probabilities[best])}`);
    this.showPictures();
  }

  pictures(result) {
    this.steps(result);
    this.doubt(result);
    if (!result.whyNone) {
      this.maps(result);
      this.neighbours(result);
      this.activations(result);
    }
  }

  bars(probabilities, chosen = -1) {
    const [best] = this.order(probabilities);
    [...$("bars").children].forEach((row, i) => {
      const [button] = row.children;
      const [, track, figure] = button.children;
      const value = probabilities[i] ?? 0;
      track.firstChild.style.transform = `scaleX(${value.toFixed(4)})`;
      say(figure, probabilities.length ? percent(value) : "–");
      button.classList.toggle("best", i === best);
      button.setAttribute("aria-pressed", String(i === chosen && probabilities.length > 0));
    });
  }

  doubt(result) {
    const [best] = this.order(result.probabilities);
    const nearest = result.nearest[0]?.distance;
    const far = nearest !== undefined && result.usualDistance !== null && nearest > result.usualDistance;
    const words = [];
    if (!result.whyNone && result.probabilities[best] < sure) {
      words.push("It is not sure.");
    }
    if (far) {
      words.push(`Unlike the digits it learnt from: ${number(nearest / result.usualDistance, 2)} times as far from the nearest as 99% of those are.`);
    }
    say($("doubt"), words.join(" "));
  }

  steps(result) {
    $("steps").replaceChildren(...result.steps.map((step) => {
      const canvas = make("canvas", { className: "pixels", role: "img", "aria-label": `${step.name}, ${step.width} by ${step.height} pixels` });
      grey(canvas, step.width, step.height, bytes(step.pixels));
      return make("figure", {}, canvas, make("figcaption", {}, step.name, make("br"), `${step.width}×${step.height}`));
    }));
    say($("how"), result.whyNone ? "" : !result.isDigit ? "fitted into the size of its training pictures" : `${result.isDarkOnLight ? "dark on light" : "light on dark"}, scaled by ${number(result.scale, 2)}, moved by ${result.shiftX}, ${result.shiftY}`);
  }

  maps(result) {
    const gradient = signedBytes(result.gradient.bytes);
    const last = result.steps.at(-1);
    const ink = bytes(last.pixels);
    const here = Array.from(gradient, (value, i) => value * ink[i]);
    diverging($("ink-map"), last.width, last.height, here, Math.max(...here.map(Math.abs)));
    diverging($("gap-map"), last.width, last.height, gradient, 127);
    const [most, second] = [this.classes[result.for], this.classes[result.against]];
    say($("for"), most);
    say($("against"), second);
    say($("key-for"), `speaks for ${most}`);
    say($("key-against"), `speaks for ${second}`);
  }

  neighbours(result) {
    const last = result.steps.at(-1);
    $("neighbours").replaceChildren(...result.nearest.map((near) => {
      const canvas = make("canvas", { className: "pixels", role: "img", "aria-label": `A training picture of ${near.label}` });
      grey(canvas, last.width, last.height, bytes(near.pixels));
      return make("figure", {}, canvas, make("figcaption", {}, make("b", {}, near.label), ` at ${number(near.distance, 3)}`));
    }));
  }

  activations(result) {
    $("activations").replaceChildren(...result.layers.map((layer, i) => {
      const values = signedBytes(layer.values.bytes);
      // Rows of equal length that fill the card.
      const columns = Math.min(values.length, 100);
      const rows = Math.ceil(values.length / columns);
      const padded = new Int8Array(rows * columns);
      padded.set(values);
      const canvas = make("canvas", { className: "pixels", role: "img", "aria-label": `Activations of layer ${i + 1}` });
      diverging(canvas, columns, rows, padded, 127);
      // Cells of the same size in every layer, as far as there is room.
      canvas.style.width = `min(100%, ${12 * columns}px)`;
      return make("figure", {}, make("figcaption", {}, `${i + 1}: ${layer.name}, at most ±${number(layer.values.limit, 3)}`), canvas);
    }));
  }
}
