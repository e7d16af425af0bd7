-- joined_at --
-- Since when a node is exchanged with.
select joined_at from exchange_peer where node_code = %(node_code)s

-- read_silences --
-- From when to when the alarm of silence held within a time; null: it holds still.
select at, ended_at
from exchange_event
where level = 'alarm' and kind = %(kind)s and peer = %(node_code)s
    and at < %(until)s and (ended_at is null or ended_at > %(since)s)
order by at

-- read_spans --
-- Days of a period that were compared to the end (by a moment), in the order of the runs, and whether every difference
-- was repaired.
select direction, from_on, until_on, repaired = differences
from exchange_comparison
where peer = %(node_code)s and ended_at is not null
    and (%(until)s::timestamptz is null or ended_at <= %(until)s) and until_on >= %(first_on)s and from_on <= %(last_on)s
order by comparison_id
