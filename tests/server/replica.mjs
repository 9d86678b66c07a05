// A server with a standby to read on: what it answered is in every statement at once, whether the standby keeps up, stands still, dies or
// comes back; and the standby does read.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asOftenAsLiked, basket, call, expect, finish, run, serve, suki, verify } from './support.mjs';

const folder = mkdtempSync(join(tmpdir(), 'suki-replica-'));
chmodSync(folder, 0o711); // the servers' user passes through
const servers = { primary: join(folder, 'primary'), standby: join(folder, 'standby') };
const script = (command, ...words) => execFileSync('bash', ['scripts/postgres.sh', command, ...words], { stdio: 'pipe' }).toString().trim();
process.on('exit', () => {
  for (const server of Object.values(servers)) script('stop', server);
  rmSync(folder, { recursive: true, force: true });
});
const db = script('start', servers.primary, 'fsync=off', 'full_page_writes=off');
const replica = script('standby', servers.standby, servers.primary);
const ask = (query) => execFileSync('psql', ['-qAt', '-d', replica, '-c', query], { stdio: 'pipe' }).toString().trim();

process.env.SUKI_STATE = join(folder, 'state');
execFileSync(suki, ['publish', 'tests/server/till.yaml', '--db', db], { stdio: 'pipe' });
const key = execFileSync(suki, ['keys', '--db', db, '--name', 'test', '--scope', 'admin'], { stdio: 'pipe' }).toString().trim();
const server = await serve(db, 0, [suki, 'serve', '--db', db, '--replica', replica, '--port', '0', ...asOftenAsLiked]);
const get = (path) => call(server.base, key, 'GET', path);
const joined = await call(server.base, key, 'POST', '/v1/members', { name: 'Ana', external_id: 'ana' });
expect('Ana joins', joined.status, 201);
const member = joined.json.id;

/** How often the standby was read, and how often it was passed over. */
async function figures() {
  const { text } = await call(server.base, key, 'GET', '/metrics');
  const of = (name) => Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1] ?? NaN);
  return { reads: of('suki_replica_reads_total'), passedOver: of('suki_replica_passed_over_total') };
}

let sold = 0;
/** Sells and looks, `times`; how many of the statements lacked the sale before them. */
async function sellAndLook(times) {
  let missing = 0;
  for (let i = 0; i < times; ++i) {
    const answer = await call(server.base, key, 'PUT', `/v1/receipts/r${++sold}`, basket(1000, { member: { id: member } }));
    if (answer.status !== 200) ++missing;
    const statement = await get(`/v1/members/${member}/statement?limit=1`);
    if (statement.status !== 200 || !JSON.stringify(statement.json).includes(`"r${sold}"`)) ++missing;
  }
  return missing;
}
/** Looks until the standby is read again. */
async function isReadAgain() {
  const before = (await figures()).reads;
  for (let i = 0; i < 600; ++i) {
    await get(`/v1/members/${member}/statement?limit=1`);
    if ((await figures()).reads > before) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

expect('each sale is in the statement after it', await sellAndLook(30), 0);
expect('the standby is read', await isReadAgain(), true);

ask('select pg_wal_replay_pause()');
const paused = await figures();
expect('and where it stands still', await sellAndLook(10), 0);
const passed = await figures();
expect('it is passed over', passed.passedOver - paused.passedOver >= 10, true);
expect('which is what it is for', passed.reads, paused.reads);
expect('lists come from the primary too', (await get(`/v1/members/${member}/receipts?limit=100`)).json.items.length, sold);
ask('select pg_wal_replay_resume()');
expect('until it has caught up', await isReadAgain(), true);

script('crash', servers.standby);
expect('without it', await sellAndLook(10), 0);
expect('overviews go on', (await get('/v1/overview')).status, 200);
script('resume', servers.standby);
expect('and with it again', await isReadAgain(), true);
expect('each sale is in the statement after it, at the end', await sellAndLook(10), 0);

// Without the primary nothing is made up: no empty catalogue, and no product that is said not to be there.
script('crash', servers.primary);
expect('the catalogue can not be read', (await get('/v1/products')).status, 503);
expect('nor a product', (await get('/v1/products/a')).status, 503);
script('resume', servers.primary);
let again;
for (let i = 0; i < 200 && again?.status !== 200; ++i) {
  again = await get('/v1/products');
  if (again.status !== 200) await new Promise((resolve) => setTimeout(resolve, 50));
}
expect('until it is back', again.status, 200);
expect('and so are sales', await sellAndLook(5), 0);

expect('stopped', (await server.stop()).code, 0);
expect('verify', verify(db).code, 0);
const refused = run('serve', '--db', join(folder, 'suki.db'), '--replica', replica, '--port', '0');
expect('a file has no standby', [refused.code, /a replica is a standby of a PostgreSQL/.test(refused.text)], [2, true]);
finish();
