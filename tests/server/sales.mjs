// What tills sold while something failed: nothing that was acknowledged is lost, and everything is there once.
import { basket, call, expect } from './support.mjs';

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
/** Not now: come back. */
export const isRefused = (answer) => answer?.status === 503 && answer.json?.code === 'store_unavailable' && Number(answer.headers.get('retry-after')) > 0;
const points = (answer) => answer.json?.calculation?.points?.[0]?.points ?? 0;

/** Until `look` gives what is wanted; a server that is not there gives nothing. */
export async function becomes(what, wanted, look, seconds = 20) {
  let got;
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await pause(50)) {
    try { got = await look(); } catch (error) { got = String(error.cause?.code ?? error.message); }
    if (got === wanted) break;
  }
  expect(what, got, wanted);
}

export class Sales {
  sent = new Map(); // receipt → body
  acknowledged = new Map(); // receipt → points
  members = [];
  #key;
  #name;
  #number = 0;

  constructor(key, name = 'f') {
    this.#key = key;
    this.#name = name;
  }

  async enrol(base, count = 4) {
    for (let i = 0; i < count; ++i) this.members.push((await call(base, this.#key, 'POST', '/v1/members', { name: `m${i}` })).json.id);
  }
  async sell(base) {
    const id = `${this.#name}-${++this.#number}`;
    const body = basket(100 + (this.#number % 900), { member: { id: this.members[this.#number % this.members.length] } });
    this.sent.set(id, body);
    const answer = await call(base, this.#key, 'PUT', `/v1/receipts/${id}`, body);
    if (answer.status === 200) this.acknowledged.set(id, points(answer));
    return answer;
  }
  /** Eight tills at once, until one of them is refused; undefined where none was. */
  async until_refused(base) {
    for (let i = 0; i < 2000; ++i) {
      const refused = (await Promise.all(Array.from({ length: 8 }, () => this.sell(base)))).find((answer) => answer.status !== 200);
      if (refused) return refused;
    }
    return undefined;
  }
  /** On a disk on which every sync takes a third of a second sales wait for it together, and reading does not wait at all. */
  async share_slow_commits(what, base) {
    const commits = async () => Number((await call(base, this.#key, 'GET', '/metrics')).text.match(/^suki_commits_total (\d+)/m)[1]);
    const before = await commits();
    let isRecorded = false;
    const slow = this.sell(base).then((answer) => { isRecorded = true; return answer.status; });
    expect(`${what}: the account is read`, (await this.read(base, 1)).status, 200);
    expect(`${what}: before the sale is recorded`, isRecorded, false);
    expect(`${what}: the sale`, await slow, 200);
    const crowd = await Promise.all(Array.from({ length: 40 }, async () => {
      const answers = [];
      for (let i = 0; i < 3; ++i) answers.push((await this.sell(base)).status);
      return answers;
    }));
    expect(`${what}: a crowd of sales`, crowd.flat().filter((status) => status !== 200), []);
    const made = (await commits()) - before;
    expect(`${what}: 121 sales share ${made} commits`, made < 40, true);
    expect(`${what}: readiness`, await this.readiness(base), 200);
  }
  read(base, member = 0) { return call(base, this.#key, 'GET', `/v1/members/${this.members[member]}/account`); }
  async readiness(base) { return (await call(base, this.#key, 'GET', '/readyz')).status; }

  /** All that was ever sent, once more: what was acknowledged is remembered, and everything adds up. */
  async settle(what, base) {
    let lost = 0;
    let changed = 0;
    let given = 0;
    for (const [id, body] of this.sent) {
      const was = this.acknowledged.get(id);
      const answer = await call(base, this.#key, 'PUT', `/v1/receipts/${id}`, body);
      if (was !== undefined && answer.headers.get('idempotency-replayed') !== 'true') ++lost;
      if (was !== undefined && points(answer) !== was) ++changed;
      if (answer.status === 200) this.acknowledged.set(id, points(answer));
      given += points(answer);
    }
    expect(`${what}: receipts that were acknowledged and lost`, lost, 0);
    expect(`${what}: answers that changed`, changed, 0);
    expect(`${what}: receipts that still can't be recorded`, [...this.sent.keys()].filter((id) => !this.acknowledged.has(id)), []);
    let held = 0;
    for (const id of this.members) {
      const account = await call(base, this.#key, 'GET', `/v1/members/${id}/account`);
      held += account.json.balances.reduce((sum, b) => sum + b.available + b.pending, 0);
    }
    expect(`${what}: points, each receipt once`, held, given);
  }
}
