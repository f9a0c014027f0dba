// The Playground page: one setup and one state for every tab, drawn by four parts.
import { attempt, follow, post } from "../api.js";
import { $, say } from "../dom.js";
import { Chart } from "../chart.js";
import { count, number, percent } from "../format.js";
import { Backward } from "./backward.js";
import { Diagram } from "./diagram.js";
import { Plane } from "./plane.js";
import { Setup } from "./setup.js";

const setup = new Setup();
const backward = new Backward();
const diagram = new Diagram(setup, backward);
const plane = new Plane(setup, backward);
const curve = new Chart($("curve"), { format: (value) => number(value, 2), log: true });

let state = null;

function showRun() {
  say($("toggle"), state.isRunning ? "❚❚ Pause" : "▶ Start");
  say($("message"), state.message ?? "");
  say($("step-count"), `step ${count(state.step)}`);
  say($("loss"), number(state.loss, 3));
  say($("right"), percent(state.accuracy));
  say($("test-loss"), number(state.testLoss, 3));
  say($("test-right"), state.testAccuracy === null ? "–" : percent(state.testAccuracy));
  $("rewind").disabled = state.step === 0;
  if (document.activeElement !== $("pace")) {
    $("pace").value = String(state.stepsPerSecond);
  }
  curve.show([
    { name: "these points", colour: "plus", x: state.curve.steps, y: state.curve.loss },
    { name: "other points", colour: "minus", x: state.testCurve.steps, y: state.testCurve.loss },
  ]);
  say($("start"), `${state.start} → ${state.now ?? "…"}`);
  const isSame = state.same === state.compared;
  say($("same"), state.compared === 0 ? "first weights and now"
    : isSame ? `✓ ${state.same} of ${state.compared} the same bits as before the rewind` : "differs from before the rewind");
  $("same").className = state.compared === 0 ? "soft" : isSame ? "good" : "bad";
}

const send = (path, body) => attempt(() => post(`/api/playground/${path}`, body));
$("toggle").addEventListener("click", () => send(state?.isRunning ? "pause" : "start"));
$("step").addEventListener("click", () => send("step"));
$("rewind").addEventListener("click", () => send("rewind"));
$("pace").addEventListener("change", () => send("pace", { stepsPerSecond: Number($("pace").value) }));

for (const [id, isBackward] of [["forward", false], ["backward", true]]) {
  $(id).addEventListener("click", () => {
    $("forward").setAttribute("aria-checked", String(!isBackward));
    $("backward").setAttribute("aria-checked", String(isBackward));
    backward.turn(isBackward);
    diagram.placeNumbers();
  });
}

backward.onstage = (layer) => {
  diagram.reveal(layer);
  // Beside each other on a wide page, numbers and diagram shall both be seen.
  if (matchMedia("(min-width: 761px)").matches) {
    $("back").scrollIntoView({ block: "nearest" });
  }
};
backward.onchange = () => {
  diagram.show();
  plane.show();
};

follow("/api/playground/events", {
  setup(news) {
    setup.follow(news);
    backward.follow(news);
    diagram.build();
    plane.show();
  },
  state(news) {
    state = news;
    showRun();
    diagram.state = state;
    plane.state = state;
    diagram.show();
    plane.show();
    backward.refresh(state);
  },
});
