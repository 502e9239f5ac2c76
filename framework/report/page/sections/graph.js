'use strict';
// Causal graphs: what drives what, at which lag, and how surely; and how a graph changed with time. Of a run with [causes], and
// of files that crucible discover wrote.
Report.graphs = () => [...(Report.data.graphs ?? []), ...Report.data.runs.map((run) => run.graph).filter(Boolean)];

Report.linkMark = (link, backwards = false) => ({ undirected: 'o–o', conflict: 'x–x' }[link.reason] ?? (backwards ? '←' : '→'));
// cause(t−2) → effect(t)
Report.linkName = (graph, link) => {
  return `${graph.variables[link.cause]}(${link.lag > 0 ? `t−${link.lag}` : 't'}) ${Report.linkMark(link)} ${graph.variables[link.effect]}(t)`;
};

// A probability or a level; – where it was not computed.
Report.smallNumber = (value) => (value === null || value === undefined ? '–' : value > 0 && value < 1e-3 ? value.toExponential(1) : String(Number(value.toPrecision(3))));
Report.isSigned = (graph) => graph.method.test !== 'CMIknn';
Report.linkValue = (graph, link) => (link.value === null ? '–' : Report.isSigned(graph) ? Report.format.signed(link.value, 4) : Report.format.number(link.value, 4));
Report.linkText = (graph, link) => `${Report.linkName(graph, link)}: value ${Report.linkValue(graph, link)}${Report.isSigned(graph) ? '' : ' nats'}, p ${Report.smallNumber(link.p)}, q ${Report.smallNumber(link.q)}${
  link.frequency === null ? '' : `, in ${Report.format.number(link.frequency * 100, 0)} % of the samples`}`;

// Lines of all pictures of a page with the same measure are comparable.
Report.graphStyle = (graph) => {
  const signed = Report.isSigned(graph);
  const values = Report.graphs().filter((each) => Report.isSigned(each) === signed).flatMap((each) => each.links.map((link) => Math.abs(link.value ?? 0)));
  return { signed, largest: values.reduce((most, value) => Math.max(most, value), 1e-12) };
};

// [[what, text], ...] of how the graph was found, as far as the file tells.
Report.methodFacts = (graph) => {
  const { method } = graph;
  const { format, smallNumber } = Report;
  const known = (value, text) => (value === undefined ? undefined : text(value));
  const live = method.method === 'live-pcmci';
  const tests = { ParCorr: 'partial correlation', RobustParCorr: 'partial correlation of normal scores', CMIknn: 'conditional mutual information by nearest neighbours' };
  const errors = { student: "Student's t", robust: 'errors robust to changing variance' };
  const corrections = { all: 'on q, corrected for all links', lagged: 'on q, corrected for lagged links', none: 'on p, not corrected' };
  const count = (value) => format.number(value, 0);
  const inARow = (number) => `${number} test${number === 1 ? '' : 's'} in a row`;
  const level = live ? `added: q at most ${smallNumber(method.alpha)} in ${inARow(method.establish)}; withdrawn: above ${smallNumber(method.withdraw_alpha)} in ${inARow(method.withdraw)}`
    : `${smallNumber(method.alpha)} ${method.method === 'pcmci-plus' ? 'on p' : corrections[method.fdr] ?? ''}`;
  const found = method.false_positives;
  const percent = (share) => `${format.number(share * 100, 2)} %`;
  return [
    ['method', known(method.method, (name) => ({ pcmci: 'PCMCI', 'pcmci-plus': 'PCMCI+', 'live-pcmci': 'PCMCI on the last rows, row by row' }[name] ?? name))],
    ['test', known(method.test, (name) => [tests[name] ?? name, ...(name === 'CMIknn' ? [] : [errors[method.errors]])].filter(Boolean).join(', '))],
    ['variables', count(graph.variables.length)],
    ['rows', known(method.rows, count)],
    ['data sets', method.data_sets > 1 ? count(method.data_sets) : undefined],
    ['window', known(method.window, (rows) => `${count(rows)} rows, tested every ${method.test_rows > 1 ? `${count(method.test_rows)} rows` : 'row'}`)],
    ['lags', known(method.max_lag, (most) => `${method.min_lag ?? 1} to ${most}`)],
    ['level', known(method.alpha, () => level)],
    ['tests', known(method.tests, count)],
    ['samples', known(method.samples, (samples) => `${count(samples)} redrawn, for frequencies`)],
    ['false positives', found && `${percent(found.rate)} of ${count(found.tests)} links on ${count(found.surrogates)} series without any (95 % interval ${format.number(found.low * 100, 2)} to ${percent(found.high)}); level ${percent(method.alpha)}`],
    ['target', method.target || undefined],
  ].filter(([, text]) => text !== undefined);
};

