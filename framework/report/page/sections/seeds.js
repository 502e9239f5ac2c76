'use strict';
// Runs that differ by their seed alone are one experiment: means over seeds with intervals, and the differences between
// experiments on the same seeds.
Report.experiments = (runs) => {
  const groups = new Map();
  for (const run of runs) {
    const settings = run.identity.parameters.filter(([key]) => key !== 'seed').map((pair) => pair.join('=')).sort();
    const key = settings.join('\n') + run.identity.inputs.map((input) => input.log_hash).join();
    if (!groups.has(key)) groups.set(key, { settings: new Map(run.identity.parameters.filter(([name]) => name !== 'seed')), runs: [] });
    groups.get(key).runs.push(run);
  }
  return [...groups.values()];
};

// Student's 97.5 % quantile, Cornish-Fisher expansion in the degrees of freedom; exact for one and two.
Report.student = (freedom) => {
  if (freedom === 1) return 12.7062;
  if (freedom === 2) return 4.30265;
  const z = 1.959964, n = freedom;
  return z + (z ** 3 + z) / (4 * n) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * n * n) + (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * n ** 3);
};

Report.meanOf = (values) => {
  const known = values.filter(Number.isFinite);
  const n = known.length, mean = known.reduce((sum, value) => sum + value, 0) / n;
  if (n < 2) return { n, mean, low: mean, high: mean };
  const half = Report.student(n - 1) * Math.sqrt(known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1) / n);
  return { n, mean, low: mean - half, high: mean + half };
};

Report.sections.seeds = (grid) => {
  const { make, format, theme } = Report;
  const groups = Report.experiments(Report.data.runs);
  if (!groups.some((group) => group.runs.length > 1)) return;
  const keys = [...new Set(groups.flatMap((group) => [...group.settings.keys()]))].filter((key) => new Set(groups.map((group) => group.settings.get(key))).size > 1);
  const nameOf = (group) => keys.map((key) => `${key.split('.').pop().replaceAll('_', ' ')} ${format.setting(group.settings.get(key) ?? '–')}`).join(', ') || 'all seeds';
  const seedOf = (run) => new Map(run.identity.parameters).get('seed');
  const valueOf = (run, key) => run.headline.find((figure) => figure.key === key)?.number ?? NaN;
  const show = (mean) => (Number.isFinite(mean.mean) ? `${format.number(mean.mean, 2)} [${format.number(mean.low, 2)}, ${format.number(mean.high, 2)}]` : '–');
  const paired = (group, key) => {
    const first = new Map(groups[0].runs.map((run) => [seedOf(run), valueOf(run, key)]));
    return Report.meanOf(group.runs.filter((run) => first.has(seedOf(run))).map((run) => valueOf(run, key) - first.get(seedOf(run))));
  };
  const figures = groups[0].runs[0].headline;
  const card = Report.card('Over seeds', 'means with Student\'s 95 % interval over the seeds', { class: groups.length > 1 ? 'span-6' : 'span-12' });
  card.append(make('div', { class: 'scroll pad' }, Report.table(['', ...groups.map((group) => `${nameOf(group)} (n = ${group.runs.length})`)],
    figures.map((figure) => [figure.label, ...groups.map((group) => show(Report.meanOf(group.runs.map((run) => valueOf(run, figure.key)))))]))));
  grid.append(card);
  if (groups.length === 1) return;
  const chart = Report.card('Net profit on the same seeds', `difference from: ${nameOf(groups[0])}`, { class: 'span-6', about:
    'Seed by seed the difference between the run with these settings and the run with the first ones: what the seeds have in common cancels.' });
  grid.append(chart);
  const others = groups.slice(1).filter((group) => paired(group, 'net_profit').n > 1);
  if (others.length > 0) {
    Report.bars.means(chart, 'Net profit on the same seeds', others.map(nameOf), [{ name: 'difference', color: theme.color('equity'), values: others.map((group) => paired(group, 'net_profit')) }], Report.data.runs[0].account?.currency ?? '');
  }
  chart.append(make('div', { class: 'scroll pad' }, Report.table(['settings', 'net profit', 'max drawdown', 'fills', 'seeds'],
    groups.slice(1).map((group) => [nameOf(group), ...['net_profit', 'max_drawdown', 'fills'].map((key) => show(paired(group, key))), String(paired(group, 'net_profit').n)]))));
};
