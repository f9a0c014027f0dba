// Numbers as people read them.

export const count = (value) => Math.round(value).toLocaleString("en-US");

export const percent = (share, digits = 1) => `${(100 * share).toFixed(digits)}%`;

/** Four significant digits, or a power of ten where that would be long. */
export function number(value, digits = 4) {
  if (value === null || value === undefined || !Number.isFinite(value)) {
    return "–";
  }
  if (value === 0) {
    return "0";
  }
  const size = Math.abs(value);
  return size >= 1e5 || size < 1e-3 ? value.toExponential(digits - 2) : value.toPrecision(digits);
}

/** With a sign and a width that stays: for columns of weights. */
export const signed = (value, digits = 3) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(digits)}`;

/** A time in the unit that suits it. */
export function time(seconds) {
  if (seconds < 1e-3) {
    return `${(1e6 * seconds).toPrecision(3)} µs`;
  }
  return seconds < 1 ? `${(1e3 * seconds).toPrecision(3)} ms` : `${seconds.toPrecision(3)} s`;
}
