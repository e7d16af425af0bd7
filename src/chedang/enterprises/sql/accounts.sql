-- find_account --
-- Who signs in under this name.
select kind, account, company_code, password_hash, sealed_secret, changed_at
from machine_account
where kind = %(kind)s and account = %(account)s

-- accounts_of --
-- Accounts of one shop.
select kind, account, company_code, password_hash, sealed_secret, changed_at
from machine_account
where company_code = %(company_code)s
order by kind, account

-- save_account --
-- A name once given to a shop stays with it; only its secrets change. No row: it belongs to another shop.
insert into machine_account as known (
    kind, account, company_code, password_hash, sealed_secret, created_at, changed_at)
values (%(kind)s, %(account)s, %(company_code)s, %(password_hash)s, %(sealed_secret)s, %(created_at)s,
    %(changed_at)s)
on conflict (kind, account) do update
    set password_hash = excluded.password_hash, sealed_secret = excluded.sealed_secret,
        changed_at = excluded.changed_at
    where known.company_code = excluded.company_code
returning kind

-- add_member --
-- The head office of a chain may upload for this shop.
insert into chain_member (chain_code, company_code, created_at)
values (%(chain_code)s, %(company_code)s, %(created_at)s)
on conflict do nothing

-- members_of --
-- Shops of a chain.
select company_code from chain_member where chain_code = %(chain_code)s

-- remove_member --
-- The head office of a chain may no longer upload for this shop.
delete from chain_member where chain_code = %(chain_code)s and company_code = %(company_code)s returning company_code
