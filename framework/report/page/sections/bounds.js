'use strict';
// Results under optimistic and pessimistic assumptions: an interval for what a fill model cannot know.
Report.sections.bounds = (main) => {
  const results = (Report.data.results ?? []).filter((result) => result.kind === 'bounds');
  if (results.length === 0) return;
  const { make, format, theme } = Report;
  const grid = make('div', { class: 'grid' });
  main.append(Report.section('bounds', 'Bounds', 'What the result is under the best and the worst assumptions about fills and latency.', grid));
  const number = (value) => Number(String(value).replace(/[^\d.eE+-]/g, ''));
  for (const { name, content } of results) {
    const chart = Report.card('Net profit by assumption', name, { class: 'span-6', about: 'One run per assumption, everything else equal. The interval is over assumptions, not over chance.' });
    grid.append(chart);
    Report.bars.counts(chart, 'Net profit by assumption', content.runs.map((run) => [run.assumption, number(run.summary.net_profit)]), theme.color('equity'));
    const table = Report.card('Bounds', '', { class: 'span-6' });
    table.append(make('div', { class: 'scroll pad' }, Report.table(['measure', 'from', 'to'], Object.entries(content.bounds).map(([measure, [low, high]]) =>
      [measure.replaceAll('_', ' '), format.significant(number(low)), format.significant(number(high))]))));
    const measures = Object.keys(content.bounds);
    table.append(make('div', { class: 'scroll pad' }, Report.table(['assumption', ...measures.map((measure) => measure.replaceAll('_', ' ')), 'set'], content.runs.map((run) =>
      [run.assumption, ...measures.map((measure) => format.significant(number(run.summary[measure]))), Object.entries(run.set).map(([key, value]) => `${key}=${value}`).join(' ')]), [0, measures.length + 1])));
    grid.append(table);
  }
};
