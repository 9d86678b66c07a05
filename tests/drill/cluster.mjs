// The machines of the drill: three with etcd, two with Patroni and PostgreSQL, one with the servers and the tills. Each is a network
// namespace that run.sh made; this starts, kills, cuts and heals them.
import { execFileSync, spawn } from 'node:child_process';
import { chownSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const net = process.env.DRILL_NET;
const folder = process.env.DRILL_FOLDER;
const binaries = process.env.DRILL_POSTGRES;
export const address = { pg1: '10.77.0.11', pg2: '10.77.0.12', etcd1: '10.77.0.21', etcd2: '10.77.0.22', etcd3: '10.77.0.23', app: '10.77.0.31' };
export const databases = ['pg1', 'pg2'];
export const keepers = ['etcd1', 'etcd2', 'etcd3'];
export const db = `postgresql://suki@${address.pg1}:5432,${address.pg2}:5432/suki`;

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
/** Waits until `look` gives something; what it gives. Throws after `seconds`. */
export async function until(what, seconds, look) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await pause(100)) {
    const found = await look();
    if (found) return found;
  }
  throw new Error(`${what}: not within ${seconds} s`);
}

const quiet = { stdio: ['ignore', 'pipe', 'pipe'] };
const ip = (...words) => execFileSync('ip', words, quiet).toString();
const as_postgres = ['setpriv', '--reuid=postgres', '--regid=postgres', '--init-groups', '--'];

const started = new Map(); // machine → the process that was started on it
/** `ip netns exec` and `setpriv` become what they start, so that a signal to the child reaches the program itself. */
function start(machine, words) {
  const log = openSync(join(folder, `${machine}.log`), 'a');
  const child = spawn('ip', ['netns', 'exec', `${net}-${machine}`, ...as_postgres, ...words], {
    stdio: ['ignore', log, log], cwd: '/', env: { PATH: `${binaries}:/usr/bin:/bin`, LC_ALL: 'C.UTF-8', PATRONICTL: '' },
  });
  started.set(machine, child);
}

/** Everything on it, at once: as the plug is pulled, but that the network stays. */
export function kill(machine) {
  const pids = ip('netns', 'pids', `${net}-${machine}`).split('\n').filter(Boolean).map(Number);
  for (const pid of pids) try { process.kill(pid, 'SIGKILL'); } catch { /* it went with its parent */ }
}
/** The postmaster alone; its children end by themselves, and Patroni stays. */
export function kill_postgres(machine) {
  for (const pid of ip('netns', 'pids', `${net}-${machine}`).split('\n').filter(Boolean)) {
    const words = execFileSync('cat', [`/proc/${pid}/cmdline`], quiet).toString().split('\0');
    if (words[0].endsWith('/postgres') && words.includes('-D')) process.kill(Number(pid), 'SIGKILL');
  }
}
/** A hung process: it holds its connections and says nothing. */
export const freeze = (machine) => started.get(machine).kill('SIGSTOP');
export const thaw = (machine) => started.get(machine).kill('SIGCONT');

/** The switch's end of the wire: the machine keeps its address, and nobody tells it anything. */
export const cut = (...machines) => machines.forEach((one) => ip('-n', `${net}-hub`, 'link', 'set', one, 'down'));
export const heal = (...machines) => machines.forEach((one) => ip('-n', `${net}-hub`, 'link', 'set', one, 'up'));
/** Two machines that no longer reach each other, while everybody else reaches both. */
export function part(one, others, what = 'add') {
  for (const other of others) {
    ip('-n', `${net}-${one}`, 'route', what, 'blackhole', `${address[other]}/32`);
    ip('-n', `${net}-${other}`, 'route', what, 'blackhole', `${address[one]}/32`);
  }
}
/** A wire that is broken in one direction: what `one` sends to the other leaves it, addressed to a card that nobody has; what comes from there arrives. */
export const mute = (one, other) =>
  ip('-n', `${net}-${one}`, 'neighbour', 'replace', address[other], 'lladdr', '02:00:00:00:00:01', 'dev', 'eth0', 'nud', 'permanent');
export const unmute = (one, other) => ip('-n', `${net}-${one}`, 'neighbour', 'del', address[other], 'dev', 'eth0');
export const rejoin = (one, others) => part(one, others, 'del');

function own_folder(...path) {
  const made = join(folder, ...path);
  mkdirSync(made, { mode: 0o700 });
  const [user, group] = execFileSync('sh', ['-c', 'id -u postgres; id -g postgres']).toString().split('\n').map(Number);
  chownSync(made, user, group);
  return made;
}

function start_keeper(machine) {
  const url = `http://${address[machine]}`;
  start(machine, ['etcd', '--name', machine, '--data-dir', join(folder, machine), '--logger', 'zap', '--log-level', 'warn',
    '--listen-client-urls', `${url}:2379`, '--advertise-client-urls', `${url}:2379`,
    '--listen-peer-urls', `${url}:2380`, '--initial-advertise-peer-urls', `${url}:2380`,
    '--initial-cluster', keepers.map((one) => `${one}=http://${address[one]}:2380`).join(','), '--initial-cluster-state', 'new',
    '--heartbeat-interval', '200', '--election-timeout', '2000']);
}

