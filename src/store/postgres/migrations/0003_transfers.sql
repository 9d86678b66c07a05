-- Points that went to another owner, or came from one.
alter table suki.entry add column if not exists transferred bigint not null default 0;
