// Plays the events of docs/guide/programme-owners.md through `suki evaluate`: `guide.mjs SUKI DOCUMENT`. Prints what differs.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { holds } from '../server/fields.mjs';

const [suki, document] = process.argv.slice(2);
const [, events, answers] = readFileSync('docs/guide/programme-owners.md', 'utf8').match(/```jsonl\n([\s\S]*?)```[\s\S]*?```json\n([\s\S]*?)```/);
const ran = spawnSync(suki, ['evaluate', '--programme', document], { input: events, encoding: 'utf8' });
const got = ran.stdout.trim().split('\n');
const wanted = answers.trim().split('\n');
const differing = wanted.filter((line, i) => !holds(JSON.parse(line), JSON.parse(got[i] ?? '{}')));
for (const line of differing) console.log(`wanted ${line}\n   got ${got[wanted.indexOf(line)]}`);
process.exit(differing.length === 0 && got.length === wanted.length && ran.status === 1 ? 0 : 1);
