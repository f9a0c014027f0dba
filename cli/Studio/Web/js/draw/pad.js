// The paper: strokes by mouse, finger, pen or keyboard, or a picture in their place.
import { $, notice } from "../dom.js";

const side = 560;
// What is sent: four pixels of the paper become one. Digits end up 20 pixels large, so nothing is lost.
const sentSide = 140;
const largestFile = 20 * 2 ** 20;
const modelName = /\.safetensors$/i;

export class Pad {
  /** @param changed called with the time of the event that changed the picture. */
  constructor(changed) {
    this.changed = changed;
    this.onclear = () => {};
    this.onmodel = () => {};
    this.canvas = $("pad");
    this.context = this.canvas.getContext("2d");
    this.small = new OffscreenCanvas(sentSide, sentSide).getContext("2d", { willReadFrequently: true });
    this.strokes = [];
    this.stroke = null;
    this.pointer = null;
    this.file = null;
    this.pen = { x: side / 2, y: side / 2, isDown: false, isShown: false };
    this.listen();
  }

  isEmpty() {
    return this.strokes.length === 0 && !this.file;
  }

  /** What to send: { bytes, width, height } of a drawing, or { bytes } of a picture's file. */
  picture() {
    if (this.file) {
      return { bytes: this.file };
    }
    this.small.fillStyle = "white";
    this.small.fillRect(0, 0, sentSide, sentSide);
    this.small.save();
    this.small.scale(sentSide / side, sentSide / side);
    this.draw(this.small);
    this.small.restore();
    const { data } = this.small.getImageData(0, 0, sentSide, sentSide);
    const bytes = new Uint8Array(sentSide * sentSide);
    for (let i = 0; i < bytes.length; i++) {
      bytes[i] = data[4 * i];
    }
    return { bytes, width: sentSide, height: sentSide };
  }

  clear() {
    this.strokes = [];
    this.stroke = null;
    this.file = null;
    this.image = null;
    this.pen.isDown = false;
    this.show();
    this.onclear();
  }

  listen() {
    const { canvas } = this;
    canvas.addEventListener("pointerdown", (event) => {
      // One finger writes; a palm or another button of the mouse does not.
      if (this.pointer !== null || event.button !== 0) {
        return;
      }
      canvas.setPointerCapture(event.pointerId);
      this.pointer = event.pointerId;
      this.pen.isShown = this.pen.isDown = false;
      this.begin(this.at(event));
      this.tell(event.timeStamp);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (this.stroke && event.pointerId === this.pointer) {
        // Browsers bundle moves; every one of them is part of the line.
        for (const part of event.getCoalescedEvents?.() ?? [event]) {
          this.stroke.points.push(this.at(part));
        }
        this.tell(event.timeStamp);
      }
    });
    const end = (event) => {
      if (event.pointerId === this.pointer) {
        this.stroke = this.pointer = null;
      }
    };
    canvas.addEventListener("pointerup", end);
    canvas.addEventListener("pointercancel", end);
    canvas.addEventListener("keydown", (event) => this.key(event));
    canvas.addEventListener("focus", () => this.showPen(canvas.matches(":focus-visible")));
    canvas.addEventListener("blur", () => this.showPen(false));
    $("clear").addEventListener("click", () => this.clear());
    $("back").addEventListener("click", () => this.back());
    $("file").addEventListener("change", () => this.take($("file").files[0]));
    this.listenToDrops(canvas.parentElement);
  }

  listenToDrops(paper) {
    window.addEventListener("dragover", (event) => {
      event.preventDefault();
      paper.classList.add("over");
    });
    window.addEventListener("dragleave", () => paper.classList.remove("over"));
    window.addEventListener("drop", (event) => {
      event.preventDefault();
      paper.classList.remove("over");
      this.take(event.dataTransfer.files[0]);
    });
    window.addEventListener("paste", (event) => this.take(event.clipboardData.files[0]));
  }

  at(event) {
    const box = this.canvas.getBoundingClientRect();
    return { x: ((event.clientX - box.left) / box.width) * side, y: ((event.clientY - box.top) / box.height) * side };
  }

  begin(point) {
    if (this.file) {
      this.clear();
    }
    this.stroke = { width: Number($("pen").value), points: [point] };
    this.strokes.push(this.stroke);
  }

  back() {
    if (this.file) {
      this.clear();
      return;
    }
    this.strokes.pop();
    this.stroke = null;
    this.pen.isDown = false;
    this.tell(performance.now());
    if (this.isEmpty()) {
      this.onclear();
    }
  }

  key(event) {
    const step = event.shiftKey ? 6 : 18;
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    if (moves[event.key]) {
      const [dx, dy] = moves[event.key];
      this.pen.x = Math.max(0, Math.min(side, this.pen.x + dx));
      this.pen.y = Math.max(0, Math.min(side, this.pen.y + dy));
      this.stroke?.points.push({ x: this.pen.x, y: this.pen.y });
    } else if (event.key === " ") {
      this.pen.isDown = !this.pen.isDown;
      if (this.pen.isDown) {
        this.begin({ x: this.pen.x, y: this.pen.y });
      } else {
        this.stroke = null;
      }
    } else if (event.key === "Delete") {
      this.clear();
    } else if (event.key === "Backspace") {
      this.back();
    } else {
      return;
    }
    event.preventDefault();
    this.pen.isShown = true;
    this.tell(event.timeStamp);
  }

  showPen(isShown) {
    this.pen.isShown = isShown;
    this.show();
  }

  async take(file) {
    if (!file) {
      return;
    }
    if (modelName.test(file.name)) {
      this.onmodel(file);
      return;
    }
    if (file.size > largestFile) {
      notice(`${file.name} has ${(file.size / 2 ** 20).toFixed(0)} MB; the limit is 20 MB`);
      return;
    }
    this.clear();
    this.file = new Uint8Array(await file.arrayBuffer());
    this.image = await createImageBitmap(file).catch(() => null);
    $("file").value = "";
    this.tell(performance.now());
  }

  tell(at) {
    this.show();
    this.changed(at);
  }

  show() {
    const { context } = this;
    context.clearRect(0, 0, side, side);
    $("hint").hidden = !this.isEmpty() || this.pen.isShown;
    if (this.image) {
      const scale = Math.min(side / this.image.width, side / this.image.height);
      const [width, height] = [this.image.width * scale, this.image.height * scale];
      context.drawImage(this.image, (side - width) / 2, (side - height) / 2, width, height);
    }
    this.draw(context);
    if (this.pen.isShown) {
      this.drawPen(context);
    }
  }

  draw(context) {
    context.strokeStyle = context.fillStyle = "#16181d";
    context.lineCap = context.lineJoin = "round";
    for (const { width, points } of this.strokes) {
      context.lineWidth = width;
      context.beginPath();
      context.moveTo(points[0].x, points[0].y);
      for (let i = 1; i < points.length - 1; i++) {
        // Through the middles between points: a round line instead of a broken one.
        const [a, b] = [points[i], points[i + 1]];
        context.quadraticCurveTo(a.x, a.y, (a.x + b.x) / 2, (a.y + b.y) / 2);
      }
      const last = points.at(-1);
      context.lineTo(last.x, last.y + (points.length === 1 ? 0.01 : 0));
      context.stroke();
    }
  }

  drawPen(context) {
    context.strokeStyle = "#2257cf";
    context.lineWidth = 4;
    context.beginPath();
    context.arc(this.pen.x, this.pen.y, Number($("pen").value) / 2 + 3, 0, 7);
    context.stroke();
    if (this.pen.isDown) {
      context.fillStyle = "#2257cf";
      context.fill();
    }
  }
}
