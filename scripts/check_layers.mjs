// Checks DESIGN's table of rooms: a file may include only the headers of its own room and of those that its row names.
// Also that pure rooms stay pure: no clock, thread, file, socket, environment, random source, double, unordered container.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const pureRooms = ['base', 'catalogue', 'programme', 'event', 'account', 'ledger', 'code', 'draw', 'survey', 'engine', 'insight'];
const below = {
  base: [], catalogue: ['base'], programme: ['base', 'catalogue'], event: ['base', 'catalogue', 'programme'], account: ['base'],
  ledger: ['base'], code: ['base'], draw: ['base'], survey: ['base'],
  engine: ['base', 'catalogue', 'programme', 'event', 'account', 'ledger', 'code'],
  insight: ['base'], print: ['base'], words: ['base', 'catalogue', 'programme', 'event'],
  rules: ['base', 'catalogue', 'programme', 'event', 'words', 'engine', 'print'],
  store: pureRooms.filter((room) => room !== 'engine'),
};
below.app = [...pureRooms, 'words', 'rules', 'store'];
below.trial = ['base', 'catalogue', 'programme', 'event', 'account', 'ledger', 'engine', 'insight', 'store'];
below.channel = ['base', 'event', 'account', 'words', 'store'];
below.server = ['base', 'catalogue', 'programme', 'event', 'account', 'words', 'rules', 'print', 'app', 'trial'];
below.till = pureRooms;
below.cli = '*';

const impure = [
  [/#include <(chrono|thread|mutex|fstream|iostream|filesystem|random|ctime|unordered_map|unordered_set|atomic|future)>/, 'includes'],
  [/\b(getenv|system_clock|steady_clock|std::rand|random_device|thread_local)\b/, 'uses'],
  [/\bunordered_(map|set)\b/, 'uses an unordered container'],
];
const inexact = /\b(double|float)\b/;

function* files(folder) {
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* files(path);
    else if (/\.(h|cpp)$/.test(name)) yield path;
  }
}

const findings = [];
let checked = 0;
for (const path of files('src')) {
  ++checked;
  const room = path.split('/')[1];
  const allowed = below[room];
  if (allowed === undefined) { findings.push(`${path}: the room "${room}" is not in the table`); continue; }
  const lines = readFileSync(path, 'utf8').split('\n');
  lines.forEach((line, index) => {
    const at = `${path}:${index + 1}`;
    const include = line.match(/^\s*#include "([^"]+)"/);
    if (include) {
      const target = include[1].split('/')[0];
      if (target !== room && allowed !== '*' && !allowed.includes(target)) findings.push(`${at}: ${room} may not include ${target} (${include[1]})`);
    }
    const code = line.replace(/\/\/.*$/, '');
    if (pureRooms.includes(room)) {
      for (const [pattern, what] of impure) if (pattern.test(code)) findings.push(`${at}: a pure room ${what}: ${line.trim()}`);
      if (room !== 'insight' && inexact.test(code.replace(/"[^"]*"/g, ''))) findings.push(`${at}: inexact numbers in a pure room: ${line.trim()}`);
    }
  });
}
for (const finding of findings) console.log(finding);
console.log(`${checked - new Set(findings.map((f) => f.split(':')[0])).size} passed, ${findings.length} failed`);
process.exit(findings.length ? 1 : 0);
