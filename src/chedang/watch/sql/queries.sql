-- The watch list and its alerts.

-- insert_entry --
insert into watch_entry (code, division_code, vin_digest, plate_digest, sealed, since_on, until_on, added_by, added_at)
values (%(code)s, %(division_code)s, %(vin_digest)s, %(plate_digest)s, %(sealed)s, %(since_on)s, %(until_on)s, %(by)s,
    %(now)s)

-- find_same --
-- An entry of the division for the same vehicle that stands as early and as long as asked for; one that begins later or
-- ends sooner would let the vehicle pass by unseen.
select code
from watch_entry
where division_code = %(division_code)s and vin_digest = %(vin_digest)s and plate_digest = %(plate_digest)s
    and removed_at is null and since_on <= greatest(%(since_on)s::date, %(today)s::date)
    and (until_on is null or until_on >= %(until_on)s::date)
order by added_at, code
limit 1

-- lock_division --
-- Two who put the same vehicle on the list at once come one after the other.
select pg_advisory_xact_lock(hashtextextended('watch ' || %(division_code)s::text, 0))

-- share_list --
-- The follower of the feed waits for whoever puts a vehicle on the list: else it passes a record by before the new entry
-- is committed, which the look through the past came too early to find.
select pg_advisory_xact_lock_shared(hashtextextended('watch list', 0))

-- hold_list --
-- See share_list.
select pg_advisory_xact_lock(hashtextextended('watch list', 0))

-- any_entry --
-- Is anything watched at all?
select exists (select from watch_entry where removed_at is null)

-- find_matching --
-- Entries that stand today for any of these digests.
select code, vin_digest, plate_digest
from watch_entry
where removed_at is null and since_on <= %(today)s and (until_on is null or until_on >= %(today)s)
    and ((vin_digest <> '' and vin_digest = any(%(vin_digests)s::text[]))
        or (plate_digest <> '' and plate_digest = any(%(plate_digests)s::text[])))

-- read_changed --
-- What these changes say: void ones too, since a record that was voided was made all the same.
select version.vin, version.record_id, version.version, version.plate_number, version.company_code, version.settled_on,
    version.received_at
from unnest(%(vins)s::text[], %(record_ids)s::uuid[], %(versions)s::integer[]) as changed (vin, record_id, version)
join record_version as version using (vin, record_id, version)
where version.state <> 'moved'

-- past_of_vin --
-- Every version of a vehicle's records since then.
select vin, record_id, version, plate_number, company_code, settled_on, received_at
from record_version
where vin = any(%(vins)s::text[]) and received_at >= %(since_at)s and state <> 'moved'
    and (%(plate_number)s::text = '' or plate_number = %(plate_number)s::text)

-- vins_of_plate --
select vin from vehicle_plate where plate_number = %(plate_number)s

-- coming_of_plate --
-- Versions with a plate that vehicle_plate does not know yet, since the follower that fills it has not come to them; the
-- list's own follower may have passed them by.
select version.vin, version.record_id, version.version, version.plate_number, version.company_code, version.settled_on,
    version.received_at
from record_change as change
join record_version as version using (vin, record_id, version)
where change.seq > coalesce((select seq from feed_position where consumer = %(consumer)s), 0)
    and version.plate_number = %(plate_number)s and version.received_at >= %(since_at)s and version.state <> 'moved'

-- insert_alert --
insert into watch_alert (code, entry_code, record_digest, basis, sealed, found_at)
values (%(code)s, %(entry_code)s, %(record_digest)s, %(basis)s, %(sealed)s, %(now)s)
on conflict (entry_code, record_digest) do nothing
returning code

-- find_entry --
select code, division_code, sealed, since_on, until_on, added_by, added_at, removed_by, removed_at, removal_sealed
from watch_entry
where code = %(code)s

-- list_entries --
-- Of a division: those that stand first, the newest first.
select entry.code, entry.division_code, entry.sealed, entry.since_on, entry.until_on, entry.added_by, entry.added_at,
    entry.removed_by, entry.removed_at, entry.removal_sealed
