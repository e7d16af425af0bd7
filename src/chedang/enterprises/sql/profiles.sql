-- read_profiles --
select company_code, latitude, longitude, brands, repairs_nev, is_emission_station, opening_hours, credit_grade,
    credit_year, is_4s, has_rescue, chain_name
from shop_profile
where company_code = any(%(company_codes)s::text[])

-- hold_profile --
-- What was told of one shop, held still until the transaction ends.
select company_code, latitude, longitude, brands, repairs_nev, is_emission_station, opening_hours, credit_grade,
    credit_year, is_4s, has_rescue, chain_name
from shop_profile
where company_code = %(company_code)s
for update

-- keep_profile --
insert into shop_profile (company_code, latitude, longitude, brands, repairs_nev, is_emission_station, opening_hours,
    credit_grade, credit_year, is_4s, has_rescue, chain_name, told_by, told_at)
values (%(company_code)s, %(latitude)s, %(longitude)s, %(brands)s::text[], %(repairs_nev)s, %(is_emission_station)s,
    %(opening_hours)s, %(credit_grade)s, %(credit_year)s, %(is_4s)s, %(has_rescue)s, %(chain_name)s,
    %(told_by)s, %(told_at)s)
on conflict (company_code) do update set latitude = excluded.latitude, longitude = excluded.longitude,
    brands = excluded.brands, repairs_nev = excluded.repairs_nev, is_emission_station = excluded.is_emission_station,
    opening_hours = excluded.opening_hours, credit_grade = excluded.credit_grade, credit_year = excluded.credit_year,
    is_4s = excluded.is_4s, has_rescue = excluded.has_rescue, chain_name = excluded.chain_name,
    told_by = excluded.told_by, told_at = excluded.told_at

-- keep_own_profile --
-- What the shop tells of itself; the authority's columns stay as they are.
insert into shop_profile (company_code, latitude, longitude, brands, repairs_nev, opening_hours, is_4s, has_rescue,
    chain_name, told_by, told_at)
values (%(company_code)s, %(latitude)s, %(longitude)s, %(brands)s::text[], %(repairs_nev)s, %(opening_hours)s, %(is_4s)s,
    %(has_rescue)s, %(chain_name)s, %(told_by)s, %(told_at)s)
on conflict (company_code) do update set latitude = excluded.latitude, longitude = excluded.longitude,
    brands = excluded.brands, repairs_nev = excluded.repairs_nev, opening_hours = excluded.opening_hours,
    is_4s = excluded.is_4s, has_rescue = excluded.has_rescue, chain_name = excluded.chain_name,
    told_by = excluded.told_by, told_at = excluded.told_at

-- find_shops --
-- Approved shops in business that fit. What is not asked for is null. Those without a place have no distance.
select company_code, company_name, division_code, category_code, address, operation_state_code, latitude, longitude, brands,
    repairs_nev, is_emission_station, opening_hours, credit_grade, credit_year, is_4s, has_rescue, chain_name,
    case when %(latitude)s::float8 is null or latitude is null then null else
        6371 * 2 * asin(least(1, sqrt(
            sin(radians(latitude::float8 - %(latitude)s::float8) / 2) ^ 2
            + cos(radians(%(latitude)s::float8)) * cos(radians(latitude::float8))
                * sin(radians(longitude::float8 - %(longitude)s::float8) / 2) ^ 2)))
    end as distance_km
from enterprise
left join shop_profile using (company_code)
where review_state = 'approved' and source in ('registered', 'imported', 'allocated')
    and operation_state_code not in ('2', '4', '5', '6')
    and (%(division_prefix)s::text is null or division_code like %(division_prefix)s || '%%')
    and (%(words)s::text is null or company_name ilike %(words)s escape '\')
    and (%(category_code)s::text is null or category_code = %(category_code)s)
    and (%(brand)s::text is null or %(brand)s = any(brands))
    and (not %(only_nev)s or coalesce(repairs_nev, false))
    and (not %(only_emission_station)s or coalesce(is_emission_station, false))
    and (%(grades)s::text[] is null or credit_grade = any(%(grades)s::text[]))
    and (%(latitude)s::float8 is null or (
        latitude between %(latitude)s::float8 - %(within_km)s / 111.0 and %(latitude)s::float8 + %(within_km)s / 111.0
        and longitude between %(longitude)s::float8 - %(within_km)s / (111.0 * greatest(cos(radians(%(latitude)s::float8)), 0.01))
            and %(longitude)s::float8 + %(within_km)s / (111.0 * greatest(cos(radians(%(latitude)s::float8)), 0.01))))

-- list_brands --
select distinct brand
from shop_profile, unnest(brands) as brand
order by brand

-- list_divisions --
-- Counties in which somebody may be found.
select distinct division_code
from enterprise
where review_state = 'approved' and source in ('registered', 'imported', 'allocated')
    and operation_state_code not in ('2', '4', '5', '6')
order by division_code
