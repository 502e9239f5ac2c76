'use strict';
// Values that decisions read, where they were read.
Report.sections.features = (run, timeline, stack) => {
  const { make, theme } = Report;
  (run.features ?? []).forEach((feature, index) => {
    const readout = make('span', { class: 'readout' });
    const instrument = run.instruments?.[feature.instrument];
    const card = Report.card(feature.name, `feature, as decisions read it${instrument && run.instruments.length > 1 ? `, ${instrument.name}` : ''}`, { tools: readout });
    stack.append(card);
    timeline.add({ host: card, title: `Feature ${feature.name}`, height: 100, readout, labels: [feature.name], step: false, decimals: 6,
      levels: Report.levels(run, feature.levels, feature.unit), colors: [theme.color(`feature-${index % 4}`)] });
  });
};
