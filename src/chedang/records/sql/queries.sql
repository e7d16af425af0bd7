-- lock_feed_shared --
-- Taken by every writer for the length of its transaction: see lock_feed_exclusive.
select pg_advisory_xact_lock_shared(7203301)

-- wait_briefly_for_feed --
-- Writers queue behind a waiting reader, so a reader must not wait long for one writer that hangs.
set local lock_timeout = '200ms'

-- lock_feed_exclusive --
-- Waits until no writer is between drawing a sequence number and its commit, so that no smaller number can appear later.
select pg_advisory_xact_lock(7203301)

-- claim_heads --
-- New numbers get version 1, changed content the next version; unchanged content returns no row.
-- In the order of the key, so that two writers cannot wait for each other.
-- A void keeps the digest of what it voids: the same upload again finds it and changes nothing.
insert into record_head as head (record_id, vin, version, content_digest, state)
select incoming.record_id, incoming.vin, 1, decode(incoming.content_digest, 'hex'), incoming.state
from unnest(%(record_ids)s::uuid[], %(vins)s::text[], %(digests)s::text[], %(states)s::text[])
    as incoming (record_id, vin, content_digest, state)
order by incoming.record_id
on conflict (record_id) do update
    set previous_vin = head.vin,
        vin = excluded.vin,
        version = head.version + 1,
        content_digest = excluded.content_digest,
        state = excluded.state
    where head.content_digest <> excluded.content_digest
        or (head.state <> excluded.state and head.record_id = any(%(deliberate_ids)s::uuid[]))
returning encode(uuid_send(record_id), 'hex'), version, previous_vin

-- insert_versions --
-- Append versions, one array per column.
insert into record_version (
    vin, record_id, version, state, company_code, settlement_list_number, plate_number, repair_on, settled_on,
    mileage_km, content, findings, error_count, warn_count, origin, dialect, actor, reason, received_at)
select
    unnest(%(vin)s::text[]), unnest(%(record_id)s::uuid[]), unnest(%(version)s::integer[]),
    unnest(%(state)s::text[]), unnest(%(company_code)s::text[]), unnest(%(settlement_list_number)s::text[]),
    unnest(%(plate_number)s::text[]), unnest(%(repair_on)s::date[]), unnest(%(settled_on)s::date[]),
    unnest(%(mileage_km)s::numeric[]), unnest(%(content)s::text[]), unnest(%(findings)s::text[]),
    unnest(%(error_count)s::smallint[]), unnest(%(warn_count)s::smallint[]), unnest(%(origin)s::text[]),
    unnest(%(dialect)s::text[]), unnest(%(actor)s::text[]), unnest(%(reason)s::text[]),
    unnest(%(received_at)s::timestamptz[])

-- insert_changes --
-- Tell the followers, in the same transaction.
insert into record_change (vin, record_id, version)
select unnest(%(vin)s::text[]), unnest(%(record_id)s::uuid[]), unnest(%(version)s::integer[])

-- read_file --
-- Every version of every record of one vehicle (or of a shop's file-less records), oldest version first.
select vin, record_id, version, state, company_code, settlement_list_number, plate_number, repair_on, settled_on,
    mileage_km, content, findings, origin, dialect, actor, reason, received_at
from record_version
where vin = %(vin)s
order by record_id, version

-- find_head --
-- Where the newest version of a record stands, and the one before.
select vin, previous_vin from record_head where record_id = %(record_id)s::uuid

-- read_record --
-- Versions of one record under one VIN.
select vin, record_id, version, state, company_code, settlement_list_number, plate_number, repair_on, settled_on,
    mileage_km, content, findings, origin, dialect, actor, reason, received_at
from record_version
where vin = %(vin)s and record_id = %(record_id)s::uuid and state <> 'moved'
order by version

-- read_company_records --
-- Newest version of each record of one enterprise, newest received first; paged by (received_at, record_id).
select vin, record_id, version, state, company_code, settlement_list_number, plate_number, repair_on, settled_on,
    mileage_km, content, findings, origin, dialect, actor, reason, received_at
from record_version as record
where company_code = %(company_code)s
    and state <> 'moved'
    and (%(before_at)s::timestamptz is null
        or (received_at, record_id) < (%(before_at)s::timestamptz, %(before_id)s::uuid))
    and (not %(only_faulty)s::boolean or error_count > 0 or warn_count > 0)
    and (not %(only_fileless)s::boolean or vin like '~%%')
    and not exists (
        select from record_version as newer
        where newer.vin = record.vin and newer.record_id = record.record_id and newer.version > record.version)
order by received_at desc, record_id desc
limit %(limit)s

-- read_position --
-- How far a consumer has come; no row means nowhere.
select seq from feed_position where consumer = %(consumer)s

-- has_changes --
-- Is there anything after this position, settled or not?
select exists (select from record_change where seq > %(after)s)

-- newest_change --
-- The largest sequence number drawn so far by a committed writer.
select coalesce(max(seq), 0) from record_change

-- read_changes --
-- The next changes up to a settled number.
select seq, vin, record_id, version
from record_change
where seq > %(after)s and seq <= %(horizon)s
order by seq
limit %(limit)s

-- save_position --
-- Remember how far a consumer has come.
insert into feed_position (consumer, seq) values (%(consumer)s, %(seq)s)
on conflict (consumer) do update set seq = excluded.seq
