'use strict';
// The legs of the journey.
Report.sections.latency = (run, grid) => {
  if (!run.latency) return;
  const { make, format } = Report;
  const card = Report.card('Latency legs', 'quantiles', { class: 'span-12' });
  card.append(make('div', { class: 'scroll pad' }, Report.table(['leg', 'n', '5 %', 'median', '95 %', '99 %', 'longest'], run.latency.map((leg) => [
    make('span', {}, leg.name, ' ', Report.about(leg.definition)), format.number(leg.ns.n, 0), ...['p5', 'p50', 'p95', 'p99', 'max'].map((key) => format.duration(leg.ns[key]))]))));
  grid.append(card);
};
