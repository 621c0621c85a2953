// Puts the page together.
import { Stream, get, logIn } from './api.js';
import { OrderBook } from './book.js';
import { CandleChart, PlainChart, indicatorNames, isInstalled, shows } from './chart.js';
import { amount, compact, price, seconds, signedPercent, time } from './format.js';
import { Health } from './health.js';
import { MarketList } from './markets.js';
import { ProofView } from './proof.js';
import { language, t, translate } from './text.js';

// Candles of a second come first where they are derived.
const frames = ['1m', '3m', '5m', '10m', '15m', '30m', '1h', '4h', '1d', '1w', '1mo'];
const pageRows = 400;
const $ = (id) => document.getElementById(id);
const keep = (name, value) => { try { localStorage.setItem(name, value); } catch { /* private windows keep nothing */ } };
const kept = (name) => { try { return localStorage.getItem(name); } catch { return null; } };

const state = { symbol: null, frame: '1m', older: null, isLoading: false, load: 0 };
const health = new Health({ strip: $('strip'), notice: $('notice'), simulated: $('simulated') });
const book = new OrderBook($('ladder'), $('book-age'));
const chart = isInstalled()
  ? new CandleChart($('chart'), { wantsOlder: () => loadOlder(), pointed: drawLegend }) : new PlainChart($('chart'));
const markets = new MarketList({ list: $('list'), find: $('find'), quotes: $('quotes') }, choose);
const proof = new ProofView({ rows: $('proof-rows'), detail: $('proof-detail'), hours: $('hours'), key: $('proof-key') },
  (symbol) => { const market = markets.market(symbol); return market ? markets.name(market) : symbol; });
const stream = new Stream(heard, (isConnected) => {
  health.connected(isConnected);
  // What was missed meanwhile is fetched.
  if (isConnected && state.wasAway) { loadMarkets(); loadCandles(false); }
  state.wasAway = !isConnected;
});

function heard(message) {
  switch (message.type) {
    case 'status': health.heard(message.status); break;
    case 'problem': health.problem(message.what); break;
    case 'markets': markets.set(message.markets); drawHead(); break;
    case 'candles':
      if (message.symbol !== state.symbol || message.timeframe !== state.frame || state.isLoading) return;
      for (const candle of message.candles) chart.update(candle);
      noteShown();
      $('chart').dataset.updates = Number($('chart').dataset.updates ?? 0) + 1;
      drawHead();
      drawLegend(null, null);
      break;
    case 'indicators':
      if (message.symbol !== state.symbol || message.timeframe !== state.frame || state.isLoading) return;
      if (message.time) chart.updateIndicators({ time: message.time, ...message.closed });
      if (message.provisional_time) chart.updateIndicators({ time: message.provisional_time, ...message.provisional });
      break;
    case 'book':
      if (message.book.symbol === state.symbol) book.set(message.book, markets.decimals(state.symbol));
      break;
  }
}

/** What the chart holds, for whoever looks at the page from outside. */
function noteShown() {
  $('chart').dataset.shown = `${state.symbol} ${state.frame} ${chart.count}`;
}

function follow() {
  if (!state.symbol) {
    stream.choose({ channels: 'markets,status' });
    return;
  }
  stream.choose({ symbols: state.symbol, timeframe: state.frame, channels: 'candles,indicators,book,markets,status' });
}

async function attempt(work, again) {
  try {
    await work();
  } catch (error) {
    if (error.status === 401) return askForToken();
    if (error.status === 404) return undefined;
    setTimeout(again, 3000);
  }
  return undefined;
}

function loadMarkets() {
  return attempt(async () => {
    const answer = await get('/api/markets');
    markets.set(answer.markets);
    if (!state.symbol) {
      const wanted = decodeURIComponent(location.hash.slice(1)) || kept('symbol');
      const symbol = answer.markets.some((market) => market.symbol === wanted) ? wanted : markets.best;
      if (symbol) markets.select(symbol, false);
      else setTimeout(loadMarkets, 1000);
      follow();
    }
    drawHead();
  }, loadMarkets);
}

async function loadCandles(isNew = true) {
  const { symbol, frame } = state;
  const load = ++state.load;
  if (isNew) {
    chart.hasSeconds = frame === '1s';
    chart.clear();
    state.older = null;
  }
  state.isLoading = true;
  await attempt(async () => {
    const choice = { symbol, timeframe: frame, limit: pageRows };
    const [candles, indicators] = await Promise.all([
      get('/api/candles', { ...choice, filled: true }), get('/api/indicators', { ...choice, names: indicatorNames.join() })]);
    if (load !== state.load) return;
    if (isNew) state.older = candles.next_to;
    chart.set(candles.candles, indicators.indicators, { fit: isNew });
    noteShown();
    drawHead();
    drawLegend(null, null);
  }, () => { if (load === state.load) loadCandles(isNew); });
  if (load !== state.load) return;
  state.isLoading = false;
  // Says so when there are none.
  if (!chart.count) drawLegend(null, null);
}

