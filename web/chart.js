// The chart of candles with its indicators, by TradingView's Lightweight Charts.
import { decimalsOf, figure, price as priceText, seconds, time as timeText } from './format.js';
import { t } from './text.js';

const library = () => window.LightweightCharts;
export const isInstalled = () => Boolean(library());

/** What can be shown, with its columns; the colours are variables of the style sheet. */
export const shows = {
  ma: { label: 'MA', names: ['ma_5', 'ma_20', 'ma_50'] },
  bands: { label: 'BB', names: ['bollinger_upper', 'bollinger_middle', 'bollinger_lower'] },
  volume: { label: 'volumeShort', names: [] },
  rsi: { label: 'rsi', names: ['rsi_14'] },
  macd: { label: 'macd', names: ['macd_line', 'macd_signal', 'macd_histogram'] },
};
export const indicatorNames = Object.values(shows).flatMap((show) => show.names);

const lines = {
  ma_5: { colour: '--ma-1', title: 'MA 5' }, ma_20: { colour: '--ma-2', title: 'MA 20' }, ma_50: { colour: '--ma-3', title: 'MA 50' },
  bollinger_upper: { colour: '--band' }, bollinger_middle: { colour: '--band-middle' }, bollinger_lower: { colour: '--band' },
  rsi_14: { colour: '--rsi' }, macd_line: { colour: '--macd' }, macd_signal: { colour: '--macd-signal' },
};
// Of any size: a MACD is in the price's own unit.
const paneFormat = { type: 'custom', minMove: 1e-8, formatter: (value) => figure(value) };
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export class CandleChart {
  #chart = null;
  #series = new Map();
  #candles = new Map();
  #indicators = new Map();
  #decimals = 0;
  #hasSeconds = false;

  /** `wantsOlder` is called when somebody scrolls to the beginning, `pointed` with the candle under the pointer. */
  constructor(element, { wantsOlder, pointed }) {
    this.element = element;
    this.wantsOlder = wantsOlder;
    this.pointed = pointed;
    this.shown = new Set(Object.keys(shows));
  }

  /** Builds everything anew: for another market, theme or choice of panes. */
  build() {
    const range = this.#chart?.timeScale().getVisibleLogicalRange();
    this.#chart?.remove();
    this.#series.clear();
    this.element.replaceChildren();
    const text = colour('--faint');
    const line = colour('--line');
    this.#chart = library().createChart(this.element, {
      autoSize: true,
      layout: {
        background: { type: 'solid', color: colour('--panel') }, textColor: text, fontFamily: 'inherit', fontSize: 11,
        // Its logo needs a style of its own, which this page's rules forbid; the link below the chart stands for it.
        attributionLogo: false, panes: { separatorColor: line, separatorHoverColor: line, enableResize: true },
      },
      grid: { vertLines: { color: line }, horzLines: { color: line } },
      crosshair: { mode: 0 },
      rightPriceScale: { borderColor: line },
      timeScale: { borderColor: line, timeVisible: true, secondsVisible: this.#hasSeconds, rightOffset: 4,
        tickMarkFormatter: (at, type) => this.#tick(at, type) },
      localization: { timeFormatter: (at) => timeText(at, { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit',
        ...(this.#hasSeconds ? { second: '2-digit' } : {}) }) },
    });
    this.#addSeries();
    this.#chart.timeScale().subscribeVisibleLogicalRangeChange((range) => {
      if (range && range.from < 10) this.wantsOlder();
    });
    this.#chart.subscribeCrosshairMove((event) => {
      this.pointed(this.#candles.get(event.time) ?? null, this.#indicators.get(event.time) ?? null);
    });
    this.#fill();
    // What was looked at is looked at still.
    if (range && this.#candles.size) this.#chart.timeScale().setVisibleLogicalRange(range);
  }

  #tick(at, type) {
    // Year, month, day, time: as the library counts them.
    if (type === 0) return timeText(at, { year: 'numeric' });
    if (type === 1) return timeText(at, { month: 'short' });
    if (type === 2) return timeText(at, { month: 'short', day: 'numeric' });
    return timeText(at, { hour: '2-digit', minute: '2-digit', ...(type === 4 ? { second: '2-digit' } : {}) });
  }

  #addSeries() {
    const { CandlestickSeries, HistogramSeries, LineSeries } = library();
    const up = colour('--up');
    const down = colour('--down');
    const add = (name, kind, options, pane) => this.#series.set(name, this.#chart.addSeries(kind, options, pane));
    if (this.shown.has('volume')) {
      add('volume', HistogramSeries, { priceScaleId: 'volume', priceFormat: { type: 'volume' }, lastValueVisible: false, priceLineVisible: false }, 0);
      this.#chart.priceScale('volume', 0).applyOptions({ scaleMargins: { top: 0.82, bottom: 0 } });
    }
    const line = (name, pane, width = 1) => add(name, LineSeries, {
      color: colour(lines[name].colour), lineWidth: width, priceLineVisible: false, lastValueVisible: pane > 0,
      crosshairMarkerVisible: false, priceFormat: pane === 0 ? this.#priceFormat() : paneFormat,
    }, pane);
    if (this.shown.has('bands')) for (const name of shows.bands.names) line(name, 0);
    if (this.shown.has('ma')) for (const name of shows.ma.names) line(name, 0);
    add('candles', CandlestickSeries, { upColor: up, downColor: down, borderUpColor: up, borderDownColor: down,
      wickUpColor: up, wickDownColor: down, priceFormat: this.#priceFormat() }, 0);
    let pane = 1;
    if (this.shown.has('rsi')) {
      line('rsi_14', pane, 2);
      for (const level of [30, 70]) {
        this.#series.get('rsi_14').createPriceLine({ price: level, color: colour('--line-strong'), lineWidth: 1, lineStyle: 2, axisLabelVisible: false });
      }
      pane += 1;
    }
    if (this.shown.has('macd')) {
      add('macd_histogram', HistogramSeries, { priceLineVisible: false, lastValueVisible: false, base: 0, priceFormat: paneFormat }, pane);
      line('macd_line', pane, 2);
      line('macd_signal', pane, 2);
    }
    const panes = this.#chart.panes();
    panes.forEach((one, index) => one.setStretchFactor(index === 0 ? 5 : 1.4));
  }

  #priceFormat() {
    const decimals = this.#decimals;
    return { type: 'custom', minMove: 10 ** -decimals, formatter: (value) => priceText(value, decimals) };
  }

  /** Whether candles are shorter than a minute. */
  set hasSeconds(has) {
    this.#hasSeconds = has;
    this.#chart?.applyOptions({ timeScale: { secondsVisible: has } });
  }

  get count() { return this.#candles.size; }
  get last() { return this.#ordered(this.#candles).at(-1) ?? null; }
  get lastIndicators() { return this.#ordered(this.#indicators).at(-1) ?? null; }
  get decimals() { return this.#decimals; }

  #ordered(map) { return [...map.entries()].sort((a, b) => a[0] - b[0]).map((entry) => entry[1]); }

  clear() {
    this.#candles.clear();
    this.#indicators.clear();
    if (this.#chart) this.#fill();
  }

  /** Adds rows of the API, older ones too. `fit` shows the newest ones. */
  set(candles, indicators, { fit = false } = {}) {
    for (const candle of candles) this.#candles.set(seconds(candle.time), candle);
    for (const row of indicators) this.#indicators.set(seconds(row.time), row);
    const decimals = decimalsOf(candles.slice(-100).map((candle) => candle.close));
    if (decimals !== this.#decimals || !this.#chart) {
      this.#decimals = Math.max(decimals, fit ? 0 : this.#decimals);
      this.build();
    } else {
      this.#fill();
    }
    if (fit && this.#chart) {
      // A few candles are drawn as slim as many.
      const count = Math.max(40, Math.min(this.#candles.size, this.element.clientWidth < 600 ? 60 : 140));
      this.#chart.timeScale().setVisibleLogicalRange({ from: this.#candles.size - count, to: this.#candles.size + 4 });
    }
  }

  #fill() {
    const candles = [...this.#candles.entries()].sort((a, b) => a[0] - b[0]);
    const indicators = [...this.#indicators.entries()].sort((a, b) => a[0] - b[0]);
    for (const [name, series] of this.#series) {
      if (name === 'candles') series.setData(candles.map(([at, candle]) => this.#bar(at, candle)));
      else if (name === 'volume') series.setData(candles.map(([at, candle]) => this.#volume(at, candle)));
      else series.setData(indicators.filter(([, row]) => row[name] != null).map(([at, row]) => this.#point(name, at, row)));
    }
  }

  #bar(at, { open, high, low, close }) { return { time: at, open, high, low, close }; }

  #volume(at, candle) {
    return { time: at, value: candle.volume, color: colour(candle.close >= candle.open ? '--up-faint' : '--down-faint') };
  }

  #point(name, at, row) {
    const point = { time: at, value: row[name] };
    if (name === 'macd_histogram') point.color = colour(row[name] >= 0 ? '--up-faint' : '--down-faint');
    return point;
  }

  /** One candle of the stream; the series takes only what is not older than its last. */
  update(candle) {
    const at = seconds(candle.time);
    const last = this.last;
    const isOlder = last && seconds(last.time) > at;
    this.#candles.set(at, { ...this.#candles.get(at), ...candle, filled: false });
    if (!this.#chart) return;
    if (isOlder) return this.#fill();
    this.#series.get('candles')?.update(this.#bar(at, candle));
    this.#series.get('volume')?.update(this.#volume(at, candle));
  }

  updateIndicators(row) {
    const at = seconds(row.time);
    const last = this.lastIndicators;
    const isOlder = last && seconds(last.time) > at;
    this.#indicators.set(at, row);
    if (!this.#chart) return;
    if (isOlder) return this.#fill();
    for (const [name, series] of this.#series) {
      if (row[name] != null) series.update(this.#point(name, at, row));
    }
  }
}

/** Without the library: the closes as one line, and the newest candles as a table. */
export class PlainChart {
  #candles = new Map();

  constructor(element) {
    this.element = element;
    this.shown = new Set();
    this.decimals = 0;
    this.hasSeconds = false;
  }

  get count() { return this.#candles.size; }
  get last() { return this.#rows().at(-1) ?? null; }
  get lastIndicators() { return null; }
  #rows() { return [...this.#candles.entries()].sort((a, b) => a[0] - b[0]).map((entry) => entry[1]); }
  clear() { this.#candles.clear(); this.build(); }
  set(candles) {
    for (const candle of candles) this.#candles.set(seconds(candle.time), candle);
    this.decimals = decimalsOf(candles.slice(-100).map((candle) => candle.close));
    this.build();
  }
  update(candle) { this.#candles.set(seconds(candle.time), candle); this.build(); }
  updateIndicators() {}

  build() {
    const rows = this.#rows().slice(-300);
    const note = document.createElement('p');
    note.className = 'faint';
    note.textContent = t('noCharts');
    const table = document.createElement('table');
    const head = table.createTHead().insertRow();
    for (const key of ['time', 'open', 'high', 'low', 'close', 'volume']) {
      const cell = document.createElement('th');
      cell.textContent = t(key);
      head.append(cell);
    }
    const body = table.createTBody();
    for (const candle of rows.slice(-20).reverse()) {
      const row = body.insertRow();
      row.insertCell().textContent = timeText(seconds(candle.time), { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' });
      for (const key of ['open', 'high', 'low', 'close']) row.insertCell().textContent = priceText(candle[key], this.decimals);
      row.insertCell().textContent = candle.volume;
    }
    this.element.replaceChildren(note, line(rows.map((candle) => candle.close), 800, 220, 'plain-line'), table);
  }
}

/** A line through values, as a drawing. */
export function line(values, width, height, name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('class', name);
  svg.setAttribute('aria-hidden', 'true');
  if (values.length > 1) {
    const low = Math.min(...values);
    const range = Math.max(...values) - low || 1;
    const points = values.map((value, index) => `${(index * width / (values.length - 1)).toFixed(1)},${(height - 2 - (value - low) / range * (height - 4)).toFixed(1)}`);
    const path = document.createElementNS('http://www.w3.org/2000/svg', 'polyline');
    path.setAttribute('points', points.join(' '));
    svg.append(path);
  }
  return svg;
}
