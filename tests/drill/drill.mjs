// Failover tried for real, drill by drill (docs/DRILLS.md). Run by run.sh, in the namespace of the servers and the tills.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asOftenAsLiked, call, expect, finish, run, serve, suki } from '../server/support.mjs';
import * as c from './cluster.mjs';
import { Tills } from './tills.mjs';

const folder = process.env.DRILL_FOLDER;
const figures = [];

/** Two servers of Suki on one database, each with its own memory of what was in flight. */
async function start_server(number) {
  process.env.SUKI_STATE = join(folder, `state${number}`);
  return serve(c.db, 8480 + number, [suki, 'serve', '--db', c.db, '--port', String(8480 + number), ...asOftenAsLiked]);
}

// Each drill: `act` breaks something while the tills sell, and mends what only a person would mend; what must come by itself it waits for.
// `refuses`: tills must have been told to come back. `kills`: a server's connections may break.
const drills = {
  primary_killed: {
    says: 'kill -9 of PostgreSQL and Patroni on the primary; the machine comes back 20 s later',
    refuses: true,
    async act(primary) {
      c.kill(primary);
      await c.until('another primary', 60, () => c.is_primary(c.other(primary)));
      await c.pause(20_000);
      c.boot(primary);
    },
    after: (primary, now) => expect('primary_killed: the standby took over', now, c.other(primary)),
  },
  postgres_killed: {
    says: 'kill -9 of PostgreSQL alone; Patroni is there and starts it again',
    refuses: true,
    async act(primary) {
      c.kill_postgres(primary);
      await c.pause(15_000); // Patroni says for a moment longer that all is well
    },
  },
  network_cut: {
    says: 'the primary\'s wire is cut for 40 s, then healed',
    refuses: true,
    async act(primary) {
      c.cut(primary);
      const end = Date.now() + 40_000;
      let both = 0;
      let fenced = false;
      for (; Date.now() < end; await c.pause(250)) {
        const open = c.databases.filter(takes_writes);
        if (open.length === 2) ++both;
        if (!open.includes(primary)) fenced = true;
      }
      expect('network_cut: moments in which both took writes', both, 0);
      expect('network_cut: the old primary stopped taking writes by itself', fenced, true);
      c.heal(primary);
    },
    after: (primary, now) => expect('network_cut: the old primary is a standby now', now, c.other(primary)),
  },
  primary_cut_from_peers: {
    says: 'the primary reaches the servers of Suki, but neither etcd nor the standby, for 40 s',
    refuses: true,
    async act(primary) {
      const peers = [...c.keepers, c.other(primary)];
      c.part(primary, peers);
      const end = Date.now() + 40_000;
      let both = 0;
      for (; Date.now() < end; await c.pause(250)) if (c.databases.filter(takes_writes).length === 2) ++both;
      expect('primary_cut_from_peers: moments in which both took writes', both, 0);
      c.rejoin(primary, peers);
    },
    after: (primary, now) => expect('primary_cut_from_peers: the standby took over', now, c.other(primary)),
  },
  answers_cut: {
    says: 'what the primary says to the servers of Suki is lost, what they say arrives, for 20 s; for all others all is well',
    refuses: true,
    act: (primary) => break_one_way('answers_cut', primary, 'app'),
    after: (primary, now) => expect('answers_cut: the primary stays', now, primary),
  },
  questions_cut: {
    says: 'what the servers of Suki say to the primary is lost, what it says arrives, for 20 s; for all others all is well',
    refuses: true,
    act: (primary) => break_one_way('questions_cut', 'app', primary),
    after: (primary, now) => expect('questions_cut: the primary stays', now, primary),
  },
  patroni_frozen: {
    says: 'Patroni on the primary hangs for 40 s while its PostgreSQL goes on; there is no watchdog',
    refuses: true,
    async act(primary) {
      c.freeze(primary);
      await c.until('another primary', 40, () => c.is_primary(c.other(primary)));
      await c.pause(20_000);
      c.thaw(primary);
    },
    after: (primary, now) => expect('patroni_frozen: the standby took over', now, c.other(primary)),
  },
  switchover: {
    says: 'a planned switchover',
    async act(primary) {
      await c.switch_over(primary, c.other(primary));
    },
    after: (primary, now) => expect('switchover: the roles changed', now, c.other(primary)),
  },
  standby_gone: {
    says: 'the standby is killed, synchronous_mode without strict; it comes back 20 s later',
    async act(primary) {
      c.kill(c.other(primary));
      await c.pause(20_000);
      c.boot(c.other(primary));
    },
    after: (primary, now) => expect('standby_gone: the primary stays', now, primary),
  },
  standby_gone_strict: {
    says: 'the same with synchronous_mode_strict: no write without a second machine',
    refuses: true,
    prepare: () => c.configure({ synchronous_mode_strict: true }),
    async act(primary) {
      c.kill(c.other(primary));
      await c.pause(12_000);
      const before = tills.acknowledged.size;
      await c.pause(12_000);
      expect('standby_gone_strict: acknowledged without a second machine', tills.acknowledged.size - before, 0);
      c.boot(c.other(primary));
    },
    after: async (primary, now) => {
      await c.configure({ synchronous_mode_strict: null });
      expect('standby_gone_strict: the primary stays', now, primary);
    },
  },
  etcd_one_gone: {
    says: 'one etcd of three is killed for 15 s',
    is_smooth: true,
    async act() {
      c.kill('etcd2');
      await c.pause(15_000);
      c.boot('etcd2');
    },
    after: (primary, now) => expect('etcd_one_gone: the primary stays', now, primary),
  },
  etcd_cut: {
    says: 'all of etcd is cut off for 40 s (failsafe_mode)',
    async act() {
      c.cut(...c.keepers);
      await c.pause(40_000);
      c.heal(...c.keepers);
    },
    after: (primary, now) => expect('etcd_cut: the primary stays', now, primary),
  },
  server_killed: {
    says: 'kill -9 of one of the two servers of Suki; it is started again 10 s later',
    kills: true,
    async act() {
      await servers[0].kill();
      await c.pause(10_000);
      servers[0] = await start_server(1);
    },
    after: (primary, now) => expect('server_killed: the primary stays', now, primary),
  },
};

