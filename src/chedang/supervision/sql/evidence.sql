-- count_received --
-- Records of one shop whose first version came in within a span: all, standing, with an error or a doubt now.
with arrived as materialized (
    select distinct record_id
    from record_version
    where company_code = %(company_code)s and version = 1
        and received_at >= %(since)s and received_at < %(until)s
)
select count(*),
    count(*) filter (where newest.state = 'active'),
    count(*) filter (where newest.state = 'active' and newest.error_count > 0),
    count(*) filter (where newest.state = 'active' and newest.error_count + newest.warn_count > 0)
from arrived
join record_head as head on head.record_id = arrived.record_id
join record_version as newest
    on newest.vin = head.vin and newest.record_id = head.record_id and newest.version = head.version

-- count_months --
-- The same span by month in China: month, records received.
select to_char(received_at at time zone 'Asia/Shanghai', 'YYYY-MM') as month, count(distinct record_id)
from record_version
where company_code = %(company_code)s and version = 1
    and received_at >= %(since)s and received_at < %(until)s
group by month
order by month

-- list_received --
-- One piece of the list: records after a place, in the order in which their first versions came in.
with arrived as materialized (
    select distinct on (received_at, record_id) received_at, record_id, settlement_list_number
    from record_version
    where company_code = %(company_code)s and version = 1
        and received_at >= %(since)s and received_at < %(until)s
        and (received_at, record_id) > (%(after_at)s::timestamptz, %(after_id)s::uuid)
    order by received_at, record_id
    limit %(limit)s
)
select arrived.received_at, arrived.record_id, arrived.settlement_list_number, newest.repair_on, newest.settled_on,
    newest.version, newest.state, newest.error_count, newest.warn_count, newest.received_at,
    encode(head.content_digest, 'hex'), newest.vin
from arrived
join record_head as head on head.record_id = arrived.record_id
join record_version as newest
    on newest.vin = head.vin and newest.record_id = head.record_id and newest.version = head.version
order by arrived.received_at, arrived.record_id
