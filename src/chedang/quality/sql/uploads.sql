-- upload_figures --
-- Records of one shop whose first version came in within a period, and what their newest versions say.
-- arrived: one row per record; a first version under another VIN is the same record.
with arrived as materialized (
    select record_id, min(received_at) as received_at, min(settled_on) as settled_on,
        bool_or(error_count > 0 or warn_count > 0) as is_faulty
    from record_version
    where company_code = %(company_code)s
        and version = 1
        and received_at >= %(since)s
        and received_at < %(until)s
    group by record_id
),
now_standing as (
    select arrived.record_id, arrived.received_at, arrived.settled_on, arrived.is_faulty,
        newest.state = 'active' as is_active,
        newest.error_count > 0 or newest.warn_count > 0 as is_doubtful,
        (arrived.received_at at time zone 'Asia/Shanghai')::date as received_on
    from arrived
    join record_head as head on head.record_id = arrived.record_id
    join record_version as newest
        on newest.vin = head.vin and newest.record_id = head.record_id and newest.version = head.version
)
select
    count(*),
    count(*) filter (where received_on <= settled_on + %(on_time_days)s::integer),
    count(*) filter (where settled_on is not null),
    count(*) filter (where is_active),
    count(*) filter (where is_active and is_doubtful),
    count(*) filter (where is_faulty),
    count(*) filter (where is_faulty and not is_doubtful),
    count(distinct date_trunc('month', received_on)),
    max(received_on)
from now_standing
