-- Batches that were accepted and are judged by the worker, and keys with which clients send a request again.
-- All of these are local tables on a Citus coordinator.

-- One row per accepted batch.
create table upload_batch (
    batch_id uuid not null,
    company_code text not null,
    actor text not null,            -- who sent it: account of the site; '' for the shop's own software
    dialect text not null,          -- what its records are stored under
    line_count integer not null,
    received_at timestamptz not null,
    finished_at timestamptz,        -- null while lines are waiting
    constraint upload_batch_pkey primary key (batch_id)
);
create index upload_batch_company on upload_batch (company_code, received_at);
create index upload_batch_finished on upload_batch (finished_at) where finished_at is not null;

-- The lines of a batch, a few hundred to a row, and what became of them.
create table upload_chunk (
    batch_id uuid not null,
    first_line integer not null,    -- counts from 1
    line_count integer not null,
    company_code text not null,
    due_at timestamptz not null,    -- the queue's order; grows within one shop in the order in which lines came
    lines bytea,                    -- compressed: the 13 elements of each line; null once they are stored
    outcomes bytea,                 -- compressed: what became of each line; null before
    created_count integer not null default 0,
    unchanged_count integer not null default 0,
    amended_count integer not null default 0,
    refused_count integer not null default 0,
    constraint upload_chunk_pkey primary key (batch_id, first_line)
);
-- What is compressed already is not compressed again.
alter table upload_chunk alter column lines set storage external, alter column outcomes set storage external;
create index upload_chunk_waiting on upload_chunk (due_at, batch_id, first_line) where lines is not null;
create index upload_chunk_waiting_company on upload_chunk (company_code, due_at) where lines is not null;

-- A request that a client has given a name, and what it asked for: the same name again must ask for the same.
create table idempotency_key (
    company_code text not null,
    key text not null,
    target text not null,           -- what was asked for: operation and number
    digest bytea not null,          -- SHA-256 over the request's content
    record_id uuid,                 -- the record it was about; null for a batch
    outcome text not null default '', -- created / unchanged / amended once it is stored; '' before
    version integer,
    batch_id uuid,
    claimed_at timestamptz not null,
    constraint idempotency_key_pkey primary key (company_code, key)
);
create index idempotency_key_claimed on idempotency_key (claimed_at);
