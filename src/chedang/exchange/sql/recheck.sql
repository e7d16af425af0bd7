-- read_channels --
-- Channels, and how far the source of each outgoing one reaches: a province's changes, a feed of the ministry.
select channel.peer, channel.direction, channel.epoch, channel.sequence, channel.record_position,
    channel.acknowledged_sequence, channel.acknowledged_position,
    case when %(is_ministry)s
        then (select coalesce(max(seq), 0) from exchange_feed where destination = channel.peer)
        else (select coalesce(max(seq), 0) from record_change)
    end
from exchange_channel as channel
order by channel.peer, channel.direction

-- read_outgoing --
-- Messages that wait for their acknowledgement.
select peer, epoch, sequence, record_position
from exchange_outgoing
order by peer, epoch, sequence

-- stream_feed --
-- What feeds name, in the order of the row, and whether it is here.
select fed.destination, fed.vin, uuid_send(fed.record_id), fed.version, stored.record_id is not null
from exchange_feed as fed
left join record_version as stored using (vin, record_id, version)
where fed.kind = 'record'
order by fed.destination, fed.record_id, fed.version, fed.vin

-- read_letters --
-- Dead letters, open ones with the reason.
select letter_id, peer, kind, reason, resolved_at is not null from exchange_dead_letter order by letter_id
