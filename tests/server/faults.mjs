// The machine fails under the server: its disk is full, takes nothing, or is slow; its clock jumps; clients come in crowds and say nothing. What
// was acknowledged stays, what can't be kept is refused, and it goes on by itself (docs/FAULTS.md).
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { asOftenAsLiked, call, expect, finish, prepare, serve, suki, verify } from './support.mjs';
import { becomes, isRefused, pause, Sales } from './sales.mjs';
import { spoil } from './spoil.mjs';

const where = process.argv[2] ?? 'sqlite';
const { db, folder, key } = prepare(undefined, where);
const sales = new Sales(key);

let server = await serve(db);
await sales.enrol(server.base);

if (where === 'sqlite') {
  // The disk: full first, then one that takes not a byte. A limit on the size of its files is what both look like to a process.
  const limit = (bytes) => execFileSync('prlimit', [`--pid=${server.pid}`, `--fsize=${bytes}:unlimited`]);
  for (const [what, room] of [['a full disk', () => statSync(`${db}-wal`).size + 200_000], ['a disk that takes nothing', () => 0]]) {
    for (let i = 0; i < 20; ++i) await sales.sell(server.base);
    limit(room());
    expect(`${what}: the answer`, isRefused(await sales.until_refused(server.base)), true);
    // What a batch had no room for, a small write may still have: it is ready again until the next one fails.
    await becomes(`${what}: readiness`, 503, async () => {
      await sales.sell(server.base);
      return sales.readiness(server.base);
    });
    expect(`${what}: reading goes on`, (await sales.read(server.base)).status, 200);
    expect(`${what}: it lives`, (await call(server.base, key, 'GET', '/healthz')).status, 200);
    limit('unlimited');
    await becomes(`${what}: it comes back by itself`, 200, () => sales.readiness(server.base));
    await sales.settle(what, server.base);
  }

  // A disk on which every sync takes a third of a second: sales wait for it together, reading does not wait at all.
  const hasten = await spoil([server.pid], 'fdatasync,fsync', 'delay_enter=333000');
  await sales.share_slow_commits('a slow disk', server.base);
  await hasten();
  await sales.settle('a slow disk', server.base);
}
await server.stop();
expect('verify after the disk', verify(db).code, 0);

// A database that its user may not write: no server starts on it, and says why. Root may write anything, so it is somebody else.
if (where === 'sqlite' && process.getuid?.() === 0) {
  const place = join(folder, 'readonly');
  mkdirSync(place);
  copyFileSync(db, join(place, 'suki.db'));
  chmodSync(join(place, 'suki.db'), 0o400);
  for (const path of [place, join(place, 'suki.db')]) chownSync(path, 65534, 65534);
  chmodSync(folder, 0o711);
  chmodSync(place, 0o500);
  const started = spawnSync('setpriv', ['--reuid=65534', '--regid=65534', '--clear-groups', suki, 'serve', '--db', join(place, 'suki.db'), '--port', '0', ...asOftenAsLiked],
    { timeout: 20_000, env: { ...process.env, SUKI_STATE: place } });
  expect(`a database that can't be written: ${started.stderr}`, started.status, 3);
  expect('it says why', /readonly|unable to open|read-only/.test(String(started.stderr)), true);
  chmodSync(place, 0o700);
  rmSync(place, { recursive: true });
}

// The clock jumps while it serves: a year ahead, two years back, and right again.
const clock = join(folder, 'clock');
writeFileSync(clock, '0');
process.env.SUKI_TEST_CLOCK = clock;
server = await serve(db, 0, [process.env.SUKI_MORTAL ?? 'build/main/suki_mortal', db]);
for (const [what, days] of [['a year ahead', 365], ['two years back', -365], ['right again', 0], ['an hour back', -1 / 24]]) {
  writeFileSync(`${clock}.new`, String(Math.round(days * 86_400)));
  execFileSync('mv', [`${clock}.new`, clock]);
  const before = sales.acknowledged.size;
  const answers = await Promise.all(Array.from({ length: 20 }, () => sales.sell(server.base)));
  expect(`the clock ${what}: sales are recorded`, answers.map((answer) => answer.status).filter((status) => status !== 200), []);
  expect(`the clock ${what}: readiness`, await sales.readiness(server.base), 200);
  expect(`the clock ${what}: all of them`, sales.acknowledged.size, before + 20);
  const verdict = verify(db);
  expect(`the clock ${what}: ${verdict.text}`, verdict.code, 0);
}
writeFileSync(clock, '0');
await sales.settle('the clock', server.base);
await server.stop();
delete process.env.SUKI_TEST_CLOCK;

// A storm: more connections than the process has descriptors for, some half open, none of them saying a whole word. A till that is
// connected is served all the while; when they are gone, everybody is.
server = await serve(db, 0, ['sh', '-c', `ulimit -n 200; exec ${suki} serve --db '${db}' --port 0 ${asOftenAsLiked.join(' ')}`]);
const { hostname, port } = new URL(server.base);
const till = new Agent({ keepAlive: true, maxSockets: 1 });
const ask = (path) => new Promise((resolve) => {
  const asked = request({ hostname, port, path, agent: till, headers: { authorization: `Bearer ${key}` }, timeout: 20_000 }, (answer) => {
    answer.resume();
    answer.on('end', () => resolve(answer.statusCode));
  });
  asked.on('error', (error) => resolve(error.code));
  asked.on('timeout', () => asked.destroy());
  asked.end();
});
expect('a till connects', await ask(`/v1/members/${sales.members[0]}/account`), 200);
for (const words of ['', 'GET /v1/members HTTP/1.1\r\nhost: x\r\nx-slow: ', 'PUT /v1/receipts/slow HTTP/1.1\r\nhost: x\r\ncontent-length: 900\r\n\r\n{"li']) {
  const crowd = [];
  for (let i = 0; i < 400; ++i) {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => {});
    socket.on('connect', () => { if (words) socket.write(words); });
    crowd.push(socket);
  }
  await pause(500);
  const answers = [];
  for (let i = 0; i < 10; ++i) answers.push(await ask(`/v1/members/${sales.members[i % 4]}/account`));
  expect(`a crowd that says ${JSON.stringify(words.slice(0, 20))}: a till is served`, answers.filter((status) => status !== 200), []);
  // Half of them go as if their cable was cut, the others politely.
  crowd.forEach((socket, i) => (i % 2 ? socket.resetAndDestroy() : socket.destroy()));
  await becomes('when it is gone, a new connection', 200, () => sales.readiness(server.base));
}
till.destroy();
await sales.settle('the storm', server.base);
await server.stop();
const verdict = verify(db);
expect(`verify at the end: ${verdict.text}`, verdict.code, 0);
finish();
