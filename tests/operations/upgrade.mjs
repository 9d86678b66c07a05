// An older server and a database that a newer one has migrated: it goes on, it can be started again, it hands over to the newer one;
// and what it can't do it refuses. The later migration adds a column to every table, and a table. On SQLite and on PostgreSQL.
import { databaseOnPostgres, basket, call, expect, finish, prepare, run, serve, sql, suki, verify } from '../server/support.mjs';
import { join } from 'node:path';

const isPostgres = (db) => db.startsWith('postgresql:');
const listTables = (db) => sql(db, isPostgres(db)
  ? "select tablename from pg_tables where schemaname = 'suki' order by 1"
  : "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' order by 1").split('\n');

/** What a later version might do, by the rule that scripts/check_migrations.mjs holds it to. */
function migrateLater(db) {
  const tables = listTables(db);
  const number = Number(sql(db, 'select max(number) from migration')) + 1;
  const later = tables.map((table) => `alter table ${table} add column later text not null default 'later'`);
  later.push('create table later (id integer not null primary key)');
  later.push(`insert into migration (number, name, checksum, applied_at) values (${number}, '${number}_later.sql', 'x', 0)`);
  for (const one of later) sql(db, one);
  return tables;
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

for (const where of ['sqlite', 'postgres']) {
  const { folder, db, key } = prepare(undefined, where);
  const makeMember = async (base, name) => (await call(base, key, 'POST', '/v1/members', { name, external_id: name })).json.id;
  let server = await serve(db);
  const member = await makeMember(server.base, 'ana');

  // Tills that come back until they are answered, as tills do; a refusal is none.
  let target = server.base;
  let isOver = false;
  let answered = 0;
  const sent = [];
  const refusals = [];
  const till = async (name) => {
    for (let i = 0; !isOver; ++i) {
      const id = `${name}-${i}`;
      const body = basket(100, { member: { id: member }, till: name });
      for (let isDone = false; !isDone;) {
        try {
          const answer = await call(target, key, 'PUT', `/v1/receipts/${id}`, body);
          isDone = answer.status !== 503;
          if (isDone && answer.status !== 200) refusals.push(`${answer.status} ${answer.text}`);
        } catch {
          await pause(20);  // nobody there: the server is being started anew
        }
      }
      sent.push(id);
      ++answered;
    }
  };
  const tills = ['t1', 't2', 't3', 't4'].map(till);
  const more = async (count) => { for (const goal = answered + count; answered < goal;) await pause(10); };

  await more(40);
  const tables = migrateLater(db);
  expect(`${where}: every table was changed`, tables.length > 20, true);
  await more(80);
  expect(`${where}: the older server goes on`, refusals, []);
  const beside = await makeMember(server.base, 'beside');
  expect(`${where}: and does other things`, typeof beside, 'string');

  if (where === 'postgres') {
    // The other server comes first, then the first one goes: nobody finds the door closed.
    const other = await serve(db);
    target = other.base;
    await more(20);
    expect('postgres: the first server stops', (await server.stop()).code, 0);
    server = other;
  } else {
    expect('sqlite: the server stops', (await server.stop()).code, 0);
    server = await serve(db);
    target = server.base;
  }
  await more(40);
  isOver = true;
  await Promise.all(tills);
  expect(`${where}: nothing was refused`, refusals, []);
  const account = (await call(server.base, key, 'GET', `/v1/members/${member}/account`)).json;
  expect(`${where}: each receipt counted once`, account.balances[0].available, sent.length);
  expect(`${where}: it looks over everything`, (await call(server.base, key, 'GET', '/v1/overview')).status, 200);
  await server.stop();
  expect(`${where}: what is stored is sound`, verify(db).code, 0);
  expect(`${where}: new rows have the later column too`, Number(sql(db, "select count(*) from receipt where later = 'later'")) >= sent.length, true);

  // An export would leave out what this version does not know; a copy of the pages does not.
  const exported = run('export', join(folder, 'export'), '--db', db);
  expect(`${where}: no export that leaves something out`, [exported.code, /later\.sql of a newer version/.test(exported.text)], [3, true]);
  if (where === 'sqlite') {
    const elsewhere = run('restore', db, '--db', databaseOnPostgres());
    expect('sqlite: nor into another kind of database', [elsewhere.code, /is of a newer version/.test(elsewhere.text)], [2, true]);
  }
  const copied = run('backup', join(folder, 'copy'), '--db', db);
  expect(`${where}: a backup`, copied.code, where === 'sqlite' ? 0 : 3);

  sql(db, "update migration set name = '9999_later_breaks_older.sql' where name like '%_later.sql'");
  const refused = run('serve', '--db', db, '--port', '0');
  expect(`${where}: what breaks it is said`, [refused.code, /newer version of Suki: it has the migration 9999_later/.test(refused.text)], [3, true]);

  // Three years of all that a programme does, on tables that were changed before.
  const demo = where === 'postgres' ? databaseOnPostgres() : join(folder, 'demo.db');
  expect(`${where}: a new database`, run('migrate', '--db', demo).code, 0);
  migrateLater(demo);
  const played = run('demo', '--db', demo, '--members', '40');
  expect(`${where}: the demo`, played.code === 0 || played.text, true);
  expect(`${where}: is sound`, verify(demo).code, 0);
  const empty = tables.filter((table) => sql(demo, `select count(*) from ${table}`) === '0');
  console.log(`${where} (${suki}): ${sent.length} receipts beside the migration; without rows in the demo: ${empty.join(' ')}`);
}
finish();