// What the lines mean, each kind once.
Report.graphKeys = (graph, style) => {
  const { make, svg, smallNumber } = Report;
  const sample = (way, width, reason = 'directed') => {
    const path = Report.linkPath({ x: -3, y: 8 }, { x: 47, y: 8 }, 1, 20);
    const { from, to, marks } = Report.linkEnds(path, reason, width, 0);
    return svg('svg', { width: 46, height: 16, class: 'timegraph', 'aria-hidden': 'true' }, svg('g', { class: `link ${way} ${reason}` },
      svg('path', { d: `M${from.x} ${from.y}L${to.x} ${to.y}`, class: 'line', 'stroke-width': width }), marks));
  };
  const key = (picture, text) => make('span', { class: 'key' }, picture, text);
  const has = (reason) => graph.links.some((link) => link.reason === reason);
  const way = style.signed ? 'together' : 'unsigned';
  return make('div', { class: 'keys' },
    style.signed && [key(sample('together', 2.4), 'move together'), key(sample('against', 2.4), 'against each other')],
    key(sample(way, 6), `thick: ${smallNumber(style.largest)}${style.signed ? '' : ' nats'}, the largest here`),
    has('undirected') && key(sample(way, 1.8, 'undirected'), 'direction not told by the data'), has('conflict') && key(sample(way, 1.8, 'conflict'), 'rules disagree on the direction'));
};

Report.graphPicture = (card, graph, chosen) => {
  const { make } = Report;
  if (graph.links.length === 0) {
    card.append(make('p', { class: 'pad' }, graph.live ? 'No link stands at the end.' : `No link passes the level${graph.method.alpha === undefined ? '' : ` of ${Report.smallNumber(graph.method.alpha)}`}: nothing was found to depend on the past of anything here.`));
    return null;
  }
  const style = Report.graphStyle(graph);
  card.append(make('div', { class: 'head' }, Report.graphKeys(graph, style)));
  const picture = Report.timeGraph(card, graph.variables, graph.links, { label: `Causal graph of ${graph.name}`, style, chosen, text: (link) => Report.linkText(graph, link) });
  const { left } = picture;
  if (left.length > 0) card.append(make('p', { class: 'pad muted' }, `Without a link, and not drawn: ${left.slice(0, 100).map((variable) => graph.variables[variable]).join(', ')}${left.length > 100 ? ` and ${left.length - 100} more` : ''}.`));
  return picture;
};

Report.sections.graph = (run, main) => {
  if (!run.graph) return;
  const grid = Report.make('div', { class: 'grid' });
  main.append(Report.section('causal-graph', 'Causal graph', 'What drove what in the run\'s bars, as its live causal graph saw it.', grid));
  Report.graphCards(grid, run.graph, run);
};

Report.graphCards = (grid, graph, run) => {
  const { make } = Report;
  const card = Report.card(graph.live ? 'The graph at the end' : 'The graph', 'hover over a link, or touch it, for its figures', { class: 'span-8' });
  const method = Report.card('How it was found', '', { class: 'span-4' });
  method.append(make('dl', { class: 'facts' }, Report.methodFacts(graph).map(([what, text]) => [make('dt', {}, what), make('dd', {}, text)])),
    (graph.method.warnings ?? []).map((warning) => make('p', { class: 'note' }, warning)));
  grid.append(card, method);
  const table = graph.links.length > 0 ? Report.linkTable(graph) : null;
  const rows = table ? Array.from(table.querySelectorAll('tbody tr')) : [];
  const picture = Report.graphPicture(card, graph, (indices) => rows.forEach((row, index) => row.toggleAttribute('data-chosen', indices.includes(index))));
  card.append(make('p', { class: 'pad muted' }, 'An arrow says that the effect depends on its cause, so many steps before, given everything else in the graph. It is not what would happen if somebody moved the cause: what is not in the table may drive both.'));
  rows.forEach((row, index) => {
    row.addEventListener('mouseenter', () => picture.choose([index]));
    row.addEventListener('mouseleave', () => picture.choose([]));
  });
  if (table) {
    const links = Report.card('Links', graph.live ? 'that stand at the end, with the figures of the test that added each' : '', { class: 'span-12', about:
      'Value: partial correlation of cause and effect given the parents of both, or conditional mutual information in nats. p: of the link alone. q: corrected for all links tested. Frequency: share of redrawn samples that have the link. –: not computed.' });
    links.append(make('div', { class: 'scroll tall pad' }, table));
    grid.append(links);
  }
  if (graph.live && graph.changes.length > 0) Report.changeCards(grid, graph, run);
};

// When a change was, and after which row or record.
Report.changeTime = (graph, change) => (Report.countsRows(graph) ? `row ${Report.format.number(change.place, 0)}` : `${Report.format.date(change.t / 1000)} ${Report.format.clock(change.t / 1000, 0)}`);
Report.countsRows = (graph) => graph.counts_rows && graph.changes.every((change) => change.t === 0);

Report.linkTable = (graph) => Report.table(['link', 'lag', 'value', 'p', 'q', 'frequency', ...(graph.live ? [Report.countsRows(graph) ? 'since' : 'since, UTC'] : [])], graph.links.map((link) => [
  Report.linkName(graph, link), String(link.lag), Report.linkValue(graph, link), Report.smallNumber(link.p), Report.smallNumber(link.q),
  link.frequency === null ? '–' : `${Report.format.number(link.frequency * 100, 0)} %`, ...(graph.live ? [Report.changeTime(graph, link)] : [])]));

