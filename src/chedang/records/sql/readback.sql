-- read_head_versions --
-- Newest version of each of these records.
select encode(uuid_send(record_id), 'hex'), version from record_head where record_id = any(%(record_ids)s::uuid[])

-- read_page --
-- Newest version of each record of one enterprise in a span of receipt, newest received first.
select vin, record_id, version, state, company_code, settlement_list_number, plate_number, repair_on, settled_on,
    mileage_km, content, findings, origin, dialect, actor, reason, received_at
from record_version as record
where company_code = %(company_code)s
    and state <> 'moved'
    and (%(state)s::text is null or state = %(state)s)
    and (%(received_from)s::timestamptz is null or received_at >= %(received_from)s)
    and (%(received_until)s::timestamptz is null or received_at < %(received_until)s)
    and (%(before_at)s::timestamptz is null
        or (received_at, record_id) < (%(before_at)s::timestamptz, %(before_id)s::uuid))
    and not exists (
        select from record_version as newer
        where newer.vin = record.vin and newer.record_id = record.record_id and newer.version > record.version)
order by received_at desc, record_id desc
limit %(limit)s

-- read_received --
-- Each record of one enterprise that got content in a span of receipt, as its last version in that span says.
select record_id, settlement_list_number, encode(sha256(convert_to(content, 'UTF8')), 'hex'), state
from (
    select distinct on (record_id) record_id, settlement_list_number, content, state
    from record_version
    where company_code = %(company_code)s and received_at >= %(from_at)s and received_at < %(until_at)s
        and state <> 'moved' and (%(after)s::uuid is null or record_id > %(after)s)
    order by record_id, version desc
) as last
order by record_id
limit %(limit)s

-- read_settled --
-- Each record of one enterprise that was settled on a day, as its newest version says. A job is not received before its
-- day of settlement, which is what bounds the search.
select record_id, settlement_list_number, encode(sha256(convert_to(content, 'UTF8')), 'hex'), state
from record_version as record
where company_code = %(company_code)s and received_at >= %(from_at)s and settled_on = %(day)s and state <> 'moved'
    and (%(after)s::uuid is null or record_id > %(after)s)
    and not exists (
        select from record_version as newer
        where newer.vin = record.vin and newer.record_id = record.record_id and newer.version > record.version)
order by record_id
limit %(limit)s

-- read_history --
-- What became of a record under one VIN, without its content.
select version, state, received_at, actor, reason, encode(sha256(convert_to(content, 'UTF8')), 'hex')
from record_version
where vin = %(vin)s and record_id = %(record_id)s::uuid and state <> 'moved'
order by version desc
limit %(limit)s

-- measure_page --
-- How many rows of read_page, from the first, hold no more than so many bytes together.
select count(*) filter (where size_bytes <= %(most_bytes)s)
from (
    select sum(octet_length(content) + octet_length(findings)) over (order by received_at desc, record_id desc)
        as size_bytes
    from (
        select content, findings, received_at, record_id
        from record_version as record
        where company_code = %(company_code)s
            and state <> 'moved'
            and (%(state)s::text is null or state = %(state)s)
            and (%(received_from)s::timestamptz is null or received_at >= %(received_from)s)
            and (%(received_until)s::timestamptz is null or received_at < %(received_until)s)
            and (%(before_at)s::timestamptz is null
                or (received_at, record_id) < (%(before_at)s::timestamptz, %(before_id)s::uuid))
            and not exists (
                select from record_version as newer
                where newer.vin = record.vin and newer.record_id = record.record_id
                    and newer.version > record.version)
        order by received_at desc, record_id desc
        limit %(limit)s
    ) as page
) as measured

-- limit_reading --
-- What one shop reads back must not hold a connection for long.
set local statement_timeout = '5s'

-- own_vins --
-- Which of these vehicles one enterprise has records of.
select distinct vin from record_version where vin = any(%(vins)s::text[]) and company_code = %(company_code)s

-- count_days --
-- Records of one enterprise by day of receipt in China, each as its last version of that day says, as read_received.
select day, count(*),
    count(*) filter (where state = 'void'),
    count(*) filter (where state <> 'void' and (error_count > 0 or warn_count > 0)),
    count(*) filter (where settlement_list_number = '')
from (
    select distinct on (day, record_id) day, record_id, state, error_count, warn_count, settlement_list_number
    from (
        select (received_at at time zone 'Asia/Shanghai')::date as day, record_id, version, state, error_count,
            warn_count, settlement_list_number
        from record_version
        where company_code = %(company_code)s and received_at >= %(from_at)s and received_at < %(until_at)s
            and state <> 'moved'
    ) as received
    order by day, record_id, version desc
) as last
group by day
order by day desc

-- count_dialects --
-- By which vocabularies one enterprise's versions came, and when the last one did; the newest first.
select dialect, count(*), max(received_at)
from record_version
where company_code = %(company_code)s and received_at >= %(from_at)s and state <> 'moved'
group by dialect
order by max(received_at) desc
