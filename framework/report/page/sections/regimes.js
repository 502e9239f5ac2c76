'use strict';
// A run's regime model: shaded spans of the regime that is the most probable, its probabilities in a lane under the price,
// and the swaps of its router, each with what led to it.
Report.regimeColor = (regime) => Report.theme.color(['neutral', 'fees', 'position', 'equity', 'drawdown', 'accent'][regime % 6]);
Report.routeName = (run, route) => run.regimes.model?.routes[route] ?? String(route);

// Stretches in order of time: {from, until, regime}, milliseconds.
Report.regimeSpans = (run) => {
  const { spans } = run.regimes;
  if (!spans) return [];
  if (!run.regimeSpans) {
    const starts = Report.times(run, spans.from);
    run.regimeSpans = Array.from(starts, (from, i) => ({ from, until: starts[i + 1] ?? (run.start_us + run.length_us) / 1000, regime: spans.regime[i] }));
  }
  return run.regimeSpans;
};

Report.swapsOf = (run) => {
  run.swapRows ??= (run.regimes?.swaps ?? []).map((swap, index) => ({ ...swap, index, x: (run.start_us + swap.t) / 1000,
    name: `${Report.routeName(run, swap.from)} → ${Report.routeName(run, swap.to)}` }));
  return run.swapRows;
};

Report.drawRegimes = (run, context, area, graph, strength) => {
  const [from, to] = graph.xAxisRange();
  const hatches = {};
  context.save();
  for (const span of Report.regimeSpans(run)) {
    if (span.until < from || span.from > to) continue;
    const color = Report.regimeColor(span.regime);
    hatches[span.regime] ??= Report.hatch(context, span.regime, color);
    const left = Math.max(graph.toDomXCoord(Math.max(span.from, from)), area.x);
    const right = Math.min(Math.max(graph.toDomXCoord(Math.min(span.until, to)), left + 1), area.x + area.w);
    context.fillStyle = color;
    context.globalAlpha = 0.09 * strength;
    context.fillRect(left, area.y, right - left, area.h);
    context.fillStyle = hatches[span.regime];
    context.globalAlpha = 0.16 * strength;
    context.fillRect(left, area.y, right - left, area.h);
    context.fillStyle = color;
    context.globalAlpha = 1;
    context.fillRect(left, area.y, right - left, 3);
  }
  context.restore();
};

// A line at each swap; its name where there is room.
Report.drawSwaps = (run, context, area, graph, named) => {
  const [from, to] = graph.xAxisRange();
  context.save();
  context.font = `11px ${getComputedStyle(document.body).fontFamily}`;
  context.textBaseline = 'middle';
  context.strokeStyle = context.fillStyle = Report.theme.color('ink');
  let labelled = -Infinity;
  for (const swap of Report.swapsOf(run)) {
    if (swap.x < from || swap.x > to) continue;
    const x = graph.toDomXCoord(swap.x);
    const chosen = Report.state.swap === swap.index;
    context.globalAlpha = chosen ? 1 : 0.55;
    context.lineWidth = chosen ? 2.5 : 1;
    context.setLineDash(chosen ? [] : [3, 3]);
    context.beginPath();
    context.moveTo(x, area.y);
    context.lineTo(x, area.y + area.h);
    context.stroke();
    const name = `→ ${Report.routeName(run, swap.to)}`;
    const wide = context.measureText(name).width + 6;
    if (!named || x < labelled || x + wide > area.x + area.w) continue;
    context.globalAlpha = 1;
    context.fillText(name, x + 3, area.y + area.h / 2);
    labelled = x + wide;
  }
  context.restore();
};

Report.regimeKeys = (run) => Array.from({ length: run.regimes?.regimes ?? 0 }, (_, regime) => Report.make('span', { class: 'key' },
  Report.make('i', { class: `span hatch-${regime % 6}`, style: `--c:${Report.regimeColor(regime)}` }), `regime ${regime}`));

Report.showSwap = (run, swap) => {
  Report.state.swap = swap.index;
  Report.state.fill = undefined;
  Report.showPanel(run, { title: `Causes of the swap ${swap.name}`, lines: swap.causes ?? [['', 'Too many swaps to tell the causes of each in one page.']],
    around: swap.x, size: Math.max(run.length_us / 20_000, 1000), command: `crucible sql ${run.name} "SELECT * FROM model_swap_events"` });
};

