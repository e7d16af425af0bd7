-- supervised --
-- Filed shops in business of a division, with what is wrong with their uploads. All others of this file read this one.
select shop.company_code, shop.company_name, shop.division_code, shop.category_code, shop.vendor, shop.maker_code,
    shop.filed_on, shop.first_on, shop.last_on, %(today)s::date - shop.last_on as silent_days,
    judged.weeks, judged.observed, judged.expected, judged.lower_bound,
    judged.standing, judged.faulty, judged.doubtful,
    case when shop.first_on is null then
            case when shop.filed_on > %(today)s::date - %(unconnected_days)s::integer then null else 'unconnected' end
        when %(today)s::date - shop.last_on > %(silent_days)s::integer then 'silent'
        when judged.is_falling then 'falling' end as volume_concern,
    case when judged.standing < %(least_records)s::integer then null
        when 100 * judged.faulty > %(faulty_percent)s::integer * judged.standing then 'errors'
        when 100 * judged.doubtful > %(doubtful_percent)s::integer * judged.standing then 'doubts'
        end as quality_concern
from counted_shop as shop
left join shop_expectation as judged using (company_code)
where starts_with(shop.division_code, %(division_prefix)s)
    and shop.is_in_business
    and shop.is_filed

-- wanted --
-- Of these the ones that a filter means, each with its open reminder of the concern and whether that was read.
select matter.company_code, matter.company_name, matter.division_code, matter.category_code, matter.vendor,
    matter.maker_code, matter.filed_on, matter.first_on, matter.last_on, matter.silent_days,
    matter.weeks, matter.observed, matter.expected, matter.lower_bound,
    matter.standing, matter.faulty, matter.doubtful, matter.concern,
    reminder.id as reminder_id, reminder.rung, reminder.reminded_at, reminder.duty_id, receipt.read_at
from (
    select supervised.*, coalesce(%(concern)s::text, volume_concern, quality_concern) as concern
    from supervised
    where (%(concern)s::text is null or %(concern)s::text in (volume_concern, quality_concern))
        and (%(over_days)s::integer is null or silent_days > %(over_days)s::integer)
        and (%(upto_days)s::integer is null or silent_days <= %(upto_days)s::integer)
        and case %(upload)s::text
            when 'connected' then first_on is not null
            when 'unconnected' then first_on is null
            when 'active' then silent_days <= %(silent_days)s::integer
            else true end
        and (%(category)s::text is null or category_code = %(category)s::text)
        and (%(vendor)s::text is null or vendor = %(vendor)s::text)
        and (%(maker)s::text is null or maker_code = %(maker)s::text)
        and (%(name)s::text = '' or position(%(name)s::text in company_name) > 0 or company_code = %(name)s::text)
        and (%(ends_upto)s::date is null or exists (
            select from enterprise
            where enterprise.company_code = supervised.company_code
                and enterprise.license_end_on <= %(ends_upto)s::date
                and (%(ends_from)s::date is null or enterprise.license_end_on >= %(ends_from)s::date)))
        and (%(codes)s::text[] is null or company_code = any(%(codes)s::text[]))
) as matter
left join supervision_reminder as reminder
    on reminder.company_code = matter.company_code and reminder.concern = matter.concern and reminder.state = 'open'
left join supervision_recipient as receipt
    on receipt.notice_id = reminder.notice_id and receipt.company_code = reminder.company_code
where case %(reminded)s::text
    when 'no' then reminder.id is null
    when 'yes' then reminder.id is not null
    when 'unread' then reminder.id is not null and receipt.read_at is null
    when 'letter' then reminder.rung = 2 and receipt.read_at is null and reminder.climbs_at <= %(missed)s
    else true end

-- count --
select count(*) from wanted

-- listed --
-- Never connected first, then the longest silent; from a key on.
select company_code, company_name, division_code, category_code, vendor, maker_code, filed_on, first_on, last_on,
    silent_days, weeks, observed, expected, lower_bound, standing, faulty, doubtful, concern, reminder_id, rung,
    reminded_at, duty_id, read_at,
    coalesce(rung = 2, false) and exists (
        select from supervision_reminder_step as step
        where step.reminder_id = wanted.reminder_id and step.deed = 'sms_not_sent' and step.at >= wanted.reminded_at
    ) as is_sms_lost
from wanted
where (coalesce(last_on, '-infinity'::date), company_code) > (%(after_on)s::date, %(after_code)s::text)
order by coalesce(last_on, '-infinity'::date), company_code
limit %(limit)s

-- tally --
-- What is wrong with how many shops: by concern, days of silence by band; of how many nobody was reminded.
select matter.concern, matter.band, count(*), count(*) filter (where reminder.id is null),
    max(matter.silent_days) filter (where reminder.id is null), min(matter.filed_on) filter (where reminder.id is null)
from (
    select company_code, volume_concern as concern, silent_days, filed_on,
        case when volume_concern = 'silent' then width_bucket(silent_days - 1, %(bands)s::integer[]) else 0 end as band
    from supervised
    where volume_concern is not null
    union all
    select company_code, quality_concern, silent_days, filed_on, 0
    from supervised
    where quality_concern is not null
) as matter
left join supervision_reminder as reminder
    on reminder.company_code = matter.company_code and reminder.concern = matter.concern and reminder.state = 'open'
