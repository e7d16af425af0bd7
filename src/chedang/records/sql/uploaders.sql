-- last_received --
-- Shops of which a record has come in since then, with when the newest one did.
select company_code, max(received_at)
from record_version
where received_at >= %(since)s
group by company_code
