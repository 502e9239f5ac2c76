'use strict';
// Price with bid and ask over the book's depth, our orders as lines from placement to end, our fills as triangles:
// upwards bought, downwards sold; full our order rested (maker), hollow it took (taker).
Report.Depth = class {
  constructor(run, depth, unit) {
    this.x = Report.times(run, depth.t);
    this.height = depth.step * unit;
    this.classes = depth.bounds.length + 1;
    this.columns = [];  // per column: [bids, asks], each flat (price, class)
    const last = [0, 0];
    let at = 0;
    for (let column = 0; column < this.x.length; ++column) {
      const sides = [];
      for (let side = 0; side < 2; ++side) {
        const count = depth.levels[at++];
        const flat = new Float64Array(2 * count);
        let price = last[side];
        for (let level = 0; level < count; ++level) {
          price += depth.levels[at++];
          if (level === 0) last[side] = price;
          flat[2 * level] = price * this.height;
          flat[2 * level + 1] = depth.levels[at++];
        }
        sides.push(flat);
      }
      this.columns.push(sides);
    }
  }

  draw(context, area, graph) {
    const [from, to] = graph.xAxisRange();
    const first = Math.max(Report.lowerBound(this.x, from) - 1, 0);
    const last = Math.min(Report.lowerBound(this.x, to), this.x.length);
    const stride = Math.max(1, Math.floor((last - first) / 700));
    const [low, high] = graph.yAxisRange();
    const scale = area.h / (high - low);
    const tall = Math.max(this.height * scale, 1);
    const paints = ['depth-bid', 'depth-ask'].map((name) => Array.from({ length: this.classes }, (_, level) =>
      `rgb(${Report.theme.color(name)} / ${(3 + 42 * (level / (this.classes - 1)) ** 1.6).toFixed(1)}%)`));
    for (let column = first; column < last; column += stride) {
      const left = graph.toDomXCoord(Math.max(this.x[column], from));
      const next = column + stride < this.x.length ? this.x[column + stride] : to;
      const wide = Math.max(graph.toDomXCoord(Math.min(next, to)) - left, 0.6);
      for (let side = 0; side < 2; ++side) {
        const flat = this.columns[column][side];
        for (let level = 0; level < flat.length; level += 2) {
          const price = flat[level];
          if (price < low || price > high) continue;
          context.fillStyle = paints[side][flat[level + 1]];
          context.fillRect(left, area.y + (high - price) * scale - tall / 2, wide, tall);
        }
      }
    }
  }
};

Report.Orders = class {
  constructor(run, orders, unit) {
    this.from = Report.times(run, orders.from);
    this.length = orders.length;
    this.price = Report.sums(orders.price).map((price) => price * unit);
    this.side = orders.side;
    this.longest = orders.length.reduce((longest, length) => Math.max(longest, length), 0) / 1000;
  }

  draw(context, area, graph) {
    const [from, to] = graph.xAxisRange();
    const first = Report.lowerBound(this.from, from - this.longest);
    const last = Report.lowerBound(this.from, to);
    const sparse = last - first < 400;
    const [low, high] = graph.yAxisRange();
    const scaleX = area.w / (to - from), scaleY = area.h / (high - low);
    context.save();
    context.beginPath();
    context.rect(area.x, area.y, area.w, area.h);
    context.clip();
    context.lineWidth = sparse ? 2 : 1;
    context.globalAlpha = sparse ? 0.85 : 0.5;
    for (const side of [1, 2]) {
      context.strokeStyle = Report.theme.color(side === 1 ? 'buy' : 'sell');
      context.beginPath();
      for (let i = first; i < last; ++i) {
        if (this.side[i] !== side) continue;
        const left = area.x + (this.from[i] - from) * scaleX;
        const right = Math.max(left + this.length[i] / 1000 * scaleX, left + 1);
        if (right < area.x) continue;
        const y = area.y + (high - this.price[i]) * scaleY;
        context.moveTo(left, y);
        context.lineTo(right, y);
      }
      context.stroke();
    }
    context.restore();
  }
};

