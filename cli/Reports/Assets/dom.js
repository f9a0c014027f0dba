// Elements, and numbers as people read them.

const svgSpace = 'http://www.w3.org/2000/svg';

/** An HTML element: element('p', { class: 'soft' }, 'text', child, ...). Texts are never taken for HTML. */
function element(name, attributes, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** An SVG element. */
function shape(name, attributes, ...children) {
  return fill(document.createElementNS(svgSpace, name), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name === 'style') {
      for (const [property, text] of Object.entries(value)) {
        node.style.setProperty(property, text);
      }
    } else if (value != null) {
      node.setAttribute(name, value);
    }
  }
  node.append(...children.flat(Infinity).filter(child => child != null));
  return node;
}

/** A part of the page, with a sentence that says how to read it. */
function section(title, sentence, ...content) {
  return element('section', null, element('h2', null, title), sentence ? element('p', null, sentence) : null, content);
}

function card(title, ...content) {
  return element('div', { class: 'card' }, title ? element('h3', null, title) : null, content);
}

/** A list of what colours stand for. */
function keys(entries) {
  return element('ul', { class: 'keys' }, entries.map(entry =>
    element('li', { class: 'key', style: { '--key': entry.colour } }, entry.name)));
}

/** A table; columns are { name, number, cell(row) }, where a cell is a text or an element. */
function table(columns, rows) {
  const kind = column => ({ class: column.number ? 'n' : 'wrap' });
  return element('div', { class: 'scroll' }, element('table', null,
    element('thead', null, element('tr', null, columns.map(column => element('th', kind(column), column.name)))),
    element('tbody', null, rows.map(row =>
      element('tr', null, columns.map(column => element('td', kind(column), column.cell(row) ?? '')))))));
}

/** Terms and what they are; those without a value are left out. */
function list(pairs) {
  return element('dl', null, pairs.filter(([, value]) => value != null && value !== '').map(([name, value]) =>
    [element('dt', null, name), element('dd', null, value)]));
}

const colour = index => `var(--c${index % 8})`;
const count = value => value.toLocaleString('en-US');
const isNumber = value => typeof value === 'number' && Number.isFinite(value);
const last = values => values?.findLast(isNumber);

/** A share as percent. */
function percent(share, digits = 2) {
  return isNumber(share) ? `${(100 * share).toFixed(digits)} %` : '–';
}

/** A number with about three digits that matter. */
function figure(value) {
  if (!isNumber(value)) {
    return '–';
  }
  const size = Math.abs(value);
  return size !== 0 && (size < 0.0001 || size >= 1e6) ? value.toExponential(1)
    : size >= 1000 ? count(Math.round(value)) : String(Number(value.toPrecision(3)));
}

function duration(seconds) {
  if (!isNumber(seconds)) {
    return '–';
  }
  const whole = Math.round(seconds);
  return seconds < 9.995 ? `${seconds.toFixed(seconds < 0.1 ? 3 : 2)} s`
    : whole < 120 ? `${whole} s`
      : whole < 7200 ? `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`
        : `${Math.floor(whole / 3600)} h ${Math.floor(whole % 3600 / 60)} min`;
}
