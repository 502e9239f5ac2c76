'use strict';
// Light and dark: the system's choice until the reader makes one. Charts take their colours from the page's.
Report.theme = (() => {
  const system = window.matchMedia('(prefers-color-scheme: dark)');
  let chosen = null;
  const current = () => chosen ?? (system.matches ? 'dark' : 'light');
  const apply = () => { document.documentElement.dataset.theme = current(); };
  const choose = (theme) => {
    chosen = theme;
    apply();
  };
  const set = (theme) => {
    choose(theme);
    Report.render();
  };
  apply();
  system.addEventListener('change', () => { if (chosen === null) { apply(); Report.render(); } });

  // Paper is white and as wide as A4; what was on the screen comes back afterwards. A printer replays what a canvas
  // drew and loses the layers of dygraphs, so its canvases become pictures.
  let before = null;
  window.addEventListener('beforeprint', () => {
    before = chosen;
    document.documentElement.classList.add('paper');
    set('light');
    for (const canvas of document.querySelectorAll('.canvas canvas')) {
      const picture = canvas.cloneNode();
      picture.getContext('2d').drawImage(canvas, 0, 0);
      canvas.replaceWith(picture);
    }
  });
  window.addEventListener('afterprint', () => {
    document.documentElement.classList.remove('paper');
    set(before);
  });

  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  return { current, choose, toggle: () => set(current() === 'dark' ? 'light' : 'dark'), set, color };
})();
