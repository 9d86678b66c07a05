-- What resolving a discrepancy says, and what the list of them shows beside the figures.
alter table discrepancy add column line integer not null default 0;
alter table discrepancy add column what text not null default '';
alter table discrepancy add column note text not null default '';
