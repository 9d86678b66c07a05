-- Which editions' counters a state keeps: one that is behind is filled from its receipts by whoever touches it next.
alter table account_state add column counted_to integer not null default 0;

-- Which command was set aside, as its caller names it.
alter table quarantine add column subject text not null default '';

-- Commands that were in flight when a process died.
create table suspect (
  bucket integer not null,
  org text not null,
  command_hash blob not null,
  command text not null,
  subject text not null,
  deaths integer not null,
  last_death text not null,
  recorded_at integer not null,
  primary key (bucket, org, command_hash)
) strict;
