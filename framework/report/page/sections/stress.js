'use strict';
// Stress tests: what strategies lose among predators, by kind, on the same seeds; and the run that cost most.
Report.sections.stress = (main) => {
  const tests = (Report.data.results ?? []).filter((result) => result.kind === 'stress');
  if (tests.length === 0) return;
  const { make, format } = Report;
  const grid = make('div', { class: 'grid' });
  main.append(Report.section('stress', 'Stress', 'The same strategies on the same seeds, with predators and without. Intervals are over seeds.', grid));
  for (const { name, content } of tests) {
    for (const prey of content.preys) Report.stressCards(grid, name, content, prey);
    if (content.worst) Report.worstCard(grid, content.worst);
  }
};

Report.stressCards = (grid, file, content, prey) => {
  const { make, format, theme } = Report;
  const hunted = prey.markets.filter((market) => Object.values(market.measures).some((measure) => measure.difference));
  const measures = [...new Set(prey.markets.flatMap((market) => Object.keys(market.measures)))];
  const unit = (measure) => prey.markets[0].measures[measure]?.unit ?? '';
  const word = (text) => text.replaceAll('_', ' ');
  const level = `${format.number((content.confidence ?? 0.95) * 100, 0)} %`;
  const show = (mean) => (mean ? `${format.signed(mean.mean, 2)} [${format.signed(mean.low, 2)}, ${format.signed(mean.high, 2)}]` : '–');

  const chart = Report.card(`Harm to ${prey.prey}`, `difference against the quiet market, ${level} interval over ${content.seeds} seeds`, { class: 'span-6', about:
    'For each seed the market runs twice, with the predators and without; shown is the mean of the differences. Below zero the predators cost the strategy money.' });
  grid.append(chart);
  const main = measures[0];
  Report.bars.means(chart, `Harm to ${prey.prey} by predator`, hunted.map((market) => market.market), [{ name: word(main), color: theme.color('drawdown'),
    values: hunted.map((market) => ({ n: content.seeds, ...(market.measures[main].difference ?? { mean: NaN, low: NaN, high: NaN }) })) }], `${word(main)} ${unit(main)}`);

  const cost = Report.card('What the predators earned', 'and what they earn in the same markets without the strategy', { class: 'span-6', about:
    'A predator that loses more than it harms is no threat: nobody would send it.' });
  grid.append(cost);
  const earning = hunted.filter((market) => market.predators_profit);
  Report.bars.means(cost, `What predators of ${prey.prey} earned`, earning.map((market) => market.market), [['with the strategy', 'predators_profit', 'position'], ['without it', 'predators_profit_without_prey', 'neutral']]
    .map(([name, key, color]) => ({ name, color: theme.color(color), values: earning.map((market) => (market[key] ? { n: content.seeds, ...market[key] } : { n: 0 })) })), '');

  const table = Report.card(`${prey.prey} in each market`, `${file}: quiet as it is, below it differences on the same seeds`, { class: 'span-12' });
  table.append(make('div', { class: 'scroll pad' }, Report.table(['market', ...measures.map((measure) => `${word(measure)}${unit(measure) && `, ${unit(measure)}`}`), 'predators earned'],
    prey.markets.map((market) => [market.market, ...measures.map((measure) => {
      const value = market.measures[measure];
      return hunted.includes(market) ? show(value?.difference) : value ? format.number(value.mean, 2) : '–';
    }), show(market.predators_profit)]))));
  grid.append(table);
};

// The run that cost most: its attacks lead into the charts where the run is on the page, and name commands where not.
Report.worstCard = (grid, worst) => {
  const { make, format } = Report;
  const file = worst.run.split('/').pop();
  const index = Report.data.runs.findIndex((run) => run.name === file);
  const card = Report.card('The worst of it', `${worst.prey ?? ''}, market ${worst.market}, seed ${worst.seed}: ${format.signed(worst.difference, 2)} against the quiet market`, { class: 'span-12' });
  const show = (attack) => {
    const from = attack.begin / 1e6, until = attack.end ? attack.end / 1e6 : from + 1000;
    const around = Math.max(until - from, 200);
    Report.choose(index);
    Report.state.timeline?.setWindow([from - around, until + around]);
    document.querySelector('.plot')?.scrollIntoView({ block: 'nearest' });
  };
  const orders = (ids) => (ids.length === 0 ? '–' : ids.slice(0, 8).join(', ') + (ids.length > 8 ? ` and ${ids.length - 8} more` : ''));
  card.append(make('div', { class: 'scroll tall pad' }, Report.table(['attack', 'time, UTC', 'participant', 'trades', 'our orders it hit', 'our orders meanwhile', ''],
    worst.attacks.map((attack) => [attack.attack, format.clock(attack.begin / 1e6, 3), String(attack.participant), format.number(attack.trades, 0), orders(attack.orders_hit), orders(attack.orders_during),
      index >= 0 ? make('button', { class: 'button', type: 'button', onclick: () => show(attack) }, 'Show') : '']), [0, 4, 5])));
  card.append(make('p', { class: 'pad muted' }, index >= 0 ? `The run is ${file}, below.` : 'See it with ', index < 0 && make('code', { class: 'mono' }, `crucible report ${file}`),
    index < 0 && ', an order with ', index < 0 && make('code', { class: 'mono' }, `crucible why ${file} ORDER`)));
  grid.append(card);
};
