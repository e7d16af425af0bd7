-- claim --
-- Write a key down, or give back nothing when it is there.
insert into idempotency_key (company_code, key, target, digest, record_id, batch_id, claimed_at)
values (%(company_code)s, %(key)s, %(target)s, %(digest)s, %(record_id)s, %(batch_id)s, %(now)s)
on conflict (company_code, key) do update
    set target = excluded.target, digest = excluded.digest, record_id = excluded.record_id,
        batch_id = excluded.batch_id, claimed_at = excluded.claimed_at, outcome = '', version = null
    where idempotency_key.claimed_at < %(expired)s
returning key

-- find --
-- What a key stands for.
select target, digest, outcome, version, batch_id, claimed_at
from idempotency_key
where company_code = %(company_code)s and key = %(key)s

-- settle --
-- What became of the request; told once, and the first stays.
update idempotency_key set outcome = %(outcome)s, version = %(version)s
where company_code = %(company_code)s and key = %(key)s and outcome = ''

-- release --
-- The request was refused: its key may be used for a corrected one.
delete from idempotency_key where company_code = %(company_code)s and key = %(key)s and outcome = ''

-- purge --
-- Keys that were claimed long ago.
delete from idempotency_key where claimed_at < %(before)s
