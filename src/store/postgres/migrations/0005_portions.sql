-- What servers took out of pools and have not given yet.
-- distribute: bucket
create table if not exists suki.portion (
  bucket bigint not null,
  org text collate "C" not null,
  programme text collate "C" not null,
  key text collate "C" not null,
  period_start bigint not null,
  holder text collate "C" not null,
  undrawn bigint not null,
  touched_at bigint not null,
  version bigint not null,
  primary key (bucket, org, programme, key, period_start, holder)
);
