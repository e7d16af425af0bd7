-- claim_nonce --
-- The number of a call, once.
insert into exchange_nonce (sender, nonce, seen_at) values (%(sender)s, %(nonce)s, %(now)s)
on conflict (sender, nonce) do nothing
returning sender

-- purge_nonces --
-- Numbers of calls that would be too old by now to be listened to.
delete from exchange_nonce where seen_at < %(before)s