Report.sections.regimeLane = (run, timeline, stack) => {
  if (!run.regimes) return;
  const { make, format } = Report;
  const { regimes, horizon } = run.regimes;
  const numbers = Array.from({ length: regimes }, (_, regime) => regime);
  const readout = make('span', { class: 'readout' });
  const card = Report.card('Regimes', `probability now, and ${horizon} bars ahead (dashed); a dashed upright is a swap of routes: click it for its causes`, { about:
    'What the run\'s regime model said at each bar, from that bar and earlier ones only. Shaded: the regime that was the most probable.' });
  card.append(make('div', { class: 'head' }, make('div', { class: 'keys' }, Report.regimeKeys(run)), make('span', { class: 'spacer' }), readout));
  stack.append(card);
  const labels = [...numbers.map((k) => `regime ${k} now`), ...numbers.map((k) => `regime ${k} ahead`)];
  const dashed = Object.fromEntries(numbers.map((k) => [`regime ${k} ahead`, { strokePattern: [4, 3], strokeWidth: 1.1 }]));
  timeline.add({ host: card, title: 'Regimes', height: 110, readout, labels, series: dashed, step: true, zero: true, decimals: 2,
    colors: [...numbers, ...numbers].map(Report.regimeColor), text: (value) => `${format.number(value * 100, 1)} %`, levels: Report.levels(run, run.regimes.levels, run.regimes.unit),
    underlay: (context, area, graph) => {
      Report.drawRegimes(run, context, area, graph, 1);
      Report.drawSwaps(run, context, area, graph, true);
    },
    click: (event, graph) => {
      const [x] = graph.eventToDomCoords(event);
      const swaps = Report.swapsOf(run).filter((swap) => Math.abs(graph.toDomXCoord(swap.x) - x) < 18);
      swaps.sort((a, b) => Math.abs(graph.toDomXCoord(a.x) - x) - Math.abs(graph.toDomXCoord(b.x) - x));
      if (swaps.length > 0) Report.showSwap(run, swaps[0]);
    } });
};

Report.sections.regimes = (run, main) => {
  if (!run.regimes) return;
  const { make, format } = Report;
  const { stays, model, routes } = run.regimes;
  const grid = make('div', { class: 'grid' });
  main.append(Report.section('regimes', 'Regimes', 'What the run\'s regime model told apart, and what its router made of it.', grid));
  const bars = stays.reduce((sum, stay) => sum + stay.bars, 0);
  const features = model?.features ?? [];
  const told = Report.card('Regimes', model ? `${model.kind}, by ${features.join(', ')}` : '', { class: 'span-8', about:
    'Mean and standard deviation of the model\'s features in each regime, as it was fitted; then for how many bars the regime was the most probable, in how many stretches, and our fills meanwhile.' });
  told.append(make('div', { class: 'scroll pad' }, Report.table(['regime', ...features, 'bars', 'stretches', 'bars a stretch', 'our fills'], stays.map((stay, k) => [
    make('span', { class: 'key' }, make('i', { class: `span hatch-${k % 6}`, style: `--c:${Report.regimeColor(k)}` }), String(k)),
    ...features.map((_, i) => `${model.mean[k][i].toPrecision(3)} ± ${model.deviation[k][i].toPrecision(3)}`),
    `${format.number(stay.bars, 0)} (${format.number(stay.bars / bars * 100, 1)} %)`, format.number(stay.stretches, 0),
    stay.stretches > 0 ? format.number(stay.bars / stay.stretches, 1) : '–', format.number(stay.fills, 0)]))));
  grid.append(told);

  const currency = run.account?.currency ?? '';
  const ways = Report.card('Routes', 'what the router had active', { class: 'span-4', about:
    'How long each route was active, and how equity changed meanwhile. A position that one route opened counts for the route under which its price moved.' });
  const swaps = Report.swapsOf(run);
  ways.append(make('div', { class: 'scroll pad' }, Report.table(['route', 'active', 'entered', `our equity${currency && `, ${currency}`}`], routes.map((route, k) => [Report.routeName(run, k),
    format.duration(route.ns), format.number(swaps.filter((swap) => swap.to === k).length + (run.regimes.first_route === k ? 1 : 0), 0),
    route.change === null ? '–' : format.signed(route.change, 2)]))));
  grid.append(ways);
  if (swaps.length > 0) Report.swapCard(run, grid, swaps);
};

Report.swapCard = (run, grid, swaps) => {
  const { make, format } = Report;
  const kShown = 200;
  const card = Report.card(`${format.number(swaps.length, 0)} swaps`, `${swaps.length > kShown ? `the first ${kShown}; ` : ''}choose one for its causes`, { class: 'span-12' });
  const table = Report.table(['time, UTC', 'swap', 'advantage', 'bar'], swaps.slice(0, kShown).map((swap) => [`${format.date(swap.x)} ${format.clock(swap.x, 0)}`, swap.name,
    format.number(swap.advantage, 2), format.number(swap.row, 0)]), [1]);
  table.classList.add('rows');
  const open = (swap) => {
    Report.state.timeline?.show(swap.x, Math.max((run.length_us / 1000) / 20, 1000));
    Report.showSwap(run, swap);
  };
  table.querySelectorAll('tbody tr').forEach((row, index) => {
    row.tabIndex = 0;
    row.dataset.swap = index;
    row.addEventListener('click', () => open(swaps[index]));
    row.addEventListener('keydown', (event) => { if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); open(swaps[index]); } });
  });
  card.append(make('div', { class: 'scroll tall pad' }, table));
  grid.append(card);
};
