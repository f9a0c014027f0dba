// The Train page: puts its parts together.
import { follow } from "../api.js";
import { Controls } from "./controls.js";
import { showLayers } from "./layers.js";
import { showMistakes } from "./mistakes.js";
import { Progress } from "./progress.js";
import { Settings } from "./settings.js";

const settings = new Settings();
const progress = new Progress();
const controls = new Controls(settings);

await settings.load();
follow("/api/train/events", {
  state(state) {
    settings.follow(state);
    controls.show(state);
    progress.show(state);
  },
  layers: showLayers,
  mistakes: showMistakes,
});
