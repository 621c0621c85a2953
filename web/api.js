// Questions to the server, and the stream.

/** The answer's JSON. Throws with `status` and a text for people. */
export async function get(path, values = {}) {
  const query = new URLSearchParams(Object.entries(values).filter(([, value]) => value != null));
  const text = query.toString();
  let response;
  try {
    response = await fetch(text ? `${path}?${text}` : path, { headers: { Accept: 'application/json' } });
  } catch (cause) {
    throw Object.assign(new Error('no connection', { cause }), { status: 0 });
  }
  const body = await response.json().catch(() => null);
  if (!response.ok) {
    throw Object.assign(new Error(body?.error?.what ?? response.statusText), { status: response.status });
  }
  return body;
}

export async function logIn(token) {
  const response = await fetch('/login', { method: 'POST', body: token });
  return response.ok;
}

/**
 * Follows what `choose` was told last; connects again for ever, with growing pauses. `heard` gets each message,
 * `changed` true or false as the connection comes and goes.
 */
export class Stream {
  #socket = null;
  #query = '';
  #failures = 0;
  #timer = null;

  constructor(heard, changed) {
    this.heard = heard;
    this.changed = changed;
    // A phone that wakes up should not wait for the pause to end.
    window.addEventListener('online', () => this.#connect());
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden && this.#query && !this.#socket) this.#connect();
    });
  }

  choose(values) {
    const query = new URLSearchParams(values).toString();
    if (query === this.#query) return;
    this.#query = query;
    this.#failures = 0;
    this.#connect();
  }

  #connect() {
    clearTimeout(this.#timer);
    const old = this.#socket;
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    const socket = new WebSocket(`${scheme}://${location.host}/api/stream?${this.#query}`);
    this.#socket = socket;
    old?.close();
    socket.addEventListener('open', () => {
      this.#failures = 0;
      if (socket === this.#socket) this.changed(true);
    });
    socket.addEventListener('message', (event) => {
      if (socket === this.#socket) this.heard(JSON.parse(event.data));
    });
    socket.addEventListener('close', () => {
      if (socket !== this.#socket) return;
      this.#socket = null;
      this.changed(false);
      this.#failures += 1;
      const pause = Math.min(15000, 500 * 2 ** Math.min(this.#failures, 5));
      this.#timer = setTimeout(() => this.#connect(), pause * (0.5 + Math.random() / 2));
    });
  }
}
