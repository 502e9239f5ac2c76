'use strict';
// Definitions: a small "?" that explains itself on hover, on focus and on touch.
Report.about = (text) => {
  const make = Report.make;
  let tip = null;
  const hide = () => { tip?.remove(); tip = null; };
  const show = (event) => {
    if (tip) return;
    const box = event.currentTarget.getBoundingClientRect();
    tip = make('div', { class: 'tip', role: 'tooltip' }, text);
    document.body.append(tip);
    const left = Math.min(Math.max(8, box.left - 20), document.documentElement.clientWidth - tip.offsetWidth - 8);
    const below = box.bottom + tip.offsetHeight + 10 < window.innerHeight;
    tip.style.left = `${left + window.scrollX}px`;
    tip.style.top = `${(below ? box.bottom + 6 : box.top - tip.offsetHeight - 6) + window.scrollY}px`;
  };
  return make('button', { class: 'about', type: 'button', 'aria-label': text, onmouseenter: show, onfocus: show, onclick: show,
    onmouseleave: hide, onblur: hide, onkeydown: (event) => { if (event.key === 'Escape') hide(); } }, '?');
};
