'use strict';
// What became of the orders, and how the queue ahead decided it.
Report.sections.queue = (run, grid) => {
  if (!run.queue) return;
  const { theme, make, format } = Report;
  for (const entry of run.queue.by_queue) {
    const instrument = run.instruments?.[entry.instrument];
    const card = Report.card('Filled by queue ahead', `${instrument?.name ?? ''}, at acceptance`, { class: 'span-6', about:
      'Share of the orders with at least one fill, by the quantity that stood before them at their price when the venue took them; with 95 % interval (Wilson). Classes hold about equally many orders.' });
    Report.bars.shares(card, 'Share of orders filled by queue ahead', entry.classes, theme.color('position'), 'quantity ahead');
    card.append(make('div', { class: 'scroll pad' }, Report.table(['ahead', 'orders', 'filled', 'median wait'], entry.classes.map((each) => [each.label,
      format.number(each.n, 0), `${format.number(each.share * 100, 1)} %`, each.wait.n > 0 ? format.duration(each.wait.p50) : '–']))));
    grid.append(card);
  }
  const ends = Report.card('How orders ended', '', { class: 'span-6' });
  Report.bars.counts(ends, 'How orders ended', run.queue.ends.slice().sort((a, b) => b[1] - a[1]), theme.color('neutral'));
  if (run.queue.reasons.length > 0) {
    ends.append(make('div', { class: 'scroll pad' }, Report.table(['reason', 'orders'], run.queue.reasons.map(([name, count]) => [name, format.number(count, 0)]))));
  }
  grid.append(ends);
  if (run.queue.rules.length === 0) return;
  const rules = Report.card('What filled them', 'fills by the venue model\'s rule', { class: 'span-6' });
  Report.bars.counts(rules, 'Fills by rule', run.queue.rules.slice().sort((a, b) => b[1] - a[1]), theme.color('equity'));
  grid.append(rules);
};
