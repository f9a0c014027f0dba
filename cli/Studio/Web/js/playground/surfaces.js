// Pictures of the plane, one for each unit.
import { rgb } from "../dom.js";
import { mix, paint } from "../pixels.js";

/** What can be made of a point; the server knows them under the same names. */
export const features = {
  x: (x) => x,
  y: (_, y) => y,
  "x²": (x) => x * x,
  "y²": (_, y) => y * y,
  "x·y": (x, y) => x * y,
  "sin πx": (x) => Math.sin(Math.PI * x),
  "sin πy": (_, y) => Math.sin(Math.PI * y),
};

/** Draws values from -127 (the colour for minus) to 127 (the colour for plus). */
export function paintSurface(canvas, grid, values) {
  const [plus, minus, zero] = [rgb("plus"), rgb("minus"), rgb("card")];
  paint(canvas, grid, grid, (i) => mix(zero, values[i] < 0 ? minus : plus, Math.min(1, Math.abs(values[i]) / 127)));
}

/** Draws a feature. */
export function paintFeature(canvas, { grid, edge }, name) {
  const at = (i) => edge * ((2 * i + 1) / grid - 1);
  const value = (i) => features[name](at(i % grid), -at(Math.floor(i / grid)));
  paintSurface(canvas, grid, Array.from({ length: grid * grid }, (_, i) => (127 * value(i)) / edge));
}

/** Draws where a class is the likeliest, and how likely it is there. */
export function paintClass(canvas, grid, label, winners, certainty) {
  const [tint, zero] = [rgb(`c${label}`), rgb("card")];
  paint(canvas, grid, grid, (i) => mix(zero, tint, winners[i] === label ? certainty[i] / 255 : 0.03));
}
