'use strict';
// Several runs side by side; each is compared with the first.
Report.sections.compare = (main) => {
  const { make, format } = Report;
  const { runs } = Report.data;
  if (runs.length < 2) return;
  const keys = [...new Set(runs.flatMap((run) => run.headline.map((figure) => figure.key)))];
  const figureOf = (run, key) => run.headline.find((figure) => figure.key === key);
  const rows = keys.map((key) => {
    const first = runs.map((run) => figureOf(run, key)).find(Boolean);
    return [make('span', {}, first.label, ' ', Report.about(first.definition)), ...runs.map((run) => {
      const figure = figureOf(run, key);
      if (!figure) return '–';
      const interval = figure.low === undefined ? '' : ` [${format.number(figure.low, 1)}, ${format.number(figure.high, 1)}]`;
      const half = figure.half_width === undefined ? '' : ` ± ${format.number(figure.half_width, 2)}`;
      return `${figure.value}${half}${interval}`;
    })];
  });
  const names = runs.map((run) => run.name);
  const figures = Report.card('Headline figures', 'with 95 % intervals where they have one', { class: 'span-12' });
  figures.append(make('div', { class: 'scroll pad' }, Report.table(['', ...names], rows)));
  const grid = make('div', { class: 'grid' }, figures);
  main.append(Report.section('compare', 'Side by side', `${runs.length} runs`, grid));

  Report.sections.seeds(grid);
  const parameters = runs.map((run) => new Map(run.identity.parameters));
  const differing = [...new Set(parameters.flatMap((map) => [...map.keys()]))].filter((key) => new Set(parameters.map((map) => map.get(key))).size > 1);
  const card = Report.card('What differs in their configurations', '', { class: 'span-12' });
  card.append(make('div', { class: 'scroll pad' }, differing.length === 0 ? make('p', { class: 'muted' }, 'Nothing.')
    : Report.table(['key', ...names], differing.map((key) => [make('span', { class: 'mono' }, key), ...parameters.map((map) => Report.setting(map.get(key)))]))));
  grid.append(card);

  const divergences = Report.data.divergences ?? [];
  if (divergences.length > 0) {
    const where = Report.card('First divergence', `of their records from those of ${names[0]}`, { class: 'span-12' });
    where.append(make('div', { class: 'scroll pad' }, Report.table(['run', 'record', 'field', `in ${names[0]}`, 'in the run'],
      divergences.map((each) => [names[each.run], each.same ? 'none: every record is equal' : format.number(each.seq, 0), each.field ?? '', each.first ?? '', each.other ?? '']), [2, 3, 4])));
    grid.append(where);
  }
  Report.compareCharts(grid);
};

Report.compareCharts = (grid) => {
  const { theme } = Report;
  const { runs } = Report.data;
  const colors = ['buy', 'sell', 'equity', 'position', 'fees', 'drawdown'].map((name) => theme.color(name));
  const withAccount = runs.filter((run) => run.account);
  if (withAccount.length > 1) Report.compareProfit(grid, withAccount, colors);
  const withMarkouts = runs.filter((run) => run.markouts);
  if (withMarkouts.length > 1) {
    const card = Report.card('Markouts', 'all fills, mean with 95 % interval, bps', { class: 'span-12' });
    grid.append(card);
    Report.bars.means(card, 'Markouts of the runs by horizon', withMarkouts[0].markouts.map((row) => row.horizon), withMarkouts.map((run) => ({
      name: run.name, color: colors[runs.indexOf(run) % colors.length], values: run.markouts.map((row) => row.all) })), 'bps');
  }
  Report.compareExecution(grid, colors);
};

