-- find_allocation --
-- What this request was given before.
select company_code from code_allocation where node_code = %(node_code)s and request_key = %(request_key)s

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
