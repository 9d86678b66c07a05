// Starts a server with a fresh database and runs the contract test against it.
import { basket, call, prepare, serve } from '../server/support.mjs';
import { run } from './contract.mjs';

const { db, key } = prepare();
// A command that two servers died of: without one there would be nothing to release.
for (let death = 0; death < 2; ++death) {
  const mortal = await serve(db, 0, [process.env.SUKI_MORTAL ?? 'build/main/suki_mortal', db]);
  await call(mortal.base, key, 'PUT', '/v1/receipts/r-abort', basket(100)).catch(() => {});
  await mortal.ended;
}
const server = await serve(db);
let isGood = false;
try {
  isGood = await run(server.base, key);
} finally {
  const { code } = await server.stop();
  if (code !== 0) {
    console.log(`the server ended with ${code}`);
    isGood = false;
  }
}
process.exit(isGood ? 0 : 1);
