-- The first schema. Instants are microseconds since 1970 in UTC, dates days since 1970, money and points whole minor units, ids 16
-- bytes most significant first; all are bound by the application. `bucket` is 0 to 1023, made from the owner's id or from the
-- value that is the key, so that the same tables distribute.

create table organisation (
  id text not null primary key,
  name text not null,
  created_at integer not null
) strict, without rowid;

create table programme (
  org text not null references organisation (id),
  id text not null,
  name text not null,
  created_at integer not null,
  primary key (org, id)
) strict, without rowid;

create table edition (
  org text not null,
  programme text not null,
  number integer not null,
  effective_on integer not null,
  document text not null,
  hash text not null,
  semantics integer not null,
  published_at integer not null,
  published_by text not null,
  note text not null,
  primary key (org, programme, number),
  foreign key (org, programme) references programme (org, id)
) strict;

create table account (
  bucket integer not null,
  org text not null,
  id blob not null,
  kind text not null,
  created_at integer not null,
  merged_into blob,
  version integer not null,
  primary key (bucket, org, id)
) strict, without rowid;

create table member (
  bucket integer not null,
  org text not null,
  account blob not null,
  id blob not null,
  programme text not null,
  external_id text not null,
  name text not null,
  phone text not null,
  email text not null,
  language text not null,
  facts blob not null,
  status text not null,
  joined_on integer not null,
  created_at integer not null,
  version integer not null,
  primary key (bucket, org, account, id),
  foreign key (bucket, org, account) references account (bucket, org, id)
) strict, without rowid;
create index member_by_id on member (org, programme, id);

-- What a member is found by: folded words of the name, digits of the phone, and so on, each with the field it comes from.
create table member_word (
  bucket integer not null,
  org text not null,
  account blob not null,
  member blob not null,
  field text not null,
  word text not null,
  programme text not null,
  primary key (bucket, org, account, member, field, word)
) strict, without rowid;
create index member_word_by_word on member_word (org, programme, word, member, account);

create table card (
  bucket integer not null,
  org text not null,
  account blob not null,
  number text not null,
  member blob not null,
  programme text not null,
  kind text not null,
  status text not null,
  issued_at integer not null,
  primary key (bucket, org, account, number),
  foreign key (bucket, org, account, member) references member (bucket, org, account, id)
) strict, without rowid;

create table claim (
  bucket integer not null,
  org text not null,
  kind text not null,
  programme text not null,
  value text not null,
  account blob,
  member blob,
  other text not null,
  primary key (bucket, org, kind, programme, value)
) strict, without rowid;

create table account_state (
  bucket integer not null,
  org text not null,
  account blob not null,
  programme text not null,
  entries integer not null,
  version integer not null,
  packed blob not null,
  primary key (bucket, org, account, programme),
  foreign key (bucket, org, account) references account (bucket, org, id)
) strict;

-- No index over the balances: each purchase would have to move its row there, for the sake of a sum that few ask for.
create table wallet (
  bucket integer not null,
  org text not null,
  account blob not null,
  programme text not null,
  unit text not null,
  pending integer not null,
  available integer not null,
  held integer not null,
  owed integer not null,
  next_due_at integer,
  primary key (bucket, org, account, programme, unit)
) strict, without rowid;
create index wallet_by_due on wallet (next_due_at, org, account, programme) where next_due_at is not null;

create table entry (
  bucket integer not null,
  org text not null,
  account blob not null,
  programme text not null,
  sequence integer not null,
  id blob not null,
  unit text not null,
  kind text not null,
  occurred_at integer not null,
  recorded_at integer not null,
  effective_at integer not null,
  cause text not null,
  offer text not null,
  clause text not null,
  edition integer not null,
  pending integer not null,
  available integer not null,
  held integer not null,
  debt integer not null,
  issued integer not null,
  spent integer not null,
  expired integer not null,
  adjusted integer not null,
  lots blob not null,
  reason text not null,
  author text not null,
  checksum integer not null,
  primary key (bucket, org, account, programme, sequence),
  foreign key (bucket, org, account) references account (bucket, org, id)
) strict, without rowid;
create index entry_by_time on entry (bucket, org, account, programme, effective_at, sequence);

