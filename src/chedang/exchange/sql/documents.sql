-- put --
-- A document of this node, once.
insert into exchange_document (node_code, key, content, digest, arrived_at)
values ('', %(key)s, %(content)s, sha256(convert_to(%(content)s, 'UTF8')), %(now)s)
on conflict (node_code, key) do nothing
returning key

-- take_in --
-- A document of another node, once; gives whether what stands under its key is the same.
with added as (
    insert into exchange_document (node_code, key, content, digest, arrived_at)
    values (%(node_code)s, %(key)s, %(content)s, sha256(convert_to(%(content)s, 'UTF8')), %(now)s)
    on conflict (node_code, key) do nothing
    returning digest
)
select true from added
union all
select digest = sha256(convert_to(%(content)s, 'UTF8'))
from exchange_document
where node_code = %(node_code)s and key = %(key)s

-- read_own --
-- One document of this node.
select content from exchange_document where node_code = '' and key = %(key)s

-- own_keys --
-- What this node has handed over.
select key from exchange_document where node_code = '' order by key

-- read_waiting --
-- What other nodes sent and nobody has taken up, oldest first.
select node_code, key, content, arrived_at
from exchange_document
where taken_at is null and node_code <> ''
order by arrived_at, node_code, key

-- note_taken --
-- It is taken up.
update exchange_document set taken_at = %(now)s, fault = '' where node_code = %(node_code)s and key = %(key)s

-- note_fault --
-- It cannot be taken up, and why.
update exchange_document set fault = %(fault)s where node_code = %(node_code)s and key = %(key)s

-- read_faults --
-- What could not be taken up.
select node_code, key, arrived_at, fault
from exchange_document
where taken_at is null and fault <> ''
order by arrived_at, node_code, key
