// The server speaks TLS by itself: versions and ciphers, what browsers are told, new certificates without a stop and under load, and
// handshakes that never end.
//     node tests/server/tls.mjs
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import net from 'node:net';
import { join } from 'node:path';
import tls from 'node:tls';
import { expect, finish, prepare, serve, suki } from './support.mjs';

const { folder, db, key } = prepare();
const certificate = join(folder, 'cert.pem');
const secret = join(folder, 'key.pem');
/** A new certificate of that number, in place of the one that is there. */
function certify(serial, kind = ['ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1']) {
  execFileSync('openssl', ['req', '-x509', '-newkey', ...kind, '-nodes', '-keyout', join(folder, 'k'), '-out', join(folder, 'c'), '-days', '2',
    '-subj', '/CN=localhost', '-set_serial', String(serial)], { stdio: 'pipe' });
  copyFileSync(join(folder, 'k'), secret);
  copyFileSync(join(folder, 'c'), certificate);
  chmodSync(secret, 0o600);
}
certify(1);

const command = [suki, 'serve', '--db', db, '--port', '0', '--tls-cert', certificate, '--tls-key', secret];
const server = await serve(db, 0, command);
const port = Number(new URL(server.base).port);
expect('the address is https', server.base.startsWith('https://'), true);

const agent = new https.Agent({ keepAlive: true, maxSockets: 8, rejectUnauthorized: false });
/** One request; the number of the certificate that its connection saw stands in `serial`. */
function ask(path, { method = 'GET', headers = {}, body, through = agent, options = {} } = {}) {
  return new Promise((resolve, reject) => {
    const request = https.request({ host: '127.0.0.1', port, path, method, agent: through, rejectUnauthorized: false, headers, ...options }, (response) => {
      const serial = response.socket.getPeerCertificate().serialNumber;
      let text = '';
      response.on('data', (bytes) => { text += bytes; });
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text, serial }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}
const fresh = { through: false };
/** What a handshake with these options comes to: the protocol, or the error's code. */
function shake(options) {
  return new Promise((resolve) => {
    const socket = tls.connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options }, () => {
      resolve(`${socket.getProtocol()} ${socket.getCipher().standardName}`);
      socket.destroy();
    });
    socket.on('error', (error) => resolve(error.code ?? error.message));
  });
}
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
async function until(what) {
  for (let i = 0; i < 400; ++i) {
    if (await what()) return true;
    await sleep(25);
  }
  return false;
}

// Requests, and what a browser is told.
const health = await ask('/healthz');
expect('it answers', [health.status, health.headers['strict-transport-security']], [200, 'max-age=31536000']);
const password = execFileSync(suki, ['user', 'add', 'olga', '--db', db], { stdio: 'pipe' }).toString().match(/password (\S+)/)[1];
const signedIn = await ask('/v1/session', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ name: 'olga', password }) });
expect('the cookie is secure', [signedIn.status, /; Secure/.test(signedIn.headers['set-cookie']?.[0] ?? '')], [200, true]);
const document = 'x'.repeat(400000);
const large = await ask('/v1/programmes/validate', { method: 'POST', headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' }, body: JSON.stringify({ document }) });
expect('a large body', [large.status === 200 || large.status === 422, large.text.length > 10], [true, true]);
const openapi = await ask('/openapi.json');
expect('a large answer', [openapi.status, JSON.parse(openapi.text).openapi?.startsWith('3.')], [200, true]);

// Versions and ciphers.
expect('TLS 1.3', (await shake({ minVersion: 'TLSv1.3' })).split(' ')[0], 'TLSv1.3');
expect('TLS 1.2', (await shake({ maxVersion: 'TLSv1.2' })).split(' ')[0], 'TLSv1.2');
const old = { minVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' };
expect('no TLS 1.1', /^TLS/.test(await shake({ ...old, maxVersion: 'TLSv1.1' })), false);
expect('no TLS 1.0', /^TLS/.test(await shake({ ...old, maxVersion: 'TLSv1' })), false);
for (const cipher of ['ECDHE-ECDSA-AES128-SHA', 'ECDHE-ECDSA-AES128-SHA256', 'AES128-GCM-SHA256', 'AES128-SHA']) {
  expect(`no ${cipher}`, /^TLSv/.test(await shake({ maxVersion: 'TLSv1.2', ciphers: `${cipher}:@SECLEVEL=0` })), false);
}
expect('AES-GCM', /AES_\d+_GCM/.test(await shake({ maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' })), true);
expect('no protocol but HTTP/1.1', /^TLS/.test(await shake({ ALPNProtocols: ['h2'] })), false);
expect('HTTP/1.1 beside HTTP/2', (await shake({ ALPNProtocols: ['h2', 'http/1.1'] })).startsWith('TLSv1.3'), true);
const renegotiation = await new Promise((resolve) => {
  const client = spawn('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, '-tls1_2'], { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  client.stdout.on('data', (bytes) => { said += bytes; if (/Verify return code/.test(said) && !/RENEG/.test(said)) { said += 'RENEG'; client.stdin.write('R\n'); } });
  client.stderr.on('data', (bytes) => { said += bytes; });
  client.on('exit', () => resolve(/no renegotiation|unexpected message|closed|error/i.test(said)));
  setTimeout(() => client.kill(), 5000);
});
expect('no renegotiation', renegotiation, true);
const plain = await new Promise((resolve) => {
  const socket = net.connect(port, '127.0.0.1', () => socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'));
  let bytes = '';
  socket.on('data', (more) => { bytes += more.toString('latin1'); });
  socket.on('close', () => resolve(bytes.includes('HTTP/')));
  socket.on('error', () => {});
});
expect('plain text is not answered', plain, false);

// Handshakes that never end: nothing, half a hello, a hello byte by byte; others are served meanwhile.
const hello = await new Promise((resolve) => {
  const listener = net.createServer((socket) => socket.once('data', (bytes) => { resolve(bytes); socket.destroy(); listener.close(); }));
  listener.listen(0, '127.0.0.1', () => tls.connect({ host: '127.0.0.1', port: listener.address().port }).on('error', () => {}));
});
const silent = [Buffer.alloc(0), hello.subarray(0, Math.floor(hello.length / 2)), hello.subarray(0, 3)].map((bytes) => {
  const socket = net.connect(port, '127.0.0.1', () => { if (bytes.length > 0) socket.write(bytes); });
  const closed = new Promise((resolve) => socket.on('close', () => resolve(true)));
  socket.on('error', () => {});
  return { socket, closed };
});
const drip = net.connect(port, '127.0.0.1');
drip.on('error', () => {});
let dripped = 0;
let isDripClosed = false;
drip.on('close', () => { isDripClosed = true; });
const dripping = setInterval(() => { if (dripped + 1 < hello.length) drip.write(hello.subarray(dripped, ++dripped)); }, 400);
expect('others are served beside half a handshake', (await ask('/healthz', fresh)).status, 200);
for (const { closed } of silent) expect('half a handshake is closed', await Promise.race([closed, sleep(30000).then(() => false)]), true);
expect('a dripping handshake is closed', await until(() => isDripClosed), true);
clearInterval(dripping);
// The same hello in small pieces, but fast, is a handshake like any other.
const pieces = await new Promise((resolve) => {
  const through = net.createServer((socket) => {
    const up = net.connect(port, '127.0.0.1');
    socket.on('data', (bytes) => { for (const byte of bytes) up.write(Buffer.of(byte)); });
    up.on('data', (bytes) => socket.write(bytes));
    up.on('close', () => socket.destroy());
    socket.on('close', () => up.destroy());
    for (const one of [up, socket]) one.on('error', () => {});
    up.setNoDelay(true);
  });
  through.listen(0, '127.0.0.1', async () => {
    const answer = await ask('/healthz', { through: false, options: { port: through.address().port } }).catch((error) => error);
    through.close();
    resolve(answer.status);
  });
});
expect('a handshake byte by byte', pieces, 200);

// New certificates.
const kept = new https.Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });
expect('the first certificate', (await ask('/healthz', { through: kept })).serial, '01');
let isOver = false;
const failures = [];
let answered = 0;
const load = Array.from({ length: 8 }, async (_, worker) => {
  while (!isOver) {
    try {
      const { status } = await ask('/healthz', worker % 2 ? fresh : {});
      if (status === 200) ++answered;
      else failures.push(status);
    } catch (error) {
      failures.push(error.code ?? error.message);
    }
  }
});
for (let serial = 2; serial <= 6; ++serial) {
  certify(serial, serial % 2 ? undefined : ['rsa:2048']);
  process.kill(server.pid, 'SIGHUP');
  expect(`certificate ${serial}`, await until(async () => (await ask('/healthz', fresh)).serial === `0${serial}`), true);
}
expect('a connection keeps the certificate that it began with', (await ask('/healthz', { through: kept })).serial, '01');
// What can't be used changes nothing.
writeFileSync(secret, 'no key');
process.kill(server.pid, 'SIGHUP');
expect('the alarm', await until(() => /the certificate stays as it was/.test(server.output())), true);
expect('the old certificate', (await ask('/healthz', fresh)).serial, '06');
isOver = true;
await Promise.all(load);
expect('nobody was refused meanwhile', failures, []);
expect('there was load', answered > 100, true);

kept.destroy();
agent.destroy();
const stopped = await server.stop();
expect('it stops', stopped.code, 0);
for (const [what, options] of [['no file', ['--tls-cert', join(folder, 'none'), '--tls-key', secret]], ['a bad key', ['--tls-cert', certificate, '--tls-key', secret]], ['half of it', ['--tls-cert', certificate]]]) {
  let code = 0;
  try { execFileSync(suki, ['serve', '--db', db, '--port', '0', ...options], { stdio: 'pipe', timeout: 20000 }); } catch (error) { code = error.status; }
  expect(`it does not start with ${what}`, code, 2);
}
finish();
