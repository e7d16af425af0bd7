-- What the newest version of a number says: a plain repeat of a voided upload must not bring the record back.
alter table record_head add column state text not null default 'active';  -- active / void
