'use strict';
// The panel beside the charts: what led to a fill and what came of its order, or what led to a swap of routes.
Report.showCauses = (run, fill) => {
  const { make } = Report;
  const chain = Report.chain(run, fill.order);
  Report.state.fill = fill.index;
  Report.state.swap = undefined;
  for (const row of document.querySelectorAll('[data-fill]')) row.toggleAttribute('aria-selected', row.dataset.fill === String(fill.index));
  let fills = 0;
  const step = (by, text, title) => make('button', { class: 'button', type: 'button', title, 'aria-label': title, onclick: () => Report.stepFill(run, by) }, text);
  Report.showPanel(run, { title: `Causes of order ${fill.order}`, tools: [step(-1, '‹', 'Fill before'), step(1, '›', 'Fill after')],
    lines: chain ?? [['', 'Too many fills to hold every chain in one page.']], here: (what) => what === 'fill' && fills++ === fill.nth,
    around: fill.x, size: 4000, command: `crucible why ${run.name} ${fill.order}` });
};

// options: title, tools, lines [[what, text], ...], here(what) for the line that was asked about, around and size of the
// window that shows it, command that says the same
Report.showPanel = (run, options) => {
  const { make } = Report;
  const panel = document.getElementById('causes');
  Report.state.timeline?.setWindow(Report.state.timeline.window);
  const returnTo = document.activeElement;
  const close = () => {
    panel.hidden = true;
    Report.explaining(false);
    returnTo?.focus?.({ preventScroll: true });
  };
  const lines = options.lines.map(([what, text]) => {
    const here = options.here?.(what) ?? false;
    return make('li', { class: here ? 'here' : undefined, 'aria-current': here ? 'true' : undefined }, make('b', {}, what), make('span', {}, text));
  });
  const half = options.size / 2;
  panel.replaceChildren(
    make('div', { class: 'head' }, make('h3', {}, options.title), make('span', { class: 'spacer' }), options.tools ?? [],
      make('button', { class: 'button', type: 'button', onclick: () => Report.state.timeline?.setWindow([options.around - half, options.around + half]) }, 'Zoom to it'),
      make('button', { class: 'button', type: 'button', 'aria-label': 'Close', onclick: close }, '✕')),
    make('ol', {}, lines, make('li', {}, make('b', {}, 'command'), make('span', {}, make('code', {}, options.command)))));
  panel.hidden = false;
  Report.explaining(true);
  panel.onkeydown = (event) => { if (event.key === 'Escape') close(); };
};

// Makes room for the panel, or takes it back.
Report.explaining = (open) => {
  if (document.body.classList.contains('explaining') === open) return;
  document.body.classList.toggle('explaining', open);
  Report.state.timeline?.resize();
  Report.state.extra?.forEach((timeline) => timeline.resize());
};
