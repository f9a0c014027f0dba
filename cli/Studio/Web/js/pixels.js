// Pictures of bytes on canvases. Canvases have a picture's own size; the style sheet enlarges them without smoothing.
import { rgb } from "./dom.js";

/** The bytes behind a Base64 text. */
export const bytes = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

/** The signed bytes behind a Base64 text. */
export const signedBytes = (base64) => new Int8Array(bytes(base64).buffer);

/** Draws grey values, 0 black to 255 white. */
export function grey(canvas, width, height, values, start = 0) {
  paint(canvas, width, height, (i) => {
    const value = values[start + i];
    return [value, value, value];
  });
}

/** Draws numbers from -limit (the colour for minus) over 0 (the card's own) to limit (the colour for plus). */
export function diverging(canvas, width, height, values, limit, start = 0) {
  const [plus, minus, zero] = [rgb("plus"), rgb("minus"), rgb("well")];
  paint(canvas, width, height, (i) => {
    const share = limit > 0 ? Math.max(-1, Math.min(1, values[start + i] / limit)) : 0;
    return mix(zero, share < 0 ? minus : plus, Math.sqrt(Math.abs(share)));
  });
}

/** A colour between two. */
export const mix = (a, b, share) => a.map((value, i) => value + (b[i] - value) * share);

/** Sets every pixel of a canvas. */
export function paint(canvas, width, height, colourOf) {
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    const [r, g, b] = colourOf(i);
    image.data.set([r, g, b, 255], 4 * i);
  }
  context.putImageData(image, 0, 0);
}
