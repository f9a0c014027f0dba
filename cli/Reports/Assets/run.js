// The page about one run.

function runPage(run) {
  const { config, metrics, result } = run;
  return [
    runHead(run),
    section('Curves', null, curves(run)),
    timeSplit(metrics),
    ...(result?.test ? [confusion(run), ...mistakeSection(run)] : []),
    ...(run.first_layer ? [firstLayerSection(run)] : []),
    ...(run.layers.length ? [layerSection(run)] : []),
    provenance(config),
  ];
}

function runHead({ name, config, metrics, result }) {
  const { network, dataset } = config;
  const test = result?.test;
  const best = bestOf(metrics.validation_accuracy);
  const seconds = result?.seconds ?? metrics.seconds.reduce((sum, value) => sum + (value ?? 0), 0);
  const heads = [
    test && head(percent(test.accuracy), 'of the test pictures are right', `95 % interval: ${interval(test)}`, 'main'),
    test && head(count(Math.round(test.images * (1 - test.accuracy))), `mistakes in ${count(test.images)}`, `test loss ${figure(test.loss)}`),
    best && head(percent(best.value), 'best on validation', `epoch ${metrics.epoch[best.place]}`),
    head(duration(seconds), 'of training', `${count(Math.round(seconds ? metrics.epoch.length * dataset.train / seconds : 0))} pictures a second`),
    head(count(network.parameters), 'parameters', network.layers.filter(layer => layer.startsWith('dense')).length + ' layers of weights'),
  ];
  return [
    element('p', { class: 'over' }, `run ${name}`),
    element('h1', null, network.shape),
    element('p', { class: 'sub' }, `trained on ${dataset.name}: ${count(dataset.train)} pictures of ${dataset.height}×${dataset.width} to learn from, `
      + `${count(dataset.validation)} to validate, ${count(dataset.test)} to test, ${dataset.classes.length} classes`),
    stateLine(config, metrics, result),
    element('div', { class: 'heads' }, heads),
  ];
}

/** The 95 % interval of a test accuracy. */
function interval({ accuracy_interval: [low, high] }) {
  return `${(100 * low).toFixed(2)} to ${percent(high)}`;
}

function head(value, ...words) {
  const kind = words[2] ?? '';
  return element('div', { class: `head ${kind}` }, element('b', null, value), words.slice(0, 2).map(word => element('span', null, word)));
}

/** Says so when the run did not end as it should. */
function stateLine(config, metrics, result) {
  const epochs = config.options['--epochs'];
  const words = {
    finished: null,
    interrupted: `The run was interrupted in epoch ${(result?.epoch ?? 0) + 1} of ${epochs} and can be resumed.`,
    failed: `The run broke down: ${result?.message}.`,
  }[result?.status] ?? (result ? null : `The run has not ended, or was killed: ${metrics.epoch.length} of ${epochs} epochs are done.`);
  return words ? element('p', { class: 'state' }, words) : null;
}

function bestOf(accuracies) {
  const place = accuracies.reduce((best, value, i) => isNumber(value) && (best < 0 || value > accuracies[best]) ? i : best, -1);
  return place < 0 ? null : { place, value: accuracies[place] };
}

function curves({ metrics }) {
  const pair = (train, validation) => [
    { name: 'training', colour: colour(1), x: metrics.epoch, y: train, dashed: true },
    { name: 'validation', colour: colour(0), x: metrics.epoch, y: validation },
  ].filter(line => line.y.some(isNumber));
  const wrong = accuracies => accuracies.map(value => isNumber(value) ? 1 - value : null);
  const loss = pair(metrics.train_loss, metrics.validation_loss);
  const error = pair(wrong(metrics.train_accuracy), wrong(metrics.validation_accuracy));
  const logarithmic = lines => spreads(lines.flatMap(line => line.y));
  const plain = (name, values, format) => card(name,
    lineChart({ series: [{ name: '', colour: colour(7), x: metrics.epoch, y: values }], format, height: 130, zero: true }));
  return [
    element('div', { class: 'grid' },
      card('Loss', keys(loss), lineChart({ series: loss, log: logarithmic(loss) })),
      card('Error: share of wrong answers', keys(error), lineChart({ series: error, log: logarithmic(error), format: shortPercent }))),
    element('div', { class: 'grid below' },
      plain('Learning rate at the end of the epoch', metrics.learning_rate),
      plain('Pictures a second', metrics.images_per_second)),
    element('p', { class: 'note below' }, 'Training figures are means over the epoch, of networks that were still learning, on distorted and '
      + 'thinned-out inputs where the run has distortion or dropout; validation figures are of the network at the end of the epoch.'),
    element('details', null, element('summary', null, 'The figures as a table'), table([
      { name: 'epoch', number: true, cell: i => String(metrics.epoch[i]) },
      { name: 'training loss', number: true, cell: i => figure(metrics.train_loss[i]) },
      { name: 'training accuracy', number: true, cell: i => percent(metrics.train_accuracy[i]) },
      { name: 'validation loss', number: true, cell: i => figure(metrics.validation_loss[i]) },
      { name: 'validation accuracy', number: true, cell: i => percent(metrics.validation_accuracy[i]) },
      { name: 'seconds', number: true, cell: i => figure(metrics.seconds[i]) },
    ], metrics.epoch.map((_, i) => i))),
  ];
}

