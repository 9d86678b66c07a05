// What the server tests share: a server of their own on a free port and a fresh database, and calls to it.
import { spawn, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const suki = process.env.SUKI ?? 'build/main/suki';
let passed = 0;
let failed = 0;
let skipped = 0;

export function expect(what, got, wanted) {
  if (JSON.stringify(got) === JSON.stringify(wanted)) ++passed;
  else {
    ++failed;
    console.log(`${what}: got ${JSON.stringify(got)?.slice(0, 400)}, wanted ${JSON.stringify(wanted)?.slice(0, 400)}`);
  }
}

/** What this machine can't try. */
export function skip(reason) {
  ++skipped;
  console.log(`skipped: ${reason}`);
}

export function finish() {
  console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`);
  process.exit(failed ? 1 : 0);
}

let databases = 0;
/** A database of the PostgreSQL that the tests started, dropped at the end. */
export function databaseOnPostgres() {
  const server = process.env.SUKI_TEST_POSTGRES;
  if (!server) throw new Error('SUKI_TEST_POSTGRES names no server');
  const name = `suki_server_${process.pid}_${++databases}`;
  const sql = (text) => execFileSync('psql', ['-q', '-d', server, '-c', text], { stdio: 'pipe' });
  sql(`create database ${name}`);
  process.on('exit', () => {
    try { sql(`drop database ${name} with (force)`); } catch { /* a server that has ended */ }
  });
  return server.replace('/postgres?', `/${name}?`);
}

/** A folder with a database in which `document` is published, and an admin's key. `where`: sqlite or postgres. */
export function prepare(document = 'tests/server/till.yaml', where = 'sqlite') {
  const folder = mkdtempSync(join(tmpdir(), 'suki-server-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  process.env.SUKI_STATE = join(folder, 'state');
  const db = where === 'postgres' ? databaseOnPostgres() : join(folder, 'suki.db');
  execFileSync(suki, ['publish', document, '--db', db], { stdio: 'pipe' });
  const key = execFileSync(suki, ['keys', '--db', db, '--name', 'test', '--scope', 'admin'], { stdio: 'pipe' }).toString().trim();
  return { folder, db, key };
}

const running = new Set();
process.on('exit', () => { for (const child of running) child.kill('SIGKILL'); }); // of a test that ended in the middle

/** Races and floods are about one member, and come from one address. */
export const asOftenAsLiked = ['--address-requests-per-second', '0', '--member-requests-per-second', '0'];
/** Starts `suki serve` and waits until it answers; `stop` ends it as an operator would, `kill` as a power cut would. */
export async function serve(db, port = 0, command = [suki, 'serve', '--db', db, '--port', String(port), ...asOftenAsLiked]) {
  const child = spawn(command[0], command.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  child.on('exit', () => running.delete(child));
  let output = '';
  child.stderr.on('data', (bytes) => { if (output.length < 1e5) output += bytes; });
  const base = await new Promise((resolve, reject) => {
    child.stdout.on('data', (bytes) => {
      output += bytes;
      const found = output.match(/https?:\/\/[\d.]+:\d+/);
      if (found) resolve(found[0]);
    });
    child.on('exit', (code) => reject(new Error(`the server ended with ${code}: ${output}`)));
  });
  const ended = new Promise((resolve) => child.on('exit', (code, signal) => resolve({ code, signal })));
  return {
    base,
    pid: child.pid,
    output: () => output,
    ended,
    stop: () => { child.kill('SIGTERM'); return ended; },
    kill: () => { child.kill('SIGKILL'); return ended; },
    abort: () => { child.kill('SIGABRT'); return ended; },
  };
}

let counter = 0;
/** One call; an Idempotency-Key is made up for writes that name none. */
export async function call(base, key, method, path, body, headers = {}, signal = undefined) {
  const response = await fetch(base + path, {
    method,
    signal,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(method === 'GET' ? {} : { 'idempotency-key': `k-${process.pid}-${++counter}` }),
      ...headers,
    },
    body: body === undefined ? undefined : typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
  });
  const text = await response.text();
  let json;
  try { json = JSON.parse(text); } catch { json = undefined; }
  return { status: response.status, json, text, headers: response.headers };
}

export const basket = (amount, extra = {}) => ({
  occurred_at: '2026-06-01T10:00:00Z', store: 's1', till: '1',
  lines: [{ number: 1, sku: 'a', quantity: '1', unit: 'piece', amount }], ...extra,
});

/** `suki VERB …`: its exit code and text. */
export function run(...words) {
  try {
    return { code: 0, text: execFileSync(suki, words, { stdio: 'pipe' }).toString() };
  } catch (error) {
    return { code: error.status, text: String(error.stdout) + String(error.stderr) };
  }
}
export const verify = (db) => run('verify', '--db', db);

/** Asked of the database itself, of either kind: several with semicolons between. */
export function sql(db, text) {
  if (db.startsWith('postgresql:')) {
    const words = ['-qAt', '-v', 'ON_ERROR_STOP=1', '-d', db, '-c', 'set search_path = suki', '-c', text];
    return execFileSync('psql', words, { stdio: 'pipe' }).toString().trim();
  }
  const script = `import sqlite3, sys
with sqlite3.connect(sys.argv[1], timeout=30) as db:
  for one in sys.argv[2].split(";"):
    for row in db.execute(one): print(*row)`;
  return execFileSync('python3', ['-c', script, db, text], { stdio: 'pipe' }).toString().trim();
}