create table receipt (
  bucket integer not null,
  org text not null,
  programme text not null,
  id text not null,
  account blob,
  member blob,
  store text not null,
  occurred_at integer not null,
  recorded_at integer not null,
  date integer not null,
  edition integer not null,
  list_total integer not null,
  total integer not null,
  paid integer not null,
  is_returned integer not null,
  packed blob not null,
  version integer not null,
  checksum integer not null,
  primary key (bucket, org, programme, id)
) strict;
create index receipt_by_owner on receipt (bucket, org, account, programme, occurred_at, id);
create index receipt_by_recorded on receipt (org, programme, recorded_at, id);
create index receipt_by_date on receipt (org, programme, date, paid);

create table idempotency (
  bucket integer not null,
  org text not null,
  api_key text not null,
  key text not null,
  command_hash blob not null,
  hash_version integer not null,
  status integer not null,
  response text not null,
  account blob,
  recorded_at integer not null,
  primary key (bucket, org, api_key, key)
) strict;

create table activity (
  bucket integer not null,
  org text not null,
  account blob not null,
  programme text not null,
  id text not null,
  member blob not null,
  kind text not null,
  store text not null,
  occurred_at integer not null,
  recorded_at integer not null,
  date integer not null,
  primary key (bucket, org, account, programme, id)
) strict, without rowid;

create table outbox (
  bucket integer not null,
  id blob not null,
  org text not null,
  account blob,
  topic text not null,
  payload text not null,
  created_at integer not null,
  primary key (bucket, id)
) strict;
create index outbox_by_time on outbox (created_at, id);

create table discrepancy (
  bucket integer not null,
  org text not null,
  programme text not null,
  id blob not null,
  account blob,
  receipt text not null,
  kind text not null,
  charged integer not null,
  decided integer not null,
  recorded_at integer not null,
  resolved_at integer,
  resolved_by text not null,
  primary key (bucket, org, programme, id)
) strict, without rowid;
create index discrepancy_by_time on discrepancy (org, programme, recorded_at, id);
create index discrepancy_by_id on discrepancy (org, programme, id);
create index discrepancy_open on discrepancy (org, programme, recorded_at, id) where resolved_at is null;

create table quarantine (
  bucket integer not null,
  org text not null,
  command_hash blob not null,
  command text not null,
  reason text not null,
  recorded_at integer not null,
  primary key (bucket, org, command_hash)
) strict;
create index quarantine_by_time on quarantine (org, recorded_at, command_hash);

create table pool (
  bucket integer not null,
  org text not null,
  programme text not null,
  key text not null,
  period_start integer not null,
  drawn integer not null,
  version integer not null,
  primary key (bucket, org, programme, key, period_start)
) strict, without rowid;

create table product (
  org text not null,
  sku text not null,
  title blob not null,
  category text not null,
  brand text not null,
  unit text not null,
  cost integer,
  tags blob not null,
  primary key (org, sku)
) strict, without rowid;

create table place (
  org text not null,
  id text not null,
  title text not null,
  region text not null,
  zone text not null,
  place text not null,
  primary key (org, id)
) strict, without rowid;

create table api_key (
  id text not null primary key,
  org text not null,
  secret_hash blob not null,
  scopes blob not null,
  programme text not null,
  store text not null,
  label text not null,
  created_at integer not null,
  revoked_at integer
) strict, without rowid;
create index api_key_by_org on api_key (org, id);

create table console_user (
  org text not null,
  name text not null,
  password_hash text not null,
  role text not null,
  created_at integer not null,
  primary key (org, name)
) strict, without rowid;

create table session (
  token_hash blob not null primary key,
  org text not null,
  user_name text not null,
  csrf text not null,
  created_at integer not null,
  expires_at integer not null
) strict, without rowid;

create table secret (
  name text not null primary key,
  value blob not null,
  created_at integer not null
) strict, without rowid;

create table import_progress (
  org text not null,
  programme text not null,
  id text not null,
  position integer not null,
  accepted integer not null,
  skipped integer not null,
  rejected integer not null,
  updated_at integer not null,
  primary key (org, programme, id)
) strict, without rowid;
