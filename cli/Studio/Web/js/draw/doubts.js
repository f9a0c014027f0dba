// A network names a class whatever it is shown. What speaks against believing it, in words.
import { number } from "../format.js";

// Below this nobody should rely on the answer.
const sure = 0.5;

/** Whether a picture is further from every training picture than those are from each other. */
export const isUnlike = ({ nearest, usualDistance }) => nearest.length > 0 && nearest[0].distance > usualDistance;

/** @returns what to tell, or "" when nothing is doubtful. */
export function doubts(result, best, probability) {
  const { nearest, usualDistance } = result;
  const words = [];
  if (probability < sure) {
    words.push("It is not sure.");
  }
  if (isUnlike(result)) {
    words.push("This may be no digit: the nearest training picture is "
      + `${number(nearest[0].distance / usualDistance, 2)} times as far away as 99 of 100 of those are from their nearest.`);
  }
  if (nearest.length && nearest.every((near) => near.label !== best)) {
    words.push(`None of the ${nearest.length} nearest training pictures is a ${best}.`);
  }
  return words.length ? `${words.join(" ")} See below what it saw.` : "";
}