function takes_writes(machine) {
  try {
    return c.sql(machine, "select not pg_is_in_recovery() and current_setting('default_transaction_read_only') = 'off'") === 't';
  } catch {
    return false;
  }
}

async function break_one_way(name, from, to) {
  c.mute(from, to);
  await c.pause(8_000);
  const before = tills.acknowledged.size;
  await c.pause(12_000);
  expect(`${name}: acknowledged meanwhile`, tills.acknowledged.size - before, 0);
  c.unmute(from, to);
  await c.until('the servers write again', 30, () => tills.acknowledged.size > before);
}

/** The longest time in which nobody was acknowledged anything, of what began or lasted after the fault. */
function outage(acks, since) {
  let longest = 0;
  let back_at = since;
  for (let i = 1; i < acks.length; ++i) {
    if (acks[i] < since || acks[i] - acks[i - 1] <= longest) continue;
    longest = acks[i] - acks[i - 1];
    back_at = acks[i];
  }
  return { longest_s: (longest / 1000).toFixed(1), back_after_s: ((back_at - since) / 1000).toFixed(1) };
}

/** Every acknowledged operation, sent once more: it is known, and its answer is the one that the till was given. */
async function ask_again(name, ids) {
  let lost = 0;
  let changed = 0;
  let next = 0;
  await Promise.all(Array.from({ length: 8 }, async () => {
    while (next < ids.length) {
      const id = ids[next++];
      const answer = await tills.ask(next, tills.operations.get(id), id);
      if (answer.headers?.get('idempotency-replayed') !== 'true') ++lost;
      if (answer.text !== tills.acknowledged.get(id)) {
        if (++changed === 1) console.log(`  was ${tills.acknowledged.get(id)}\n  is  ${answer.text}`);
      }
    }
  }));
  expect(`${name}: acknowledged operations that were lost`, lost, 0);
  expect(`${name}: acknowledged answers that changed`, changed, 0);
}

