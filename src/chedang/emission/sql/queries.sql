-- Tickets of failed emission tests.

-- insert_ticket --
-- No row: the station told a test under this number before.
insert into emission_ticket (code, station_code, report_number, division_code, vin, plate_number, tested_on, failed_items,
    deadline_on, state, step_count, received_at)
values (%(code)s, %(station_code)s, %(report_number)s, %(division_code)s, %(vin)s, %(plate_number)s, %(tested_on)s,
    %(failed_items)s::text[], %(deadline_on)s, 'open', 0, %(received_at)s)
on conflict (station_code, report_number) do nothing
returning code

-- find_by_number --
-- Tickets under a report number: each station counts for itself.
select code, station_code, report_number, division_code, vin, plate_number, tested_on, failed_items, deadline_on, state,
    step_count, received_at, record_id, record_vin, company_code, settled_on, doubts, missing, retest_number,
    retest_station_code, retested_on
from emission_ticket
where report_number = %(report_number)s
order by received_at desc, code

-- find_ticket --
select code, station_code, report_number, division_code, vin, plate_number, tested_on, failed_items, deadline_on, state,
    step_count, received_at, record_id, record_vin, company_code, settled_on, doubts, missing, retest_number,
    retest_station_code, retested_on
from emission_ticket
where code = %(code)s

-- share_feed --
-- The follower of the feed waits for whoever opens tickets or changes the lists: else it passes a record by before the
-- ticket is committed, whose look at the records came too early to find it.
select pg_advisory_xact_lock_shared(hashtextextended('emission tickets', 0))

-- hold_feed --
-- See share_feed.
select pg_advisory_xact_lock(hashtextextended('emission tickets', 0))

-- hold_names --
-- Rows alone do not do: of a ticket that another transaction is opening there is none to hold yet. In the order of the
-- locks, not of the names, so that it is the same for everybody.
select pg_advisory_xact_lock(lock)
from (
    select distinct hashtextextended('emission name ' || name, 0) as lock
    from unnest(%(names)s::text[]) as name
    order by lock
) as locks

-- hold_vehicles --
-- All tickets of these vehicles, and those of these numbers, held still; in one order for everybody.
select code, station_code, report_number, division_code, vin, plate_number, tested_on, failed_items, deadline_on, state,
    step_count, received_at, record_id, record_vin, company_code, settled_on, doubts, missing, retest_number,
    retest_station_code, retested_on
from emission_ticket
where vin = any(%(vins)s::text[]) or report_number = any(%(report_numbers)s::text[])
order by code
for update

-- save_ticket --
update emission_ticket
set state = %(state)s, step_count = %(step_count)s, record_id = %(record_id)s, record_vin = %(record_vin)s,
    company_code = %(company_code)s, settled_on = %(settled_on)s, doubts = %(doubts)s::text[], missing = %(missing)s,
    retest_number = %(retest_number)s, retest_station_code = %(retest_station_code)s, retested_on = %(retested_on)s
where code = %(code)s

-- add_step --
insert into emission_step (ticket_code, number, at, kind, by, record_id, note)
values (%(ticket_code)s, %(number)s, %(at)s, %(kind)s, %(by)s, %(record_id)s, %(note)s)

-- read_steps --
select number, at, kind, by, record_id, note
from emission_step
where ticket_code = %(code)s
order by number

-- find_named_in --
-- Of these changes, the versions whose 故障描述 may name a report.
select version.record_id, version.content
from unnest(%(vins)s::text[], %(record_ids)s::uuid[], %(versions)s::integer[]) as changed (vin, record_id, version)
join record_version as version using (vin, record_id, version)
where version.content like '%%报告编码%%'

-- note_named --
insert into emission_named_record (report_number, record_id)
select report_number, record_id
from unnest(%(report_numbers)s::text[], %(record_ids)s::uuid[]) as named (report_number, record_id)
on conflict do nothing

-- numbers_of_records --
-- Reports that these records have ever named.
select distinct report_number from emission_named_record where record_id = any(%(record_ids)s::uuid[])

-- records_of_numbers --
select report_number, record_id
from emission_named_record
where report_number = any(%(report_numbers)s::text[])

-- concerned --
-- Is any ticket about these vehicles or reports? Asked before rows are held: nearly always none is.
select distinct vin
from emission_ticket
where vin = any(%(vins)s::text[]) or report_number = any(%(report_numbers)s::text[])

-- read_rulings --
select ticket_code, record_id, counts
from emission_ruling
where ticket_code = any(%(codes)s::text[])