async function loadOlder() {
  if (!state.older || state.isLoading) return;
  const { symbol, frame, older, load } = state;
  state.isLoading = true;
  try {
    const choice = { symbol, timeframe: frame, limit: pageRows, to: older };
    const [candles, indicators] = await Promise.all([
      get('/api/candles', { ...choice, filled: true }), get('/api/indicators', { ...choice, names: indicatorNames.join() })]);
    if (load !== state.load) return;
    state.older = candles.candles.length ? candles.next_to : null;
    chart.set(candles.candles, indicators.indicators);
  } catch {
    // Scrolling on asks again.
  }
  if (load === state.load) state.isLoading = false;
}

function choose(symbol, isClick) {
  const isSame = symbol === state.symbol;
  if (isClick && document.body.dataset.view === 'markets') view('chart');
  if (isSame) return;
  state.symbol = symbol;
  keep('symbol', symbol);
  history.replaceState(null, '', `#${symbol}`);
  book.clear();
  drawHead();
  follow();
  loadCandles();
}

/** Offers candles of a second when the database has them; a market that has hardly begun is shown in them. */
function offerSeconds(rest) {
  return attempt(async () => {
    const { indicators } = await get('/api/indicators/latest', { timeframe: '1s', limit: 1 });
    if (frames.includes('1s')) return;
    if (!indicators.length) {
      // They may come: the capture has perhaps just begun.
      if (rest > 0) setTimeout(offerSeconds, 2000, rest - 1);
      return;
    }
    frames.unshift('1s');
    drawBar();
    if (kept('frame') === '1s' || (!kept('frame') && state.frame === '1m' && chart.count < 10)) setFrame('1s');
  }, () => offerSeconds(rest));
}

function chooseFrame(frame) {
  keep('frame', frame);
  setFrame(frame);
}

function setFrame(frame) {
  state.frame = frame;
  drawBar();
  follow();
  if (state.symbol) loadCandles();
}

function drawHead() {
  const market = markets.market(state.symbol);
  if (!market) return;
  const last = chart.last;
  const isNewer = last && market.price_at && seconds(last.time) + 60 > seconds(market.price_at);
  const value = isNewer ? last.close : market.price;
  const decimals = Math.max(markets.decimals(state.symbol), chart.decimals);
  const change = value != null && market.previous_close ? value / market.previous_close - 1 : null;
  $('market-name').textContent = markets.name(market);
  $('market-symbol').textContent = market.symbol;
  $('price').textContent = price(value, decimals);
  $('change').textContent = signedPercent(change);
  const direction = change > 0 ? 'up' : change < 0 ? 'down' : 'even';
  $('center').dataset.direction = direction;
  document.title = `${price(value, decimals)} ${market.symbol} · Yeoul`;
  const facts = [['value24', `${compact(market.value_24h)} ${market.quote}`]];
  const spread = facts.map(([key, text]) => {
    const group = document.createElement('div');
    const name = document.createElement('dt');
    const fact = document.createElement('dd');
    name.textContent = t(key);
    fact.textContent = text;
    group.append(name, fact);
    return group;
  });
  $('facts').replaceChildren(...spread);
}

/** The candle under the pointer, or the newest one, in figures. */
function drawLegend(candle, indicators) {
  const shown = candle ?? chart.last;
  const row = indicators ?? (candle ? null : chart.lastIndicators);
  if (!shown) {
    $('legend').textContent = state.isLoading ? '' : t('noCandles');
    return;
  }
  const decimals = chart.decimals;
  const parts = [['', time(seconds(shown.time), { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit',
    ...(state.frame === '1s' ? { second: '2-digit' } : {}) })]];
  for (const key of ['open', 'high', 'low', 'close']) parts.push([t(key), price(shown[key], decimals)]);
  parts.push([t('volume'), amount(shown.volume)]);
  if (row) {
    const figure = (name, label, tint, places) => {
      if (row[name] != null) parts.push([label, price(Number(row[name].toFixed(places)), places), tint]);
    };
    if (chart.shown.has('ma')) {
      figure('ma_5', 'MA5', 'ma-1', decimals);
      figure('ma_20', 'MA20', 'ma-2', decimals);
      figure('ma_50', 'MA50', 'ma-3', decimals);
    }
    if (chart.shown.has('rsi')) figure('rsi_14', 'RSI14', 'rsi', 1);
    if (chart.shown.has('macd')) figure('macd_line', 'MACD', 'macd', Math.min(decimals + 2, 8));
  }
  const spans = parts.map(([name, text, tint]) => {
    const span = document.createElement('span');
    if (name) {
      const label = document.createElement('i');
      label.textContent = name;
      span.append(label, ' ');
    }
    span.append(text);
    if (tint) span.className = tint;
    return span;
  });
  if (shown.complete === false) {
    const span = document.createElement('span');
    span.className = 'warning';
    span.textContent = t('incomplete');
    spans.push(span);
  }
  $('legend').replaceChildren(...spans);
}

