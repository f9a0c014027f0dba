// Variants as bars: one group for each size and device.
import { $, make, say } from "../dom.js";
import { number, time } from "../format.js";

export class Ladder {
  /** @param choose called with the name of a rung, such as matmul/simd. */
  constructor(choose) {
    this.choose = choose;
    this.chosen = null;
  }

  /** Shows an operation: its measured rows or, before any, its variants. */
  show(operation, rows) {
    const measured = rows.filter((row) => row.op === operation.name);
    const groups = Map.groupBy(measured, title);
    const others = operation.variants.filter((variant) => !measured.some((row) => row.variant === variant.name));
    if (others.length) {
      groups.set(measured.length ? "not measured here" : "not measured yet", others.map((variant) => ({ op: operation.name, variant: variant.name })));
    }
    $("chart").replaceChildren(...[...groups].map(([heading, members]) => make("div", {}, make("h3", {}, heading), this.group(operation, members))));
    say($("about"), measured.length ? "Bars show speed; the mark is what the measured peak of the device allows. Green: what training uses here." : "");
    const names = [...groups.values()].flat().map((row) => `${row.op}/${row.variant}`);
    this.pick(names.includes(this.chosen) ? this.chosen : measured.find((row) => row.chosen) ? `${operation.name}/${measured.find((row) => row.chosen).variant}` : names[0]);
  }

  group(operation, rows) {
    const isCompute = rows.some((row) => row.limit === "fma");
    const figure = (row) => (isCompute ? row.gflops : row.gbps) ?? 0;
    const peak = Math.max(...rows.filter((row) => row.percent_of_peak).map((row) => figure(row) / (row.percent_of_peak / 100)), 0);
    const most = Math.max(peak, ...rows.map(figure), 1e-9);
    return make("ol", {}, ...rows.map((row) => this.rung(operation, row, figure(row), most, peak, isCompute ? "GFLOP/s" : "GB/s")));
  }

  rung(operation, row, value, most, peak, unit) {
    const name = `${row.op}/${row.variant}`;
    const isGpu = operation.variants.find((variant) => variant.name === row.variant)?.place === "gpu";
    const bar = make("b");
    bar.style.transform = `scaleX(${(value / most).toFixed(4)})`;
    const track = make("i", {}, bar);
    if (peak > 0) {
      const mark = make("u");
      mark.style.left = `${(99.5 * peak) / most}%`;
      track.append(mark);
    }
    const label = make("span", {}, row.variant, row.chosen ? make("span", { className: "chosen" }, " ✓ used") : "");
    const text = row.median_seconds ? `${number(value, 3)} ${unit}` : row.reason ? "–" : "";
    const button = make("button", { type: "button", "aria-pressed": "false" }, label, track, make("span", { className: "value" }, text));
    button.dataset.name = name;
    button.classList.toggle("gpu", isGpu);
    if (row.reason || row.median_seconds) {
      button.append(make("span", { className: "note" }, row.reason ?? `${time(row.median_seconds)}, ${number(row.percent_of_peak, 3)}% of the ${row.limit === "fma" ? "multiply-add" : "bandwidth"} peak, error ${number(row.error_ulp, 2)} ulp`));
    }
    button.addEventListener("click", () => this.pick(name));
    return make("li", {}, button);
  }

  pick(name) {
    this.chosen = name;
    for (const button of $("chart").querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.dataset.name === name));
    }
    this.choose(name);
  }
}

const title = (row) => {
  const size = row.k > 1 ? `${row.m}×${row.n}×${row.k}` : row.n > 1 ? `${row.m}×${row.n}` : `${row.m}`;
  return `${size}${row.detail ? `, ${row.detail}` : ""}, on ${row.backend}${row.threads ? ` with ${row.threads} thread${row.threads > 1 ? "s" : ""}` : ""}`;
};
