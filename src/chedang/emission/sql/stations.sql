-- Who may test (I 站), with their keys; who may repair (M 站), with their days.

-- find_test_station --
select station_code, name, division_code, is_platform, listed_on, ended_on
from emission_test_station
where station_code = %(station_code)s

-- list_test_stations --
-- Of a division; those that are listed first.
select station_code, name, division_code, is_platform, listed_on, ended_on
from emission_test_station
where left(division_code, length(%(division_prefix)s::text)) = %(division_prefix)s::text
order by ended_on is not null, division_code, station_code

-- names_of_test_stations --
select station_code, name from emission_test_station where station_code = any(%(station_codes)s::text[])

-- keep_test_station --
insert into emission_test_station (station_code, name, division_code, is_platform, listed_on, ended_on, changed_by,
    changed_at)
values (%(station_code)s, %(name)s, %(division_code)s, %(is_platform)s, %(listed_on)s, %(ended_on)s, %(by)s, %(now)s)
on conflict (station_code) do update
    set name = excluded.name, division_code = excluded.division_code, is_platform = excluded.is_platform,
        listed_on = excluded.listed_on, ended_on = excluded.ended_on, changed_by = excluded.changed_by,
        changed_at = excluded.changed_at

-- insert_key --
-- No row: another key has this public part.
insert into emission_station_key (key_id, station_code, digest, made_by, made_at)
values (%(key_id)s, %(station_code)s, %(digest)s, %(by)s, %(now)s)
on conflict do nothing
returning key_id

-- find_key --
-- A key that was not ended, and its station.
select station_key.digest, station.station_code, station.name, station.division_code, station.is_platform,
    station.listed_on, station.ended_on, station_key.last_used_on
from emission_station_key as station_key
join emission_test_station as station using (station_code)
where station_key.key_id = %(key_id)s and station_key.ended_at is null

-- note_use --
update emission_station_key set last_used_on = %(day)s where key_id = %(key_id)s

-- list_keys --
-- All that hold, so that each can be ended, and the newest of those that were.
(
    select key_id, made_by, made_at, ended_at, last_used_on
    from emission_station_key
    where station_code = %(station_code)s and ended_at is null
    union all
    (
        select key_id, made_by, made_at, ended_at, last_used_on
        from emission_station_key
        where station_code = %(station_code)s and ended_at is not null
        order by made_at desc, key_id
        limit 20
    )
)
order by made_at desc, key_id

-- end_key --
-- No row: the station has no such key, or it was ended.
update emission_station_key
set ended_at = %(now)s, ended_by = %(by)s
where key_id = %(key_id)s and station_code = %(station_code)s and ended_at is null
returning key_id

-- hold_listings --
select company_code, listed_on, ended_on, listed_by, ended_by
from emission_repair_station
where company_code = %(company_code)s
order by listed_on desc
for update

-- listings_of --
select company_code, listed_on, ended_on, listed_by, ended_by
from emission_repair_station
where company_code = any(%(company_codes)s::text[])
order by company_code, listed_on desc

-- list_on --
insert into emission_repair_station (company_code, listed_on, listed_by, listed_at)
values (%(company_code)s, %(listed_on)s, %(by)s, %(now)s)

-- end_on --
update emission_repair_station
set ended_on = %(ended_on)s, ended_by = %(by)s, ended_at = %(now)s
where company_code = %(company_code)s and listed_on = %(listed_on)s

-- flags_out_of_step --
-- Shops of the list of which the search shows something else than the list says of this day.
select company_code, bool_or(station.listed_on <= %(day)s and coalesce(station.ended_on >= %(day)s, true)) as is_listed
from emission_repair_station as station
left join shop_profile as profile using (company_code)
group by company_code, profile.is_emission_station
having bool_or(station.listed_on <= %(day)s and coalesce(station.ended_on >= %(day)s, true))
    <> coalesce(profile.is_emission_station, false)
order by company_code

-- list_repair_stations --
-- Shops that are on the list of a day, with what the public may know of them.
select station.company_code, enterprise.company_name, enterprise.division_code, enterprise.address, station.listed_on,
    station.ended_on
from emission_repair_station as station
join enterprise using (company_code)
where station.listed_on <= %(day)s and (station.ended_on is null or station.ended_on >= %(day)s)
    and left(enterprise.division_code, length(%(division_prefix)s::text)) = %(division_prefix)s::text
order by enterprise.division_code, station.company_code

-- vehicles_of_shop --
-- Vehicles of tickets that wait or were answered by this shop: to be matched anew when its listing changes.
select distinct vin
from emission_ticket
where state <> 'cancelled' and (company_code = %(company_code)s or vin in (
    select vin from record_version where company_code = %(company_code)s and received_at >= %(since_at)s
))
