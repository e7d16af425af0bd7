-- The lists behind the figures of a node's status. No VIN, no plate.

-- waiting_up --
-- Rows taken in here of which the ministry has not confirmed anything yet, oldest first.
select stored.record_id, stored.version, stored.company_code, stored.received_at
from record_change as change
join record_version as stored using (vin, record_id, version)
where stored.origin = 'local'
    and change.seq > coalesce((
        select acknowledged_position from exchange_channel where peer = %(peer)s and direction = 'out'), 0)
order by change.seq
limit %(limit)s

-- waiting_down --
-- Rows of a province's feed that it has not confirmed yet, oldest first.
select fed.record_id, fed.version, coalesce(stored.company_code, ''), fed.queued_at
from exchange_feed as fed
left join record_version as stored using (vin, record_id, version)
where fed.destination = %(peer)s and fed.record_id is not null
    and fed.seq > coalesce((
        select acknowledged_position from exchange_channel where peer = %(peer)s and direction = 'out'), 0)
order by fed.seq
limit %(limit)s

-- refusals --
-- Items of ours that a peer could not apply, newest first.
select peer, kind, record_id, version, key, reason, told_at
from exchange_refusal
where told_at >= %(since)s and (%(peer)s::text = '' or peer = %(peer)s::text)
order by told_at desc, sequence desc, item
limit %(limit)s