Report.sections.price = (run, main) => {
  const { make } = Report;
  const timeline = new Report.Timeline(run);
  Report.state.timeline = timeline;
  const stack = make('div', { class: 'stack card' });
  const fills = Report.fillsOf(run);
  const charts = (run.instruments ?? []).map((instrument, id) => Report.priceCard(run, timeline, stack, instrument, id, fills));
  main.append(Report.section('market', 'Market and orders',
    'Drag to zoom, shift-drag to move, double-click to see all. Click a fill for its causes. Times are UTC, as this process knew each fact.', stack));
  charts.forEach((start) => start());
  timeline.onStep = (step) => Report.stepFill(run, step);
  Report.sections.regimeLane(run, timeline, stack);
  Report.sections.activity(run, timeline, stack);
  Report.sections.account(run, timeline, stack);
  Report.sections.features(run, timeline, stack);
  timeline.showAxisOfLast();
};

// Builds the card; returns what draws the chart once the card stands in the page.
Report.priceCard = (run, timeline, stack, instrument, id, fills) => {
  const { make, theme, format } = Report;
  const unit = 10 ** -instrument.price_decimals;
  const shown = { depth: true, orders: true, fills: true, attacks: true, regimes: true };
  const regimes = run.regimes?.instrument === id;
  const depth = instrument.depth && new Report.Depth(run, instrument.depth, unit);
  const orders = instrument.orders && new Report.Orders(run, instrument.orders, unit);
  const mine = fills.filter((fill) => fill.instrument === id);
  const readout = make('div', { class: 'readout', 'aria-live': 'off' });
  let chart = null;
  const toggle = (name, text) => make('button', { class: 'button', type: 'button', 'aria-pressed': 'true', onclick: (event) => {
    shown[name] = !shown[name];
    event.currentTarget.setAttribute('aria-pressed', String(shown[name]));
    timeline.redraw();
  } }, text);
  const move = (text, title, action) => make('button', { class: 'button', type: 'button', title, 'aria-label': title, onclick: action }, text);
  const key = (shape, color, text) => make('span', { class: 'key' }, make('i', { class: shape, style: `--c:var(--${color})` }), text);
  const tools = make('span', { class: 'tools' }, depth && toggle('depth', 'Depth'), orders && toggle('orders', 'Orders'), mine.length > 0 && toggle('fills', 'Fills'), run.attacks && toggle('attacks', 'Attacks'), regimes && toggle('regimes', 'Regimes'),
    move('−', 'Zoom out', () => timeline.zoom(2)), move('+', 'Zoom in', () => timeline.zoom(0.5)), move('‹', 'Earlier', () => timeline.pan(-0.5)),
    move('›', 'Later', () => timeline.pan(0.5)), move('All', 'Show the whole run', () => timeline.showAll()));
  const names = instrument.bars ? ['Low', 'High'] : ['Bid', 'Ask'];
  const keys = make('div', { class: 'keys' }, key('', 'buy', names[0]), key('', 'sell', names[1]),
    orders && key('both', 'neutral', `Our orders${instrument.orders.drawn < instrument.orders.in_all ? ` (${format.number(instrument.orders.drawn, 0)} of ${format.number(instrument.orders.in_all, 0)}, the filled ones first)` : ''}`),
    mine.length > 0 && [key('up', 'buy', 'Bought'), key('down', 'sell', 'Sold'), make('span', {}, 'full: maker, hollow: taker')],
    depth && make('span', { class: 'key', title: `Quantity at a price, in ten classes of equally many levels: up to ${instrument.depth.bounds.join(', ')}, and more` }, make('i', { class: 'ramp' }), 'depth'), Report.attackKeys(run), regimes && Report.regimeKeys(run));
  const card = Report.card(instrument.name, `${instrument.currency}, tick ${instrument.tick}`, { tools });
  card.append(make('div', { class: 'head' }, keys, make('span', { class: 'spacer' }), readout));
  stack.append(card);

  const levels = Report.levels(run, instrument.touch, unit);
  const kinds = ['Bought as maker', 'Bought as taker', 'Sold as maker', 'Sold as taker'];
  const rows = (window) => {
    const touch = Report.Timeline.rowsFor(levels, window);
    Report.state.fillsInView = mine.filter((fill) => fill.x >= window[0] && fill.x <= window[1]).length;
    return shown.fills ? Report.withFills(touch, mine) : touch.map((row) => [...row, null, null, null, null]);
  };
  const marks = Object.fromEntries(kinds.map((kind, index) => [kind, { strokeWidth: 0, drawPoints: true, pointSize: 5, stepPlot: false,
    color: theme.color(index < 2 ? 'buy' : 'sell'), highlightCircleSize: 0, drawPointCallback: Report.triangle(index < 2, index % 2 === 0) }]));
  return () => {
    chart = timeline.add({ title: `Price of ${instrument.name}`, host: card, height: id === 0 ? 430 : 300, rows, labels: [...names, ...kinds], hidden: kinds,
      colors: [theme.color('buy'), theme.color('sell'), ...kinds.map((kind, index) => theme.color(index < 2 ? 'buy' : 'sell'))], series: marks,
      decimals: instrument.price_decimals, text: (value) => format.price(value, instrument), step: !instrument.bars, overview: id === 0, readout,
      note: run.attacks && ((ms) => Report.attackAt(run, ms)),
      underlay: (context, area, graph) => {
        if (regimes && shown.regimes) Report.drawRegimes(run, context, area, graph, 0.8);
        if (depth && shown.depth) depth.draw(context, area, graph);
        if (run.attacks && shown.attacks) Report.drawAttacks(run, context, area, graph);
        if (regimes && shown.regimes) Report.drawSwaps(run, context, area, graph, false);
        if (orders && shown.orders) orders.draw(context, area, graph);
        if (shown.fills) Report.ringFill(context, graph, mine.find((fill) => fill.index === Report.state.fill));
      },
      click: (event, graph) => {
        const nearest = shown.fills && Report.nearestFill(mine, event, graph);
        if (nearest) Report.showCauses(run, nearest);
      } });
    chart.fillIds = mine;
    chart.instrument = id;
  };
};

