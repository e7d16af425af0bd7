-- What goes after a while, and what is counted by its day, is found without reading all.
create index exchange_nonce_seen on exchange_nonce (seen_at);
create index exchange_refusal_told on exchange_refusal (told_at);
create index exchange_dead_letter_resolved on exchange_dead_letter (resolved_at) where resolved_at is not null;
