// kill -9 of an import, a backup, a restore and a migration, at moments spread over all they write: counted in calls of the system, so that the
// same moments are met each time. What was cut off can be done again, and ends as if it had never been cut off.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { call, databaseOnPostgres, expect, finish, prepare, run, serve, sql, suki, verify } from './support.mjs';

const where = process.argv[2] ?? 'sqlite';
const isPostgres = where === 'postgres';
const kills = Number(process.argv[3] ?? (isPostgres ? 5 : 10)); // of each verb
const { folder, db, key } = prepare(undefined, where);
let made = 0;
const another = () => (isPostgres ? databaseOnPostgres() : join(folder, `other-${++made}.db`));
const remove = (file) => { for (const end of ['', '-wal', '-shm', '-journal']) rmSync(file + end, { force: true }); };

// Of a file it is the writing of its pages, of PostgreSQL what is said to it. (--seccomp-bpf would be faster, but then nothing is killed.)
const toStore = isPostgres ? 'sendto' : 'pwrite64';
const trace = (what, words) => spawnSync('strace', ['-f', ...what, suki, ...words],
  { stdio: 'pipe', timeout: 120_000, killSignal: 'SIGKILL' });
/** How often the thread that makes this call most often makes it. */
function calls(name, ...words) {
  const log = join(folder, 'calls');
  const ran = trace(['-o', log, '-e', `trace=${name}`], words);
  expect(`${words[0]}, never killed: ${ran.stderr}`, ran.status, 0);
  const counts = new Map();
  for (const [, thread] of readFileSync(log, 'utf8').matchAll(new RegExp(`^(\\d+) +${name}\\(`, 'gm'))) counts.set(thread, (counts.get(thread) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}
/** True where it was ended by it: a run that has less to do may be over before. */
const killedAt = (name, number, ...words) =>
  trace(['-o', join(folder, 'calls'), '-e', `trace=${name}`, '-e', `inject=${name}:signal=KILL:when=${number}`], words).signal === 'SIGKILL';
/** From the first to the last of them. */
const moments = (count) => [...new Set(Array.from({ length: kills }, (_, i) => 1 + Math.round((i * (count - 1)) / (kills - 1))))];

const contentOf = (text) => text.match(/\d+ rows, content [0-9a-f]{64}/)?.[0];
const countsOf = (text) => text.split(':')[0];
function isSound(what, place) {
  const verdict = verify(place);
  expect(`${what}: ${verdict.text}`, verdict.code, 0);
  return verdict.text;
}

/** Nobody can take it for a database that was restored. */
const isEmpty = (place) => (isPostgres ? /has no organisation/.test(verify(place).text) : !existsSync(place));

// -- An import. Every tenth row is a present, of which there are ten in all: who gets one shows where it went on.
const file = join(folder, 'receipts.csv');
let rows = 'receipt,at,member,store,till,sku,quantity,unit,amount\n';
for (let i = 0; i < 2000; ++i) {
  const at = new Date(Date.UTC(2026, 0, 1) + i * 1_800_000).toISOString();
  rows += `r${i},${at},m${(i * 7) % 90},s1,1,${i % 10 === 0 ? 'gift' : 'a'},1,piece,${((100 + ((i * 37) % 900)) / 100).toFixed(2)}\n`;
}
writeFileSync(file, rows);
async function sums(place) {
  const server = await serve(place);
  const found = {};
  for (const member of (await call(server.base, key, 'GET', '/v1/members?limit=100')).json.items) {
    const account = (await call(server.base, key, 'GET', `/v1/members/${member.id}/account`)).json;
    found[member.external_id] = account.balances.map((one) => [one.unit, one.available, one.pending]);
  }
  await server.stop();
  return Object.fromEntries(Object.entries(found).sort());
}
// All begin as copies of one, so that the key is known in each.
const start = join(folder, 'start');
expect('a copy to begin with', run('backup', '--db', db, start).code, 0);
function copied() {
  const place = another();
  expect('it begins as a copy', run('restore', '--db', place, start).code, 0);
  return place;
}
const whole = copied();
const imported = calls(toStore, 'import', 'receipts', file, '--db', whole);
const counts = countsOf(isSound('an import', whole));
const points = await sums(whole);
let cut = 0;
for (const number of moments(imported)) {
  const what = `an import killed at its write ${number} of ${imported}`;
  const place = copied();
  if (killedAt(toStore, number, 'import', 'receipts', file, '--db', place)) ++cut;
  isSound(what, place);
  const again = run('import', 'receipts', file, '--db', place);
  expect(`${what}, once more: ${again.text}`, again.code, 0);
  expect(`${what}: what is there`, countsOf(isSound(what, place)), counts);
  expect(`${what}: points`, await sums(place), points);
}
expect('imports were cut off', cut > 2, true);
expect('nothing is left to import', / 0 recorded, 2000 already there/.test(run('import', 'receipts', file, '--db', whole).text), true);

// -- A backup: under its name it is whole, or it is not there. What is left is never taken for one, unless it lacks nothing but the name.
const content = contentOf(isSound('after the imports', whole));
const backup = join(folder, 'copy');
const written = isPostgres ? 'write' : 'pwrite64';
const backupCalls = calls(written, 'backup', '--db', whole, backup);
rmSync(backup);
cut = 0;
for (const number of [...moments(backupCalls), backupCalls]) {
  const what = `a backup killed at its write ${number} of ${backupCalls}`;
  if (!killedAt(written, number, 'backup', '--db', whole, backup)) {
    rmSync(backup, { force: true });
    continue;
  }
  ++cut;
  isSound(what, whole);
  const partial = `${backup}.partial`;
  if (existsSync(backup)) {
    const place = another();
    expect(`${what} has its name`, contentOf(run('restore', '--db', place, backup).text), content);
    rmSync(backup);
  } else if (existsSync(partial)) {
    const over = run('backup', '--db', whole, backup);
    expect(`${what}: the next one touches nothing: ${over.text}`, [over.code === 0, existsSync(backup)], [false, false]);
    const place = another();
    const restored = run('restore', '--db', place, partial);
    if (restored.code === 0) expect(`${what}: restored from what is left`, contentOf(verify(place).text), content);
    else expect(`${what}: nothing comes of it: ${restored.text}`, isEmpty(place), true);
  }
  remove(partial);
}
expect('backups were cut off', cut > 2, true);
expect('a backup after all that', run('backup', '--db', whole, backup).code, 0);

// -- A restore: all of it, or nothing that anybody takes for a database.
{
  const place = another();
  const count = calls(toStore, 'restore', '--db', place, backup);
  expect('a restore', contentOf(isSound('a restore', place)), content);
  cut = 0;
  for (const number of moments(count)) {
    const what = `a restore killed at its write ${number} of ${count}`;
    const place = another();
    if (killedAt(toStore, number, 'restore', '--db', place, backup)) ++cut;
    if (!isPostgres) {
      if (!existsSync(place)) expect(`${what}: no database`, verify(place).code === 0, false);
      remove(`${place}.partial`);
    }
    const second = run('restore', '--db', place, backup);
    // Killed when it had done everything, it says that something is there: then it is all there.
    expect(`${what}: ${second.text}`, contentOf(isSound(what, place)), content);
  }
  expect('restores were cut off', cut > 2, true);
}

// -- A migration: of a database as the first version made it, with all that the import left in it.
{
  const from = `src/store/${where}/migrations`;
  const scripts = readdirSync(from).sort().map((name) => readFileSync(join(from, name), 'utf8'));
  const undone = ['delete from migration where number > 1'];
  const found = (script, pattern) => [...script.matchAll(pattern)].map(([, ...words]) => words);
  for (const script of scripts.slice(1)) {
    for (const [table, column] of found(script, /alter table (?:suki\.)?(\w+) add column (?:if not exists )?(\w+)/g)) {
      undone.push(`alter table ${table} drop column ${column}`);
    }
    for (const [table] of found(script, /create table (?:if not exists )?(?:suki\.)?(\w+)/g)) undone.push(`drop table ${table}`);
    for (const [table] of found(script, /drop table (?:if exists )?(?:suki\.)?(\w+)/g)) {
      undone.push(scripts[0].match(new RegExp(`create table (?:if not exists )?(?:suki\\.)?${table} \\([^;]*`))[0]);
    }
  }
  /** An old database, the same each time. */
  function old() {
    const place = another();
    expect('a database to be made old', run('restore', '--db', place, backup).code, 0);
    sql(place, undone.join(';'));
    return place;
  }
  const migrated = old();
  const count = calls(toStore, 'migrate', '--db', migrated);
  const wanted = contentOf(isSound('an old database, migrated', migrated));
  cut = 0;
  for (const number of moments(count)) {
    const place = old();
    const what = `a migration killed at its write ${number} of ${count}`;
    if (killedAt(toStore, number, 'migrate', '--db', place)) ++cut;
    expect(`${what}: done again`, run('migrate', '--db', place).code, 0);
    expect(`${what}: content`, contentOf(isSound(what, place)), wanted);
  }
  expect('migrations were cut off', cut > 2, true);
  console.log(`${where}: ${imported} writes of an import, ${backupCalls} of a backup, ${count} of a migration`);
}
finish();
