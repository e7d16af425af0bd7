-- wait_for_record --
-- Whoever mends can wait; a clerk who corrects the same record cannot be made to.
set local lock_timeout = '2s'

-- lock_feed_shared --
-- The feed's lock, the same as in append in queries.sql, and taken before the record as every writer does.
select pg_advisory_xact_lock_shared(7203301)

-- hold_head --
-- Nobody else adds to this record until the transaction ends.
select version from record_head where record_id = %(record_id)s::uuid for update

-- read_rows_in_files --
-- Rows of one record in these files, whole.
select vin, uuid_send(record_id), version, state, company_code, settlement_list_number, plate_number, repair_on,
    settled_on, mileage_km::text, content, findings, error_count, warn_count, origin, dialect, actor, reason,
    received_at
from record_version
where vin = any(%(vins)s::text[]) and record_id = %(record_id)s::uuid

-- read_rows_of_shop --
-- Rows of one record, whole. No index leads from a record to its rows, so all rows of its shop are looked through.
select vin, uuid_send(record_id), version, state, company_code, settlement_list_number, plate_number, repair_on,
    settled_on, mileage_km::text, content, findings, error_count, warn_count, origin, dialect, actor, reason,
    received_at
from record_version
where company_code = %(company_code)s and record_id = %(record_id)s::uuid

-- delete_row --
-- Take one row out.
delete from record_version where vin = %(vin)s and record_id = %(record_id)s::uuid and version = %(version)s

-- insert_row --
-- Put one row in.
insert into record_version (
    vin, record_id, version, state, company_code, settlement_list_number, plate_number, repair_on, settled_on,
    mileage_km, content, findings, error_count, warn_count, origin, dialect, actor, reason, received_at)
values (
    %(vin)s, %(record_id)s::uuid, %(version)s, %(state)s, %(company_code)s, %(settlement_list_number)s,
    %(plate_number)s, %(repair_on)s::date, %(settled_on)s::date, %(mileage_km)s::numeric, %(content)s, %(findings)s,
    %(error_count)s, %(warn_count)s, %(origin)s, %(dialect)s, %(actor)s, %(reason)s, %(received_at)s)

-- announce --
-- Vehicle files, routes and outboxes follow.
insert into record_change (vin, record_id, version) values (%(vin)s, %(record_id)s::uuid, %(version)s)

-- put_head --
-- What the rows of the record say is newest.
insert into record_head as head (record_id, vin, previous_vin, version, content_digest, state, uploaded_digest)
values (
    %(record_id)s::uuid, %(vin)s, %(previous_vin)s, %(version)s, %(content_digest)s, %(state)s,
    %(uploaded_digest)s)
on conflict (record_id) do update set
    vin = excluded.vin,
    previous_vin = excluded.previous_vin,
    version = excluded.version,
    content_digest = excluded.content_digest,
    state = excluded.state,
    uploaded_digest = excluded.uploaded_digest

-- drop_head --
-- No row of the record is left.
delete from record_head where record_id = %(record_id)s::uuid

-- read_heads --
-- Newest version of these records and the digest of its content.
select uuid_send(record_id), vin, previous_vin, version, content_digest, state
from record_head
where record_id = any(%(record_ids)s::uuid[])

-- was_announced --
-- Which of these rows the change feed ever told of.
select distinct vin, uuid_send(record_id), version
from record_change
join unnest(%(vins)s::text[], %(record_ids)s::uuid[], %(versions)s::integer[]) as wanted (vin, record_id, version)
    using (vin, record_id, version)
