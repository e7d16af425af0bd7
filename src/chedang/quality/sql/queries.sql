-- read_jobs --
-- Newest versions of a shop's records that stand and were settled within the twelve months, car by car.
-- What was settled since then came in since then, so the index on company and time of receipt bounds the search.
select vin, record_id, version, state, company_code, settlement_list_number, plate_number, repair_on, settled_on,
    mileage_km, content, findings, origin, dialect, actor, reason, received_at
from record_version as record
where company_code = %(company_code)s
    and received_at >= %(since)s
    and state = 'active'
    and settled_on >= %(first_on)s
    and settled_on <= %(last_on)s
    and not exists (
        select from record_version as newer
        where newer.vin = record.vin and newer.record_id = record.record_id and newer.version > record.version)
order by vin, settled_on, received_at, record_id

-- first_on --
-- Day on which the first record of a shop ever came in.
select (min(received_at) at time zone 'Asia/Shanghai')::date
from record_version
where company_code = %(company_code)s

-- due_shops --
-- Shops of this node that were not counted up to this day yet, the longest uncounted first.
select enterprise.company_code, enterprise.division_code
from enterprise
left join shop_figures as figures using (company_code)
where enterprise.source <> 'maker' and (figures.counted_on is null or figures.counted_on < %(counted_on)s)
order by figures.counted_on nulls first, enterprise.company_code
limit %(limit)s

-- save_figures --
insert into shop_figures as figures (
    company_code, city_code, counted_on, counted_at, jobs, judged, reworked, rework_pairs, received, on_time, dated,
    standing, doubtful, faulty_at_first, mended, months, last_on, first_on)
values (
    %(company_code)s, %(city_code)s, %(counted_on)s, %(counted_at)s, %(jobs)s, %(judged)s, %(reworked)s,
    %(rework_pairs)s, %(received)s, %(on_time)s, %(dated)s, %(standing)s, %(doubtful)s, %(faulty_at_first)s,
    %(mended)s, %(months)s, %(last_on)s, %(first_on)s)
on conflict (company_code) do update set
    city_code = excluded.city_code,
    counted_on = excluded.counted_on,
    counted_at = excluded.counted_at,
    jobs = excluded.jobs,
    judged = excluded.judged,
    reworked = excluded.reworked,
    rework_pairs = excluded.rework_pairs,
    received = excluded.received,
    on_time = excluded.on_time,
    dated = excluded.dated,
    standing = excluded.standing,
    doubtful = excluded.doubtful,
    faulty_at_first = excluded.faulty_at_first,
    mended = excluded.mended,
    months = excluded.months,
    last_on = excluded.last_on,
    first_on = excluded.first_on

-- drop_hours --
delete from shop_hours where company_code = %(company_code)s

-- save_hours --
insert into shop_hours (company_code, item, tenths, jobs)
select %(company_code)s, item, tenths, jobs
from unnest(%(items)s::text[], %(tenths)s::smallint[], %(jobs)s::integer[]) as counted (item, tenths, jobs)

-- read_figures --
select company_code, city_code, counted_on, counted_at, jobs, judged, reworked, rework_pairs, received, on_time, dated,
    standing, doubtful, faulty_at_first, mended, months, last_on, first_on
from shop_figures
where company_code = any(%(company_codes)s::text[])

-- cities --
-- Cities with a shop that was counted, and those that are kept without one.
select city_code from shop_figures
union
select city_code from city_item
order by city_code

-- drop_city_hours --
delete from city_hours where city_code = %(city_code)s

-- drop_city_items --
delete from city_item where city_code = %(city_code)s

-- add_up_city_hours --
insert into city_hours (city_code, item, tenths, jobs)
select figures.city_code, hours.item, hours.tenths, sum(hours.jobs)
from shop_figures as figures
join shop_hours as hours using (company_code)
where figures.city_code = %(city_code)s
group by figures.city_code, hours.item, hours.tenths

-- add_up_city_items --
insert into city_item (city_code, item, shops, jobs, first_code, first_jobs, second_jobs)
select %(city_code)s, item, count(*), sum(jobs), max(company_code) filter (where place = 1),
    max(jobs) filter (where place = 1), coalesce(max(jobs) filter (where place = 2), 0)
from (
    select hours.item, figures.company_code, sum(hours.jobs) as jobs,
        row_number() over (
            partition by hours.item order by sum(hours.jobs) desc, figures.company_code) as place
    from shop_figures as figures
    join shop_hours as hours using (company_code)
    where figures.city_code = %(city_code)s
    group by hours.item, figures.company_code
) as shop
group by item

-- cities_added_up_on --
select counted_on from city_round

-- save_city_round --
insert into city_round (counted_on) values (%(counted_on)s)
on conflict (only_row) do update set counted_on = excluded.counted_on

-- read_own_hours --
select item, tenths, jobs from shop_hours where company_code = %(company_code)s

-- read_city_hours --
-- The city's histograms of the items that a shop has.
select item, tenths, jobs
from city_hours
where city_code = %(city_code)s and item = any(%(items)s::text[])

-- read_city_items --
-- Shops behind each, and the jobs of the shop with most of them that is not this one.
select item, shops, case when first_code = %(company_code)s then second_jobs else first_jobs end
from city_item
where city_code = %(city_code)s and item = any(%(items)s::text[])

-- save_badge --
-- A badge that goes on being earned keeps its day.
insert into shop_badge as badge (company_code, is_earned, since_on, judged_at, formula_version, conditions)
values (
    %(company_code)s, %(is_earned)s, case when %(is_earned)s then %(today)s::date end, %(judged_at)s,
    %(formula_version)s, %(conditions)s)
on conflict (company_code) do update set
    is_earned = excluded.is_earned,
    since_on = case when excluded.is_earned then coalesce(badge.since_on, excluded.since_on) end,
    judged_at = excluded.judged_at,
    formula_version = excluded.formula_version,
    conditions = excluded.conditions

-- read_badge --
select is_earned, since_on, judged_at, formula_version, conditions
from shop_badge
where company_code = %(company_code)s

-- badge_holders --
select company_code, since_on
from shop_badge
where is_earned and company_code = any(%(company_codes)s::text[])

-- badges_as_of --
-- Another text whenever other shops have the badge.
select count(*) || ' ' || coalesce(sum(hashtextextended(company_code, 0)::numeric), 0)
from shop_badge
where is_earned

-- judged_shops --
-- Shops with figures, page by page.
select figures.company_code, enterprise.review_state = 'approved'
from shop_figures as figures
join enterprise using (company_code)
where figures.company_code > %(after)s
order by figures.company_code
limit %(limit)s
