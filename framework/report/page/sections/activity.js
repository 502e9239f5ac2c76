'use strict';
// Quantity that everybody traded, per stretch of time, with our part of it and the predators'.
Report.sections.activity = (run, timeline, stack) => {
  const { theme, format } = Report;
  for (const instrument of run.instruments ?? []) {
    const { activity } = instrument;
    if (!activity) continue;
    const unit = 10 ** -instrument.quantity_decimals;
    const names = [['all', 'neutral'], ['ours', 'accent'], ['predators', 'drawdown']].filter(([name]) => activity[name]);
    const x = Float64Array.from(activity.all, (_, i) => (run.start_us + i * activity.bucket_us) / 1000);
    const title = `Traded per ${format.duration(activity.bucket_us * 1000)}, ${instrument.name}`;
    const readout = Report.make('span', { class: 'readout' });
    const card = Report.card(title, '', { about: 'Quantity of all public trades, and what we and, where the run tells, predators took part in.', tools: readout });
    stack.append(card);
    timeline.add({ host: card, title, readout, height: 90, step: true, fill: true, zero: true, decimals: instrument.quantity_decimals, labels: names.map(([name]) => name),
      colors: names.map(([, color]) => theme.color(color)), levels: [{ exact: true, x, columns: names.map(([name]) => activity[name].map((value) => value * unit)) }] });
  }
};
