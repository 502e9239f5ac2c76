'use strict';
// Puts the page together, and again when the theme or the chosen run changes.
Report.render = () => {
  const { make } = Report;
  const { runs } = Report.data;
  const main = document.getElementById('main');
  const top = document.getElementById('top');
  Report.state.timeline?.destroy();
  (Report.state.extra ?? []).forEach((timeline) => timeline.destroy());
  Report.state.extra = [];
  Report.state.timeline = null;
  Report.bars.destroy();
  main.replaceChildren();

  const run = runs[Report.state.run];
  if (runs.length > 1) {
    Report.sections.compare(main);
    main.append(make('section', { class: 'tabs', role: 'group', 'aria-label': 'Runs' }, runs.map((each, index) => make('button', { class: 'button', type: 'button',
      'aria-pressed': String(index === Report.state.run), onclick: () => {
        Report.state.run = index;
        Report.state.fill = undefined;
        document.getElementById('causes').hidden = true;
        Report.render();
      } }, each.name))));
  }
  Report.sections.title(run, main);
  Report.sections.headline(run, main);
  Report.sections.price(run, main);
  const grid = make('div', { class: 'grid' });
  const execution = Report.section('execution', 'Execution', 'What the fills cost, what followed them, and what became of the orders.', grid);
  main.append(execution);
  for (const name of ['markouts', 'slippage', 'queue', 'latency']) Report.sections[name](run, grid);
  if (grid.children.length === 0) execution.remove();
  Report.sections.fills(run, main);
  Report.sections.identity(run, main);

  const links = Array.from(main.querySelectorAll('section[id]'), (section) => make('a', { href: `#${section.id}` }, section.getAttribute('aria-label')));
  const dark = Report.theme.current() === 'dark';
  top.replaceChildren(make('div', { class: 'bar' }, make('span', { class: 'brand' }, 'Crucible', make('small', {}, 'report')), make('nav', { 'aria-label': 'Sections' }, links),
    make('span', { class: 'spacer' }), make('button', { class: 'button', type: 'button', onclick: Report.theme.toggle, 'aria-label': dark ? 'Light colours' : 'Dark colours' }, dark ? '☀ Light' : '☾ Dark')));
};

document.getElementById('foot').textContent = 'Made by crucible report from event journals. Charts: dygraphs 2.2.1 (MIT), Chart.js 3.9.1 (MIT). Definitions: docs/metrics.md, docs/guides/report.md.';
Report.render();
window.addEventListener('resize', () => Report.state.timeline?.resize());
