-- Dead letters: what could not be applied, with its own bytes, so that it can be tried again.

-- put --
-- One item, or a whole message.
insert into exchange_dead_letter (peer, epoch, sequence, item, kind, payload, reason, detail, arrived_at)
values (
    %(peer)s, %(epoch)s, %(sequence)s, %(item)s, %(kind)s, %(payload)s, %(reason)s, %(detail)s, %(arrived_at)s)

-- list_open --
-- What waits for a decision, oldest first.
select letter_id, peer, epoch, sequence, item, kind, reason, detail, arrived_at, tried_at, octet_length(payload)
from exchange_dead_letter
where resolved_at is null and (%(peer)s::text is null or peer = %(peer)s)
order by letter_id
limit %(limit)s

-- next_open --
-- The next one after a number that waits for a decision, which nobody else decides until the transaction ends.
select letter_id, peer, kind, payload, epoch, sequence, arrived_at
from exchange_dead_letter
where resolved_at is null and letter_id > %(after)s
    and (%(letter_id)s::bigint is null or letter_id = %(letter_id)s)
    and (%(peer)s::text is null or peer = %(peer)s)
    and letter_id <= %(until)s
order by letter_id
limit 1
for update

-- newest --
-- The last letter that there is.
select coalesce(max(letter_id), 0) from exchange_dead_letter

-- note_try --
-- It was tried again and is still dead, for this reason.
update exchange_dead_letter set tried_at = %(now)s, reason = %(reason)s, detail = %(detail)s
where letter_id = %(letter_id)s

-- resolve --
-- It is dealt with.
update exchange_dead_letter set resolved_at = %(now)s, resolved_by = %(by)s
where letter_id = %(letter_id)s and resolved_at is null
returning letter_id

-- purge --
-- What was dealt with long ago.
delete from exchange_dead_letter where resolved_at < %(before)s

-- purge_refusals --
-- What a peer could not apply of ours, long ago.
delete from exchange_refusal where told_at < %(before)s