/** A percentage without needless zeros, for axes. */
function shortPercent(share) {
  return isNumber(share) ? `${Number((100 * share).toPrecision(3))} %` : '–';
}

function timeSplit(metrics) {
  const sum = values => values.reduce((total, value) => total + (value ?? 0), 0);
  const phases = ['data', 'forward', 'backward', 'update'].map((phase, i) => (
    { name: phase === 'update' ? 'optimizer' : phase, colour: colour([4, 0, 2, 3][i]), seconds: sum(metrics[`${phase}_seconds`]) }));
  const all = sum(phases.map(phase => phase.seconds));
  return all === 0 ? null : section('Where the time goes', 'The parts of a training step: gathering and distorting the pictures, the '
    + 'layers forward, the gradients backward, and the optimizer changing the weights.',
  card(null,
    element('div', { class: 'split' }, phases.map(phase => element('i', {
      style: { '--key': phase.colour, 'flex-grow': String(phase.seconds / all) }, title: `${phase.name}: ${duration(phase.seconds)}`,
    }, phase.seconds > 0.07 * all ? percent(phase.seconds / all, 0) : null))),
    keys(phases.map(phase => ({ ...phase, name: `${phase.name} ${percent(phase.seconds / all, 1)}, ${duration(phase.seconds)}` })))));
}

function confusion({ config, result }) {
  const { confusion: matrix, classes } = result.test;
  const names = config.dataset.classes;
  const most = Math.max(1, ...matrix.flatMap((row, is) => row.filter((_, taken) => taken !== is)));
  const cell = (number, is, taken) => element('td', {
    title: `${names[is]} taken for ${names[taken]}: ${count(number)}`,
    style: number === 0 ? {} : {
      background: is === taken ? 'color-mix(in srgb, var(--c0) 16%, transparent)'
        : `color-mix(in srgb, var(--c1) ${Math.round(20 + 60 * number / most)}%, transparent)`,
    },
  }, number === 0 ? element('span', { class: 'soft' }, '·') : count(number));
  return section('What is taken for what', 'Rows are what a test picture is, columns what it was taken for.',
    element('div', { class: 'grid' },
      card(null, element('div', { class: 'scroll' }, element('table', { class: 'confusion' },
        element('thead', null, element('tr', null, element('th'), names.map(name => element('th', { scope: 'col', title: name }, name)))),
        element('tbody', null, matrix.map((row, is) => element('tr', null,
          element('th', { scope: 'row', title: names[is] }, names[is]), row.map((number, taken) => cell(number, is, taken)))))))),
      card(null, table([
        { name: 'class', cell: entry => entry.class },
        { name: 'precision', number: true, cell: entry => percent(entry.precision, 1) },
        { name: 'recall', number: true, cell: entry => percent(entry.recall, 1) },
        { name: '', cell: entry => recallBar(entry.recall, classes) },
        { name: 'F1', number: true, cell: entry => percent(entry.f1, 1) },
        { name: 'pictures', number: true, cell: entry => count(entry.images) },
      ], classes))));
}

/** A bar that begins a little below the worst class, so that differences are seen. */
function recallBar(recall, classes) {
  const least = Math.max(0, Math.min(...classes.map(entry => entry.recall)) - 0.02);
  return element('div', { class: 'bar', 'aria-hidden': 'true' },
    element('i', { style: { width: `${100 * (recall - least) / (1 - least)}%` } }));
}

