-- reminders --
-- 通知和提醒 delivered within a period, and how many of them the shop has opened.
select division_code, count(*) as reminders_sent, count(read_at) as reminders_read
from supervision_recipient
where delivered_at >= %(since)s and delivered_at < %(until)s and starts_with(division_code, %(prefix)s)
group by division_code

-- orders --
-- 责令改正 and 督办 issued within a period, and what has become of them; one that was revoked, for it should not have
-- been issued, does not count.
select division_code,
    count(*) as orders_issued,
    count(*) filter (where state = 'done') as orders_done,
    count(*) filter (where state = 'not_done') as orders_not_done
from supervision_duty
where issued_at >= %(since)s and issued_at < %(until)s and starts_with(division_code, %(prefix)s)
    and state <> 'revoked'
group by division_code

-- cases --
-- 反馈与投诉 submitted within a period. Due: decided, or a limit was missed. In time: decided, and none was.
select division_code,
    count(*) as cases_opened,
    count(*) filter (where decided_at is not null or missed > 0) as cases_due,
    count(*) filter (where decided_at is not null and missed = 0) as cases_closed_in_time
from reviews_case
where submitted_at >= %(since)s and submitted_at < %(until)s and starts_with(division_code, %(prefix)s)
group by division_code

-- ratings --
-- 评价 written within a period that stand: not withdrawn by the owner, not hidden after an appeal.
select division_code,
    count(*) as ratings,
    sum(mark::numeric(3, 2)) as rating_sum,
    count(*) filter (where mark <= 2) as low_ratings
from reviews_review
where written_at >= %(since)s and written_at < %(until)s and starts_with(division_code, %(prefix)s)
    and withdrawn_at is null and hidden_at is null
group by division_code

-- owners --
-- Looks of owners at their files within a period, and how many people looked. A look has no county.
select count(*) as owner_looks, count(distinct actor_id) as owners_active
from access_audit_event
where action = 'vehicle:read_file' and role = 'owner' and at >= %(since)s and at < %(until)s

-- censures --
-- 通报 published within a period; one that was withdrawn, for it should not have been published, does not count.
select division_code, count(*) as censures
from supervision_censure
where published_at >= %(since)s and published_at < %(until)s and starts_with(division_code, %(prefix)s)
    and state <> 'withdrawn'
group by division_code

-- sanctions --
-- 处罚 with a date of decision within a period, but for those that were withdrawn.
select division_code, count(*) as sanctions
from supervision_sanction
where decided_on >= %(first_on)s and decided_on <= %(last_on)s and starts_with(division_code, %(prefix)s)
    and state <> 'withdrawn'
group by division_code
