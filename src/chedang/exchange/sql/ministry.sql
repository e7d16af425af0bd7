-- read_waited_for --
-- Provinces for whom something stands in their feed that is not in a message yet.
select peer.node_code
from exchange_peer as peer
left join exchange_channel as channel on channel.peer = peer.node_code and channel.direction = 'out'
where exists (
    select from exchange_feed as fed
    where fed.destination = peer.node_code and fed.seq > coalesce(channel.record_position, 0))
order by peer.node_code
