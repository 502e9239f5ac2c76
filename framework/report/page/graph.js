'use strict';
// A causal graph over time: a column of variables per lag, the present at the right, and a line from each cause, so many
// steps before, to its effect now. Thick: strong. Blue and whole: both move together; orange and dashed: against each other.
Report.svg = (name, attributes, ...children) => {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(key, value);
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
};

// How a line looks. `largest` has the thickest line; a measure that has no sign is neither together nor against.
Report.linkStyle = (link, { largest, signed }) => ({
  width: 1.3 + 4.7 * Math.min(Math.abs(link.value ?? 0) / largest, 1),
  way: !signed || link.value === null ? 'unsigned' : link.value < 0 ? 'against' : 'together',
});

// How far a line bends aside, so that it keeps away from the nodes of the columns that it crosses.
Report.bowOf = (dy, columns, row, length) => {
  const clear = (bow) => {
    let least = Infinity;
    for (let column = 1; column < columns; ++column) {
      const share = column / columns, y = dy * share - 2 * share * (1 - share) * bow;
      least = Math.min(least, Math.abs(y - Math.round(y / row) * row));
    }
    return least;
  };
  const bows = [0.04, 0.08, -0.08, 0.12, -0.12, 0.16, -0.16].map((share) => share * length);
  return columns === 1 ? bows[0] : bows.reduce((best, bow) => (clear(bow) > clear(best) + 1 ? bow : best));
};

// Where a line runs: from the border of one node to that of the other, round what stands between them.
Report.linkPath = (from, to, columns, row) => {
  const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
  const dx = to.x - from.x, dy = to.y - from.y, length = Math.hypot(dx, dy) || 1;
  const rows = Math.abs(dy) / row;
  if (columns === 0) middle.x += 2 * Math.min(12 + 9 * rows, 48);
  else if (rows === 0) middle.y -= columns === 1 ? 0 : 2 * Math.min(6 + 4 * columns, row * 0.42);
  else {
    const bow = Report.bowOf(dy, columns, row, length);
    middle.x += (dy / length) * bow;
    middle.y -= (dx / length) * bow;
  }
  const towards = (node, other, distance) => {
    const size = Math.hypot(other.x - node.x, other.y - node.y) || 1;
    return { x: node.x + (other.x - node.x) / size * distance, y: node.y + (other.y - node.y) / size * distance };
  };
  return { middle, start: (distance) => towards(from, middle, distance), end: (distance) => towards(to, middle, distance) };
};

// Both ends of a line: an arrow at the effect, circles where the direction is not known, crosses where rules disagree.
Report.linkEnds = (path, reason, width, radius) => {
  const { svg } = Report;
  if (reason === 'undirected' || reason === 'conflict') {
    const marks = [path.start(radius + 4.5), path.end(radius + 4.5)].map(({ x, y }) => (reason === 'undirected'
      ? svg('circle', { cx: x, cy: y, r: 3.4, class: 'end' }) : svg('path', { d: `M${x - 3.4} ${y - 3.4}L${x + 3.4} ${y + 3.4}M${x - 3.4} ${y + 3.4}L${x + 3.4} ${y - 3.4}`, class: 'end' })));
    return { from: path.start(radius + 8), to: path.end(radius + 8), marks };
  }
  const long = 8 + width, half = 3.2 + 0.75 * width;
  const tip = path.end(radius + 1.5), base = path.end(radius + 1.5 + long);
  const ux = (tip.x - base.x) / long, uy = (tip.y - base.y) / long;
  const head = `M${tip.x} ${tip.y}L${base.x - uy * half} ${base.y + ux * half}L${base.x + uy * half} ${base.y - ux * half}Z`;
  return { from: path.start(radius), to: path.end(radius + long), marks: [svg('path', { d: head, class: 'head' })] };
};

// A name as far as there is room for it.
Report.clipped = (text, pixels, font) => {
  const pen = document.createElement('canvas').getContext('2d');
  pen.font = font;
  const letters = Array.from(text.slice(0, 200));
  if (letters.length === text.length && pen.measureText(text).width <= pixels) return text;
  while (letters.length > 1 && pen.measureText(`${letters.join('')}…`).width > pixels) letters.pop();
  return `${letters.join('')}…`;
};

// Lags that have a column: every one, or where that is too many those with a link; the oldest first.
Report.lagsOf = (links) => {
  const deepest = links.reduce((most, link) => Math.max(most, link.lag), 0);
  if (deepest <= 10) return Array.from({ length: deepest + 1 }, (_, i) => deepest - i);
  return [...new Set([0, ...links.map((link) => link.lag)])].sort((a, b) => b - a);
};

