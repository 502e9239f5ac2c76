'use strict';
// The figures that are read first; each explains itself.
Report.sections.headline = (run, main) => {
  const { make } = Report;
  const money = new Set(['net_profit', 'realised']);
  const value = (figure) => {
    const parts = figure.value.match(/^(.*\d)\s+([A-Z%][A-Z0-9]*)$/);
    const tone = money.has(figure.key) && figure.number !== 0 ? (figure.number > 0 ? 'positive' : 'negative') : '';
    const text = (parts ? parts[1] : figure.value).replace(/^-/, '−');
    return make('dd', { class: tone, title: figure.value }, text, parts && make('span', { class: 'unit' }, parts[2]),
      figure.note && make('span', { class: 'sub', title: figure.note }, figure.note.replace(/(^|\s)-(?=\d)/g, '$1−')));
  };
  main.append(make('dl', { class: 'figures', id: 'headline' }, run.headline.map((figure) =>
    make('div', { class: 'card figure' }, make('dt', {}, figure.label, Report.about(figure.definition)), value(figure)))));
};