/** JSON is YAML. Everybody is trusted because nobody but the drill is in these networks. */
function patroni_file(machine) {
  const mine = address[machine];
  const parameters = {
    synchronous_commit: 'on', wal_log_hints: 'on', hot_standby: 'on', max_connections: 60, shared_buffers: '64MB', wal_keep_size: '256MB',
    max_wal_senders: 8, max_replication_slots: 8, wal_sender_timeout: '5s', wal_receiver_timeout: '5s', log_min_messages: 'warning',
    tcp_keepalives_idle: 5, tcp_keepalives_interval: 2, tcp_keepalives_count: 3, tcp_user_timeout: 10_000,
  };
  return {
    scope: 'drill', name: machine,
    restapi: { listen: `${mine}:8008`, connect_address: `${mine}:8008` },
    etcd3: { hosts: keepers.map((one) => `${address[one]}:2379`) },
    bootstrap: {
      dcs: {
        ttl: 15, loop_wait: 3, retry_timeout: 5, maximum_lag_on_failover: 1 << 20, synchronous_mode: true, failsafe_mode: true,
        postgresql: { use_pg_rewind: true, use_slots: true, parameters },
      },
      initdb: [{ encoding: 'UTF8' }, { locale: 'C.UTF-8' }, 'data-checksums'],
    },
    postgresql: {
      listen: `${mine}:5432`, connect_address: `${mine}:5432`, data_dir: join(folder, machine, 'data'), bin_dir: binaries,
      pgpass: join(folder, machine, 'pgpass'),
      parameters: { unix_socket_directories: join(folder, machine) },
      pg_hba: ['local all all trust', 'host all all 10.77.0.0/24 trust', 'host replication all 10.77.0.0/24 trust'],
      authentication: { superuser: { username: 'postgres' }, replication: { username: 'replicator' }, rewind: { username: 'postgres' } },
    },
  };
}
const start_database = (machine) => start(machine, ['/usr/bin/patroni', join(folder, `${machine}.yml`)]);
/** What the machine's service manager would do after a start. */
export const boot = (machine) => (databases.includes(machine) ? start_database(machine) : start_keeper(machine));

async function patroni(machine, path, method = 'GET', body) {
  try {
    const answer = await fetch(`http://${address[machine]}:8008${path}`, {
      method, body: body && JSON.stringify(body), signal: AbortSignal.timeout(method === 'GET' ? 1_500 : 30_000),
    });
    return { status: answer.status, text: await answer.text() };
  } catch {
    return { status: 0, text: '' };
  }
}
export const is_primary = async (machine) => (await patroni(machine, '/primary')).status === 200;
const is_standby = async (machine) => (await patroni(machine, '/sync')).status === 200;
export async function roles() {
  const found = await Promise.all(databases.map(is_primary));
  return { primaries: databases.filter((_, i) => found[i]) };
}
/** Name of the only primary, whose standby is a synchronous one. */
export const whole = (seconds = 90) => until('a primary with a synchronous standby', seconds, async () => {
  const { primaries } = await roles();
  if (primaries.length !== 1) return undefined;
  const other = databases.find((one) => one !== primaries[0]);
  return (await is_standby(other)) && primaries[0];
});
export const other = (machine) => databases.find((one) => one !== machine);

export async function configure(change) {
  const { primaries } = await roles();
  const answer = await patroni(primaries[0] ?? databases[0], '/config', 'PATCH', change);
  if (answer.status !== 200) throw new Error(`the configuration was not taken: ${answer.status} ${answer.text}`);
}
export async function switch_over(from, to) {
  const answer = await patroni(from, '/switchover', 'POST', { leader: from, candidate: to });
  if (answer.status !== 200) throw new Error(`no switchover: ${answer.status} ${answer.text}`);
}

/** One value, asked on that very machine, from within it: also when its wire is cut. */
export function sql(machine, text, database = 'suki') {
  return execFileSync('ip', ['netns', 'exec', `${net}-${machine}`, `${binaries}/psql`, '-h', join(folder, machine), '-U', 'postgres', '-d', database,
    '-XAtqc', text], quiet).toString().trim();
}

export async function start_cluster() {
  for (const machine of keepers) own_folder(machine);
  for (const machine of databases) {
    own_folder(machine);
    writeFileSync(join(folder, `${machine}.yml`), JSON.stringify(patroni_file(machine)), { mode: 0o644 });
  }
  for (const machine of keepers) start_keeper(machine);
  start_database('pg1');
  await until('the first primary', 90, () => is_primary('pg1'));
  start_database('pg2');
  const primary = await whole(120);
  sql(primary, 'create role suki login', 'postgres');
  sql(primary, 'create database suki owner suki', 'postgres');
}
