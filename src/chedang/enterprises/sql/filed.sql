-- list_filed --
-- Filed shops for everybody, by code. Business data only: no person, no telephone, no e-mail. Shops of provinces at the
-- ministry with what their nodes told. What is not asked for is null.
select company_code, company_name, unified_credit_code, division_code, category_code, business_scope, address, is_cancelled,
    license_end_on, is_emission_station, credit_grade, credit_year
from (
    select company_code, company_name, unified_credit_code, division_code, category_code, business_scope, address,
        operation_state_code = '6' as is_cancelled, license_end_on
    from enterprise
    where review_state = 'approved' and source in ('registered', 'imported', 'allocated')
        and not exists (select from known_enterprise as known where known.company_code = enterprise.company_code)
    union all
    select company_code, company_name, '', division_code, category_code, '', '', is_cancelled, null
    from known_enterprise
    where review_state = 'approved' and %(of_provinces)s
) as filed
left join shop_profile using (company_code)
where (%(after)s::text is null or company_code > %(after)s)
    and (%(division_prefix)s::text is null or starts_with(division_code, %(division_prefix)s))
    and (%(category_code)s::text is null or category_code = %(category_code)s)
    and (%(is_cancelled)s::boolean is null or is_cancelled = %(is_cancelled)s)
    and (%(words)s::text is null or company_name ilike %(words)s escape '\' or company_code = %(code)s)
order by company_code
limit %(limit)s

-- count_filed --
-- How many rows list_filed has in all.
select count(*)
from (
    select company_code, company_name, division_code, category_code, operation_state_code = '6' as is_cancelled
    from enterprise
    where review_state = 'approved' and source in ('registered', 'imported', 'allocated')
        and not exists (select from known_enterprise as known where known.company_code = enterprise.company_code)
    union all
    select company_code, company_name, division_code, category_code, is_cancelled
    from known_enterprise
    where review_state = 'approved' and %(of_provinces)s
) as filed
where (%(division_prefix)s::text is null or starts_with(division_code, %(division_prefix)s))
    and (%(category_code)s::text is null or category_code = %(category_code)s)
    and (%(is_cancelled)s::boolean is null or is_cancelled = %(is_cancelled)s)
    and (%(words)s::text is null or company_name ilike %(words)s escape '\' or company_code = %(code)s)

-- filed_as_of --
-- What changes with the list: the newest word about a shop, and the newest particulars of one.
select (select max(seq) from announcement)::text,
    (select max(told_at) from shop_profile)::text, (select max(told_at) from known_enterprise)::text

-- list_expiring --
-- Filed shops in business whose validity ends by a day, those that ended first before others.
select company_code, company_name, division_code, category_code, license_end_on
from enterprise
where review_state = 'approved' and source in ('registered', 'imported', 'allocated')
    and operation_state_code not in ('5', '6')
    and starts_with(division_code, %(division_prefix)s) and license_end_on <= %(until_on)s
order by license_end_on, company_code
limit %(limit)s offset %(offset)s

-- count_expiring --
-- Rows of list_expiring, and of these how many ended before today.
select count(*), count(*) filter (where license_end_on < %(today)s)
from enterprise
where review_state = 'approved' and source in ('registered', 'imported', 'allocated')
    and operation_state_code not in ('5', '6')
    and starts_with(division_code, %(division_prefix)s) and license_end_on <= %(until_on)s
