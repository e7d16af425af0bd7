-- Where each channel stands: one row per peer and direction, which whoever advances it holds until its commit.

-- begin --
-- A channel that nothing has gone through.
insert into exchange_channel (peer, direction, epoch, sequence, digest, changed_at)
values (%(peer)s, %(direction)s, %(epoch)s, 0, '', %(now)s)
on conflict (peer, direction) do nothing

-- lock --
-- The channel, which nobody else advances until the transaction ends.
select peer, direction, epoch, sequence, digest, record_position, notice_position, acknowledged_sequence,
    acknowledged_position, acknowledged_notice_position, acknowledgement, changed_at
from exchange_channel
where peer = %(peer)s and direction = %(direction)s
for update

-- read --
-- The channel as it stands.
select peer, direction, epoch, sequence, digest, record_position, notice_position, acknowledged_sequence,
    acknowledged_position, acknowledged_notice_position, acknowledgement, changed_at
from exchange_channel
where peer = %(peer)s and direction = %(direction)s

-- read_all --
-- All channels.
select peer, direction, epoch, sequence, digest, record_position, notice_position, acknowledged_sequence,
    acknowledged_position, acknowledged_notice_position, acknowledgement, changed_at
from exchange_channel
order by peer, direction

-- save --
-- The channel after a step.
update exchange_channel
set epoch = %(epoch)s, sequence = %(sequence)s, digest = %(digest)s, record_position = %(record_position)s,
    notice_position = %(notice_position)s, acknowledged_sequence = %(acknowledged_sequence)s,
    acknowledged_position = %(acknowledged_position)s,
    acknowledged_notice_position = %(acknowledged_notice_position)s, acknowledgement = %(acknowledgement)s,
    changed_at = %(changed_at)s
where peer = %(peer)s and direction = %(direction)s
