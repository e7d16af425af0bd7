-- Lists of a shop's own records (company.sql). A list and its count are made of the same conditions, and each goes by an
-- index: none reads the shop's whole history to find a few rows.

-- read --
-- One page of a list: newest versions, newest received first. Its conditions stand in place of the comment.
select vin, record_id, version, state, company_code, settlement_list_number, plate_number, repair_on, settled_on,
    mileage_km, content, findings, origin, dialect, actor, reason, received_at
from record_version as record
where company_code = %(company_code)s
    and /* conditions */
    and (received_at, record_id) < (%(before_at)s::timestamptz, %(before_id)s::uuid)
    and not exists (
        select from record_version as newer
        where newer.vin = record.vin and newer.record_id = record.record_id and newer.version > record.version)
order by received_at desc, record_id desc
limit %(limit)s

-- count --
-- How many rows that list has without paging, at most so many.
select count(*)
from (
    select
    from record_version as record
    where company_code = %(company_code)s
        and /* conditions */
        and not exists (
            select from record_version as newer
            where newer.vin = record.vin and newer.record_id = record.record_id and newer.version > record.version)
    limit %(most)s
) as counted

-- received --
-- Received in a span.
state = 'active' and received_at >= %(from_at)s::timestamptz and received_at < %(until_at)s::timestamptz

-- found --
-- The same with a plate or a settlement list number that ends so.
state = 'active' and received_at >= %(from_at)s::timestamptz and received_at < %(until_at)s::timestamptz
    and (starts_with(reverse(upper(plate_number)), reverse(upper(%(tail)s)))
        or starts_with(reverse(upper(settlement_list_number)), reverse(upper(%(tail)s))))

-- doubtful --
-- Those with something to mend that the shop has not explained: explained_ids and explained_codes say, record by
-- record, which findings it has.
state = 'active' and (error_count > 0 or warn_count > 0)
    and not exists (
        select from unnest(%(explained_ids)s::uuid[], %(explained_codes)s::text[]) as explained(record_id, codes)
        where explained.record_id = record.record_id
            and not exists (
                select from json_array_elements(record.findings::json) as finding
                where finding ->> 'level' <> 'info'
                    and finding ->> 'code' <> all (string_to_array(explained.codes, ','))))

-- explained --
-- Those with something to mend that the shop has explained wholly.
state = 'active' and (error_count > 0 or warn_count > 0)
    and exists (
        select from unnest(%(explained_ids)s::uuid[], %(explained_codes)s::text[]) as explained(record_id, codes)
        where explained.record_id = record.record_id
            and not exists (
                select from json_array_elements(record.findings::json) as finding
                where finding ->> 'level' <> 'info'
                    and finding ->> 'code' <> all (string_to_array(explained.codes, ','))))

-- held --
-- Those in no vehicle's file.
state = 'active' and vin = '~' || %(company_code)s

-- void --
-- Those that were voided.
state = 'void'

-- limit_search --
-- A search by the end of a number goes through all records of a shop; none may hold a connection for long.
set local statement_timeout = '3s'

-- read_upload_days --
-- The last days (in China) on which the shop uploaded something, newest first, each with its last upload. One step into
-- the index for each day. The first version of a record is an upload, also when a person typed it.
with recursive uploaded(received_at, place) as (
    (select received_at, 1
    from record_version
    where company_code = %(company_code)s and (actor = '' or version = 1) and state <> 'moved'
    order by received_at desc
    limit 1)
    union all
    select (
        select earlier.received_at
        from record_version as earlier
        where earlier.company_code = %(company_code)s and (earlier.actor = '' or earlier.version = 1)
            and earlier.state <> 'moved'
            and earlier.received_at
                < date_trunc('day', uploaded.received_at at time zone 'Asia/Shanghai') at time zone 'Asia/Shanghai'
        order by earlier.received_at desc
        limit 1), place + 1
    from uploaded
    where uploaded.received_at is not null and place < %(days)s
)
select received_at from uploaded where received_at is not null
