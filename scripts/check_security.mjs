// docs/SECURITY.md names tests; each must be there, or the page claims what nobody shows.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const root = new URL('..', import.meta.url).pathname;
const page = readFileSync(join(root, 'docs/SECURITY.md'), 'utf8');
const suites = new Set();
for (const room of readdirSync(join(root, 'tests/unit'))) {
  for (const file of readdirSync(join(root, 'tests/unit', room)).filter((name) => name.endsWith('.cpp'))) {
    const text = readFileSync(join(root, 'tests/unit', room, file), 'utf8');
    for (const [, suite, name] of text.matchAll(/^TEST(?:_F|_P)?\((\w+),\s*(\w+)\)/gm)) suites.add(`${suite}.${name}`);
  }
}
let passed = 0;
let failed = 0;
const say = (isGood, what) => {
  if (isGood) ++passed;
  else {
    ++failed;
    console.log(what);
  }
};
for (const [, name] of page.matchAll(/`([A-Za-z]\w*\.[A-Za-z]\w*)`/g)) {
  if (/\.(md|mjs|cpp|sh|h)$/.test(name)) continue;
  say(suites.has(name), `docs/SECURITY.md names the test ${name}, which is not there`);
}
for (const [, file, said] of page.matchAll(/`((?:tests|docs)\/[\w./-]+)`(?:[^|`]*?: "([^"]+)")?/g)) {
  const path = join(root, file);
  say(existsSync(path), `docs/SECURITY.md names ${file}, which is not there`);
  if (said && existsSync(path)) say(readFileSync(path, 'utf8').includes(said), `${file} does not say "${said}"`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