from watch_entry as entry
where left(entry.division_code, length(%(division_prefix)s::text)) = %(division_prefix)s::text
    and (%(with_removed)s or (entry.removed_at is null and (entry.until_on is null or entry.until_on >= %(today)s)))
order by entry.removed_at is not null, entry.added_at desc, entry.code
limit %(limit)s offset %(offset)s

-- count_entries --
select count(*) filter (where removed_at is null and (until_on is null or until_on >= %(today)s)), count(*)
from watch_entry
where left(division_code, length(%(division_prefix)s::text)) = %(division_prefix)s::text

-- any_other --
-- Does another entry, of whatever division, look for the same vehicle still, or will it?
select exists (
    select from watch_entry
    where code <> %(code)s and removed_at is null and (until_on is null or until_on >= %(today)s)
        and ((vin_digest <> '' and vin_digest = %(vin_digest)s)
            or (plate_digest <> '' and plate_digest = %(plate_digest)s)))

-- remove_entry --
-- No row: it was removed before.
update watch_entry
set removed_by = %(by)s, removed_at = %(now)s, removal_sealed = %(sealed)s
where code = %(code)s and removed_at is null
returning code

-- list_alerts --
-- Of a division: those nobody has signed for first, then the newest first.
select alert.code, alert.entry_code, alert.basis, alert.sealed, alert.found_at, receipt.received_by, receipt.received_at
from watch_alert as alert
join watch_entry as entry on entry.code = alert.entry_code
left join watch_receipt as receipt on receipt.alert_code = alert.code
where left(entry.division_code, length(%(division_prefix)s::text)) = %(division_prefix)s::text
    and (%(entry_code)s::text = '' or alert.entry_code = %(entry_code)s::text)
order by receipt.received_at is not null, alert.found_at desc, alert.code
limit %(limit)s

-- find_alert --
select alert.code, alert.entry_code, alert.basis, alert.sealed, alert.found_at, receipt.received_by, receipt.received_at,
    entry.division_code
from watch_alert as alert
join watch_entry as entry on entry.code = alert.entry_code
left join watch_receipt as receipt on receipt.alert_code = alert.code
where alert.code = %(code)s

-- count_waiting --
select count(*)
from watch_alert as alert
join watch_entry as entry on entry.code = alert.entry_code
where left(entry.division_code, length(%(division_prefix)s::text)) = %(division_prefix)s::text
    and not exists (select from watch_receipt as receipt where receipt.alert_code = alert.code)

-- acknowledge --
-- No row: somebody has.
insert into watch_receipt (alert_code, received_by, received_at)
values (%(code)s, %(by)s, %(now)s)
on conflict (alert_code) do nothing
returning alert_code

-- claim_escalations --
-- Alerts that nobody has signed for in time and of which the duty phone was not told lately; marked as told.
update watch_alert as alert
set escalated_at = %(now)s
from watch_entry as entry
where entry.code = alert.entry_code and alert.found_at <= %(found_before)s
    and (alert.escalated_at is null or alert.escalated_at <= %(told_before)s)
    and not exists (select from watch_receipt as receipt where receipt.alert_code = alert.code)
returning entry.division_code

-- release_escalations --
-- Of these divisions, what was marked at a moment counts as not told.
update watch_alert as alert
set escalated_at = null
from watch_entry as entry
where entry.code = alert.entry_code and alert.escalated_at = %(told_at)s
    and entry.division_code = any(%(divisions)s::text[])

-- keep_duty --
insert into watch_duty (division_code, phone_sealed, set_by, set_at)
values (%(division_code)s, %(sealed)s, %(by)s, %(now)s)
on conflict (division_code) do update
    set phone_sealed = excluded.phone_sealed, set_by = excluded.set_by, set_at = excluded.set_at

-- read_duty --
select phone_sealed from watch_duty where division_code = %(division_code)s
