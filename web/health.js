// The strip of figures at the top, and the notice when something is not as it should be.
import { age, percent } from './format.js';
import { t } from './text.js';

export class Health {
  #status = null;
  #heardAt = 0;
  #isConnected = false;
  #problem = null;
  #since = Date.now();

  constructor({ strip, notice, simulated }) {
    Object.assign(this, { strip, notice, simulated });
    setInterval(() => this.draw(), 1000);
  }

  heard(status) {
    this.#status = status;
    this.#heardAt = Date.now();
    this.draw();
  }

  connected(isConnected) {
    if (this.#isConnected !== isConnected) this.#since = Date.now();
    this.#isConnected = isConnected;
    this.draw();
  }

  problem(what) {
    this.#problem = what;
    this.draw();
  }

  get state() {
    // A short break is not worth a word.
    if (!this.#isConnected && Date.now() - this.#since > 2500) return 'away';
    if (this.#problem || (this.#heardAt && Date.now() - this.#heardAt > 10000)) return 'database';
    return this.#status?.freshness ?? 'waiting';
  }

  draw() {
    const status = this.#status;
    const state = this.state;
    document.body.dataset.state = state;
    this.simulated.hidden = !status?.simulated;
    const stateWord = { live: 'live', stale: 'stale', empty: 'empty', away: 'away', database: 'stale', waiting: 'empty' }[state];
    const proofs = (status?.proof ?? []).filter((proof) => proof.checked_seconds > 0);
    const checked = proofs.reduce((sum, proof) => sum + proof.checked_seconds, 0);
    const proven = proofs.reduce((sum, proof) => sum + proof.proven_seconds, 0);
    const lag = (value) => (value == null ? '–' : Math.abs(value) >= 10000 ? age(value / 1000) : `${Math.round(value)} ms`);
    const items = [
      ['state', state === 'waiting' ? '…' : t(stateWord), state],
      ['rate', status ? Number(status.trades_per_second).toFixed(status.trades_per_second < 10 ? 1 : 0) : '–', ''],
      ['lag', status ? `${lag(status.latency_p50_milliseconds)} / ${lag(status.latency_p99_milliseconds)}` : '–', ''],
      ['gaps', status ? String(status.open_gaps) : '–', status?.open_gaps > 0 ? 'bad' : ''],
      ['proven', checked ? percent(Math.floor(proven / checked * 10000) / 10000) : '–', checked && proven < checked ? 'fair' : ''],
    ];
    if (this.strip.children.length !== items.length) {
      this.strip.replaceChildren(...items.map(() => {
        const group = document.createElement('div');
        group.append(document.createElement('dt'), document.createElement('dd'));
        return group;
      }));
    }
    items.forEach(([key, value, kind], index) => {
      const group = this.strip.children[index];
      const word = t(key);
      if (group.children[0].textContent !== word) group.children[0].textContent = word;
      if (group.children[1].textContent !== value) group.children[1].textContent = value;
      group.dataset.kind = kind;
      group.dataset.name = key;
    });
    const seconds = status?.newest_trade_age_seconds == null ? null
      : status.newest_trade_age_seconds + (Date.now() - this.#heardAt) / 1000;
    const text = { away: () => t('noticeAway'), database: () => t('noticeDatabase'), stale: () => t('noticeStale', age(seconds)), empty: () => t('noticeEmpty') }[state]?.() ?? '';
    if (this.notice.textContent !== text) this.notice.textContent = text;
    this.notice.hidden = !text;
  }
}
