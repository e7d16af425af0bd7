-- keep_refusal --
-- The same answer to the same call is one row, with how often and when it was given last.
insert into intake_refusal (company_code, is_proven, digest, dialect, operation, kind, http_status, answer, findings,
    client, times, first_at, last_at)
values (%(company_code)s, %(is_proven)s, %(digest)s, %(dialect)s, %(operation)s, %(kind)s, %(http_status)s, %(answer)s,
    %(findings)s, %(client)s, %(times)s, %(first_at)s, %(last_at)s)
on conflict (company_code, is_proven, digest) do update set
    times = intake_refusal.times + excluded.times,
    client = excluded.client,
    last_at = greatest(intake_refusal.last_at, excluded.last_at)

-- trim_refusals --
-- Of each of these shops the newest stay, so many in either ring.
delete from intake_refusal as old
using (
    select company_code, is_proven, digest,
        row_number() over (partition by company_code, is_proven order by last_at desc, digest) as place
    from intake_refusal
    where company_code = any(%(company_codes)s::text[])
) as placed
where placed.place > case when placed.is_proven then %(most_proven)s::integer else %(most_unproven)s::integer end
    and old.company_code = placed.company_code and old.is_proven = placed.is_proven and old.digest = placed.digest

-- list_refusals --
-- What a shop's software was refused lately, newest first.
select is_proven, dialect, operation, kind, http_status, answer, client, times, first_at, last_at, findings
from intake_refusal
where company_code = %(company_code)s and last_at >= %(since)s
order by last_at desc, digest

-- forget_refusals --
-- What was answered too long ago.
delete from intake_refusal where last_at < %(before)s
