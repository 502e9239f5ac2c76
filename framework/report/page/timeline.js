'use strict';
// Charts over time that move together: one window, one crosshair. Drawn by dygraphs.
//
// Each chart has rows at several levels of detail. Whatever the window, a chart gets the finest rows inside it that a
// screen can use, and coarse ones outside, so that the overview below the first chart always shows the whole run.
Report.Timeline = class {
  static kRowsInView = 5000;

  constructor(run) {
    this.run = run;
    this.start = run.start_us / 1000;
    this.end = this.start + Math.max(run.length_us, 1) / 1000;
    this.window = [this.start, this.end];
    this.charts = [];
    this.offset = run.identity.inputs.find((input) => input.utc_offset_minutes !== undefined)?.utc_offset_minutes;
  }

  // Rows of `levels` for a window: the finest that fit inside it, the coarsest around it.
  static rowsFor(levels, [from, to]) {
    const coarse = levels[0];
    let fine = coarse;
    for (const level of levels) {
      if (Report.lowerBound(level.x, to) - Report.lowerBound(level.x, from) <= Report.Timeline.kRowsInView) fine = level;
    }
    const rows = [];
    const add = (level, begin, end) => {
      for (let i = begin; i < end; ++i) {
        const row = [level.x[i]];
        for (const column of level.columns) row.push(column[i]);
        rows.push(row);
      }
    };
    if (fine === coarse) {
      add(coarse, 0, coarse.x.length);
      return rows;
    }
    // One row more on either side, so that lines reach the edges.
    const first = Math.max(Report.lowerBound(fine.x, from) - 1, 0);
    const last = Math.min(Report.lowerBound(fine.x, to) + 1, fine.x.length);
    add(coarse, 0, Report.lowerBound(coarse.x, fine.x[first]));
    add(fine, first, last);
    let after = Report.lowerBound(coarse.x, fine.x[last - 1]);
    while (after < coarse.x.length && coarse.x[after] <= fine.x[last - 1]) ++after;
    add(coarse, after, coarse.x.length);
    return rows;
  }

  // Last row at or before `x`; -1 when there is none.
  static rowAt(rows, x) {
    let low = 0, high = rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (rows[middle][0] <= x) low = middle + 1; else high = middle;
    }
    return low - 1;
  }

  // options: host, height, levels, labels, colors, decimals, unit, series (dygraphs' per-series options), step, fill,
  // overview, underlay(context, area, graph), rows(window) instead of levels, note(ms) for the readout, click(event, graph)
  add(options) {
    const make = Report.make;
    const canvas = make('div', { class: 'canvas', style: `height:${options.height}px` });
    const cross = make('div', { class: 'cross' });
    const plot = make('div', { class: 'plot', tabindex: '0', role: 'group', 'aria-label':
      `${options.title}. Arrow keys move, plus and minus zoom, zero shows all${options.click ? ', n and p step through the fills' : ''}.` },
    canvas, cross);
    plot.addEventListener('keydown', (event) => this.onKey(event));
    options.host.append(plot);
    const chart = { ...options, canvas, cross };
    chart.rowsFor = options.rows ?? ((window) => Report.Timeline.rowsFor(options.levels, window));
    chart.data = chart.rowsFor(this.window);
    chart.graph = this.draw(chart);
    this.charts.push(chart);
    return chart;
  }

  draw(chart) {
    const color = Report.theme.color;
    const axis = (ms) => this.axisText(ms);
    const graph = new Dygraph(chart.canvas, chart.data, {
      labels: ['time', ...chart.labels], colors: chart.colors, series: chart.series, labelsUTC: true, legend: 'never',
      dateWindow: this.window.slice(), stepPlot: chart.step ?? false, fillGraph: chart.fill ?? false, fillAlpha: 0.13,
      strokeWidth: 1.4, connectSeparatedPoints: false, highlightCircleSize: 3, includeZero: chart.zero ?? false,
      yRangePad: 10, axisLineColor: color('line-strong'), gridLineColor: color('grid'), gridLineWidth: 1,
      axes: {
        x: { ticker: Dygraph.dateTicker, axisLabelFormatter: axis, valueFormatter: axis, pixelsPerLabel: 96, axisLabelWidth: 92 },
        y: { axisLabelWidth: window.innerWidth < 640 ? 54 : 76, pixelsPerLabel: chart.height > 200 ? 34 : 24, axisLabelFormatter: (value, granularity, opts, g) => this.valueText(value, g, chart) },
      },
      showRangeSelector: chart.overview ?? false, rangeSelectorHeight: 34, rangeSelectorPlotStrokeColor: color('faint'),
      rangeSelectorPlotFillColor: color('line'), rangeSelectorPlotFillGradientColor: color('line'), rangeSelectorPlotLineWidth: 1,
      rangeSelectorBackgroundStrokeColor: color('line'), rangeSelectorForegroundStrokeColor: color('muted'),
      rangeSelectorVeilColour: Report.theme.current() === 'dark' ? 'rgba(13,17,23,.72)' : 'rgba(245,246,248,.78)',
      underlayCallback: chart.underlay ? (context, area, g) => chart.underlay(context, area, g) : undefined,
      interactionModel: this.interaction(),
      highlightCallback: (event, x) => this.point(x, chart),
      unhighlightCallback: () => this.point(null, chart),
      clickCallback: chart.click ? (event) => chart.click(event, graph) : undefined,
      zoomCallback: (from, to) => this.setWindow([from, to]),
      drawCallback: (g, initial) => { if (!initial) this.follow(g.xAxisRange()); },
    });
    return graph;
  }

  // Fingers scroll the page; they zoom with the overview's handles and the buttons.
  interaction() {
    if (!window.matchMedia('(pointer: coarse)').matches) return Dygraph.defaultInteractionModel;
    const { mousedown, dblclick, willDestroyContextMyself } = Dygraph.defaultInteractionModel;
    return { mousedown, dblclick, willDestroyContextMyself };
  }

  axisText(ms) {
    const span = this.window[1] - this.window[0];
    if (span > 3 * 86_400_000) return Report.format.date(ms);
    if (span > 86_400_000) return `${Report.format.date(ms).slice(5)} ${Report.format.clock(ms, 0).slice(0, 5)}`;
    const digits = span < 20 ? 4 : span < 5000 ? 3 : 0;
    const text = Report.format.clock(ms, digits);
    return span > 600_000 ? text.slice(0, 5) : text;
  }

  valueText(value, graph, chart) {
    const [low, high] = graph.yAxisRange();
    if (Math.max(Math.abs(low), Math.abs(high)) >= 1e6) return Report.format.compact(value);
    const needed = Math.max(0, Math.ceil(-Math.log10(Math.max(high - low, 1e-12) / 6)));
    return Report.format.number(value, Math.min(needed, chart.decimals ?? 8));
  }

  // Charts share one axis of time: below the first and below the last of them.
  showAxisOfLast() {
    this.charts.forEach((chart, index) => {
      const axis = chart.overview || index === this.charts.length - 1;
      if (axis) return;
      chart.graph.updateOptions({ axes: { x: { drawAxis: false } } });
    });
  }

  // What a drawing moved by itself (the overview's handles, a pan).
  follow(range) {
    if (this.moving || this.waits || (range[0] === this.window[0] && range[1] === this.window[1])) return;
    this.setWindow(range);
  }

  setWindow([from, to]) {
    const least = 0.02;
    const all = this.end - this.start;
    let size = Math.min(Math.max(to - from, least), all);
    let begin = Math.min(Math.max((from + to - size) / 2, this.start), this.end - size);
    if (size >= all) begin = this.start;
    this.window = [begin, begin + size];
    this.waits = true;
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.redraw());
  }

  redraw() {
    this.waits = false;
    this.moving = true;
    for (const chart of this.charts) {
      chart.data = chart.rowsFor(this.window);
      chart.graph.updateOptions({ file: chart.data, dateWindow: this.window.slice() });
    }
    this.moving = false;
    this.onWindow?.();
  }

  zoom(factor, around = (this.window[0] + this.window[1]) / 2) {
    this.setWindow(this.window.map((edge) => around + (edge - around) * factor));
  }
  pan(share) {
    const step = (this.window[1] - this.window[0]) * share;
    this.setWindow(this.window.map((edge) => edge + step));
  }
  showAll() { this.setWindow([this.start, this.end]); }
  // Brings a moment into the middle, zooming in to at most `size` milliseconds.
  show(ms, size) {
    const width = Math.min(this.window[1] - this.window[0], size);
    this.setWindow([ms - width / 2, ms + width / 2]);
  }

  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const actions = { ArrowLeft: () => this.pan(-0.25), ArrowRight: () => this.pan(0.25), '+': () => this.zoom(0.5), '=': () => this.zoom(0.5),
      '-': () => this.zoom(2), 0: () => this.showAll(), n: () => this.onStep?.(1), p: () => this.onStep?.(-1) };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  // Crosshair and readouts of all charts at `x`; null when the pointer left.
  point(x, from) {
    for (const chart of this.charts) {
      chart.cross.style.display = x === null ? 'none' : 'block';
      if (x === null) {
        if (chart !== from) chart.graph.clearSelection();
        chart.readout?.replaceChildren(chart.rest ?? '');
        continue;
      }
      chart.cross.style.left = `${chart.graph.toDomXCoord(x) + chart.canvas.offsetLeft}px`;
      const row = Report.Timeline.rowAt(chart.data, x);
      if (row < 0) continue;
      if (chart !== from) chart.graph.setSelection(row);
      chart.readout?.replaceChildren(...this.readoutText(x, chart, chart.data[row]));
    }
  }

  momentText(ms) {
    const format = Report.format;
    const utc = `${format.date(ms)} ${format.clock(ms)} UTC`;
    if (this.offset === undefined) return utc;
    return `${utc} (${format.clock(ms + this.offset * 60_000, 3)} ${format.offset(this.offset)})`;
  }

  readoutText(x, chart, row) {
    const make = Report.make;
    const parts = chart.overview ? [make('span', {}, `${this.momentText(x)}  `)] : [];
    chart.labels.forEach((label, i) => {
      const value = row[i + 1];
      if (value === null || Number.isNaN(value) || chart.hidden?.includes(label)) return;
      parts.push(make('span', {}, ` ${label} `), make('b', {}, chart.text ? chart.text(value) : Report.format.number(value, chart.decimals ?? 2)));
    });
    return parts.concat(chart.note?.(x) ?? []);
  }

  resize() { for (const chart of this.charts) chart.graph.resize(); }
  destroy() { for (const chart of this.charts) chart.graph.destroy(); }
};
