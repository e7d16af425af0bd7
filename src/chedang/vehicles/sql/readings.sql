-- read_readings --
-- Odometer readings of one vehicle: of the newest active version of each record but one, on 送修日期, else 结算日期; a day
-- after its own receipt cannot be right. Enterprises that wait for their review or were turned down, here or
-- at their own node, have no say.
select record_id, read_on, mileage_km, content
from (
    select record_id, state, company_code, mileage_km, content,
        coalesce(case when repair_on <= received_on then repair_on end,
            case when settled_on <= received_on then settled_on end) as read_on
    from (
        select distinct on (record_id) record_id, state, company_code, repair_on, settled_on, mileage_km, content,
            (received_at at time zone 'Asia/Shanghai')::date as received_on
        from record_version
        where vin = %(vin)s
        order by record_id, version desc
    ) as newest
) as dated
where state = 'active' and mileage_km is not null and read_on is not null
    and (%(without)s::uuid is null or record_id <> %(without)s)
    and not exists (
        select from enterprise
        where enterprise.company_code = dated.company_code and enterprise.review_state <> 'approved'
            and not exists (select from known_enterprise as known where known.company_code = dated.company_code))
    and not exists (
        select from known_enterprise
        where known_enterprise.company_code = dated.company_code and known_enterprise.review_state <> 'approved')
