-- find_by_code --
-- The shop of a login: its own code, or the national one that it got later.
select company_code, enterprise_id, company_name, division_code, category_code, road_transport_license, unified_credit_code,
    address, postal_code, economic_category_code, linkman_name, linkman_phone, superintendent_name,
    superintendent_phone, business_scope, license_start_on, license_end_on, operation_state_code, email, findings,
    review_state, reviewed_at, reviewed_by, review_reason, password_hash, password_is_weak, password_changed_at,
    token_generation, source, created_at, national_code,
    (select json_agg(json_build_array(since_on, channel) order by since_on)
        from shop_channel where shop_channel.company_code = enterprise.company_code) as channel_changes
from enterprise
where company_code = %(company_code)s or (national_code = %(company_code)s and national_code <> '')
order by company_code = %(company_code)s desc
limit 1

-- find_by_id --
-- The shop of an access token.
select company_code, enterprise_id, company_name, division_code, category_code, road_transport_license, unified_credit_code,
    address, postal_code, economic_category_code, linkman_name, linkman_phone, superintendent_name,
    superintendent_phone, business_scope, license_start_on, license_end_on, operation_state_code, email, findings,
    review_state, reviewed_at, reviewed_by, review_reason, password_hash, password_is_weak, password_changed_at,
    token_generation, source, created_at, national_code,
    (select json_agg(json_build_array(since_on, channel) order by since_on)
        from shop_channel where shop_channel.company_code = enterprise.company_code) as channel_changes
from enterprise
where enterprise_id = %(enterprise_id)s

-- find_by_codes --
-- Several shops at once, for an import.
select company_code, enterprise_id, company_name, division_code, category_code, road_transport_license, unified_credit_code,
    address, postal_code, economic_category_code, linkman_name, linkman_phone, superintendent_name,
    superintendent_phone, business_scope, license_start_on, license_end_on, operation_state_code, email, findings,
    review_state, reviewed_at, reviewed_by, review_reason, password_hash, password_is_weak, password_changed_at,
    token_generation, source, created_at, national_code,
    (select json_agg(json_build_array(since_on, channel) order by since_on)
        from shop_channel where shop_channel.company_code = enterprise.company_code) as channel_changes
from enterprise
where company_code = any(%(company_codes)s::text[])
    or (national_code = any(%(company_codes)s::text[]) and national_code <> '')

-- find_same_registration --
-- Shops that already stand under this credit code or this licence; an empty argument matches nothing.
select company_code, enterprise_id, company_name, division_code, category_code, road_transport_license, unified_credit_code,
    address, postal_code, economic_category_code, linkman_name, linkman_phone, superintendent_name,
    superintendent_phone, business_scope, license_start_on, license_end_on, operation_state_code, email, findings,
    review_state, reviewed_at, reviewed_by, review_reason, password_hash, password_is_weak, password_changed_at,
    token_generation, source, created_at, national_code,
    (select json_agg(json_build_array(since_on, channel) order by since_on)
        from shop_channel where shop_channel.company_code = enterprise.company_code) as channel_changes
from enterprise
where (unified_credit_code = %(unified_credit_code)s and unified_credit_code <> '')
    or (road_transport_license = %(road_transport_license)s and road_transport_license <> '')
order by created_at, company_code
limit 5

-- find_same_name --
-- Shops of the same name in the same division, for those that have neither credit code nor licence.
select company_code, enterprise_id, company_name, division_code, category_code, road_transport_license, unified_credit_code,
    address, postal_code, economic_category_code, linkman_name, linkman_phone, superintendent_name,
    superintendent_phone, business_scope, license_start_on, license_end_on, operation_state_code, email, findings,
    review_state, reviewed_at, reviewed_by, review_reason, password_hash, password_is_weak, password_changed_at,
    token_generation, source, created_at, national_code,
    (select json_agg(json_build_array(since_on, channel) order by since_on)
        from shop_channel where shop_channel.company_code = enterprise.company_code) as channel_changes
from enterprise
where division_code = %(division_code)s and company_name = %(company_name)s
order by created_at, company_code
limit 5

-- list_by_state --
-- Shops in a state of review (null: all), the longest waiting first; the accounts of makers are none.
select company_code, enterprise_id, company_name, division_code, category_code, road_transport_license, unified_credit_code,
    address, postal_code, economic_category_code, linkman_name, linkman_phone, superintendent_name,
    superintendent_phone, business_scope, license_start_on, license_end_on, operation_state_code, email, findings,
    review_state, reviewed_at, reviewed_by, review_reason, password_hash, password_is_weak, password_changed_at,
    token_generation, source, created_at, national_code,
    (select json_agg(json_build_array(since_on, channel) order by since_on)
        from shop_channel where shop_channel.company_code = enterprise.company_code) as channel_changes
from enterprise
where (%(review_state)s::text is null or review_state = %(review_state)s) and source <> 'maker'
order by created_at, company_code

-- list_waiting --
-- Shops of this node under a provisional code that wait for the national one, the oldest first.
select company_code, enterprise_id, company_name, division_code, category_code, road_transport_license, unified_credit_code,
    address, postal_code, economic_category_code, linkman_name, linkman_phone, superintendent_name,
    superintendent_phone, business_scope, license_start_on, license_end_on, operation_state_code, email, findings,
    review_state, reviewed_at, reviewed_by, review_reason, password_hash, password_is_weak, password_changed_at,
    token_generation, source, created_at, national_code,
    (select json_agg(json_build_array(since_on, channel) order by since_on)
        from shop_channel where shop_channel.company_code = enterprise.company_code) as channel_changes
