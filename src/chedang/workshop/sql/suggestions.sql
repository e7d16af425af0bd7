-- What a shop's own records suggest to the person who types the next job. Every statement goes by the shop, or by one
-- vehicle and the shop: nothing of another shop is read. The newest rows only, so that a large shop waits no longer.

-- last_visit_by_vin --
-- The shop's newest record of a vehicle.
select vin, record_id, version, state, company_code, settlement_list_number, plate_number, repair_on, settled_on,
    mileage_km, content, findings, origin, dialect, actor, reason, received_at
from record_version as record
where vin = %(vin)s
    and company_code = %(company_code)s
    and state = 'active'
    and not exists (
        select from record_version as newer
        where newer.vin = record.vin and newer.record_id = record.record_id and newer.version > record.version)
order by coalesce(repair_on, settled_on) desc nulls last, received_at desc
limit 1

-- last_visit_by_plate --
-- The newest record under a plate among the shop's newest 5,000.
select vin, record_id, version, state, company_code, settlement_list_number, plate_number, repair_on, settled_on,
    mileage_km, content, findings, origin, dialect, actor, reason, received_at
from (
    select vin, record_id, version, state, company_code, settlement_list_number, plate_number, repair_on, settled_on,
        mileage_km, content, findings, origin, dialect, actor, reason, received_at
    from record_version
    where company_code = %(company_code)s
    order by received_at desc
    limit 5000
) as record
where plate_number = %(plate_number)s
    and state = 'active'
    and not exists (
        select from record_version as newer
        where newer.vin = record.vin and newer.record_id = record.record_id and newer.version > record.version)
order by coalesce(repair_on, settled_on) desc nulls last, received_at desc
limit 1

-- own_vins --
-- Vehicles among the shop's newest 5,000 rows.
select distinct vin
from (
    select vin, state from record_version where company_code = %(company_code)s order by received_at desc limit 5000
) as recent
where vin not like '~%%' and state = 'active'
