'use strict';
// What fills cost against the mid at the decision.
Report.sections.slippage = (run, grid) => {
  if (!run.slippage) return;
  const { theme, make, format } = Report;
  const card = Report.card('Slippage against the decision', 'bps of the mid at the decision; more is worse', { about:
    'Price of the fill against the mid when the order was decided, signed so that positive costs us. Drift: how the mid moved until the fill. Spread: how far from that mid the fill was. The two add up.' });
  const kinds = [['maker', 'position'], ['taker', 'fees']].filter(([kind]) => run.slippage[kind].total.n > 0);
  for (const [kind, color] of kinds) {
    Report.bars.histogram(card, `Slippage of ${kind} fills`, { name: kind, color: theme.color(color), histogram: run.slippage[kind].histogram }, `bps, ${kind}`);
  }
  const text = (value) => `${format.signed(value.mean, 2)} [${format.signed(value.low, 2)}, ${format.signed(value.high, 2)}]`;
  card.append(make('div', { class: 'scroll pad' }, Report.table(['role', 'slippage', 'drift', 'spread', 'n'],
    kinds.map(([kind]) => [kind, text(run.slippage[kind].total), text(run.slippage[kind].drift), text(run.slippage[kind].spread), format.number(run.slippage[kind].total.n, 0)]))));
  card.classList.add('span-6');
  grid.append(card);
};
