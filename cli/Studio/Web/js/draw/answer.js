// Everything that the network's answer shows.
import { $, make, oncePerFrame, say } from "../dom.js";
import { number, percent } from "../format.js";
import { bytes, diverging, grey, signedBytes } from "../pixels.js";
import { showActivations } from "./activations.js";
import { doubts, isUnlike } from "./doubts.js";
import { showSteps } from "./steps.js";

// Names up to this long stand below upright bars on a narrow page.
const shortName = 2;

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
    const lessons = state.lessons ? `${state.lessons} lesson${state.lessons === 1 ? "" : "s"}` : "";
    say($("network"), state.phase === "ready" ? state.network : state.message ?? "");
    say($("model-about"), [state.name, lessons].filter(Boolean).join(", "));
    say($("near-about"), state.pictures ? `out of the ${state.pictures}` : "its training pictures are not on this machine");
    if (state.classes && state.classes.join() !== this.classes.join()) {
      this.classes = state.classes;
      this.build(teach);
    }
  }

  build(teach) {
    $("bars").classList.toggle("short", this.classes.every((name) => name.length <= shortName));
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
    const [best] = this.order(result.probabilities);
    const doubt = result.whyNone ?? doubts(result, this.classes[best], result.probabilities[best]);
    $("none").hidden = !doubt;
    say($("none"), doubt);
    this.bars(result.probabilities, result.for);
    say($("verdict"), result.whyNone ? "no digit"
      : `${isUnlike(result) ? "perhaps " : ""}${this.classes[best]}, ${percent(result.probabilities[best])}`);
    this.showPictures();
  }

  pictures(result) {
    showSteps(result);
    if (!result.whyNone) {
      this.maps(result);
      this.neighbours(result);
      showActivations(result.layers);
    }
  }

  bars(probabilities, chosen = -1) {
    const [best] = this.order(probabilities);
    [...$("bars").children].forEach((row, i) => {
      const [button] = row.children;
      const [, track, figure] = button.children;
      const value = probabilities[i] ?? 0;
      track.firstChild.style.setProperty("--share", value.toFixed(4));
      say(figure, probabilities.length ? percent(value) : "–");
      button.classList.toggle("best", i === best);
      button.setAttribute("aria-pressed", String(i === chosen && probabilities.length > 0));
    });
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
}
