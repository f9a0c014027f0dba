// Curves over steps, on a canvas, with a cross-hair that reads them off.
import { colour } from "./dom.js";
import { count, number } from "./format.js";

const margin = { left: 46, right: 10, top: 10, bottom: 22 };

/** Round numbers between two limits, about as many as wished, and not closer than some distance. */
function ticks(low, high, wished, least = 0) {
  const raw = Math.max(least, (high - low) / wished);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * [1, 2, 2.5, 5, 10].find((factor) => factor * power >= raw);
  const result = [];
  for (let value = Math.ceil(low / step) * step; value <= high + step * 1e-6; value += step) {
    result.push(Math.abs(value) < step * 1e-6 ? 0 : value);
  }
  return result;
}

export class Chart {
  /** @param options format: writes values of the vertical axis; log: whether that axis is logarithmic; most: where it ends. */
  constructor(canvas, options = {}) {
    Object.assign(this, { canvas, format: number, log: false, most: Infinity, lines: [], at: null }, options);
    canvas.addEventListener("pointermove", (event) => this.point(event.offsetX));
    canvas.addEventListener("pointerleave", () => this.point(null));
    new ResizeObserver(() => this.draw()).observe(canvas);
    window.addEventListener("themechange", () => this.draw());
  }

  /** Shows lines: { name, colour, x, y, width?, dots? }. Values that are null are left out. */
  show(lines) {
    this.lines = lines.map((line) => {
      const kept = line.x.map((x, i) => [x, line.y[i]]).filter(([, y]) => y !== null && (!this.log || y > 0));
      return { ...line, points: kept };
    }).filter((line) => line.points.length > 0);
    this.draw();
  }

  point(x) {
    this.at = x;
    this.draw();
  }

  limits() {
    const all = this.lines.flatMap((line) => line.points);
    const xs = all.map(([x]) => x);
    const ys = all.map(([, y]) => (this.log ? Math.log10(y) : y));
    let [low, high] = [Math.min(...ys), Math.max(...ys)];
    const room = high > low ? 0.06 * (high - low) : Math.abs(high) * 0.1 || 1;
    [low, high] = [low - room, Math.min(high + room, this.most)];
    return { left: 0, right: Math.max(1, ...xs), low, high };
  }

  draw() {
    const { canvas } = this;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (width === 0) {
      return;
    }
    canvas.width = width * devicePixelRatio;
    canvas.height = height * devicePixelRatio;
    const context = canvas.getContext("2d");
    context.scale(devicePixelRatio, devicePixelRatio);
    context.font = "11px system-ui, sans-serif";
    if (this.lines.length === 0) {
      context.fillStyle = colour("soft");
      context.textAlign = "center";
      context.fillText("nothing yet", width / 2, height / 2);
      return;
    }
    const limits = this.limits();
    const [across, up] = [width - margin.left - margin.right, height - margin.top - margin.bottom];
    const x = (value) => margin.left + ((value - limits.left) / (limits.right - limits.left)) * across;
    const scaled = (value) => (this.log ? Math.log10(value) : value);
    const y = (value) => height - margin.bottom - ((scaled(value) - limits.low) / (limits.high - limits.low)) * up;
    this.axes(context, limits, x, y, width, height);
    this.lines.forEach((line) => this.line(context, line, x, y));
    if (this.at !== null) {
      this.read(context, x, y, width, height);
    }
  }

  axes(context, limits, x, y, width, height) {
    context.strokeStyle = colour("line");
    context.fillStyle = colour("soft");
    context.lineWidth = 1;
    context.textAlign = "right";
    context.textBaseline = "middle";
    const marks = this.log ? this.powers(limits) : ticks(limits.low, limits.high, 5);
    for (const value of marks) {
      const at = Math.round(y(value)) + 0.5;
      context.beginPath();
      context.moveTo(margin.left, at);
      context.lineTo(width - margin.right, at);
      context.stroke();
      context.fillText(this.format(value), margin.left - 6, at);
    }
    context.textBaseline = "top";
    for (const value of ticks(limits.left, limits.right, width < 360 ? 3 : 5, 1)) {
      context.textAlign = value === 0 ? "left" : x(value) > width - 30 ? "right" : "center";
      context.fillText(count(value), x(value), height - margin.bottom + 6);
    }
  }

  powers(limits) {
    const marks = [];
    const span = limits.high - limits.low;
    for (let power = Math.floor(limits.low); power <= limits.high; power++) {
      for (const factor of span < 2 ? [1, 2, 5] : [1]) {
        const value = factor * 10 ** power;
        if (Math.log10(value) >= limits.low && Math.log10(value) <= limits.high) {
          marks.push(value);
        }
      }
    }
    return marks.length > 1 ? marks : [10 ** (limits.low + span * 0.1), 10 ** (limits.high - span * 0.1)];
  }

  line(context, line, x, y) {
    context.strokeStyle = context.fillStyle = colour(line.colour);
    context.lineWidth = line.width ?? 1.8;
    context.lineJoin = "round";
    context.beginPath();
    line.points.forEach(([px, py], i) => (i ? context.lineTo(x(px), y(py)) : context.moveTo(x(px), y(py))));
    context.stroke();
    if (line.dots || line.points.length === 1) {
      for (const [px, py] of line.points) {
        context.beginPath();
        context.arc(x(px), y(py), 2.4, 0, 7);
        context.fill();
      }
    }
  }

  read(context, x, y, width, height) {
    context.strokeStyle = colour("soft");
    context.beginPath();
    context.moveTo(this.at, margin.top);
    context.lineTo(this.at, height - margin.bottom);
    context.stroke();
    const rows = this.lines.map((line) => {
      const nearest = line.points.reduce((a, b) => (Math.abs(x(b[0]) - this.at) < Math.abs(x(a[0]) - this.at) ? b : a));
      return { text: `${line.name} ${this.format(nearest[1])} at ${count(nearest[0])}`, colour: line.colour };
    });
    const box = Math.max(...rows.map((row) => context.measureText(row.text).width)) + 14;
    const left = this.at + box + 10 > width ? this.at - box - 6 : this.at + 6;
    context.fillStyle = colour("card");
    context.strokeStyle = colour("line");
    context.fillRect(left, margin.top, box, 17 * rows.length + 6);
    context.strokeRect(left, margin.top, box, 17 * rows.length + 6);
    context.textAlign = "left";
    context.textBaseline = "middle";
    rows.forEach((row, i) => {
      context.fillStyle = colour(row.colour);
      context.fillText(row.text, left + 7, margin.top + 12 + 17 * i);
    });
  }
}
