// Pictures of bytes on canvases. Canvases have a picture's own size; the style sheet enlarges them without smoothing.
import { rgb } from "./dom.js";

/** The bytes behind a Base64 text; by a plain loop, since Draw does this with every stroke. */
export function bytes(base64) {
  const text = atob(base64);
  const values = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    values[i] = text.charCodeAt(i);
  }
  return values;
}

/** The signed bytes behind a Base64 text. */
export const signedBytes = (base64) => new Int8Array(bytes(base64).buffer);

/** Draws grey values, 0 black to 255 white. */
export function grey(canvas, width, height, values, start = 0) {
  fill(canvas, width, height, (data) => {
    for (let i = 0; i < width * height; i++) {
      data[4 * i] = data[4 * i + 1] = data[4 * i + 2] = values[start + i];
      data[4 * i + 3] = 255;
    }
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

/** Sets every pixel of a canvas to a colour [red, green, blue] of its index. */
export function paint(canvas, width, height, colourOf) {
  fill(canvas, width, height, (data) => {
    for (let i = 0; i < width * height; i++) {
      [data[4 * i], data[4 * i + 1], data[4 * i + 2]] = colourOf(i);
      data[4 * i + 3] = 255;
    }
  });
}

/** Gives a canvas its size and new pixels; write sets the red, green, blue and opacity of each. */
function fill(canvas, width, height, write) {
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  write(image.data);
  context.putImageData(image, 0, 0);
}
