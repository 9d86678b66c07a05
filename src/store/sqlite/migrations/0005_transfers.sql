-- Points that went to another owner, or came from one.
alter table entry add column transferred integer not null default 0;
