-- join --
-- A node to exchange with; joining again changes its address.
insert into exchange_peer (node_code, address, joined_at) values (%(node_code)s, %(address)s, %(now)s)
on conflict (node_code) do update
    set address = case when excluded.address = '' then exchange_peer.address else excluded.address end

-- read_all --
-- The nodes this one exchanges with.
select node_code, address, joined_at, last_contact_at, last_fault, last_fault_at, accepts_schema, backlog_records,
    backlog_since
from exchange_peer
order by node_code

-- read --
-- One of them.
select node_code, address, joined_at, last_contact_at, last_fault, last_fault_at, accepts_schema, backlog_records,
    backlog_since
from exchange_peer
where node_code = %(node_code)s

-- note_contact --
-- Something of it was accepted, or it answered. Written once a second at most: a row per message would be many.
update exchange_peer
set last_contact_at = %(now)s, last_fault = '', accepts_schema = coalesce(%(accepts_schema)s, accepts_schema)
where node_code = %(node_code)s
    and (last_contact_at is null or last_contact_at < %(now)s - interval '1 second' or last_fault <> ''
        or accepts_schema <> coalesce(%(accepts_schema)s, accepts_schema))

-- note_backlog --
-- How much it said is waiting on its side.
update exchange_peer set backlog_records = %(records)s, backlog_since = %(since)s
where node_code = %(node_code)s
    and (backlog_records <> %(records)s or backlog_since is distinct from %(since)s)

-- note_fault --
-- Something went wrong with it.
update exchange_peer set last_fault = %(fault)s, last_fault_at = %(now)s where node_code = %(node_code)s
