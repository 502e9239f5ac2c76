'use strict';
// Numbers and times as people read them.
Report.format = (() => {
  const plain = {};
  const number = (value, decimals) => {
    if (!Number.isFinite(value)) return '–';
    plain[decimals] ??= new Intl.NumberFormat('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
    return plain[decimals].format(value);
  };
  // Decimals of the tick at least, more where a price is off its grid.
  const prices = {};
  const price = (value, instrument) => {
    if (!Number.isFinite(value)) return '–';
    const least = instrument?.tick_decimals ?? 0, most = instrument?.price_decimals ?? 0;
    prices[`${least} ${most}`] ??= new Intl.NumberFormat('en-US', { minimumFractionDigits: least, maximumFractionDigits: most });
    return prices[`${least} ${most}`].format(value);
  };
  const short = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 5 });
  // A double that was written with all its digits, as short as it reads back.
  const setting = (text) => (/^-?\d+\.\d{13,}$/.test(text) ? String(Number(text)) : text);
  const significant = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 5 });
  const pad = (value, digits) => String(value).padStart(digits, '0');

  // 13:30:00.015105 of milliseconds since 1970, UTC; `digits` behind the second.
  const clock = (ms, digits = 6) => {
    const micros = Math.round((ms - Math.floor(ms / 1000) * 1000) * 1000);
    const at = new Date(Math.floor(ms / 1000) * 1000);
    const seconds = `${pad(at.getUTCHours(), 2)}:${pad(at.getUTCMinutes(), 2)}:${pad(at.getUTCSeconds(), 2)}`;
    return digits === 0 ? seconds : `${seconds}.${pad(Math.min(micros, 999999), 6).slice(0, digits)}`;
  };
  const date = (ms) => new Date(ms).toISOString().slice(0, 10);
  const offset = (minutes) => {
    const size = Math.abs(minutes);
    return `UTC${minutes < 0 ? '−' : '+'}${pad(Math.floor(size / 60), 2)}:${pad(size % 60, 2)}`;
  };
  const duration = (ns) => {
    if (!Number.isFinite(ns)) return '–';
    const units = [['ns', 1], ['µs', 1e3], ['ms', 1e6], ['s', 1e9], ['min', 60e9], ['h', 3600e9]];
    let chosen = units[0];
    for (const unit of units) if (Math.abs(ns) >= unit[1]) chosen = unit;
    return `${significantTo(ns / chosen[1], 3)} ${chosen[0]}`;
  };
  const three = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });
  const significantTo = (value) => three.format(value);
  const signed = (value, decimals) => (value > 0 ? '+' : '') + number(value, decimals).replace('-', '−');

  return { compact: (value) => short.format(value), number, price, setting, clock, date, offset, duration, signed, significant: (value) => significant.format(value) };
})();
