-- set_channel --
-- A decision for a day replaces an earlier one for the same day.
insert into shop_channel as known (company_code, since_on, channel, decided_by, reason, decided_at)
values (%(company_code)s, %(since_on)s, %(channel)s, %(decided_by)s, %(reason)s, %(decided_at)s)
on conflict (company_code, since_on) do update
    set channel = excluded.channel, decided_by = excluded.decided_by, reason = excluded.reason,
        decided_at = excluded.decided_at

-- take_up_channel --
-- What another node decided: of two decisions for one day the later one counts on every node, whichever comes first.
insert into shop_channel as known (company_code, since_on, channel, decided_by, reason, decided_at)
values (%(company_code)s, %(since_on)s, %(channel)s, %(decided_by)s, %(reason)s, %(decided_at)s)
on conflict (company_code, since_on) do update
    set channel = excluded.channel, decided_by = excluded.decided_by, reason = excluded.reason,
        decided_at = excluded.decided_at
    where (known.decided_at, known.decided_by) < (excluded.decided_at, excluded.decided_by)

-- decisions_of --
-- How the way of uploading of these shops changed, by shop and day.
select company_code, since_on, channel, decided_by, reason, decided_at
from shop_channel
where company_code = any(%(company_codes)s::text[])
order by company_code, since_on

-- home_of --
-- The node that registers a shop, as it told of itself.
select node_code from known_enterprise where company_code = %(company_code)s
