'use strict';
// Light and dark: the system's choice until the reader makes one. Charts take their colours from the page's.
Report.theme = (() => {
  const system = window.matchMedia('(prefers-color-scheme: dark)');
  let chosen = null;
  const current = () => chosen ?? (system.matches ? 'dark' : 'light');
  const apply = () => { document.documentElement.dataset.theme = current(); };
  const set = (theme) => {
    chosen = theme;
    apply();
    Report.render();
  };
  apply();
  system.addEventListener('change', () => { if (chosen === null) { apply(); Report.render(); } });

  // Paper is white; what was on the screen comes back afterwards.
  let before = null;
  window.addEventListener('beforeprint', () => { before = chosen; set('light'); });
  window.addEventListener('afterprint', () => set(before));

  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  return { current, toggle: () => set(current() === 'dark' ? 'light' : 'dark'), set, color };
})();
