-- What waits to be put into messages, and the messages that wait for their acknowledgement.

-- read_own_changes --
-- The next changes of the feed, with the bytes that the row takes; none for a row that came from another node, or is not
-- here any more.
select seq, vin, uuid_send(record_id), version,
    case when stored.origin = 'local' then
        octet_length(content) + octet_length(findings) + octet_length(actor) + octet_length(reason)
            + octet_length(settlement_list_number)
    end
from (
    select seq, vin, record_id, version
    from record_change
    where seq > %(after)s and seq <= %(horizon)s
    order by seq
    limit %(limit)s
) as change
left join record_version as stored using (vin, record_id, version)
order by seq

-- has_changes --
-- Is there anything after this position, settled or not?
select exists (select from record_change where seq > %(after)s)

-- read_fed --
-- The next rows and notices of a province's feed, with the bytes that a row takes; a row that is not here any more has
-- none.
select fed.seq, fed.kind, fed.key, fed.vin, uuid_send(fed.record_id), fed.version,
    octet_length(content) + octet_length(findings) + octet_length(actor) + octet_length(reason)
        + octet_length(settlement_list_number)
from exchange_feed as fed left join record_version as stored using (vin, record_id, version)
where fed.destination = %(destination)s and fed.seq > %(after)s
order by fed.seq
limit %(limit)s

-- count_own_changes --
-- How many rows taken in here are not in a message yet, and the receipt of the first of them; at most so many changes
-- are looked at.
select count(*), min(received_at)
from (
    select vin, record_id, version from record_change where seq > %(after)s order by seq limit %(most_changes)s
) as looked_at
join record_version as stored using (vin, record_id, version)
where stored.origin = 'local'

-- count_fed --
-- How many rows of a province's feed are not in a message yet, and since when the first of them waits; at most so many
-- are looked at.
select count(*) filter (where record_id is not null), min(queued_at) filter (where record_id is not null)
from (
    select record_id, queued_at
    from exchange_feed
    where destination = %(destination)s and seq > %(after)s
    order by seq
    limit %(most_changes)s
) as looked_at

-- count_outgoing --
-- Messages that wait for their acknowledgement, the rows in them, and the receipt of the oldest of those.
select count(*), coalesce(sum(record_count), 0), min(oldest_received_at) from exchange_outgoing where peer = %(peer)s

-- put_outgoing --
-- Keep a message until it is acknowledged.
insert into exchange_outgoing (
    peer, epoch, sequence, message, record_position, notice_position, record_count, oldest_received_at, made_at)
values (
    %(peer)s, %(epoch)s, %(sequence)s, %(message)s, %(record_position)s, %(notice_position)s, %(record_count)s,
    %(oldest_received_at)s, %(made_at)s)

-- oldest_outgoing --
-- The message that is to be brought next.
select message from exchange_outgoing where peer = %(peer)s order by epoch, sequence limit 1

-- read_outgoing --
-- The message that is to be acknowledged next.
select epoch, sequence, message, record_position, notice_position
from exchange_outgoing
where peer = %(peer)s
order by epoch, sequence
limit 1

-- drop_outgoing --
-- It is acknowledged.
delete from exchange_outgoing where peer = %(peer)s and epoch = %(epoch)s and sequence = %(sequence)s

-- drop_all_outgoing --
-- The channel begins anew.
delete from exchange_outgoing where peer = %(peer)s

-- put_refusal --
-- An item of ours that the peer could not apply.
insert into exchange_refusal (peer, epoch, sequence, item, kind, vin, record_id, version, key, reason, told_at)
values (
    %(peer)s, %(epoch)s, %(sequence)s, %(item)s, %(kind)s, %(vin)s, %(record_id)s::uuid, %(version)s, %(key)s,
    %(reason)s, %(told_at)s)
on conflict (peer, epoch, sequence, item) do nothing
