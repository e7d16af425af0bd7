-- Feeds of the provinces at the ministry: what was put in for each, and in which order.

-- lock_feeds --
-- One writer at a time until its commit, so that the order of seq is the order of commits: whoever reads up to a number
-- has read all there ever will be below it.
select pg_advisory_xact_lock(7203341)

-- enqueue_rows --
-- Rows of records, one array per column, in their order; a destination gets each row once.
insert into exchange_feed (destination, kind, vin, record_id, version, queued_at)
select destination, 'record', vin, record_id, version, %(queued_at)s::timestamptz
from unnest(%(destination)s::text[], %(vin)s::text[], %(record_id)s::uuid[], %(version)s::integer[])
    with ordinality as queued (destination, vin, record_id, version, place)
where not exists (
    select from exchange_feed as known
    where known.record_id = queued.record_id and known.destination = queued.destination
        and known.version = queued.version and known.vin = queued.vin)
order by place

-- enqueue_notices --
-- Notices in their order; the same one again brings what is true then.
insert into exchange_feed (destination, kind, key, queued_at)
select destination, kind, key, %(queued_at)s::timestamptz
from unnest(%(destination)s::text[], %(kind)s::text[], %(key)s::text[])
    with ordinality as queued (destination, kind, key, place)
order by place

-- told --
-- Which provinces already have a notice of this kind about each of these keys in their feeds.
select distinct destination, key
from exchange_feed
where record_id is null and kind = %(kind)s and key = any(%(keys)s::text[])

-- holders --
-- Which provinces already have a row of each of these records in their feeds.
select distinct record_id, destination
from exchange_feed
where record_id = any(%(record_ids)s::uuid[])
