'use strict';
// Stylised facts: what generated markets show, beside the bands of recorded sessions.
Report.sections.facts = (main) => {
  const results = (Report.data.results ?? []).filter((result) => result.kind === 'facts');
  if (results.length === 0) return;
  const { make, format, theme } = Report;
  const grid = make('div', { class: 'grid' });
  main.append(Report.section('facts', 'Stylised facts, recorded against generated', 'Whether markets that runs made look like recorded ones, measure by measure.', grid));
  for (const { name: file, content } of results) {
    const kindOf = (market) => (market.recorded ? 'recorded' : market.inside === false ? 'outside' : 'inside');
    const rows = content.filter((row) => row.band).map((row) => ({ name: row.fact.replaceAll('_', ' '), band: row.band,
      marks: row.markets.filter((market) => market.value !== null).map((market) => ({ name: market.file, value: market.value, kind: kindOf(market) })) }));
    const generated = content[0].markets.filter((market) => !market.recorded);
    const judged = content.flatMap((row) => row.markets.filter((market) => !market.recorded && typeof market.inside === 'boolean'));
    const hint = judged.length > 0 ? `${format.number(judged.filter((market) => market.inside).length, 0)} of ${format.number(judged.length, 0)} values of ${generated.length === 1 ? 'the generated market' : 'generated markets'} inside` : file;
    if (rows.length > 0) {
      const chart = Report.card('Against the recorded bands', hint, { class: 'span-12', about:
        'Each bar reaches from the lowest to the highest value of the recorded sessions and of the parts of each, whatever its unit. Marks beyond the bar are outside; those far outside stand at the edge.' });
      grid.append(chart);
      Report.bars.bands(chart, 'Stylised facts against recorded bands', rows, { recorded: { name: 'recorded session', color: theme.color('neutral'), style: 'circle' },
        inside: { name: 'generated, inside', color: theme.color('equity'), style: 'rectRot' }, outside: { name: 'generated, outside', color: theme.color('sell'), style: 'triangle' } }, theme.color('neutral'));
    }
    const value = (market) => (market.value === null ? '–' : make('span', { class: market.inside === false ? 'outside' : undefined }, format.significant(market.value), market.inside === false && ' outside'));
    const table = Report.card('Values', rows.length > 0 ? file : `${file}: no recorded session among the files, so there are no bands`, { class: 'span-12' });
    table.append(make('div', { class: 'scroll pad' }, Report.table(['fact', 'band', ...content[0].markets.map((market) => `${market.file}${market.recorded ? ' (recorded)' : ''}`)],
      content.map((row) => [make('span', {}, row.fact.replaceAll('_', ' '), ' ', Report.about(row.description)), row.band ? row.band.map(format.significant).join(' to ') : '–', ...row.markets.map(value)]))));
    grid.append(table);
  }
};
