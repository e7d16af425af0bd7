-- count_outgoing --
-- Rows in messages that wait for their acknowledgement, and the receipt of the oldest of them.
select coalesce(sum(record_count), 0), min(oldest_received_at) from exchange_outgoing where peer = %(peer)s

-- count_dead_letters --
-- Items of each peer that could not be applied and that nobody has dealt with yet.
select peer, count(*) from exchange_dead_letter where resolved_at is null group by peer

-- count_refusals --
-- Items of ours that each peer could not apply, and that are not there by a later message or a comparison.
select peer, count(*) from exchange_refusal where told_at >= %(since)s group by peer

-- count_differences --
-- Differences that the last comparison of each peer and direction found and did not repair.
select peer, sum(differences - repaired)
from (
    select distinct on (peer, direction) peer, differences, repaired
    from exchange_comparison
    where ended_at is not null
    order by peer, direction, comparison_id desc
) as newest
group by peer
