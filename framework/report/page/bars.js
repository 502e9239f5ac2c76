'use strict';
// Charts over classes: means with their intervals, shares, distributions. Drawn by Chart.js.
Report.bars = (() => {
  let charts = [];

  const defaults = () => {
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    Chart.defaults.font.size = 11.5;
    Chart.defaults.color = Report.theme.color('muted');
    Chart.defaults.borderColor = Report.theme.color('grid');
    Chart.defaults.animation = false;
    Chart.defaults.maintainAspectRatio = false;
  };

  const fade = (color, share) => `color-mix(in srgb, ${color} ${share}%, transparent)`;

  const draw = (host, label, config, height) => {
    defaults();
    const canvas = Report.make('canvas', { role: 'img', 'aria-label': label });
    host.append(Report.make('div', { class: 'chartbox', style: height && `height:${height}px` }, canvas));
    const dark = Report.theme.current() === 'dark';
    config.options ??= {};
    const { tooltip, ...plugins } = config.options.plugins ?? {};
    config.options.plugins = { legend: { display: false },
      tooltip: { backgroundColor: dark ? '#e3e9f0' : '#15202b', titleColor: dark ? '#0d1117' : '#fff', bodyColor: dark ? '#0d1117' : '#fff',
        padding: 9, cornerRadius: 7, displayColors: false, ...tooltip }, ...plugins };
    const chart = new Chart(canvas, config);
    charts.push(chart);
    return chart;
  };

  const scale = (title, extra = {}) => ({ title: { display: Boolean(title), text: title }, grid: { drawBorder: false }, ...extra });

  // groups: [{name, color, values: [{mean, low, high, n}]}], one value per label: a mark at the mean over a band for
  // its interval. Groups stand beside each other within a label.
  const means = (host, label, labels, groups, unit) => {
    const shown = groups.filter((group) => group.values.some((value) => value.n > 0));
    const place = (index, group) => index + (group - (shown.length - 1) / 2) * Math.min(0.8 / shown.length, 0.22);
    const datasets = shown.flatMap((group, g) => {
      const known = group.values.map((value, i) => ({ value, x: place(i, g) })).filter((each) => each.value.n > 0);
      return [
        { label: group.name, type: 'scatter', group, mark: true, order: 0, pointStyle: 'rectRot', radius: 5, hoverRadius: 7, backgroundColor: group.color,
          data: known.map(({ value, x }) => ({ x, y: value.mean, value })) },
        { label: group.name, type: 'line', order: 1, borderColor: fade(group.color, 42), borderWidth: 9, borderCapStyle: 'butt', pointRadius: 0, pointHitRadius: 0,
          data: known.flatMap(({ value, x }) => [{ x, y: value.low }, { x, y: value.high }, { x, y: NaN }]) },
      ];
    });
    const text = (value) => `${Report.format.signed(value.mean, 3)} [${Report.format.signed(value.low, 3)}, ${Report.format.signed(value.high, 3)}], n = ${value.n}`;
    return draw(host, label, { type: 'scatter', data: { datasets }, options: {
      scales: { x: scale('', { grid: { display: false }, min: -0.5, max: labels.length - 0.5, afterBuildTicks: (axis) => { axis.ticks = labels.map((name, value) => ({ value })); },
        ticks: { callback: (value) => labels[value] } }),
      y: scale(unit, { grid: { drawBorder: false, lineWidth: (line) => (line.tick?.value === 0 ? 2 : 1) } }) },
      plugins: { legend: { display: shown.length > 1, onClick: () => {}, labels: { usePointStyle: true, filter: (item, data) => data.datasets[item.datasetIndex].mark } },
        tooltip: { filter: (item) => item.dataset.mark, callbacks: {
          title: (items) => (items.length > 0 ? labels[Math.round(items[0].parsed.x)] : ''), label: (item) => `${item.dataset.label}: ${text(item.raw.value)}` } } },
    } });
  };

  // groups: [{name, color, histogram: {from, step, counts}}] on one axis each; counts as shares.
  const histogram = (host, label, group, unit, decimals = 2) => {
    const { from, step, counts } = group.histogram;
    const middle = counts.map((count, i) => from + (i + 0.5) * step);
    const total = counts.reduce((sum, count) => sum + count, 0);
    return draw(host, label, { type: 'bar', data: { labels: middle.map((value) => Report.format.number(value, decimals)),
      datasets: [{ label: group.name, data: counts, backgroundColor: fade(group.color, 62), hoverBackgroundColor: group.color,
        barPercentage: 1, categoryPercentage: 0.94, borderRadius: 2 }] }, options: {
      scales: { x: scale(unit, { grid: { display: false }, ticks: { maxTicksLimit: 7, maxRotation: 0 } }), y: scale('fills', { ticks: { precision: 0 } }) },
      plugins: { tooltip: { callbacks: {
        title: (items) => `${Report.format.number(from + items[0].dataIndex * step, decimals)} to ${Report.format.number(from + (items[0].dataIndex + 1) * step, decimals)} ${unit}`,
        label: (item) => `${item.raw} of ${total}` } } },
    } });
  };

  // values: [{label, share, low, high, n}] as percents with their intervals.
  const shares = (host, label, values, color, title) => draw(host, label, { type: 'bar', data: { labels: values.map((value) => value.label),
    datasets: [
      { label: 'share', data: values.map((value) => value.share * 100), backgroundColor: fade(color, 55), borderRadius: 3, maxBarThickness: 42, stack: 'a', order: 1 },
      { label: 'interval', data: values.map((value) => [value.low * 100, value.high * 100]), backgroundColor: color, barThickness: 3, stack: 'b', order: 0, grouped: false },
    ] }, options: {
    scales: { x: scale(title, { grid: { display: false } }), y: scale('% filled', { beginAtZero: true }) },
    interaction: { mode: 'index', intersect: false },
    plugins: { tooltip: { filter: (item) => item.datasetIndex === 0, callbacks: { label: (item) => {
      const value = values[item.dataIndex];
      return `${Report.format.number(value.share * 100, 1)} % [${Report.format.number(value.low * 100, 1)}, ${Report.format.number(value.high * 100, 1)}] of ${value.n} orders`;
    } } } },
  } });

  // rows: [[name, count], ...], longest first.
  const counts = (host, label, rows, color) => draw(host, label, { type: 'bar', data: { labels: rows.map((row) => row[0]),
    datasets: [{ data: rows.map((row) => row[1]), backgroundColor: fade(color, 62), hoverBackgroundColor: color, borderRadius: 3, maxBarThickness: 22 }] },
  options: { indexAxis: 'y', scales: { x: scale('', { ticks: { precision: 0, maxTicksLimit: 5 } }), y: scale('', { grid: { display: false } }) } } }, 50 + 32 * rows.length);

  // rows: [{name, band: [low, high], marks: [{name, value, kind}]}]; kinds: {kind: {name, color, style}}. A row's band is
  // laid from 0 to 1, so that measures of different units share an axis; marks far outside stand at its end.
  const kFar = 0.75;
  const bands = (host, label, rows, kinds, color) => {
    const place = (row, value) => {
      const [low, high] = row.band;
      const at = high > low ? (value - low) / (high - low) : 0.5 + Math.sign(value - low) * (value === low ? 0 : 1);
      return Math.min(Math.max(at, -kFar), 1 + kFar);
    };
    const datasets = Object.entries(kinds).map(([kind, { name, color: ink, style }]) => ({ label: name, type: 'scatter', order: 0, mark: true, pointStyle: style, radius: 5, hoverRadius: 7,
      backgroundColor: style === 'circle' ? Report.theme.color('card') : ink, borderColor: ink, borderWidth: 1.6,
      data: rows.flatMap((row, y) => row.marks.filter((mark) => mark.kind === kind).map((mark) => ({ x: place(row, mark.value), y, row, mark }))) })).filter((set) => set.data.length > 0);
    datasets.push({ label: 'band', type: 'line', order: 1, borderColor: fade(color, 30), borderWidth: 13, borderCapStyle: 'butt', pointRadius: 0, pointHitRadius: 0,
      data: rows.flatMap((row, y) => [{ x: 0, y }, { x: 1, y }, { x: NaN, y }]) });
    const tick = (value) => ({ 0: 'lowest', 1: 'highest' }[value] ?? '');
    return draw(host, label, { type: 'scatter', data: { datasets }, options: {
      scales: { x: scale('of the recorded sessions', { min: -kFar - 0.1, max: 1 + kFar + 0.1, afterBuildTicks: (axis) => { axis.ticks = [{ value: 0 }, { value: 1 }]; }, ticks: { callback: tick } }),
        y: scale('', { reverse: true, min: -0.6, max: rows.length - 0.4, grid: { display: false }, afterBuildTicks: (axis) => { axis.ticks = rows.map((row, value) => ({ value })); },
          ticks: { callback: (value) => rows[value]?.name, autoSkip: false } }) },
      plugins: { legend: { display: true, onClick: () => {}, labels: { usePointStyle: true, filter: (item, data) => data.datasets[item.datasetIndex].mark } },
        tooltip: { filter: (item) => item.dataset.mark, callbacks: { title: (items) => items[0]?.raw.row.name ?? '',
          label: ({ raw }) => `${raw.mark.name}: ${Report.format.significant(raw.mark.value)}, band ${raw.row.band.map(Report.format.significant).join(' to ')}` } } },
    } }, 66 + 28 * rows.length);
  };

  // rows: [{name, spans: [{from, until, value}]}]: when each was so, on one axis; a moment is as wide as a line.
  const spans = (host, label, rows, { from, until, text, title }) => {
    const least = (until - from) / 300;
    const room = Math.min(host.clientWidth * 0.4, 260), font = `11.5px ${getComputedStyle(document.body).fontFamily}`;
    const names = rows.map((row) => Report.clipped(row.name, room, font));
    const points = (against) => rows.flatMap((row, y) => row.spans.filter((span) => (span.value < 0) === against)
      .flatMap((span) => [{ x: Math.min(span.from, until - least), y, row, span }, { x: Math.max(span.until, span.from + least), y, row, span }, { x: NaN, y }]));
    const datasets = [false, true].map((against) => ({ type: 'line', data: points(against), borderColor: Report.theme.color(against ? 'sell' : 'buy'), borderWidth: 9, borderCapStyle: 'butt',
      pointRadius: 0, pointHitRadius: 9, pointHoverRadius: 0 })).filter((set) => set.data.length > 0);
    return draw(host, label, { type: 'scatter', data: { datasets }, options: {
      scales: { x: scale(title, { min: from, max: until, ticks: { callback: text, maxRotation: 0, autoSkipPadding: 24 } }),
        y: scale('', { reverse: true, min: -0.6, max: rows.length - 0.4, grid: { display: false }, afterBuildTicks: (axis) => { axis.ticks = rows.map((row, value) => ({ value })); },
          ticks: { callback: (value) => names[value], autoSkip: false } }) },
      plugins: { tooltip: { callbacks: { title: (items) => items[0]?.raw.row.name ?? '', label: ({ raw }) => `${text(raw.span.from)} to ${text(raw.span.until)}` } } },
    } }, 60 + 22 * rows.length);
  };

  const destroy = () => {
    for (const chart of charts) chart.destroy();
    charts = [];
  };
  return { means, histogram, shares, counts, bands, spans, destroy, all: () => charts };
})();
