// docs/SECURITY.md names tests and files; each must be there, or the page claims what nobody shows. Every requirement of ASVS 5.0 of
// levels 1 and 2 stands there once, and says how it is met; and what rows say that nothing in the tree does, nothing does.
import { execFileSync } from 'node:child_process';
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
  if (/\.(md|mjs|cpp|sh|h|txt)$/.test(name)) continue;
  say(suites.has(name), `docs/SECURITY.md names the test ${name}, which is not there`);
}
for (const [, file, said] of page.matchAll(/`((?:tests|docs)\/[\w./-]+)`(?:[^|`]*?: "([^"]+)")?/g)) {
  const path = join(root, file);
  say(existsSync(path), `docs/SECURITY.md names ${file}, which is not there`);
  if (said && existsSync(path)) say(readFileSync(path, 'utf8').includes(said), `${file} does not say "${said}"`);
}
for (const [, file] of page.matchAll(/`((?:src|web|api|scripts|cmake|packaging)\/[\w./-]*|CMakeLists\.txt)`/g)) {
  say(existsSync(join(root, file)), `docs/SECURITY.md names ${file}, which is not there`);
}

// The ids alone, `chapter.section:numbers`.
const asked = `1.1:1-2 1.2:1-9 1.3:1-11 1.4:1-3 1.5:1-2 2.1:1-3 2.2:1-3 2.3:1-4 2.4:1 3.2:1-2 3.3:1-4 3.4:1-6 3.5:1-5 3.7:1-2 4.1:1-3
  4.2:1 4.3:1-2 4.4:1-4 5.1:1 5.2:1-3 5.3:1-2 5.4:1-3 6.1:1-3 6.2:1-12 6.3:1-4 6.4:1-4 6.5:1-5 6.6:1-3 6.8:1-4 7.1:1-3 7.2:1-4 7.3:1-2
  7.4:1-5 7.5:1-2 7.6:1-2 8.1:1-2 8.2:1-3 8.3:1 8.4:1 9.1:1-3 9.2:1-4 10.1:1-2 10.2:1-2 10.3:1-4 10.4:1-11 10.5:1-5 10.6:1-2 10.7:1-3
  11.1:1-2 11.2:1-3 11.3:1-3 11.4:1-4 11.5:1 11.6:1 12.1:1-3 12.2:1-2 12.3:1-4 13.1:1 13.2:1-5 13.3:1-2 13.4:1-5 14.1:1-2 14.2:1-4
  14.3:1-3 15.1:1-3 15.2:1-3 15.3:1-7 16.1:1 16.2:1-5 16.3:1-4 16.4:1-3 16.5:1-3 17.1:1 17.2:1-4 17.3:1-2`;
const left = new Set(asked.split(/\s+/).flatMap((one) => {
  const [section, numbers] = one.split(':');
  const [first, last = first] = numbers.split('-').map(Number);
  return Array.from({ length: last - first + 1 }, (_, i) => `${section}.${first + i}`);
}));
const all = left.size;
const counts = { test: 0, construction: 0, open: 0, 'not applicable': 0 };
function statusOf(cells) {
  const shown = cells.at(-1);
  if (cells.length === 2) return 'not applicable';
  if (shown.startsWith('**open:** ')) return 'open';
  if (shown.startsWith('by construction: ')) return 'construction';
  return /`tests\/|`\w+\.\w+`/.test(shown) ? 'test' : undefined;
}
for (const [, line] of page.slice(page.indexOf('## ASVS')).matchAll(/^\| (\d.*) \|$/gm)) {
  const cells = line.split(/ *\| */);
  const ids = /^\d+\.\d+\.\d+(?:, \d+\.\d+\.\d+)*(?= |$)/.exec(cells[0])?.[0].split(', ') ?? [];
  const status = statusOf(cells);
  say(ids.length > 0 && status !== undefined, `docs/SECURITY.md: a row without ids or without what shows it: ${line}`);
  for (const id of ids) {
    say(left.delete(id), `docs/SECURITY.md: ${id} stands twice, or is not of these levels`);
    if (status) ++counts[status];
  }
}
say(left.size === 0, `docs/SECURITY.md lacks ${[...left].join(', ')}`);
const summary = `Of ${all} requirements ${counts.test} are shown by tests, ${counts.construction} hold by construction, `
  + `${counts.open} are open, and ${counts['not applicable']} do not apply.`;
say(page.replace(/\s+/g, ' ').includes(summary), `docs/SECURITY.md does not say: ${summary}`);

// What is nowhere, by the row that says so.
const nowhere = [
  ['1.2.5', 'src', /\b(system|popen|posix_spawnp?|v?fork|exec[lv]p?e?)\s*\(/],
  ['1.2.9, 1.3.10', 'src', /std::regex|fmt::(runtime|vformat)/],
  ['1.2.9', 'web/console/src', /\bRegExp\(/],
  ['1.3.2, 3.2.2', 'web/console/src', /\{@html|innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function\(/],
  ['3.4.2, 3.7.2', 'src', /Access-Control-|"Location"/],
  ['3.5.5', 'web/console/src', /postMessage|addEventListener\('message'/],
];
const files = execFileSync('git', ['ls-files', '-z', 'src', 'web/console/src'], { cwd: root, encoding: 'utf8' }).split('\0').filter(Boolean);
for (const [ids, folder, pattern] of nowhere) {
  const found = files.filter((file) => file.startsWith(`${folder}/`) && pattern.test(readFileSync(join(root, file), 'utf8')));
  say(found.length === 0, `docs/SECURITY.md says by ${ids} that nothing in ${folder} does what ${found.join(', ')} does`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
