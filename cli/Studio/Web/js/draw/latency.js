// How long it takes from a stroke to the bars.
import { $, say } from "../dom.js";
import { count } from "../format.js";

const mostKept = 500;

export class Latency {
  constructor() {
    this.times = [];
    this.all = 0;
  }

  /** @param milliseconds from the pointer's event to the bars; @param server the server's share of it. */
  note(milliseconds, server) {
    this.all++;
    this.times.push(milliseconds);
    if (this.times.length > mostKept) {
      this.times.shift();
    }
    const sorted = [...this.times].sort((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)];
    say($("latency"), `stroke to bars ${milliseconds.toFixed(1)} ms, median ${median.toFixed(1)} ms of ${count(this.all)}; `
      + `server ${server.toFixed(1)} ms`);
    $("latency").dataset.median = median.toFixed(2);
  }
}
