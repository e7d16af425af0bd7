-- append --
-- Store a batch in one statement, one array per column.
-- held: every writer holds the feed's lock from before a sequence number is drawn until its commit, so that a reader
--   knows for whom to wait (chedang.platform.settling); the same lock as lock_feed_shared in corrections.sql.
-- claimed: new numbers get version 1, changed content the next version; unchanged content returns no row. In the order
--   of the key, so that two writers cannot wait for each other. A plain upload that is what was uploaded last changes
--   nothing either, whatever has been corrected or voided since; a void keeps the digest of what it voids.
-- appended: the versions, and a pointer without content in each file that a record leaves.
-- announced: tells the followers.
with held as materialized (
    select pg_advisory_xact_lock_shared(7203301)
),
incoming as materialized (
    select *
    from unnest(
        %(record_id)s::uuid[], %(vin)s::text[], %(digest)s::bytea[], %(state)s::text[], %(company_code)s::text[],
        %(settlement_list_number)s::text[], %(plate_number)s::text[], %(repair_on)s::date[], %(settled_on)s::date[],
        %(mileage_km)s::text[], %(content)s::text[], %(findings)s::text[], %(error_count)s::integer[],
        %(warn_count)s::integer[], %(origin)s::text[], %(dialect)s::text[], %(actor)s::text[], %(reason)s::text[],
        %(received_at)s::timestamptz[])
        as incoming (
            record_id, vin, digest, state, company_code, settlement_list_number, plate_number, repair_on, settled_on,
            mileage_km, content, findings, error_count, warn_count, origin, dialect, actor, reason, received_at)
),
claimed as (
    insert into record_head as head (record_id, vin, version, content_digest, state)
    select record_id, vin, 1, digest, state
    from held, incoming
    order by record_id
    on conflict (record_id) do update
        set previous_vin = head.vin,
            vin = excluded.vin,
            version = head.version + 1,
            content_digest = excluded.content_digest,
            state = excluded.state,
            uploaded_digest = case
                when head.record_id = any(%(deliberate_ids)s::uuid[])
                    then coalesce(head.uploaded_digest, head.content_digest)
            end
        where case
            when head.record_id = any(%(deliberate_ids)s::uuid[])
                then head.content_digest <> excluded.content_digest or head.state <> excluded.state
            else head.content_digest <> excluded.content_digest
                and head.uploaded_digest is distinct from excluded.content_digest
        end
    returning record_id, version, previous_vin
),
rows as materialized (
    select incoming.*, claimed.version, claimed.previous_vin
    from claimed join incoming using (record_id)
),
placed as materialized (
    select previous_vin as stored_under, 'moved' as stored_as, '{}' as kept, '[]' as found, 0 as errors, 0 as warnings,
        rows.*
    from rows
    where previous_vin <> vin
    union all
    select vin, state, content, findings, error_count, warn_count, rows.*
    from rows
),
appended as (
    insert into record_version (
        vin, record_id, version, state, company_code, settlement_list_number, plate_number, repair_on, settled_on,
        mileage_km, content, findings, error_count, warn_count, origin, dialect, actor, reason, received_at)
    select stored_under, record_id, version, stored_as, company_code, settlement_list_number, plate_number, repair_on,
        settled_on, mileage_km::numeric, kept, found, errors, warnings, origin, dialect, actor, reason, received_at
    from placed
),
announced as (
    insert into record_change (vin, record_id, version)
    select stored_under, record_id, version
    from placed
)
select uuid_send(record_id), version from claimed

-- read_file --
-- Every version of every record of one vehicle (or of a shop's file-less records), oldest version first.
select vin, record_id, version, state, company_code, settlement_list_number, plate_number, repair_on, settled_on,
    mileage_km, content, findings, origin, dialect, actor, reason, received_at
from record_version
where vin = %(vin)s
order by record_id, version

-- find_head --
-- Where the newest version of a record stands, where the one before, and its number.
select vin, previous_vin, version from record_head where record_id = %(record_id)s::uuid

-- read_version --
-- One version of a record under one VIN.
select vin, record_id, version, state, company_code, settlement_list_number, plate_number, repair_on, settled_on,
    mileage_km, content, findings, origin, dialect, actor, reason, received_at
from record_version
where vin = %(vin)s and record_id = %(record_id)s::uuid and version = %(version)s and state <> 'moved'

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
