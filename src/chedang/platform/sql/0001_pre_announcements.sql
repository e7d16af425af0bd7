-- What a node has to tell the others besides records: written in the transaction of the thing announced (outbox).
create table announcement (
    seq bigint not null generated always as identity,
    kind text not null,             -- enterprise, registration, channel, maker, rules …; see chedang.exchange.notices
    key text not null,              -- which one of its kind; its content is read when it is sent
    announced_at timestamptz not null,
    constraint announcement_pkey primary key (seq)
);
