-- begin --
-- One picture of everything: what is written meanwhile is not seen.
set transaction isolation level repeatable read, read only

-- count_rows --
-- For the progress bar.
select count(*) from record_version where received_at >= %(since_at)s

-- stream_rows --
-- Every row whole, with the digest that the head keeps where the row is the newest of its record.
select stored.vin, uuid_send(stored.record_id), stored.version, stored.state, stored.company_code,
    stored.settlement_list_number, stored.plate_number, stored.repair_on, stored.settled_on, stored.mileage_km::text,
    stored.content, stored.findings, stored.error_count, stored.warn_count, stored.origin, stored.dialect, stored.actor,
    stored.reason, stored.received_at, head.content_digest
from record_version as stored
left join record_head as head
    on head.record_id = stored.record_id and head.vin = stored.vin and head.version = stored.version
        and stored.state <> 'moved'
where stored.received_at >= %(since_at)s

-- stream_records --
-- Rows and heads of the same records beside each other, one record after another, its oldest version first.
select uuid_send(coalesce(stored.record_id, head.record_id)), stored.vin, stored.version, stored.state, stored.origin,
    told.record_id is not null, head.vin, head.version, head.state
from (
    select vin, record_id, version, state, origin
    from record_version
    where record_id in (select record_id from record_version where received_at >= %(since_at)s)
) as stored
full join (
    select record_id, vin, version, state
    from record_head
    where %(is_everything)s or record_id in (select record_id from record_version where received_at >= %(since_at)s)
) as head using (record_id)
left join (select distinct vin, record_id, version from record_change) as told
    on told.vin = stored.vin and told.record_id = stored.record_id and told.version = stored.version
order by 1, stored.version, stored.state <> 'moved', stored.vin
