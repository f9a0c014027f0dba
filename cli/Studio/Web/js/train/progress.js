// Figures and curves.
import { Chart } from "../chart.js";
import { $, say } from "../dom.js";
import { count, number, percent } from "../format.js";

export class Progress {
  constructor() {
    this.loss = new Chart($("loss-chart"), { format: (value) => number(value, 3), log: true });
    this.accuracy = new Chart($("accuracy-chart"), { format: (value) => percent(value, value > 0.9 ? 1 : 0), most: 1 });
  }

  show(state) {
    const curve = state.curve ?? { steps: [], loss: [], accuracy: [] };
    const last = state.history?.at(-1);
    say($("epoch"), state.network ? `${Math.min(state.epoch + 1, state.epochs)}/${count(state.epochs)}` : "–");
    say($("steps"), state.network ? count(state.step) : "–");
    say($("loss"), number(curve.loss.at(-1)));
    say($("accuracy"), curve.accuracy.length ? percent(curve.accuracy.at(-1)) : "–");
    say($("validation"), last && last.validationAccuracy !== null ? percent(last.validationAccuracy) : "–");
    say($("speed"), state.imagesPerSecond ? count(state.imagesPerSecond) : "–");
    this.bar(state);
    this.curves(state, curve);
    this.proof(state);
  }

  bar(state) {
    const all = (state.epochs ?? 0) * (state.batches ?? 0);
    const share = all ? (state.epoch * state.batches + state.batch) / all : 0;
    $("progress").firstElementChild.style.width = percent(share, 2);
    $("progress").setAttribute("aria-valuenow", String(Math.round(100 * share)));
  }

  curves(state, curve) {
    const history = (state.history ?? []).filter((epoch) => epoch.validationLoss !== null);
    const at = history.map((epoch) => epoch.epoch * state.batches);
    const before = state.before ?? { steps: [], loss: [], accuracy: [] };
    const lines = (field, validation) => [
      { name: "before", colour: "ghost", x: before.steps, y: before[field] },
      { name: "training", colour: "plus", x: curve.steps, y: curve[field] },
      { name: "validation", colour: "minus", x: at, y: history.map(validation), dots: at.length < 40 },
    ];
    this.loss.show(lines("loss", (epoch) => epoch.validationLoss));
    this.accuracy.show(lines("accuracy", (epoch) => epoch.validationAccuracy));
    $("loss-chart").setAttribute("aria-label", `Loss over steps, now ${number(curve.loss.at(-1))}`);
    const accuracy = curve.accuracy.length ? percent(curve.accuracy.at(-1)) : "none";
    $("accuracy-chart").setAttribute("aria-label", `Accuracy over steps, now ${accuracy}`);
  }

  /** The same seed gives the same bits: shown, not claimed. */
  proof(state) {
    say($("start"), state.start ?? "–");
    say($("now"), state.now ?? (state.start ? "…" : "–"));
    if (state.compared > 0) {
      const isSame = state.same === state.compared;
      say($("same"), isSame
        ? `✓ ${state.same} of ${state.compared} compared with the run before the rewind: the same bits`
        : `${state.compared - state.same} of ${state.compared} differ from the run before the rewind`);
      $("same").className = isSame ? "good" : "bad";
    } else {
      say($("same"), "after a rewind the weights of every epoch are compared with these, bit by bit");
      $("same").className = "soft";
    }
  }
}
