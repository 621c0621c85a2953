// The order book as a ladder: offers to sell above, offers to buy below, with the depth behind them.
import { age, amount, price, seconds } from './format.js';
import { t } from './text.js';

const levelsMax = 15;

export class OrderBook {
  #book = null;

  constructor(ladder, ageLine) {
    this.ladder = ladder;
    this.ageLine = ageLine;
    setInterval(() => this.#drawAge(), 1000);
  }

  clear() { this.#book = null; this.draw(0); }

  set(book, decimals) { this.#book = book; this.draw(decimals); }

  draw(decimals) {
    const book = this.#book;
    if (!book || (!book.asks.length && !book.bids.length)) {
      const none = document.createElement('p');
      none.className = 'faint none';
      none.textContent = t('noBook');
      this.ladder.replaceChildren(none);
      this.#drawAge();
      return;
    }
    const asks = book.asks.slice(0, levelsMax);
    const bids = book.bids.slice(0, levelsMax);
    const largest = Math.max(...[...asks, ...bids].map((level) => level[1]));
    const table = document.createElement('table');
    const head = table.createTHead().insertRow();
    for (const key of ['price', 'amount']) {
      const cell = document.createElement('th');
      cell.scope = 'col';
      cell.textContent = t(key);
      head.append(cell);
    }
    const body = table.createTBody();
    for (const level of [...asks].reverse()) this.#row(body, level, 'ask', largest, decimals);
    const middle = body.insertRow();
    middle.className = 'middle';
    const cell = middle.insertCell();
    cell.colSpan = 2;
    const basis = book.mid_price ? ` (${(book.spread / book.mid_price * 10000).toFixed(2)} bp)` : '';
    cell.textContent = `${t('spread')} ${price(book.spread, decimals)}${basis}`;
    for (const level of bids) this.#row(body, level, 'bid', largest, decimals);
    this.ladder.replaceChildren(table);
    this.#drawAge();
  }

  #row(body, [at, volume], side, largest, decimals) {
    const row = body.insertRow();
    row.className = side;
    row.insertCell().textContent = price(at, decimals);
    const cell = row.insertCell();
    const bar = document.createElement('span');
    bar.className = 'depth';
    bar.style.width = `${Math.max(1, volume / largest * 100)}%`;
    const text = document.createElement('span');
    text.textContent = amount(volume);
    cell.append(bar, text);
  }

  #drawAge() {
    this.ageLine.textContent = this.#book ? t('bookAge', age(Date.now() / 1000 - seconds(this.#book.time))) : '';
  }
}
