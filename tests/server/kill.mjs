// kill -9 under load, a hundred times: what was acknowledged is there once, nothing twice, and everything adds up.
import { basket, call, expect, finish, prepare, serve, verify } from './support.mjs';

const rounds = Number(process.argv[2] ?? 100);
const { db, key } = prepare(undefined, process.argv[3] ?? 'sqlite');
let server = await serve(db);
const members = [];
for (let i = 0; i < 8; ++i) {
  const made = await call(server.base, key, 'POST', '/v1/members', { name: `m${i}`, external_id: `m${i}` });
  members.push(made.json.id);
}

const acknowledged = new Map(); // receipt → points
const sent = new Map();         // receipt → what to send again
let number = 0;
for (let round = 0; round < rounds; ++round) {
  let is_alive = true;
  const tills = Array.from({ length: 8 }, async (_, till) => {
    while (is_alive) {
      const id = `r-${++number}`;
      const body = basket(100 + (number % 900), { member: { id: members[till] } });
      sent.set(id, body);
      try {
        const answer = await call(server.base, key, 'PUT', `/v1/receipts/${id}`, body);
        if (answer.status === 200) acknowledged.set(id, answer.json.calculation.points[0]?.points);
      } catch {
        return; // the server is gone: nobody knows whether this one was recorded
      }
    }
  });
  await new Promise((resolve) => setTimeout(resolve, 15 + (round * 37) % 90));
  await server.kill();
  is_alive = false;
  await Promise.all(tills);
  server = await serve(db);
  // Every tenth round, what was just acknowledged is asked for; at the end everything is.
  if (round % 10 === 0) {
    const last = [...acknowledged.keys()].at(-1);
    if (last) expect(`round ${round}: ${last}`, (await call(server.base, key, 'GET', `/v1/receipts/${encodeURIComponent(last)}`)).status, 200);
  }
}

// A till that got no answer sends again: every receipt ever sent is then there exactly once.
let lost = 0;
let changed = 0;
for (const [id, points] of acknowledged) {
  const answer = await call(server.base, key, 'PUT', `/v1/receipts/${id}`, sent.get(id));
  if (answer.headers.get('idempotency-replayed') !== 'true') ++lost;
  if (answer.json?.calculation?.points?.[0]?.points !== points) ++changed;
}
expect('acknowledged receipts that were lost', lost, 0);
expect('acknowledged receipts whose answer changed', changed, 0);
let wanted = 0;
for (const [id, body] of sent) {
  const answer = await call(server.base, key, 'PUT', `/v1/receipts/${id}`, body);
  if (answer.status === 200) wanted += answer.json.calculation.points[0]?.points ?? 0;
}
let held = 0;
for (const id of members) {
  const account = await call(server.base, key, 'GET', `/v1/members/${id}/account`);
  held += account.json.balances.reduce((sum, b) => sum + b.available + b.pending, 0);
}
expect('points of all members are those of all receipts, each once', held, wanted);
await server.stop();
const verdict = verify(db);
console.log(`${rounds} kills, ${sent.size} receipts sent, ${acknowledged.size} acknowledged before a kill; ${verdict.text.trim()}`);
expect('verify', verdict.code, 0);
expect('the load was a load', acknowledged.size > rounds, true);
finish();
