// Start, pause, step, rewind, export.
import { attempt, post } from "../api.js";
import { $, notice, say } from "../dom.js";

const words = {
  empty: "no run yet",
  loading: "loading",
  paused: "stands still",
  running: "trains",
  done: "done",
  failed: "failed",
};

const exports = ["export-model", "export-run"];

export class Controls {
  constructor(settings) {
    this.settings = settings;
    this.state = null;
    $("toggle").addEventListener("click", () => this.toggle());
    $("step").addEventListener("click", () => this.step());
    $("rewind").addEventListener("click", () => attempt(() => post("/api/train/rewind")));
    $("save").addEventListener("click", () => this.save());
    for (const id of exports) {
      $(id).addEventListener("click", (event) => this.checkExport(event));
    }
    settings.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.create(true);
    });
  }

  show(state) {
    this.state = state;
    const isBusy = state.phase === "loading";
    say($("toggle"), state.phase === "running" ? "❚❚ Pause" : "▶ Start");
    $("toggle").disabled = isBusy;
    $("step").disabled = isBusy;
    $("rewind").disabled = isBusy || !state.step;
    $("new").disabled = isBusy;
    say($("phase"), state.message ?? words[state.phase]);
    $("phase").className = state.phase === "failed" ? "bad" : "";
    say($("about"), state.network ? `${state.network}; ${state.device}` : state.device);
    say($("saved"), state.saved ? `saved in ${state.saved}` : state.step ? "not saved yet; stopping the studio saves it" : "");
    for (const id of exports) {
      $(id).setAttribute("aria-disabled", String(!state.network));
    }
    $("save").disabled = !state.step;
  }

  toggle() {
    return attempt(async () => {
      if (this.state?.phase === "running") {
        await post("/api/train/pause");
      } else if (await this.ready()) {
        await post("/api/train/start");
      }
    });
  }

  step() {
    return attempt(async () => {
      if (await this.ready()) {
        await post("/api/train/step");
      }
    });
  }

  /** Makes sure that there is a run with the form's settings that can go on. */
  async ready() {
    const isOver = ["empty", "done", "failed"].includes(this.state?.phase ?? "empty");
    return isOver || this.settings.isChanged() ? this.create(false) : true;
  }

  async create(isPlain) {
    const { phase, step, saved } = this.state ?? {};
    const hasWork = step > 0 && !saved && phase !== "empty";
    if (hasWork && !confirm(`The run so far (step ${step}) is not saved. Begin a new one all the same?`)) {
      return false;
    }
    const made = await attempt(() => post("/api/train/new", this.settings.read()));
    return isPlain ? made : made !== null;
  }

  /** A link cannot be disabled; the server would answer that there is nothing. */
  checkExport(event) {
    if (!this.state?.network) {
      event.preventDefault();
      notice("there is no run yet: press Start");
    }
  }

  async save() {
    await attempt(() => post("/api/train/save"));
  }
}
