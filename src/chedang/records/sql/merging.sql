-- merge --
-- Put in the rows of other nodes that are not here, in one statement, one array per column.
-- held: the feed's lock as in append in queries.sql, before a sequence number is drawn.
-- foreign: records that stand here as another shop's; their rows are left out.
-- inserted: in the order of the key, so that two writers cannot wait for each other.
-- ranked: what is new of each record, newest row first; of one version the row that says where the record went is older.
-- heads: the newest row becomes the head, in the order of the key. What it cannot say of the row before it, because the
--   head did not move or several rows came at once, settle_heads says.
-- announced: tells the followers.
-- Only rows that were not put in come back: those of another shop, and those whose key was there. And, with no number,
-- the records whose heads are to be settled.
with held as materialized (
    select pg_advisory_xact_lock_shared(7203301)
),
incoming as materialized (
    select *
    from unnest(
        %(vin)s::text[], %(record_id)s::uuid[], %(version)s::integer[], %(state)s::text[], %(company_code)s::text[],
        %(settlement_list_number)s::text[], %(plate_number)s::text[], %(repair_on)s::date[], %(settled_on)s::date[],
        %(mileage_km)s::text[], %(content)s::text[], %(findings)s::text[], %(error_count)s::integer[],
        %(warn_count)s::integer[], %(origin)s::text[], %(dialect)s::text[], %(actor)s::text[], %(reason)s::text[],
        %(received_at)s::timestamptz[], %(digest)s::bytea[])
        with ordinality
        as incoming (
            vin, record_id, version, state, company_code, settlement_list_number, plate_number, repair_on, settled_on,
            mileage_km, content, findings, error_count, warn_count, origin, dialect, actor, reason, received_at, digest,
            number)
),
known as materialized (
    select head.record_id, head.vin, head.version
    from held, record_head as head
    where head.record_id = any(%(record_id)s::uuid[])
),
owned as materialized (
    select known.record_id, stored.company_code
    from known join record_version as stored using (vin, record_id, version)
),
inserted as (
    insert into record_version (
        vin, record_id, version, state, company_code, settlement_list_number, plate_number, repair_on, settled_on,
        mileage_km, content, findings, error_count, warn_count, origin, dialect, actor, reason, received_at)
    select incoming.vin, record_id, incoming.version, incoming.state, incoming.company_code, settlement_list_number,
        plate_number, repair_on, settled_on, mileage_km::numeric, content, findings, error_count, warn_count, origin,
        dialect, actor, reason, received_at
    from held, incoming left join owned using (record_id)
    where owned.company_code is null or owned.company_code = incoming.company_code
    order by incoming.vin, record_id, incoming.version
    on conflict (vin, record_id, version) do nothing
    returning vin, record_id, version
),
ranked as materialized (
    select record_id, vin, version, incoming.state, digest,
        row_number() over newest as place,
        lead(vin) over newest as vin_before
    from inserted join incoming using (vin, record_id, version)
    window newest as (partition by record_id order by version desc, (incoming.state <> 'moved') desc, vin desc)
),
heads as (
    insert into record_head as head (record_id, vin, previous_vin, version, content_digest, state)
    select record_id, vin, vin_before, version, digest, state
    from ranked
    where place = 1
    order by record_id
    on conflict (record_id) do update
        set vin = excluded.vin,
            previous_vin = head.vin,
            version = excluded.version,
            content_digest = excluded.content_digest,
            state = excluded.state,
            uploaded_digest = null
        where (head.version, head.state <> 'moved', head.vin)
            < (excluded.version, excluded.state <> 'moved', excluded.vin)
    returning record_id, xmax = 0 as is_new
),
announced as (
    insert into record_change (vin, record_id, version)
    select vin, record_id, version from inserted order by record_id, version
)
select incoming.number::integer, owned.company_code is not null and owned.company_code <> incoming.company_code,
    null::bytea
from incoming
left join inserted using (vin, record_id, version)
left join owned on owned.record_id = incoming.record_id
where inserted.record_id is null
union all
select null, false, uuid_send(record_id)
from (
    -- Grouped, not joined: a planner that expects few rows would compare each with each.
    select record_id, place, null::boolean as is_new from ranked where place <= 2
    union all
    select record_id, 0, is_new from heads
) as placed
group by record_id
having count(is_new) = 0 or (not bool_or(is_new) and max(place) = 2)

-- settle_heads --
-- Where the row before the newest one of these records stands, now that more of their rows are here.
update record_head as head
set previous_vin = before.vin
from (
    select distinct on (newest.record_id) newest.record_id, older.vin
    from record_head as newest
    join unnest(%(record_id)s::uuid[], %(vin)s::text[]) as came (record_id, vin) using (record_id)
    join record_version as older
        on older.record_id = newest.record_id and older.vin in (came.vin, newest.vin, newest.previous_vin)
    where (older.version, older.state <> 'moved', older.vin) < (newest.version, newest.state <> 'moved', newest.vin)
    order by newest.record_id, older.version desc, (older.state <> 'moved') desc, older.vin desc
) as before
where head.record_id = before.record_id and head.previous_vin is distinct from before.vin

-- find_same --
-- Which of these rows, by their number in the arrays, stand here just so.
select incoming.number::integer
from unnest(
    %(vin)s::text[], %(record_id)s::uuid[], %(version)s::integer[], %(state)s::text[], %(company_code)s::text[],
    %(settlement_list_number)s::text[], %(plate_number)s::text[], %(repair_on)s::date[], %(settled_on)s::date[],
    %(mileage_km)s::text[], %(content)s::text[], %(findings)s::text[], %(error_count)s::integer[],
    %(warn_count)s::integer[], %(origin)s::text[], %(dialect)s::text[], %(actor)s::text[], %(reason)s::text[],
    %(received_at)s::timestamptz[])
    with ordinality
    as incoming (
        vin, record_id, version, state, company_code, settlement_list_number, plate_number, repair_on, settled_on,
        mileage_km, content, findings, error_count, warn_count, origin, dialect, actor, reason, received_at, number)
join record_version as stored using (vin, record_id, version)
where (stored.state, stored.company_code, stored.settlement_list_number, stored.plate_number, stored.content,
        stored.findings, stored.error_count, stored.warn_count, stored.origin, stored.dialect, stored.actor,
        stored.reason, stored.received_at)
    = (incoming.state, incoming.company_code, incoming.settlement_list_number, incoming.plate_number, incoming.content,
        incoming.findings, incoming.error_count, incoming.warn_count, incoming.origin, incoming.dialect,
        incoming.actor, incoming.reason, incoming.received_at)
    and (stored.repair_on, stored.settled_on, stored.mileage_km)
        is not distinct from (incoming.repair_on, incoming.settled_on, incoming.mileage_km::numeric)

-- read_rows --
-- Rows by key, whole, in the order of the arrays; those that are not here are passed over. A row that came in here has
-- this node's code for its origin.
select stored.vin, uuid_send(stored.record_id), stored.version, stored.state, stored.company_code,
    stored.settlement_list_number, stored.plate_number, stored.repair_on, stored.settled_on, stored.mileage_km::text,
    stored.content, stored.findings, stored.error_count::integer, stored.warn_count::integer,
    case when stored.origin = 'local' and %(node_code)s::text <> '' then %(node_code)s::text else stored.origin end,
    stored.dialect, stored.actor, stored.reason, stored.received_at
from unnest(%(vin)s::text[], %(record_id)s::uuid[], %(version)s::integer[])
    with ordinality as wanted (vin, record_id, version, number)
join record_version as stored using (vin, record_id, version)
order by wanted.number
