// Tills under load, by the rule of docs/guide/till-queue.md: a queue each, in order; the same id again after Retry-After and some chance,
// at the next server in turn; nothing but a success takes an operation off the queue. Every answer is written down.
import { call } from '../server/support.mjs';
import { pause } from './cluster.mjs';

const wait_ms_max = 4_000; // the guide says 30 s: here somebody waits for the result
const give_up_ms = 20_000;

export class Tills {
  acknowledged = new Map(); // operation → its answer's text
  operations = new Map();   // operation → { method, path, body, key }, to ask again
  statuses = new Map();     // of writes, and of reads with `read ` before it
  wrong = [];               // what no till may see
  acks = [];                // times, in order
  slowest_ms = 0;
  #is_over = false;
  #busy = [];
  #number = 0;

  constructor(key, members, servers, count = 10, each_ms = 160) {
    Object.assign(this, { key, members, servers, count, each_ms });
  }

  start(name) {
    this.name = name;
    this.#is_over = false;
    this.statuses = new Map();
    this.acks = [];
    this.slowest_ms = 0;
    this.fresh = [];
    this.#busy = Array.from({ length: this.count }, (_, till) => this.#sell(till));
  }
  /** No more sales; what is in the queues is sent until it is acknowledged. */
  async stop() {
    this.#is_over = true;
    await Promise.all(this.#busy);
  }

  #count(what) { this.statuses.set(what, (this.statuses.get(what) ?? 0) + 1); }

  async #sell(till) {
    let last_sale;
    let turn = till;
    await pause(Math.random() * this.each_ms);
    while (!this.#is_over) {
      const number = ++this.#number;
      const id = `${this.name}-${till}-${number}`;
      const member = this.members[number % this.members.length];
      let operation;
      if (number % 10 === 3 && last_sale) {
        operation = { method: 'POST', path: `/v1/receipts/${last_sale}/returns`,
          body: { id, occurred_at: '2026-06-02T09:00:00Z', lines: [{ line: 1, quantity: '1', unit: 'piece' }] } };
        last_sale = undefined;
      } else if (number % 10 === 7) {
        // No id of its own: all rests on its Idempotency-Key.
        operation = { method: 'POST', path: `/v1/members/${member}/adjustments`, body: { unit: 'points', points: 1 + (number % 9), reason: 'drill' } };
      } else {
        operation = { method: 'PUT', path: `/v1/receipts/${id}`, body: { occurred_at: '2026-06-01T10:00:00Z', store: 's1', till: String(till),
          member: { id: member }, lines: [{ number: 1, sku: 'a', quantity: '1', unit: 'piece', amount: 100 * (1 + (number % 9)) }] } };
        last_sale = id;
      }
      this.operations.set(id, operation);
      turn = await this.#deliver(id, operation, turn);
      if (operation.method === 'PUT' && number % 3 === 0) await this.#look(id, member, turn + 1);
      await pause(this.each_ms * (0.5 + Math.random()));
    }
  }

  async #deliver(id, operation, turn) {
    const since = Date.now();
    for (let failures = 0; ; ++failures) {
      const answer = await this.ask(turn, operation, id);
      this.#count(answer.status);
      if (answer.status === 200 || answer.status === 201) {
        this.acknowledged.set(id, answer.text);
        this.acks.push(Date.now());
        this.fresh.push(id);
        this.slowest_ms = Math.max(this.slowest_ms, Date.now() - since);
        return turn;
      }
      this.#judge(operation, answer);
      const told_ms = 1000 * Number(answer.headers?.get('retry-after') ?? 1);
      await pause(Math.min(wait_ms_max, told_ms * 2 ** Math.min(failures, 5)) * (0.5 + Math.random() / 2));
      ++turn;
    }
  }

  /** What was acknowledged is seen by whoever asks afterwards, at whichever server. */
  async #look(id, member, turn) {
    for (const path of [`/v1/receipts/${id}`, `/v1/members/${member}/statement?limit=5`]) {
      const operation = { method: 'GET', path };
      const answer = await this.ask(turn, operation);
      this.#count(`read ${answer.status}`);
      if (answer.status !== 200) this.#judge(operation, answer);
    }
  }

  async ask(turn, { method, path, body }, id) {
    try {
      return await call(this.servers[turn % this.servers.length].base, this.key, method, path, body,
        { ...(id ? { 'idempotency-key': id } : {}) }, AbortSignal.timeout(give_up_ms));
    } catch (error) {
      return { status: error.name === 'TimeoutError' ? 'no answer' : 'no connection', text: '' };
    }
  }

  #judge(operation, { status, text, headers }) {
    if (status === 'no answer' || status === 'no connection') return; // judged by the drill, which knows whether a server was killed
    if (status === 503 && headers.get('retry-after')) return;
    this.wrong.push(`${operation.method} ${operation.path}: ${status} ${text.slice(0, 300)}`);
  }
}
