// One training step, step by step; quiz mode hides each number until it is guessed.

const data = JSON.parse(document.getElementById('data').textContent);
const shown = new Set();
let [place, isQuiz] = [0, false];

/** A number with six digits that matter, as the terminal prints it. */
function digits(value) {
  return value == null ? 'not finite' : String(Number(value.toPrecision(6)));
}

const product = term => term.factors.reduce((a, b) => a * b);

/** Whether a guess is good enough: within two percent, or both as good as zero. */
function isNear(guess, value) {
  return Number.isFinite(guess) && Math.abs(guess - value) <= Math.max(0.02 * Math.abs(value), 1e-9);
}

/** Numbers as a picture: orange above zero, blue below, the stronger the larger. */
function picture({ name, width, values }) {
  const height = Math.ceil(values.length / width);
  const most = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  const words = `${name}: ${values.length} values, the largest ${digits(most)} in size`;
  const canvas = element('canvas', { width, height, role: 'img', 'aria-label': words, title: words });
  const image = canvas.getContext('2d').createImageData(width, height);
  values.forEach((value, i) => {
    const [red, green, blue] = value > 0 ? [232, 120, 20] : [52, 110, 235];
    image.data.set([red, green, blue, most ? Math.round(255 * Math.sqrt(Math.abs(value) / most)) : 0], 4 * i);
  });
  canvas.getContext('2d').putImageData(image, 0, 0);
  return element('figure', { class: height < 6 ? 'strip' : '' }, canvas, element('figcaption', null, words));
}

function terms(line) {
  const rows = line.terms.map(term => element('tr', null,
    element('td', null, term.name),
    element('td', { class: 'n' }, term.factors.length > 1 ? term.factors.map(digits).join(' · ') : ''),
    element('td', { class: 'n' }, isQuiz && line.terms.length === 1 ? '?' : digits(product(term)))));
  if (line.rest_count > 0) {
    rows.push(element('tr', null, element('td', null, `${line.rest_count} more`), element('td'), element('td', { class: 'n' }, digits(line.rest))));
  }
  return rows.length ? element('table', null, element('tbody', null, rows)) : null;
}

function guess(line, reveal) {
  const input = element('input', { type: 'text', inputmode: 'decimal', 'aria-label': `your guess for ${line.name}`, autocomplete: 'off' });
  const word = element('span', { class: 'soft', role: 'status' });
  const form = element('form', { class: 'guess' }, input, element('button', null, 'Guess'),
    element('button', { type: 'button', class: 'reveal' }, 'Show'), word);
  form.addEventListener('submit', event => {
    event.preventDefault();
    if (isNear(Number(input.value.trim().replace(',', '.') || 'x'), line.value)) {
      reveal();
    } else {
      word.textContent = 'not yet: within 2 % counts';
    }
  });
  form.querySelector('.reveal').addEventListener('click', reveal);
  return form;
}

/** A line; in the quiz only the first hidden one of a step can be guessed, and those after it wait. */
function lineCard(line, key, state) {
  const isHidden = isQuiz && !shown.has(key);
  const numeric = line.gradient && !isHidden
    ? element('span', { class: 'numeric' }, line.numeric == null ? 'numeric: at a corner of ReLU' : `numeric ${digits(line.numeric)}`) : null;
  const isNext = isHidden && !state.found;
  state.found ||= isHidden;
  return element('div', { class: 'line' },
    element('div', { class: 'result' }, `${line.name} =`, line.filled ? ` ${line.filled} =` : null,
      isHidden ? element('span', { class: 'veiled' }, '?') : element('b', null, digits(line.value)), numeric),
    isHidden && !isNext ? null : terms(line),
    isNext ? guess(line, () => {
      shown.add(key);
      draw();
      (document.querySelector('.guess input') ?? document.getElementById('next')).focus();
    }) : null);
}

function draw() {
  const step = data.steps[place];
  document.getElementById('back').disabled = place === 0;
  document.getElementById('next').disabled = place === data.steps.length - 1;
  document.getElementById('choice').value = place;
  document.getElementById('quiz').setAttribute('aria-pressed', isQuiz);
  const state = { found: false };
  document.getElementById('step').replaceChildren(...[
    element('p', { class: 'part' }, `${step.part} · ${place + 1} of ${data.steps.length}`),
    element('h2', null, step.title),
    element('p', { class: 'soft' }, step.words),
    element('div', { class: 'equations' }, step.equations.map(line => element('div', null, line))),
    step.pictures.length && !(isQuiz && step.lines.length) ? element('div', { class: 'strips' }, step.pictures.map(picture)) : null,
    ...step.lines.map((line, i) => lineCard(line, `${place}.${i}`, state)),
  ].filter(part => part != null));
}

function go(to) {
  place = Math.max(0, Math.min(data.steps.length - 1, to));
  draw();
}

const choice = element('select', { id: 'choice', 'aria-label': 'step' },
  data.steps.map((step, i) => element('option', { value: i }, `${i + 1}. ${step.title}`)));
document.getElementById('page').replaceChildren(
  element('p', { class: 'over' }, 'one training step of one network'),
  element('h1', null, data.shape),
  element('p', { class: 'sub' }, `${data.sample}: ${data.class}. ${data.notes.join(' ')}`),
  element('nav', { class: 'walk' },
    element('button', { id: 'back' }, '← Back'), choice,
    element('button', { id: 'next' }, 'Next →'), element('button', { id: 'quiz', 'aria-pressed': false }, 'Quiz')),
  element('div', { id: 'step', 'aria-live': 'polite' }),
  element('footer', null, `Written by ScratchNet ${data.scratchnet}. Arrow keys step too. This file is complete: it loads nothing.`));
document.getElementById('back').addEventListener('click', () => go(place - 1));
document.getElementById('next').addEventListener('click', () => go(place + 1));
choice.addEventListener('change', () => go(Number(choice.value)));
document.getElementById('quiz').addEventListener('click', () => { isQuiz = !isQuiz; draw(); });
document.addEventListener('keydown', event => {
  if (!['INPUT', 'SELECT'].includes(event.target.tagName) && (event.key === 'ArrowRight' || event.key === 'ArrowLeft')) {
    go(place + (event.key === 'ArrowRight' ? 1 : -1));
  }
});
draw();
