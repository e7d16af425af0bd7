-- 车籍 as stated.

-- keep --
-- The newest statement stands; of two made in the same instant that of the higher node, so that the order of arrival
-- does not matter. Returns no row when nothing changed.
insert into vehicle_registration as known (vin, province_code, basis, stated_by, stated_at)
values (%(vin)s, %(province_code)s, %(basis)s, %(stated_by)s, %(stated_at)s)
on conflict (vin) do update set
    province_code = excluded.province_code,
    basis = excluded.basis,
    stated_by = excluded.stated_by,
    stated_at = excluded.stated_at
    where (known.stated_at, known.stated_by) < (excluded.stated_at, excluded.stated_by)
returning vin

-- lock_refresh --
-- The same lock as lock_refresh in queries.sql: a refresh that runs has read what stood before.
select pg_advisory_xact_lock(7203311)

-- bring_index_in_step --
-- A statement goes before all else, so it alone is the 车籍 in the index.
update vehicle set home_province_code = %(province_code)s where vin = %(vin)s

-- read --
-- The statement for one vehicle.
select province_code, basis, stated_by, stated_at from vehicle_registration where vin = %(vin)s
