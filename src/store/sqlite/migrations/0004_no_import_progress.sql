-- An import goes on by the ids of what it has already brought in; nothing ever wrote how far it came.
drop table import_progress;
