// Charts as SVG, drawn anew whenever their width changes.

const margin = { left: 52, right: 12, top: 8, bottom: 26 };

/** A chart of lines. Options: series [{ name, colour, x, y, dashed }], xName, format(y), log, height, zero. */
function lineChart(options) {
  const chart = element('div', { class: 'chart', role: 'img', 'aria-label': describe(options) });
  const draw = () => drawLines(chart, options);
  new ResizeObserver(draw).observe(chart);
  return chart;
}

/** The chart in words: where each line begins and ends. */
function describe({ series, format = figure }) {
  return series.map(({ name, y }) => `${name}: from ${format(y.find(isNumber))} to ${format(last(y))}`).join('; ');
}

function drawLines(chart, options) {
  const { series, xName = 'epoch', format = figure, height = 220 } = options;
  const width = chart.clientWidth;
  if (width === 0) {
    return;
  }
  const x = scale(series.flatMap(line => line.x), margin.left, width - margin.right, { zero: false });
  const y = scale(series.flatMap(line => line.y), height - margin.bottom, margin.top, { ...options, pad: true });
  const svg = shape('svg', { height, viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true' });
  for (const tick of y.ticks(5)) {
    svg.append(
      shape('line', { class: 'rule', x1: margin.left, x2: width - margin.right, y1: y(tick), y2: y(tick) }),
      shape('text', { x: margin.left - 8, y: y(tick) + 4, 'text-anchor': 'end' }, format(tick)));
  }
  svg.append(shape('line', {
    class: 'axis', x1: margin.left, x2: width - margin.right, y1: height - margin.bottom, y2: height - margin.bottom,
  }));
  const ticks = x.ticks(Math.max(2, Math.floor(width / 90)));
  ticks.forEach((tick, place) => svg.append(shape('text', {
    x: x(tick), y: height - 8, 'text-anchor': place === ticks.length - 1 && x(tick) > width - 40 ? 'end' : 'middle',
  }, place === ticks.length - 1 ? `${xName} ${figure(tick)}` : figure(tick))));
  for (const line of series) {
    svg.append(...drawLine(line, x, y));
  }
  const tip = element('div', { class: 'tip', hidden: '' });
  const hair = shape('line', { class: 'hair', y1: margin.top, y2: height - margin.bottom, visibility: 'hidden' });
  svg.append(hair);
  chart.replaceChildren(svg, tip);
  chart.onpointermove = event => point(event.offsetX, chart, options, x, tip, hair);
  chart.onpointerleave = () => {
    tip.hidden = true;
    hair.setAttribute('visibility', 'hidden');
  };
}

function drawLine({ x: xs, y: ys, colour: stroke, dashed }, x, y) {
  const points = xs.map((value, i) => [value, ys[i]]).filter(pair => pair.every(isNumber) && (!y.log || pair[1] > 0));
  const path = points.map(([px, py]) => `${x(px).toFixed(1)},${y(py).toFixed(1)}`).join(' ');
  const style = { style: { stroke } };
  return [
    shape('polyline', {
      points: path, fill: 'none', 'stroke-width': dashed ? 1.4 : 1.8, 'stroke-linejoin': 'round',
      'stroke-dasharray': dashed ? '4 3' : null, ...style,
    }),
    // A line of few points shows them; a single one would not be seen otherwise.
    ...(points.length > 12 ? [] : points.map(([px, py]) =>
      shape('circle', { cx: x(px), cy: y(py), r: 2.5, style: { fill: stroke } }))),
  ];
}

/** Shows the figures that are nearest to the pointer. */
function point(left, chart, { series, xName = 'epoch', format = figure }, x, tip, hair) {
  const near = series.map(line => {
    let best = -1;
    line.x.forEach((value, i) => {
      if (isNumber(line.y[i]) && (best < 0 || Math.abs(x(value) - left) < Math.abs(x(line.x[best]) - left))) {
        best = i;
      }
    });
    return { line, best };
  }).filter(({ best }) => best >= 0);
  if (near.length === 0) {
    return;
  }
  const at = near[0].line.x[near[0].best];
  const names = near.length > 1 || near[0].line.name;
  tip.replaceChildren(element('b', null, `${xName} ${figure(at)}`), ...near.map(({ line, best }) =>
    element('div', { class: 'key', style: { '--key': line.colour } }, `${names ? `${line.name}  ` : ''}${format(line.y[best])}`)));
  tip.hidden = false;
  const beside = x(at) + 12 + tip.offsetWidth > chart.clientWidth ? x(at) - 12 - tip.offsetWidth : x(at) + 12;
  tip.style.left = `${Math.max(0, beside)}px`;
  hair.setAttribute('x1', x(at));
  hair.setAttribute('x2', x(at));
  hair.setAttribute('visibility', 'visible');
}

/** Maps values to pixels, linearly or by their logarithm. */
function scale(values, from, to, { log = false, zero = false, pad = false }) {
  const known = values.filter(value => isNumber(value) && (!log || value > 0));
  let [min, max] = known.length ? [Math.min(...known), Math.max(...known)] : [log ? 0.1 : 0, 1];
  if (zero) {
    min = Math.min(0, min);
  }
  if (log) {
    min /= 1.12;
    max *= 1.12;
  } else if (min === max || pad) {
    const room = (max - min || Math.abs(max) || 1) * 0.05;
    min -= zero && min === 0 ? 0 : room;
    max += room;
  }
  const place = log ? Math.log : value => value;
  const map = value => from + (place(value) - place(min)) / (place(max) - place(min)) * (to - from);
  map.log = log;
  map.ticks = number => log ? logTicks(min, max, number) : linearTicks(min, max, number, !pad);
  return map;
}

function linearTicks(min, max, number, whole) {
  const rough = (max - min) / number;
  const power = 10 ** Math.floor(Math.log10(rough));
  let step = [1, 2, 5, 10].map(factor => factor * power).find(candidate => candidate >= rough);
  if (whole && max - min >= 2) {
    step = Math.max(1, step);
  }
  const ticks = [];
  for (let i = Math.ceil(min / step - 1e-9); i * step <= max + step * 1e-9; i++) {
    ticks.push(Number((i * step).toPrecision(12)));
  }
  return ticks;
}

function logTicks(min, max, number) {
  const between = factors => {
    const ticks = [];
    for (let power = Math.floor(Math.log10(min)); power <= Math.ceil(Math.log10(max)); power++) {
      ticks.push(...factors.map(factor => Number((factor * 10 ** power).toPrecision(3))).filter(tick => tick >= min && tick <= max));
    }
    return ticks;
  };
  const choices = [[1], [1, 3], [1, 2, 5], [1, 1.5, 2, 3, 4, 5, 6, 8], [1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 9]].map(between);
  return choices.find(ticks => ticks.length >= Math.min(4, number)) ?? choices.at(-1);
}

/** Whether values differ so much that a logarithmic axis shows more. */
function spreads(values) {
  const known = values.filter(value => isNumber(value) && value > 0);
  return known.length > 1 && Math.max(...known) > 8 * Math.min(...known);
}

/** A histogram, from { min, max, counts }. */
function histogram({ min, max, counts }, fillColour) {
  const chart = element('div', {
    class: 'chart', role: 'img', 'aria-label': `values from ${figure(min)} to ${figure(max)}`,
  });
  new ResizeObserver(() => {
    const [width, height] = [chart.clientWidth, 74];
    const most = Math.max(...counts, 1);
    const step = width / counts.length;
    const svg = shape('svg', { height, viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true' });
    counts.forEach((number, i) => {
      // By their roots, so that a peak (the zeros of a ReLU, for instance) does not hide the rest.
      const tall = Math.sqrt(number / most) * (height - 18);
      svg.append(shape('rect', {
        x: i * step, y: height - 16 - tall, width: Math.max(step - 1, 0.5), height: tall, style: { fill: fillColour },
      }));
    });
    svg.append(
      shape('line', { class: 'axis', x1: 0, x2: width, y1: height - 15.5, y2: height - 15.5 }),
      shape('text', { x: 0, y: height - 3 }, figure(min)),
      shape('text', { x: width, y: height - 3, 'text-anchor': 'end' }, figure(max)));
    if (min < 0 && max > 0) {
      const zero = -min / (max - min) * width;
      svg.append(shape('line', { class: 'axis', x1: zero, x2: zero, y1: height - 16, y2: height - 11 }));
      if (zero > 50 && zero < width - 50) {
        svg.append(shape('text', { x: zero, y: height - 3, 'text-anchor': 'middle' }, '0'));
      }
    }
    chart.replaceChildren(svg);
  }).observe(chart);
  return chart;
}
