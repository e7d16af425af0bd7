-- newest_version --
-- Which version a repeated upload belongs to.
select version from record_head where record_id = %(record_id)s::uuid

-- keep_extra --
-- One field with the version it came with; again replaces.
insert into kept_extra (record_id, version, name, company_code, category, basis, value, image, kept_at)
values (%(record_id)s::uuid, %(version)s, %(name)s, %(company_code)s, %(category)s, %(basis)s, %(value)s, %(image)s,
    %(kept_at)s)
on conflict (record_id, version, name) do update
    set category = excluded.category, basis = excluded.basis, value = excluded.value, image = excluded.image,
        kept_at = excluded.kept_at

-- hold_extra --
-- One field of an order that is no record yet; again replaces.
insert into order_extra (company_code, family, order_key, name, category, basis, value, image, kept_at)
values (%(company_code)s, %(family)s, %(order_key)s, %(name)s, %(category)s, %(basis)s, %(value)s, %(image)s,
    %(kept_at)s)
on conflict (company_code, family, order_key, name) do update
    set category = excluded.category, basis = excluded.basis, value = excluded.value, image = excluded.image,
        kept_at = excluded.kept_at

-- adopt_images --
-- Images sent ahead become the order's that names their addresses.
update order_extra as ahead
set order_key = %(order_key)s
where company_code = %(company_code)s and family = %(family)s and order_key = any(%(image_keys)s::text[])
    and not exists (
        select from order_extra as known
        where known.company_code = ahead.company_code and known.family = ahead.family
            and known.order_key = %(order_key)s and known.name = ahead.name)

-- settle_extras --
-- The order has become a record: what it held belongs to that version.
with held as (
    delete from order_extra
    where company_code = %(company_code)s and family = %(family)s and order_key = %(order_key)s
    returning company_code, name, category, basis, value, image, kept_at)
insert into kept_extra (record_id, version, name, company_code, category, basis, value, image, kept_at)
select %(record_id)s::uuid, %(version)s, name, company_code, category, basis, value, image, kept_at
from held
on conflict (record_id, version, name) do nothing

-- forget_stale_extras --
-- Of orders that were never settled.
delete from order_extra where kept_at < %(before)s
