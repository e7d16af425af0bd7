-- find_maker --
-- One maker by its account.
select maker_code, maker_name, unified_credit_code, brands, state, valid_from, valid_until, applied_at, decided_at,
    decided_by, reason
from maker
where maker_code = %(maker_code)s

-- find_maker_by_credit_code --
-- The maker that applies again.
select maker_code, maker_name, unified_credit_code, brands, state, valid_from, valid_until, applied_at, decided_at,
    decided_by, reason
from maker
where unified_credit_code = %(unified_credit_code)s
order by applied_at
limit 1

-- lock_maker --
-- Hold a maker still while it is decided about.
select maker_code from maker where maker_code = %(maker_code)s for update

-- list_makers --
-- All makers, those that wait for a decision first, then by name.
select maker_code, maker_name, unified_credit_code, brands, state, valid_from, valid_until, applied_at, decided_at,
    decided_by, reason
from maker
order by state <> 'applied', maker_name, maker_code

-- save_maker --
-- A maker as it stands after an application, a decision or another node's word.
insert into maker (
    maker_code, maker_name, unified_credit_code, brands, state, valid_from, valid_until, applied_at, decided_at,
    decided_by, reason)
values (
    %(maker_code)s, %(maker_name)s, %(unified_credit_code)s, %(brands)s, %(state)s, %(valid_from)s, %(valid_until)s,
    %(applied_at)s, %(decided_at)s, %(decided_by)s, %(reason)s)
on conflict (maker_code) do update
    set maker_name = excluded.maker_name, unified_credit_code = excluded.unified_credit_code,
        brands = excluded.brands, state = excluded.state, valid_from = excluded.valid_from,
        valid_until = excluded.valid_until, applied_at = excluded.applied_at, decided_at = excluded.decided_at,
        decided_by = excluded.decided_by, reason = excluded.reason

-- note_told --
-- When another node told of a maker.
update maker set told_at = %(told_at)s where maker_code = %(maker_code)s

-- told_at --
-- When another node told of a maker last.
select told_at from maker where maker_code = %(maker_code)s

-- forget_maker --
-- A maker that another node no longer has.
delete from maker where maker_code = %(maker_code)s

-- dealers_of --
-- The dealers of a maker by code.
select company_code, brand, since_on, until_on
from maker_dealer
where maker_code = %(maker_code)s
order by company_code

-- count_dealers --
-- Dealers of each maker on a day.
select maker_code, count(*)
from maker_dealer
where since_on <= %(today)s and (until_on is null or until_on >= %(today)s)
group by maker_code

-- makers_of --
-- Which makers have this shop among their dealers, on a day.
select maker.maker_code, maker.maker_name, maker.unified_credit_code, maker.brands, maker.state, maker.valid_from,
    maker.valid_until, maker.applied_at, maker.decided_at, maker.decided_by, maker.reason
from maker_dealer
join maker on maker.maker_code = maker_dealer.maker_code
where maker_dealer.company_code = %(company_code)s and maker_dealer.since_on <= %(today)s
    and (maker_dealer.until_on is null or maker_dealer.until_on >= %(today)s)
order by maker.maker_name

-- save_dealers --
-- Dealers of a maker; one that was there before begins anew.
insert into maker_dealer (maker_code, company_code, brand, since_on, until_on)
select %(maker_code)s, dealer.company_code, dealer.brand, dealer.since_on, dealer.until_on
from unnest(%(company_codes)s::text[], %(brands)s::text[], %(since_on)s::date[], %(until_on)s::date[])
    as dealer (company_code, brand, since_on, until_on)
on conflict (maker_code, company_code) do update
    set brand = excluded.brand, since_on = excluded.since_on, until_on = excluded.until_on

-- drop_dealers --
-- Before a list is replaced as a whole.
delete from maker_dealer where maker_code = %(maker_code)s

-- end_dealer --
-- The last day of a dealer.
update maker_dealer
set until_on = %(until_on)s
where maker_code = %(maker_code)s and company_code = %(company_code)s
returning company_code

-- standing --
-- What an account and a shop are to each other. Only an account of this node can be a maker's.
select account.source, maker.maker_code, maker.maker_name, maker.unified_credit_code, maker.brands, maker.state,
    maker.valid_from, maker.valid_until, maker.applied_at, maker_dealer.company_code, maker_dealer.brand,
    maker_dealer.since_on, maker_dealer.until_on,
    exists (
        select from chain_member
        where chain_member.chain_code = %(account_code)s and chain_member.company_code = %(company_code)s)
from enterprise as account
left join maker on maker.maker_code = account.company_code
left join maker_dealer
    on maker_dealer.maker_code = account.company_code and maker_dealer.company_code = %(company_code)s
where account.company_code = %(account_code)s

-- told_shops --
-- Shops of other nodes by either of their codes, as much as is known of them here.
select company_code, national_code, company_name, division_code, category_code, review_state, told_at,
    (select json_agg(json_build_array(since_on, channel) order by since_on)
        from shop_channel where shop_channel.company_code = known_enterprise.company_code) as channel_changes
from known_enterprise
where company_code = any(%(company_codes)s::text[])
    or (national_code = any(%(company_codes)s::text[]) and national_code <> '')

-- told_shops_named --
-- Shops of other nodes with this name in this division.
select company_code
from known_enterprise
where division_code = %(division_code)s and company_name = %(company_name)s
order by company_code
limit 5
