-- read_of --
-- Public keys of one node, oldest first.
select node_code, key_id, algorithm, public_key, state, valid_from, valid_until, added_at, added_by, ended_at,
    ended_reason
from exchange_key
where node_code = %(node_code)s
order by valid_from, added_at, key_id

-- read_all --
-- Public keys of all nodes.
select node_code, key_id, algorithm, public_key, state, valid_from, valid_until, added_at, added_by, ended_at,
    ended_reason
from exchange_key
order by node_code, valid_from, added_at, key_id

-- find --
-- One key; a node that has none at all gives a row of nulls.
select key.public_key, key.state, key.valid_from, key.valid_until
from (select exists (select from exchange_key where node_code = %(node_code)s) as is_known) as node
left join exchange_key as key on key.node_code = %(node_code)s and key.key_id = %(key_id)s
where node.is_known

-- add --
-- Write a key down; one that is there stays as it is.
insert into exchange_key (node_code, key_id, algorithm, public_key, state, valid_from, added_at, added_by)
values (%(node_code)s, %(key_id)s, %(algorithm)s, %(public_key)s, %(state)s, %(valid_from)s, %(now)s, %(added_by)s)
on conflict (node_code, key_id) do nothing
returning key_id

-- count_pending --
-- How many keys of a node wait for somebody to look at them.
select count(*) from exchange_key where node_code = %(node_code)s and state = 'pending'

-- activate --
-- A pending key counts from now on; true when it was pending.
update exchange_key set state = 'active', valid_from = least(valid_from, %(now)s), added_by = %(by)s
where node_code = %(node_code)s and key_id = %(key_id)s and state = 'pending'
returning key_id

-- end_others --
-- A newer key has taken over: the others of the node that have no end get one.
update exchange_key set valid_until = %(until)s
where node_code = %(node_code)s and key_id <> %(key_id)s and state = 'active' and valid_until is null

-- revoke --
-- This key never counts again, whatever a message says of its time.
update exchange_key set state = 'revoked', ended_at = %(now)s, ended_reason = %(reason)s
where node_code = %(node_code)s and key_id = %(key_id)s and state <> 'revoked'
returning key_id
