-- count_by --
-- Shops filed, connected and active within a period, along one line; 'total' puts all together. With classes or not.
select case %(by)s
        when 'division' then rpad(left(division_code, %(child_digits)s), 6, '0')
        when 'category' then category_code
        when 'vendor' then vendor
        when 'maker' then maker_code
        else ''
    end as key,
    case when %(with_classes)s then category_code else '' end as class,
    count(*),
    count(*) filter (where shop.first_on <= %(last_on)s),
    count(*) filter (where shop.first_on <= %(last_on)s and shop.last_on >= %(first_on)s
        and (shop.last_on <= %(last_on)s or shop.first_on >= %(first_on)s or exists (
            select from shop_day as cell
            where cell.company_code = shop.company_code
                and cell.received_on >= %(first_on)s and cell.received_on <= %(last_on)s)))
from counted_shop as shop
where shop.is_filed
    and shop.is_in_business
    and left(shop.division_code, %(digits)s) = %(prefix)s
    and (shop.filed_on is null or least(shop.filed_on, shop.first_on) <= %(last_on)s)
    and (%(category)s::text is null or shop.category_code = %(category)s)
group by 1, 2

-- tally_by --
-- Sums of a period, along one line: whole months, and the days that are left before and after.
select case %(by)s
        when 'division' then rpad(left(division_code, %(child_digits)s), 6, '0')
        when 'category' then category_code
        when 'vendor' then part
        when 'maker' then part
        else ''
    end as key,
    sum(received)::bigint, sum(standing)::bigint, sum(dated)::bigint, sum(on_time)::bigint, sum(late)::bigint,
    sum(complete)::bigint, sum(valid)::bigint, sum(doubtful)::bigint, sum(vin_valid)::bigint,
    sum(plate_valid)::bigint, sum(duplicate)::bigint, sum(head_office)::bigint
from (
    select division_code, category_code, part,
        received, standing, dated, on_time, late, complete, valid, doubtful, vin_valid, plate_valid, duplicate,
        head_office
    from area_month
    where kind = %(kind)s and month >= %(first_month)s and month < %(end_month)s
    union all
    select area_day.division_code, area_day.category_code, area_day.part,
        received, standing, dated, on_time, late, complete, valid, doubtful, vin_valid, plate_valid, duplicate,
        head_office
    from unnest(%(first_ons)s::date[], %(last_ons)s::date[]) as span (first_on, last_on)
    cross join lateral (
        -- Walled off: the planner takes the digits of a division for rarer than they are, and would read all days.
        select division_code, category_code, part,
            received, standing, dated, on_time, late, complete, valid, doubtful, vin_valid, plate_valid, duplicate,
            head_office
        from area_day
        where kind = %(kind)s and received_on >= span.first_on and received_on <= span.last_on
        offset 0
    ) as area_day
) as area
where left(division_code, %(digits)s) = %(prefix)s
    and (%(category)s::text is null or category_code = %(category)s)
group by 1

-- beginnings --
-- On how many shops filed and in business each day was the first: of being filed, and of having sent a record. A shop
-- that sent records before it was approved, as those that moved in, counts as filed from then on.
select kind, day, count(*)
from counted_shop as shop
cross join lateral (
    values ('filed', coalesce(least(shop.filed_on, shop.first_on), date '0001-01-01')), ('connected', shop.first_on)
) as begun (kind, day)
where shop.is_filed
    and shop.is_in_business
    and left(shop.division_code, %(digits)s) = %(prefix)s
    and (%(category)s::text is null or shop.category_code = %(category)s)
    and day is not null
group by 1, 2

-- tally_days --
-- Sums of each day, and the shops filed and in business with a record on it.
select received_on, coalesce(sum(shops) filter (where is_counted), 0)::bigint,
    sum(received)::bigint, sum(standing)::bigint, sum(dated)::bigint, sum(on_time)::bigint, sum(late)::bigint,
    sum(complete)::bigint, sum(valid)::bigint, sum(doubtful)::bigint, sum(vin_valid)::bigint,
    sum(plate_valid)::bigint, sum(duplicate)::bigint, sum(head_office)::bigint
from area_day
where kind = ''
    and received_on >= %(first_on)s
    and received_on <= %(last_on)s
    and left(division_code, %(digits)s) = %(prefix)s
    and (%(category)s::text is null or category_code = %(category)s)
group by 1

