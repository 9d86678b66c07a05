// A limit of the whole programme, drawn from by three servers of which two are killed: the last one gives exactly what is left.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { basket, call, expect, finish, prepare, serve, verify } from './support.mjs';

const limit = 1500;
const folder = mkdtempSync(join(tmpdir(), 'suki-pools-'));
const document = join(folder, 'till.yaml');
writeFileSync(document, readFileSync('tests/server/till.yaml', 'utf8').replace('limit: 10 in all', `limit: ${limit} in all`));
const { db, key } = prepare(document, 'postgres');
rmSync(folder, { recursive: true });
const servers = [await serve(db), await serve(db), await serve(db)];
const gift = basket(500, { lines: [{ number: 1, sku: 'gift', quantity: '1', unit: 'piece', amount: 500 }] });
const given = new Map(); // receipt → discount, where its server lived to say it
const lost = [];
let number = 0;

async function sell(server, until) {
  while (!until()) {
    const id = `gift-${++number}`;
    try {
      const answer = await call(server.base, key, 'PUT', `/v1/receipts/${id}`, gift);
      if (answer.status === 200) given.set(id, answer.json.calculation.discount);
      else lost.push(id);
    } catch {
      lost.push(id);
      return;
    }
  }
}
const count = () => [...given.values()].filter((discount) => discount === 100).length;

const tills = servers.flatMap((server) => Array.from({ length: 4 }, () => sell(server, () => number > 2 * limit || (server !== servers[0] && server.gone))));
const until = async (gifts) => { for (let i = 0; count() < gifts && i < 20_000; ++i) await new Promise((resolve) => setTimeout(resolve, 5)); };
await until(limit / 3);
servers[1].gone = true;
await servers[1].kill();
await until(limit / 2);
servers[2].gone = true;
await servers[2].kill();
await Promise.all(tills);
// Nobody knows of the receipts under way: sent again, they are as they were or are sold now.
for (const id of lost) {
  const answer = await call(servers[0].base, key, 'PUT', `/v1/receipts/${id}`, gift);
  expect(`${id} again`, answer.status, 200);
  given.set(id, answer.json.calculation.discount);
}
expect('exactly what there is was given', count(), limit);
expect('and more was asked for', given.size > limit, true);
await servers[0].stop();
const verified = verify(db);
expect('verify', verified.code, 0);
console.log(`${given.size} receipts, ${lost.length} of them sent again, ${count()} gifts; ${verified.text.trim()}`);
finish();
