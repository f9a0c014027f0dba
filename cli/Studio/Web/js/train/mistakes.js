// The validation pictures that the network takes for something else.
import { $, make, say } from "../dom.js";
import { count, percent } from "../format.js";
import { bytes, grey } from "../pixels.js";

export function showMistakes(state) {
  say($("mistakes-about"), about(state));
  $("mistakes").replaceChildren(...state.worst.map((mistake) => {
    const canvas = make("canvas", { className: "pixels", role: "img", "aria-label": `A picture of ${mistake.label}` });
    grey(canvas, state.width, state.height, bytes(mistake.pixels));
    return make("figure", {}, canvas, make("figcaption", {},
      make("b", {}, mistake.label), ` seen as `, make("b", {}, mistake.predicted), make("br"), percent(mistake.probability, 0)));
  }));
}

function about({ count: wrong, of }) {
  if (of === 0) {
    return "validation pictures that it takes for something else";
  }
  return wrong === 0 ? `none of ${count(of)} validation pictures`
    : `${count(wrong)} of ${count(of)} validation pictures; those first of which it was surest`;
}
