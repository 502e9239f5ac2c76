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
  if (runs.length > 1) Report.sections.compare(main);
  Report.sections.stress(main);
  Report.sections.bounds(main);
  Report.sections.facts(main);
  Report.sections.graphs(main);
  if (run) Report.renderRun(run, main);

  const links = Array.from(main.querySelectorAll('section[id]'), (section) => make('a', { href: `#${section.id}` }, section.getAttribute('aria-label')));
  const dark = Report.theme.current() === 'dark';
  top.replaceChildren(make('div', { class: 'bar' }, make('span', { class: 'brand' }, 'Crucible', make('small', {}, 'report')), make('nav', { 'aria-label': 'Sections' }, links),
    make('span', { class: 'spacer' }), make('button', { class: 'button', type: 'button', onclick: Report.theme.toggle, 'aria-label': dark ? 'Light colours' : 'Dark colours' }, dark ? '☀ Light' : '☾ Dark')));
};

// What one run shows.
Report.renderRun = (run, main) => {
  const { make } = Report;
  const { runs } = Report.data;
  if (runs.length > 1) {
    main.append(make('section', { class: 'tabs', role: 'group', 'aria-label': 'Runs' }, runs.map((each, index) => make('button', { class: 'button', type: 'button',
      'aria-pressed': String(index === Report.state.run), onclick: () => Report.choose(index) }, each.name))));
  }
  Report.sections.title(run, main);
  Report.sections.headline(run, main);
  Report.sections.price(run, main);
  Report.sections.attacks(run, main);
  Report.sections.regimes(run, main);
  Report.sections.graph(run, main);
  const grid = make('div', { class: 'grid' });
  const execution = Report.section('execution', 'Execution', 'What the fills cost, what followed them, and what became of the orders.', grid);
  main.append(execution);
  for (const name of ['markouts', 'slippage', 'queue', 'latency']) Report.sections[name](run, grid);
  if (grid.children.length === 0) execution.remove();
  Report.sections.fills(run, main);
  Report.sections.identity(run, main);
};

// Shows another run.
Report.choose = (index) => {
  if (index === Report.state.run) return;
  Report.state.run = index;
  Report.state.fill = Report.state.swap = undefined;
  document.getElementById('causes').hidden = true;
  Report.explaining(false);
  Report.render();
};

document.getElementById('foot').textContent = 'Made by crucible report from event journals. Charts: dygraphs 2.2.1 (MIT), Chart.js 3.9.1 (MIT). Definitions: docs/metrics.md, docs/guides/report.md.';
// Links into a page: #theme=dark, #run=1, #graph=1, #fill=12 (their numbers from 0).
const link = new URLSearchParams(window.location.hash.slice(1));
if (link.get('theme')) Report.theme.choose(link.get('theme'));
if (Report.data.graphs[Number(link.get('graph'))]) Report.state.graph = Number(link.get('graph'));
if (Report.data.runs[Number(link.get('run'))]) Report.state.run = Number(link.get('run'));
Report.render();
const linked = link.has('fill') && Report.data.runs.length > 0 && Report.fillsOf(Report.data.runs[Report.state.run])[Number(link.get('fill'))];
if (linked) {
  Report.state.timeline?.show(linked.x, 60_000);
  Report.showCauses(Report.data.runs[Report.state.run], linked);
  document.querySelector('.plot')?.scrollIntoView({ block: 'nearest' });
}
window.addEventListener('resize', () => {
  if (!document.documentElement.classList.contains('paper')) Report.state.timeline?.resize();
});
