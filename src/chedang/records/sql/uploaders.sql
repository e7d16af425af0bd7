-- last_received --
-- Shops of which a record has come in since then, with when the newest one did: one look into the index a shop.
select enterprise.company_code, newest.received_at
from enterprise
cross join lateral (
    select received_at
    from record_version
    where record_version.company_code = enterprise.company_code and received_at >= %(since)s
    order by received_at desc
    limit 1) as newest
