// Runs the requests of the guides for those who connect a till, each in its order against a server of its own, and checks the fields that
// the guide shows.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { tryDoor } from './door.mjs';
import { holds } from './fields.mjs';
import { call, expect, finish, prepare, serve } from './support.mjs';

const folder = mkdtempSync(join(tmpdir(), 'suki-guide-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
// With the benefit that the guide shows.
const programme = join(folder, 'programme.yaml');
const shown = readFileSync('docs/guide/integrators.md', 'utf8').match(/```yaml\n([\s\S]*?)```/)[1];
writeFileSync(programme, readFileSync('tests/server/till.yaml', 'utf8') + shown);

async function run_guide(name, requests_min, before, after) {
  const { db, key } = prepare(programme);
  const server = await serve(db);
  const text = readFileSync(`docs/guide/${name}`, 'utf8');
  const blocks = [...text.matchAll(/```http\n([\s\S]*?)```\n```json\n([\s\S]*?)```/g)];
  const kept = {};
  let has_second = false;
  const filled = (part) => part.replace(/\{(member|hold|token|account)\}/g, (whole, name) => kept[name] ?? whole);
  await before?.(server.base, key);
  for (const [, request, answer] of blocks) {
    const [first, ...rest] = filled(request).split('\n');
    const [method, path] = first.split(' ');
    const body = rest.join('\n').trim();
    if (path.includes('programme=second') && !has_second) {
      has_second = true;
      const document = readFileSync('tests/server/till.yaml', 'utf8').replace('id: till', 'id: second');
      expect('a second programme', (await call(server.base, key, 'POST', '/v1/programmes', { document })).status, 201);
    }
    const got = await call(server.base, key, method, path, body === '' ? undefined : body);
    const is_good = holds(JSON.parse(filled(answer)), got.json, kept);
    if (!is_good) console.log(`${first}\n  answered ${got.status} ${got.text.slice(0, 1500)}`);
    expect(`${name}: ${first}`, is_good, true);
  }
  expect(`${name} has requests`, blocks.length >= requests_min, true);
  await after?.(server.base, key, kept);
  await server.stop();
}

await run_guide('integrators.md', 8, undefined, async (base, key, { member }) => {
  // The door of the guide, as it stands there.
  const code = join(folder, 'door.mjs');
  writeFileSync(code, readFileSync('docs/guide/integrators.md', 'utf8').match(/```js\n([\s\S]*?)```/)[1]);
  const { door } = await import(pathToFileURL(code));
  await tryDoor({ door, base, key, member });
});
await run_guide('till-queue.md', 7, (base, key) => call(base, key, 'POST', '/v1/members', { name: 'Ana Kavalenka', card: '2900000000017' }));
finish();
