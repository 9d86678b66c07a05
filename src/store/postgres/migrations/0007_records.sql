-- What a company keeps of its programme and its members beside points: a batch of blank cards, a benefit that was granted, a gift
-- that was set aside. Each kind of record packs what it is; what lists and due dates need stands beside it.
-- distribute: bucket
create table if not exists suki.record (
  bucket bigint not null,
  org text collate "C" not null,
  id bytea not null,
  programme text collate "C" not null,
  kind text collate "C" not null,
  account bytea,
  member bytea,
  subject text collate "C" not null,
  place text collate "C" not null,
  status text collate "C" not null,
  created_at bigint not null,
  due_at bigint,
  packed bytea not null,
  version bigint not null,
  checksum bigint not null,
  primary key (bucket, org, id)
);
create index if not exists record_of_owner on suki.record (bucket, org, account, programme, kind, created_at, id)
  where account is not null;
create index if not exists record_by_time on suki.record (org, programme, kind, created_at, id);
create index if not exists record_by_status on suki.record (org, programme, kind, status, created_at, id);
create index if not exists record_due on suki.record (due_at, bucket, org, id) where due_at is not null;

-- The category that a category card names, and the batch in which a card was made.
alter table suki.card add column if not exists category text collate "C" not null default '';
alter table suki.card add column if not exists batch text collate "C" not null default '';