from enterprise
where length(company_code) = 14 and national_code = '' and source in ('registered', 'allocated')
order by created_at, company_code
limit %(limit)s

-- names --
-- Names of shops, those of other nodes too, for pages that show records. What its own node tells goes first.
select company_code, company_name
from known_enterprise
where company_code = any(%(company_codes)s::text[])
union all
select company_code, company_name
from enterprise
where company_code = any(%(company_codes)s::text[])
    and not exists (select from known_enterprise as known where known.company_code = enterprise.company_code)

-- unapproved_codes --
-- Which of these shops are not approved, here or at their own node: their records are held back from vehicles' files.
select company_code
from enterprise
where company_code = any(%(company_codes)s::text[]) and review_state <> 'approved'
    and not exists (select from known_enterprise as known where known.company_code = enterprise.company_code)
union all
select company_code
from known_enterprise
where company_code = any(%(company_codes)s::text[]) and review_state <> 'approved'

-- lock_serial --
-- The next serial of this node, locked until the transaction ends: two registrations never see the same one.
select next_serial from enterprise_serial for update

-- save_serial --
-- The serial after the one just issued; rolled back together with the enterprise, so no number is skipped.
update enterprise_serial set next_serial = %(next_serial)s

-- code_exists --
-- Does a shop of this node hold this code, as its own or as its national one?
select exists (
    select from enterprise
    where company_code = %(company_code)s or (national_code = %(company_code)s and national_code <> ''))

-- code_is_held --
-- The same for shops of all nodes: a shop that moved in may hold the code that the serial leads to. Codes of shops at the
-- ministry are the ministry's to give: it may have had one allocated in this node's name, for a maker's dealer.
select exists (
        select from enterprise
        where company_code = %(company_code)s or (national_code = %(company_code)s and national_code <> ''))
    or exists (
        select from known_enterprise
        where node_code <> %(ministry)s
            and (company_code = %(company_code)s or (national_code = %(company_code)s and national_code <> '')))

-- insert_enterprise --
-- A new shop.
insert into enterprise (
    company_code, company_name, division_code, category_code, road_transport_license, unified_credit_code,
    address, postal_code, economic_category_code, linkman_name, linkman_phone, superintendent_name,
    superintendent_phone, business_scope, license_start_on, license_end_on, operation_state_code, email,
    findings, review_state, reviewed_at, reviewed_by, password_hash, password_is_weak, source, created_at,
    national_code)
values (
    %(company_code)s, %(company_name)s, %(division_code)s, %(category_code)s, %(road_transport_license)s,
    %(unified_credit_code)s, %(address)s, %(postal_code)s, %(economic_category_code)s, %(linkman_name)s,
    %(linkman_phone)s, %(superintendent_name)s, %(superintendent_phone)s, %(business_scope)s,
    %(license_start_on)s, %(license_end_on)s, %(operation_state_code)s, %(email)s, %(findings)s,
    %(review_state)s, %(reviewed_at)s, %(reviewed_by)s, %(password_hash)s, %(password_is_weak)s, %(source)s,
    %(created_at)s, %(national_code)s)

-- forget_told --
-- A shop that the ministry had told of registers at its own node, which is this one.
delete from known_enterprise where company_code = %(company_code)s and node_code = %(ministry)s

-- update_registration --
-- What a repeated import brings anew; state, password and code stay.
update enterprise
set company_name = %(company_name)s, division_code = %(division_code)s, category_code = %(category_code)s,
    road_transport_license = %(road_transport_license)s, unified_credit_code = %(unified_credit_code)s,
    address = %(address)s, postal_code = %(postal_code)s, economic_category_code =
    %(economic_category_code)s, linkman_name = %(linkman_name)s, linkman_phone = %(linkman_phone)s,
    superintendent_name = %(superintendent_name)s, superintendent_phone = %(superintendent_phone)s,
    business_scope = %(business_scope)s, license_start_on = %(license_start_on)s, license_end_on =
    %(license_end_on)s, operation_state_code = %(operation_state_code)s, email = %(email)s, findings =
    %(findings)s
where company_code = %(company_code)s

-- lock_enterprises --
-- Hold shops still while they are reviewed or imported anew; in order, so that two of these cannot wait for each other.
select company_code
from enterprise
where company_code = any(%(company_codes)s::text[])
    or (national_code = any(%(company_codes)s::text[]) and national_code <> '')
order by company_code
for update

-- save_national_code --
-- The national code that the ministry has given; it is never replaced.
update enterprise set national_code = %(national_code)s where company_code = %(company_code)s and national_code = ''

-- save_review --
-- Who decided what, when and why. Ending tokens is part of a rejection.
update enterprise
set review_state = %(review_state)s, reviewed_at = %(reviewed_at)s, reviewed_by = %(reviewed_by)s,
    review_reason = %(review_reason)s,
    token_generation = token_generation + case when %(ends_tokens)s then 1 else 0 end
where company_code = %(company_code)s

-- reopen_review --
-- A shop that was refused has mended what was wrong; by whom, when and why it was refused stays.
update enterprise set review_state = %(state)s where company_code = %(company_code)s

-- save_operation_state --
-- 经营状态 by the authority's word alone: an old registration need not fit the rules of today for it.
update enterprise set operation_state_code = %(operation_state_code)s where company_code = %(company_code)s

-- save_password --
-- A new password; changed_at stays null when an import brought it.
update enterprise
set password_hash = %(password_hash)s, password_is_weak = %(password_is_weak)s,
    password_changed_at = %(password_changed_at)s,
    token_generation = token_generation + case when %(ends_tokens)s then 1 else 0 end
where company_code = %(company_code)s
