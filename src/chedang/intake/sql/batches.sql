-- lock_company --
-- One batch of a shop is accepted at a time, so that its place in the queue is behind the shop's earlier ones.
select pg_advisory_xact_lock(7203321, hashtext(%(company_code)s))

-- count_waiting --
-- Batches of this shop that still have lines waiting, chunks of all shops that wait, and this shop's last place.
select
    (select count(*) from upload_batch where company_code = %(company_code)s and finished_at is null),
    (select count(*) from (select from upload_chunk where lines is not null limit %(most_chunks)s) as waiting),
    (select max(due_at) from upload_chunk where company_code = %(company_code)s and lines is not null)

-- insert_batch --
-- A batch that has been accepted.
insert into upload_batch (batch_id, company_code, actor, dialect, line_count, received_at, finished_at)
values (%(batch_id)s, %(company_code)s, %(actor)s, %(dialect)s, %(line_count)s, %(received_at)s, %(finished_at)s)

-- insert_chunk --
-- Some of its lines.
insert into upload_chunk (batch_id, first_line, line_count, company_code, due_at, lines)
values (%(batch_id)s, %(first_line)s, %(line_count)s, %(company_code)s, %(due_at)s, %(lines)s)

-- read_batch --
-- One batch with the sums over its chunks.
select batch.batch_id, batch.company_code, batch.line_count, batch.received_at, batch.finished_at,
    coalesce(sum(chunk.line_count) filter (where chunk.outcomes is not null), 0)::integer, coalesce(sum(chunk.created_count), 0)::integer,
    coalesce(sum(chunk.unchanged_count), 0)::integer, coalesce(sum(chunk.amended_count), 0)::integer,
    coalesce(sum(chunk.refused_count), 0)::integer
from upload_batch as batch
left join upload_chunk as chunk on chunk.batch_id = batch.batch_id
where batch.batch_id = %(batch_id)s
group by batch.batch_id

-- read_outcomes --
-- The chunk with a line, or the next one behind it, when its lines are done.
select first_line, line_count, outcomes
from upload_chunk
where batch_id = %(batch_id)s and first_line + line_count > %(from_line)s and outcomes is not null
order by first_line
limit 1

-- take_chunk --
-- The next chunk that nobody works on; held until the transaction ends.
select chunk.batch_id, chunk.first_line, chunk.line_count, chunk.company_code, chunk.due_at, chunk.lines,
    batch.dialect, batch.received_at
from upload_chunk as chunk
join upload_batch as batch on batch.batch_id = chunk.batch_id
where chunk.lines is not null
order by chunk.due_at, chunk.batch_id, chunk.first_line
limit 1
for update of chunk skip locked

-- earlier_chunks --
-- Waits for those who work on earlier lines of the same shop; a row that is left over has been given up by its worker.
select batch_id, first_line
from upload_chunk
where company_code = %(company_code)s and lines is not null and due_at < %(due_at)s
order by due_at
for update

-- save_outcomes --
-- The lines of a chunk are done: what became of them stays, the lines themselves go.
update upload_chunk
set lines = null, outcomes = %(outcomes)s, created_count = %(created)s, unchanged_count = %(unchanged)s,
    amended_count = %(amended)s, refused_count = %(refused)s
where batch_id = %(batch_id)s and first_line = %(first_line)s

-- finish_batch --
-- Its last lines are done.
update upload_batch set finished_at = %(now)s
where batch_id = %(batch_id)s
    and not exists (select from upload_chunk where batch_id = %(batch_id)s and lines is not null)

-- has_newer --
-- Has this shop sent anything after the batch was received?
select exists (select from record_version where company_code = %(company_code)s and received_at > %(received_at)s)

-- find_newer --
-- Which of these records got content after the batch was received.
select distinct encode(uuid_send(record_id), 'hex')
from record_version
where company_code = %(company_code)s and received_at > %(received_at)s and record_id = any(%(record_ids)s::uuid[])

-- purge --
-- Batches that were done long ago, with their outcomes; the records stay.
with gone as (
    delete from upload_batch where finished_at < %(before)s returning batch_id
)
delete from upload_chunk using gone where upload_chunk.batch_id = gone.batch_id

-- postpone --
-- All that waits of one shop, so that its order stays.
update upload_chunk set due_at = due_at + interval '1 minute'
where company_code = %(company_code)s and lines is not null
