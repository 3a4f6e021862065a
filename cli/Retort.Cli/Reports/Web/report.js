'use strict';
(() => {
  const data = JSON.parse(document.getElementById('figures').textContent);
  const colours = ['--one', '--two', '--three', '--four', '--five', '--six', '--seven', '--eight'].map(name => `var(${name})`);
  const main = document.getElementById('report');
  const drawn = [];

  // text and elements only: nothing of the data is ever read as HTML
  function el(name, attributes, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes ?? {}))
      if (value !== null && value !== undefined && value !== false) element.setAttribute(key, value === true ? '' : value);
    element.append(...children.flat().filter(child => child !== null && child !== undefined));
    return element;
  }

  const isNumber = value => typeof value === 'number' && Number.isFinite(value);
  const grouped = value => Math.round(value).toLocaleString('en');

  function number(value) {
    if (!isNumber(value)) return '–';
    const size = Math.abs(value);
    if (size === 0) return '0';
    if (size < 0.001 && size >= 0.0001) return value.toFixed(4);
    if (size >= 1000) return grouped(value);
    if (size >= 100) return value.toFixed(1);
    if (size >= 10) return value.toFixed(2);
    if (size >= 0.001) return value.toFixed(3);
    return value.toExponential(1);
  }

  // of a column, where whole numbers are whole
  const plain = value => !isNumber(value) ? '–' : Number.isInteger(value) && Math.abs(value) < 1e6 ? String(value) : number(value);
  const share = value => isNumber(value) ? `${(value * 100).toFixed(1)}\u00a0%` : '–';

  function bytes(value) {
    if (!isNumber(value)) return '–';
    return value < 1024 * 1024 ? `${(value / 1024).toFixed(value < 10240 ? 1 : 0)}\u00a0KiB` : `${(value / 1024 / 1024).toFixed(1)}\u00a0MiB`;
  }

  const writers = { share, number, count: value => isNumber(value) ? grouped(value) : '–', bytes, microseconds: value => !isNumber(value) ? '–' : value < 1000 ? `${value.toFixed(1)}\u00a0µs` : `${(value / 1000).toFixed(2)}\u00a0ms` };
  const write = (value, kind) => writers[kind](value);
  const range = (low, high, kind = 'number') => isNumber(low) && isNumber(high) ? `${write(low, kind)} to ${write(high, kind)}` : '';
  const estimate = (own, kind = 'number') => own && isNumber(own.value) ? `${write(own.value, kind)}${isNumber(own.low) ? ` [${write(own.low, kind)}, ${write(own.high, kind)}]` : ''}` : '–';
  const cut = (text, most = 26) => text.length > most ? text.slice(0, most - 1) + '…' : text;
  // names of groups begin alike and end alike: both are kept
  const middle = (text, most) => text.length > most ? `${text.slice(0, 10)}…${text.slice(text.length - most + 11)}` : text;
  const words = name => name.replaceAll('-', ' ');

  function section(id, title, lead, ...children) {
    const content = children.flat().filter(child => child);
    if (content.length === 0) return;
    main.append(el('section', { id, 'aria-labelledby': `${id}-title` }, el('h2', { id: `${id}-title` }, title), lead ? el('p', { class: 'lead' }, lead) : null, ...content));
    menu.append(el('li', null, el('a', { href: `#${id}` }, title)));
  }

  // columns: [title, kind of cell]; a row may carry a class
  function table(caption, columns, rows, shown = 15) {
    const cell = (value, i) => {
      const kind = columns[i][1];
      const name = i === 0 ? 'th' : 'td';
      const content = value instanceof Node ? value : value === null || value === undefined || value === '' ? (kind === 'text' || kind === 'long' ? '' : '–') : kind === 'text' || kind === 'long' ? String(value) : typeof value === 'string' ? value : write(value, kind);
      return el(name, { class: kind === 'text' ? null : kind === 'long' ? 'long' : 'number', scope: i === 0 ? 'row' : null }, content);
    };
    const line = row => el('tr', { class: row.class ?? null }, (row.cells ?? row).map(cell));
    const head = el('thead', null, el('tr', null, columns.map(([title, kind]) => el('th', { scope: 'col', class: kind === 'text' || kind === 'long' ? null : 'number' }, title))));
    const first = el('tbody', null, rows.slice(0, shown).map(line));
    const whole = el('table', null, caption ? el('caption', null, caption) : null, head, first);
    const scroll = el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption || 'Table' }, whole);
    if (rows.length <= shown + 2) {
      first.append(...rows.slice(shown).map(line));
      return scroll;
    }
    const rest = el('tbody', { hidden: true }, rows.slice(shown).map(line));
    whole.append(rest);
    const button = el('button', { type: 'button', 'aria-expanded': 'false' }, `Show all ${grouped(rows.length)}`);
    button.addEventListener('click', () => {
      rest.hidden = !rest.hidden;
      button.setAttribute('aria-expanded', String(!rest.hidden));
      button.textContent = rest.hidden ? `Show all ${grouped(rows.length)}` : `Show the first ${shown}`;
    });
    return el('div', null, scroll, button);
  }

  const numbers = (caption, columns, rows) => el('details', { class: 'numbers' }, el('summary', null, 'The numbers of this picture'), table(caption, columns, rows, 60));

  // a picture that is drawn anew where its place changes its width
  function figure(label, caption, options, more = {}) {
    const place = el('div', null);
    const draw = () => {
      const width = Math.max(260, Math.min(place.clientWidth || 640, more.most ?? 640));
      const given = options(width);
      const picture = Plot.plot({
        width, marginTop: 22, marginBottom: 42, ...given, ariaLabel: label,
        style: { background: 'transparent', color: 'currentColor', fontFamily: 'inherit', fontSize: '12px', overflow: 'visible' },
      });
      picture.setAttribute('role', 'img');
      picture.classList.add('picture');
      place.replaceChildren(picture);
    };
    drawn.push({ place, draw });
    return el('figure', null, more.legend ? el('ul', { class: 'legend' }, more.legend.map(([name, colour]) => el('li', null, swatch(colour), name))) : null, place, el('figcaption', null, caption), more.numbers ?? null);
  }

  function swatch(colour) {
    const own = el('span', { 'aria-hidden': 'true' });
    own.style.background = colour;
    return own;
  }

  const pictures = (...all) => el('div', { class: 'figures' }, all.flat().filter(one => one));
  const evenly = (list, most) => list.length <= most ? list : list.filter((_, i) => i % Math.ceil(list.length / most) === 0 || i === list.length - 1);
  const pale = { stroke: 'var(--pale)', strokeDasharray: '4 3' };
  const grid = { grid: true };

  // ---- the head ----
  const menu = el('ol', null);
  const kinds = { binary: 'Two classes', multiclass: `${data.classes?.count ?? 'Several'} classes`, regression: 'A number' };
  document.querySelector('header').append(
    el('h1', null, `How well '${data.label}' is predicted`),
    el('p', { class: 'sub' }, `${kinds[data.task]} · ${data.model} · measured on ${grouped(data.rows)} rows: ${data.testOrigin}`),
    ...(data.warnings.length ? [el('ul', { class: 'warnings', role: 'note', 'aria-label': 'To know first' }, data.warnings.map(text => el('li', null, text)))] : []),
    el('dl', { class: 'cards' }, data.verdict.map(own => el('div', { class: 'card' },
      el('dt', null, own.name), el('dd', { class: 'value' }, write(own.value, own.kind)),
      isNumber(own.low) ? el('dd', { class: 'range' }, `95 % interval ${range(own.low, own.high, own.kind)}`) : null, el('dd', { class: 'note' }, own.note)))));
  document.querySelector('nav').append(menu);

  // ---- the data ----
  function bars(counts, name) {
    const most = Math.max(...counts, 1), width = 4;
    const ns = 'http://www.w3.org/2000/svg';
    const svg = document.createElementNS(ns, 'svg');
    for (const [key, value] of Object.entries({ width: counts.length * width, height: 18, viewBox: `0 0 ${counts.length * width} 18`, role: 'img', class: 'bars', 'aria-label': `Distribution of ${name}` })) svg.setAttribute(key, value);
    counts.forEach((count, i) => {
      const bar = document.createElementNS(ns, 'rect');
      const height = count === 0 ? 0 : Math.max(1, 18 * count / most);
      for (const [key, value] of Object.entries({ x: i * width, y: 18 - height, width: width - 1, height, fill: 'var(--one)' })) bar.setAttribute(key, value);
      svg.append(bar);
    });
    return svg;
  }

  const own = data.data;
  const labelPicture = own.labelCounts
    ? figure(`How often each class of ${data.label} stands in the data`, `The classes of '${data.label}': how many rows ${own.labelCounts[0]?.train === undefined ? 'were measured' : 'were learned from and measured'}${own.labelCounts.length < (data.classes?.count ?? 0) ? `; the ${own.labelCounts.length} commonest` : ''}.`, width => ({
      marginLeft: Math.min(170, 20 + 7 * Math.max(...own.labelCounts.map(one => cut(one.name).length))), height: 60 + 34 * own.labelCounts.length, x: { label: 'Rows', ...grid, ticks: width < 400 ? 4 : 8 }, y: { label: null, domain: own.labelCounts.map(one => one.name), tickFormat: name => cut(name) },
      marks: [
        Plot.barX(own.labelCounts.flatMap(one => [{ name: one.name, rows: one.train ?? 0, of: 'learned from' }, { name: one.name, rows: one.test, of: 'measured' }]), { x: 'rows', y: 'name', fill: one => one.of === 'measured' ? colours[1] : colours[0], inset: 1 }),
        Plot.ruleX([0]),
      ],
    }), { legend: own.labelCounts[0]?.train === undefined ? [['measured', colours[1]]] : [['learned from', colours[0]], ['measured', colours[1]]], numbers: numbers('Rows by class', [['Class', 'text'], ['Learned from', 'count'], ['Measured', 'count']], own.labelCounts.map(one => [one.name, one.train, one.test])) })
    : own.labelBars ? figure(`Distribution of ${data.label}`, `The values of '${data.label}' in the rows that were measured.`, () => ({
      height: 220, x: { label: data.label }, y: { label: 'Rows', ...grid },
      marks: [Plot.rectY(own.labelBars, { x1: 'from', x2: 'to', y: 'count', fill: colours[0], inset: 0.5 }), Plot.ruleY([0])],
    }), { numbers: numbers('Rows by value', [['From', 'number'], ['To', 'number'], ['Rows', 'count']], own.labelBars.map(one => [one.from, one.to, one.count])) }) : null;
  section('data', 'The data', 'Look for columns with many missing values, for values that nobody would expect, and for columns that were left out.',
    el('p', null, `${own.file}: ${grouped(own.fileRows)} rows, ${own.fileColumns} columns. ${own.looked}`),
    labelPicture,
    table('The columns that the model reads, and protected ones.', [['Column', 'text'], ['Kind', 'text'], ['Missing', 'number'], ['Different', 'count'], ['Least', 'number'], ['Mean', 'number'], ['Most', 'number'], ['Distribution, or commonest values', 'long']],
      own.columns.map(one => [one.name, one.kind, one.missing ? `${grouped(one.missing)} (${share(one.share)})` : '0', one.different ?? 'many', isNumber(one.least) ? plain(one.least) : '', isNumber(one.mean) ? number(one.mean) : '', isNumber(one.most) ? plain(one.most) : '', one.common ?? bars(one.bars, one.name)])),
    own.ignored.length ? table('Columns that were left out.', [['Column', 'text'], ['Why', 'long']], own.ignored.map(one => [one.key, one.value])) : null);

  // ---- what was trained ----
  const link = one => one.link && /^https?:\/\//.test(one.link) ? el('a', { href: one.link, rel: 'noreferrer' }, one.source || one.link) : one.source;
  section('model', 'The model', 'What was chosen, and from which papers the choices come.',
    table('About the model.', [['', 'text'], ['', 'long']], data.training.map(one => [one.key, one.value])),
    data.parts.length ? table('The parts of the recipe.', [['Part', 'text'], ['Choice', 'text'], ['Settings', 'long'], ['Source', 'long']], data.parts.map(one => [one.part, one.id, one.settings, link(one)]), 20) : null);

  // ---- learning ----
  if (data.learning) {
    const curve = data.learning;
    const lines = curve.epochs.flatMap((epoch, i) => [{ epoch, loss: curve.train[i], of: 'Learned from' }, ...(curve.heldOut ? [{ epoch, loss: curve.heldOut[i], of: 'Held out' }] : [])]).filter(one => isNumber(one.loss));
    const resumed = curve.epochs[0] > 1 ? ` The run was ended and went on: the epochs before ${curve.epochs[0]} are not known here.` : '';
    section('learning', 'Learning', 'Look where the two lines part: from there on the network learns the rows by heart. Its weights are those of the epoch where the loss on held-out rows was lowest.',
      figure('Loss by epoch, on the rows that were learned from and on rows held out', `What training made small, by epoch${curve.heldOut ? ', and the loss on the labels of rows held out' : ''}. The two may be on different scales where a teacher or a penalty takes part.${resumed}`, () => ({
        height: 280, x: { label: 'Epoch' }, y: { label: 'Loss', ...grid, zero: false },
        marks: [
          curve.best ? Plot.ruleX([curve.best], pale) : null,
          Plot.line(lines, { x: 'epoch', y: 'loss', z: 'of', stroke: one => one.of === 'Held out' ? colours[1] : colours[0], strokeWidth: 1.8 }),
          lines.length < 5 ? Plot.dot(lines, { x: 'epoch', y: 'loss', fill: one => one.of === 'Held out' ? colours[1] : colours[0] }) : null,
          curve.best ? Plot.text([curve.best], { x: one => one, frameAnchor: 'top', dy: -14, text: one => `kept: epoch ${one}` }) : null,
          Plot.tip(lines, Plot.pointerX({ x: 'epoch', y: 'loss', title: one => `Epoch ${one.epoch}\n${one.of}: ${number(one.loss)}` })),
        ],
      }), { most: 760, legend: [['Learned from', colours[0]], ...(curve.heldOut ? [['Held out', colours[1]]] : [])], numbers: numbers('Loss by epoch', [['Epoch', 'count'], ['Learned from', 'number'], ['Held out', 'number']], evenly(curve.epochs.map((epoch, i) => [epoch, curve.train[i], curve.heldOut?.[i]]), 40)) }));
  }

  // ---- classes ----
  if (data.classes) {
    const { names, confusion, curves, spread, after, before } = data.classes;
    const sums = confusion.map(row => row.reduce((a, b) => a + b, 0));
    const matrix = names.length <= 12
      ? el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Confusion matrix' }, el('table', { class: 'confusion' },
        el('caption', null, 'Rows: the true class. Columns: the answer. The share is of the true class.'),
        el('thead', null, el('tr', null, el('th', { scope: 'col' }, 'True'), names.map(name => el('th', { scope: 'col' }, cut(name))), el('th', { scope: 'col' }, 'All'))),
        el('tbody', null, confusion.map((row, i) => el('tr', null, el('th', { scope: 'row' }, cut(names[i])), row.map(count => {
          const cell = el('td', null, grouped(count), el('small', null, sums[i] ? share(count / sums[i]) : '–'));
          cell.style.setProperty('--share', sums[i] ? count / sums[i] : 0);
          return cell;
        }), el('th', { scope: 'row' }, grouped(sums[i])))))))
      : figure('Confusion matrix: the true class by rows, the answer by columns', 'How often each true class (rows) got each answer (columns); the darker, the larger the share of the true class.', width => ({
        height: Math.min(width, 700), marginLeft: 90, marginBottom: 90, x: { label: 'Answer', domain: d3.range(names.length), tickFormat: i => cut(names[i], 12), tickRotate: -60 }, y: { label: 'True', domain: d3.range(names.length), tickFormat: i => cut(names[i], 12) },
        marks: [Plot.cell(confusion.flatMap((row, i) => row.map((count, j) => ({ i, j, share: sums[i] ? count / sums[i] : 0 }))).filter(one => one.share > 0), { x: 'j', y: 'i', fill: 'var(--one)', fillOpacity: one => 0.08 + 0.92 * one.share })],
      }), { most: 760 });
    const mixed = confusion.flatMap((row, i) => row.map((count, j) => [names[i], names[j], count, sums[i] ? count / sums[i] : 0])).filter((one, k) => Math.floor(k / names.length) !== k % names.length && one[2] > 0).sort((a, b) => b[2] - a[2]);
    section('classes', 'Right and wrong answers', 'Look for classes that are mostly taken for another one.',
      matrix, names.length > 2 && mixed.length ? table('The commonest mix-ups.', [['True', 'text'], ['Answer', 'text'], ['Rows', 'count'], ['of the true class', 'share']], mixed.slice(0, 40), 8) : null);

    const coloured = curves.map((one, i) => ({ ...one, colour: colours[i % colours.length] }));
    const legend = coloured.length > 1 ? coloured.map(one => [cut(one.name), one.colour]) : null;
    const square = width => ({ height: Math.min(width, 380), marginLeft: 46, marginRight: 14 });
    const points = which => coloured.flatMap(one => one[which].map(([x, y]) => ({ x, y, name: one.name, colour: one.colour })));
    section('curves', 'Telling classes apart', 'A curve that hugs the upper left (first picture) or upper right (second) tells the class from the rest at every threshold; the dashed lines are what chance gives.',
      pictures(
        figure('ROC curve: true positive rate against false positive rate', `ROC${names.length === 2 ? ` of '${names[1]}'` : ', each class against the rest'}. Area: ${coloured.map(one => coloured.length > 1 ? `${cut(one.name)}: ${number(one.area)}` : number(one.area)).join(', ')}.`, width => ({
          ...square(width), x: { label: 'False positive rate', domain: [0, 1], ...grid }, y: { label: 'True positive rate', domain: [0, 1], ...grid },
          marks: [Plot.line([[0, 0], [1, 1]], pale), Plot.line(points('roc'), { x: 'x', y: 'y', z: 'name', stroke: 'colour', strokeWidth: 1.8, curve: 'linear' })],
        }), { most: 440, legend, numbers: numbers('Points of the ROC curves', [['Class', 'text'], ['False positive rate', 'number'], ['True positive rate', 'number']], coloured.flatMap(one => evenly(one.roc, 11).map(point => [one.name, ...point]))) }),
        figure('Precision against recall', `Precision and recall. Average precision: ${coloured.map(one => coloured.length > 1 ? `${cut(one.name)}: ${number(one.precision)}` : `${number(one.precision)}; ${number(one.share)} by chance`).join(', ')}.`, width => ({
          ...square(width), x: { label: 'Recall', domain: [0, 1], ...grid }, y: { label: 'Precision', domain: [0, 1], ...grid },
          marks: [coloured.length === 1 ? Plot.ruleY([coloured[0].share], pale) : null, Plot.line(points('recall'), { x: 'x', y: 'y', z: 'name', stroke: 'colour', strokeWidth: 1.8 })],
        }), { most: 440, legend, numbers: numbers('Points of the curves of precision and recall', [['Class', 'text'], ['Recall', 'number'], ['Precision', 'number']], coloured.flatMap(one => evenly(one.recall, 11).map(point => [one.name, ...point]))) }),
        spread ? figure('How many rows of each class have which probability', `The probability of '${names[1]}' by true class: the less the two overlap, the better.`, () => ({
          height: 240, x: { label: `Probability of ${cut(names[1])}`, domain: [0, 1] }, y: { label: 'Rows', ...grid },
          marks: [...[0, 1].map(c => Plot.rectY(spread[c].map((count, i) => ({ count, from: i / spread[c].length, to: (i + 1) / spread[c].length })), { x1: 'from', x2: 'to', y: 'count', fill: colours[c], fillOpacity: 0.55, inset: 0.5 })), Plot.ruleY([0])],
        }), { most: 640, legend: names.map((name, c) => [cut(name), colours[c]]), numbers: numbers('Rows by probability', [['From', 'number'], [cut(names[0]), 'count'], [cut(names[1]), 'count']], spread[0].map((count, i) => [i / spread[0].length, count, spread[1][i]])) }) : null));

    const reliability = (one, title) => figure(`Reliability diagram ${title}: accuracy against confidence`, `Reliability ${title}: the share of right answers by the probability that was promised for the answer, with 95 % intervals (Wilson). Larger dots are more rows.`, width => ({
      ...square(width), x: { label: 'Confidence', domain: [names.length === 2 ? 0.5 : 0, 1], ...grid }, y: { label: 'Share of right answers', domain: [0, 1], ...grid }, r: { range: [2, 9] },
      marks: [Plot.line([[names.length === 2 ? 0.5 : 0, names.length === 2 ? 0.5 : 0], [1, 1]], pale), Plot.ruleX(one.bins, { x: 'confidence', y1: 'low', y2: 'high', stroke: colours[0] }), Plot.dot(one.bins, { x: 'confidence', y: 'accuracy', r: 'rows', fill: colours[0], fillOpacity: 0.85 })],
    }), { most: 440, numbers: numbers(`Reliability ${title}`, [['Confidence', 'number'], ['Right', 'number'], ['Interval', 'number'], ['Rows', 'count']], one.bins.map(bin => [bin.confidence, bin.accuracy, range(bin.low, bin.high), bin.rows])) });
    if (after) section('reliability', 'Do probabilities keep their promise?', `Dots on the dashed line are right; below it the model is too sure, above it too modest.${before ? '' : ' This model has no calibration of its own: \'retort calibrate\' adds one.'}`,
      pictures(before ? reliability(before, 'before calibration') : null, reliability(after, before ? 'after calibration' : 'of the model')),
      table('Calibration, with 95 % bootstrap intervals.', [['', 'text'], ...(before ? [['Before', 'number']] : []), [before ? 'After' : 'Value', 'number'], ['', 'long']], after.figures.map((one, i) => [one.name, ...(before ? [estimate(before.figures[i])] : []), estimate(one), one.note])));
  }

  // ---- numbers ----
  if (data.values) {
    const { points, rows, errors, interval, coverage } = data.values;
    const all = points.map(([truth, predicted, low, high]) => ({ truth, predicted, low, high, error: predicted - truth, outside: interval && !(truth >= low && truth <= high) }));
    const sample = points.length < rows ? ` (${grouped(points.length)} of ${grouped(rows)} rows)` : '';
    const ends = d3.extent(points.flatMap(([truth, predicted]) => [truth, predicted]));
    const sorted = all.slice().sort((a, b) => a.predicted - b.predicted);
    const tenths = d3.range(10).map(i => sorted.slice(Math.floor(i * sorted.length / 10), Math.floor((i + 1) * sorted.length / 10))).filter(one => one.length).map(one => [d3.mean(one, own => own.predicted), d3.mean(one, own => own.truth), Math.sqrt(d3.mean(one, own => own.error ** 2)), one.length]);
    const opacity = points.length > 300 ? 0.4 : 0.7;
    section('values', 'Predicted and true', 'Points on the dashed line are right. Look for a cloud that bends away from it, and for errors that grow with the prediction.',
      pictures(
        figure('True values against predictions', `Predicted and true values${sample}${interval ? `; vertical lines are ${interval}, drawn for some` : ''}.`, width => ({
          height: Math.min(width, 380), marginLeft: 56, x: { label: 'Predicted', ...grid, domain: ends, nice: true, ticks: 6 }, y: { label: 'True', ...grid, domain: ends, nice: true, ticks: 6 },
          marks: [interval ? Plot.ruleX(evenly(all, 120), { x: 'predicted', y1: 'low', y2: 'high', stroke: 'var(--pale)', strokeOpacity: 0.5, clip: true }) : null, Plot.line([[ends[0], ends[0]], [ends[1], ends[1]]], pale), Plot.dot(all, { x: 'predicted', y: 'truth', r: 2.2, fill: one => one.outside ? colours[1] : colours[0], fillOpacity: opacity })],
        }), { most: 440, legend: interval ? [['within the interval', colours[0]], ['outside', colours[1]]] : null, numbers: numbers('By tenths of the prediction', [['Mean prediction', 'number'], ['Mean true value', 'number'], ['RMSE', 'number'], ['Rows', 'count']], tenths) }),
        figure('Errors against predictions', `Prediction less truth, by prediction${sample}: the cloud should lie evenly around 0.`, width => ({
          height: Math.min(width, 380), marginLeft: 56, x: { label: 'Predicted', ...grid, ticks: 6 }, y: { label: 'Predicted less true', ...grid },
          marks: [Plot.ruleY([0], pale), Plot.dot(all, { x: 'predicted', y: 'error', r: 2.2, fill: colours[0], fillOpacity: opacity })],
        }), { most: 440 }),
        figure('Histogram of errors', `Prediction less truth, over all ${grouped(rows)} rows.`, () => ({
          height: 220, marginLeft: 56, x: { label: 'Predicted less true' }, y: { label: 'Rows', ...grid },
          marks: [Plot.rectY(errors, { x1: 'from', x2: 'to', y: 'count', fill: colours[0], inset: 0.5 }), Plot.ruleY([0]), Plot.ruleX([0], pale)],
        }), { most: 640, numbers: numbers('Rows by error', [['From', 'number'], ['To', 'number'], ['Rows', 'count']], errors.map(one => [one.from, one.to, one.count])) })),
      coverage.length ? table('Do intervals hold what they should?', [['Interval', 'text'], ['Should hold', 'share'], ['Holds', 'share'], ['95 % interval', 'number'], ['Mean width', 'number']], coverage.map(one => [one.name, one.nominal, one.coverage, range(one.low, one.high, 'share'), one.width])) : null);
  }

  // ---- groups ----
  if (data.fairness) {
    const gapNames = { 'demographic-parity': 'Selection rate (demographic parity)', 'equal-opportunity': 'True positive rate (equal opportunity)', 'false-positive-rate': 'False positive rate', 'equalized-odds': 'The wider of those two (equalized odds)', 'predictive-parity': 'Precision (predictive parity)', 'mean-score': data.task === 'regression' ? 'Mean prediction' : 'Mean score', 'error-rate': 'Error rate', 'log-loss': 'Log-loss', rmse: 'RMSE', mae: 'MAE', bias: 'Bias' };
    const first = group => group.classes?.length === 1 ? group.classes[0] : {};
    const shown = {
      binary: [['Base rate', group => first(group).baseRate], ['Selection rate', group => first(group).selectionRate], ['True positive rate', group => first(group).truePositiveRate], ['False positive rate', group => first(group).falsePositiveRate], ['Precision', group => first(group).precision], ['Error rate', group => group.errorRate], ['Log-loss', group => group.logLoss]],
      multiclass: [['Error rate', group => group.errorRate], ['Log-loss', group => group.logLoss]],
      regression: [['Mean true value', group => group.meanLabel], ['Mean prediction', group => group.meanPrediction], ['Bias', group => group.bias], ['RMSE', group => group.rmse], ['MAE', group => group.mae]],
    }[data.task];
    const drawnNames = { binary: ['Selection rate', 'True positive rate', 'False positive rate', 'Error rate'], multiclass: ['Error rate', 'Log-loss'], regression: ['Bias', 'RMSE'] }[data.task];
    const views = [...data.fairness.columns, ...(data.fairness.intersection ? [data.fairness.intersection] : [])];
    const blocks = views.flatMap((view, index) => {
      const most = 16;
      const groups = view.groups.slice().sort((a, b) => a.isSmall - b.isSmall || b.count - a.count).slice(0, most).sort((a, b) => view.groups.indexOf(a) - view.groups.indexOf(b));
      const left = Math.min(190, 26 + 6.6 * Math.max(...groups.map(group => cut(group.name, 28).length)));
      const plots = drawnNames.map(title => {
        const take = shown.find(one => one[0] === title)[1];
        const overall = take(data.fairness.all)?.value;
        const rows = groups.map(group => ({ name: group.name, isSmall: group.isSmall, count: group.count, ...take(group) })).filter(one => isNumber(one.value));
        if (rows.length === 0) return null;
        return figure(`${title} of the groups of ${view.name}`, `${title} by group with 95 % intervals; the dashed line is that of all rows.${groups.length < view.groups.length ? ` The ${groups.length} largest of ${view.groups.length} groups.` : ''}${rows.some(one => one.isSmall) ? ` Hollow: fewer than ${data.fairness.minimumCount} rows.` : ''}`, width => ({
          height: 70 + 24 * rows.length, marginLeft: left, x: { label: title, ...grid, zero: title.endsWith('rate'), ticks: Math.max(3, Math.floor((width - left) / 70)) }, y: { label: null, domain: groups.map(group => group.name), tickFormat: name => middle(name, 28), tickSize: 0 },
          marks: [isNumber(overall) ? Plot.ruleX([overall], pale) : null, Plot.ruleY(rows.filter(one => isNumber(one.low) && !one.isSmall), { y: 'name', x1: 'low', x2: 'high', stroke: colours[0], strokeWidth: 1.8 }), Plot.dot(rows, { x: 'value', y: 'name', r: 4, stroke: colours[0], fill: one => one.isSmall ? 'var(--paper)' : colours[0] })],
        }), { most: 440 });
      });
      const gaps = view.gaps.filter(gap => gap.highest);
      const divergence = view.divergence, dependence = view.dependence;
      return [
        el('h3', null, view.columns?.length > 1 ? `${view.name} (together)` : view.name),
        pictures(plots),
        gaps.length ? table(`Gaps of ${view.name}, widest against narrowest group, with 95 % intervals. A gap that is no wider than chance makes it says nothing.`, [['Of what', 'text'], ['Gap', 'number'], ['By chance', 'number'], ['Highest', 'text'], ['Lowest', 'text']],
          gaps.map(gap => [`${gapNames[gap.name] ?? words(gap.name)}${data.task === 'multiclass' && gap.class ? ` (${gap.class})` : ''}`, estimate(gap.difference), gap.floor, `${gap.highest}: ${number(gap.highestValue?.value)}`, `${gap.lowest}: ${number(gap.lowestValue?.value)}`])) : el('p', null, 'There are fewer than two groups with enough rows, so there are no gaps.'),
        table(`All groups of ${view.name}.`, [['Group', 'text'], ['Rows', 'count'], ...shown.map(([title]) => [title, 'number'])], view.groups.map(group => ({ class: group.isSmall ? 'small' : null, cells: [group.name, group.count, ...shown.map(([, take]) => take(group)?.value)] })), 8),
        isNumber(divergence?.jensenShannon?.value) ? el('p', { class: 'note' }, `How much scores depend on ${view.name}: Jensen-Shannon divergence ${number(divergence.jensenShannon.value)} nats (${number(divergence.floor)} by chance, p ${number(divergence.pValue)})${isNumber(dependence?.distanceCorrelation) ? `; distance correlation ${number(dependence.distanceCorrelation)} (${number(dependence.floor)} by chance)` : ''}.`) : null,
      ];
    });
    section('groups', 'Groups', 'Look at gaps that are wider than chance makes them, and at which groups they put at a disadvantage. Which gap matters is a question of the case: no number here says that a model is fair, and several gaps cannot vanish together where base rates differ.',
      ...blocks, data.fairness.notes?.length ? el('ul', { class: 'note' }, data.fairness.notes.map(note => el('li', null, note))) : null);
  }

  // ---- the path ----
  if (data.path?.points?.length) {
    const path = data.path, metric = path.metric;
    const tested = new Map((path.tested ?? []).map(one => [one.weight, one]));
    const points = path.points.map(one => ({ ...one, m: one[metric], name: plain(one.weight) })).filter(one => isNumber(one.m?.value) && isNumber(one.measured?.value));
    const beats = (a, b) => a.m.value <= b.m.value && a.measured.value <= b.measured.value && (a.m.value < b.m.value || a.measured.value < b.measured.value);
    const front = new Set(points.filter(one => !points.some(other => beats(other, one))).map(one => one.weight));
    const measure = { Divergence: 'Divergence above chance', MeanScoreGap: 'Gap of mean scores', DemographicParityGap: 'Gap of selection rates', EqualOpportunityGap: 'Gap of true positive rates', EqualizedOddsGap: 'Equalized-odds gap' }[path.measure] ?? path.measure;
    const title = { logLoss: 'Log-loss', rmse: 'RMSE' }[metric] ?? metric;
    const trade = width => ({
      height: Math.min(380, width * 0.7), marginLeft: 60, x: { label: measure, ...grid, ticks: Math.floor(width / 90) }, y: { label: title, ...grid, zero: false },
      marks: [
        Plot.ruleX(points.filter(one => isNumber(one.m.low)), { x: one => one.measured.value, y1: one => one.m.low, y2: one => one.m.high, stroke: 'var(--pale)', strokeOpacity: 0.6 }),
        Plot.ruleY(points.filter(one => isNumber(one.measured.low)), { y: one => one.m.value, x1: one => one.measured.low, x2: one => one.measured.high, stroke: 'var(--pale)', strokeOpacity: 0.6 }),
        Plot.line(points, { x: one => one.measured.value, y: one => one.m.value, stroke: colours[0], strokeOpacity: 0.5 }),
        Plot.dot(points, { x: one => one.measured.value, y: one => one.m.value, r: 5, stroke: colours[0], fill: one => front.has(one.weight) ? colours[0] : 'var(--paper)' }),
        Plot.text(points, { x: one => one.measured.value, y: one => one.m.value, text: 'name', dx: 8, dy: -9, textAnchor: 'start' }),
      ],
    });
    const costs = path.points.map(one => ({ name: plain(one.weight), ...one[metric] })).filter(one => isNumber(one.value));
    const alone = () => ({
      height: 260, marginLeft: 60, x: { label: 'Weight of the penalty', type: 'point', domain: costs.map(one => one.name) }, y: { label: title, ...grid, zero: false },
      marks: [Plot.ruleX(costs.filter(one => isNumber(one.low)), { x: 'name', y1: 'low', y2: 'high', stroke: 'var(--pale)' }), Plot.line(costs, { x: 'name', y: 'value', stroke: colours[0] }), Plot.dot(costs, { x: 'name', y: 'value', r: 4, fill: colours[0] })],
    });
    section('path', 'What less dependence costs', `Each dot is a network with another weight of the penalty. Lower left is better; look for the weight from which on ${title === 'RMSE' ? 'the RMSE' : 'the log-loss'} grows and dependence no longer shrinks.`,
      points.length > 1
        ? figure(`${title} against ${measure.toLowerCase()}, a dot for each weight of the penalty`, `${title} and ${measure.toLowerCase()} of ${path.of ?? 'the groups'}, on the ${grouped(path.rows)} rows held out that chose the epochs, with 95 % intervals. The numbers are the weights. Filled: no other dot is better in both.`, trade, { most: 700 })
        : figure(`${title} by weight of the penalty`, `${title} by weight, on the ${grouped(path.rows)} rows held out that chose the epochs, with 95 % intervals. How much scores depend on ${path.of ?? 'the groups'} is not to be had there: the groups have too few rows.`, alone, { most: 700 }),
      table('The path. Test rows have had no part in it.', [['Weight', 'number'], [title, 'number'], [`Test ${title}`, 'number'], [measure, 'number'], ['Score spread', 'number'], ['Not beaten', 'text']],
        path.points.map(one => ({ class: front.has(one.weight) ? 'chosen' : null, cells: [plain(one.weight), estimate(one[metric]), tested.get(one.weight)?.[`test${metric[0].toUpperCase()}${metric.slice(1)}`] ?? tested.get(one.weight)?.test, estimate(one.measured), one.spread?.value, front.has(one.weight) ? 'yes' : ''] }))));
  }

  // ---- the sweep ----
  if (data.sweep?.trials?.length) {
    const sweep = data.sweep, goals = sweep.objectives;
    const trials = sweep.trials.map(trial => ({ ...trial, x: goals.length > 1 ? trial.objectives[goals[0]] : trial.trial, y: trial.objectives[goals[goals.length > 1 ? 1 : 0]], isFront: sweep.front.includes(trial.trial), isBest: trial.trial === sweep.best }));
    const good = trials.filter(trial => isNumber(trial.x) && isNumber(trial.y));
    const rungs = Math.max(...trials.map(trial => trial.rungs), 1);
    const line = good.filter(trial => trial.isFront).sort((a, b) => a.x - b.x);
    // trials that were ended after an epoch or two would press all others together
    const high = d3.quantile(good.map(trial => trial.y).sort(d3.ascending), 0.95), highX = goals.length > 1 ? d3.quantile(good.map(trial => trial.x).sort(d3.ascending), 0.95) : Infinity;
    const visible = good.length > 20 ? good.filter(trial => trial.isFront || trial.isBest || (trial.y <= high && trial.x <= highX)) : good;
    const hidden = good.length - visible.length;
    const failed = trials.filter(trial => trial.failure).length;
    section('sweep', 'The search', `Each dot is a recipe that was tried; pale ones were ended early. ${goals.length > 1 ? 'On the line lie those that no other recipe is better than in all objectives.' : 'The filled orange one was the best.'}`,
      figure(`Trials of the search by ${goals.slice(0, 2).join(' and ')}`, `${grouped(trials.length)} recipes${failed ? `, ${failed} of which failed` : ''}, on rows held out${hidden ? `; ${hidden} that are far worse are not drawn` : ''}. Chosen: ${{ refit: `the recipe of trial ${sweep.best}, trained once more`, soup: `the soup of trials ${sweep.soup?.trials?.join(', ')}`, best: `trial ${sweep.best}` }[sweep.chosen] ?? sweep.chosen}.`, width => ({
        height: Math.min(360, width * 0.7), marginLeft: 60, x: { label: goals.length > 1 ? goals[0] : 'Trial', ...grid, ticks: Math.floor(width / 90), tickFormat: goals.length > 1 ? undefined : 'd' }, y: { label: goals.length > 1 ? goals[1] : goals[0], ...grid, zero: false },
        marks: [goals.length > 1 && line.length > 1 ? Plot.line(line, { x: 'x', y: 'y', stroke: colours[1], strokeOpacity: 0.7 }) : null, Plot.dot(visible, { x: 'x', y: 'y', r: trial => trial.isBest ? 6 : 4, stroke: trial => trial.isBest || (goals.length > 1 && trial.isFront) ? colours[1] : colours[0], fill: trial => trial.isBest ? colours[1] : 'none', strokeOpacity: trial => trial.isBest || trial.isFront ? 1 : 0.25 + 0.65 * trial.rungs / rungs, strokeWidth: 1.8 }), Plot.tip(visible, Plot.pointer({ x: 'x', y: 'y', title: trial => `Trial ${trial.trial}, ${trial.epochs} epochs\n${goals.map(goal => `${goal} ${number(trial.objectives[goal])}`).join('\n')}\n${trial.words}` }))],
      }), { most: 700 }),
      table('The trials, the best first.', [['Trial', 'count'], ['Rungs', 'text'], ['Epochs', 'count'], ...goals.map(goal => [goal, 'number']), ['Recipe', 'long']],
        trials.slice().sort((a, b) => b.isBest - a.isBest || !!a.failure - !!b.failure || b.rungs - a.rungs || a.objectives[goals[0]] - b.objectives[goals[0]]).slice(0, 200).map(trial => ({ class: trial.isBest ? 'chosen' : null, cells: [trial.trial, `${trial.rungs}/${rungs}`, trial.epochs, ...goals.map(goal => trial.objectives[goal]), trial.failure ?? trial.words] })), 10),
      sweep.tested?.length ? table('Those that no other is better than, on the test rows.', [['Trial', 'count'], ['File', 'text'], ...Object.keys(sweep.tested[0].test ?? {}).map(name => [name, 'number'])], sweep.tested.map(one => [one.trial, one.model, ...Object.values(one.test ?? {})])) : null);
  }

  // ---- importance ----
  if (data.importance?.columns.length) {
    const { columns, metric, rows, shuffles } = data.importance;
    const top = columns.slice(0, 20);
    const left = Math.min(200, 26 + 6.8 * Math.max(...top.map(one => cut(one.name, 28).length)));
    section('importance', 'Which columns matter', `How much the ${metric} grows where a column's values are dealt to other rows: the columns at the top carry the most. Columns that say the same share their importance, and may all look unimportant.`,
      figure(`How much the ${metric} grows without each column`, `Growth of the ${metric} over ${number(data.importance.base)}: mean and range of ${shuffles} shuffles on ${grouped(rows)} rows that were not learned from.${columns.length > top.length ? ` The ${top.length} most important of ${columns.length} columns.` : ''}`, width => ({
        height: 70 + 24 * top.length, marginLeft: left, x: { label: `Growth of the ${metric}`, ...grid, ticks: Math.max(3, Math.floor((width - left) / 80)) }, y: { label: null, domain: top.map(one => one.name), tickFormat: name => cut(name, 28), tickSize: 0 },
        marks: [Plot.ruleX([0]), Plot.ruleY(top, { y: 'name', x1: 'low', x2: 'high', stroke: colours[0], strokeWidth: 1.8 }), Plot.dot(top, { x: 'mean', y: 'name', r: 4, fill: colours[0] })],
      }), { most: 700, numbers: numbers('Importance of the columns', [['Column', 'text'], ['Mean', 'number'], ['Least', 'number'], ['Most', 'number']], columns.map(one => [one.name, one.mean, one.low, one.high])) }));
  }

  // ---- teacher ----
  if (data.teacher) {
    const { rows, points, axis, teacher } = data.teacher;
    const all = points.map(([x, y]) => ({ x, y }));
    const ends = data.task === 'regression' ? d3.extent(points.flat()) : [0, 1];
    section('teacher', 'Beside its teacher', 'Look whether the small model is worse than the one that taught it by more than its interval above, and what it saves.',
      table(`The model and its teacher, ${teacher}, on the same rows.`, [['', 'text'], ['Model', 'number'], ['Teacher', 'number']], rows.map(row => [row.name, write(row.model, row.kind), write(row.teacher, row.kind)]), 30),
      figure(`The model's ${axis} against the teacher's`, `The ${axis}, teacher and model, on ${grouped(points.length)} of the rows: on the dashed line they agree.`, width => ({
        height: Math.min(width, 360), marginLeft: 52, x: { label: `Teacher's ${cut(axis, 40)}`, domain: ends, ...grid, ticks: 6 }, y: { label: `Model's ${cut(axis, 40)}`, domain: ends, ...grid, ticks: 6 },
        marks: [Plot.line([[ends[0], ends[0]], [ends[1], ends[1]]], pale), Plot.dot(all, { x: 'x', y: 'y', r: 2.2, fill: colours[0], fillOpacity: 0.45 })],
      }), { most: 440 }));
  }

  section('speed', 'Size and speed', 'Measured where this report was made; other machines give other numbers.',
    table('Size and speed.', [['', 'text'], ['', 'number'], ['', 'long']], data.speed.map(one => [one.name, write(one.value, one.kind), one.note])));

  section('use', 'How to use it', 'A whole program for exactly these columns; its row is the first of those that were measured.', el('pre', { tabindex: 0, 'aria-label': 'C# code' }, el('code', null, data.code)));

  section('again', 'To make it again', 'The same command on the same data with the same versions gives the same model.',
    table('Where it comes from.', [['', 'text'], ['', 'long']], data.provenance.map(one => [one.key, one.value]), 20),
    data.recipe ? el('details', null, el('summary', null, 'The whole recipe (recipe.json)'), el('pre', { tabindex: 0, 'aria-label': 'The recipe as JSON' }, el('code', null, data.recipe))) : null);

  document.querySelector('footer').append('Made by Retort. This page is one file and asks nothing of the network. Plots: Observable Plot and D3 (ISC licence, in the source of this page).');

  // ---- drawing ----
  const drawAll = () => drawn.forEach(one => one.draw());
  drawAll();
  let width = document.documentElement.clientWidth, waiting = 0;
  addEventListener('resize', () => {
    if (document.documentElement.clientWidth === width) return;
    width = document.documentElement.clientWidth;
    clearTimeout(waiting);
    waiting = setTimeout(drawAll, 150);
  });
  let opened = [];
  addEventListener('beforeprint', () => {
    opened = [...document.querySelectorAll('details:not([open])')];
    opened.forEach(one => { one.open = true; });
  });
  addEventListener('afterprint', () => opened.forEach(one => { one.open = false; }));
  document.documentElement.dataset.drawn = 'yes';
})();
