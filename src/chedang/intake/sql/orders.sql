-- find_order --
-- One order.
select content, settled_at, record_id, opened_at, changed_at
from open_order
where company_code = %(company_code)s and family = %(family)s and order_key = %(order_key)s

-- save_order --
-- What the order holds now; when it was opened stays.
insert into open_order (company_code, family, order_key, content, settled_at, record_id, opened_at, changed_at)
values (%(company_code)s, %(family)s, %(order_key)s, %(content)s, %(settled_at)s, %(record_id)s::uuid, %(opened_at)s,
    %(changed_at)s)
on conflict (company_code, family, order_key) do update
    set content = excluded.content, settled_at = excluded.settled_at, record_id = excluded.record_id,
        changed_at = excluded.changed_at

-- forget_order --
-- The order is a record now.
delete from open_order
where company_code = %(company_code)s and family = %(family)s and order_key = %(order_key)s

-- list_orders --
-- Open orders of one shop, the longest waiting first.
select family, order_key, content, settled_at, record_id, opened_at, changed_at
from open_order
where company_code = %(company_code)s and record_id is null
order by opened_at, family, order_key
limit %(limit)s

-- count_orders_of --
-- How many orders of one shop are open.
select count(*) from open_order where company_code = %(company_code)s and record_id is null

-- count_orders --
-- Open orders by shop, the shop with the most first.
select company_code, count(*), min(opened_at)
from open_order
where record_id is null
group by company_code
order by count(*) desc, company_code

-- forget_stale_orders --
-- Nobody touched these since a day long ago.
delete from open_order where changed_at < %(before)s
