'use strict';
// Elements from names, attributes and children. Texts are always text: nothing of the data is ever read as HTML.
Report.make = (name, attributes = {}, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (key === 'class') element.className = value;
    else if (key === 'style') element.style.cssText = value;
    else element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
};

// A card with a title, a hint, and tools at its right.
Report.card = (title, hint, options = {}) => {
  const make = Report.make;
  const card = make('div', { class: `card ${options.class ?? ''}` },
    make('div', { class: 'head' }, make('h3', {}, title), options.about && Report.about(options.about),
      hint && make('span', { class: 'hint' }, hint), make('span', { class: 'spacer' }), options.tools));
  return card;
};

Report.section = (id, title, hint, ...children) => Report.make('section', { id, 'aria-label': title },
  Report.make('div', { class: 'heading' }, Report.make('h2', {}, title), hint && Report.make('p', {}, hint)), ...children);

// A value of a configuration; a model that stands in one is folded up.
Report.setting = (value) => {
  const text = Report.format.setting(value ?? '–');
  if (text.length <= 200) return text;
  return Report.make('details', {}, Report.make('summary', {}, `${Report.format.number(text.length, 0)} characters`), text);
};

// Rows of texts or elements; `heads` are the columns' titles. Columns named in `text` are left-aligned.
Report.table = (heads, rows, text = []) => {
  const make = Report.make;
  const align = (column) => (text.includes(column) ? 'text' : undefined);
  return make('table', {},
    make('thead', {}, make('tr', {}, heads.map((head, column) => make('th', { scope: 'col', class: align(column) }, head)))),
    make('tbody', {}, rows.map((row) => make('tr', {}, row.map((cell, column) => make('td', { class: align(column) }, cell))))));
};