group by matter.concern, matter.band

-- licenses --
-- Of how many 有效期止 has passed, and of how many it ends within the days; the first day of those.
select count(*) filter (where enterprise.license_end_on < %(today)s::date),
    count(*) filter (where enterprise.license_end_on between %(today)s::date and %(soon)s::date),
    count(*) filter (where enterprise.license_end_on between %(today)s::date and %(later)s::date),
    min(enterprise.license_end_on)
from supervised
join enterprise using (company_code)
where enterprise.license_end_on <= %(later)s::date

-- choices --
-- What the shops of a division name as their software and makers.
select distinct vendor, maker_code
from supervised
where vendor <> '' or maker_code <> ''

-- reach --
-- How many of the wanted would get a notice now, have one that is too new, and stand at another node.
select count(*),
    count(*) filter (where enterprise.company_code is not null
        and (reminder_id is null or reminded_at <= %(again_before)s)),
    count(*) filter (where reminder_id is not null and reminded_at > %(again_before)s),
    count(*) filter (where enterprise.company_code is null),
    min(wanted.company_code) filter (where enterprise.company_code is not null
        and (reminder_id is null or reminded_at <= %(again_before)s))
from wanted
left join enterprise using (company_code)

-- remind_again --
-- Open cases of the wanted whose notice is old enough get the new one, and stand in the name of who sends it.
update supervision_reminder as reminder
set notice_id = %(notice_id)s, reminded_at = %(now)s, climbs_at = %(climbs_at)s, rung = 1, sms_claimed_at = null,
    authority_code = %(authority_code)s, authority = %(authority)s, step_count = step_count + 1
from wanted
join enterprise using (company_code)
where reminder.id = wanted.reminder_id and reminder.state = 'open' and reminder.reminded_at <= %(again_before)s

-- open_reminders --
-- A case for each of the wanted that has none. A shop for which another officer was quicker gets none.
insert into supervision_reminder (
    public_id, company_code, division_code, authority_code, authority, concern, state, rung, opened_at, reminded_at,
    notice_id, climbs_at, figures, step_count)
select encode(substring(uuid_send(gen_random_uuid()) for 8), 'hex'), wanted.company_code, wanted.division_code,
    %(authority_code)s, %(authority)s, wanted.concern, 'open', 1, %(now)s, %(now)s, %(notice_id)s, %(climbs_at)s,
    jsonb_strip_nulls(jsonb_build_object(
        'silent_days', wanted.silent_days, 'last_on', wanted.last_on, 'filed_on', wanted.filed_on,
        'weeks', wanted.weeks, 'observed', wanted.observed, 'expected', round(wanted.expected),
        'standing', wanted.standing, 'faulty', wanted.faulty, 'doubtful', wanted.doubtful)), 1
from wanted
join enterprise using (company_code)
where wanted.reminder_id is null
on conflict (company_code, concern) where state = 'open' do nothing

-- note_reminded --
insert into supervision_reminder_step (reminder_id, place, at, deed, actor_id, organisation, text, figures)
select id, step_count, %(now)s, case when step_count = 1 then 'notice' else 'notice_again' end, %(actor)s,
    %(authority)s, '', figures
from supervision_reminder
where notice_id = %(notice_id)s

-- reminded --
select company_code from supervision_reminder where notice_id = %(notice_id)s order by company_code

-- phones --
-- Phones of a registration: of the person in charge, then of the contact.
select superintendent_phone, linkman_phone
from enterprise
where company_code = %(company_code)s

-- addresses --
-- Where letters to shops go.
select company_code, company_name, address, postal_code
from enterprise
where company_code = any(%(codes)s::text[])

-- fixed --
-- Open cases of which the figures do not say any more what they said, with what they say now.
select reminder.id, shop.is_in_business and shop.is_filed, shop.last_on, judged.weeks, judged.observed,
    judged.expected, judged.standing, judged.faulty, judged.doubtful
from supervision_reminder as reminder
left join counted_shop as shop using (company_code)
left join shop_expectation as judged using (company_code)
where reminder.state = 'open'
    and reminder.id > %(after)s
    and (shop.company_code is null or not shop.is_in_business or not shop.is_filed
        or case reminder.concern
            when 'unconnected' then shop.first_on is not null
            when 'silent' then %(today)s::date - shop.last_on <= %(silent_days)s::integer
            when 'falling' then judged.counted_on >= (reminder.opened_at at time zone interval '8 hours')::date
                and judged.weeks is not null and not judged.is_falling
                and %(today)s::date - shop.last_on <= %(silent_days)s::integer
            when 'errors' then judged.counted_on >= (reminder.opened_at at time zone interval '8 hours')::date
                and judged.standing >= %(least_records)s::integer
                and 100 * judged.faulty <= %(faulty_percent)s::integer * judged.standing
            when 'doubts' then judged.counted_on >= (reminder.opened_at at time zone interval '8 hours')::date
                and judged.standing >= %(least_records)s::integer
                and 100 * judged.doubtful <= %(doubtful_percent)s::integer * judged.standing
            end)
order by reminder.id
limit %(limit)s