/** What is stored is what was acknowledged, each once, and nothing else; both machines hold the same. */
async function check_content(name, primary) {
  let wanted = 0;
  const kinds = { sales: 0, returns: 0 };
  for (const [id, text] of tills.acknowledged) {
    const answer = JSON.parse(text);
    const { method, path } = tills.operations.get(id);
    if (path.endsWith('/adjustments')) wanted += answer.points;
    else if (path.endsWith('/returns')) {
      ++kinds.returns;
      wanted -= answer.taken_back.reduce((sum, one) => sum + one.points, 0);
    } else if (method === 'PUT') {
      ++kinds.sales;
      wanted += answer.calculation.points.reduce((sum, one) => sum + one.points, 0);
    }
  }
  expect(`${name}: nothing waits in a queue`, tills.operations.size, tills.acknowledged.size);
  expect(`${name}: receipts stored`, Number(c.sql(primary, 'select count(*) from suki.receipt')), kinds.sales);
  let held = 0;
  for (const id of members) {
    const account = await call(servers[0].base, key, 'GET', `/v1/members/${id}/account`);
    held += account.json.balances.reduce((sum, one) => sum + one.available + one.pending, 0);
  }
  expect(`${name}: points of all members`, held, wanted);
  const written = c.sql(primary, 'select pg_current_wal_lsn()');
  await c.until('the standby has everything', 30, () => c.sql(c.other(primary), `select pg_last_wal_replay_lsn() >= '${written}'`) === 't');
  const verdicts = c.databases.map((one) => run('verify', '--db', `postgresql://suki@${c.address[one]}:5432/suki`));
  expect(`${name}: verify: ${verdicts[0].text}`, verdicts[0].code, 0);
  expect(`${name}: the other machine holds the same`, verdicts[1].text, verdicts[0].text);
}

async function play(name) {
  const { says, act, refuses, kills, is_smooth, prepare, after } = drills[name];
  console.log(`-- ${name}: ${says}`);
  await prepare?.();
  const primary = await c.whole();
  tills.start(name);
  await c.pause(5_000);
  const since = Date.now();
  await act(primary);
  const now = await c.whole();
  const whole_s = ((Date.now() - since) / 1000).toFixed(1);
  await c.pause(5_000);
  const last = tills.acks.at(-1);
  await tills.stop();
  expect(`${name}: what no till may see`, tills.wrong.splice(0), []);
  if (!kills) expect(`${name}: broken connections`, tills.statuses.get('no connection') ?? 0, 0);
  if (!kills) expect(`${name}: requests without an answer`, (tills.statuses.get('no answer') ?? 0) + (tills.statuses.get('read no answer') ?? 0), 0);
  if (refuses) expect(`${name}: tills were told to come back`, tills.statuses.get(503) > 0, true);
  if (is_smooth) expect(`${name}: tills were told to come back`, tills.statuses.get(503) ?? 0, 0);
  expect(`${name}: sales go on at the end`, Date.now() - last < 5_000, true);
  await after?.(primary, now);
  await ask_again(name, tills.fresh);
  await check_content(name, await c.whole());
  const { longest_s, back_after_s } = outage(tills.acks, since);
  const seen = [...tills.statuses].sort().map(([status, count]) => `${status}: ${count}`).join(', ');
  console.log(`   ${tills.fresh.length} acknowledged; nothing acknowledged for ${longest_s} s at most, again after ${back_after_s} s; ` +
    `two machines again after ${whole_s} s; slowest operation ${(tills.slowest_ms / 1000).toFixed(1)} s; ${seen}`);
  figures.push({ name, acknowledged: tills.fresh.length, longest_s, back_after_s, whole_s, seen });
}

const wanted = process.argv.slice(2);
if (wanted[0] === 'list') {
  for (const [name, { says }] of Object.entries(drills)) console.log(`${name.padEnd(24)}${says}`);
  process.exit(0);
}
const unknown = wanted.filter((name) => !drills[name]);
if (unknown.length) {
  console.error(`no such drill: ${unknown.join(', ')} (./dev drill list)`);
  process.exit(2);
}

await c.start_cluster();
execFileSync(suki, ['publish', 'tests/server/till.yaml', '--db', c.db], { stdio: 'pipe', env: { ...process.env, SUKI_STATE: join(folder, 'state0') } });
const key = execFileSync(suki, ['keys', '--db', c.db, '--name', 'drill', '--scope', 'service'], { stdio: 'pipe' }).toString().trim();
const servers = [await start_server(1), await start_server(2)];
const members = [];
for (let i = 0; i < 12; ++i) members.push((await call(servers[i % 2].base, key, 'POST', '/v1/members', { name: `m${i}`, external_id: `m${i}` })).json.id);
const tills = new Tills(key, members, servers);

try {
  for (const name of wanted.length ? wanted : Object.keys(drills)) await play(name);
  await ask_again('everything that was ever acknowledged', [...tills.acknowledged.keys()]);
} catch (error) {
  expect(`the drill: ${error.stack}`, 'stopped', 'done');
} finally {
  servers.forEach((server, i) => writeFileSync(join(folder, `suki${i + 1}.log`), server.output()));
}
await Promise.all(servers.map((server) => server.stop()));
finish();
