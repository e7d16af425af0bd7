-- was_written_since --
-- Has the same been written down since then? Details begin with a code; what follows may be a stranger's choice, who
-- must not fill the table with it.
select exists (
    select from exchange_event
    where at > %(since)s and kind = %(kind)s and peer = %(peer)s and left(detail, 20) = left(%(detail)s, 20))

-- write --
-- Something happened.
insert into exchange_event (at, level, kind, peer, detail) values (%(now)s, %(level)s, %(kind)s, %(peer)s, %(detail)s)

-- open_alarm --
-- An alarm begins, unless it holds already. One process of a node watches; a second one of a kind would end with it.
insert into exchange_event (at, level, kind, peer, detail)
select %(now)s, 'alarm', %(kind)s, %(peer)s, %(detail)s
where not exists (
    select from exchange_event
    where level = 'alarm' and ended_at is null and kind = %(kind)s and peer = %(peer)s)
returning event_id

-- close_alarm --
-- An alarm no longer holds.
update exchange_event set ended_at = %(now)s
where level = 'alarm' and ended_at is null and kind = %(kind)s and peer = %(peer)s
returning event_id

-- read_open_alarms --
-- Alarms that hold, oldest first.
select event_id, at, level, kind, peer, detail, ended_at
from exchange_event
where level = 'alarm' and ended_at is null
order by at, event_id

-- read_newest --
-- What happened last, newest first.
select event_id, at, level, kind, peer, detail, ended_at
from exchange_event
order by at desc, event_id desc
limit %(limit)s

-- purge --
-- What is long over.
delete from exchange_event where at < %(before)s and (level <> 'alarm' or ended_at is not null)
