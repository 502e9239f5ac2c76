'use strict';
// Predators' attacks: spans over the price, each with its kind by colour, hatch and name; and what they did to us.
Report.attackColor = (kind) => Report.theme.color(['drawdown', 'position', 'fees', 'equity', 'neutral', 'accent'][(kind - 1) % 6]);
Report.attackName = (run, kind) => run.attacks.by_kind.find((each) => each.kind === kind).name.replaceAll('_', ' ');

// Rows with their times in milliseconds, in order of time.
Report.attacksOf = (run) => {
  run.attackRows ??= (run.attacks?.rows ?? []).map((row, index) => {
    const from = (run.start_us + row.t) / 1000;
    return { ...row, index, from, until: from + row.length / 1000, name: Report.attackName(run, row.kind) };
  });
  return run.attackRows;
};

Report.drawAttacks = (run, context, area, graph) => {
  const [from, to] = graph.xAxisRange();
  const styles = {};
  context.save();
  context.font = `11px ${getComputedStyle(document.body).fontFamily}`;
  context.textBaseline = 'top';
  let labelled = -Infinity;
  for (const attack of Report.attacksOf(run)) {
    if (attack.until < from || attack.from > to) continue;
    const color = Report.attackColor(attack.kind);
    styles[attack.kind] ??= Report.hatch(context, attack.kind - 1, color);
    const left = Math.max(graph.toDomXCoord(Math.max(attack.from, from)), area.x);
    const right = Math.min(Math.max(graph.toDomXCoord(Math.min(attack.until, to)), left + 2), area.x + area.w);
    context.globalAlpha = 0.1;
    context.fillStyle = color;
    context.fillRect(left, area.y, right - left, area.h);
    context.globalAlpha = 0.26;
    context.fillStyle = styles[attack.kind];
    context.fillRect(left, area.y, right - left, area.h);
    context.globalAlpha = 1;
    context.fillStyle = color;
    context.fillRect(left, area.y, right - left, 4);
    if (left > labelled && context.measureText(attack.name).width + 6 < right - left) {
      context.fillText(attack.name, left + 3, area.y + 7);
      labelled = right;
    }
  }
  context.restore();
};

// What was going on at a moment, for the readout.
Report.attackAt = (run, ms) => Report.attacksOf(run).filter((attack) => attack.from <= ms && ms <= attack.until)
  .map((attack) => Report.make('span', { class: 'attack' }, ` ${attack.name} by participant ${attack.participant} `));

Report.attackKeys = (run) => (run.attacks?.by_kind ?? []).map((each) => Report.make('span', { class: 'key' },
  Report.make('i', { class: `span hatch-${(each.kind - 1) % 6}`, style: `--c:${Report.attackColor(each.kind)}` }), each.name.replaceAll('_', ' ')));

Report.sections.attacks = (run, main) => {
  const { make, format } = Report;
  const participants = run.identity.parameters.filter(([key, value]) => /^market\.[a-z_]+(traders|makers|carriers)$/.test(key) || (key.startsWith('market.predators.') && /^[1-9]\d*$/.test(value)));
  if (!run.identity.own_market) return;
  const grid = make('div', { class: 'grid' });
  main.append(Report.section('participants', 'Participants', 'Who else was in this simulated market, and what predators did.', grid));

  const everyone = Report.card('Everybody', 'by the run\'s configuration and its market data', { class: 'span-4' });
  const rows = participants.map(([key, value]) => [key.split('.').pop().replaceAll('_', ' '), format.number(Number(value), 0)]);
  for (const { activity, quantity_decimals: decimals } of run.instruments ?? []) {
    if (!activity) continue;
    const sum = (column) => (column ?? []).reduce((total, value) => total + value, 0);
    const share = (column) => `${format.number(sum(column) / sum(activity.all) * 100, 1)} %`;
    rows.push(['orders added', format.number(activity.adds, 0)], ['cancelled or reduced', format.number(activity.cancels, 0)], ['trades', format.number(activity.trades, 0)],
      ['quantity traded', format.number(sum(activity.all) * 10 ** -decimals, decimals)], ['our share of it', share(activity.ours)]);
    if (activity.predators) rows.push(['predators\' share', share(activity.predators)]);
  }
  everyone.append(make('div', { class: 'scroll pad' }, Report.table(['', ''], rows)));
  grid.append(everyone);
  if (run.attacks) Report.attackCards(run, grid);
};

Report.attackCards = (run, grid) => {
  const { make, format } = Report;
  const currency = run.account?.currency ?? '';
  const { by_kind: kinds } = run.attacks;
  const interval = (mean) => (mean.n === 0 ? '–' : `${format.signed(mean.mean, 2)} [${format.signed(mean.low, 2)}, ${format.signed(mean.high, 2)}]`);
  const names = kinds.map((kind) => kind.name.replaceAll('_', ' '));
  const tells = run.attacks.rows.some((row) => row.trades > 0);  // older runs do not say what predators traded
  const means = Report.card('Our equity over an attack', `mean change with 95 % interval${currency && `, ${currency}`}`, { class: 'span-8', about:
    'Equity when an attack ended minus equity when it began, over the attacks of a kind. What an attack leaves behind after its end is not in it: crucible stress compares whole runs with and without predators.' });
  grid.append(means);
  Report.bars.means(means, 'Our equity over an attack, by kind', names, [{ name: 'change of equity', color: Report.theme.color('equity'), values: kinds.map((kind) => kind.change) }], currency);
  means.append(make('div', { class: 'scroll pad' }, Report.table(['kind', 'attacks', 'time under attack', `our equity, ${currency}`, 'our fills', ...(tells ? ['against it', `it earned, ${currency}`] : [])],
    kinds.map((kind, i) => [names[i], format.number(run.attacks.rows.filter((row) => row.kind === kind.kind).length, 0), format.duration(kind.ns), interval(kind.change),
      format.number(kind.fills, 0), ...(tells ? [format.number(kind.against_us, 0), interval(kind.earned)] : [])]))));

  const worst = Report.attacksOf(run).slice().sort((a, b) => (a.change ?? 0) - (b.change ?? 0)).slice(0, 50);
  const list = Report.card('Attacks', 'what cost us most first; choose one to see it', { class: 'span-12' });
  const show = (attack) => {
    const around = Math.max(attack.until - attack.from, 200);
    Report.state.timeline?.setWindow([attack.from - around, attack.until + around]);
    document.querySelector('.plot')?.scrollIntoView({ block: 'nearest' });
  };
  const table = Report.table(['time, UTC', 'kind', 'participant', 'length', 'direction', `our equity, ${currency}`, 'mid, bps', 'our fills', ...(tells ? ['against it', `it earned, ${currency}`] : [])],
    worst.map((attack) => [format.clock(attack.from, 3), attack.name, String(attack.participant), format.duration((attack.until - attack.from) * 1e6), ['–', '▲ buy', '▼ sell'][attack.side],
      format.signed(attack.change, 2), format.signed(attack.move, 2), format.number(attack.fills, 0),
      ...(tells ? [format.number(attack.against_us, 0), attack.ruined ? 'ruined' : format.signed(attack.earned, 2)] : [])]), [1, 4]);
  table.classList.add('rows');
  table.querySelectorAll('tbody tr').forEach((row, index) => {
    row.tabIndex = 0;
    row.dataset.attack = worst[index].index;
    row.addEventListener('click', () => show(worst[index]));
    row.addEventListener('keydown', (event) => { if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); show(worst[index]); } });
  });
  list.append(make('div', { class: 'scroll tall pad' }, table));
  grid.append(list);
};
