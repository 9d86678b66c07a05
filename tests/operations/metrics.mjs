// The figures of a live server against what reads them: the rules of Prometheus, its own linter, and the dashboard.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basket, call, expect, finish, prepare, serve } from '../server/support.mjs';

const promtool = process.env.PROMTOOL ?? 'build/unpacked/usr/bin/promtool';
const alerts = 'packaging/prometheus/alerts.yml';
/** What a tool says, and whether it was content. */
function tell(words, options = {}) {
  try {
    return { isGood: true, text: execFileSync(promtool, words, { stdio: 'pipe', ...options }).toString() };
  } catch (error) {
    return { isGood: false, text: `${error.message} ${error.stdout ?? ''} ${error.stderr ?? ''}` };
  }
}
function expectContent(what, told) {
  if (!told.isGood) console.log(told.text);
  expect(what, told.isGood, true);
}

expectContent('the rules', tell(['check', 'rules', alerts]));
expectContent('each alert on both sides', tell(['test', 'rules', 'tests/operations/alerts_test.yml']));

const { db, key } = prepare();
const server = await serve(db);
await call(server.base, key, 'POST', '/v1/members', { external_id: 'ana' });
const sale = { ...basket(1000), member: { external_id: 'ana' } };
expect('a receipt', (await call(server.base, key, 'PUT', '/v1/receipts/r1', sale)).status, 200);
// What the database holds is counted by a thread of its own, at the start and then once a minute: a restart counts anew.
await server.stop();
const again = await serve(db);
expect('a receipt again', (await call(again.base, key, 'PUT', '/v1/receipts/r1', sale)).status, 200);
let scraped = '';
for (let i = 0; i < 600 && !scraped.includes('suki_points{'); ++i) {
  if (i > 0) await new Promise((resolve) => setTimeout(resolve, 50));
  scraped = (await call(again.base, key, 'GET', '/metrics')).text;
}
await again.stop();

const names = new Set(scraped.split('\n').filter((line) => line.startsWith('suki_')).map((line) => line.match(/^[a-z0-9_]+/)[0]));
expect('there are figures', names.size > 30, true);
const linted = tell(['check', 'metrics'], { input: scraped });
expectContent('the linter', linted);

const labelValues = (name, label) => new Set([...scraped.matchAll(new RegExp(`^${name}\\{[^}]*${label}="([^"]*)"`, 'gm'))].map((found) => found[1]));
expect('routes', labelValues('suki_http_requests_total', 'route').has('recordReceipt'), true);

const rules = readFileSync(alerts, 'utf8');
const expressions = [...rules.matchAll(/^ *expr: (.*)$/gm)].map((found) => found[1]);
const dashboard = JSON.parse(readFileSync('packaging/grafana/suki.json', 'utf8'));
for (const panel of dashboard.panels) for (const target of panel.targets) expressions.push(target.expr);
for (const variable of dashboard.templating.list) expressions.push(variable.query);
const read = new Set(expressions.flatMap((one) => one.match(/\bsuki_[a-z0-9_]+/g) ?? []));
for (const name of read) expect(`${name} is told`, names.has(name), true);
expect('they read figures', read.size >= 20, true);

// The runbook has a section for each alert, and for no other.
const named = [...rules.matchAll(/alert: (\w+)/g)].map((found) => found[1]).sort();
const sections = [...readFileSync('docs/RUNBOOK.md', 'utf8').matchAll(/^## (Suki\w+)$/gm)].map((found) => found[1]).sort();
expect('the runbook', sections, named);
const tested = readFileSync('tests/operations/alerts_test.yml', 'utf8');
for (const name of named) {
  const of = (pattern) => new RegExp(`alertname: ${name}\\n *exp_alerts:${pattern}`).test(tested);
  expect(`${name} is tested to fire and to be quiet`, [of('\\n'), of(' \\[\\]')], [true, true]);
}
finish();
