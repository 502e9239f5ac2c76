'use strict';
// The report's data, and how columns are read. Everything shown comes from here; nothing is fetched.
const Report = { sections: {}, state: { run: 0, graph: 0 } };

Report.data = JSON.parse(document.getElementById('data').textContent);

// Integers that were written as differences.
Report.sums = (differences) => {
  const values = new Float64Array(differences.length);
  let sum = 0;
  for (let i = 0; i < differences.length; ++i) {
    if (differences[i] === null) {
      values[i] = NaN;
    } else {
      sum += differences[i];
      values[i] = sum;
    }
  }
  return values;
};

// Milliseconds since 1970 of microseconds since the start of the run: what the charts count in.
Report.times = (run, differences) => {
  const micros = Report.sums(differences);
  for (let i = 0; i < micros.length; ++i) micros[i] = (run.start_us + micros[i]) / 1000;
  return micros;
};

// Levels of a series, coarse to fine, values in units of `unit`.
Report.levels = (run, levels, unit) => levels.map((level) => ({
  exact: level.exact,
  x: Report.times(run, level.t),
  columns: level.v.map((column) => Report.sums(column).map((value) => value * unit)),
}));

// First index with values[index] >= wanted.
Report.lowerBound = (values, wanted) => {
  let low = 0, high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < wanted) low = middle + 1; else high = middle;
  }
  return low;
};

// Chains of causes are the larger part of the file and are read when first asked for.
Report.chain = (run, order) => {
  Report.chains ??= JSON.parse(document.getElementById('chains').textContent);
  return Report.chains[Report.data.runs.indexOf(run)]?.[order];
};
