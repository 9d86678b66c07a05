-- What was done to rights, configuration and other people's money: never changed nor removed. The bucket is the chain.
-- distribute: bucket
create table if not exists suki.audit (
  bucket bigint not null,
  org text collate "C" not null,
  number bigint not null,
  at bigint not null,
  actor text collate "C" not null,
  action text collate "C" not null,
  subjects bytea not null,
  outcome text collate "C" not null,
  request text collate "C" not null,
  hash bytea not null,
  primary key (bucket, org, number)
);
create index if not exists audit_by_time on suki.audit (org, at, bucket, number);

-- Where the chains stood, once a day.
-- distribute: reference
create table if not exists suki.audit_root (
  org text collate "C" not null,
  number bigint not null,
  made_at bigint not null,
  heads bytea not null,
  hash bytea not null,
  primary key (org, number)
);
