-- row_digest --
-- The text of chedang.exchange.rows.row_digest, digested: the one place where SQL makes it. A record that came in here
-- has this node's code on the wire.
sha256(convert_to(concat_ws(
    e'\x1f', vin, replace(record_id::text, '-', ''), version::text, state, company_code, settlement_list_number,
    plate_number, coalesce(to_char(repair_on, 'YYYY-MM-DD'), ''), coalesce(to_char(settled_on, 'YYYY-MM-DD'), ''),
    coalesce(mileage_km::text, ''), content, findings, error_count::text, warn_count::text,
    case origin when 'local' then %(own_code)s::text else origin end, dialect, actor, reason,
    ((extract(epoch from received_at) * 1000000)::bigint)::text), 'UTF8'))

-- own_rows --
-- What came in at this node, and whether its peer has told that it has it.
select stored.vin, stored.record_id, stored.version, stored.state, stored.company_code, stored.settlement_list_number,
    stored.plate_number, stored.repair_on, stored.settled_on, stored.mileage_km, stored.content, stored.findings,
    stored.error_count, stored.warn_count, stored.origin, stored.dialect, stored.actor, stored.reason,
    stored.received_at, under_way.vin is null as is_settled
from record_version as stored
left join (select distinct vin, record_id, version from record_change where seq > %(position)s) as under_way
    using (vin, record_id, version)
where stored.origin = 'local'

-- rows_of_peer --
-- What a province has brought.
select stored.vin, stored.record_id, stored.version, stored.state, stored.company_code, stored.settlement_list_number,
    stored.plate_number, stored.repair_on, stored.settled_on, stored.mileage_km, stored.content, stored.findings,
    stored.error_count, stored.warn_count, stored.origin, stored.dialect, stored.actor, stored.reason,
    stored.received_at, true as is_settled
from record_version as stored
where stored.origin = %(peer)s

-- fed_rows --
-- What was put into the feed of a province, and whether it has told that it has it. Its own rows it need not be told.
select stored.vin, stored.record_id, stored.version, stored.state, stored.company_code, stored.settlement_list_number,
    stored.plate_number, stored.repair_on, stored.settled_on, stored.mileage_km, stored.content, stored.findings,
    stored.error_count, stored.warn_count, stored.origin, stored.dialect, stored.actor, stored.reason,
    stored.received_at, fed.seq <= %(position)s as is_settled
from record_version as stored
join exchange_feed as fed using (vin, record_id, version)
where fed.destination = %(peer)s and fed.kind = 'record' and stored.origin <> %(peer)s

-- received_rows --
-- What came in at other nodes.
select stored.vin, stored.record_id, stored.version, stored.state, stored.company_code, stored.settlement_list_number,
    stored.plate_number, stored.repair_on, stored.settled_on, stored.mileage_km, stored.content, stored.findings,
    stored.error_count, stored.warn_count, stored.origin, stored.dialect, stored.actor, stored.reason,
    stored.received_at, true as is_settled
from record_version as stored
where stored.origin <> 'local'

-- summarise --
-- Rows that are not under way, by day of receipt and division. The order of digests is the same on every node.
select received_on, division_code, count(*), sha256(string_agg(digest, ''::bytea order by digest))
from (
    select (received_at at time zone 'Asia/Shanghai')::date as received_on, left(company_code, 6) as division_code,
        /* row_digest */ as digest
    from (/* rows */) as compared
    where received_at >= %(from_at)s and received_at < %(until_at)s and is_settled
) as digested
group by received_on, division_code
order by received_on, division_code

-- mark --
-- Keys and digests of one day and division.
select vin, uuid_send(record_id), version, /* row_digest */, is_settled
from (/* rows */) as compared
where received_at >= %(from_at)s and received_at < %(until_at)s
    and left(company_code, 6) = %(division_code)s
    and (%(after_vin)s::text is null
        or (vin, record_id, version) > (%(after_vin)s::text, %(after_id)s::uuid, %(after_version)s::integer))
order by vin, record_id, version
limit %(limit)s

-- read_position --
-- How far a peer has told that it has what it was sent.
select acknowledged_position from exchange_channel where peer = %(peer)s and direction = 'out'

-- oldest_under_way --
-- Receipt of the oldest row of ours that the peer has not told of.
select min(stored.received_at)
from record_version as stored
join (select distinct vin, record_id, version from record_change where seq > %(position)s) as under_way
    using (vin, record_id, version)
where stored.origin = 'local'

-- read_named --
-- Which of these rows the feed of a province names.
select distinct fed.vin, uuid_send(fed.record_id), fed.version
from exchange_feed as fed
join unnest(%(vins)s::text[], %(record_ids)s::uuid[], %(versions)s::integer[]) as wanted (vin, record_id, version)
    on wanted.record_id = fed.record_id and wanted.vin = fed.vin and wanted.version = fed.version
where fed.destination = %(peer)s and fed.kind = 'record'

-- forget_fed --
-- A row that was one too many belongs into no feed.
delete from exchange_feed where record_id = %(record_id)s::uuid and vin = %(vin)s and version = %(version)s

-- find_company_of_record --
-- Whose record a number is, where it is known.
select stored.company_code
from record_head as head
join record_version as stored
    on stored.vin = head.vin and stored.record_id = head.record_id and stored.version = head.version
where head.record_id = %(record_id)s::uuid
limit 1

-- set_aside --
-- Evidence of what stood there before a repair.
insert into exchange_set_aside (vin, record_id, version, row_text, reason, set_aside_at)
values (%(vin)s, %(record_id)s::uuid, %(version)s, %(row_text)s, %(reason)s, %(now)s)
