// Pictures: what the network got wrong, and what its first layer looks for.

/** The mistakes, the surest first. */
function mistakes(result, names) {
  return element('div', { class: 'pictures' }, result.mistakes.map(mistake => {
    const [is, taken] = [names[mistake.label], names[mistake.predicted]];
    const words = `test picture ${mistake.index}: ${is}, taken for ${taken} with ${percent(mistake.probability)} `
      + `(${is}: ${percent(mistake.right_probability)})`;
    return element('figure', { title: words },
      element('img', { src: `data:image/png;base64,${mistake.png}`, alt: words }),
      element('figcaption', null, element('b', null, `${is} → ${taken}`), element('br'), percent(mistake.probability)));
  }));
}

/** The first layer's units: orange where a light pixel speaks for the unit, blue where it speaks against it. */
function firstLayer(layer, width, height) {
  return element('div', { class: 'pictures small' }, layer.pictures.map(({ unit, norm, weights }) => {
    const canvas = element('canvas', {
      width, height, role: 'img', 'aria-label': `weights of unit ${unit}, of norm ${figure(norm)}`,
      title: `unit ${unit}: norm ${figure(norm)}`,
    });
    const context = canvas.getContext('2d');
    const image = context.createImageData(width, height);
    const bytes = atob(weights);
    for (let i = 0; i < bytes.length; i++) {
      const value = bytes.charCodeAt(i) << 24 >> 24;
      const [red, green, blue] = value > 0 ? [232, 120, 20] : [52, 110, 235];
      // The root of the size: weights are many and small, and few are great.
      image.data.set([red, green, blue, Math.round(255 * Math.sqrt(Math.abs(value) / 127))], 4 * i);
    }
    context.putImageData(image, 0, 0);
    return element('figure', null, canvas);
  }));
}
