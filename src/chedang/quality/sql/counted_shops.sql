-- missing_shops --
-- Which of these shops the figures do not know.
select given.company_code
from unnest(%(company_codes)s::text[]) as given (company_code)
where not exists (select from counted_shop as shop where shop.company_code = given.company_code)

-- changed_shops --
-- Shops of which the registers say something else than the figures, those that the figures lack, and those without a
-- record that no register knows any more. What its own node tells of a shop goes before a row of it here; of two makers
-- the smaller code counts. With codes given: only these.
with registered as (
    select company_code, company_name, division_code, category_code, review_state = 'approved' as is_filed,
        not is_cancelled as is_in_business, null::date as reviewed_on
    from known_enterprise
    where (%(only)s::text[] is null or company_code = any(%(only)s::text[]))
    union all
    select company_code, company_name, division_code, category_code, review_state = 'approved',
        operation_state_code <> all(%(closed_states)s::text[]), (reviewed_at at time zone 'Asia/Shanghai')::date
    from enterprise
    where source <> 'maker'
        and (%(only)s::text[] is null or company_code = any(%(only)s::text[]))
        and not exists (select from known_enterprise as known where known.company_code = enterprise.company_code)
),
unregistered as (
    select company_code
    from counted_shop
    where (%(only)s::text[] is null or company_code = any(%(only)s::text[]))
    union
    select unnest(%(only)s::text[])
    except
    select company_code from registered
),
dealers as (
    select dealer.company_code, min(dealer.maker_code) as maker_code
    from maker_dealer as dealer
    join maker using (maker_code)
    where maker.state = 'approved' and dealer.since_on <= %(today)s and coalesce(dealer.until_on >= %(today)s, true)
    group by dealer.company_code
),
said as (
    select shop.company_code, shop.company_name, shop.division_code, shop.category_code, shop.is_filed,
        shop.is_in_business, case when shop.is_filed then shop.reviewed_on end as filed_on,
        coalesce(software.vendor, '') as vendor, coalesce(dealers.maker_code, '') as maker_code
    from (
        select company_code, company_name, division_code, category_code, is_filed, is_in_business, reviewed_on
        from registered
        union all
        select company_code, '', left(company_code, 6), '', false, true, null from unregistered
    ) as shop
    left join shop_software as software using (company_code)
    left join dealers using (company_code)
)
select said.company_code, said.company_name, said.division_code, said.category_code, said.is_filed,
    said.is_in_business, said.filed_on, said.vendor, said.maker_code
from said
left join counted_shop as known using (company_code)
where known.company_code is null
    or known.company_name <> said.company_name
    or known.division_code <> said.division_code
    or known.category_code <> said.category_code
    or known.is_filed <> said.is_filed
    or known.is_in_business <> said.is_in_business
    or known.filed_on is distinct from said.filed_on
    or known.vendor <> said.vendor
    or known.maker_code <> said.maker_code
order by said.company_code
limit %(limit)s

-- save_shops --
-- What the registers say of these shops; their days stay.
insert into counted_shop (
    company_code, company_name, division_code, category_code, is_filed, is_in_business, filed_on, vendor, maker_code)
select *
from unnest(
    %(company_code)s::text[], %(company_name)s::text[], %(division_code)s::text[], %(category_code)s::text[],
    %(is_filed)s::boolean[], %(is_in_business)s::boolean[], %(filed_on)s::date[], %(vendor)s::text[],
    %(maker_code)s::text[])
    as given (
        company_code, company_name, division_code, category_code, is_filed, is_in_business, filed_on, vendor,
        maker_code)
order by company_code
on conflict (company_code) do update
    set company_name = excluded.company_name,
        division_code = excluded.division_code,
        category_code = excluded.category_code,
        is_filed = excluded.is_filed,
        is_in_business = excluded.is_in_business,
        filed_on = excluded.filed_on,
        vendor = excluded.vendor,
        maker_code = excluded.maker_code

-- drop_unknown_shops --
-- Shops without a record that no register knows any more.
delete from counted_shop as shop
where first_on is null
    and not exists (select from enterprise where enterprise.company_code = shop.company_code and source <> 'maker')
    and not exists (select from known_enterprise where known_enterprise.company_code = shop.company_code)