// Draws `links` between `variables` (names) into `host`. options: label; style, for linkStyle; text(link), what a line says
// of itself; chosen(indices), told which links are looked at. Returns { choose(indices), left }: how to look at some of
// them, and the numbers of the variables that were left out because nothing is linked to them.
Report.timeGraph = (host, variables, links, options) => {
  const { svg } = Report;
  const linked = new Set(links.flatMap((link) => [link.cause, link.effect]));
  const numbers = variables.map((_, variable) => variable);
  const shown = variables.length > 20 ? numbers.filter((variable) => linked.has(variable)) : numbers;
  const lags = Report.lagsOf(links);
  const font = `12px ${getComputedStyle(document.body).fontFamily}`;
  const wide = Math.max(host.clientWidth - 28, 260);
  const names = shown.map((variable) => Report.clipped(variables[variable], Math.min(wide * 0.34, 240), font));
  const pen = document.createElement('canvas').getContext('2d');
  pen.font = font;
  const gutter = Math.max(...names.map((name) => pen.measureText(name).width)) + 16;
  const instant = links.some((link) => link.lag === 0);
  const row = Math.min(Math.max(460 / shown.length, 17), 56), radius = row < 24 ? 3.5 : 5;
  const top = 32, right = instant ? 66 : 28;
  const step = lags.length > 1 ? Math.min((wide - gutter - right - 8) / (lags.length - 1), 230) : 0;
  const x = (lag) => gutter + 8 + lags.indexOf(lag) * step;
  const y = (variable) => top + 14 + shown.indexOf(variable) * row;
  const size = { width: x(0) + right, height: y(shown[shown.length - 1]) + 18 };
  const every = Math.max(1, Math.ceil(34 / Math.max(step, 1)));

  const groups = links.map((link, index) => {
    const { width, way } = Report.linkStyle(link, options.style);
    const path = Report.linkPath({ x: x(link.lag), y: y(link.cause) }, { x: x(0), y: y(link.effect) }, lags.indexOf(0) - lags.indexOf(link.lag), row);
    const { from, to, marks } = Report.linkEnds(path, link.reason, width, radius);
    const d = `M${from.x} ${from.y}Q${path.middle.x} ${path.middle.y} ${to.x} ${to.y}`;
    const look = (event) => {
      choose([index]);
      const box = event.type === 'focus' ? group.getBoundingClientRect() : { left: event.clientX, top: event.clientY - 8, bottom: event.clientY + 12 };
      Report.tip.show(options.text(link), box);
    };
    const group = svg('g', { class: `link ${way} ${link.reason}`, 'data-link': index, tabindex: 0, role: 'img', 'aria-label': options.text(link) },
      svg('path', { d, class: 'reach' }), svg('path', { d, class: 'line', 'stroke-width': width }), marks);
    for (const kind of ['mouseenter', 'mousemove', 'focus', 'click']) group.addEventListener(kind, look);
    for (const kind of ['mouseleave', 'blur']) group.addEventListener(kind, () => { Report.tip.hide(); choose([]); });
    return group;
  });
  const label = (variable, i) => {
    const of = links.flatMap((link, index) => (link.cause === variable || link.effect === variable ? [index] : []));
    const text = svg('text', { x: gutter - 6, y: y(variable) + 4, 'text-anchor': 'end', class: 'name' }, names[i], svg('title', {}, variables[variable]));
    text.addEventListener('mouseenter', () => choose(of));
    text.addEventListener('mouseleave', () => choose([]));
    return text;
  };
  const strongest = groups.map((group, index) => [Math.abs(links[index].value ?? 0), group]).sort((a, b) => a[0] - b[0]).map(([, group]) => group);
  const picture = svg('svg', { viewBox: `0 0 ${size.width} ${size.height}`, width: size.width, height: size.height, role: 'group', 'aria-label': options.label, class: 'timegraph' },
    shown.map((variable) => svg('path', { d: `M${gutter} ${y(variable)}H${x(0)}`, class: 'rule' })),
    lags.map((lag, i) => ((lags.length - 1 - i) % every === 0 ? svg('text', { x: x(lag), y: 16, 'text-anchor': 'middle', class: lag === 0 ? 'now' : 'lag' }, lag === 0 ? 'now (t)' : `t−${lag}`) : null)),
    shown.map((variable) => lags.map((lag) => svg('circle', { cx: x(lag), cy: y(variable), r: radius, class: lag === 0 ? 'node now' : 'node' }))),
    shown.map(label), strongest);
  const choose = (indices) => {
    picture.classList.toggle('choosing', indices.length > 0);
    groups.forEach((group, index) => group.classList.toggle('chosen', indices.includes(index)));
    options.chosen?.(indices);
  };
  host.append(Report.make('div', { class: 'timegraph-box' }, picture));
  return { choose, left: numbers.filter((variable) => !shown.includes(variable)) };
};