-- keep_ruling --
insert into emission_ruling (ticket_code, record_id, counts, ruled_by, ruled_at, reason)
values (%(ticket_code)s, %(record_id)s, %(counts)s, %(ruled_by)s, %(ruled_at)s, %(reason)s)
on conflict (ticket_code, record_id) do update
    set counts = excluded.counts, ruled_by = excluded.ruled_by, ruled_at = excluded.ruled_at, reason = excluded.reason

-- list_tickets --
-- Tickets of a division by one condition, the nearest deadline first, those that are over with the newest first.
select code, station_code, report_number, division_code, vin, plate_number, tested_on, failed_items, deadline_on, state,
    step_count, received_at, record_id, record_vin, company_code, settled_on, doubts, missing, retest_number,
    retest_station_code, retested_on
from emission_ticket
where left(division_code, length(%(division_prefix)s::text)) = %(division_prefix)s::text
    and case %(show)s::text
        when 'overdue' then state in ('open', 'undecided') and deadline_on < %(today)s
        when 'doubtful' then doubts <> '{}' and state <> 'cancelled'
        when 'all' then true
        else state = %(show)s::text
    end
    and (%(company_code)s::text = '' or company_code = %(company_code)s)
    and (%(station_code)s::text = '' or station_code = %(station_code)s)
order by state in ('open', 'undecided', 'repaired') desc,
    case when state in ('open', 'undecided', 'repaired') then deadline_on end, received_at desc, code
limit %(limit)s offset %(offset)s

-- count_tickets --
-- How many each of these lists has; the same conditions.
select count(*) filter (where state = 'open') as open,
    count(*) filter (where state in ('open', 'undecided') and deadline_on < %(today)s) as overdue,
    count(*) filter (where state = 'undecided') as undecided,
    count(*) filter (where doubts <> '{}' and state <> 'cancelled') as doubtful,
    count(*) filter (where state = 'repaired') as repaired,
    count(*) filter (where state = 'passed') as passed,
    count(*) filter (where state = 'failed_again') as failed_again,
    count(*) filter (where state = 'cancelled') as cancelled
from emission_ticket
where left(division_code, length(%(division_prefix)s::text)) = %(division_prefix)s::text
    and (%(company_code)s::text = '' or company_code = %(company_code)s)
    and (%(station_code)s::text = '' or station_code = %(station_code)s)

-- tickets_of_shop --
-- Tickets that a shop's records answer, the newest first.
select code, station_code, report_number, division_code, vin, plate_number, tested_on, failed_items, deadline_on, state,
    step_count, received_at, record_id, record_vin, company_code, settled_on, doubts, missing, retest_number,
    retest_station_code, retested_on
from emission_ticket
where company_code = %(company_code)s and state <> 'cancelled'
order by settled_on desc, code
limit %(limit)s

-- shop_figures --
-- Of tickets that a shop's repairs answer, by the day of settlement.
select count(*) as repaired,
    count(*) filter (where state in ('passed', 'failed_again')) as retested,
    count(*) filter (where state = 'passed') as passed,
    count(*) filter (where 'passed_without_work' = any(doubts)) as passed_without_work,
    count(*) filter (where doubts && array['no_parts', 'no_hours']) as doubtful,
    count(*) filter (where state = 'passed' and exists (
        select from emission_ticket as later
        where later.vin = ticket.vin and later.tested_on > ticket.retested_on and later.state <> 'cancelled'
            and later.tested_on <= ticket.retested_on + %(again_days)s
    )) as failed_soon_after
from emission_ticket as ticket
where company_code = %(company_code)s and settled_on between %(first_on)s and %(last_on)s and state <> 'cancelled'

-- next_to_post --
-- What the inspection side was not told yet, in order, with the ticket it is about.
select step.seq, step.kind, step.at, step.post_count, ticket.station_code, ticket.report_number, ticket.vin,
    ticket.company_code, ticket.settled_on, ticket.retest_number, ticket.retested_on
from emission_step as step
join emission_ticket as ticket on ticket.code = step.ticket_code
where step.posted_at is null and step.kind in ('repaired', 'reopened', 'passed', 'failed_again', 'cancelled')
    and step.at >= %(since_at)s and (step.post_again_at is null or step.post_again_at <= %(now)s)
    and not exists (
        select from emission_step as before
        where before.ticket_code = step.ticket_code and before.number < step.number and before.posted_at is null
            and before.kind in ('repaired', 'reopened', 'passed', 'failed_again', 'cancelled')
            and before.at >= %(since_at)s
    )
order by step.seq
limit %(limit)s

-- note_posted --
update emission_step set posted_at = %(now)s, post_count = post_count + 1 where seq = %(seq)s

-- note_not_posted --
update emission_step set post_count = post_count + 1, post_again_at = %(again_at)s where seq = %(seq)s
