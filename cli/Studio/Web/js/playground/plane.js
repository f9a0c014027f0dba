// The plane: what the network decides where, and the points.
import { $, colour, oncePerFrame, rgb, say } from "../dom.js";
import { bytes, mix, paint } from "../pixels.js";

const size = 616;

export class Plane {
  constructor(setup, backward) {
    Object.assign(this, { setup, backward, state: null, cursor: { x: 0, y: 0, isShown: false } });
    this.canvas = $("plane");
    this.surface = document.createElement("canvas");
    this.show = oncePerFrame(() => this.draw());
    this.canvas.addEventListener("click", (event) => this.choose(this.at(event)));
    this.canvas.addEventListener("keydown", (event) => this.key(event));
    this.canvas.addEventListener("blur", () => this.showCursor(false));
    setup.onwipe = () => this.show();
    window.addEventListener("themechange", () => this.show());
  }

  at(event) {
    const box = this.canvas.getBoundingClientRect();
    const { edge } = this.setup;
    return {
      x: edge * ((2 * (event.clientX - box.left)) / box.width - 1),
      y: -edge * ((2 * (event.clientY - box.top)) / box.height - 1),
    };
  }

  /** A click: a new point or, in the backward view, the point to follow. */
  choose({ x, y }) {
    if (!this.setup.settings) {
      return;
    }
    if (this.backward.isOn) {
      this.backward.choose(x, y);
    } else {
      this.setup.addPoint(Math.round(1e3 * x) / 1e3, Math.round(1e3 * y) / 1e3);
      this.show();
    }
  }

  key(event) {
    const moves = { ArrowLeft: [-0.05, 0], ArrowRight: [0.05, 0], ArrowUp: [0, 0.05], ArrowDown: [0, -0.05] };
    const { edge } = this.setup;
    if (moves[event.key]) {
      this.cursor.x = Math.max(-edge, Math.min(edge, this.cursor.x + moves[event.key][0]));
      this.cursor.y = Math.max(-edge, Math.min(edge, this.cursor.y + moves[event.key][1]));
    } else if (event.key === "Enter" || event.key === " ") {
      this.choose(this.cursor);
    } else {
      return;
    }
    event.preventDefault();
    this.showCursor(true);
  }

  showCursor(isShown) {
    this.cursor.isShown = isShown;
    this.show();
  }

  draw() {
    const { setup, state } = this;
    if (!setup.settings || !state || state.number !== setup.number) {
      return;
    }
    say($("plane-help"), this.backward.isOn
      ? "Click near a point to follow its gradient." : "Click to add a point of the chosen class.");
    const colours = [0, 1, 2, 3].map((i) => rgb(`c${i}`));
    const card = rgb("card");
    const [winners, certainty] = [bytes(state.winners), bytes(state.certainty)];
    const least = 1 / setup.classes;
    paint(this.surface, setup.grid, setup.grid, (i) => {
      const share = Math.max(0, (certainty[i] / 255 - least) / (1 - least));
      return mix(card, colours[winners[i]], 0.08 + 0.5 * share);
    });
    const context = this.canvas.getContext("2d");
    context.imageSmoothingEnabled = true;
    context.drawImage(this.surface, 0, 0, size, size);
    setup.test.forEach((point) => this.point(context, point, 4, true));
    setup.train.forEach((point) => this.point(context, point, 6, false));
    if (this.backward.isOn && this.backward.point) {
      this.ring(context, this.backward.point);
    }
    if (this.cursor.isShown) {
      this.cross(context, this.cursor);
    }
  }

  place([x, y]) {
    const { edge } = this.setup;
    return [(size * (x + edge)) / (2 * edge), (size * (edge - y)) / (2 * edge)];
  }

  point(context, point, radius, isFaint) {
    const [x, y] = this.place(point);
    context.globalAlpha = isFaint ? 0.45 : 1;
    context.fillStyle = colour(`c${point[2]}`);
    context.strokeStyle = colour("card");
    context.lineWidth = 1.6;
    context.beginPath();
    context.arc(x, y, radius, 0, 7);
    context.fill();
    context.stroke();
    context.globalAlpha = 1;
  }

  ring(context, point) {
    const [x, y] = this.place(point);
    context.strokeStyle = colour("ink");
    context.lineWidth = 3;
    context.beginPath();
    context.arc(x, y, 12, 0, 7);
    context.stroke();
  }

  cross(context, { x, y }) {
    const [px, py] = this.place([x, y]);
    context.strokeStyle = colour("ink");
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(px - 14, py);
    context.lineTo(px + 14, py);
    context.moveTo(px, py - 14);
    context.lineTo(px, py + 14);
    context.stroke();
  }
}
