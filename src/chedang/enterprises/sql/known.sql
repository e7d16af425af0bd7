-- find_known --
-- A shop of another node, by its own code or its national one.
select company_code, node_code, national_code, company_name, division_code, category_code, review_state, is_cancelled
from known_enterprise
where company_code = %(code)s or (national_code = %(code)s and national_code <> '')
order by company_code = %(code)s desc
limit 1

-- find_all --
-- Shops by their own codes, of this node and of others. What its own node tells of a shop goes first.
select company_code, node_code, national_code, company_name, division_code, category_code, review_state, is_cancelled
from known_enterprise
where company_code = any(%(company_codes)s::text[])
union all
select company_code, '', national_code, company_name, division_code, category_code, review_state,
    operation_state_code = '6'
from enterprise
where company_code = any(%(company_codes)s::text[])
    and not exists (select from known_enterprise as known where known.company_code = enterprise.company_code)

-- claims --
-- Who holds or was given one of these codes: a shop of this node (here), one of another (there), an allocation (given).
-- A shop that a maker had allocated here stands with the node in whose name that was done.
select 'here', company_code, coalesce((
        select node_code from code_allocation as given
        where given.company_code = enterprise.company_code and enterprise.source = 'allocated'), '')
from enterprise
where company_code = any(%(codes)s::text[]) or (national_code = any(%(codes)s::text[]) and national_code <> '')
union all
select 'there', company_code, node_code
from known_enterprise
where company_code = any(%(codes)s::text[]) or (national_code = any(%(codes)s::text[]) and national_code <> '')
union all
select 'given', company_code, node_code
from code_allocation
where company_code = any(%(codes)s::text[])

-- save_known --
-- What its node told last. No row: another node took the code a moment ago.
insert into known_enterprise as known (
    company_code, node_code, national_code, company_name, division_code, category_code, review_state, is_cancelled,
    told_at)
values (
    %(company_code)s, %(node_code)s, %(national_code)s, %(company_name)s, %(division_code)s, %(category_code)s,
    %(review_state)s, %(is_cancelled)s, %(told_at)s)
on conflict (company_code) do update
    set national_code = excluded.national_code, company_name = excluded.company_name,
        division_code = excluded.division_code, category_code = excluded.category_code,
        review_state = excluded.review_state, is_cancelled = excluded.is_cancelled,
        told_at = excluded.told_at
    where known.node_code = excluded.node_code
returning company_code

-- take_over_review --
-- What a maker's dealer stands at here is what its province says, so that nobody waits for a second review.
update enterprise
set review_state = %(review_state)s, reviewed_at = %(told_at)s, reviewed_by = %(node_code)s, review_reason = ''
where company_code = %(company_code)s and source = 'allocated' and review_state <> %(review_state)s

-- told_at --
-- When a shop was told of last.
select told_at from known_enterprise where company_code = %(company_code)s

-- all_codes --
-- Every shop of this node.
select company_code from enterprise order by company_code
