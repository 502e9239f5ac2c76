'use strict';
// The chain of causes of a fill: what led to its order, and what came of it.
Report.showCauses = (run, fill) => {
  const { make } = Report;
  const panel = document.getElementById('causes');
  const chain = Report.chain(run, fill.order);
  Report.state.fill = fill.index;
  Report.state.timeline?.setWindow(Report.state.timeline.window);
  for (const row of document.querySelectorAll('[data-fill]')) row.toggleAttribute('aria-selected', row.dataset.fill === String(fill.index));
  const returnTo = document.activeElement;
  const close = () => {
    panel.hidden = true;
    Report.explaining(false);
    returnTo?.focus?.({ preventScroll: true });
  };
  let fillsSeen = 0;
  const lines = (chain ?? []).map(([what, text]) => {
    const here = what === 'fill' && fillsSeen++ === fill.nth;
    return make('li', { class: here ? 'here' : undefined, 'aria-current': here ? 'true' : undefined }, make('b', {}, what), make('span', {}, text));
  });
  const step = (by, text, title) => make('button', { class: 'button', type: 'button', title, 'aria-label': title, onclick: () => Report.stepFill(run, by) }, text);
  panel.replaceChildren(
    make('div', { class: 'head' }, make('h3', {}, `Causes of order ${fill.order}`), make('span', { class: 'spacer' }),
      step(-1, '‹', 'Fill before'), step(1, '›', 'Fill after'),
      make('button', { class: 'button', type: 'button', onclick: () => Report.state.timeline?.setWindow([fill.x - 2000, fill.x + 2000]) }, 'Zoom to it'),
      make('button', { class: 'button', type: 'button', 'aria-label': 'Close', onclick: close }, '✕')),
    make('ol', {}, lines, make('li', {}, make('b', {}, chain ? 'in full' : ''), make('span', {}, chain ? '' : 'Too many fills to hold every chain in one page. ',
      make('code', {}, `crucible why ${run.name} ${fill.order}`)))));
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
