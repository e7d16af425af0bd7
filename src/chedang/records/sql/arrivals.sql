-- arrivals --
-- Records whose first version came in lately, by county, of a division: since two instants, the earlier one first. What
-- its own node tells of a shop goes before a row of it here, so that a shop that moved counts once.
with shop as (
    select company_code, division_code from known_enterprise where starts_with(division_code, %(division_prefix)s)
    union all
    select company_code, division_code from enterprise
    where starts_with(division_code, %(division_prefix)s)
        and not exists (select from known_enterprise as known where known.company_code = enterprise.company_code)
)
select shop.division_code, count(*), count(*) filter (where record.received_at >= %(lately)s), max(record.received_at)
from record_version as record
    join shop on shop.company_code = record.company_code
where record.received_at >= %(since)s and record.version = 1
group by shop.division_code
