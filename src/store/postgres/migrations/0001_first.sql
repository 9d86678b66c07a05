-- The first schema, table by table that of SQLite. Instants are microseconds since 1970 in UTC, dates days since 1970, money and points
-- whole minor units, ids 16 bytes most significant first; all are bound by the application. Each statement may be run again. `bucket`
-- is 0 to 1023, made from the owner's id or from the value that is the key. How a table distributes stands before it: by bucket,
-- whole on every node (reference), or by a value of its own.
--
-- Entries have no foreign key to their account here: each row would lock the account's, on the path that every receipt takes. They are
-- written together with the state, which has one, and `suki verify` compares the two.

-- distribute: reference
create table if not exists suki.organisation (
  id text collate "C" not null primary key,
  name text collate "C" not null,
  created_at bigint not null
);

-- distribute: reference
create table if not exists suki.programme (
  org text collate "C" not null references suki.organisation (id),
  id text collate "C" not null,
  name text collate "C" not null,
  created_at bigint not null,
  primary key (org, id)
);

-- distribute: reference
create table if not exists suki.edition (
  org text collate "C" not null,
  programme text collate "C" not null,
  number bigint not null,
  effective_on bigint not null,
  document text collate "C" not null,
  hash text collate "C" not null,
  semantics bigint not null,
  published_at bigint not null,
  published_by text collate "C" not null,
  note text collate "C" not null,
  primary key (org, programme, number),
  foreign key (org, programme) references suki.programme (org, id)
);

-- distribute: bucket
create table if not exists suki.account (
  bucket bigint not null,
  org text collate "C" not null,
  id bytea not null,
  kind text collate "C" not null,
  created_at bigint not null,
  merged_into bytea,
  version bigint not null,
  primary key (bucket, org, id)
);

-- distribute: bucket
create table if not exists suki.member (
  bucket bigint not null,
  org text collate "C" not null,
  account bytea not null,
  id bytea not null,
  programme text collate "C" not null,
  external_id text collate "C" not null,
  name text collate "C" not null,
  phone text collate "C" not null,
  email text collate "C" not null,
  language text collate "C" not null,
  facts bytea not null,
  status text collate "C" not null,
  joined_on bigint not null,
  created_at bigint not null,
  version bigint not null,
  primary key (bucket, org, account, id),
  foreign key (bucket, org, account) references suki.account (bucket, org, id)
);
create index if not exists member_by_id on suki.member (org, programme, id);

-- What a member is found by: folded words of the name, digits of the phone, and so on, each with the field it comes from.
-- distribute: bucket
create table if not exists suki.member_word (
  bucket bigint not null,
  org text collate "C" not null,
  account bytea not null,
  member bytea not null,
  field text collate "C" not null,
  word text collate "C" not null,
  programme text collate "C" not null,
  primary key (bucket, org, account, member, field, word)
);
create index if not exists member_word_by_word on suki.member_word (org, programme, word, member, account);

-- distribute: bucket
create table if not exists suki.card (
  bucket bigint not null,
  org text collate "C" not null,
  account bytea not null,
  number text collate "C" not null,
  member bytea not null,
  programme text collate "C" not null,
  kind text collate "C" not null,
  status text collate "C" not null,
  issued_at bigint not null,
  primary key (bucket, org, account, number),
  foreign key (bucket, org, account, member) references suki.member (bucket, org, account, id)
);

-- distribute: bucket
create table if not exists suki.claim (
  bucket bigint not null,
  org text collate "C" not null,
  kind text collate "C" not null,
  programme text collate "C" not null,
  value text collate "C" not null,
  account bytea,
  member bytea,
  other text collate "C" not null,
  primary key (bucket, org, kind, programme, value)
);

-- distribute: bucket
create table if not exists suki.account_state (
  bucket bigint not null,
  org text collate "C" not null,
  account bytea not null,
  programme text collate "C" not null,
  entries bigint not null,
  version bigint not null,
  counted_to bigint not null,
  packed bytea not null,
  primary key (bucket, org, account, programme),
  foreign key (bucket, org, account) references suki.account (bucket, org, id)
);

