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
for (const finding of findings) console.log(finding);
console.log(`${tracked.length - findings.length} passed, ${findings.length} failed`);
process.exit(findings.length ? 1 : 0);
