-- note_client --
-- Seen once more.
insert into intake_client (company_code, dialect, client, first_seen_at, last_seen_at)
values (%(company_code)s, %(dialect)s, %(client)s, %(at)s, %(at)s)
on conflict (company_code, dialect, client) do update set
    last_seen_at = greatest(intake_client.last_seen_at, excluded.last_seen_at)

-- trim_clients --
-- Of each of these shops the ones seen last stay.
delete from intake_client as old
using (
    select company_code, dialect, client,
        row_number() over (partition by company_code order by last_seen_at desc, dialect, client) as place
    from intake_client
    where company_code = any(%(company_codes)s::text[])
) as placed
where placed.place > %(most)s::integer
    and old.company_code = placed.company_code and old.dialect = placed.dialect and old.client = placed.client

-- list_clients --
-- Software seen with a shop's credentials, seen last first.
select dialect, client, first_seen_at, last_seen_at
from intake_client
where company_code = %(company_code)s
order by last_seen_at desc, dialect, client

-- forget_clients --
-- Software that was not seen for long.
delete from intake_client where last_seen_at < %(before)s

-- state_software --
-- What the shop says now.
insert into shop_software (company_code, vendor, version, stated_by, stated_at)
values (%(company_code)s, %(vendor)s, %(version)s, %(by)s, %(now)s)
on conflict (company_code) do update set
    vendor = excluded.vendor,
    version = excluded.version,
    stated_by = excluded.stated_by,
    stated_at = excluded.stated_at

-- find_software --
-- What the shop said last.
select vendor, version, stated_by, stated_at from shop_software where company_code = %(company_code)s
