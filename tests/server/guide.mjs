// Runs the requests of docs/guide/integrators.md in their order, and checks the fields that the guide shows.
import { readFileSync } from 'node:fs';
import { call, expect, finish, prepare, serve } from './support.mjs';

const { db, key } = prepare();
const server = await serve(db);
const text = readFileSync('docs/guide/integrators.md', 'utf8');
const blocks = [...text.matchAll(/```http\n([\s\S]*?)```\n```json\n([\s\S]*?)```/g)];
const kept = {};
const filled = (part) => part.replace(/\{(member|hold|token)\}/g, (whole, name) => kept[name] ?? whole);

/** Every field of `wanted` must be in `got`; lists are compared element by element as far as `wanted` goes. */
function holds(wanted, got) {
  if (typeof wanted === 'string' && /^\{\w+\}$/.test(wanted)) { kept[wanted.slice(1, -1)] ??= got; return typeof got === 'string'; }
  if (Array.isArray(wanted)) return Array.isArray(got) && (wanted.length > 0 || got.length === 0) && wanted.every((w, i) => holds(w, got[i]));
  if (wanted && typeof wanted === 'object') return got && typeof got === 'object' && Object.entries(wanted).every(([k, v]) => holds(v, got[k]));
  return wanted === got;
}

for (const [, request, answer] of blocks) {
  const [first, ...rest] = filled(request).split('\n');
  const [method, path] = first.split(' ');
  const body = rest.join('\n').trim();
  const got = await call(server.base, key, method, path, body === '' ? undefined : body);
  const is_good = holds(JSON.parse(filled(answer)), got.json);
  if (!is_good) console.log(`${first}\n  answered ${got.status} ${got.text.slice(0, 1500)}`);
  expect(first, is_good, true);
}
expect('the guide has requests', blocks.length >= 8, true);
await server.stop();
finish();