// When each link stood, and every change with its reason.
Report.changeCards = (grid, graph, run) => {
  const { make, format } = Report;
  const kShown = 200;
  Report.standCard(grid, graph, run);
  const changes = graph.changes.slice(-kShown).reverse();
  const title = `${format.number(graph.changes_in_all, 0)} change${graph.changes_in_all === 1 ? '' : 's'}`;
  const hint = [changes.length < graph.changes_in_all && `the last ${kShown}`, 'newest first', run && 'choose one for its causes'].filter(Boolean).join('; ');
  const card = Report.card(title, hint, { class: 'span-12' });
  const table = Report.table([Report.countsRows(graph) ? 'after' : 'time, UTC', 'link', 'change', 'why', 'value', 'p', 'q', graph.counts_rows ? 'row' : 'bar\'s record'], changes.map((change) => [
    Report.changeTime(graph, change), Report.linkName(graph, change), change.added ? '+ added' : '− withdrawn', change.reason,
    Report.linkValue(graph, change), Report.smallNumber(change.p), Report.smallNumber(change.q), format.number(change.place, 0)]), [1, 2, 3]);
  if (run) {
    table.classList.add('rows');
    table.querySelectorAll('tbody tr').forEach((row, index) => {
      const open = () => Report.showChange(run, changes[index]);
      row.tabIndex = 0;
      row.dataset.change = graph.changes.length - 1 - index;
      row.addEventListener('click', open);
      row.addEventListener('keydown', (event) => { if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); open(); } });
    });
  }
  card.append(make('div', { class: 'scroll tall pad' }, table));
  grid.append(card);
};

Report.showChange = (run, change) => {
  const x = change.t / 1000;
  Report.state.fill = Report.state.swap = undefined;
  Report.state.timeline?.show(x, Math.max(run.length_us / 20_000, 1000));
  Report.showPanel(run, { title: `Causes of the change ${Report.linkName(run.graph, change)}`, lines: change.causes,
    around: x, size: Math.max(run.length_us / 20_000, 1000), command: `crucible sql ${run.name} "SELECT * FROM link_change_events"` });
};

// Stretches over which each link stood, in order of their first; those that stood longest where they are many.
Report.standsOf = (graph, from, until) => {
  const at = (change) => (Report.countsRows(graph) ? change.place : change.t / 1000);
  const stands = new Map();
  const keyOf = (link) => `${link.cause} ${link.effect} ${link.lag}`;
  const nameOf = (link) => Report.linkName(graph, { ...link, reason: 'directed' });
  for (const change of graph.changes) {
    const key = keyOf(change);
    if (!stands.has(key)) stands.set(key, { name: nameOf(change), spans: [], open: change.added ? null : { from, value: change.value } });
    const stand = stands.get(key);
    if (change.added) stand.open ??= { from: at(change), value: change.value };
    else if (stand.open) { stand.spans.push({ ...stand.open, until: at(change) }); stand.open = null; }
  }
  for (const stand of stands.values()) {
    if (stand.open) stand.spans.push({ ...stand.open, until });
  }
  // Added before the first change that the page holds.
  for (const link of graph.links) {
    const key = keyOf(link);
    if (!stands.has(key)) stands.set(key, { name: nameOf(link), spans: [{ from, until, value: link.value }] });
  }
  for (const stand of stands.values()) {
    stand.length = stand.spans.reduce((sum, span) => sum + span.until - span.from, 0);
  }
  return [...stands.values()];
};

Report.standCard = (grid, graph, run) => {
  const kMost = 24;
  const rows = Report.countsRows(graph);
  const times = graph.changes.map((change) => (rows ? change.place : change.t / 1000));
  const all = graph.changes.length === graph.changes_in_all;
  const { first_us: first = times[0] * 1000, last_us: last = times[times.length - 1] * 1000 } = graph.method;
  const from = !all ? times[0] : run ? run.start_us / 1000 : rows ? 0 : first / 1000;
  const until = run ? (run.start_us + run.length_us) / 1000 : rows ? Math.max(graph.method.rows ?? 0, times[times.length - 1]) : last / 1000;
  if (!(until > from)) return;
  const stands = Report.standsOf(graph, from, until);
  const shown = stands.length <= kMost ? stands : stands.slice().sort((a, b) => b.length - a.length).slice(0, kMost);
  const card = Report.card('When each link stood', stands.length > kMost ? `the ${kMost} of ${stands.length} that stood longest` : '', { class: 'span-12', about:
    'A bar lasts from the moment at which the link was added to that at which it was withdrawn, with what was known then. Blue: moved together when it was added, or when it was withdrawn where the page does not hold its addition; orange: against each other.' });
  grid.append(card);
  const day = 86_400_000;
  const text = (value) => (rows ? Report.format.number(value, 0) : until - from > 3 * day ? Report.format.date(value) : `${Report.format.date(value).slice(5)} ${Report.format.clock(value, 0).slice(0, 5)}`);
  Report.bars.spans(card, `When each link of ${graph.name} stood`, shown, { from, until, text, title: rows ? 'row' : '' });
};
