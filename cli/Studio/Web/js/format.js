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

/** With a sign; what would round to nothing keeps a digit, as a power of ten. */
export function signed(value, digits = 3) {
  const size = Math.abs(value);
  const text = size > 0 && size < 0.5 * 10 ** -digits ? size.toExponential(0) : size.toFixed(digits);
  return `${value < 0 ? "−" : "+"}${text}`;
}

/** With a sign and four significant digits however small it is: gradients become small. */
export function precise(value) {
  const size = Math.abs(value);
  return `${value < 0 ? "−" : "+"}${size === 0 || size >= 1e-3 ? number(size) : size.toExponential(2)}`;
}

/** A time in the unit that suits it. */
export function time(seconds) {
  if (seconds < 1e-3) {
    return `${(1e6 * seconds).toPrecision(3)} µs`;
  }
  return seconds < 1 ? `${(1e3 * seconds).toPrecision(3)} ms` : `${seconds.toPrecision(3)} s`;
}
