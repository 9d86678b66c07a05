// Starts a server with a fresh database and runs the contract test against it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { basket, call, prepare, serve } from '../server/support.mjs';
import { run } from './contract.mjs';

// With all that operations ask for.
const folder = mkdtempSync(join(tmpdir(), 'suki-contract-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const document = join(folder, 'programme.yaml');
const cards = 'cards: {number: {digits: 13, prefix: "29"}, bearer: gathers, categories: {gold: {title: Gold}}}\n';
const benefits = 'benefits: {tour: {kind: access, book: yes, members: 1000 per year}, parking: {kind: terms, members: yes}, presale: {kind: access, resource: "https://tickets.example/presale", members: yes}, box: {kind: service, keeps: 1 month, members: yes}}\n';
const rebates = 'rebates: {volume: {unit: points, by: spend, per: calendar year, steps: {1 EUR: 1%, 900000 EUR: 2%}}, growth: {unit: points, by: growth, per: calendar month, steps: {5%: 1%}}}\n';
const challenges = 'challenges: {stamps: {collect: {stamp: per receipt, need: 3}, give: {points: 1}, again: yes}, set: {set: {one: {sku: a}, two: {sku: b}}, within: 30 days, give: {points: 1}}}\n';
const gifts = 'gifts: {knife: {instead: [board]}, board: {}, tour_ticket: {stock: no}, medal: {stock: 1000000}}\n';
const tradeIn = 'trade_in: {shoes: {unit: points, prices: {boots: {good: 8 EUR}}}, skates: {unit: points, prices: {skates: {good: 20 EUR}}, consignment: {share: 60%}}}\n';
const household = 'household: {people: 20}\n';
const milestones = 'milestones: {year: {when: each year after joining, give: {points: 5}}, contract: {when: contract_until renewed, give: {points: 7}}}\n';
const recognition = 'recognition: {thanks: {allowance: 1000000 points per calendar month}}\n'
const memberships = 'memberships: {free: {}, paid: {fee: 5 EUR per month, grace: 7 days, pause: {up_to: 30 days}}}\n';
const levels = 'levels: {by: spend, over: 12 months, steps: {guest: {from: 0 EUR}, friend: {from: 1000 EUR, keep: 1 month}, board: {invitation: yes}}, match: {rival: {level: friend, lasts: 1 month}}}\n';
writeFileSync(document, readFileSync('tests/server/till.yaml', 'utf8').replace('offers:\n', 'offers:\n  bring: {when: {referral: first purchase over 5 EUR}, give: {points: {both: 3}}}\n').replace('spend:\n', 'spend:\n  knife: {points: 1, gift: knife}\n  medal: {points: 1, gift: medal}\n') + cards + benefits + challenges + rebates + gifts + tradeIn + memberships + milestones + recognition + household + levels);
const { db, key } = prepare(document);
// A command that two servers died of: without one there would be nothing to release.
for (let death = 0; death < 2; ++death) {
  const mortal = await serve(db, 0, [process.env.SUKI_MORTAL ?? 'build/main/suki_mortal', db]);
  await call(mortal.base, key, 'PUT', '/v1/receipts/r-abort', basket(100)).catch(() => {});
  await mortal.ended;
}
const server = await serve(db);
let isGood = false;
try {
  isGood = await run(server.base, key);
} finally {
  const { code } = await server.stop();
  if (code !== 0) {
    console.log(`the server ended with ${code}`);
    isGood = false;
  }
}
process.exit(isGood ? 0 : 1);