function drawBar() {
  $('frames').replaceChildren(...frames.map((frame) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = frame;
    button.dataset.frame = frame;
    button.setAttribute('aria-pressed', frame === state.frame);
    button.addEventListener('click', () => chooseFrame(frame));
    return button;
  }));
  $('shows').hidden = !isInstalled();
  $('shows').replaceChildren(...Object.entries(shows).map(([name, show]) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = show.label === name || show.label === 'volumeShort' ? t(show.label) : show.label;
    button.setAttribute('aria-pressed', chart.shown.has(name));
    button.addEventListener('click', () => {
      if (!chart.shown.delete(name)) chart.shown.add(name);
      keep('shows', [...chart.shown].join());
      drawBar();
      if (chart.count) chart.build();
      drawLegend(null, null);
    });
    return button;
  }));
}

function view(name) {
  document.body.dataset.view = name;
  for (const button of document.querySelectorAll('[data-view-to]')) {
    button.setAttribute('aria-pressed', button.dataset.viewTo === name);
  }
  if (name === 'proof') proof.show();
  else proof.hide();
}

function drawWords() {
  translate();
  $('language').textContent = language() === 'ko' ? 'English' : '한국어';
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  $('zone').textContent = t('zone', zone);
  const credit = document.createElement('a');
  credit.href = 'https://www.tradingview.com/';
  credit.rel = 'noreferrer';
  credit.textContent = t('credit');
  const docs = document.createElement('a');
  docs.href = '/docs';
  docs.textContent = t('docs');
  $('credit').replaceChildren(...(isInstalled() ? [credit, ' · '] : []), docs);
}

function drawAll() {
  drawWords();
  drawBar();
  health.draw();
  markets.draw();
  book.draw(markets.decimals(state.symbol));
  if (chart.count || !isInstalled()) chart.build();
  drawHead();
  drawLegend(null, null);
  view(document.body.dataset.view);
}

function askForToken() {
  const dialog = $('login');
  if (dialog.open) return;
  dialog.showModal();
  $('login-form').addEventListener('submit', async (event) => {
    event.preventDefault();
    if (await logIn($('token').value)) location.reload();
    else $('login-says').textContent = t('wrongToken');
  });
}

function start() {
  const shown = kept('shows');
  if (shown != null) chart.shown = new Set(shown.split(',').filter((name) => name in shows));
  if (frames.includes(kept('frame'))) state.frame = kept('frame');
  for (const button of document.querySelectorAll('[data-view-to]')) {
    button.addEventListener('click', () => view(button.dataset.viewTo));
  }
  $('theme').addEventListener('click', () => {
    const root = document.documentElement;
    root.dataset.theme = root.dataset.theme === 'dark' ? 'light' : 'dark';
    keep('theme', root.dataset.theme);
    drawAll();
  });
  $('language').addEventListener('click', () => {
    document.documentElement.lang = language() === 'ko' ? 'en' : 'ko';
    keep('language', language());
    drawAll();
  });
  window.addEventListener('hashchange', () => {
    const symbol = decodeURIComponent(location.hash.slice(1));
    if (markets.market(symbol) && symbol !== state.symbol) markets.select(symbol, false);
  });
  document.addEventListener('keydown', (event) => {
    if (event.target.matches('input, textarea') || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === '/') { event.preventDefault(); view(document.body.dataset.view === 'proof' ? 'chart' : document.body.dataset.view); $('find').focus(); }
    const at = frames.indexOf(state.frame);
    if (event.key === ']' && at < frames.length - 1) chooseFrame(frames[at + 1]);
    if (event.key === '[' && at > 0) chooseFrame(frames[at - 1]);
  });
  drawAll();
  follow();
  loadMarkets();
  setTimeout(offerSeconds, 1000, 10);
  setInterval(loadMarkets, 60000);
}

start();
