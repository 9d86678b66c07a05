// The disk under a database file turns read-only, hangs, or is gone. What was acknowledged stays; what can't be kept is refused, and the till
// is told to come back (docs/FAULTS.md). tests/server/faults.mjs has the full and the slow one.
import { join } from 'node:path';
import { call, expect, finish, prepare, run, serve, skip, verify } from './support.mjs';
import { Disk, mayMount } from './mounts.mjs';
import { Sales, becomes, isRefused, pause } from './sales.mjs';
import { spoil } from './spoil.mjs';

const canMount = mayMount();
const { db, folder, key } = prepare();

/** Nothing is written, all else goes on. */
async function isReadOnly(what, sales, base) {
  expect(`${what}: the answer`, isRefused(await sales.until_refused(base)), true);
  expect(`${what}: another sale`, isRefused(await sales.sell(base)), true);
  expect(`${what}: readiness`, await sales.readiness(base), 503);
  expect(`${what}: reading goes on`, (await sales.read(base)).status, 200);
  expect(`${what}: a list is read`, (await call(base, key, 'GET', '/v1/members?limit=10')).json?.items?.length > 0, true);
  expect(`${what}: it lives`, (await call(base, key, 'GET', '/healthz')).status, 200);
}

// Every write fails as on a file system that was mounted anew for reading only, and then as before.
{
  const server = await serve(db);
  const sales = new Sales(key);
  await sales.enrol(server.base);
  for (let i = 0; i < 20; ++i) await sales.sell(server.base);
  const repair = await spoil([server.pid], 'pwrite64,pwritev,ftruncate,fallocate,fdatasync,fsync', 'error=EROFS');
  await isReadOnly('read-only for a while', sales, server.base);
  await repair();
  await becomes('read-only for a while: it comes back by itself', 200, () => sales.readiness(server.base));
  await sales.settle('read-only for a while', server.base);
  await server.stop();
  expect('read-only for a while: verify', verify(db).code, 0);
}

function makeDisk() {
  try {
    return new Disk(join(folder, 'image'), join(folder, 'disk'), 64);
  } catch (error) {
    skip(`no file system can be made and mounted: ${error.stderr ?? error.message}`);
    return undefined;
  }
}
const disk = canMount ? makeDisk() : undefined;
if (!canMount) skip('a disk that fails needs root and a mount namespace of its own');
if (disk) {
  const place = join(disk.place, 'suki.db');
  expect('the database moves to that disk', run('backup', '--db', db, place).code, 0);
  let server = await serve(place);
  const sales = new Sales(key, 'd');
  await sales.enrol(server.base);
  for (let i = 0; i < 20; ++i) await sales.sell(server.base);

  // It hangs: a sale waits for it, or the till is told to come back.
  disk.freeze();
  const waiting = Array.from({ length: 8 }, () => sales.sell(server.base));
  await pause(2_000);
  expect('a disk that hangs: it lives', (await call(server.base, key, 'GET', '/healthz')).status, 200);
  expect('a disk that hangs: nothing new is acknowledged', sales.acknowledged.size, 20);
  disk.thaw();
  const wrong = (await Promise.all(waiting)).filter((answer) => answer.status !== 200 && !isRefused(answer));
  expect('a disk that hangs: what tills may not see', wrong.map((answer) => answer.text), []);
  await becomes('a disk that hung: it comes back by itself', 200, async () => (await sales.sell(server.base)).status);
  await sales.settle('a disk that hung', server.base);

  // An error of the file system, after which the kernel lets nobody write. The operator stops the server, has it checked and starts anew.
  disk.fail();
  await isReadOnly('a disk with an error', sales, server.base);
  expect('a disk with an error: the server stops', (await server.stop()).code, 0);
  const read = verify(place);
  expect(`a disk with an error: what is there can be verified: ${read.text}`, read.code, 0);
  server = await serve(place);
  await isReadOnly('a server started on a disk with an error', sales, server.base);
  expect('a server started on a disk with an error: it stops', (await server.stop()).code, 0);
  disk.unmount();
  expect('a disk with an error: it is checked', disk.check(), true);
  disk.mount();
  expect('a disk with an error: verify', verify(place).code, 0);
  server = await serve(place);
  await sales.settle('a disk with an error', server.base);

  // It is gone, as one whose cable was pulled: not even reading goes on.
  disk.vanish();
  expect('a disk that is gone: the answer', isRefused(await sales.until_refused(server.base)), true);
  expect('a disk that is gone: readiness', await sales.readiness(server.base), 503);
  expect('a disk that is gone: it lives', (await call(server.base, key, 'GET', '/healthz')).status, 200);
  expect('a disk that is gone: the server stops', (await server.stop()).code, 0);
  disk.unmount();
  disk.mount();
  expect('a disk that is back: verify', verify(place).code, 0);
  server = await serve(place);
  await sales.settle('a disk that is back', server.base);
  await server.stop();
  const verdict = verify(place);
  expect(`verify at the end: ${verdict.text}`, verdict.code, 0);
  disk.unmount();
}
finish();