-- No index over the balances: each purchase would have to move its row there, for the sake of a sum that few ask for.
-- distribute: bucket
create table if not exists suki.wallet (
  bucket bigint not null,
  org text collate "C" not null,
  account bytea not null,
  programme text collate "C" not null,
  unit text collate "C" not null,
  pending bigint not null,
  available bigint not null,
  held bigint not null,
  owed bigint not null,
  next_due_at bigint,
  primary key (bucket, org, account, programme, unit)
);
create index if not exists wallet_by_due on suki.wallet (next_due_at, org, account, programme) where next_due_at is not null;

-- distribute: bucket
create table if not exists suki.entry (
  bucket bigint not null,
  org text collate "C" not null,
  account bytea not null,
  programme text collate "C" not null,
  sequence bigint not null,
  id bytea not null,
  unit text collate "C" not null,
  kind text collate "C" not null,
  occurred_at bigint not null,
  recorded_at bigint not null,
  effective_at bigint not null,
  cause text collate "C" not null,
  offer text collate "C" not null,
  clause text collate "C" not null,
  edition bigint not null,
  pending bigint not null,
  available bigint not null,
  held bigint not null,
  debt bigint not null,
  issued bigint not null,
  spent bigint not null,
  expired bigint not null,
  adjusted bigint not null,
  lots bytea not null,
  reason text collate "C" not null,
  author text collate "C" not null,
  checksum bigint not null,
  primary key (bucket, org, account, programme, sequence)
);
create index if not exists entry_by_time on suki.entry (bucket, org, account, programme, effective_at, sequence);

-- distribute: bucket
create table if not exists suki.receipt (
  bucket bigint not null,
  org text collate "C" not null,
  programme text collate "C" not null,
  id text collate "C" not null,
  account bytea,
  member bytea,
  store text collate "C" not null,
  occurred_at bigint not null,
  recorded_at bigint not null,
  date bigint not null,
  edition bigint not null,
  list_total bigint not null,
  total bigint not null,
  paid bigint not null,
  is_returned bigint not null,
  packed bytea not null,
  version bigint not null,
  checksum bigint not null,
  primary key (bucket, org, programme, id)
);
create index if not exists receipt_by_owner on suki.receipt (bucket, org, account nulls first, programme, occurred_at, id);
create index if not exists receipt_by_recorded on suki.receipt (org, programme, recorded_at, id);
create index if not exists receipt_by_date on suki.receipt (org, programme, date, paid);

-- distribute: bucket
create table if not exists suki.idempotency (
  bucket bigint not null,
  org text collate "C" not null,
  api_key text collate "C" not null,
  key text collate "C" not null,
  command_hash bytea not null,
  hash_version bigint not null,
  status bigint not null,
  response text collate "C" not null,
  account bytea,
  recorded_at bigint not null,
  primary key (bucket, org, api_key, key)
);

-- distribute: bucket
create table if not exists suki.activity (
  bucket bigint not null,
  org text collate "C" not null,
  account bytea not null,
  programme text collate "C" not null,
  id text collate "C" not null,
  member bytea not null,
  kind text collate "C" not null,
  store text collate "C" not null,
  occurred_at bigint not null,
  recorded_at bigint not null,
  date bigint not null,
  primary key (bucket, org, account, programme, id)
);

-- distribute: bucket
create table if not exists suki.outbox (
  bucket bigint not null,
  id bytea not null,
  org text collate "C" not null,
  account bytea,
  topic text collate "C" not null,
  payload text collate "C" not null,
  created_at bigint not null,
  primary key (bucket, id)
);
create index if not exists outbox_by_time on suki.outbox (created_at, id);

