// A migration only adds, so that the version before it goes on beside the new one (docs/decisions/0064-upgrades.md); one that can't
// says so in its name, which older versions read. Those that were there before the rule are as they are.
import { readFileSync, readdirSync } from 'node:fs';

const before = { sqlite: 6, postgres: 4 };
const longName = /_breaks_older\.sql$/;

/** What an older version would not bear, statement by statement. */
function breaches(script) {
  const found = [];
  const own = { tables: new Set(), columns: new Set() };
  const text = script.replace(/--.*$/gm, '').replace(/\s+/g, ' ').toLowerCase();
  for (const statement of text.split(';').map((one) => one.trim()).filter(Boolean)) {
    const is = (pattern) => statement.match(pattern);
    const table = is(/^create table (?:if not exists )?(?:suki\.)?(\w+) ?\(/);
    const column = is(/^alter table (?:suki\.)?(\w+) add column (?:if not exists )?(\w+) (.*)$/);
    const index = is(/^create (unique )?index (?:if not exists )?\w+ on (?:suki\.)?(\w+)/);
    const update = is(/^update (?:suki\.)?(\w+) set (.*?)(?: where .*)?$/);
    const insert = is(/^insert into (?:suki\.)?(\w+)/);
    if (table) {
      own.tables.add(table[1]);
    } else if (column) {
      own.columns.add(`${column[1]}.${column[2]}`);
      const { 3: rest } = column;
      if (/\bnot null\b/.test(rest) && !/\bdefault\b/.test(rest)) found.push(`the column ${column[2]} has no default, and older versions give it no value`);
      if (/\b(unique|primary key|references)\b/.test(rest)) found.push(`the column ${column[2]} asks for what older versions do not know of`);
    } else if (index) {
      if (index[1] && !own.tables.has(index[2])) found.push(`a unique index refuses what older versions write to ${index[2]}`);
    } else if (update) {
      const set = update[2].split(/,(?![^(]*\))/).map((one) => one.trim().split(/\W/)[0]);
      for (const name of set) if (!own.columns.has(`${update[1]}.${name}`)) found.push(`it changes ${update[1]}.${name}, which older versions read`);
    } else if (insert) {
      if (!own.tables.has(insert[1])) found.push(`it adds rows to ${insert[1]}, which older versions read`);
    } else {
      found.push(`it does more than add: ${statement.slice(0, 80)}`);
    }
  }
  return found;
}

const findings = [];
let checked = 0;
const samples = [
  ['create table note (id integer not null primary key) strict; create unique index note_id on note (id); insert into note values (1)', 0],
  ["alter table suki.entry add column if not exists why text not null default '' -- why", 0],
  ['alter table entry add column why text; create index entry_why on entry (why); update entry set why = kind where kind > 1', 0],
  ['alter table entry add column why text not null', 1],
  ['alter table entry add column why text unique', 1],
  ['create unique index member_name on member (name)', 1],
  ['update entry set kind = 2', 1],
  ["alter table entry add column a text; update entry set a = coalesce(kind, 'x'), kind = 1", 1],
  ["insert into organisation values ('a')", 1],
  ['drop table entry; alter table a rename to b', 2],
  ['alter table entry drop column kind', 1],
  ['alter table entry alter column kind type text', 1],
  ['delete from entry', 1],
  ['create trigger t after insert on entry begin select 1', 1],
];
for (const [script, count] of samples) {
  ++checked;
  if (breaches(script).length !== count) findings.push(`${script}: ${count} findings were expected, not ${JSON.stringify(breaches(script))}`);
}
for (const [store, last] of Object.entries(before)) {
  const folder = `src/store/${store}/migrations`;
  for (const name of readdirSync(folder).sort()) {
    if (Number.parseInt(name, 10) <= last || longName.test(name)) continue;
    ++checked;
    for (const breach of breaches(readFileSync(`${folder}/${name}`, 'utf8'))) findings.push(`${folder}/${name}: ${breach} (or end its name in _breaks_older.sql)`);
  }
}
for (const finding of findings) console.log(finding);
console.log(`${Math.max(0, checked - findings.length)} passed, ${findings.length} failed`);
process.exit(findings.length ? 1 : 0);
