-- find_allocation --
-- What this request was given before.
select company_code from code_allocation where node_code = %(node_code)s and request_key = %(request_key)s

-- allocated_for_makers --
-- Codes that makers had allocated for dealers of a province, which the province has not asked for. Not a maker's own.
select given.serial, enterprise.company_name
from code_allocation as given
join enterprise on enterprise.company_code = given.company_code
where given.node_code = %(ministry)s and given.request_key = any(%(keys)s::text[])
    and enterprise.source = 'allocated' and starts_with(given.company_code, %(province_code)s)
order by given.serial

-- hand_over --
-- The province that registers the dealer has asked for its code.
update code_allocation set node_code = %(node_code)s, request_key = %(request_key)s where serial = %(serial)s

-- holder_of --
-- The node whose shop already holds this code, moved in with it or from before the nodes were joined.
select %(ministry)s::text
from enterprise
where company_code = %(company_code)s or (national_code = %(company_code)s and national_code <> '')
union all
select node_code
from known_enterprise
where company_code = %(company_code)s or (national_code = %(company_code)s and national_code <> '')
limit 1

-- save_allocation --
-- One serial is gone, whoever has the code.
insert into code_allocation (serial, company_code, node_code, request_key, allocated_at)
values (%(serial)s, %(company_code)s, %(node_code)s, %(request_key)s, %(allocated_at)s)
