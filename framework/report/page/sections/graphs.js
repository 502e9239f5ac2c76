'use strict';
// Files of crucible discover on the page, one at a time as with runs; and graphs of files and runs side by side.
Report.sections.graphs = (main) => {
  const { make } = Report;
  const files = Report.data.graphs ?? [];
  if (Report.graphs().length > 1) Report.compareGraphs(main, Report.graphs());
  if (files.length === 0) return;
  if (files.length > 1) {
    main.append(make('section', { class: 'tabs', role: 'group', 'aria-label': 'Causal graphs' }, files.map((each, index) => make('button', { class: 'button', type: 'button',
      'aria-pressed': String(index === Report.state.graph), onclick: () => { Report.state.graph = index; Report.render(); } }, each.name))));
  }
  const graph = files[Report.state.graph];
  const grid = make('div', { class: 'grid' });
  main.append(make('div', { class: 'title' }, make('h1', {}, graph.name), make('span', { class: 'badge' }, graph.live ? 'live causal graph' : 'causal graph')));
  main.append(Report.section('graph', 'Causal graph', graph.live ? 'What drove what, row by row.' : 'What drives what, at which lag, and how surely.', grid));
  Report.graphCards(grid, graph);
};

// Pictures beside each other, their lines on one scale; and who has which link. Variables are the same where their names are.
Report.compareGraphs = (main, graphs) => {
  const { make, format } = Report;
  const kMost = 300;
  const grid = make('div', { class: 'grid' });
  main.append(Report.section('graphs', 'Causal graphs side by side', `${graphs.length} graphs`, grid));
  for (const graph of graphs) {
    const card = Report.card(graph.name, `${format.number(graph.links.length, 0)} link${graph.links.length === 1 ? '' : 's'}${graph.live ? ' at the end' : ''}`, { class: 'span-6' });
    grid.append(card);
    Report.graphPicture(card, graph);
  }
  // A link within one moment is one row, whichever way each graph has it.
  const links = new Map();
  graphs.forEach((graph, g) => graph.links.forEach((link) => {
    const names = [graph.variables[link.cause], graph.variables[link.effect]];
    const swapped = link.lag === 0 && names[0] > names[1];
    if (swapped) names.reverse();
    const key = JSON.stringify([...names, link.lag]);
    const name = link.lag === 0 ? `${names[0]}(t), ${names[1]}(t)` : Report.linkName(graph, link);
    if (!links.has(key)) links.set(key, { names, name, of: [] });
    links.get(key).of[g] = { ...link, mark: link.lag > 0 ? '' : `${Report.linkMark(link, swapped)} ` };
  }));
  const cell = (graph, g, each) => {
    const link = each.of[g];
    if (link) return `${link.mark}${Report.linkValue(graph, link)}, q ${Report.smallNumber(link.q)}`;
    return each.names.every((name) => graph.variables.includes(name)) ? '–' : 'no such variable';
  };
  const rows = [...links.values()].sort((a, b) => Object.keys(b.of).length - Object.keys(a.of).length);
  const card = Report.card('Who has which link', `value and q; –: no such link${rows.length > kMost ? `; the first ${kMost} of ${format.number(rows.length, 0)}` : ''}`, { class: 'span-12' });
  card.append(make('div', { class: 'scroll tall pad' }, rows.length === 0 ? make('p', { class: 'muted' }, 'No graph has a link.')
    : Report.table(['link', ...graphs.map((graph) => graph.name)], rows.slice(0, kMost).map((each) => [each.name, ...graphs.map((graph, g) => cell(graph, g, each))]))));
  grid.append(card);
};
