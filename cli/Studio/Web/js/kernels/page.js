// The Kernels page: choose, measure, read.
import { attempt, follow, get, post } from "../api.js";
import { $, make, say } from "../dom.js";
import { Code } from "./code.js";
import { Ladder } from "./ladder.js";
import { readBench } from "./saved.js";

const code = new Code();
const ladder = new Ladder((name) => code.show(find(name)));
let operations = [];
let last = null;

/** The variant of a name such as matmul/simd, with its operation. */
function find(name) {
  const [op, variant] = name.split("/");
  const operation = operations.find((known) => known.name === op);
  return operation && { name, operation, variant: operation.variants.find((known) => known.name === variant) };
}

function choose() {
  const operation = operations.find((known) => known.name === $("operation").value);
  say($("formula"), operation.formula);
  say($("size-form"), `size: ${operation.sizeForm}`);
  $("size").value = operation.name === "matmul" ? "256" : operation.size;
  ladder.show(operation, last?.rows ?? []);
}

async function load() {
  const choices = await attempt(() => get("/api/kernels/choices"));
  operations = choices?.operations ?? [];
  $("operation").replaceChildren(...operations.map((operation) => make("option", {}, operation.name)));
  $("operation").value = "matmul";
  $("device").replaceChildren(...(choices?.devices ?? []).map((device) => make("option",
    { value: device.id, disabled: device.whyUnusable !== null, title: device.whyUnusable ?? device.name }, device.id)));
  choose();
}

$("operation").addEventListener("change", choose);
$("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  const [operation, size, device] = ["operation", "size", "device"].map((id) => $(id).value.trim());
  attempt(() => post("/api/kernels/run", { operation, size, device }));
});
$("cancel").addEventListener("click", () => attempt(() => post("/api/kernels/cancel")));
$("file").addEventListener("change", () => attempt(async () => {
  const [file] = $("file").files;
  const rows = readBench(await file.text(), file.name);
  $("file").value = "";
  show(rows, `${rows.length} rows of ${file.name}`);
}));

function show(rows, message) {
  say($("message"), message);
  last = { rows };
  const known = operations.find((operation) => operation.name === rows[0]?.op);
  if (known) {
    $("operation").value = known.name;
    say($("formula"), known.formula);
    say($("size-form"), `size: ${known.sizeForm}`);
    ladder.show(known, rows);
  }
}

await load();
follow("/api/kernels/events", {
  state(state) {
    $("run").disabled = state.isRunning;
    $("cancel").disabled = !state.isRunning;
    say($("message"), state.message ? `${state.message}${state.isRunning ? " …" : ""}` : "");
    if (!state.isRunning && state.rows.length) {
      show(state.rows, state.message ?? "");
    }
  },
});
