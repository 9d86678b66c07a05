// Starts a server with a fresh database and runs the contract test against it.
import { prepare, serve } from '../server/support.mjs';
import { run } from './contract.mjs';

const { db, key } = prepare();
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
