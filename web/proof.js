// Which minutes of which market are proven.
import { get } from './api.js';
import { amount, percent, seconds, time } from './format.js';
import { t } from './text.js';

const pagesMax = 5;
const hoursChoices = [1, 3, 12, 24];
const kinds = {
  proven: ['statusProven', 'ok'], proven_empty: ['statusProven', 'ok'], boundary: ['statusBoundary', 'fair'], repaired: ['statusRepaired', 'fair'],
  different: ['statusDifferent', 'bad'], unprovable: ['statusUnprovable', 'dim'], gap: ['statusGap', 'gap'],
};
const shape = { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit' };

export class ProofView {
  #hours = 3;
  #ranges = new Map();
  #timer = null;

  constructor(elements, nameOf) {
    Object.assign(this, elements);
    this.nameOf = nameOf;
  }

  show() {
    this.#drawHours();
    this.#load();
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#load(), 10000);
  }

  hide() { clearInterval(this.#timer); }

  #drawHours() {
    this.hours.replaceChildren(...hoursChoices.map((hours) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = t('unit', hours, t('hour'));
      button.setAttribute('aria-pressed', hours === this.#hours);
      button.addEventListener('click', () => { this.#hours = hours; this.detail.replaceChildren(); this.show(); });
      return button;
    }));
    const entries = [['ok', 'statusProven'], ['fair', 'statusBoundary'], ['bad', 'statusDifferent'], ['dim', 'statusUnprovable'], ['gap', 'statusGap'], ['none', 'statusUnchecked']];
    this.key.replaceChildren(...entries.map(([kind, word]) => {
      const item = document.createElement('li');
      const mark = document.createElement('i');
      mark.className = kind;
      item.append(mark, t(word));
      return item;
    }));
  }

  async #load() {
    const now = Math.floor(Date.now() / 1000);
    const from = now - this.#hours * 3600;
    try {
      const [ranges, gaps] = await Promise.all([
        this.#all('/api/reconciliations', 'reconciliations', from), this.#all('/api/gaps', 'gaps', from)]);
      this.#ranges = new Map();
      for (const range of ranges) this.#add(range.symbol, { ...range, kind: range.status });
      for (const gap of gaps) if (gap.channel === 'trade' && gap.status !== 'filled') this.#add(gap.symbol, { ...gap, kind: 'gap', method: gap.reason });
      this.#draw(from, now);
    } catch {
      this.rows.textContent = t('failed');
    }
  }

  async #all(path, name, from) {
    const rows = [];
    let offset = 0;
    for (let page = 0; page < pagesMax && offset != null; page += 1) {
      const answer = await get(path, { from, limit: 1000, offset });
      rows.push(...answer[name]);
      offset = answer.next_offset;
    }
    return rows;
  }

  #add(symbol, range) {
    if (!this.#ranges.has(symbol)) this.#ranges.set(symbol, []);
    this.#ranges.get(symbol).push({ ...range, start: seconds(range.from_time), end: Date.parse(range.to_time) / 1000 });
  }

  #draw(from, now) {
    if (!this.#ranges.size) {
      const none = document.createElement('p');
      none.className = 'faint none';
      none.textContent = t('proofNone');
      this.rows.replaceChildren(none);
      return;
    }
    const table = document.createElement('table');
    table.className = 'proof-table';
    const body = table.createTBody();
    for (const [symbol, ranges] of [...this.#ranges].sort((a, b) => (a[0] < b[0] ? -1 : 1))) {
      const row = body.insertRow();
      const head = document.createElement('th');
      head.scope = 'row';
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'plain';
      button.textContent = symbol;
      button.title = this.nameOf(symbol);
      button.addEventListener('click', () => this.#open(symbol));
      head.append(button);
      row.append(head);
      row.insertCell().append(this.#bar(ranges, from, now));
      const checked = ranges.filter((range) => range.kind !== 'gap');
      const length = (list) => list.reduce((sum, range) => sum + Math.max(0, Math.min(range.end, now) - Math.max(range.start, from)), 0);
      const good = length(checked.filter((range) => ['ok', 'fair'].includes(kinds[range.kind][1])));
      const cell = row.insertCell();
      cell.textContent = length(checked) ? percent(Math.floor(good / length(checked) * 1000) / 1000, 1) : '–';
    }
    const axis = body.insertRow();
    axis.className = 'axis';
    axis.insertCell();
    const marks = axis.insertCell();
    for (let index = 0; index <= 4; index += 1) {
      const mark = document.createElement('span');
      mark.textContent = time(from + (now - from) * index / 4, { hour: '2-digit', minute: '2-digit' });
      marks.append(mark);
    }
    axis.insertCell();
    this.rows.replaceChildren(table);
  }

  #bar(ranges, from, now) {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    svg.setAttribute('viewBox', '0 0 1000 16');
    svg.setAttribute('preserveAspectRatio', 'none');
    svg.setAttribute('class', 'proof-bar');
    svg.setAttribute('aria-hidden', 'true');
    const scale = 1000 / (now - from);
    // What is worse is drawn later, so that it is seen.
    const order = ['ok', 'fair', 'dim', 'gap', 'bad'];
    const drawn = [...ranges].sort((a, b) => order.indexOf(kinds[a.kind]?.[1]) - order.indexOf(kinds[b.kind]?.[1]));
    for (const range of drawn) {
      const start = Math.max(range.start, from);
      const end = Math.min(range.end, now);
      if (end <= start) continue;
      const part = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
      part.setAttribute('x', ((start - from) * scale).toFixed(2));
      part.setAttribute('width', Math.max(1.5, (end - start) * scale).toFixed(2));
      part.setAttribute('height', 16);
      part.setAttribute('class', kinds[range.kind]?.[1] ?? 'dim');
      svg.append(part);
    }
    return svg;
  }

  #open(symbol) {
    const head = document.createElement('h3');
    head.textContent = t('detail', symbol);
    const faults = (this.#ranges.get(symbol) ?? []).filter((range) => kinds[range.kind]?.[1] !== 'ok').sort((a, b) => b.start - a.start).slice(0, 100);
    if (!faults.length) {
      const none = document.createElement('p');
      none.textContent = t('detailNone');
      this.detail.replaceChildren(head, none);
    } else {
      const table = document.createElement('table');
      const titles = table.createTHead().insertRow();
      for (const key of ['from', 'to', 'status', 'method', 'ours', 'theirs']) {
        const cell = document.createElement('th');
        cell.scope = 'col';
        cell.textContent = t(key);
        titles.append(cell);
      }
      const body = table.createTBody();
      for (const range of faults) {
        const row = body.insertRow();
        const cells = [time(range.start, shape), time(range.end, shape), t(kinds[range.kind][0]), range.method,
          range.our_volume == null ? '' : amount(range.our_volume), range.exchange_volume == null ? '' : amount(range.exchange_volume)];
        for (const text of cells) row.insertCell().textContent = text;
      }
      const scroll = document.createElement('div');
      scroll.className = 'scroll';
      scroll.append(table);
      this.detail.replaceChildren(head, scroll);
    }
    this.detail.focus();
    this.detail.scrollIntoView({ block: 'nearest' });
  }
}
