// One training step, step by step; quiz mode hides each number until it is guessed.

const data = JSON.parse(document.getElementById('data').textContent);
const steps = data.steps;
const guessed = new Map();
let [place, isQuiz] = [0, false];

const product = term => term.factors.reduce((a, b) => a * b);
const factor = value => value < 0 ? `(${digits(value)})` : digits(value);

/** A share of the largest as a bar to the right of the middle, or to the left. */
function scale(value, most) {
  return element('span', { class: 'scale', 'aria-hidden': 'true' }, element('i', {
    class: value > 0 ? 'above' : null, style: { '--share': `${most ? 50 * Math.abs(value) / most : 0}%` } }));
}

function row(name, factors, value, most, kind) {
  return element('div', { class: `term ${kind ?? ''}` },
    element('span', null, name),
    element('span', { class: 'n product' }, factors),
    element('span', { class: 'n' }, value == null ? '?' : digits(value)),
    value == null ? element('span') : scale(value, most));
}

/** What is added up, and the sum unless it is to be guessed. */
function terms(line, isHidden) {
  const sizes = [...line.terms.map(product), line.rest, isHidden ? 0 : line.value].map(Math.abs);
  const most = Math.max(...sizes);
  return element('div', { class: 'terms' },
    line.terms.map(term =>
      row(term.name, term.factors.length > 1 ? term.factors.map(factor).join(' · ') : '', product(term), most)),
    line.rest_count > 0 ? row(`${line.rest_count} more`, '', line.rest, most) : null,
    row('sum', '', isHidden ? null : line.value, most, 'total'));
}

/** What stands between a number's name and its value: the equation, with numbers; a sum has its terms below instead. */
function rightSide(line, isSum) {
  const [term] = line.terms;
  const parts = isSum ? []
    : term ? [term.name === line.name ? null : term.name, term.factors.map(factor).join(' · ')]
      : [line.filled];
  return parts.filter(Boolean).map(part => `${part} = `).join('');
}

/** The gradient by differences, beside its own, and whether the two agree. */
function numeric(line, step) {
  if (line.numeric == null) {
    return element('span', { class: 'numeric' }, 'numeric: none, at a corner of relu');
  }
  const size = Math.max(...step.lines.map(({ numeric: other }) => Math.abs(other ?? 0)));
  const agrees = Math.abs(line.value - line.numeric) <= data.tolerance * size;
  return element('span', { class: `numeric ${agrees ? 'agrees' : 'differs'}` },
    `${agrees ? '✓' : '✗'} numeric ${digits(line.numeric)}`);
}

/** Whether a guess is good enough, and what to look at if it is not. */
function judge(text, value) {
  const guess = Number(text.trim().replace(',', '.') || 'x');
  if (!Number.isFinite(guess)) {
    return 'that is no number: write 0.25 or -1e-3';
  }
  return Math.abs(guess - value) <= Math.max(0.02 * Math.abs(value), 1e-9) ? ''
    : guess * value < 0 ? 'not yet: look at the sign'
      : `not yet: too ${Math.abs(guess) > Math.abs(value) ? 'large' : 'small'} (within 2 % counts)`;
}

function guessForm(line, key) {
  const input = element('input', { type: 'text', 'aria-label': `your guess for ${line.name}`, autocomplete: 'off' });
  const word = element('span', { class: 'soft', role: 'status' });
  const form = element('form', { class: 'guess' }, input, element('button', null, 'Guess'),
    element('button', { type: 'button', class: 'reveal' }, 'Show'), word);
  const reveal = isRight => {
    guessed.set(key, isRight);
    draw();
    (document.querySelector('.guess input') ?? document.getElementById('next')).focus();
  };
  form.addEventListener('submit', event => {
    event.preventDefault();
    word.textContent = judge(input.value, line.value);
    if (!word.textContent) {
      reveal(true);
    }
  });
  form.querySelector('.reveal').addEventListener('click', () => reveal(false));
  return form;
}

/** A number with its equation. In the quiz a step's first hidden one can be guessed; those after it might tell it, and wait. */
function lineOf(line, key, step, state) {
  const isHidden = isQuiz && !guessed.has(key);
  const isNext = isHidden && !state.found;
  state.found ||= isHidden;
  const right = isHidden ? element('span', { class: 'veiled' }, '?') : element('b', null, digits(line.value));
  const isSum = line.terms.length + line.rest_count > 1;
  const result = element('span', { class: 'result' },
    element('span', { class: 'equation' }, `${line.name} = `, isHidden && !isNext ? null : rightSide(line, isSum), right),
    line.gradient && !isHidden ? numeric(line, step) : null);
  if (!isSum || isHidden) {
    return element('div', { class: 'line' }, result,
      isNext && isSum ? terms(line, true) : null, isNext ? guessForm(line, key) : null);
  }
  const isOpen = !state.opened;
  state.opened = true;
  return element('div', { class: 'line' },
    element('details', isOpen ? { open: '' } : null, element('summary', null, result), terms(line, false)));
}

