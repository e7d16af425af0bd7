-- find_secret --
-- The secret with this public part, unless it was ended.
select secret_id, company_code, digest, created_at, created_by, expires_at, ended_at, last_used_on
from api_secret
where secret_id = %(secret_id)s and ended_at is null

-- list_secrets --
-- Secrets of a shop, newest first, with those that are no longer good.
select secret_id, company_code, digest, created_at, created_by, expires_at, ended_at, last_used_on
from api_secret
where company_code = %(company_code)s
order by created_at desc, secret_id
limit %(limit)s

-- count_live --
-- How many secrets of a shop are good now.
select count(*)
from api_secret
where company_code = %(company_code)s and ended_at is null and expires_at > %(now)s

-- insert_secret --
-- No row: another secret has this public part.
insert into api_secret (secret_id, company_code, digest, created_at, created_by, expires_at)
values (%(secret_id)s, %(company_code)s, %(digest)s, %(created_at)s, %(created_by)s, %(expires_at)s)
on conflict do nothing
returning secret_id

-- end_secret --
-- The first end counts. No row: this shop has no such secret.
update api_secret
set ended_at = coalesce(ended_at, %(now)s),
    ended_by = case when ended_at is null then %(by)s else ended_by end
where secret_id = %(secret_id)s and company_code = %(company_code)s
returning secret_id

-- note_use --
-- On which day it was used last.
update api_secret
set last_used_on = %(day)s
where secret_id = %(secret_id)s and (last_used_on is null or last_used_on < %(day)s)
