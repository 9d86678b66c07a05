-- When the last command that changed what is counted or the points was recorded: a history that is imported is recorded as of its own
-- time, but not before this. -1: not noted, in rows from before.
alter table account_state add column recorded_at integer not null default -1;
