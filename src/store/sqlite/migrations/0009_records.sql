-- What a company keeps of its programme and its members beside points: a batch of blank cards, a benefit that was granted, a gift
-- that was set aside. Each kind of record packs what it is; what lists and due dates need stands beside it.
create table record (
  bucket integer not null,
  org text not null,
  id blob not null,
  programme text not null,
  kind text not null,
  account blob,
  member blob,
  subject text not null,
  place text not null,
  status text not null,
  created_at integer not null,
  due_at integer,
  packed blob not null,
  version integer not null,
  checksum integer not null,
  primary key (bucket, org, id)
) strict, without rowid;
create index record_of_owner on record (bucket, org, account, programme, kind, created_at, id) where account is not null;
create index record_by_time on record (org, programme, kind, created_at, id);
create index record_by_status on record (org, programme, kind, status, created_at, id);
create index record_due on record (due_at, bucket, org, id) where due_at is not null;

-- The category that a category card names, and the batch in which a card was made.
alter table card add column category text not null default '';
alter table card add column batch text not null default '';
