// The Draw page: from strokes to bars.
import { attempt, follow, post, postBytes } from "../api.js";
import { $, notice, say } from "../dom.js";
import { percent } from "../format.js";
import { Answer } from "./answer.js";
import { Latency } from "./latency.js";
import { Pad } from "./pad.js";

const latency = new Latency();
const answer = new Answer((most) => {
  asked = most;
  look(performance.now());
});
const pad = new Pad((at) => look(at));

let asked = null;
let isAsking = false;
let waitingSince = null;

/** Asks what the network sees. While an answer is under way newer strokes wait, and only the newest picture is sent then. */
async function look(at) {
  if (pad.isEmpty()) {
    answer.clear();
    return;
  }
  waitingSince ??= at;
  if (isAsking) {
    return;
  }
  isAsking = true;
  $("bars").setAttribute("aria-busy", "true");
  const since = waitingSince;
  waitingSince = null;
  const picture = pad.picture();
  const result = await attempt(() => postBytes(`/api/draw/look${query(picture)}`, picture.bytes));
  isAsking = false;
  if (result && !pad.isEmpty()) {
    answer.show(result);
    latency.note(performance.now() - since, result.milliseconds);
  } else if (!result && pad.file) {
    // It was no picture: there is nothing on the paper.
    pad.clear();
  }
  if (waitingSince !== null) {
    look(waitingSince);
  } else {
    $("bars").setAttribute("aria-busy", "false");
  }
}

function query(picture) {
  const words = picture.width ? { width: picture.width, height: picture.height } : {};
  const pair = answer.pair(asked);
  return `?${new URLSearchParams(pair ? { ...words, for: pair[0], against: pair[1] } : words)}`;
}

async function teach(label) {
  if (pad.isEmpty()) {
    notice("draw the digit first");
    return;
  }
  say($("lesson"), "learns …");
  const picture = pad.picture();
  const size = picture.width ? `&width=${picture.width}&height=${picture.height}` : "";
  const result = await attempt(() => postBytes(`/api/draw/teach?label=${label}${size}`, picture.bytes));
  if (!result) {
    say($("lesson"), "");
    return;
  }
  const rest = result.rightBefore === null ? ""
    : ` Of 1,000 training digits it now gets ${percent(result.rightAfter)} right (before: ${percent(result.rightBefore)}).`;
  say($("lesson"), `Learnt in ${result.steps} steps: ${percent(result.before)} → ${percent(result.after)}.${rest}`);
  look(performance.now());
}

$("undo").addEventListener("click", () => attempt(async () => {
  await post("/api/draw/undo");
  say($("lesson"), "Taken back: the weights are what they were.");
  look(performance.now());
}));
async function open(file) {
  if (!file) {
    return;
  }
  const name = new URLSearchParams({ name: file.name });
  await attempt(() => postBytes(`/api/draw/open?${name}`, file));
  $("model").value = "";
}

pad.onmodel = open;
$("model").addEventListener("change", () => open($("model").files[0]));
$("use-run").addEventListener("click", () => attempt(async () => {
  await post("/api/draw/use-run");
  look(performance.now());
}));

follow("/api/draw/events", {
  state(state) {
    answer.follow(state, teach);
    $("undo").disabled = state.lessons === 0;
    if (state.phase === "ready") {
      look(performance.now());
    }
  },
});

// A new drawing asks for the likeliest class again.
pad.onclear = () => {
  asked = null;
  say($("lesson"), "");
  answer.clear();
};
