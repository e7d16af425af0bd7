-- due_provinces --
-- Provinces that were not judged up to this day yet. For a shop that was filed since, all others need not be judged again:
-- it has too little history, and the next day comes.
select left(shop.division_code, 2)
from counted_shop as shop
left join shop_expectation as judged using (company_code)
group by 1
having bool_or(judged.counted_on < %(counted_on)s) or bool_and(judged.counted_on is null)
order by 1

-- read_weeks --
-- Shops of a province with their records by week (0: the 7 days up to counted_on) and sums of the last days.
select shop.company_code, shop.division_code, shop.category_code, shop.first_on,
    array_agg(weekly.week) filter (where weekly.week is not null),
    array_agg(weekly.standing) filter (where weekly.week is not null),
    coalesce(sum(weekly.recent), 0), coalesce(sum(weekly.recent - weekly.valid), 0), coalesce(sum(weekly.doubtful), 0)
from counted_shop as shop
left join (
    select company_code, (%(counted_on)s::date - received_on) / 7 as week, sum(standing) as standing,
        coalesce(sum(standing) filter (where received_on > %(recent_after)s), 0) as recent,
        coalesce(sum(valid) filter (where received_on > %(recent_after)s), 0) as valid,
        coalesce(sum(doubtful) filter (where received_on > %(recent_after)s), 0) as doubtful
    from shop_day
    where received_on > %(after)s and received_on <= %(counted_on)s
    group by company_code, week
) as weekly using (company_code)
where starts_with(shop.division_code, %(province)s)
group by shop.company_code, shop.division_code, shop.category_code, shop.first_on

-- save_expectations --
insert into shop_expectation as kept (
    company_code, counted_on, weeks, observed, expected, lower_bound, season, is_falling, standing, faulty, doubtful)
select company_code, %(counted_on)s, weeks, observed, expected, lower_bound, season, is_falling, standing, faulty,
    doubtful
from unnest(
    %(company_code)s::text[], %(weeks)s::smallint[], %(observed)s::integer[], %(expected)s::real[],
    %(lower_bound)s::integer[], %(season)s::real[], %(is_falling)s::boolean[], %(standing)s::integer[],
    %(faulty)s::integer[], %(doubtful)s::integer[]
) as judged (
    company_code, weeks, observed, expected, lower_bound, season, is_falling, standing, faulty, doubtful)
on conflict (company_code) do update set
    counted_on = excluded.counted_on,
    weeks = excluded.weeks,
    observed = excluded.observed,
    expected = excluded.expected,
    lower_bound = excluded.lower_bound,
    season = excluded.season,
    is_falling = excluded.is_falling,
    standing = excluded.standing,
    faulty = excluded.faulty,
    doubtful = excluded.doubtful

-- read_expectations --
select company_code, counted_on, weeks, observed, expected, lower_bound, season, is_falling, standing, faulty, doubtful
from shop_expectation
where company_code = any(%(company_codes)s::text[])

-- read_months --
-- The newest months of one shop.
select month, received, standing, dated, on_time, late, complete, valid, doubtful, vin_valid, plate_valid, duplicate,
    head_office
from shop_month
where company_code = %(company_code)s
order by month desc
limit %(limit)s
