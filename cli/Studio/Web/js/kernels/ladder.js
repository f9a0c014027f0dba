// Variants as bars: one group for each size and device.
import { $, make, say } from "../dom.js";
import { number, time } from "../format.js";

export class Ladder {
  /** @param choose called with the name of a rung, such as matmul/simd. */
  constructor(choose) {
    this.choose = choose;
    this.chosen = null;
  }

  /** Shows an operation: its measured rows, and what has not been measured with the idea of each. */
  show(operation, rows) {
    const measured = rows.filter((row) => row.op === operation.name);
    const groups = Map.groupBy(measured, title);
    const others = operation.variants.filter((variant) => !measured.some((row) => row.variant === variant.name))
      .map((variant) => ({ op: operation.name, variant: variant.name }));
    if (others.length) {
      groups.set(measured.length ? "not measured here" : "not measured yet", others);
    }
    $("chart").replaceChildren(...[...groups].map(([heading, members]) =>
      make("div", {}, make("h3", {}, heading), this.group(operation, members))));
    say($("about"), measured.length
      ? "Bars show speed; the mark is what the measured peak of the device allows. Green: what training uses here." : "");
    this.pick(this.rungToShow(operation, groups, measured));
  }

  /** The one that was chosen if it is here, else the one that training uses, else the first. */
  rungToShow(operation, groups, measured) {
    const names = [...groups.values()].flat().map((row) => `${row.op}/${row.variant}`);
    const used = measured.find((row) => row.chosen);
    return names.includes(this.chosen) ? this.chosen : used ? `${operation.name}/${used.variant}` : names[0];
  }

  group(operation, rows) {
    const isCompute = rows.some((row) => row.limit === "fma");
    const figure = (row) => (isCompute ? row.gflops : row.gbps) ?? 0;
    const peaks = rows.filter((row) => row.percent_of_peak).map((row) => figure(row) / (row.percent_of_peak / 100));
    const scale = { figure, unit: isCompute ? "GFLOP/s" : "GB/s", peak: Math.max(...peaks, 0) };
    scale.most = Math.max(scale.peak, ...rows.map(figure), 1e-9);
    return make("ol", {}, ...rows.map((row) => this.rung(operation, row, scale)));
  }

  rung(operation, row, { figure, unit, peak, most }) {
    const variant = operation.variants.find((known) => known.name === row.variant);
    const name = `${row.op}/${row.variant}`;
    const label = make("span", {}, row.variant, row.chosen ? make("span", { className: "chosen" }, " ✓ used") : "");
    const button = make("button", { type: "button", "aria-pressed": "false" }, label);
    button.dataset.name = name;
    button.classList.toggle("gpu", variant?.place === "gpu");
    if (row.median_seconds) {
      button.append(
        track(figure(row) / most, peak / most),
        make("span", { className: "value" }, `${number(figure(row), 3)} ${unit}`),
        make("span", { className: "note" }, measures(row)));
    } else {
      // Nothing to draw: what it is about, or why there is no measurement.
      button.classList.add("idle");
      button.append(make("span", { className: row.reason ? "note" : "idea" }, row.reason ?? variant?.idea ?? ""));
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

/** A bar, with a mark where the peak is. */
function track(share, peak) {
  const bar = make("b");
  bar.style.transform = `scaleX(${share.toFixed(4)})`;
  const result = make("i", {}, bar);
  if (peak > 0) {
    const mark = result.appendChild(make("u"));
    mark.style.left = `${99.5 * peak}%`;
  }
  return result;
}

function measures(row) {
  const peak = `${row.limit === "fma" ? "multiply-add" : "bandwidth"} peak`;
  return `${time(row.median_seconds)}, ${number(row.percent_of_peak, 3)}% of the ${peak}, error ${number(row.error_ulp, 2)} ulp`;
}

const title = (row) => {
  const size = row.k > 1 ? `${row.m}×${row.n}×${row.k}` : row.n > 1 ? `${row.m}×${row.n}` : `${row.m}`;
  const threads = row.threads ? ` with ${row.threads} thread${row.threads > 1 ? "s" : ""}` : "";
  return `${size}${row.detail ? `, ${row.detail}` : ""}, on ${row.backend}${threads}`;
};
