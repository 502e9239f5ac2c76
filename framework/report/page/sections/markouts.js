'use strict';
// How the mid moved after our fills.
Report.sections.markouts = (run, grid) => {
  if (!run.markouts) return;
  const { theme, make } = Report;
  const card = Report.card('Markouts', 'mean with 95 % interval, bps', { about:
    'Move of the mid from the fill to a fixed time after it, in basis points, signed by our side. Positive: the market went our way. A maker whose markouts are negative is being picked off.' });
  const labels = run.markouts.map((row) => row.horizon);
  const group = (name, key, color) => ({ name, color: theme.color(color), values: run.markouts.map((row) => row[key]) });
  Report.bars.means(card, 'Markouts by horizon', labels, [group('maker', 'maker', 'position'), group('taker', 'taker', 'fees')], 'bps');
  const text = (value) => (value.n > 0 ? `${Report.format.signed(value.mean, 3)}` : '–');
  card.append(make('div', { class: 'scroll pad' }, Report.table(['after', 'all', 'maker', 'taker', 'n', 'censored'],
    run.markouts.map((row) => [row.horizon, text(row.all), text(row.maker), text(row.taker), Report.format.number(row.all.n, 0), Report.format.number(row.censored, 0)]))));
  card.classList.add('span-6');
  grid.append(card);
};