/** An equation; what stands before its colon says where it comes from. */
function equationOf(text) {
  const [label, rest] = text.includes(': ') ? text.split(': ') : [null, text];
  return label ? [element('span', null, label), element('div', null, rest)] : element('div', { class: 'whole' }, rest);
}

function draw() {
  const step = steps[place];
  document.getElementById('back').disabled = place === 0;
  document.getElementById('next').disabled = place === steps.length - 1;
  document.getElementById('quiz').setAttribute('aria-pressed', isQuiz);
  document.getElementById('where').textContent = isQuiz
    ? `${place + 1} of ${steps.length} · ${[...guessed.values()].filter(isRight => isRight).length} guessed, `
      + `${[...guessed.values()].filter(isRight => !isRight).length} shown`
    : `${place + 1} of ${steps.length}`;
  document.querySelector('.map [aria-current]')?.removeAttribute('aria-current');
  const stop = document.querySelector(`.map [data-step="${place}"]`);
  stop.setAttribute('aria-current', 'step');
  stop.closest('.map').scrollLeft = stop.offsetLeft - stop.closest('.map').clientWidth / 2;
  const state = { found: false, opened: false };
  const node = document.getElementById('step');
  node.className = step.part;
  node.replaceChildren(...[
    element('p', { class: 'part' }, step.part === 'weight' ? 'one weight' : step.part),
    element('h2', { tabindex: -1 }, step.title),
    element('p', { class: 'soft' }, step.words),
    element('div', { class: 'equations' }, step.equations.map(equationOf)),
    step.pictures.length && !(isQuiz && step.lines.length) ? pictures(step) : null,
    element('div', { class: 'lines' }, step.lines.map((line, i) => lineOf(line, `${place}.${i}`, step, state))),
  ].filter(part => part != null));
}

/** Goes to a step; the address names it, so that a link can. */
function go(to) {
  place = Math.max(0, Math.min(steps.length - 1, to));
  history.replaceState(null, '', `#${place + 1}`);
  draw();
  const node = document.getElementById('step');
  if (node.getBoundingClientRect().top < 0) {
    node.scrollIntoView();
  }
}

function fromAddress() {
  const number = Number(location.hash.slice(1));
  return Number.isInteger(number) && number > 0 ? number - 1 : 0;
}

/** The button of a step on the map, with a small picture of its numbers. */
function stopOf(step, i) {
  const [picture] = step.pictures.toSorted((a, b) => largest([b]) - largest([a]));
  const isRow = picture && picture.width >= picture.values.length / 4;
  const width = isRow ? Math.ceil(Math.sqrt(2.5 * picture.values.length)) : picture?.width;
  return element('button', { class: step.part, 'data-step': i, title: step.title }, step.label,
    picture ? paint({ ...picture, width }, largest([picture])) : null);
}

function map() {
  const names = ['sample', ...data.columns, 'loss'];
  const ways = [['forward', 'forward →'], ['backward', '← backward'], ['weight', 'one weight']];
  const grid = element('nav', { class: 'map', 'aria-label': 'all steps',
    style: { 'grid-template-columns': `max-content repeat(${names.length}, minmax(max-content, 1fr))` } },
    element('span', { class: 'way' }), names.map(name => element('span', { class: 'column' }, name)),
    ways.map(([part, name]) => [element('span', { class: `way ${part}` }, name), names.map((_, column) =>
      element('div', { class: `stop ${part}` }, steps.map((step, i) =>
        step.part === part && step.column === column ? stopOf(step, i) : null)))]));
  grid.addEventListener('click', event => {
    const button = event.target.closest('button');
    if (button) {
      go(Number(button.dataset.step));
    }
  });
  return grid;
}

document.title = `${data.shape}: one training step`;
document.getElementById('page').replaceChildren(
  element('p', { class: 'over' }, 'one training step, every number of it'),
  element('h1', null, data.shape),
  element('div', { class: 'facts' }, list(data.notes)),
  map(),
  element('nav', { class: 'walk', 'aria-label': 'steps' },
    element('button', { id: 'back' }, '← Back'), element('button', { id: 'next' }, 'Next →'),
    element('span', { id: 'where', class: 'where', role: 'status' }),
    element('button', { id: 'quiz', 'aria-pressed': false, title: 'hides every number until it is guessed' }, 'Quiz')),
  element('div', { id: 'step' }),
  element('footer', null, `Written by ScratchNet ${data.scratchnet}. The arrow keys step too, Home and End go to the ends. `
    + 'Beside each gradient stands the one by central differences in double precision; ✓ says that both agree to '
    + `${data.tolerance} of the largest of the step. This file is complete: it loads nothing.`));
document.getElementById('back').addEventListener('click', () => go(place - 1));
document.getElementById('next').addEventListener('click', () => go(place + 1));
document.getElementById('quiz').addEventListener('click', () => { isQuiz = !isQuiz; draw(); });
addEventListener('hashchange', () => { place = Math.min(steps.length - 1, fromAddress()); draw(); });
document.addEventListener('keydown', event => {
  const to = { ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: steps.length - 1 }[event.key];
  if (to !== undefined && event.target.tagName !== 'INPUT' && !event.altKey && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    go(to);
  }
});
place = Math.min(steps.length - 1, fromAddress());
draw();
