// Numbers as pictures.

/** A number with six digits that matter, as the terminal prints it. */
function digits(value) {
  return value == null ? 'not finite' : String(Number(value.toPrecision(6)));
}

/** A picture's largest value in size. */
function largest(pictures) {
  return pictures.flatMap(({ values }) => values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/** Numbers as a canvas: the sample as ink, all else orange above zero and blue below, the stronger the larger. */
function paint({ name, width, values }, most) {
  const height = Math.ceil(values.length / width);
  const canvas = element('canvas', { width, height });
  const image = canvas.getContext('2d').createImageData(width, height);
  const [low, high] = name === 'x' ? [Math.min(...values), Math.max(...values)] : [0, most];
  values.forEach((value, i) => {
    const share = high > low ? (Math.abs(value) - low) / (high - low) : 0;
    const grey = Math.round(255 * (high > low ? (value - low) / (high - low) : 0));
    image.data.set(name === 'x' ? [grey, grey, grey, 255]
      : [...(value > 0 ? [232, 120, 20] : [52, 110, 235]), Math.round(255 * Math.sqrt(share))], 4 * i);
  });
  canvas.getContext('2d').putImageData(image, 0, 0);
  return canvas;
}

/** A picture with its name; under the pointer it tells the number. */
function figureOf(picture, most) {
  const { name, width, values } = picture;
  const canvas = paint(picture, most);
  const rest = name === 'x' ? `x, ${width}x${canvas.height}` : `${name}, at most ${figure(largest([picture]))}`;
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', `${name}: ${values.length} values, at most ${figure(largest([picture]))} in size`);
  const caption = element('figcaption', null, rest);
  const tell = event => {
    const box = canvas.getBoundingClientRect();
    const cell = (offset, size, count) => Math.min(count - 1, Math.max(0, Math.floor(offset / size * count)));
    const index = cell(event.clientY - box.top, box.height, canvas.height) * width
      + cell(event.clientX - box.left, box.width, width);
    caption.textContent = index < values.length ? `${name}, value ${index}: ${digits(values[index])}` : rest;
  };
  canvas.addEventListener('pointerdown', tell);
  canvas.addEventListener('pointermove', tell);
  canvas.addEventListener('pointerleave', () => { caption.textContent = rest; });
  const kind = name === 'x' ? 'ink' : canvas.height < 6 ? 'strip' : '';
  return element('figure', { class: kind }, canvas, caption);
}

function pictures(step) {
  const most = largest(step.pictures);
  return element('div', { class: step.pictures.length > 4 ? 'strips many' : 'strips' },
    step.pictures.map(picture => figureOf(picture, most)),
    element('p', { class: 'legend' },
      step.pictures[0].name === 'x' ? null : 'Orange is above zero, blue below, the stronger the larger. ',
      'Point at a place to read its number.'));
}
