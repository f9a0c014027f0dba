// The form. Its fields are named as the command line's options are; the page's address can hold them after the #.
import { attempt, get } from "../api.js";
import { $, make, say } from "../dom.js";

// Options in words; any other that the server knows gets a field under its own name.
const titles = {
  "input-dropout": "Dropout of the pixels",
  dropout: "Dropout after hidden layers",
  momentum: "Momentum (sgd)",
  "weight-decay": "Weight decay",
  "clip-norm": "Largest norm of the gradient (0: any)",
  "label-smoothing": "Label smoothing",
  "class-weights": "Class weights",
  ema: "Average of the weights, decay",
  "early-stopping": "Early stopping",
  schedule: "Schedule of the rate",
  "warm-up": "Warm-up, epochs",
  validation: "Share held out to watch",
  denoise: "Median filter",
  "image-size": "Size of the pictures",
  seed: "Seed",
};

export class Settings {
  constructor() {
    this.form = $("settings");
    this.run = null;
    this.form.elements.dataset.addEventListener("change", () => this.fill(this.defaults()));
    this.form.elements.optimizer.addEventListener("change", () => this.changeOptimizer());
    this.form.addEventListener("input", () => this.compare());
    $("share").addEventListener("click", () => this.share());
    window.addEventListener("hashchange", () => this.readLink());
  }

  /** Asks what there is to choose, and fills the form from the address or with defaults. */
  async load() {
    const choices = await attempt(() => get("/api/train/choices"));
    this.choices = choices?.datasets ?? [];
    this.form.elements.dataset.replaceChildren(...this.choices.map((choice) => make("option", {}, choice.name)));
    this.buildMore(this.defaults());
    this.fill(this.defaults());
    this.readLink();
  }

  /** Fields for the options that the page has none for. */
  buildMore(options) {
    for (const name of Object.keys(plain(options)).filter((option) => !this.form.elements[option])) {
      const field = make("input", { name, autocomplete: "off", spellcheck: false });
      $("more").append(make("label", { className: "field" }, make("span", {}, titles[name] ?? name.replaceAll("-", " ")), field));
    }
  }

  /** The defaults of the chosen data, by option. */
  defaults() {
    return this.choices.find((choice) => choice.name === this.form.elements.dataset.value)?.defaults ?? {};
  }

  /** What the form says: { dataset, options }. */
  read() {
    const data = Object.fromEntries(new FormData(this.form));
    const { dataset, ...options } = data;
    // Of the optimizers only sgd has a momentum to choose.
    if (options.optimizer !== "sgd") {
      delete options.momentum;
    }
    return { dataset, options };
  }

  /** Follows the server's run, as long as nothing in the form was changed. */
  follow(state) {
    if (!state.options) {
      return;
    }
    const isNew = this.run?.number !== state.run;
    const wasTouched = this.run ? this.isChanged() : location.hash.length > 1;
    this.run = { number: state.run, dataset: state.dataset, options: plain(state.options) };
    if (isNew && !wasTouched) {
      this.form.elements.dataset.value = state.dataset;
      this.fill(state.options);
    }
    this.compare();
  }

  /** Whether the form says something else than the server's run was made with. */
  isChanged() {
    if (!this.run) {
      return false;
    }
    const { dataset, options } = this.read();
    return dataset !== this.run.dataset
      || Object.entries(options).some(([name, value]) => !same(value, this.run.options[name]));
  }

  fill(options) {
    for (const [name, value] of Object.entries(plain(options))) {
      const field = this.form.elements[name];
      if (field?.options && ![...field.options].some((option) => option.value === value)) {
        field.append(make("option", { value }, value));
      }
      if (field) {
        field.value = value;
      }
    }
    this.changeOptimizer(false);
    this.compare();
  }

  /** Rate, momentum and decay have defaults of their own for each optimizer. */
  changeOptimizer(setDefaults = true) {
    const { optimizer, momentum } = this.form.elements;
    const decay = this.form.elements["weight-decay"];
    const rate = this.form.elements["learning-rate"];
    const isSgd = optimizer.value === "sgd";
    momentum.disabled = !isSgd;
    if (setDefaults) {
      momentum.value = isSgd ? "0.9" : "0";
      decay.value = optimizer.value === "adamw" ? "0.01" : "0";
      rate.value = isSgd ? "0.05" : plain(this.defaults())["learning-rate"];
    }
  }

  compare() {
    const data = this.choices?.find((choice) => choice.name === this.form.elements.dataset.value);
    say($("data-about"), data ? `${data.title}${data.isHere ? "" : "; downloaded first"}` : "");
    say($("changed"), this.isChanged() ? "changed: a new run uses them" : "");
  }

  readLink() {
    const link = new URLSearchParams(location.hash.slice(1));
    if (link.has("dataset") && this.choices.some((choice) => choice.name === link.get("dataset"))) {
      this.form.elements.dataset.value = link.get("dataset");
      this.fill({ ...this.defaults(), ...Object.fromEntries(link) });
    }
  }

  async share() {
    const { dataset, options } = this.read();
    location.hash = new URLSearchParams({ dataset, ...options });
    // Without a secure context or permission the address bar has the link all the same.
    const copied = await navigator.clipboard?.writeText(location.href).then(() => true, () => false);
    say($("shared"), copied ? "Copied: the link holds the settings." : "The page's address now holds the settings.");
  }
}

/** Options without the dashes of the command line. */
function plain(options) {
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [name.replace(/^--/, ""), value]));
}

/** Whether two texts mean the same: 1e-3 is 0.001. */
function same(a, b) {
  return a.trim() === b || (a.trim() !== "" && Number(a) === Number(b));
}
