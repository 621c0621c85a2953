// Numbers and times as people read them.
import { language, t } from './text.js';

const locale = () => (language() === 'ko' ? 'ko-KR' : 'en-US');

/** How many decimals prices of this size are given with, at least those that they have. */
export function decimalsOf(prices) {
  let decimals = 0;
  for (const price of prices) {
    const text = String(price);
    const exponent = text.match(/e-(\d+)$/);
    const mantissa = (text.split('e')[0].split('.')[1] ?? '').length;
    decimals = Math.max(decimals, exponent ? Number(exponent[1]) + mantissa : mantissa);
  }
  return Math.min(decimals, 8);
}

export const price = (value, decimals) => (value == null ? '–' : new Intl.NumberFormat(locale(), {
  minimumFractionDigits: decimals ?? 0, maximumFractionDigits: decimals ?? 8 }).format(value));

export const amount = (value) => (value == null ? '–' : new Intl.NumberFormat(locale(), {
  maximumFractionDigits: value >= 1000 ? 0 : value >= 1 ? 3 : 6 }).format(value));

/** Four digits or so, whatever the size. */
export const figure = (value) => new Intl.NumberFormat(locale(), {
  maximumFractionDigits: Math.abs(value) >= 1000 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 0.1 ? 2 : 8 }).format(value);

export const compact = (value) => (value == null ? '–' : new Intl.NumberFormat(locale(), {
  notation: 'compact', maximumFractionDigits: 1 }).format(value));

export const percent = (fraction, decimals = 2) => (fraction == null ? '–' : new Intl.NumberFormat(locale(), {
  style: 'percent', minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(fraction));

export const signedPercent = (fraction) => (fraction == null ? '–' : new Intl.NumberFormat(locale(), {
  style: 'percent', minimumFractionDigits: 2, maximumFractionDigits: 2, signDisplay: 'exceptZero' }).format(fraction));

/** 42 s, 3 min, 5 h, 2 d */
export function age(seconds) {
  if (seconds == null || !Number.isFinite(seconds)) return '–';
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 120) return t('unit', whole, t('second'));
  if (whole < 7200) return t('unit', Math.round(whole / 60), t('minute'));
  if (whole < 172800) return t('unit', Math.round(whole / 3600), t('hour'));
  return t('unit', Math.round(whole / 86400), t('day'));
}

const formats = new Map();

/** A time of the browser's zone; `shape` is an option set of Intl. */
export function time(seconds, shape) {
  const key = locale() + JSON.stringify(shape);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(locale(), { hourCycle: 'h23', ...shape }));
  return formats.get(key).format(new Date(seconds * 1000));
}

export const seconds = (text) => Math.floor(Date.parse(text) / 1000);
