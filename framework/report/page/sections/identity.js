'use strict';
// What the run is; at the top in short, at the end in full.
Report.sections.title = (run, main) => {
  const { make, format } = Report;
  const { identity } = run;
  const strategies = identity.parameters.filter(([key]) => /^strategy\.\d+\.strategy$/.test(key)).map(([, value]) => value);
  const inputs = identity.inputs.map((input) => `${input.name}${input.completeness ? ` (${input.completeness.replace('_', ' ')})` : ' (not found)'}`);
  if (identity.own_market) inputs.push('market made by the run itself');
  const offset = identity.inputs.find((input) => input.utc_offset_minutes !== undefined)?.utc_offset_minutes;
  const from = run.start_us / 1000, to = from + run.length_us / 1000;
  const sameDay = format.date(from) === format.date(to);
  const span = `${format.date(from)} ${format.clock(from, 3)} – ${sameDay ? '' : `${format.date(to)} `}${format.clock(to, 3)} UTC`;
  const local = offset === undefined ? '' : ` (session time ${format.offset(offset)})`;
  main.append(make('div', { class: 'title' }, make('h1', {}, run.name),
    make('span', { class: `badge ${identity.verification}`, title: identity.verification_text }, identity.verification)),
  make('p', { class: 'subtitle' }, [...strategies, ...inputs, span + local].join('  ·  ')),
  ...identity.notes.map((note) => make('p', { class: 'note' }, note)));
};

Report.sections.identity = (run, main) => {
  const { make } = Report;
  const { identity } = run;
  const facts = Report.card('Run');
  facts.append(make('dl', { class: 'facts' }, identity.facts.map((fact) => [
    make('dt', {}, fact.label, ' ', fact.definition && Report.about(fact.definition)), make('dd', { class: 'mono' }, fact.value)]),
  make('dt', {}, 'Verification'), make('dd', {}, identity.verification_text),
  make('dt', {}, 'From'), make('dd', { class: 'mono' }, identity.from), make('dt', {}, 'To'), make('dd', { class: 'mono' }, identity.to)));
  const inputs = Report.card('Inputs', 'by content');
  inputs.append(make('div', { class: 'scroll pad' }, Report.table(['session', 'records', 'log hash', 'found'],
    identity.inputs.map((input) => [input.name, Report.format.number(input.records, 0), make('span', { class: 'mono' }, input.log_hash), input.found ? 'yes' : 'no']), [2])));
  const parameters = Report.card('Configuration', 'canonical, every default spelled out');
  parameters.append(make('div', { class: 'scroll tall pad' }, Report.table(['key', 'value'],
    identity.parameters.map(([key, value]) => [make('span', { class: 'mono' }, key), make('span', { class: 'mono' }, Report.setting(value))]), [1])));
  main.append(Report.section('identity', 'Identity', 'What makes this run this run: the same log hash is the same run.',
    make('div', { class: 'grid' }, make('div', { class: 'span-6' }, facts, make('div', { style: 'height:14px' }), inputs), make('div', { class: 'span-6' }, parameters))));
};