-- tally_months --
-- The same of each month.
select month, coalesce(sum(shops) filter (where is_counted), 0)::bigint,
    sum(received)::bigint, sum(standing)::bigint, sum(dated)::bigint, sum(on_time)::bigint, sum(late)::bigint,
    sum(complete)::bigint, sum(valid)::bigint, sum(doubtful)::bigint, sum(vin_valid)::bigint,
    sum(plate_valid)::bigint, sum(duplicate)::bigint, sum(head_office)::bigint
from area_month
where kind = ''
    and month >= %(first_month)s
    and month < %(end_month)s
    and left(division_code, %(digits)s) = %(prefix)s
    and (%(category)s::text is null or category_code = %(category)s)
group by 1

-- reach --
select reached_at from figures_reach

-- shop_conditions --
-- Which shops are meant: of the count and of its list, which cannot disagree.
(%(upload)s = 'all' or shop.is_in_business)
and shop.is_filed
and left(shop.division_code, %(digits)s) = %(prefix)s
and (shop.filed_on is null or least(shop.filed_on, shop.first_on) <= %(last_on)s)
and (%(category)s::text is null or shop.category_code = %(category)s)
and (%(vendor)s::text is null or shop.vendor = %(vendor)s)
and (%(maker)s::text is null or shop.maker_code = %(maker)s)
and (%(name)s = '' or strpos(shop.company_name, %(name)s) > 0 or shop.company_code = %(name)s)
and case %(upload)s
    when 'connected' then shop.first_on <= %(last_on)s
    when 'unconnected' then coalesce(shop.first_on > %(last_on)s, true)
    when 'silent' then shop.last_on < %(today)s - %(silent_days)s::integer
    when 'active' then shop.first_on <= %(last_on)s and shop.last_on >= %(first_on)s
        and (shop.last_on <= %(last_on)s or shop.first_on >= %(first_on)s or exists (
            select from shop_day as cell
            where cell.company_code = shop.company_code
                and cell.received_on >= %(first_on)s and cell.received_on <= %(last_on)s))
    else true
end

-- count_shops --
select count(*)
from counted_shop as shop
where /* conditions */

-- list_shops --
-- A page of shops with their figures of a period: those that never sent a record first, then the longest silent.
select shop.company_code, shop.company_name, shop.division_code, shop.category_code, shop.is_in_business,
    shop.filed_on, shop.first_on, shop.last_on, %(today)s - shop.last_on as silent_days, shop.vendor, shop.maker_code,
    tally.received, tally.standing, tally.dated, tally.on_time, tally.late, tally.complete, tally.valid,
    tally.doubtful, tally.vin_valid, tally.plate_valid, tally.duplicate, tally.head_office
from (
    select company_code, company_name, division_code, category_code, is_in_business, filed_on, first_on, last_on,
        vendor, maker_code
    from counted_shop as shop
    where /* conditions */
        and (coalesce(shop.last_on, date '0001-01-01'), shop.company_code) > (%(after_on)s, %(after_code)s)
    order by coalesce(shop.last_on, date '0001-01-01'), shop.company_code
    limit %(limit)s
) as shop
cross join lateral (
    select
        coalesce(sum(received), 0)::bigint as received, coalesce(sum(standing), 0)::bigint as standing,
        coalesce(sum(dated), 0)::bigint as dated, coalesce(sum(on_time), 0)::bigint as on_time, coalesce(sum(late),
        0)::bigint as late, coalesce(sum(complete), 0)::bigint as complete, coalesce(sum(valid), 0)::bigint as valid,
        coalesce(sum(doubtful), 0)::bigint as doubtful, coalesce(sum(vin_valid), 0)::bigint as vin_valid,
        coalesce(sum(plate_valid), 0)::bigint as plate_valid, coalesce(sum(duplicate), 0)::bigint as duplicate,
        coalesce(sum(head_office), 0)::bigint as head_office
    from (
        select
            received, standing, dated, on_time, late, complete, valid, doubtful, vin_valid, plate_valid, duplicate,
            head_office
        from shop_month
        where company_code = shop.company_code and month >= %(first_month)s and month < %(end_month)s
        union all
        select
            received, standing, dated, on_time, late, complete, valid, doubtful, vin_valid, plate_valid, duplicate,
            head_office
        from unnest(%(first_ons)s::date[], %(last_ons)s::date[]) as span (first_on, last_on)
        join shop_day
            on company_code = shop.company_code and received_on >= span.first_on and received_on <= span.last_on
    ) as cell
) as tally
order by coalesce(shop.last_on, date '0001-01-01'), shop.company_code
