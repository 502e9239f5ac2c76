'use strict';
// Every fill as a row; worst first where asked.
Report.fillsOf = (run) => {
  if (run.fillRows) return run.fillRows;
  const { fills } = run;
  if (!fills) return (run.fillRows = []);
  const x = Report.times(run, fills.t), price = Report.sums(fills.price), order = Report.sums(fills.order);
  run.fillRows = Array.from(x, (at, i) => {
    const instrument = run.instruments?.[fills.instrument[i]];
    return { index: i, x: at, price: price[i] * 10 ** -(instrument?.price_decimals ?? 0), order: order[i], nth: fills.nth[i], side: fills.side[i],
      maker: fills.maker[i] === 1, instrument: fills.instrument[i], quantity: fills.quantity[i] * 10 ** -(instrument?.quantity_decimals ?? 0),
      fee: fills.fee[i] * 1e-8, rule: Report.data.codes.rules[fills.rule[i]] ?? String(fills.rule[i]), queue: fills.queue[i],
      slippage: fills.slippage[i] === null ? NaN : fills.slippage[i] / 100,
      markouts: fills.markouts.map((column) => (column[i] === null || column[i] === undefined ? NaN : column[i] / 100)) };
  });
  return run.fillRows;
};

Report.stepFill = (run, step) => {
  const fills = Report.fillsOf(run);
  if (fills.length === 0) return;
  const at = Report.state.fill ?? (step > 0 ? -1 : fills.length);
  const fill = fills[Math.min(Math.max(at + step, 0), fills.length - 1)];
  Report.state.timeline?.show(fill.x, 60_000);
  Report.showCauses(run, fill);
};

Report.sections.fills = (run, main) => {
  const { make, format } = Report;
  const fills = Report.fillsOf(run);
  if (fills.length === 0) return;
  const horizons = (run.markouts ?? []).map((row) => row.horizon);
  const last = horizons.length > 2 ? 2 : horizons.length - 1;
  const numbers = (value, missing) => (Number.isNaN(value) ? missing : value);
  const orders = {
    'in time': (a, b) => a.x - b.x,
    'worst slippage first': (a, b) => numbers(b.slippage, -1e9) - numbers(a.slippage, -1e9),
    ...(last >= 0 ? { [`worst markout after ${horizons[last]} first`]: (a, b) => numbers(a.markouts[last], 1e9) - numbers(b.markouts[last], 1e9) } : {}),
    'largest first': (a, b) => b.quantity * b.price - a.quantity * a.price,
  };
  const kPage = 100;
  let sorted = fills, shown = 0;
  const body = make('tbody');
  const more = make('button', { class: 'button', type: 'button', onclick: () => add() }, 'More');
  const open = (fill) => {
    Report.state.timeline?.show(fill.x, 60_000);
    Report.showCauses(run, fill);
  };
  const row = (fill) => {
    const instrument = run.instruments?.[fill.instrument];
    const line = make('tr', { tabindex: '0', 'data-fill': fill.index, onclick: () => open(fill),
      onkeydown: (event) => { if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); open(fill); } } },
    [format.clock(fill.x), instrument?.name ?? String(fill.instrument), fill.side === 1 ? '▲ buy' : '▼ sell', fill.maker ? 'maker' : 'taker',
      format.number(fill.quantity, instrument?.quantity_decimals ?? 0), format.price(fill.price, instrument), format.signed(fill.slippage, 2),
      ...(last >= 0 ? [format.signed(fill.markouts[last], 2)] : []), fill.rule, format.number(fill.order, 0)]
      .map((cell, column) => make('td', { class: [1, 2, 3].includes(column) || (last >= 0 ? column === 8 : column === 7) ? 'text' : undefined }, cell)));
    if (Report.state.fill === fill.index) line.setAttribute('aria-selected', 'true');
    return line;
  };
  const add = () => {
    body.append(...sorted.slice(shown, shown + kPage).map(row));
    shown = Math.min(shown + kPage, sorted.length);
    more.hidden = shown >= sorted.length;
    more.textContent = `More (${format.number(sorted.length - shown, 0)})`;
  };
  const select = make('select', { class: 'button', 'aria-label': 'Order of the fills', onchange: (event) => {
    sorted = fills.slice().sort(orders[event.currentTarget.value]);
    shown = 0;
    body.replaceChildren();
    add();
  } }, Object.keys(orders).map((name) => make('option', {}, name)));
  const heads = ['time, UTC', 'instrument', 'side', 'role', 'quantity', 'price', 'slippage, bps', ...(last >= 0 ? [`markout ${horizons[last]}, bps`] : []), 'rule', 'order'];
  const card = Report.card(`${format.number(fills.length, 0)} fills`, fills.length < run.fills.in_all ? `of ${format.number(run.fills.in_all, 0)}, those that cost most; choose one for its causes` : 'choose one for its causes', { tools: make('span', { class: 'tools' }, select) });
  card.append(make('div', { class: 'scroll tall pad' }, make('table', { class: 'rows' },
    make('thead', {}, make('tr', {}, heads.map((head, column) => make('th', { scope: 'col', class: [1, 2, 3].includes(column) || head === 'rule' ? 'text' : undefined }, head)))), body),
  make('div', { class: 'tools', style: 'padding-top:8px' }, more)));
  add();
  main.append(Report.section('fills', 'Fills', '', card));
};
