'use strict';
// A box with a text beside what it tells of; one at a time.
Report.tip = (() => {
  let tip = null;
  const hide = () => { tip?.remove(); tip = null; };
  const show = (text, box) => {
    hide();
    tip = Report.make('div', { class: 'tip', role: 'tooltip' }, text);
    document.body.append(tip);
    const left = Math.min(Math.max(8, box.left - 20), document.documentElement.clientWidth - tip.offsetWidth - 8);
    const below = box.bottom + tip.offsetHeight + 10 < window.innerHeight;
    tip.style.left = `${left + window.scrollX}px`;
    tip.style.top = `${(below ? box.bottom + 6 : box.top - tip.offsetHeight - 6) + window.scrollY}px`;
  };
  return { show, hide };
})();

// Definitions: a small "?" that explains itself on hover, on focus and on touch.
Report.about = (text) => {
  const show = (event) => Report.tip.show(text, event.currentTarget.getBoundingClientRect());
  const { hide } = Report.tip;
  return Report.make('button', { class: 'about', type: 'button', 'aria-label': text, onmouseenter: show, onfocus: show, onclick: show,
    onmouseleave: hide, onblur: hide, onkeydown: (event) => { if (event.key === 'Escape') hide(); } }, '?');
};
