-- wait_for_record --
-- Clients give up after three seconds; whoever waits for another correction of the same record is told before.
set local lock_timeout = '2s'

-- lock_feed_shared --
-- The feed's lock, the same as in append in queries.sql.
-- Before the record and not after it, as every writer does: two that take them in turn could wait for each other.
select pg_advisory_xact_lock_shared(7203301)

-- hold_head --
-- Nobody else appends to this record until the transaction ends.
select version from record_head where record_id = %(record_id)s::uuid for update

-- limit_search --
-- A search reads one shop's records; none may hold a connection for long.
set local statement_timeout = '3s'

-- measure_search --
-- How many bytes of content a page of read_search has.
select coalesce(sum(octet_length(content)), 0)
from (
    select content
    from record_version as record
    where company_code = %(company_code)s
        and state = 'active'
        and (%(plate_number)s::text is null or plate_number = %(plate_number)s::text)
        and (%(settled_on)s::date is null or settled_on = %(settled_on)s::date)
        and not exists (
            select from record_version as newer
            where newer.vin = record.vin and newer.record_id = record.record_id and newer.version > record.version)
    order by received_at desc, record_id desc
    limit %(limit)s offset %(offset)s
) as page

-- read_search --
-- Newest versions of a shop's records that are not void, of one plate, of one day of settlement; newest received first.
select vin, record_id, version, state, company_code, settlement_list_number, plate_number, repair_on, settled_on,
    mileage_km, content, findings, origin, dialect, actor, reason, received_at
from record_version as record
where company_code = %(company_code)s
    and state = 'active'
    and (%(plate_number)s::text is null or plate_number = %(plate_number)s::text)
    and (%(settled_on)s::date is null or settled_on = %(settled_on)s::date)
    and not exists (
        select from record_version as newer
        where newer.vin = record.vin and newer.record_id = record.record_id and newer.version > record.version)
order by received_at desc, record_id desc
limit %(limit)s offset %(offset)s
