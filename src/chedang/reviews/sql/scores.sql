-- sums_of --
-- Sums of these shops of this node, and of all shops of the county and class of each. Shops without reviews too.
with wanted as (
    select company_code, division_code, category_code
    from enterprise
    where company_code = any(%(company_codes)s::text[])
), grouped as (
    select enterprise.division_code, enterprise.category_code, sum(sums.review_count)::integer as review_count,
        sum(sums.weight) as weight, sum(sums.weighted) as weighted
    from reviews_shop_sums as sums
    join enterprise on enterprise.company_code = sums.company_code
    where sums.review_count > 0
        and (enterprise.division_code, enterprise.category_code) in (select division_code, category_code from wanted)
    group by enterprise.division_code, enterprise.category_code
)
select wanted.company_code, coalesce(own.review_count, 0), coalesce(own.weight, 0), coalesce(own.weighted, 0),
    own.last_received_on, coalesce(grouped.review_count, 0), coalesce(grouped.weight, 0), coalesce(grouped.weighted, 0)
from wanted
left join reviews_shop_sums as own on own.company_code = wanted.company_code
left join grouped on grouped.division_code = wanted.division_code and grouped.category_code = wanted.category_code
