// PostgreSQL fails under the server: it hangs, its tables have no room, its log has none. What was acknowledged stays, tills are told to come back
// or wait, and it goes on by itself (docs/FAULTS.md). A PostgreSQL of the test's own, durable, of which every process may be stopped.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call, expect, finish, prepare, serve, skip, sql, verify } from './support.mjs';
import { becomes, isRefused, pause, Sales } from './sales.mjs';
import { mayMount } from './mounts.mjs';
import { spoil } from './spoil.mjs';

const canMount = mayMount();
const folder = mkdtempSync(join(tmpdir(), 'suki-postgres-'));
chmodSync(folder, 0o711); // PostgreSQL's own user goes through it
const place = join(folder, 'pg');
const data = join(place, 'data');
const postgres = (verb, ...settings) =>
  execFileSync('bash', ['scripts/postgres.sh', verb, place, ...settings], { stdio: ['ignore', 'pipe', 'pipe'] }).toString().trim();
process.env.SUKI_TEST_POSTGRES = postgres('start', 'max_wal_size=64MB', 'restart_after_crash=on');
const { db, key } = prepare(undefined, 'postgres');
const mounted = [];
process.on('exit', () => {
  tell(processes(), 'SIGCONT');
  if (processes().length > 0) postgres('crash');
  for (const one of mounted) spawnSync('umount', ['-l', one]);
  postgres('stop');
  rmSync(folder, { recursive: true, force: true });
});

/** The postmaster and all of its children; none where it has ended. */
function processes() {
  try {
    const master = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
    return [master, ...readFileSync(`/proc/${master}/task/${master}/children`, 'utf8').trim().split(' ').map(Number)];
  } catch {
    return [];
  }
}
/** A session may end in between: whoever waits too long for it gives its connection up. */
function tell(all, signal) {
  for (const one of all) {
    try {
      process.kill(one, signal);
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  }
}
// Its own user, who owns nothing: what is granted can be taken away again.
sql(db, 'create role suki_server login; grant create on database ' + new URL(db).pathname.slice(1) + ' to suki_server');
sql(db, 'grant all on schema suki to suki_server; grant all on all tables in schema suki to suki_server');
const server = await serve(db.replace('user=suki', 'user=suki_server'));
const sales = new Sales(key);
await sales.enrol(server.base);
for (let i = 0; i < 20; ++i) await sales.sell(server.base);
const isAnswered = (answer) => answer.status === 200 || isRefused(answer);

// It hangs, wholly or but for its postmaster, which lets new sessions in. A sale waits for it, or the till is told to come back.
for (const [what, whom] of [['hangs', processes], ['has sessions that hang', () => processes().slice(1)]]) {
  const hung = whom();
  tell(hung, 'SIGSTOP');
  const waiting = [...Array.from({ length: 8 }, () => sales.sell(server.base)), ...[0, 1, 2, 3].map((member) => sales.read(server.base, member))];
  await pause(5_000);
  expect(`PostgreSQL ${what}: the server lives`, (await call(server.base, key, 'GET', '/healthz')).status, 200);
  tell(hung, 'SIGCONT');
  const wrong = (await Promise.all(waiting)).filter((answer) => !isAnswered(answer));
  expect(`PostgreSQL ${what}: what tills may not see`, wrong.map((answer) => answer.text), []);
  await becomes(`PostgreSQL ${what}: it comes back by itself`, 200, async () => (await sales.sell(server.base)).status);
  await becomes(`PostgreSQL ${what}: readiness`, 200, () => sales.readiness(server.base));
  await sales.settle(`PostgreSQL that ${what}`, server.base);
}

// Its disk takes a third of a second for every sync.
const hasten = await spoil(processes(), 'fdatasync,fsync', 'delay_enter=333000');
await sales.share_slow_commits('a slow disk of PostgreSQL', server.base);
await hasten();
await sales.settle('a slow disk of PostgreSQL', server.base);

// It takes away the right to write from the server's user for a while: nothing is set aside for that.
{
  const what = 'PostgreSQL without rights';
  const tables = 'insert, update, delete on all tables in schema suki';
  sql(db, `revoke ${tables} from suki_server`);
  await becomes(`${what}: readiness`, 503, async () => {
    await sales.sell(server.base);
    return sales.readiness(server.base);
  });
  expect(`${what}: the answer`, isRefused(await sales.sell(server.base)), true);
  expect(`${what}: reading goes on`, (await sales.read(server.base)).status, 200);
  sql(db, `grant ${tables} to suki_server`);
  await becomes(`${what}: it comes back by itself`, 200, () => sales.readiness(server.base));
  await sales.settle(what, server.base);
}

/** Lets a folder of PostgreSQL's be a file system of `megabytes`. */
function move(name, megabytes) {
  const to = join(data, name);
  postgres('crash');
  renameSync(to, `${to}.before`);
  mkdirSync(to);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', to], { stdio: 'pipe' });
  execFileSync('cp', ['-a', `${to}.before/.`, to], { stdio: 'pipe' });
  mounted.push(to);
  postgres('resume');
  return to;
}
function fill(filesystem) {
  const { bavail, bsize } = statfsSync(filesystem);
  writeFileSync(join(filesystem, 'filler'), Buffer.alloc(bavail * bsize));
}
if (!canMount) skip('PostgreSQL on a full disk needs root and a mount namespace of its own');
for (const [what, name, megabytes] of canMount ? [['tables', 'base', 200], ['log', 'pg_wal', 96]] : []) {
  const filesystem = move(name, megabytes);
  await becomes(`no room for the ${what}: it goes on where there is some`, 200, async () => (await sales.sell(server.base)).status);
  fill(filesystem);
  let refused;
  for (let i = 0; i < 2000 && !refused; ++i) {
    // A segment of the log is long: it is ended early.
    if (name === 'pg_wal') try { sql(db, 'select pg_switch_wal()'); } catch { /* which is what is wanted */ }
    refused = (await Promise.all(Array.from({ length: 8 }, () => sales.sell(server.base)))).find((answer) => answer.status !== 200);
  }
  expect(`no room for the ${what}: the answer: ${refused?.text}`, isRefused(refused), true);
  await becomes(`no room for the ${what}: readiness`, 503, async () => {
    await sales.sell(server.base);
    return sales.readiness(server.base);
  });
  expect(`no room for the ${what}: the server lives`, (await call(server.base, key, 'GET', '/healthz')).status, 200);
  rmSync(join(filesystem, 'filler'));
  let starts = 0;
  await becomes(`no room for the ${what}: it comes back by itself`, 200, async () => {
    // What can't even start has ended; whoever looks after PostgreSQL starts it.
    if (processes().length === 0) {
      postgres('resume');
      ++starts;
    }
    return (await sales.sell(server.base)).status;
  });
  console.log(`no room for the ${what}: PostgreSQL ${starts ? 'ended, and was started again' : 'went on'}`);
  await becomes(`no room for the ${what}: readiness, again`, 200, () => sales.readiness(server.base));
  await sales.settle(`no room for the ${what}`, server.base);
  const verdict = verify(db);
  expect(`no room for the ${what}: ${verdict.text}`, verdict.code, 0);
}
await server.stop();
const verdict = verify(db);
expect(`verify at the end: ${verdict.text}`, verdict.code, 0);
finish();
