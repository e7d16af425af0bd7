-- 一车一档: the vehicle index, derived from the newest active version of every record.

-- lock_refresh --
-- One refresh at a time: the next one then reads what this one's versions were read beside, and writes nothing stale.
select pg_advisory_xact_lock(7203311)

-- upsert_plates --
-- Plates over time of these vehicles. A record stands on its day of settlement, but never after the day of its receipt.
with newest as (
    select distinct on (vin, record_id)
        vin, state, plate_number, settled_on, repair_on, (received_at at time zone 'Asia/Shanghai')::date as received_on
    from record_version
    where vin = any(%(vins)s::text[])
    order by vin, record_id, version desc
)
insert into vehicle_plate as known (vin, plate_number, first_seen_on, last_seen_on)
select vin, plate_number,
    min(least(coalesce(settled_on, repair_on, received_on), received_on)),
    max(least(coalesce(settled_on, repair_on, received_on), received_on))
from newest
where state = 'active' and plate_number <> ''
group by vin, plate_number
order by vin, plate_number
on conflict (vin, plate_number) do update
    set first_seen_on = excluded.first_seen_on, last_seen_on = excluded.last_seen_on
    where known.first_seen_on is distinct from excluded.first_seen_on
        or known.last_seen_on is distinct from excluded.last_seen_on

-- delete_stale_plates --
-- Plates that no active record of these vehicles carries any more.
with newest as (
    select distinct on (vin, record_id) vin, state, plate_number
    from record_version
    where vin = any(%(vins)s::text[])
    order by vin, record_id, version desc
)
delete from vehicle_plate as known
where known.vin = any(%(vins)s::text[])
    and not exists (
        select from newest
        where newest.vin = known.vin and newest.plate_number = known.plate_number and newest.state = 'active')

-- summarise_vehicles --
-- What the active records of these vehicles add up to; the newest plate and mileage are those of the newest record with one.
with newest as (
    select distinct on (vin, record_id)
        vin, record_id, state, plate_number, mileage_km, settled_on, repair_on, received_at,
        (received_at at time zone 'Asia/Shanghai')::date as received_on
    from record_version
    where vin = any(%(vins)s::text[])
    order by vin, record_id, version desc
),
dated as (
    select vin, record_id, plate_number, mileage_km, received_at,
        least(coalesce(settled_on, repair_on, received_on), received_on) as on_day
    from newest
    where state = 'active'
)
select vin, count(*)::integer as record_count, min(on_day) as first_settled_on, max(on_day) as last_settled_on,
    (array_agg(plate_number order by on_day desc, received_at desc, record_id desc)
        filter (where plate_number <> ''))[1] as plate_number,
    (array_agg(mileage_km order by on_day desc, received_at desc, record_id desc)
        filter (where mileage_km is not null))[1] as last_mileage_km
from dated
group by vin

-- upsert_vehicles --
-- One array per column; the order keeps two writers from waiting for each other.
insert into vehicle (
    vin, plate_number, home_province_code, record_count, first_settled_on, last_settled_on, last_mileage_km, refreshed_at)
select summary.vin, summary.plate_number, summary.home_province_code, summary.record_count, summary.first_settled_on,
    summary.last_settled_on, summary.last_mileage_km, %(refreshed_at)s::timestamptz
from unnest(
    %(vin)s::text[], %(plate_number)s::text[], %(home_province_code)s::text[], %(record_count)s::integer[],
    %(first_settled_on)s::date[], %(last_settled_on)s::date[], %(last_mileage_km)s::numeric[])
    as summary (
        vin, plate_number, home_province_code, record_count, first_settled_on, last_settled_on, last_mileage_km)
order by summary.vin
on conflict (vin) do update set
    plate_number = excluded.plate_number,
    home_province_code = excluded.home_province_code,
    record_count = excluded.record_count,
    first_settled_on = excluded.first_settled_on,
    last_settled_on = excluded.last_settled_on,
    last_mileage_km = excluded.last_mileage_km,
    refreshed_at = excluded.refreshed_at

-- delete_vehicles --
-- Vehicles none of whose records is active any more.
delete from vehicle where vin = any(%(vins)s::text[])

-- find_by_plate_and_vin_tail --
-- Vehicles that carried this plate at some time and whose VIN ends so; the one seen last with it comes first.
select vin
from vehicle_plate
where plate_number = %(plate_number)s and right(vin, 6) = %(tail)s
order by last_seen_on desc, vin

-- read_vehicle --
-- One row of the index.
select vin, plate_number, home_province_code, record_count, first_settled_on, last_settled_on, last_mileage_km, refreshed_at
from vehicle
where vin = %(vin)s

-- next_vins --
-- Keys of vehicles' files after this one, for a rebuild in steps; keys that begin with ~ are no vehicle.
select distinct vin
from record_version
where vin > %(after)s and vin not like '~%%'
order by vin
limit %(limit)s

-- next_orphans --
-- Keys in the index that no record stands under.
select vin
from (select vin from vehicle union select vin from vehicle_plate) as known
where vin > %(after)s
    and not exists (select from record_version where record_version.vin = known.vin)
order by vin
limit %(limit)s
