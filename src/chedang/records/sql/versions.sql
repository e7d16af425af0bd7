-- versions_of_company --
-- All versions of a shop's records, oldest received first, page by page behind a key.
select vin, record_id, version, state, company_code, settlement_list_number, plate_number, repair_on, settled_on,
    mileage_km, content, findings, origin, dialect, actor, reason, received_at
from record_version
where company_code = %(company_code)s
    and received_at >= coalesce(%(after_at)s::timestamptz, '-infinity')
    and (%(after_at)s::timestamptz is null
        or (received_at, record_id, version, vin)
            > (%(after_at)s::timestamptz, %(after_id)s::uuid, %(after_version)s::integer, %(after_vin)s::text))
order by received_at, record_id, version, vin
limit %(limit)s
