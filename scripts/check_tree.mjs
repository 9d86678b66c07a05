// Facts about the tree that are easy to forget: file sizes, leftovers, lock files that name hosts, real data copied in.
import { execSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';

const tracked = execSync('git ls-files -z', { encoding: 'utf8' }).split('\0').filter((path) => path && existsSync(path));
const findings = [];
const registryHost = new RegExp(['registry', 'npmjs', 'org'].join('\\.') + '|' + ['deb', 'debian', 'org'].join('\\.'));
for (const path of tracked) {
  if (statSync(path).size > 1 << 20) findings.push(`${path}: larger than 1 MiB`);
  if (/\.(png|gz|br|ico|woff2)$/.test(path)) continue;
  const text = readFileSync(path, 'utf8');
  const lines = text.split('\n').length;
  if (/^(src|tests|bench)\/.*\.(cpp|h)$|^web\/.*\.(ts|svelte)$/.test(path) && lines > 800) findings.push(`${path}: ${lines} lines`);
  if (/^(src|web|tests)\//.test(path) && /\b(TODO|FIXME|XXX|HACK)\b/.test(text)) findings.push(`${path}: an unfinished note`);
  if (registryHost.test(text)) findings.push(`${path}: names a package registry's host`);
}

// What the tree rests on: each package that ./dev installs or that a package.json names has its line of reason, and no other has.
const reasons = 'docs/decisions/0012-libraries.md';
const wanted = new Map();
const setup = readFileSync('scripts/dev.sh', 'utf8').replace(/\s#.*/g, '');
const lists = [...setup.matchAll(/^\w+_packages="([^"]*)"/gm), ...setup.matchAll(/\binstall_packages ((?:[a-z0-9][a-z0-9.+-]*[ \t]*)+)/g)];
for (const [, list] of lists) for (const name of list.split(/\s+/).filter(Boolean)) wanted.set(name, 'scripts/dev.sh');
for (const path of tracked.filter((one) => one.endsWith('package.json'))) {
  const { dependencies = {}, devDependencies = {} } = JSON.parse(readFileSync(path, 'utf8'));
  for (const name of Object.keys({ ...dependencies, ...devDependencies })) wanted.set(name, path);
}
const reasoned = new Set([...readFileSync(reasons, 'utf8').matchAll(/^\| `([^`]+)` \| \S.* \| \S.* \|$/gm)].map(([, name]) => name));
for (const [name, path] of wanted) if (!reasoned.has(name)) findings.push(`${path}: ${name} has no line of reason in ${reasons}`);
for (const name of reasoned) if (!wanted.has(name)) findings.push(`${reasons}: nothing needs ${name} any more`);
const checked = tracked.length + new Set([...wanted.keys(), ...reasoned]).size;

for (const finding of findings) console.log(finding);
console.log(`${checked - findings.length} passed, ${findings.length} failed`);
process.exit(findings.length ? 1 : 0);
