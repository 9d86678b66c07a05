-- What was done to rights, configuration and other people's money: never changed nor removed. The bucket is the chain.
create table audit (
  bucket integer not null,
  org text not null,
  number integer not null,
  at integer not null,
  actor text not null,
  action text not null,
  subjects blob not null,
  outcome text not null,
  request text not null,
  hash blob not null,
  primary key (bucket, org, number)
) strict;
create index audit_by_time on audit (org, at, bucket, number);

-- Where the chains stood, once a day.
create table audit_root (
  org text not null,
  number integer not null,
  made_at integer not null,
  heads blob not null,
  hash blob not null,
  primary key (org, number)
) strict;
