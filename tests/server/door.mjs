// The door of the guide for integrators before true tokens, and before those that somebody made up.
import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { call, expect } from './support.mjs';

const encoded = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const decoded = (part) => JSON.parse(Buffer.from(part, 'base64url').toString());

export async function tryDoor({ door, base, key, member }) {
  const keysAt = `${base}/v1/organisations/main/jwks`;
  const audience = 'https://tickets.example/presale';
  let seconds = Date.now() / 1000;
  let asked = 0;
  const plain = globalThis.fetch;
  globalThis.fetch = (at, ...more) => { if (at === keysAt) ++asked; return plain(at, ...more); };
  const doorAt = (changed = {}) => door({ keysAt, issuer: 'main', audience, now: () => seconds, ...changed });
  const open = doorAt();
  const ask = async () => (await call(base, key, 'POST', `/v1/members/${member}/benefits/presale/token?programme=till`)).json;
  const given = await ask();
  const claims = await open(given.token);
  expect('a true token opens', [claims?.sub, claims?.benefit, claims?.programme, claims?.level !== ''], [member, 'presale', 'till', true]);
  expect('its key is the one that is told', decoded(given.token.split('.')[0]), { alg: 'EdDSA', typ: 'JWT', kid: given.key });
  expect('when it ends', claims.exp, Date.parse(given.expires_at) / 1000);
  expect('it fits a QR code', given.token.length < 600, true);
  expect('the keys are asked for once', [await open(given.token) !== undefined, asked], [true, 1]);

  // Made up.
  const [head, body, signature] = given.token.split('.');
  const shut = async (what, token, at = open) => expect(`shut: ${what}`, await at(token), undefined);
  const { keys } = await (await plain(keysAt)).json();
  const publicKey = createPublicKey({ key: keys[0], format: 'jwk' });
  const none = encoded({ ...decoded(head), alg: 'none' });
  await shut('alg none', `${none}.${body}.`);
  await shut('alg none with the signature', `${none}.${body}.${signature}`);
  for (const secret of [publicKey.export({ format: 'pem', type: 'spki' }), publicKey.export({ format: 'der', type: 'spki' }), Buffer.from(keys[0].x, 'base64url')]) {
    const confused = `${encoded({ ...decoded(head), alg: 'HS256' })}.${body}`;
    await shut('HS256 by the public key', `${confused}.${createHmac('sha256', secret).update(confused).digest('base64url')}`);
  }
  const own = generateKeyPairSync('ed25519');
  const forged = (header, more) => {
    const text = `${encoded({ ...decoded(head), ...header })}.${encoded({ ...decoded(body), ...more })}`;
    return `${text}.${sign(null, Buffer.from(text), own.privateKey).toString('base64url')}`;
  };
  await shut('another key under the same id', forged({}, {}));
  await shut('a key of its own', forged({ kid: 'mine', jwk: own.publicKey.export({ format: 'jwk' }) }, {}));
  await shut('another member', `${head}.${encoded({ ...decoded(body), sub: 'mem_other' })}.${signature}`);
  await shut('no signature', `${head}.${body}.`);
  await shut('two parts', `${head}.${body}`);
  for (const token of ['', 'a.b.c', 'bnVsbA.bnVsbA.bnVsbA', undefined]) await shut(`no token: ${token}`, token);
  await shut('of another door', given.token, doorAt({ audience: 'https://tickets.example/' }));
  await shut('of another organisation', given.token, doorAt({ issuer: 'other' }));

  // Time.
  const end = Date.parse(given.expires_at) / 1000;
  seconds = end + 59;
  expect('a clock may differ by a minute', (await open(given.token))?.jti, claims.jti);
  seconds = end + 61;
  await shut('expired', given.token);
  seconds = claims.nbf - 61;
  await shut('not yet', given.token, doorAt());

  // The keys change.
  seconds = Date.now() / 1000;
  const before = doorAt();
  expect('a door that knows the key', (await before(given.token)) !== undefined, true);
  const rotate = (body) => call(base, key, 'POST', '/v1/signing-keys/rotate', body);
  expect('the next key waits', (await rotate({})).json.items.map((one) => one.status), ['signing', 'waiting']);
  const set = await plain(keysAt);
  expect('and is published', [(await set.json()).keys.length, set.headers.get('cache-control'), set.headers.get('content-type')], [2, 'public, max-age=600', 'application/jwk-set+json']);
  expect('as it was before', (await plain(keysAt, { headers: { 'if-none-match': set.headers.get('etag') } })).status, 304);
  const revoked = await rotate({ revoke: true });
  expect('one is left', revoked.json.items.map((one) => one.status), ['signing']);
  seconds += 31;
  expect('a token of the new key opens', (await before((await ask()).token)) !== undefined, true);
  await shut('what the lost key signed', given.token, before);
  expect('no keys of an organisation that is not there', (await (await plain(`${base}/v1/organisations/none/jwks`)).json()).code, 'signing_keys_not_found');
  globalThis.fetch = plain;
}
