-- filled --
-- Every shop that a notice is for, with what stands in its gaps; only gaps that the text has are looked up. Shops
-- outside the authority's division are none, whatever the audience says.
select enterprise.company_code, enterprise.division_code,
    jsonb_strip_nulls(jsonb_build_object(
        '企业名称', case when '企业名称' = any(%(gaps)s::text[]) then enterprise.company_name end,
        '备案到期', case when '备案到期' = any(%(gaps)s::text[])
            then coalesce(to_char(enterprise.license_end_on, 'YYYY-MM-DD'), '没有登记') end,
        '最后上传', case when '最后上传' = any(%(gaps)s::text[]) then coalesce(
            to_char(newest.received_on, 'YYYY-MM-DD') || '（' || (%(today)s::date - newest.received_on) || ' 天前）',
            '从未上传') end,
        '有疑问记录', case when '有疑问记录' = any(%(gaps)s::text[]) then (
            select count(distinct record_version.record_id)::text
            from record_version
            where record_version.company_code = enterprise.company_code
                and record_version.received_at >= %(month_ago)s
                and record_version.error_count + record_version.warn_count > 0) end,
        '近期上传', case when '近期上传' = any(%(gaps)s::text[]) then coalesce((
            select '近 ' || 7 * judged.weeks || ' 天 ' || judged.observed || ' 条，按往常和当地同期约 '
                || round(judged.expected) || ' 条（统计到 ' || judged.counted_on || '）'
            from shop_expectation as judged
            where judged.company_code = enterprise.company_code and judged.weeks is not null), '没有统计') end,
        '有错误记录', case when '有错误记录' = any(%(gaps)s::text[]) then coalesce((
            select judged.standing || ' 条中有 ' || judged.faulty || ' 条（统计到 ' || judged.counted_on || '）'
            from shop_expectation as judged
            where judged.company_code = enterprise.company_code), '没有统计') end,
        '逾期反馈', case when '逾期反馈' = any(%(gaps)s::text[]) then (
            select count(reviews_case.id)::text
            from reviews_case
            where reviews_case.company_code = enterprise.company_code
                and reviews_case.holder = 'shop' and reviews_case.due_at <= %(missed)s) end
    )) as fills
from enterprise
left join lateral (
    select (record_version.received_at at time zone interval '8 hours')::date as received_on
    from record_version
    where '最后上传' = any(%(gaps)s::text[]) and record_version.company_code = enterprise.company_code
    order by record_version.received_at desc
    limit 1) as newest on true
where starts_with(enterprise.division_code, %(division_prefix)s)
    and enterprise.source <> 'maker'
    and case when %(is_to_all)s then enterprise.review_state = 'approved'
            and (cardinality(%(audience)s::text[]) = 0 or enterprise.category_code = any(%(audience)s::text[]))
        else enterprise.company_code = any(%(audience)s::text[]) end
    and (%(silent_since)s::timestamptz is null or not exists (
        select 1 from record_version
        where record_version.company_code = enterprise.company_code
            and record_version.received_at >= %(silent_since)s::timestamptz))

-- deliver --
-- One copy of a notice for every row of `filled`. Again adds nothing.
insert into supervision_recipient (notice_id, company_code, division_code, fills, delivered_at)
select %(notice_id)s, company_code, division_code, fills, %(now)s
from filled
on conflict (notice_id, company_code) do nothing

-- would_reach --
-- How many shops `deliver` would write a row for.
select count(enterprise.company_code)
from enterprise
where starts_with(enterprise.division_code, %(division_prefix)s)
    and enterprise.source <> 'maker'
    and case when %(is_to_all)s then enterprise.review_state = 'approved'
            and (cardinality(%(audience)s::text[]) = 0 or enterprise.category_code = any(%(audience)s::text[]))
        else enterprise.company_code = any(%(audience)s::text[]) end
    and (%(silent_since)s::timestamptz is null or not exists (
        select 1 from record_version
        where record_version.company_code = enterprise.company_code
            and record_version.received_at >= %(silent_since)s::timestamptz))