function mistakeSection({ config, result }) {
  const shown = result.mistakes.length;
  return shown === 0 ? [] : [section('The worst mistakes',
    `The ${shown} test pictures that the network was surest about and wrong: what each is → what it was taken for, and how sure it was.`,
    card(null, mistakes(result, config.dataset.classes)))];
}

function firstLayerSection({ first_layer: layer, config }) {
  return section('What the first layer looks for', `One picture a unit: orange pixels speak for it, blue ones against it. `
    + `${layer.pictures.length < layer.units ? `The ${layer.pictures.length} strongest of ${layer.units} units` : `All ${layer.units} units`}; `
    + `full colour is a weight of ${figure(layer.greatest)}.`,
  card(null, firstLayer(layer, config.dataset.width, config.dataset.height)));
}

function layerSection({ layers, result }) {
  const series = (column, from = layers) => from.map((layer, i) => (
    { name: `layer ${layer.layer}`, colour: colour(layers.indexOf(layer)), x: layer.epoch, y: layer[column] }));
  const inner = layers.slice(0, -1);
  const charts = [
    ['Gradient norm', series('gradient_norm'), { log: true }],
    ['Spread of the outputs', series('output_deviation'), {}],
    ['Weight norm', series('weight_norm'), {}],
    ['Dead units', series('dead_units', inner), { format: shortPercent, zero: true }],
    ['Saturated outputs', series('saturated', inner), { format: shortPercent, zero: true }],
  ].filter(([, lines]) => lines.some(line => line.y.some(value => value > 0)));
  return section('Layer by layer', 'Measured on the same 256 training pictures, undistorted, as the run went on; epoch 0 is before the first step.',
    keys(layers.map((layer, i) => ({ name: `layer ${layer.layer}: ${arrow(layer.description)}`, colour: colour(i) }))),
    element('div', { class: `grid ${charts.length > 3 ? 'four' : 'three'}` }, charts.map(([name, lines, options]) =>
      card(name, lineChart({ series: lines, height: 160, ...options })))),
    element('div', { class: 'card below' }, layerTable(layers)),
    histograms(result?.layers ?? [], result?.layers_epoch));
}

/** A layer's description as print has it. */
function arrow(description) {
  return description.replace('->', '→');
}

function layerTable(layers) {
  const share = column => layer => last(layer[column]) > 0 ? percent(last(layer[column]), 1) : '–';
  return table([
    { name: 'layer', cell: layer => `${layer.layer}: ${arrow(layer.description)}` },
    { name: 'outputs, mean ± deviation', number: true, cell: layer => `${figure(last(layer.output_mean))} ± ${figure(last(layer.output_deviation))}` },
    { name: 'zeros', number: true, cell: share('zeros') },
    { name: 'dead units', number: true, cell: share('dead_units') },
    { name: 'saturated', number: true, cell: share('saturated') },
    { name: '‖W‖', number: true, cell: layer => figure(last(layer.weight_norm)) },
    { name: '‖dW‖', number: true, cell: layer => figure(last(layer.gradient_norm)) },
  ], layers);
}

function histograms(layers, epoch) {
  return layers.length === 0 ? null : element('details', { open: '' },
    element('summary', null, `Outputs, weights and gradients after epoch ${epoch} (heights are square roots of counts)`),
    layers.map((layer, i) => element('div', { class: 'grid three below' }, ['outputs', 'weights', 'gradients']
      .filter(kind => layer[kind]).map(kind => card(`layer ${layer.layer}: ${kind}`, histogram(layer[kind], colour(i)))))));
}

function provenance(config) {
  const session = config.sessions.at(-1);
  const resumed = config.sessions.slice(1).map(entry => `${entry.started}, in epoch ${entry.epoch}`).join('; ');
  return section('What was run, and where', null,
    element('pre', null, config.sessions[0].command),
    element('div', { class: 'grid below' },
      card('Settings', list(Object.entries(config.options).map(([name, value]) => [name.slice(2), value]))),
      card('Machine', list([
        ['device', `${session.device}: ${session.device_name}`],
        ['', session.device_capabilities],
        ['threads', session.threads && `${session.threads} of ${session.processors} processors`],
        ['system', `${session.system}, ${session.architecture}`],
        ['versions', `ScratchNet ${session.scratchnet}, .NET ${session.dotnet}`],
        ['seed', config.options['--seed']],
        ['started', config.sessions[0].started],
        ['resumed', resumed],
        ['data', config.dataset.name],
        ['XXH128', element('code', null, config.dataset.xxh128)],
      ]))));
}
