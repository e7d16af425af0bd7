-- next_companies --
-- Shops that records or figures name, page by page.
select company_code
from (
    (select distinct company_code from record_version where company_code > %(after)s order by company_code
    limit %(limit)s)
    union
    (select company_code from counted_shop where company_code > %(after)s order by company_code limit %(limit)s)
    union
    (select distinct company_code from counted_record where company_code > %(after)s order by company_code
    limit %(limit)s)
    union
    (select distinct company_code from shop_day where company_code > %(after)s order by company_code limit %(limit)s)
    union
    (select distinct company_code from shop_month where company_code > %(after)s order by company_code
    limit %(limit)s)
) as named
order by company_code
limit %(limit)s

-- wanted_of_companies --
-- Every record of these shops with a first version here: where its newest version stands, and when it came first.
(
    select head.vin, head.record_id, head.version, first.received_at
    from (
        select record_id, min(received_at) as received_at
        from record_version
        where company_code = any(%(company_codes)s::text[]) and version = 1
        group by record_id
    ) as first
    join record_head as head using (record_id)
) as wanted

-- drop_records_of_companies --
delete from counted_record where company_code = any(%(company_codes)s::text[])

-- drop_days_of_companies --
delete from shop_day where company_code = any(%(company_codes)s::text[])

-- drop_months_of_companies --
delete from shop_month where company_code = any(%(company_codes)s::text[])

-- mark_duplicates_of_companies --
-- The same as mark_duplicates for all records of these shops, none of which is marked.
update counted_record as counted
set is_duplicate = true
from (
    select record_id,
        row_number() over (partition by company_code, likeness order by received_at, record_id) > 1 as is_duplicate
    from counted_record
    where company_code = any(%(company_codes)s::text[]) and likeness is not null
) as placed
where counted.record_id = placed.record_id and placed.is_duplicate

-- sum_days_of_companies --
-- Cells of these shops, from their records.
insert into shop_day (
    company_code, received_on,
    received, standing, dated, on_time, late, complete, valid, doubtful, vin_valid, plate_valid, duplicate,
    head_office)
select company_code, (received_at at time zone 'Asia/Shanghai')::date, count(*),
    count(*) filter (where is_standing), count(*) filter (where is_dated), count(*) filter (where is_on_time),
    count(*) filter (where is_late), count(*) filter (where is_complete), count(*) filter (where is_valid), count(*)
    filter (where is_doubtful), count(*) filter (where is_vin_valid), count(*) filter (where is_plate_valid), count(*)
    filter (where is_duplicate), count(*) filter (where is_head_office)
from counted_record
where company_code = any(%(company_codes)s::text[])
group by 1, 2

-- sum_months_of_companies --
-- Months of these shops, from their days.
insert into shop_month (
    company_code, month,
    received, standing, dated, on_time, late, complete, valid, doubtful, vin_valid, plate_valid, duplicate,
    head_office)
select company_code, date_trunc('month', received_on)::date,
    sum(received), sum(standing), sum(dated), sum(on_time), sum(late), sum(complete), sum(valid), sum(doubtful),
    sum(vin_valid), sum(plate_valid), sum(duplicate), sum(head_office)
from shop_day
where company_code = any(%(company_codes)s::text[])
group by 1, 2
