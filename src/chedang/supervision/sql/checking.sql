-- count_new --
-- Records whose first version came in within a span and that stand, and how many of them have an error now.
with arrived as materialized (
    select distinct record_id
    from record_version
    where company_code = %(company_code)s
        and version = 1
        and received_at >= %(since)s
        and received_at < %(until)s
)
select count(*), count(*) filter (where newest.error_count > 0)
from arrived
join record_head as head on head.record_id = arrived.record_id
join record_version as newest
    on newest.vin = head.vin and newest.record_id = head.record_id and newest.version = head.version
where newest.state = 'active'

-- count_named --
-- Of these records of one shop: how many are there, and how many had an error or a doubt at that instant.
select count(*), count(*) filter (
    where standing.state = 'active' and (standing.error_count > 0 or standing.warn_count > 0))
from unnest(%(record_ids)s::uuid[]) as named (record_id)
join record_head as head on head.record_id = named.record_id
join lateral (
    select version.state, version.error_count, version.warn_count
    from record_version as version
    where version.record_id = head.record_id
        and version.vin in (head.vin, head.previous_vin)
        and version.company_code = %(company_code)s
        and version.state <> 'moved'
        and version.received_at < %(until)s
    order by version.version desc
    limit 1) as standing on true

-- is_connected --
select exists (
    select from record_version
    where company_code = %(company_code)s and received_at < %(until)s)
