-- What servers took out of pools and have not given yet.
create table portion (
  bucket integer not null,
  org text not null,
  programme text not null,
  key text not null,
  period_start integer not null,
  holder text not null,
  undrawn integer not null,
  touched_at integer not null,
  version integer not null,
  primary key (bucket, org, programme, key, period_start, holder)
) strict, without rowid;