// Rows of bid and ask with the fills among them; a fill's row repeats what bid and ask were.
Report.withFills = (touch, fills) => {
  const rows = [];
  let next = 0, before = [0, NaN, NaN];
  const fillRow = (fill) => {
    const row = [fill.x, before[1], before[2], null, null, null, null];
    row[3 + (fill.side === 1 ? 0 : 2) + (fill.maker ? 0 : 1)] = fill.price;
    return row;
  };
  for (const row of touch) {
    while (next < fills.length && fills[next].x < row[0]) rows.push(fillRow(fills[next++]));
    rows.push([row[0], row[1], row[2], null, null, null, null]);
    before = row;
  }
  while (next < fills.length) rows.push(fillRow(fills[next++]));
  return rows;
};

Report.triangle = (up, full) => (graph, name, context, x, y, color) => {
  const crowd = Report.state.fillsInView ?? 0;
  const size = crowd > 1000 ? 2.4 : crowd > 300 ? 3.4 : crowd > 60 ? 4.8 : 6.2;
  const way = up ? -1 : 1;
  context.beginPath();
  context.moveTo(x, y + way * size);
  context.lineTo(x - size, y - way * size * 0.8);
  context.lineTo(x + size, y - way * size * 0.8);
  context.closePath();
  context.globalAlpha = crowd > 1000 ? 0.7 : 1;
  context.lineWidth = full ? 0.8 : crowd > 300 ? 1 : 1.5;
  context.fillStyle = full ? color : Report.theme.color('card');
  context.strokeStyle = full ? Report.theme.color('card') : color;
  if (full || crowd <= 300) context.fill();
  if (!full || crowd <= 300) context.stroke();
};

// A ring around the fill whose causes are shown.
Report.ringFill = (context, graph, fill) => {
  if (!fill) return;
  context.beginPath();
  context.arc(graph.toDomXCoord(fill.x), graph.toDomYCoord(fill.price), 12, 0, 2 * Math.PI);
  context.lineWidth = 2;
  context.strokeStyle = Report.theme.color('ink');
  context.stroke();
};

// The fill whose mark is nearest to a click, if one is within a finger's reach.
Report.nearestFill = (fills, event, graph) => {
  const [x, y] = graph.eventToDomCoords(event);
  const [from, to] = graph.xAxisRange();
  let best = null, least = 18;
  for (const fill of fills) {
    if (fill.x < from || fill.x > to) continue;
    const distance = Math.hypot(graph.toDomXCoord(fill.x) - x, graph.toDomYCoord(fill.price) - y);
    if (distance < least) [best, least] = [fill, distance];
  }
  return best;
};