-- distribute: bucket
create table if not exists suki.discrepancy (
  bucket bigint not null,
  org text collate "C" not null,
  programme text collate "C" not null,
  id bytea not null,
  account bytea,
  receipt text collate "C" not null,
  kind text collate "C" not null,
  charged bigint not null,
  decided bigint not null,
  recorded_at bigint not null,
  resolved_at bigint,
  resolved_by text collate "C" not null,
  line bigint not null,
  what text collate "C" not null,
  note text collate "C" not null,
  primary key (bucket, org, programme, id)
);
create index if not exists discrepancy_by_time on suki.discrepancy (org, programme, recorded_at, id);
create index if not exists discrepancy_by_id on suki.discrepancy (org, programme, id);
create index if not exists discrepancy_open on suki.discrepancy (org, programme, recorded_at, id) where resolved_at is null;

-- distribute: bucket
create table if not exists suki.quarantine (
  bucket bigint not null,
  org text collate "C" not null,
  command_hash bytea not null,
  command text collate "C" not null,
  reason text collate "C" not null,
  recorded_at bigint not null,
  subject text collate "C" not null,
  primary key (bucket, org, command_hash)
);
create index if not exists quarantine_by_time on suki.quarantine (org, recorded_at, command_hash);

-- distribute: bucket
create table if not exists suki.pool (
  bucket bigint not null,
  org text collate "C" not null,
  programme text collate "C" not null,
  key text collate "C" not null,
  period_start bigint not null,
  drawn bigint not null,
  version bigint not null,
  primary key (bucket, org, programme, key, period_start)
);

-- distribute: reference
create table if not exists suki.product (
  org text collate "C" not null,
  sku text collate "C" not null,
  title bytea not null,
  category text collate "C" not null,
  brand text collate "C" not null,
  unit text collate "C" not null,
  cost bigint,
  tags bytea not null,
  primary key (org, sku)
);

-- distribute: reference
create table if not exists suki.place (
  org text collate "C" not null,
  id text collate "C" not null,
  title text collate "C" not null,
  region text collate "C" not null,
  zone text collate "C" not null,
  place text collate "C" not null,
  primary key (org, id)
);

-- distribute: reference
create table if not exists suki.api_key (
  id text collate "C" not null primary key,
  org text collate "C" not null,
  secret_hash bytea not null,
  scopes bytea not null,
  programme text collate "C" not null,
  store text collate "C" not null,
  label text collate "C" not null,
  created_at bigint not null,
  revoked_at bigint
);
create index if not exists api_key_by_org on suki.api_key (org, id);

-- distribute: reference
create table if not exists suki.console_user (
  org text collate "C" not null,
  name text collate "C" not null,
  password_hash text collate "C" not null,
  role text collate "C" not null,
  created_at bigint not null,
  primary key (org, name)
);

-- distribute: reference
create table if not exists suki.session (
  token_hash bytea not null primary key,
  org text collate "C" not null,
  user_name text collate "C" not null,
  csrf text collate "C" not null,
  created_at bigint not null,
  expires_at bigint not null
);

-- distribute: reference
create table if not exists suki.secret (
  name text collate "C" not null primary key,
  value bytea not null,
  created_at bigint not null
);

-- distribute: reference
create table if not exists suki.import_progress (
  org text collate "C" not null,
  programme text collate "C" not null,
  id text collate "C" not null,
  position bigint not null,
  accepted bigint not null,
  skipped bigint not null,
  rejected bigint not null,
  updated_at bigint not null,
  primary key (org, programme, id)
);

-- Commands that were in flight when a process died.
-- distribute: bucket
create table if not exists suki.suspect (
  bucket bigint not null,
  org text collate "C" not null,
  command_hash bytea not null,
  command text collate "C" not null,
  subject text collate "C" not null,
  deaths bigint not null,
  last_death text collate "C" not null,
  recorded_at bigint not null,
  primary key (bucket, org, command_hash)
);

-- What servers keep in memory has changed: one row, moved only by what changes rarely (editions, shops, keys, …).
-- distribute: reference
create table if not exists suki.bulletin (
  name text collate "C" not null primary key,
  version bigint not null
);
