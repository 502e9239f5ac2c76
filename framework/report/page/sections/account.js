'use strict';
// Position, equity, drawdown and fees under the price.
Report.sections.account = (run, timeline, stack) => {
  const { make, theme } = Report;
  const card = (title, about, options) => {
    const readout = make('span', { class: 'readout' });
    const element = Report.card(title, '', { about, tools: readout });
    if (options.keys) element.querySelector('.head').insertBefore(make('span', { class: 'keys' }, options.labels.map((label, i) => make('span', { class: 'key' }, make('i', { style: `--c:${options.colors[i]}` }), label))), element.querySelector('.spacer'));
    stack.append(element);
    timeline.add({ host: element, title, readout, ...options });
  };
  for (const instrument of run.instruments ?? []) {
    if (!instrument.position) continue;
    card(`Position, ${instrument.name}`, 'Signed quantity that is held: positive long, negative short. A step per fill.', {
      height: 110, levels: Report.levels(run, instrument.position, 10 ** -instrument.quantity_decimals), labels: ['position'], step: true, fill: true, zero: true,
      colors: [theme.color('position')], decimals: instrument.quantity_decimals });
  }
  if (!run.account) return;
  const levels = Report.levels(run, run.account.levels, 10 ** -run.account.decimals);
  const column = (index, change = (value) => value) => levels.map((level) => ({ ...level, columns: [level.columns[index].map(change)] }));
  const unit = run.account.currency ? `, ${run.account.currency}` : '';
  const first = levels[levels.length - 1].columns[0][0];
  card(`Net profit${unit}`, 'Equity minus equity at the start. At every fill and at every change of the mid while something is held.', {
    height: 150, levels: column(0, (value) => value - first), labels: ['net profit'], colors: [theme.color('equity')], step: true, decimals: 2, zero: true });
  card(`Drawdown${unit}`, 'How far equity is below its peak so far.', {
    height: 100, levels: column(1, (value) => -value), labels: ['drawdown'], colors: [theme.color('drawdown')], step: true, fill: true, decimals: 2, zero: true });
  Report.feesCard(run, levels, unit, card);
};

// Each kind that was paid at all, and their sum where there are several.
Report.feesCard = (run, levels, unit, card) => {
  const { fees: names } = run.account;
  const finest = levels[levels.length - 1];
  const paid = names.map((name, i) => ({ name, at: i + 2 })).filter(({ at }) => finest.columns[at].some((value) => value !== 0));
  const kinds = paid.length > 0 ? paid : [{ name: 'fees', at: 2 }];
  const colors = { fees: 'fees', paid: 'fees', maker: 'buy', taker: 'sell', fixed: 'position', rebates: 'equity', funding: 'neutral', liquidation: 'drawdown' };
  const lines = kinds.map(({ name, at }) => ({ name, color: colors[name], values: (columns) => columns[at] }));
  if (kinds.length > 1) lines.unshift({ name: 'all', color: 'fees', values: (columns) => columns[2].map((_, i) => kinds.reduce((sum, { at }) => sum + columns[at][i], 0)) });
  card(`Fees${unit}`, 'Paid to the venue so far, by kind: maker and taker by the rates of their fills, fixed per fill and per unit; rebates are received and count down; funding on positions; liquidation for fills by which the venue closed a position.', {
    height: 90, levels: levels.map((level) => ({ ...level, columns: lines.map((line) => line.values(level.columns)) })), labels: lines.map((line) => line.name),
    colors: lines.map((line) => Report.theme.color(line.color)), keys: lines.length > 1, step: true, fill: lines.length === 1, decimals: 2, zero: true });
};
