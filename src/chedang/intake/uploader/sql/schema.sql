-- The spool: one SQLite file on the shop's machine. What is answered loses its body, what is finished its file.
create table if not exists upload (
  upload_id   integer primary key,
  nonce       text not null,               -- makes the keys of this upload's batches its own
  server      text not null,
  secret_id   text not null,               -- public part of the secret; the secret itself is never here
  file_name   text not null,
  digest      text not null,               -- SHA-256 of the file
  content     blob,                        -- the file, until its answer was written
  answer_path text not null,               -- where the answer goes
  answer_wanted integer not null,          -- 1: also when there is nothing to mend
  created_at  text not null,
  finished_at text
) strict;

create table if not exists batch (
  upload_id integer not null references upload on delete cascade,
  batch     integer not null,
  key       text not null,                 -- Idempotency-Key
  remote_id text,                          -- batch_id of the node, once it has acknowledged
  answered  integer not null default 0,    -- lines for which the outcome is here
  lines     integer not null,
  primary key (upload_id, batch)
) strict, without rowid;

create table if not exists job (
  upload_id integer not null references upload on delete cascade,
  place     integer not null,              -- place of the job in its file, from 0
  batch     integer not null,
  line      integer not null,              -- line within the batch, from 1
  body      blob,                          -- one line of ndjson, until it is answered
  fate      text not null default 'waiting',
  remarks   blob not null default x'5b5d',
  primary key (upload_id, place)
) strict, without rowid;

create unique index if not exists job_line on job (upload_id, batch, line);