// How the same strategy fared in execution: what its fills cost, how its orders ended, how long every leg took. A
// backtest beside the paper or live run of its strategy differs here first.
Report.compareExecution = (grid, colors) => {
  const { make, format } = Report;
  const { runs } = Report.data;
  const names = runs.map((run) => run.name);
  const roles = ['maker', 'taker'].filter((role) => runs.some((run) => run.slippage?.[role].total.n > 0));
  const withSlippage = runs.filter((run) => run.slippage);
  if (withSlippage.length > 1 && roles.length > 0) {
    const card = Report.card('Slippage', 'against the mid at the decision, mean with 95 % interval, bps; more is worse', { class: 'span-6' });
    grid.append(card);
    Report.bars.means(card, 'Slippage of the runs', roles, withSlippage.map((run) => ({ name: run.name, color: colors[runs.indexOf(run) % colors.length],
      values: roles.map((role) => run.slippage[role].total) })), 'bps');
  }
  const legs = [...new Set(runs.flatMap((run) => (run.latency ?? []).map((leg) => leg.name)))];
  if (runs.filter((run) => run.latency).length < 2) return;
  const latency = Report.card('Latency legs', 'median, and 95 % below', { class: withSlippage.length > 1 ? 'span-6' : 'span-12' });
  latency.append(make('div', { class: 'scroll pad' }, Report.table(['leg', ...names], legs.map((name) => [name, ...runs.map((run) => {
    const leg = run.latency?.find((each) => each.name === name);
    return leg ? `${format.duration(leg.ns.p50)}, ${format.duration(leg.ns.p95)}` : '–';
  })]))));
  const ends = [...new Set(runs.flatMap((run) => (run.queue?.ends ?? []).map(([end]) => end)))];
  const share = (run, end) => {
    const all = (run.queue?.ends ?? []).reduce((sum, [, count]) => sum + count, 0);
    const count = run.queue?.ends.find(([name]) => name === end)?.[1] ?? 0;
    return all === 0 ? '–' : `${format.number(count, 0)} (${format.number(count / all * 100, 1)} %)`;
  };
  latency.append(make('div', { class: 'scroll pad' }, Report.table(['orders that ended', ...names], ends.map((end) => [end, ...runs.map((run) => share(run, end))]))));
  grid.append(latency);
};

// Net profit of every run over the time since its start.
Report.compareProfit = (grid, runs, colors) => {
  const { make } = Report;
  const all = Report.data.runs;
  const card = Report.card('Net profit', 'over the time since each run\'s start', { class: 'span-12' });
  const readout = make('span', { class: 'readout' });
  card.append(make('div', { class: 'head' }, make('div', { class: 'keys' }, runs.map((run) => make('span', { class: 'key' },
    make('i', { style: `--c:${colors[all.indexOf(run) % colors.length]}` }), run.name))), make('span', { class: 'spacer' }), readout));
  grid.append(card);
  const curves = runs.map((run) => {
    const level = Report.levels(run, run.account.levels.slice(0, 1), 10 ** -run.account.decimals)[0];
    return { x: level.x.map((at) => at - run.start_us / 1000), y: level.columns[0].map((value) => value - level.columns[0][0]) };
  });
  const moments = [...new Set(curves.flatMap((curve) => Array.from(curve.x)))].sort((a, b) => a - b);
  const next = curves.map(() => 0);
  const rows = moments.map((at) => [at, ...curves.map((curve, c) => {
    while (next[c] < curve.x.length && curve.x[next[c]] <= at) ++next[c];
    return next[c] === 0 || at > curve.x[curve.x.length - 1] ? null : curve.y[next[c] - 1];
  })]);
  const length = Math.max(...runs.map((run) => run.length_us));
  const timeline = new Report.Timeline({ start_us: 0, length_us: length, identity: { inputs: [] } });
  timeline.momentText = (ms) => `${Report.format.clock(ms, 3)} after the start`;
  timeline.add({ title: 'Net profit of the runs', host: card, height: 260, rows: () => rows, labels: runs.map((run, index) => `${index + 1} ${run.name}`),
    colors: runs.map((run) => colors[all.indexOf(run) % colors.length]), step: true, decimals: 2, zero: true, overview: false, readout });
  Report.state.extra.push(timeline);
};
