-- announce --
-- Whoever announces holds the lock from before the number is drawn until the commit, see chedang.platform.settling.
with held as materialized (
    select pg_advisory_xact_lock_shared(7203331)
)
insert into announcement (kind, key, announced_at)
select %(kind)s, %(key)s, %(announced_at)s from held

-- newest --
-- The largest number drawn so far by a committed announcer.
select coalesce(max(seq), 0) from announcement

-- read_after --
-- The next announcements up to a settled number.
select seq, kind, key, announced_at
from announcement
where seq > %(after)s and seq <= %(horizon)s
order by seq
limit %(limit)s

-- has_after --
-- Is there anything after this number, settled or not?
select exists (select from announcement where seq > %(after)s)
