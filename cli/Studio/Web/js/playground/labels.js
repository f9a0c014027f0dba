// Where the numbers of edges stand: each on its own edge, none on another one's or on a unit.

const lineHeight = 12.5;
const unitHalf = 25;
// The unit's caption hangs below it.
const unitBelow = 40;

// From the middle of an edge outwards.
const places = Array.from({ length: 33 }, (_, i) => 0.5 + (i % 2 ? 1 : -1) * Math.ceil(i / 2) * 0.025);

/**
 * Finds places for the numbers of all edges between two layers.
 * @param edges { a, b } in pixels: where an edge begins and ends.
 * @param width of the widest number, in pixels.
 * @returns for each edge { x, y, isFree }; not free means that there is room only while no other number is shown.
 */
export function placeLabels(edges, width) {
  const taken = edges.flatMap(({ a, b }) => [unitBox(a), unitBox(b)]);
  const found = new Map();
  // Level edges first: a steep one has more heights to choose from.
  for (const edge of [...edges].sort((p, q) => Math.abs(p.a.y - p.b.y) - Math.abs(q.a.y - q.b.y))) {
    const spots = places.map((t) => spot(edge, t, width));
    const free = spots.find((box) => taken.every((other) => !overlaps(box, other)));
    if (free) {
      taken.push(free);
    }
    const { x, y } = free ?? spots[0];
    found.set(edge, { x, y, isFree: Boolean(free) });
  }
  return edges.map((edge) => found.get(edge));
}

/** The box of a number at a place of the curve: a cubic one whose handles lie level with its ends, half way. */
function spot({ a, b }, t, width) {
  const middle = (a.x + b.x) / 2;
  const on = (p, q, r, s) => (1 - t) ** 3 * p + 3 * (1 - t) ** 2 * t * q + 3 * (1 - t) * t ** 2 * r + t ** 3 * s;
  const [x, y] = [on(a.x, middle, middle, b.x), on(a.y, a.y, b.y, b.y)];
  return { x, y, left: x - width / 2, right: x + width / 2, top: y - lineHeight / 2, bottom: y + lineHeight / 2 };
}

const unitBox = ({ x, y }) => ({ left: x - unitHalf, right: x + unitHalf, top: y - unitHalf, bottom: y + unitBelow });

const overlaps = (p, q) => p.left < q.right && q.left < p.right && p.top < q.bottom && q.top < p.bottom;
