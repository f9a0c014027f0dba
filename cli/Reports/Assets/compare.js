// The page that compares several runs.

function comparePage(runs) {
  const lines = runs.map((run, i) => ({ run, name: run.name, colour: colour(i) }));
  return [
    element('p', { class: 'over' }, 'comparison'),
    element('h1', null, `${runs.length} runs`),
    element('p', { class: 'sub' }, [...new Set(runs.map(run => `${run.config.network.shape} on ${run.config.dataset.name}`))].join('; ')),
    section('Results', null, card(null, resultTable(lines)), dataNote(runs)),
    section('Curves', null, ...compareCurves(lines)),
    section('What differs', 'Settings and surroundings that are not the same in all of these runs.', card(null, differences(lines))),
    section('The commands', null, element('pre', null, runs.map(run => run.config.sessions[0].command).join('\n'))),
  ];
}

function resultTable(lines) {
  const tested = lines.filter(({ run }) => run.result?.test).map(({ run }) => run.result.test.accuracy_interval);
  const [low, high] = [Math.min(...tested.map(([from]) => from)), Math.max(...tested.map(([, to]) => to))];
  const place = share => high > low ? 100 * (share - low) / (high - low) : 50;
  return table([
    { name: 'run', cell: line => element('span', { class: 'key', style: { '--key': line.colour } }, line.name) },
    { name: 'network', cell: ({ run }) => element('span', { class: 'mono' }, run.config.network.shape) },
    { name: 'test accuracy', number: true, cell: ({ run }) => run.result?.test ? percent(run.result.test.accuracy) : run.result?.status ?? 'not ended' },
    { name: tested.length ? `95 % interval, ${percent(low, 1)} to ${percent(high, 1)}` : '', cell: ({ run, colour: key }) =>
      run.result?.test ? intervalBar(run.result.test, place, key) : '' },
    { name: 'best validation', number: true, cell: ({ run }) => percent(bestOf(run.metrics.validation_accuracy)?.value) },
    { name: 'epochs', number: true, cell: ({ run }) => String(last(run.metrics.epoch) ?? 0) },
    { name: 'training', number: true, cell: ({ run }) => duration(last(elapsed(run.metrics)) ?? 0) },
    { name: 'parameters', number: true, cell: ({ run }) => count(run.config.network.parameters) },
  ], lines);
}

/** The interval on an axis that all runs share, with a mark at the accuracy itself. */
function intervalBar(test, place, key) {
  const [from, to] = test.accuracy_interval.map(place);
  return element('div', {
    class: 'bar', style: { '--key': key, 'min-width': '130px' }, role: 'img',
    'aria-label': interval(test), title: interval(test),
  },
  element('i', { style: { left: `${from}%`, width: `${to - from}%`, opacity: '.45' } }),
  element('i', { style: { left: `calc(${place(test.accuracy)}% - 1.5px)`, width: '3px', top: '-3px', bottom: '-3px' } }));
}

/** Runs on different data cannot be compared by their accuracy. */
function dataNote(runs) {
  const differ = new Set(runs.map(run => run.config.dataset.xxh128).filter(Boolean)).size > 1;
  return element('p', { class: `note below ${differ ? 'bad' : ''}` }, differ
    ? 'These runs learnt from different data: their accuracies are of different tests.'
    : 'Where intervals overlap widely, the difference may be chance: compare more seeds, or more test pictures.');
}

/** Seconds of training up to the end of each epoch. */
function elapsed(metrics) {
  let total = 0;
  return metrics.seconds.map(value => total += value ?? 0);
}

function compareCurves(lines) {
  const wrong = values => values.map(value => isNumber(value) ? 1 - value : null);
  const charts = [
    ['Validation error', metrics => wrong(metrics.validation_accuracy), { format: shortPercent, height: 300 }],
    ['Validation loss', metrics => metrics.validation_loss, {}],
    ['Training loss', metrics => metrics.train_loss, {}],
    ['Training error', metrics => wrong(metrics.train_accuracy), { format: shortPercent }],
    ['Learning rate', metrics => metrics.learning_rate, { zero: true, linear: true }],
  ];
  const place = element('div');
  const draw = byTime => place.replaceChildren(keys(lines), element('div', { class: 'grid' }, charts.map(([name, values, options]) => {
    const series = lines.map(({ run, name: title, colour: key }) => (
      { name: title, colour: key, x: byTime ? elapsed(run.metrics) : run.metrics.epoch, y: values(run.metrics) }))
      .filter(line => line.y.some(isNumber));
    if (series.length === 0) {
      return null;
    }
    const chart = card(name, lineChart({
      series, xName: byTime ? 'second' : 'epoch', log: !options.linear && spreads(series.flatMap(line => line.y)), ...options,
    }));
    chart.classList.toggle('wide', options.height > 220);
    return chart;
  })));
  const buttons = [['by epoch', false], ['by training time', true]].map(([name, byTime]) =>
    element('button', { type: 'button', 'aria-pressed': String(!byTime) }, name));
  buttons.forEach((button, i) => button.addEventListener('click', () => {
    buttons.forEach(other => other.setAttribute('aria-pressed', String(other === button)));
    draw(i === 1);
  }));
  draw(false);
  return [element('div', { class: 'switch', role: 'group', 'aria-label': 'x axis' }, buttons), place];
}

function differences(lines) {
  const facts = ({ config }) => {
    const session = config.sessions.at(-1);
    return {
      ...config.options, network: config.network.shape, data: `${config.dataset.name} (${config.dataset.xxh128?.slice(0, 8) ?? '?'})`,
      device: session.device_name, threads: session.threads, '.NET': session.dotnet, ScratchNet: session.scratchnet,
    };
  };
  const all = lines.map(({ run }) => facts(run));
  const names = [...new Set(all.flatMap(Object.keys))].filter(name => new Set(all.map(entry => entry[name])).size > 1);
  return names.length === 0 ? element('p', { class: 'soft' }, 'Nothing: the runs were asked for alike.') : table([
    { name: '', cell: name => name.replace(/^--/, '') },
    ...lines.map((line, i) => ({ name: line.name, cell: name => String(all[i][name] ?? '–') })),
  ], names);
}
