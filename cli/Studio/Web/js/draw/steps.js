// How the picture was prepared: each step as a picture, and all of them in a sentence.
import { $, colour, make, say } from "../dom.js";
import { number } from "../format.js";
import { bytes, grey } from "../pixels.js";

export function showSteps(result) {
  $("steps").replaceChildren(...result.steps.map((step, i) => {
    const label = `${step.name}, ${step.width} by ${step.height} pixels`;
    const canvas = make("canvas", { className: "pixels", role: "img", "aria-label": label });
    grey(canvas, step.width, step.height, bytes(step.pixels));
    if (i === 0 && result.isDigit) {
      frame(canvas, result);
    }
    return make("figure", {}, canvas, make("figcaption", {}, step.name, make("br"), `${step.width}×${step.height}`));
  }));
  say($("how"), describe(result));
}

/** Draws where the digit was found. */
function frame(canvas, { crop, steps }) {
  const cropped = steps.find((step) => step.name === "cropped");
  if (!cropped) {
    return;
  }
  // The crop is told in the picture's own pixels, of which a large one shows fewer.
  const scale = cropped.width / crop.width;
  const context = canvas.getContext("2d");
  context.strokeStyle = colour("minus");
  context.lineWidth = Math.max(1, canvas.width / 50);
  context.strokeRect(crop.x * scale, crop.y * scale, crop.width * scale, crop.height * scale);
}

function describe(result) {
  if (result.whyNone) {
    return "";
  }
  if (!result.isDigit) {
    return "Fitted into the size of its training pictures.";
  }
  const { crop, shiftX, shiftY } = result;
  const middle = "its centre of mass is in the middle";
  const moved = shiftX || shiftY ? `moved by ${shiftX} across and ${shiftY} down, so that ${middle}` : middle;
  return `${result.isDarkOnLight ? "Dark ink on light" : "Light ink on dark"}; cropped to ${crop.width}×${crop.height} at `
    + `${crop.x}, ${crop.y}; scaled by ${number(result.scale, 2)} to 20 pixels; ${moved}.`;
}
