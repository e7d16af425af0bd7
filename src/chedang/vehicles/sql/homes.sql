-- 车籍: what the one precedence (chedang.vehicles.home) is applied to.

-- read_homes --
-- Per vehicle: what was stated, then plate and origin of each active record, newest first, and the newest one's shop.
with asked as (
    select unnest(%(vins)s::text[]) as vin
),
newest as (
    select distinct on (vin, record_id)
        vin, record_id, state, plate_number, company_code, origin, settled_on, repair_on, received_at,
        (received_at at time zone 'Asia/Shanghai')::date as received_on
    from record_version
    where vin = any(%(vins)s::text[])
    order by vin, record_id, version desc
),
dated as (
    select vin, record_id, plate_number, company_code, origin, received_at,
        least(coalesce(settled_on, repair_on, received_on), received_on) as on_day
    from newest
    where state = 'active'
),
sighted as (
    select vin,
        array_agg(plate_number order by on_day desc, received_at desc, record_id desc) as plates,
        array_agg(origin order by on_day desc, received_at desc, record_id desc) as origins,
        (array_agg(company_code order by on_day desc, received_at desc, record_id desc))[1] as company_code
    from dated
    group by vin
),
registration as (
    select vin, province_code from vehicle_registration where vin = any(%(vins)s::text[])
)
select asked.vin, coalesce(registration.province_code, '') as registered_province,
    coalesce(sighted.plates, '{}') as plates, coalesce(sighted.origins, '{}') as origins,
    coalesce(sighted.company_code, '') as company_code,
    coalesce(known.node_code, case when own.company_code is not null then %(node_code)s::text end, '') as known_node
from asked
left join sighted on sighted.vin = asked.vin
left join registration on registration.vin = asked.vin
left join known_enterprise as known on known.company_code = sighted.company_code
left join enterprise as own on own.company_code = sighted.company_code

-- read_registered --
-- 车籍 as stated for one vehicle.
select province_code from vehicle_registration where vin = %(vin)s

-- read_shop_nodes --
-- Which node registers these shops; of those that are not known at all, no row.
select company_code, %(node_code)s::text as node_code
from enterprise
where company_code = any(%(company_codes)s::text[])
union all
select company_code, node_code
from known_enterprise
where company_code = any(%(company_codes)s::text[])
