-- What the shop's software uploaded last, where the newest version is a correction: many programs send everything
-- again each night, and that must not undo what was corrected. Null: the newest version is what was uploaded.
alter table record_head add column uploaded_digest bytea;
