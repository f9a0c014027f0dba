// What stands below the diagram about the unit or the edge that somebody points at.
import { number, precise, signed } from "../format.js";

/** Reads what is pointed at: { layer, unit } or { layer, from, to }. */
export function read(diagram, lit) {
  const { columns, backward } = diagram;
  if (lit.from === undefined) {
    const story = backward.trace && backward.isOn ? unitBackward(diagram, lit) : unitForward(diagram, lit);
    return `${columns[lit.layer][lit.unit].name}: ${story}`;
  }
  const ends = `From ${columns[lit.layer][lit.from].name} to ${columns[lit.layer + 1][lit.to].name}`;
  return `${ends}: ${backward.trace && backward.isOn ? edgeBackward(diagram, lit) : edgeForward(diagram, lit)}`;
}

/** Where the weight of an edge stands among those of its layer, inputs x outputs. */
const place = (diagram, { layer, from, to }) => from * diagram.columns[layer + 1].length + to;

function edgeForward(diagram, lit) {
  const value = diagram.state.layers[lit.layer]?.weights[place(diagram, lit)];
  return `weight w = ${value === undefined ? "–" : signed(value, 6)}`;
}

function edgeBackward(diagram, lit) {
  const layer = diagram.backward.trace.layers[lit.layer];
  const [x, dz, w] = [layer.x[lit.from], layer.dz[lit.to], layer.w[place(diagram, lit)]];
  return `its weight's gradient dw = x · dz = ${precise(x)} · ${precise(dz)} = ${precise(layer.dw[place(diagram, lit)])}; `
    + `it carries back dz · w = ${precise(dz)} · ${precise(w)} = ${precise(dz * w)}`;
}

function unitForward(diagram, { layer, unit }) {
  const { state, setup, columns } = diagram;
  const weights = state.layers[layer - 1];
  if (layer === 0 || !weights) {
    return "what the network is given of a point.";
  }
  const source = (i) => (layer === 1 ? setup.settings.features[i] : `y${i + 1}`);
  const terms = columns[layer - 1].map((_, i) => `${signed(weights.weights[i * columns[layer].length + unit])}·${source(i)}`);
  const sum = `${terms.join(" ")} ${signed(weights.bias[unit])}`;
  return layer === columns.length - 1 ? `score = ${sum}` : `y = ${setup.settings.activation}(${sum})`;
}

function unitBackward({ backward, columns }, { layer, unit }) {
  const { trace } = backward;
  if (layer === 0) {
    return `x = ${signed(trace.layers[0].x[unit], 4)} for this point; the gradient ends here.`;
  }
  const { z, y, dy, dz } = trace.layers[layer - 1];
  if (layer === columns.length - 1) {
    const p = trace.probabilities[unit];
    return `score z = ${signed(z[unit], 4)}, p = ${number(p)}, `
      + `dz = p − target = ${number(p)} − ${unit === trace.label ? 1 : 0} = ${precise(dz[unit])}`;
  }
  return `z = ${signed(z[unit], 4)}, y = ${signed(y[unit], 4)}, `
    + `dy = ${precise(dy[unit])}, dz = dy · slope = ${precise(dz[unit])}`;
}
