// The list of markets.
import { line } from './chart.js';
import { compact, decimalsOf, price, signedPercent } from './format.js';
import { language, t } from './text.js';

export class MarketList {
  #markets = new Map();
  #rows = new Map();
  #quote = null;
  #decimals = new Map();

  constructor(elements, chosen) {
    Object.assign(this, elements);
    this.chosen = chosen;
    this.symbol = null;
    this.find.addEventListener('input', () => this.draw());
    this.find.addEventListener('keydown', (event) => {
      if (event.key === 'ArrowDown' || event.key === 'Enter') {
        event.preventDefault();
        if (event.key === 'Enter') this.#step(0);
        this.list.focus();
      }
      if (event.key === 'Escape') { this.find.value = ''; this.draw(); this.list.focus(); }
    });
    this.list.addEventListener('keydown', (event) => {
      const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity };
      if (!(event.key in steps)) return;
      event.preventDefault();
      this.#step(steps[event.key]);
    });
  }

  get size() { return this.#markets.size; }
  market(symbol) { return this.#markets.get(symbol); }
  decimals(symbol) { return this.#decimals.get(symbol) ?? 0; }
  /** Nothing, before any market has a price: the one that comes first then may be a quiet one. */
  get best() { return this.#ordered().find((market) => market.price != null)?.symbol ?? null; }

  name(market) {
    return (language() === 'ko' ? market.korean_name : market.english_name) ?? market.base;
  }

  /** New figures; a list without closes keeps those it had. */
  set(markets) {
    for (const market of markets) {
      const known = this.#markets.get(market.symbol);
      if (!market.sparkline?.length && known) market.sparkline = known.sparkline;
      this.#markets.set(market.symbol, market);
      if (market.price != null) {
        const decimals = Math.max(this.decimals(market.symbol), decimalsOf([market.price]));
        this.#decimals.set(market.symbol, decimals);
      }
    }
    const quotes = [...new Set(markets.map((market) => market.quote))];
    if (!quotes.includes(this.#quote)) this.#quote = quotes.includes('KRW') ? 'KRW' : quotes[0] ?? null;
    this.#drawQuotes(quotes);
    this.draw();
  }

  #drawQuotes(quotes) {
    this.quotes.hidden = quotes.length < 2;
    if (this.quotes.dataset.of === quotes.join()) return;
    this.quotes.dataset.of = quotes.join();
    this.quotes.replaceChildren(...quotes.sort((a, b) => (a === 'KRW' ? -1 : a.localeCompare(b))).map((quote) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = quote;
      button.setAttribute('aria-pressed', quote === this.#quote);
      button.addEventListener('click', () => {
        this.#quote = quote;
        for (const other of this.quotes.children) other.setAttribute('aria-pressed', other === button);
        this.draw();
      });
      return button;
    }));
  }

  #ordered() {
    const wanted = this.find.value.trim().toLowerCase();
    return [...this.#markets.values()]
      .filter((market) => (wanted ? [market.symbol, market.korean_name, market.english_name]
        .some((text) => text?.toLowerCase().includes(wanted)) : market.quote === this.#quote))
      .sort((a, b) => (b.value_24h ?? 0) - (a.value_24h ?? 0) || (a.symbol < b.symbol ? -1 : 1));
  }

  draw() {
    const markets = this.#ordered();
    const rows = markets.map((market) => this.#row(market));
    const isSame = rows.length === this.list.children.length && rows.every((row, index) => row === this.list.children[index]);
    if (!isSame) {
      this.list.replaceChildren(...rows);
      if (!rows.length) {
        const none = document.createElement('p');
        none.className = 'faint none';
        none.textContent = t(this.#markets.size ? 'noneFound' : 'noMarkets');
        this.list.append(none);
      }
    }
    this.#mark();
  }

  #row(market) {
    let row = this.#rows.get(market.symbol);
    if (!row) {
      row = document.createElement('div');
      row.className = 'row';
      row.id = `market-${market.symbol}`;
      row.setAttribute('role', 'option');
      row.innerHTML = '<span class="who"><b></b><small></small></span><span class="spark"></span><span class="what"><b></b><small></small></span>';
      row.addEventListener('click', () => this.select(market.symbol, true));
      this.#rows.set(market.symbol, row);
    }
    const [who, spark, what] = row.children;
    const change = market.price != null && market.previous_close ? market.price / market.previous_close - 1 : null;
    const direction = change > 0 ? 'up' : change < 0 ? 'down' : 'even';
    const priceText = price(market.price, this.decimals(market.symbol));
    if (what.children[0].textContent !== priceText) {
      if (what.children[0].textContent && market.price !== row.price) {
        row.classList.remove('rose', 'fell');
        void row.offsetWidth;
        row.classList.add(market.price > row.price ? 'rose' : 'fell');
      }
      what.children[0].textContent = priceText;
    }
    row.price = market.price;
    who.children[0].textContent = this.name(market);
    who.children[1].textContent = market.symbol + (market.warning ? ' ⚠' : '');
    what.children[1].textContent = signedPercent(change);
    row.dataset.direction = direction;
    row.title = `${this.name(market)} ${market.symbol} · ${t('value24')} ${compact(market.value_24h)}`;
    const closes = market.sparkline ?? [];
    const key = closes.length + ':' + closes.at(-1) + ':' + closes[0];
    if (spark.dataset.of !== key) {
      spark.dataset.of = key;
      // Before there is a line the name has its place.
      spark.replaceChildren(...(closes.length > 1 ? [line(closes, 60, 22, 'sparkline')] : []));
    }
    return row;
  }

  #step(by) {
    const markets = this.#ordered();
    if (!markets.length) return;
    const at = markets.findIndex((market) => market.symbol === this.symbol);
    const next = Math.min(markets.length - 1, Math.max(0, by === 0 ? 0 : at + by));
    this.select(markets[next].symbol, false);
  }

  select(symbol, isClick) {
    this.symbol = symbol;
    this.#mark(true);
    this.chosen(symbol, isClick);
  }

  #mark(scrolls = false) {
    for (const [symbol, row] of this.#rows) {
      const isChosen = symbol === this.symbol;
      row.setAttribute('aria-selected', isChosen);
      if (isChosen && scrolls) row.scrollIntoView({ block: 'nearest' });
    }
    const id = `market-${this.symbol}`;
    if (document.getElementById(id)) this.list.setAttribute('aria-activedescendant', id);
  }
}
