'use strict';
// Position, equity, drawdown and fees under the price.
Report.sections.account = (run, timeline, stack) => {
  const { make, theme } = Report;
  const card = (title, about, options) => {
    const readout = make('span', { class: 'readout' });
    const element = Report.card(title, '', { about, tools: readout });
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
  card(`Fees${unit}`, 'Paid to the venue so far; falling where rebates come in.', {
    height: 90, levels: column(2), labels: ['fees'], colors: [theme.color('fees')], step: true, fill: true, decimals: 2, zero: true });
};
